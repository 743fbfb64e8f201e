-- Version 11: the end of data. What was destroyed is told in public; which entry committed to a fact is noted, so that its
-- salt goes with the last of its facts.

ALTER TABLE facts ADD COLUMN entry BLOB CHECK (entry IS NULL OR length(entry) = 16);

CREATE TABLE purges (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    others INTEGER NOT NULL CHECK (others >= 0)
) STRICT;

CREATE TABLE purged_facts (
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count > 0),
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    PRIMARY KEY (number, kind)
) STRICT, WITHOUT ROWID;

-- One for each month in which rows of backups end, wrapped. Destroyed with the month.
CREATE TABLE month_keys (
    month INTEGER PRIMARY KEY,
    wrapped_key BLOB NOT NULL
) STRICT;
