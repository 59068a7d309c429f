-- Reminders of deadlines, and how people and units are reached
-- (src/notify/README.md).

-- A rung of a deadline's ladder that was taken: whoever has the row sends.  rung:
-- days after the deadline, -2 two days before.
CREATE TABLE notify_rung (
	id {id},
	form_id {int} NOT NULL REFERENCES form(id),
	period {text} NOT NULL,
	unit_id {int} NOT NULL,
	rung {int} NOT NULL,
	at_us {time} NOT NULL,
	UNIQUE (form_id, period, unit_id, rung)
);
CREATE INDEX notify_rung_at ON notify_rung (at_us);

-- Where a person wants letters beside the inbox, and how the last one went.
CREATE TABLE notify_contact (
	person_id {int} PRIMARY KEY REFERENCES person(id),
	email {text} CHECK (length(email) BETWEEN 3 AND 254),
	telephone {text} CHECK (length(telephone) BETWEEN 3 AND 20),
	by_mail {bool} NOT NULL,
	by_message {bool} NOT NULL,
	changed_us {time} NOT NULL,
	mail_sent_us {time},
	mail_failure {text},
	message_sent_us {time},
	message_failure {text}
);

-- Whom to call at a unit about its reports, as the unit says.
CREATE TABLE contact_card (
	unit_id {int} PRIMARY KEY REFERENCES unit(id),
	reporter {text} NOT NULL CHECK (length(reporter) <= 200),
	signer {text} NOT NULL CHECK (length(signer) <= 200),
	telephone {text} NOT NULL CHECK (length(telephone) <= 40),
	hours {text} NOT NULL CHECK (length(hours) <= 200),
	revision {int} NOT NULL CHECK (revision > 0),
	changed_us {time} NOT NULL,
	person_id {int} NOT NULL
);
