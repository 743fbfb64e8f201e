-- Version 16: what the authority signed apart and had brought in. All of it is about nobody.

CREATE TABLE brought_acts (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    number INTEGER NOT NULL UNIQUE,
    file BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT;
