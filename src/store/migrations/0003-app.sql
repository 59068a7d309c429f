-- People, what they may do, how they are known, what they did.  Tables of truth
-- except session and kept_answer, which may be emptied at any time.

-- password: argon2id in its encoded form; NULL: cannot sign in by password.
CREATE TABLE person (
	id {id},
	login {text} NOT NULL UNIQUE CHECK (length(login) BETWEEN 1 AND 64),
	name {text} NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
	locale {text} NOT NULL CHECK (locale IN ('vi', 'en')),
	password {text},
	disabled_us {time},
	created_us {time} NOT NULL
);

-- A revoked position leaves; the audit remembers it.
CREATE TABLE person_position (
	id {id},
	person_id {int} NOT NULL REFERENCES person(id),
	unit_id {int} NOT NULL,
	role {text} NOT NULL CHECK (length(role) BETWEEN 1 AND 32),
	granted_us {time} NOT NULL,
	UNIQUE (person_id, unit_id, role)
);
CREATE INDEX person_position_unit ON person_position (unit_id);

-- digest: SHA-256 of the cookie's value, which is kept nowhere.
CREATE TABLE session (
	id {id},
	person_id {int} NOT NULL REFERENCES person(id),
	digest {blob} NOT NULL UNIQUE CHECK (length(digest) = 32),
	created_us {time} NOT NULL,
	seen_us {time} NOT NULL
);
CREATE INDEX session_person ON session (person_id);
CREATE INDEX session_created ON session (created_us);

-- digest: SHA-256 of the token's text, which is kept nowhere.
CREATE TABLE token (
	id {id},
	person_id {int} NOT NULL REFERENCES person(id),
	name {text} NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
	digest {blob} NOT NULL UNIQUE CHECK (length(digest) = 32),
	created_us {time} NOT NULL,
	expires_us {time} NOT NULL,
	revoked_us {time}
);
CREATE INDEX token_person ON token (person_id);

-- What was answered to a POST with an Idempotency-Key.
CREATE TABLE kept_answer (
	person_id {int} NOT NULL REFERENCES person(id),
	key {text} NOT NULL CHECK (length(key) BETWEEN 1 AND 64),
	digest {blob} NOT NULL CHECK (length(digest) = 32),
	at_us {time} NOT NULL,
	status {int} NOT NULL,
	type {text} NOT NULL,
	etag {text},
	location {text},
	body {blob} NOT NULL,
	PRIMARY KEY (person_id, key)
);
CREATE INDEX kept_answer_at ON kept_answer (at_us);

-- Append only.  person_id NULL: the program itself (import, demo, commands).
CREATE TABLE audit (
	id {id},
	at_us {time} NOT NULL,
	person_id {int},
	action {text} NOT NULL CHECK (length(action) BETWEEN 1 AND 64),
	unit_id {int},
	object_id {int},
	detail {text} CHECK (length(detail) <= 500)
);
