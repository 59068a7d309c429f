-- Sets of changes of units that were previewed and applied.  entry_id is the
-- ledger entry of their rows, and the set's own number; of_id is the set that
-- this one takes back.  body is the set as it was asked for, or {}.  The entry's
-- source has the digest of it all.
CREATE TABLE reform (
	entry_id {int} PRIMARY KEY,
	of_id {int} UNIQUE REFERENCES reform(entry_id),
	act {text} NOT NULL,
	note {text} NOT NULL,
	changes {int} NOT NULL CHECK (changes >= 0),
	body {text} NOT NULL,
	CHECK (of_id < entry_id)
);
-- Taking back asks what an entry wrote, and what came to a unit later.
CREATE INDEX unit_entry ON unit (entry_id);
CREATE INDEX unit_version_entry ON unit_version (entry_id);
CREATE INDEX unit_end_entry ON unit_end (entry_id);
CREATE INDEX unit_code_entry ON unit_code (entry_id);
CREATE INDEX succession_entry ON succession (entry_id);
CREATE INDEX succession_to ON succession (to_id);
