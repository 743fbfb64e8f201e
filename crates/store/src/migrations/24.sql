-- Version 24: what registrations say is corrected, and people move. The last row holds; a home and initials stand in each.

CREATE TABLE amendments (
    person BLOB NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    home TEXT NOT NULL,
    sealed_initials BLOB,
    amended_by TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (person, number)
) STRICT, WITHOUT ROWID;

-- Codes that say of their holder what was corrected are revoked for that: a further word.
CREATE TABLE revocations_24 (
    person BLOB NOT NULL,
    code BLOB NOT NULL CHECK (length(code) = 16),
    shard INTEGER NOT NULL,
    place INTEGER NOT NULL,
    why TEXT NOT NULL CHECK (why IN ('too-good', 'signed-out', 'lost', 'amended')),
    at INTEGER NOT NULL,
    PRIMARY KEY (person, code)
) STRICT, WITHOUT ROWID;
INSERT INTO revocations_24 SELECT person, code, shard, place, why, at FROM revocations;
DROP TABLE revocations;
ALTER TABLE revocations_24 RENAME TO revocations;
CREATE INDEX revocations_of_list ON revocations (shard, place);
