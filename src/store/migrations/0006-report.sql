-- Reports.  Tables of truth; the bodies of signed versions
-- stand once, in the ledger.

-- work: 0 none, 1 draft, 2 proposed, 3 returned: the paper on the desk.
-- standing: 0 none, 1 sent, 2 accepted: what counts in the totals.
-- draft: the cells as in a body, a JSON array in the form's order.
CREATE TABLE report (
	id {id},
	form_id {int} NOT NULL REFERENCES form(id),
	period {text} NOT NULL,
	unit_id {int} NOT NULL REFERENCES unit(id),
	work {int} NOT NULL CHECK (work BETWEEN 0 AND 3),
	standing {int} NOT NULL CHECK (standing BETWEEN 0 AND 2),
	revision {int} NOT NULL CHECK (revision > 0),
	draft {text} CHECK ((draft IS NULL) = (work = 0)),
	draft_form_id {int} REFERENCES form_version(id),
	sent_version {int} NOT NULL CHECK (sent_version >= 0),
	accepted_version {int} NOT NULL CHECK (accepted_version >= 0),
	last_version {int} NOT NULL CHECK (last_version >= sent_version),
	first_sent_us {time},
	flags {int} NOT NULL,
	reason {text},
	UNIQUE (form_id, period, unit_id),
	CHECK ((standing = 0) = (sent_version = 0))
);
CREATE INDEX report_unit ON report (unit_id, id);

-- What has been signed; entry_id is the ledger entry that holds the body.
CREATE TABLE report_version (
	report_id {int} NOT NULL REFERENCES report(id),
	number {int} NOT NULL CHECK (number > 0),
	form_version_id {int} NOT NULL REFERENCES form_version(id),
	entry_id {int} NOT NULL,
	digest {blob} NOT NULL CHECK (length(digest) = 32),
	flags {int} NOT NULL,
	returned {bool} NOT NULL,
	PRIMARY KEY (report_id, number)
);

-- Who did what to a report, in order: its history.  The name is kept as it was
-- on that day.
CREATE TABLE report_act (
	id {id},
	report_id {int} NOT NULL REFERENCES report(id),
	act {text} NOT NULL,
	at_us {time} NOT NULL,
	person_id {int},
	person_name {text},
	version {int} NOT NULL,
	revision {int} NOT NULL,
	reason {text},
	entry_id {int}
);
CREATE INDEX report_act_report ON report_act (report_id, id);

-- A unit's period closed by the level above its reporters.
CREATE TABLE closing (
	id {id},
	form_id {int} NOT NULL REFERENCES form(id),
	period {text} NOT NULL,
	unit_id {int} NOT NULL REFERENCES unit(id),
	at_us {time} NOT NULL,
	person_id {int},
	reason {text},
	entry_id {int} NOT NULL,
	UNIQUE (form_id, period, unit_id)
);
