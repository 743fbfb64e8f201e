-- Version 23: what issuers do to facts that are recorded is limited and watched as recording is.

ALTER TABLE alarms ADD COLUMN doing TEXT NOT NULL DEFAULT 'recorded';
ALTER TABLE alarms ADD COLUMN span TEXT NOT NULL DEFAULT 'hour';

CREATE INDEX countersignatures_of_issuer ON countersignatures (issuer, at);
CREATE INDEX retractions_of_issuer ON retractions (issuer, at);
CREATE INDEX confirmations_of_issuer ON confirmations (issuer, at);
