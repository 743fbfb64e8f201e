-- Version 27: an end of data also tells of which acts nothing opens how many entries any more.

-- Not of what was told before, nor of the end of a deployment.
ALTER TABLE purges ADD COLUMN counts_entries INTEGER NOT NULL DEFAULT 0 CHECK (counts_entries IN (0, 1));

CREATE TABLE purged_entries (
    number INTEGER NOT NULL,
    act TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count > 0),
    newest_day TEXT NOT NULL,
    PRIMARY KEY (number, act)
) STRICT, WITHOUT ROWID;
