-- Version 19: codes go out before what can wait, and what could not be delivered is counted.

CREATE INDEX outbox_codes ON outbox (due, person, notice) WHERE state = 'waiting' AND kind IN ('sign-in-code', 'assistance-code');
CREATE INDEX outbox_undeliverable ON outbox (settled) WHERE state = 'undeliverable';
