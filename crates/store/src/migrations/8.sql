-- Version 8: what issuers do in bulk, and what they say of disputed facts.

-- A submission's rows, counted with its being taken in. `region` is where the facts are; `cause` why rows were refused.
CREATE TABLE submission_counts (
    issuer TEXT NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    region TEXT NOT NULL,
    cause TEXT NOT NULL,
    received INTEGER NOT NULL,
    row_count INTEGER NOT NULL CHECK (row_count BETWEEN 1 AND 4096),
    CHECK ((cause = '') = (kind <> '' AND value <> '' AND region <> '')),
    PRIMARY KEY (issuer, key, kind, value, region, cause)
) STRICT, WITHOUT ROWID;

CREATE INDEX submission_counts_of_issuer ON submission_counts (issuer, received);
CREATE INDEX submission_counts_received ON submission_counts (received);

-- `appeal` is sixteen zeros where nobody asked.
CREATE TABLE confirmations (
    person BLOB NOT NULL,
    fact BLOB NOT NULL,
    issuer TEXT NOT NULL,
    appeal BLOB NOT NULL CHECK (length(appeal) = 16),
    confirmed INTEGER NOT NULL CHECK (confirmed IN (0, 1)),
    at INTEGER NOT NULL,
    PRIMARY KEY (person, fact, issuer, appeal)
) STRICT, WITHOUT ROWID;

CREATE TABLE limits (
    number INTEGER PRIMARY KEY,
    issuer TEXT NOT NULL,
    kind TEXT NOT NULL,
    per_hour INTEGER NOT NULL CHECK (per_hour BETWEEN 0 AND 4294967295)
) STRICT;

CREATE TABLE alarms (
    batch BLOB NOT NULL CHECK (length(batch) = 32),
    kind TEXT NOT NULL,
    why TEXT NOT NULL,
    number INTEGER NOT NULL UNIQUE,
    issuer TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    usual INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (batch, kind, why)
) STRICT, WITHOUT ROWID;

CREATE TABLE allowances (
    alarm INTEGER PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    staff TEXT NOT NULL,
    office TEXT NOT NULL,
    office_region TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
