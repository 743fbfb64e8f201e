-- Version 24: how many were told on which day that their status is another, by what made it so. It names nobody.

-- `day` is counted from 1970 in UTC, by the journal's entry.
CREATE TABLE moved (
    day INTEGER NOT NULL,
    mover TEXT NOT NULL,
    worse INTEGER NOT NULL CHECK (worse IN (0, 1)),
    persons INTEGER NOT NULL CHECK (persons > 0),
    PRIMARY KEY (day, mover, worse)
) STRICT, WITHOUT ROWID;
