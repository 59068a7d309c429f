-- Bytes that are too large for a row stand in files by their SHA-256
-- (src/store/blob.h); these rows say which files there are, and for whom.

-- A file of DIR/blob.  idle_us: since when nothing refers to it.
CREATE TABLE blob (
	digest {blob} PRIMARY KEY CHECK (length(digest) = 32),
	bytes {int} NOT NULL CHECK (bytes >= 0),
	added_us {time} NOT NULL,
	idle_us {time}
){clustered};
CREATE INDEX blob_idle ON blob (idle_us) WHERE idle_us IS NOT NULL;

-- Who needs it: a row of a slice, by the slice's word for it and its id.
CREATE TABLE blob_ref (
	digest {blob} NOT NULL REFERENCES blob(digest),
	owner_kind {text} NOT NULL CHECK (length(owner_kind) BETWEEN 1 AND 40),
	owner_id {int} NOT NULL,
	PRIMARY KEY (digest, owner_kind, owner_id)
){clustered};
CREATE INDEX blob_ref_owner ON blob_ref (owner_kind, owner_id);
