-- Version 15: what makes somebody worse counts when witnesses have signed it.

-- The number of the journal's entry, so that what waits for witnesses is found, and kept until they have signed.
ALTER TABLE feed ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
UPDATE feed SET number = (SELECT number FROM journal WHERE journal.person = feed.person AND journal.entry = feed.entry);

-- Up to which entry the reader took what is committed for witnessed: so far everything.
ALTER TABLE marks ADD COLUMN witnessed INTEGER NOT NULL DEFAULT 9223372036854775807;
