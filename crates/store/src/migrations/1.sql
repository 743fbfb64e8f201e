-- Version 1. Written so that the same tables can be spread over a sharded PostgreSQL: every key of a person's row
-- begins with the person's random id, nothing refers across persons, nothing is triggered. Instants are nanoseconds
-- since 1970; ids are 16 bytes; words, days and regions are written as they are everywhere else.

CREATE TABLE folder (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- Who is known by which document: found by a keyed hash, read by nobody.
CREATE TABLE documents (
    document_key BLOB PRIMARY KEY CHECK (length(document_key) = 32),
    person BLOB NOT NULL CHECK (length(person) = 16)
) STRICT, WITHOUT ROWID;

-- The person's own key, wrapped, and the identity sealed with it.
CREATE TABLE persons (
    person BLOB PRIMARY KEY CHECK (length(person) = 16),
    wrapped_key BLOB NOT NULL,
    sealed_identity BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE registrations (
    person BLOB PRIMARY KEY,
    home TEXT NOT NULL,
    sealed_initials BLOB,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE person_requests (
    person BLOB NOT NULL,
    key TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    received INTEGER NOT NULL,
    PRIMARY KEY (person, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE submissions (
    issuer TEXT NOT NULL,
    key TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    received INTEGER NOT NULL,
    PRIMARY KEY (issuer, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE facts (
    person BLOB NOT NULL,
    fact BLOB NOT NULL CHECK (length(fact) = 16),
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    at TEXT NOT NULL,
    until TEXT,
    region TEXT,
    issuer TEXT NOT NULL,
    evidence TEXT,
    recorded INTEGER NOT NULL,
    PRIMARY KEY (person, fact)
) STRICT, WITHOUT ROWID;

CREATE TABLE countersignatures (
    person BLOB NOT NULL,
    fact BLOB NOT NULL,
    issuer TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (person, fact)
) STRICT, WITHOUT ROWID;

CREATE TABLE retractions (
    person BLOB NOT NULL,
    fact BLOB NOT NULL,
    issuer TEXT NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (person, fact)
) STRICT, WITHOUT ROWID;

CREATE TABLE codes (
    person BLOB NOT NULL,
    code BLOB NOT NULL CHECK (length(code) = 16),
    ruleset INTEGER NOT NULL,
    paper INTEGER NOT NULL CHECK (paper IN (0, 1)),
    issued INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    PRIMARY KEY (person, code)
) STRICT, WITHOUT ROWID;

-- What people are to be told. `settled` is null exactly while it waits.
CREATE TABLE outbox (
    person BLOB NOT NULL,
    notice BLOB NOT NULL CHECK (length(notice) = 16),
    kind TEXT NOT NULL,
    about BLOB NOT NULL CHECK (length(about) = 16),
    created INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'undeliverable')),
    attempts INTEGER NOT NULL,
    due INTEGER NOT NULL,
    settled INTEGER CHECK ((state = 'waiting') = (settled IS NULL)),
    PRIMARY KEY (person, notice)
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_due ON outbox (due, person, notice) WHERE state = 'waiting';

-- One row for every act, with its act; the person is sixteen zeros for public acts.
CREATE TABLE journal (
    person BLOB NOT NULL CHECK (length(person) = 16),
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    act TEXT NOT NULL,
    at INTEGER NOT NULL,
    salt BLOB CHECK (length(salt) = 32),
    leaf BLOB NOT NULL CHECK (length(leaf) = 32),
    PRIMARY KEY (person, entry)
) STRICT, WITHOUT ROWID;

-- Public acts: numbered here, told in the table of their kind.
CREATE TABLE publications (number INTEGER PRIMARY KEY, kind TEXT NOT NULL) STRICT;

CREATE TABLE issuers (
    issuer TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    organisation TEXT NOT NULL,
    region TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE issuer_keys (
    point BLOB PRIMARY KEY CHECK (length(point) = 33),
    number INTEGER NOT NULL UNIQUE,
    issuer TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE key_withdrawals (
    point BLOB PRIMARY KEY CHECK (length(point) = 33),
    number INTEGER NOT NULL UNIQUE,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE entitlements (
    number INTEGER PRIMARY KEY,
    capacity TEXT NOT NULL,
    issuer TEXT NOT NULL,
    kind TEXT NOT NULL,
    region TEXT NOT NULL,
    from_day TEXT NOT NULL,
    until_day TEXT NOT NULL
) STRICT;

CREATE TABLE rulesets (
    region TEXT NOT NULL,
    id TEXT NOT NULL,
    number INTEGER NOT NULL UNIQUE,
    rules TEXT NOT NULL,
    examples TEXT NOT NULL,
    PRIMARY KEY (region, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE region_risk (
    number INTEGER PRIMARY KEY,
    region TEXT NOT NULL,
    level TEXT NOT NULL,
    from_day TEXT NOT NULL,
    until_day TEXT
) STRICT;
