-- Version 14: each entry about a person names the person's former one; what opens it is sealed under the person's key.

-- Null where it does not say (public acts, and entries of before), empty of a person's first, else the former one's leaf.
ALTER TABLE journal ADD COLUMN former BLOB CHECK (former IS NULL OR length(former) IN (0, 32));
-- In place of `salt`, which is left to public acts: the salt, and behind it, but of entries of before, the content's hash.
ALTER TABLE journal ADD COLUMN sealed_opening BLOB CHECK (sealed_opening IS NULL OR salt IS NULL);

-- Until the program has sealed the salts that former ones wrote.
INSERT INTO folder (name, value) VALUES ('salts-in-clear', x'01');

-- What of somebody is not in the published log yet is asked for by person.
CREATE INDEX feed_of_person ON feed (person);
