-- Files that people are sending.  Their bytes stand in DIR/upload by id, and
-- received says how many of them are on disk; once all are there and have the
-- announced digest, they are a blob (complete_us).
CREATE TABLE upload (
	id {id},
	person_id {int} NOT NULL REFERENCES person(id),
	bytes {int} NOT NULL CHECK (bytes >= 0),
	digest {blob} NOT NULL CHECK (length(digest) = 32),
	received {int} NOT NULL DEFAULT 0,
	begun_us {time} NOT NULL,
	seen_us {time} NOT NULL,
	complete_us {time},
	CHECK (received BETWEEN 0 AND bytes)
);
CREATE INDEX upload_person ON upload (person_id);
CREATE INDEX upload_seen ON upload (seen_us);
