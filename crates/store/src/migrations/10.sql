-- Version 10: what permitted a look.

-- Which line of the policy permitted a look, and in which case; null of a look of before that was written down.
ALTER TABLE disclosures ADD COLUMN policies TEXT;
ALTER TABLE disclosures ADD COLUMN case_ref TEXT;
