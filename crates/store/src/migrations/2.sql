-- Version 2: what a person allows, disputes, and who looked.

CREATE TABLE grants (
    person BLOB NOT NULL,
    grant_id BLOB NOT NULL CHECK (length(grant_id) = 16),
    app TEXT NOT NULL,
    scope TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    PRIMARY KEY (person, grant_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE bindings (
    person BLOB NOT NULL,
    binding BLOB NOT NULL CHECK (length(binding) = 16),
    agent BLOB NOT NULL CHECK (length(agent) = 16),
    tie TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    PRIMARY KEY (person, binding)
) STRICT, WITHOUT ROWID;

CREATE TABLE appeals (
    person BLOB NOT NULL,
    appeal BLOB NOT NULL CHECK (length(appeal) = 16),
    fact BLOB NOT NULL,
    ground TEXT NOT NULL,
    at INTEGER NOT NULL,
    due INTEGER NOT NULL,
    PRIMARY KEY (person, appeal),
    UNIQUE (person, fact, ground)
) STRICT, WITHOUT ROWID;

CREATE TABLE appeal_answers (
    person BLOB NOT NULL,
    appeal BLOB NOT NULL,
    upheld INTEGER NOT NULL CHECK (upheld IN (0, 1)),
    at INTEGER NOT NULL,
    PRIMARY KEY (person, appeal)
) STRICT, WITHOUT ROWID;

CREATE TABLE disclosures (
    person BLOB NOT NULL,
    disclosure BLOB NOT NULL CHECK (length(disclosure) = 16),
    role TEXT NOT NULL,
    disclosed_to TEXT NOT NULL,
    purpose TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (person, disclosure)
) STRICT, WITHOUT ROWID;
