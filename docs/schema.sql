-- Made by tools/sqlgen.py schema from src/store/migrations.  Do not edit.

CREATE TABLE audit (
	id INTEGER PRIMARY KEY,
	at_us INTEGER NOT NULL,
	person_id INTEGER,
	action TEXT NOT NULL CHECK (length(action) BETWEEN 1 AND 64),
	unit_id INTEGER,
	object_id INTEGER,
	detail TEXT CHECK (length(detail) <= 500)
, state INTEGER, chain INTEGER) STRICT;

CREATE TABLE blob (
	digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
	bytes INTEGER NOT NULL CHECK (bytes >= 0),
	added_us INTEGER NOT NULL,
	idle_us INTEGER
)WITHOUT ROWID, STRICT;

CREATE INDEX blob_idle ON blob (idle_us) WHERE idle_us IS NOT NULL;

CREATE TABLE blob_ref (
	digest BLOB NOT NULL REFERENCES blob(digest),
	owner_kind TEXT NOT NULL CHECK (length(owner_kind) BETWEEN 1 AND 40),
	owner_id INTEGER NOT NULL,
	PRIMARY KEY (digest, owner_kind, owner_id)
)WITHOUT ROWID, STRICT;

CREATE INDEX blob_ref_owner ON blob_ref (owner_kind, owner_id);

CREATE TABLE closing_act (
	id INTEGER PRIMARY KEY,
	form_id INTEGER NOT NULL REFERENCES form(id),
	period TEXT NOT NULL,
	unit_id INTEGER NOT NULL REFERENCES unit(id),
	number INTEGER NOT NULL CHECK (number > 0),
	act TEXT NOT NULL CHECK (act = CASE number % 2 WHEN 1 THEN 'close' ELSE 'reopen' END),
	at_us INTEGER NOT NULL,
	person_id INTEGER,
	reason TEXT CHECK (act = 'close' OR reason IS NOT NULL),
	entry_id INTEGER NOT NULL,
	UNIQUE (form_id, period, unit_id, number)
) STRICT;

CREATE TABLE contact_card (
	unit_id INTEGER PRIMARY KEY REFERENCES unit(id),
	reporter TEXT NOT NULL CHECK (length(reporter) <= 200),
	signer TEXT NOT NULL CHECK (length(signer) <= 200),
	telephone TEXT NOT NULL CHECK (length(telephone) <= 40),
	hours TEXT NOT NULL CHECK (length(hours) <= 200),
	revision INTEGER NOT NULL CHECK (revision > 0),
	changed_us INTEGER NOT NULL,
	person_id INTEGER NOT NULL
) STRICT;

CREATE TABLE event (
	number INTEGER PRIMARY KEY CHECK (number > 0),
	ledger_size INTEGER NOT NULL CHECK (ledger_size >= 0),
	at_us INTEGER NOT NULL,
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
	object TEXT NOT NULL CHECK (length(object) BETWEEN 1 AND 64),
	unit_id INTEGER NOT NULL
) STRICT;

CREATE TABLE form (
	id INTEGER PRIMARY KEY,
	code TEXT NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 64),
	last_day INTEGER,
	body TEXT NOT NULL,
	entry_id INTEGER NOT NULL
) STRICT;

CREATE TABLE form_version (
	id INTEGER PRIMARY KEY,
	form_id INTEGER NOT NULL REFERENCES form(id),
	number INTEGER NOT NULL CHECK (number > 0),
	digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
	body TEXT NOT NULL,
	entry_id INTEGER NOT NULL,
	UNIQUE (form_id, number)
) STRICT;

CREATE TABLE hook (
	id INTEGER PRIMARY KEY,
	person_id INTEGER NOT NULL REFERENCES person(id),
	token_id INTEGER REFERENCES token(id),
	unit_id INTEGER NOT NULL,
	role TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 32),
	granted_us INTEGER NOT NULL,
	url TEXT NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
	events TEXT NOT NULL CHECK (length(events) BETWEEN 1 AND 2000),
	secret BLOB CHECK (length(secret) = 32),
	state TEXT NOT NULL CHECK (state IN ('active', 'stopped', 'ended')),
	reason TEXT,
	created_us INTEGER NOT NULL,
	changed_us INTEGER NOT NULL,
	resumed_us INTEGER NOT NULL,
	ledger INTEGER NOT NULL CHECK (ledger >= 0),
	number INTEGER NOT NULL CHECK (number >= 0),
	sent INTEGER NOT NULL DEFAULT 0,
	sent_us INTEGER,
	tries INTEGER NOT NULL DEFAULT 0,
	failing_us INTEGER,
	next_us INTEGER NOT NULL DEFAULT 0,
	status INTEGER,
	failure TEXT,
	dead INTEGER NOT NULL DEFAULT 0 CHECK (dead >= 0),
	replay INTEGER NOT NULL DEFAULT FALSE,
	job_id INTEGER,
	CHECK ((state = 'ended') = (secret IS NULL))
) STRICT;

CREATE INDEX hook_due ON hook (state, next_us);

CREATE INDEX hook_person ON hook (person_id);

CREATE TABLE hook_letter (
	id INTEGER PRIMARY KEY,
	hook_id INTEGER NOT NULL REFERENCES hook(id),
	event TEXT NOT NULL CHECK (length(event) <= 40),
	name TEXT NOT NULL CHECK (length(name) <= 80),
	object TEXT NOT NULL CHECK (length(object) <= 64),
	at_us INTEGER NOT NULL,
	ledger INTEGER NOT NULL,
	number INTEGER NOT NULL,
	dead_us INTEGER NOT NULL,
	tries INTEGER NOT NULL,
	status INTEGER,
	failure TEXT NOT NULL,
	replay_us INTEGER
) STRICT;

CREATE INDEX hook_letter_dead ON hook_letter (dead_us);

CREATE INDEX hook_letter_hook ON hook_letter (hook_id, id);

CREATE TABLE job (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 60),
	args TEXT NOT NULL CHECK (length(args) <= 4000),
	run_at INTEGER NOT NULL,
	lease_until INTEGER NOT NULL DEFAULT 0,
	tries INTEGER NOT NULL DEFAULT 0,
	failure TEXT,
	dead_at INTEGER
, done INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE INDEX job_due ON job (kind, run_at) WHERE dead_at IS NULL;

CREATE TABLE kept_answer (
	person_id INTEGER NOT NULL REFERENCES person(id),
	key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 64),
	digest BLOB NOT NULL CHECK (length(digest) = 32),
	at_us INTEGER NOT NULL,
	status INTEGER NOT NULL,
	type TEXT NOT NULL,
	etag TEXT,
	location TEXT,
	body BLOB NOT NULL, mac BLOB CHECK (length(mac) = 32),
	PRIMARY KEY (person_id, key)
) STRICT;

CREATE INDEX kept_answer_at ON kept_answer (at_us);

CREATE TABLE ledger_entry (
	id INTEGER PRIMARY KEY,
	idx INTEGER NOT NULL UNIQUE CHECK (idx >= 0),
	at INTEGER NOT NULL,
	kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
	unit INTEGER NOT NULL,
	salt BLOB NOT NULL CHECK (length(salt) = 16),
	body_digest BLOB NOT NULL CHECK (length(body_digest) = 32),
	body BLOB NOT NULL
, body_blob BLOB
	CHECK (length(body_blob) = 32), body_bytes INTEGER
	CHECK (body_bytes > 0)) STRICT;

CREATE INDEX ledger_entry_by_kind ON ledger_entry (kind, idx);

CREATE TABLE ledger_state (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	size INTEGER NOT NULL,
	at INTEGER NOT NULL,
	frontier BLOB NOT NULL,
	checkpoint TEXT NOT NULL
) STRICT;

CREATE TABLE notify_contact (
	person_id INTEGER PRIMARY KEY REFERENCES person(id),
	email TEXT CHECK (length(email) BETWEEN 3 AND 254),
	telephone TEXT CHECK (length(telephone) BETWEEN 3 AND 20),
	by_mail INTEGER NOT NULL,
	by_message INTEGER NOT NULL,
	changed_us INTEGER NOT NULL,
	mail_sent_us INTEGER,
	mail_failure TEXT,
	message_sent_us INTEGER,
	message_failure TEXT
) STRICT;

CREATE TABLE notify_letter (
	id INTEGER PRIMARY KEY,
	person_id INTEGER NOT NULL REFERENCES person(id),
	topic TEXT NOT NULL CHECK (length(topic) BETWEEN 1 AND 40),
	what TEXT NOT NULL CHECK (length(what) BETWEEN 1 AND 100),
	unit_id INTEGER NOT NULL,
	object TEXT NOT NULL CHECK (length(object) <= 300),
	data TEXT NOT NULL CHECK (length(data) <= 4000),
	at_us INTEGER NOT NULL,
	read_us INTEGER,
	UNIQUE (person_id, what)
) STRICT;

CREATE INDEX notify_letter_at ON notify_letter (at_us);

CREATE INDEX notify_letter_person ON notify_letter (person_id, id);

CREATE INDEX notify_letter_unread ON notify_letter (person_id, id)
 WHERE read_us IS NULL;

CREATE TABLE notify_place (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	ledger INTEGER NOT NULL CHECK (ledger >= 0),
	number INTEGER NOT NULL CHECK (number >= 0),
	part INTEGER NOT NULL DEFAULT 0 CHECK (part >= 0),
	ladder_on INTEGER NOT NULL
) STRICT;

CREATE TABLE notify_rung (
	id INTEGER PRIMARY KEY,
	form_id INTEGER NOT NULL REFERENCES form(id),
	period TEXT NOT NULL,
	unit_id INTEGER NOT NULL,
	rung INTEGER NOT NULL,
	at_us INTEGER NOT NULL,
	UNIQUE (form_id, period, unit_id, rung)
) STRICT;

CREATE INDEX notify_rung_at ON notify_rung (at_us);

CREATE TABLE person (
	id INTEGER PRIMARY KEY,
	login TEXT NOT NULL UNIQUE CHECK (length(login) BETWEEN 1 AND 64),
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
	locale TEXT NOT NULL CHECK (locale IN ('vi', 'en')),
	password TEXT,
	disabled_us INTEGER,
	created_us INTEGER NOT NULL
, created_by INTEGER REFERENCES person(id)) STRICT;

CREATE INDEX person_created_by ON person (created_by);

CREATE TABLE person_link (
	person_id INTEGER PRIMARY KEY REFERENCES person(id),
	digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
	by_person INTEGER REFERENCES person(id),
	created_us INTEGER NOT NULL,
	expires_us INTEGER NOT NULL,
	mac BLOB NOT NULL CHECK (length(mac) = 32)
) STRICT;

CREATE TABLE person_position (
	id INTEGER PRIMARY KEY,
	person_id INTEGER NOT NULL REFERENCES person(id),
	unit_id INTEGER NOT NULL,
	role TEXT NOT NULL CHECK (length(role) BETWEEN 1 AND 32),
	granted_us INTEGER NOT NULL, from_day INTEGER, until_day INTEGER,
	UNIQUE (person_id, unit_id, role)
) STRICT;

CREATE INDEX person_position_unit ON person_position (unit_id);

CREATE TABLE reform (
	entry_id INTEGER PRIMARY KEY,
	of_id INTEGER UNIQUE REFERENCES reform(entry_id),
	act TEXT NOT NULL,
	note TEXT NOT NULL,
	changes INTEGER NOT NULL CHECK (changes >= 0),
	body TEXT NOT NULL,
	CHECK (of_id < entry_id)
) STRICT;

CREATE TABLE report (
	id INTEGER PRIMARY KEY,
	form_id INTEGER NOT NULL REFERENCES form(id),
	period TEXT NOT NULL,
	unit_id INTEGER NOT NULL REFERENCES unit(id),
	work INTEGER NOT NULL CHECK (work BETWEEN 0 AND 3),
	standing INTEGER NOT NULL CHECK (standing BETWEEN 0 AND 2),
	revision INTEGER NOT NULL CHECK (revision > 0),
	draft TEXT CHECK ((draft IS NULL) = (work = 0)),
	draft_form_id INTEGER REFERENCES form_version(id),
	sent_version INTEGER NOT NULL CHECK (sent_version >= 0),
	accepted_version INTEGER NOT NULL CHECK (accepted_version >= 0),
	last_version INTEGER NOT NULL CHECK (last_version >= sent_version),
	first_sent_us INTEGER,
	flags INTEGER NOT NULL,
	reason TEXT, mac INTEGER, writer INTEGER,
	UNIQUE (form_id, period, unit_id),
	CHECK ((standing = 0) = (sent_version = 0))
) STRICT;

CREATE INDEX report_unit ON report (unit_id, id);

CREATE TABLE report_act (
	id INTEGER PRIMARY KEY,
	report_id INTEGER NOT NULL REFERENCES report(id),
	act TEXT NOT NULL,
	at_us INTEGER NOT NULL,
	person_id INTEGER,
	person_name TEXT,
	version INTEGER NOT NULL,
	revision INTEGER NOT NULL,
	reason TEXT,
	entry_id INTEGER
) STRICT;

CREATE INDEX report_act_report ON report_act (report_id, id);

CREATE TABLE report_version (
	report_id INTEGER NOT NULL REFERENCES report(id),
	number INTEGER NOT NULL CHECK (number > 0),
	form_version_id INTEGER NOT NULL REFERENCES form_version(id),
	entry_id INTEGER NOT NULL,
	digest BLOB NOT NULL CHECK (length(digest) = 32),
	flags INTEGER NOT NULL,
	returned INTEGER NOT NULL,
	PRIMARY KEY (report_id, number)
) STRICT;

CREATE TABLE schedule (
	kind TEXT PRIMARY KEY CHECK (length(kind) BETWEEN 1 AND 60),
	args TEXT NOT NULL CHECK (length(args) <= 4000),
	every_s INTEGER NOT NULL CHECK (every_s > 0),
	at_s INTEGER NOT NULL CHECK (at_s >= 0 AND at_s < every_s),
	next_at INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
	id INTEGER PRIMARY KEY,
	person_id INTEGER NOT NULL REFERENCES person(id),
	digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
	created_us INTEGER NOT NULL,
	seen_us INTEGER NOT NULL
, mac BLOB CHECK (length(mac) = 32)) STRICT;

CREATE INDEX session_created ON session (created_us);

CREATE INDEX session_person ON session (person_id);

CREATE TABLE sign_in (
	person_id INTEGER PRIMARY KEY REFERENCES person(id),
	at_us INTEGER,
	peer TEXT CHECK (length(peer) <= 64),
	refused INTEGER NOT NULL DEFAULT 0,
	refused_us INTEGER,
	refused_peer TEXT CHECK (length(refused_peer) <= 64),
	before_us INTEGER,
	before_peer TEXT CHECK (length(before_peer) <= 64),
	before_refused INTEGER NOT NULL DEFAULT 0,
	before_refused_us INTEGER,
	before_refused_peer TEXT CHECK (length(before_refused_peer) <= 64)
) STRICT;

CREATE TABLE succession (
	id INTEGER PRIMARY KEY,
	from_id INTEGER NOT NULL REFERENCES unit(id),
	to_id INTEGER NOT NULL REFERENCES unit(id),
	on_day INTEGER NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('none', 'whole', 'part', 'part_area',
	    'part_area_all_people', 'part_people')),
	act TEXT NOT NULL CHECK (length(act) <= 200),
	entry_id INTEGER NOT NULL,
	CHECK (from_id <> to_id)
) STRICT;

CREATE INDEX succession_entry ON succession (entry_id);

CREATE INDEX succession_key ON succession (from_id, to_id, on_day, id);

CREATE INDEX succession_to ON succession (to_id);

CREATE TABLE token (
	id INTEGER PRIMARY KEY,
	person_id INTEGER NOT NULL REFERENCES person(id),
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
	digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
	created_us INTEGER NOT NULL,
	expires_us INTEGER NOT NULL,
	revoked_us INTEGER
) STRICT;

CREATE INDEX token_person ON token (person_id);

CREATE TABLE token_use (
	token_id INTEGER PRIMARY KEY REFERENCES token(id),
	on_day INTEGER NOT NULL
) STRICT;

CREATE TABLE unit (
	id INTEGER PRIMARY KEY,
	entry_id INTEGER NOT NULL
) STRICT;

CREATE INDEX unit_entry ON unit (entry_id);

CREATE TABLE unit_change (
	id INTEGER PRIMARY KEY,
	entry_id INTEGER NOT NULL UNIQUE
) STRICT;

CREATE TABLE unit_code (
	id INTEGER PRIMARY KEY,
	unit_id INTEGER NOT NULL REFERENCES unit(id),
	scheme TEXT NOT NULL CHECK (length(scheme) BETWEEN 1 AND 32),
	code TEXT NOT NULL CHECK (length(code) <= 64),
	from_day INTEGER NOT NULL,
	entry_id INTEGER NOT NULL
) STRICT;

CREATE INDEX unit_code_entry ON unit_code (entry_id);

CREATE INDEX unit_code_key ON unit_code (unit_id, scheme, from_day, id);

CREATE TABLE unit_end (
	id INTEGER PRIMARY KEY,
	unit_id INTEGER NOT NULL REFERENCES unit(id),
	on_day INTEGER NOT NULL,
	entry_id INTEGER NOT NULL
) STRICT;

CREATE INDEX unit_end_entry ON unit_end (entry_id);

CREATE INDEX unit_end_key ON unit_end (unit_id, id);

CREATE TABLE unit_heir (
	entry_id INTEGER PRIMARY KEY,
	unit_id INTEGER NOT NULL REFERENCES unit(id),
	heir_id INTEGER NOT NULL REFERENCES unit(id),
	from_day INTEGER NOT NULL,
	act TEXT NOT NULL CHECK (length(act) BETWEEN 1 AND 200),
	reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
	CHECK (unit_id <> heir_id)
) STRICT;

CREATE INDEX unit_heir_key ON unit_heir (unit_id, from_day, entry_id);

CREATE TABLE unit_version (
	id INTEGER PRIMARY KEY,
	unit_id INTEGER NOT NULL REFERENCES unit(id),
	from_day INTEGER NOT NULL,
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
	name_fold TEXT NOT NULL,
	type TEXT NOT NULL CHECK (length(type) BETWEEN 1 AND 32),
	level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 3),
	parent_id INTEGER REFERENCES unit(id),
	entry_id INTEGER NOT NULL,
	CHECK (parent_id IS NOT NULL OR level = 0)
) STRICT;

CREATE INDEX unit_version_entry ON unit_version (entry_id);

CREATE INDEX unit_version_key ON unit_version (unit_id, from_day, id);

CREATE TABLE upload (
	id INTEGER PRIMARY KEY,
	person_id INTEGER NOT NULL REFERENCES person(id),
	bytes INTEGER NOT NULL CHECK (bytes >= 0),
	digest BLOB NOT NULL CHECK (length(digest) = 32),
	received INTEGER NOT NULL DEFAULT 0,
	begun_us INTEGER NOT NULL,
	seen_us INTEGER NOT NULL,
	complete_us INTEGER,
	CHECK (received BETWEEN 0 AND bytes)
) STRICT;

CREATE INDEX upload_person ON upload (person_id);

CREATE INDEX upload_seen ON upload (seen_us);

CREATE TABLE upload_ended (
	person_id INTEGER NOT NULL REFERENCES person(id),
	hour INTEGER NOT NULL,
	bytes INTEGER NOT NULL CHECK (bytes >= 0),
	PRIMARY KEY (person_id, hour)
)WITHOUT ROWID, STRICT;

CREATE INDEX upload_ended_hour ON upload_ended (hour);
