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
