-- Version 3: what lets persons in (where they are reached, codes, tries, sign-ins, consents), and what is spent.

-- A contact is sealed with the person's key.
CREATE TABLE reaches (
    person BLOB NOT NULL CHECK (length(person) = 16),
    number INTEGER NOT NULL CHECK (number >= 0),
    sealed_contact BLOB,
    lang TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (person, number)
) STRICT, WITHOUT ROWID;

-- A code is sealed with the person's key. `day` counts the days of UTC since 1970; with `ordinal` it bounds how many
-- codes there are.
CREATE TABLE challenges (
    person BLOB NOT NULL CHECK (length(person) = 16),
    challenge BLOB NOT NULL CHECK (length(challenge) = 16),
    what_for TEXT NOT NULL,
    day INTEGER NOT NULL,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    sealed_code BLOB NOT NULL,
    at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    PRIMARY KEY (person, challenge),
    UNIQUE (person, what_for, day, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE tries (
    person BLOB NOT NULL CHECK (length(person) = 16),
    challenge BLOB NOT NULL CHECK (length(challenge) = 16),
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    is_right INTEGER NOT NULL CHECK (is_right IN (0, 1)),
    at INTEGER NOT NULL,
    PRIMARY KEY (person, challenge, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE sign_ins (
    person BLOB NOT NULL CHECK (length(person) = 16),
    sign_in BLOB NOT NULL CHECK (length(sign_in) = 16),
    device BLOB CHECK (length(device) = 33),
    at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    PRIMARY KEY (person, sign_in)
) STRICT, WITHOUT ROWID;

CREATE TABLE assistances (
    person BLOB NOT NULL CHECK (length(person) = 16),
    assistance BLOB NOT NULL CHECK (length(assistance) = 16),
    staff TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    PRIMARY KEY (person, assistance)
) STRICT, WITHOUT ROWID;

-- Ended sessions and answered challenges, about nobody: names made of chance or of a keyed hash.
CREATE TABLE spent (
    name BLOB PRIMARY KEY CHECK (length(name) = 16),
    until_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX spent_until ON spent (until_at);

-- The staff list. The password is hashed (argon2id), the second factor's secret sealed under the folder's key.
CREATE TABLE staff (
    name TEXT PRIMARY KEY,
    office TEXT NOT NULL,
    region TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL CHECK (until_at > from_at),
    password_hash TEXT NOT NULL,
    sealed_totp BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE staff_ends (
    name TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
