-- Version 9: what may have made a status another, in the order of commitment, and how far whoever keeps the census has come.
-- It names what was added by ids alone, and goes when it has been taken in.

CREATE TABLE feed (
    place INTEGER PRIMARY KEY,
    person BLOB NOT NULL CHECK (length(person) = 16),
    entry BLOB NOT NULL CHECK (length(entry) = 16),
    at INTEGER NOT NULL,
    added BLOB NOT NULL CHECK (length(added) > 0 AND length(added) % 17 = 0)
) STRICT;

CREATE TABLE marks (
    number INTEGER PRIMARY KEY,
    publication INTEGER NOT NULL,
    day TEXT NOT NULL,
    place INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
