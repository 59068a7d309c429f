-- Letters to people (src/notify/README.md).

-- One row: the place in the order of events up to which letters are written;
-- part: how many units of the event behind it have theirs already.  ladder_on:
-- the last day whose rungs of the deadlines have all been looked at.
CREATE TABLE notify_place (
	id {int} PRIMARY KEY CHECK (id = 1),
	ledger {int} NOT NULL CHECK (ledger >= 0),
	number {int} NOT NULL CHECK (number >= 0),
	part {int} NOT NULL DEFAULT 0 CHECK (part >= 0),
	ladder_on {day} NOT NULL
);

-- What was said to a person.  topic: whose template it is; what: what brought it
-- about, so that nobody is told of it twice; object: what to open; data: the
-- values of the template's places, as JSON.
CREATE TABLE notify_letter (
	id {id},
	person_id {int} NOT NULL REFERENCES person(id),
	topic {text} NOT NULL CHECK (length(topic) BETWEEN 1 AND 40),
	what {text} NOT NULL CHECK (length(what) BETWEEN 1 AND 100),
	unit_id {int} NOT NULL,
	object {text} NOT NULL CHECK (length(object) <= 300),
	data {text} NOT NULL CHECK (length(data) <= 4000),
	at_us {time} NOT NULL,
	read_us {time},
	UNIQUE (person_id, what)
);
CREATE INDEX notify_letter_person ON notify_letter (person_id, id);
CREATE INDEX notify_letter_unread ON notify_letter (person_id, id)
 WHERE read_us IS NULL;
CREATE INDEX notify_letter_at ON notify_letter (at_us);
