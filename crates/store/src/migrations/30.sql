-- Version 30: of the diagnoses those that no laboratory proves wait for a second organisation too.

DROP INDEX facts_unproved;
CREATE INDEX facts_unproved ON facts (fact) WHERE kind IN ('diagnosis', 'contact', 'isolation', 'entry');
