-- Version 20: what one office published alone that makes somebody worse, and what it was foreseen to do. All of it is about nobody.

CREATE TABLE let_go (
    number INTEGER PRIMARY KEY,
    draft BLOB NOT NULL CHECK (length(draft) = 32),
    preview TEXT NOT NULL,
    staff TEXT NOT NULL,
    office TEXT NOT NULL,
    office_region TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
