-- Units in time.  Tables of truth, only ever added to: a
-- later row of the same key replaces an earlier one, so what was known at a
-- ledger index is the rows whose entry is older.  Spans are not stored: a
-- version or code holds until the next one or until the unit's end.

-- One row for each ledger entry that changed units.
CREATE TABLE unit_change (
	id {id},
	entry_id {int} NOT NULL UNIQUE
);

-- A permanent identity and nothing else.
CREATE TABLE unit (
	id {id},
	entry_id {int} NOT NULL
);

-- Key: unit_id, from_day.
CREATE TABLE unit_version (
	id {id},
	unit_id {int} NOT NULL REFERENCES unit(id),
	from_day {day} NOT NULL,
	name {text} NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
	name_fold {text} NOT NULL,
	type {text} NOT NULL CHECK (length(type) BETWEEN 1 AND 32),
	level {int} NOT NULL CHECK (level BETWEEN 0 AND 3),
	parent_id {int} REFERENCES unit(id),
	entry_id {int} NOT NULL,
	CHECK (parent_id IS NOT NULL OR level = 0)
);
CREATE INDEX unit_version_key ON unit_version (unit_id, from_day, id);

-- Key: unit_id.  on_day is the first day without the unit; 9999-12-31 takes an
-- end back.
CREATE TABLE unit_end (
	id {id},
	unit_id {int} NOT NULL REFERENCES unit(id),
	on_day {day} NOT NULL,
	entry_id {int} NOT NULL
);
CREATE INDEX unit_end_key ON unit_end (unit_id, id);

-- Key: unit_id, scheme, from_day.  An empty code: from here on none.
CREATE TABLE unit_code (
	id {id},
	unit_id {int} NOT NULL REFERENCES unit(id),
	scheme {text} NOT NULL CHECK (length(scheme) BETWEEN 1 AND 32),
	code {text} NOT NULL CHECK (length(code) <= 64),
	from_day {day} NOT NULL,
	entry_id {int} NOT NULL
);
CREATE INDEX unit_code_key ON unit_code (unit_id, scheme, from_day, id);

-- Key: from_id, to_id, on_day.  Kind none takes a succession back.
CREATE TABLE succession (
	id {id},
	from_id {int} NOT NULL REFERENCES unit(id),
	to_id {int} NOT NULL REFERENCES unit(id),
	on_day {day} NOT NULL,
	kind {text} NOT NULL CHECK (kind IN ('none', 'whole', 'part', 'part_area',
	    'part_area_all_people', 'part_people')),
	act {text} NOT NULL CHECK (length(act) <= 200),
	entry_id {int} NOT NULL,
	CHECK (from_id <> to_id)
);
CREATE INDEX succession_key ON succession (from_id, to_id, on_day, id);
