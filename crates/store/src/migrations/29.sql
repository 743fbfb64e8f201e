-- Version 29: where somebody wants to be reached is proved by a code that is sent there. Which contact a code proves lies with the code.

ALTER TABLE challenges ADD COLUMN sealed_contact BLOB CHECK ((sealed_contact IS NULL) = (what_for <> 'contact'));
ALTER TABLE challenges ADD COLUMN lang TEXT CHECK ((lang IS NULL) = (what_for <> 'contact'));

-- It goes out before what can wait, like the others.
DROP INDEX outbox_codes;
CREATE INDEX outbox_codes ON outbox (due, person, notice)
    WHERE state = 'waiting' AND kind IN ('sign-in-code', 'assistance-code', 'contact-code');
