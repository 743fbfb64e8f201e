-- Version 13: what gives an issuer more waits for a second office, and an entitlement is withdrawn.

CREATE TABLE proposed_appointments (
    number INTEGER PRIMARY KEY,
    region TEXT NOT NULL,
    appointment TEXT NOT NULL,
    staff TEXT NOT NULL,
    office TEXT NOT NULL,
    office_region TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE entitlement_withdrawals (
    entitlement INTEGER PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    at INTEGER NOT NULL
) STRICT;
