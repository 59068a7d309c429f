-- name: session_insert
-- args: person i64, digest blob, at i64, mac blob
-- row: id i64
-- gives: one
INSERT INTO session (person_id, digest, created_us, seen_us, mac)
VALUES ($person, $digest, $at, $at, $mac)
RETURNING id;

-- name: session_find
-- args: digest blob
-- row: id i64, person_id i64, digest blob, created_us i64, seen_us i64, mac blob?
-- gives: maybe
SELECT id, person_id, digest, created_us, seen_us, mac
  FROM session WHERE digest = $digest;

-- name: session_page
-- args: after i64, limit i64
-- row: as session_find
-- gives: many
SELECT id, person_id, digest, created_us, seen_us, mac
  FROM session WHERE id > $after ORDER BY id LIMIT $limit;

-- name: session_touch
-- args: id i64, at i64, mac blob
-- gives: changed
UPDATE session SET seen_us = $at, mac = $mac WHERE id = $id;

-- name: session_delete
-- args: id i64
-- gives: changed
DELETE FROM session WHERE id = $id;

-- name: session_by_id
-- args: id i64
-- row: as session_find
-- gives: maybe
SELECT id, person_id, digest, created_us, seen_us, mac
  FROM session WHERE id = $id;

-- name: session_of
-- args: person i64, but i64, limit i64
-- row: as session_find
-- gives: many
SELECT id, person_id, digest, created_us, seen_us, mac
  FROM session WHERE person_id = $person AND id <> $but
 ORDER BY id LIMIT $limit;

-- name: session_old
-- args: before i64, limit i64
-- row: id i64
-- gives: many
SELECT id FROM session WHERE created_us < $before
 ORDER BY created_us LIMIT $limit;

-- name: session_rows
-- args: from i64, to i64
-- row: as session_find
-- gives: each
SELECT id, person_id, digest, created_us, seen_us, mac
  FROM session WHERE id >= $from AND id <= $to;

-- name: session_newest
-- args: person i64, limit i64
-- row: id i64, created_us i64, seen_us i64
-- gives: many
SELECT id, created_us, seen_us FROM session
 WHERE person_id = $person ORDER BY created_us DESC, id DESC LIMIT $limit;
