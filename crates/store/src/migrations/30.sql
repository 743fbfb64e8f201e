-- Version 30: of the diagnoses those that no laboratory proves wait for a second organisation too.

DROP INDEX facts_unproved;
CREATE INDEX facts_unproved ON facts (fact) WHERE kind IN ('diagnosis', 'contact', 'isolation', 'entry');

-- Of which value of its kind an alarm is, if not of all.
ALTER TABLE alarms ADD COLUMN value TEXT;
