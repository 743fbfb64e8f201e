-- Version 5: what became of submissions, and the lists of work of desks and offices.
-- The lists are read across persons. They are found by indexes, which are no truth: each can be made anew from the rows.

-- Null of a submission that came before rows were counted.
ALTER TABLE submissions ADD COLUMN row_count INTEGER CHECK (row_count BETWEEN 1 AND 4096);

CREATE INDEX submissions_received ON submissions (issuer, received, key);

-- Rows that were refused, kept with their submission. A row that was recorded is a fact, and is not told twice.
CREATE TABLE submission_refusals (
    issuer TEXT NOT NULL,
    key TEXT NOT NULL,
    place INTEGER NOT NULL CHECK (place BETWEEN 0 AND 4095),
    cause TEXT NOT NULL,
    in_column TEXT NOT NULL,
    kind TEXT,
    nearest TEXT,
    PRIMARY KEY (issuer, key, place)
) STRICT, WITHOUT ROWID;

-- For the issuer, who knows the ids of its facts and not about whom they are.
CREATE INDEX facts_by_id ON facts (fact);

-- The kinds that need a second organisation, in the order of time.
CREATE INDEX facts_unproved ON facts (fact) WHERE kind IN ('contact', 'isolation', 'entry');

CREATE INDEX appeals_due ON appeals (due, appeal);
