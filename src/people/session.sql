-- name: session_insert
-- args: person i64, digest blob, at i64
-- row: id i64
-- gives: one
INSERT INTO session (person_id, digest, created_us, seen_us)
VALUES ($person, $digest, $at, $at)
RETURNING id;

-- name: session_find
-- args: digest blob
-- row: id i64, person_id i64, created_us i64, seen_us i64
-- gives: maybe
SELECT id, person_id, created_us, seen_us FROM session WHERE digest = $digest;

-- name: session_touch
-- args: id i64, at i64
-- gives: changed
UPDATE session SET seen_us = $at WHERE id = $id AND seen_us < $at;

-- name: session_delete
-- args: id i64
-- gives: changed
DELETE FROM session WHERE id = $id;

-- name: session_delete_others
-- args: person i64, but i64
-- gives: changed
DELETE FROM session WHERE person_id = $person AND id <> $but;

-- name: session_delete_old
-- args: before i64
-- gives: changed
DELETE FROM session WHERE created_us < $before;
