-- Version 25: of a row that says again what its issuer has said, which of the issuer's facts says it already.

-- Null of every other refusal, of one that came before this was kept, and where a row before it says the same.
ALTER TABLE submission_refusals ADD COLUMN former BLOB CHECK (length(former) = 16);
