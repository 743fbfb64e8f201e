-- Version 26: who is reached nowhere is told through whoever acts for them, or by the page; neither is a channel's failure.

DROP INDEX outbox_due;
DROP INDEX outbox_codes;
DROP INDEX outbox_undeliverable;
ALTER TABLE outbox RENAME TO former_outbox;

-- `settled` is null exactly while it waits.
CREATE TABLE outbox (
    person BLOB NOT NULL,
    notice BLOB NOT NULL CHECK (length(notice) = 16),
    kind TEXT NOT NULL,
    about BLOB NOT NULL CHECK (length(about) = 16),
    created INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'undeliverable', 'passed-on', 'on-page')),
    attempts INTEGER NOT NULL,
    due INTEGER NOT NULL,
    settled INTEGER CHECK ((state = 'waiting') = (settled IS NULL)),
    PRIMARY KEY (person, notice)
) STRICT, WITHOUT ROWID;

INSERT INTO outbox SELECT person, notice, kind, about, created, state, attempts, due, settled FROM former_outbox;
DROP TABLE former_outbox;

CREATE INDEX outbox_due ON outbox (due, person, notice) WHERE state = 'waiting';
CREATE INDEX outbox_codes ON outbox (due, person, notice) WHERE state = 'waiting' AND kind IN ('sign-in-code', 'assistance-code');
CREATE INDEX outbox_undeliverable ON outbox (settled) WHERE state = 'undeliverable';
