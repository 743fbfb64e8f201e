-- Version 4: where codes can be revoked, and which are. A code's place is on the person's row; who has it is nobody else's.

ALTER TABLE codes ADD COLUMN shard INTEGER;
ALTER TABLE codes ADD COLUMN place INTEGER CHECK ((place IS NULL) = (shard IS NULL));
ALTER TABLE codes ADD COLUMN color TEXT CHECK ((color IS NULL) = (shard IS NULL) AND color IN ('green', 'yellow', 'red'));
ALTER TABLE codes ADD COLUMN device BLOB CHECK (device IS NULL OR (length(device) = 33 AND paper = 0 AND shard IS NOT NULL));

CREATE TABLE revocations (
    person BLOB NOT NULL,
    code BLOB NOT NULL CHECK (length(code) = 16),
    shard INTEGER NOT NULL,
    place INTEGER NOT NULL,
    why TEXT NOT NULL CHECK (why IN ('too-good', 'signed-out', 'lost')),
    at INTEGER NOT NULL,
    PRIMARY KEY (person, code)
) STRICT, WITHOUT ROWID;

-- What a list is made of; on a sharded database each shard has its own part of it.
CREATE INDEX revocations_of_list ON revocations (shard, place);

-- Blocks of places that were given to a process, about nobody: only ever added, so that none is given twice.
CREATE TABLE place_blocks (
    shard INTEGER NOT NULL,
    first INTEGER NOT NULL CHECK (first >= 0),
    PRIMARY KEY (shard, first)
) STRICT, WITHOUT ROWID;
