-- What a person has given up stays on the disk for a while (blob.idle), so its
-- bytes go on counting: by the hour in which they were given up.
CREATE TABLE upload_ended (
	person_id {int} NOT NULL REFERENCES person(id),
	hour {int} NOT NULL,
	bytes {int} NOT NULL CHECK (bytes >= 0),
	PRIMARY KEY (person_id, hour)
){clustered};
CREATE INDEX upload_ended_hour ON upload_ended (hour);
