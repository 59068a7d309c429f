-- Who made a person manages it until it has a position.  NULL: a command.
ALTER TABLE person ADD COLUMN created_by {int} REFERENCES person(id);
-- A position counts from from_day (NULL: since it was granted) to until_day, both
-- counted (NULL: without end).
ALTER TABLE person_position ADD COLUMN from_day {day};
ALTER TABLE person_position ADD COLUMN until_day {day};
-- Whom a link lets set a password, once; one at a time.  digest: SHA-256 of its
-- code, which is kept nowhere.  mac: this program wrote it (people/mac.h).
CREATE TABLE person_link (
	person_id {int} PRIMARY KEY REFERENCES person(id),
	digest {blob} NOT NULL UNIQUE CHECK (length(digest) = 32),
	by_person {int} REFERENCES person(id),
	created_us {time} NOT NULL,
	expires_us {time} NOT NULL,
	mac {blob} NOT NULL CHECK (length(mac) = 32)
);
CREATE INDEX person_created_by ON person (created_by);
