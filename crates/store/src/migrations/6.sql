-- Version 6: what waits for a second office, who agreed, and what did not wait. All of it is about nobody.

CREATE TABLE proposals (
    number INTEGER PRIMARY KEY,
    region TEXT NOT NULL,
    id TEXT,
    rules TEXT,
    examples TEXT,
    level TEXT,
    from_day TEXT,
    until_day TEXT,
    preview TEXT NOT NULL,
    staff TEXT NOT NULL,
    office TEXT NOT NULL,
    office_region TEXT NOT NULL,
    at INTEGER NOT NULL,
    CHECK ((rules IS NULL) = (level IS NOT NULL)),
    CHECK ((rules IS NULL) = (id IS NULL) AND (rules IS NULL) = (examples IS NULL)),
    CHECK ((level IS NULL) = (from_day IS NULL))
) STRICT;

CREATE TABLE approvals (
    proposal INTEGER PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    seen BLOB NOT NULL CHECK (length(seen) = 32),
    staff TEXT NOT NULL,
    office TEXT NOT NULL,
    office_region TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE emergencies (
    number INTEGER PRIMARY KEY,
    draft BLOB NOT NULL CHECK (length(draft) = 32),
    preview TEXT,
    ground TEXT NOT NULL,
    staff TEXT NOT NULL,
    office TEXT NOT NULL,
    office_region TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
