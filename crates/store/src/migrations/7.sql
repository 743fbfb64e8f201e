-- Version 7: the journal's entries in one order, and what everybody may read of each.

-- From 1 without gaps, given by the one writer in the transaction that adds the entry. A number is null only between the
-- two statements below.
ALTER TABLE journal ADD COLUMN number INTEGER;
ALTER TABLE journal ADD COLUMN issuer TEXT;
ALTER TABLE journal ADD COLUMN region TEXT;
ALTER TABLE journal ADD COLUMN subject TEXT;

-- Entries of before there was an order get that of their time.
UPDATE journal SET number = numbered.number
FROM (SELECT person, entry, row_number() OVER (ORDER BY at, person, entry) AS number FROM journal) AS numbered
WHERE journal.person = numbered.person AND journal.entry = numbered.entry;

CREATE UNIQUE INDEX journal_numbered ON journal (number);
