-- Version 25: the journal's rows lie in the order of their numbers, and a person's are found by an index. A row was put among the
-- person's former ones, a page of its own to write for each act; now rows are added at the end, and what lies by person is short.

CREATE TABLE journal_by_number (
    number INTEGER PRIMARY KEY,
    person BLOB NOT NULL CHECK (length(person) = 16),
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    act TEXT NOT NULL,
    at INTEGER NOT NULL,
    salt BLOB CHECK (length(salt) = 32),
    leaf BLOB NOT NULL CHECK (length(leaf) = 32),
    issuer TEXT,
    region TEXT,
    subject TEXT,
    former BLOB CHECK (former IS NULL OR length(former) IN (0, 32)),
    sealed_opening BLOB CHECK (sealed_opening IS NULL OR salt IS NULL),
    UNIQUE (person, entry)
) STRICT;

INSERT INTO journal_by_number (number, person, entry, act, at, salt, leaf, issuer, region, subject, former, sealed_opening)
SELECT number, person, entry, act, at, salt, leaf, issuer, region, subject, former, sealed_opening FROM journal ORDER BY number;

DROP TABLE journal;
ALTER TABLE journal_by_number RENAME TO journal;
