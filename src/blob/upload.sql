-- Queries of the uploads.  Nobody else touches their table.

-- name: upload_add
-- args: id i64, person i64, bytes i64, digest blob, now i64
-- gives: changed
INSERT INTO upload (id, person_id, bytes, digest, begun_us, seen_us)
VALUES ($id, $person, $bytes, $digest, $now, $now);

-- name: upload_find
-- args: id i64, person i64
-- row: id i64, bytes i64, digest blob, received i64, seen_us i64
-- row: complete_us i64?
-- gives: maybe
SELECT id, bytes, digest, received, seen_us, complete_us
  FROM upload WHERE id = $id AND person_id = $person;

-- name: upload_of_person
-- args: person i64, limit i64
-- row: as upload_find
-- gives: many
SELECT id, bytes, digest, received, seen_us, complete_us
  FROM upload WHERE person_id = $person ORDER BY id LIMIT $limit;

-- name: upload_held
-- args: person i64, from_hour i64
-- row: count i64, bytes i64, ended i64
-- gives: one
SELECT COUNT(*), COALESCE(SUM(bytes), 0),
       (SELECT COALESCE(SUM(e.bytes), 0) FROM upload_ended e
         WHERE e.person_id = $person AND e.hour >= $from_hour)
  FROM upload WHERE person_id = $person;

-- name: upload_ended_add
-- args: person i64, hour i64, bytes i64
-- gives: changed
INSERT INTO upload_ended (person_id, hour, bytes)
VALUES ($person, $hour, $bytes)
ON CONFLICT (person_id, hour)
DO UPDATE SET bytes = upload_ended.bytes + $bytes;

-- name: upload_ended_forget
-- args: from_hour i64
-- gives: changed
DELETE FROM upload_ended WHERE hour < $from_hour;

-- name: upload_move
-- args: id i64, from i64, to i64, now i64
-- gives: changed
UPDATE upload SET received = $to, seen_us = $now
 WHERE id = $id AND received = $from AND complete_us IS NULL;

-- name: upload_complete
-- args: id i64, now i64
-- gives: changed
UPDATE upload SET received = bytes, complete_us = $now, seen_us = $now
 WHERE id = $id AND complete_us IS NULL;

-- name: upload_remove
-- args: id i64, person i64
-- gives: changed
DELETE FROM upload WHERE id = $id AND person_id = $person;

-- name: upload_exists
-- args: id i64
-- row: id i64
-- gives: maybe
SELECT id FROM upload WHERE id = $id;

-- name: upload_old
-- args: before i64, limit i64
-- row: id i64, person i64, digest blob, complete_us i64?
-- gives: many
SELECT id, person_id, digest, complete_us FROM upload
 WHERE seen_us <= $before ORDER BY seen_us LIMIT $limit;

-- name: upload_forget
-- args: id i64, before i64
-- gives: changed
DELETE FROM upload WHERE id = $id AND seen_us <= $before;

-- name: upload_complete_page
-- args: after i64, limit i64
-- row: id i64, digest blob, bytes i64, received i64
-- gives: many
SELECT id, digest, bytes, received FROM upload
 WHERE complete_us IS NOT NULL AND id > $after ORDER BY id LIMIT $limit;

-- name: upload_content
-- args: id i64
-- row: digest blob, complete_us i64?
-- gives: maybe
SELECT digest, complete_us FROM upload WHERE id = $id;

-- All columns.
-- name: upload_rows
-- args: from i64, to i64
-- row: id i64, person_id i64, bytes i64, digest blob, received i64
-- row: begun_us i64, seen_us i64, complete_us i64?
-- gives: each
SELECT id, person_id, bytes, digest, received, begun_us, seen_us, complete_us
  FROM upload WHERE id >= $from AND id <= $to;

-- name: upload_ended_rows
-- args: from i64, to i64
-- row: person_id i64, hour i64, bytes i64
-- gives: each
SELECT person_id, hour, bytes FROM upload_ended
 WHERE person_id >= $from AND person_id <= $to;
