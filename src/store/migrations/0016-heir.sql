-- Which heir of a divided unit decides, from a day on, what is signed in the
-- unit's name: said by the unit above.  Only added to: of the rows of a unit the
-- one with the latest day counts, of two of the same day the later.
CREATE TABLE unit_heir (
	entry_id {int} PRIMARY KEY,
	unit_id {int} NOT NULL REFERENCES unit(id),
	heir_id {int} NOT NULL REFERENCES unit(id),
	from_day {day} NOT NULL,
	act {text} NOT NULL CHECK (length(act) BETWEEN 1 AND 200),
	reason {text} NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
	CHECK (unit_id <> heir_id)
);
CREATE INDEX unit_heir_key ON unit_heir (unit_id, from_day, entry_id);
