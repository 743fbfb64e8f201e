-- Version 17: what the feed has about somebody is found by the numbers of the person's entries, which lie side by side; an index by
-- person was one more page of its own to write for each act, one by number grows at its end.

DROP INDEX feed_of_person;
CREATE INDEX feed_numbered ON feed (number);
