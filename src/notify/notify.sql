-- Queries of letters.  Nobody else touches their tables.

-- name: notify_place
-- args: limit i64
-- row: ledger i64, number i64, part i64, ladder_on day
-- gives: many
SELECT ledger, number, part, ladder_on FROM notify_place
 ORDER BY id LIMIT $limit;

-- name: notify_place_begin
-- args: ledger i64, number i64, ladder_on day
-- gives: changed
INSERT INTO notify_place (id, ledger, number, part, ladder_on)
VALUES (1, $ledger, $number, 0, $ladder_on) ON CONFLICT (id) DO NOTHING;

-- Another one may have been quicker.
-- name: notify_place_move
-- args: ledger i64, number i64, part i64, was_ledger i64, was_number i64
-- args: was_part i64
-- gives: changed
UPDATE notify_place SET ledger = $ledger, number = $number, part = $part
 WHERE id = 1 AND ledger = $was_ledger AND number = $was_number
   AND part = $was_part;

-- name: notify_place_climb
-- args: on day
-- gives: changed
UPDATE notify_place SET ladder_on = $on WHERE id = 1 AND ladder_on < $on;

-- name: notify_letter_insert
-- args: person i64, topic text, what text, unit i64, object text, data text
-- args: at i64
-- row: id i64
-- gives: maybe
INSERT INTO notify_letter (person_id, topic, what, unit_id, object, data, at_us)
VALUES ($person, $topic, $what, $unit, $object, $data, $at)
ON CONFLICT (person_id, what) DO NOTHING
RETURNING id;

-- The newest first; before: above all of them.
-- name: notify_letter_page
-- args: person i64, before i64, limit i64
-- row: id i64, person_id i64, topic text, what text, unit_id i64, object text
-- row: data text, at_us i64, read_us i64?
-- gives: many
SELECT id, person_id, topic, what, unit_id, object, data, at_us, read_us
  FROM notify_letter
 WHERE person_id = $person AND id < $before
 ORDER BY id DESC LIMIT $limit;

-- name: notify_letter_unread
-- args: person i64, before i64, limit i64
-- row: as notify_letter_page
-- gives: many
SELECT id, person_id, topic, what, unit_id, object, data, at_us, read_us
  FROM notify_letter
 WHERE person_id = $person AND id < $before AND read_us IS NULL
 ORDER BY id DESC LIMIT $limit;

-- name: notify_letter_load
-- args: id i64
-- row: as notify_letter_page
-- gives: maybe
SELECT id, person_id, topic, what, unit_id, object, data, at_us, read_us
  FROM notify_letter WHERE id = $id;

-- name: notify_letter_count
-- args: person i64, most i64
-- row: count i64
-- gives: one
SELECT count(*) FROM (SELECT id FROM notify_letter
	 WHERE person_id = $person AND read_us IS NULL LIMIT $most) unread;

-- name: notify_letter_read
-- args: id i64, at i64
-- gives: changed
UPDATE notify_letter SET read_us = $at WHERE id = $id AND read_us IS NULL;

-- name: notify_letter_old
-- args: before i64, limit i64
-- row: id i64
-- gives: many
SELECT id FROM notify_letter WHERE at_us < $before ORDER BY at_us LIMIT $limit;

-- name: notify_letter_gone
-- args: id i64
-- gives: changed
DELETE FROM notify_letter WHERE id = $id;

-- All columns, for the checkpoint's sum.
-- name: notify_place_whole
-- args: from i64, to i64
-- row: id i64, ledger i64, number i64, part i64, ladder_on day
-- gives: each
SELECT id, ledger, number, part, ladder_on FROM notify_place
 WHERE id >= $from AND id <= $to;

-- name: notify_letter_whole
-- args: from i64, to i64
-- row: as notify_letter_page
-- gives: each
SELECT id, person_id, topic, what, unit_id, object, data, at_us, read_us
  FROM notify_letter WHERE id >= $from AND id <= $to;

-- name: notify_rung_insert
-- args: form i64, period text, unit i64, rung i64, at i64
-- row: id i64
-- gives: maybe
INSERT INTO notify_rung (form_id, period, unit_id, rung, at_us)
VALUES ($form, $period, $unit, $rung, $at)
ON CONFLICT (form_id, period, unit_id, rung) DO NOTHING
RETURNING id;

-- name: notify_rung_old
-- args: before i64, limit i64
-- row: id i64
-- gives: many
SELECT id FROM notify_rung WHERE at_us < $before ORDER BY at_us LIMIT $limit;

-- name: notify_rung_gone
-- args: id i64
-- gives: changed
DELETE FROM notify_rung WHERE id = $id;

-- name: notify_contact
-- args: person i64
-- row: person_id i64, email text?, telephone text?, by_mail bool
-- row: by_message bool, changed_us i64, mail_sent_us i64?, mail_failure text?
-- row: message_sent_us i64?, message_failure text?
-- gives: maybe
SELECT person_id, email, telephone, by_mail, by_message, changed_us,
       mail_sent_us, mail_failure, message_sent_us, message_failure
  FROM notify_contact WHERE person_id = $person;

-- name: notify_contact_put
-- args: person i64, email text?, telephone text?, by_mail bool
-- args: by_message bool, at i64
-- gives: changed
INSERT INTO notify_contact (person_id, email, telephone, by_mail, by_message,
	changed_us)
VALUES ($person, $email, $telephone, $by_mail, $by_message, $at)
ON CONFLICT (person_id) DO UPDATE SET email = $email, telephone = $telephone,
	by_mail = $by_mail, by_message = $by_message, changed_us = $at,
	mail_failure = NULL, message_failure = NULL;

-- name: notify_contact_mailed
-- args: person i64, sent i64?, failure text?
-- gives: changed
UPDATE notify_contact
   SET mail_sent_us = COALESCE($sent, mail_sent_us), mail_failure = $failure
 WHERE person_id = $person;

-- name: notify_contact_messaged
-- args: person i64, sent i64?, failure text?
-- gives: changed
UPDATE notify_contact
   SET message_sent_us = COALESCE($sent, message_sent_us),
       message_failure = $failure
 WHERE person_id = $person;

-- name: notify_rung_whole
-- args: from i64, to i64
-- row: id i64, form_id i64, period text, unit_id i64, rung i64, at_us i64
-- gives: each
SELECT id, form_id, period, unit_id, rung, at_us FROM notify_rung
 WHERE id >= $from AND id <= $to;

-- name: notify_contact_whole
-- args: from i64, to i64
-- row: as notify_contact
-- gives: each
SELECT person_id, email, telephone, by_mail, by_message, changed_us,
       mail_sent_us, mail_failure, message_sent_us, message_failure
  FROM notify_contact WHERE person_id >= $from AND person_id <= $to;

-- name: contact_card
-- args: unit i64
-- row: unit_id i64, reporter text, signer text, telephone text, hours text
-- row: revision i64, changed_us i64, person_id i64
-- gives: maybe
SELECT unit_id, reporter, signer, telephone, hours, revision, changed_us,
       person_id
  FROM contact_card WHERE unit_id = $unit;

-- name: contact_card_insert
-- args: unit i64, reporter text, signer text, telephone text, hours text
-- args: at i64, person i64
-- gives: changed
INSERT INTO contact_card (unit_id, reporter, signer, telephone, hours, revision,
	changed_us, person_id)
VALUES ($unit, $reporter, $signer, $telephone, $hours, 1, $at, $person)
ON CONFLICT (unit_id) DO NOTHING;

-- name: contact_card_update
-- args: unit i64, was i64, reporter text, signer text, telephone text
-- args: hours text, at i64, person i64
-- gives: changed
UPDATE contact_card
   SET reporter = $reporter, signer = $signer, telephone = $telephone,
       hours = $hours, revision = revision + 1, changed_us = $at,
       person_id = $person
 WHERE unit_id = $unit AND revision = $was;

-- name: contact_card_whole
-- args: from i64, to i64
-- row: as contact_card
-- gives: each
SELECT unit_id, reporter, signer, telephone, hours, revision, changed_us,
       person_id
  FROM contact_card WHERE unit_id >= $from AND unit_id <= $to;
