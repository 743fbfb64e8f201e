-- Version 12: for whom a person acts, so that they find it on any device. What lets them is the binding, with the other.

CREATE TABLE wards (
    person BLOB NOT NULL CHECK (length(person) = 16),
    binding BLOB NOT NULL CHECK (length(binding) = 16),
    ward BLOB NOT NULL CHECK (length(ward) = 16),
    until_at INTEGER NOT NULL,
    PRIMARY KEY (person, binding)
) STRICT, WITHOUT ROWID;
