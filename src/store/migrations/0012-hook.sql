-- Webhooks (src/hook/README.md).  All truth: what is sent is read from the
-- events, so a hook keeps its place among them and not the events.

-- A hook acts for a person by one position, and by the token it was made with;
-- granted_us is when the position was granted: one granted again is another.
-- events: patterns with a blank between them.  secret: the key of its
-- signatures, NULL once it has ended.  ledger and number: the place in the
-- order of events up to which all is decided.  resumed_us: what happened before
-- counts its time of retries from here.  tries, failing_us: of the event at the
-- head.  job: the job that works on it; 0 and NULL: none.
CREATE TABLE hook (
	id {id},
	person_id {int} NOT NULL REFERENCES person(id),
	token_id {int} REFERENCES token(id),
	unit_id {int} NOT NULL,
	role {text} NOT NULL CHECK (length(role) BETWEEN 1 AND 32),
	granted_us {time} NOT NULL,
	url {text} NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
	events {text} NOT NULL CHECK (length(events) BETWEEN 1 AND 2000),
	secret {blob} CHECK (length(secret) = 32),
	state {text} NOT NULL CHECK (state IN ('active', 'stopped', 'ended')),
	reason {text},
	created_us {time} NOT NULL,
	changed_us {time} NOT NULL,
	resumed_us {time} NOT NULL,
	ledger {int} NOT NULL CHECK (ledger >= 0),
	number {int} NOT NULL CHECK (number >= 0),
	sent {int} NOT NULL DEFAULT 0,
	sent_us {time},
	tries {int} NOT NULL DEFAULT 0,
	failing_us {time},
	next_us {time} NOT NULL DEFAULT 0,
	status {int},
	failure {text},
	dead {int} NOT NULL DEFAULT 0 CHECK (dead >= 0),
	replay {bool} NOT NULL DEFAULT FALSE,
	job_id {int},
	CHECK ((state = 'ended') = (secret IS NULL))
);
CREATE INDEX hook_person ON hook (person_id);
CREATE INDEX hook_due ON hook (state, next_us);

-- An event that was not delivered: the place before it in the order, and what
-- was answered.  event '': a stretch that could not be read any more.
CREATE TABLE hook_letter (
	id {id},
	hook_id {int} NOT NULL REFERENCES hook(id),
	event {text} NOT NULL CHECK (length(event) <= 40),
	name {text} NOT NULL CHECK (length(name) <= 80),
	object {text} NOT NULL CHECK (length(object) <= 64),
	at_us {time} NOT NULL,
	ledger {int} NOT NULL,
	number {int} NOT NULL,
	dead_us {time} NOT NULL,
	tries {int} NOT NULL,
	status {int},
	failure {text} NOT NULL,
	replay_us {time}
);
CREATE INDEX hook_letter_hook ON hook_letter (hook_id, id);
CREATE INDEX hook_letter_dead ON hook_letter (dead_us);
