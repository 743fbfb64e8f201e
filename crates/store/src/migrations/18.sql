-- Version 18: each public act says which entry of the journal it is, and when, so that it is taken in before and after what it came
-- before and after.

ALTER TABLE publications ADD COLUMN entry INTEGER NOT NULL DEFAULT 0;
ALTER TABLE publications ADD COLUMN at INTEGER NOT NULL DEFAULT 0;

-- Public acts are numbered in the order of their entries, and a change of the staff list is none of them.
UPDATE publications SET entry = acts.entry, at = acts.at
FROM (
    SELECT number AS entry, at, row_number() OVER (ORDER BY number) AS place FROM journal
    WHERE person = zeroblob(16) AND act NOT IN ('appoint-staff', 'end-staff')
) AS acts
WHERE publications.number = acts.place;
