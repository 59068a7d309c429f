-- name: token_insert
-- args: person i64, name text, digest blob, at i64, expires i64
-- row: id i64
-- gives: one
INSERT INTO token (person_id, name, digest, created_us, expires_us)
VALUES ($person, $name, $digest, $at, $expires)
RETURNING id;

-- name: token_revoke
-- args: id i64, at i64
-- gives: changed
UPDATE token SET revoked_us = $at WHERE id = $id AND revoked_us IS NULL;

-- name: token_of_person
-- args: person i64, limit i64
-- row: id i64, name text, created_us i64, expires_us i64, revoked_us i64?
-- gives: many
SELECT id, name, created_us, expires_us, revoked_us FROM token
 WHERE person_id = $person ORDER BY id LIMIT $limit;

-- name: token_by_id
-- args: id i64
-- row: id i64, person_id i64, name text, digest blob, created_us i64, expires_us i64, revoked_us i64?
-- gives: maybe
SELECT id, person_id, name, digest, created_us, expires_us, revoked_us
  FROM token WHERE id = $id;

-- name: token_page
-- args: after i64, limit i64
-- row: as token_by_id
-- gives: many
SELECT id, person_id, name, digest, created_us, expires_us, revoked_us
  FROM token WHERE id > $after ORDER BY id LIMIT $limit;

-- name: token_live
-- args: id i64, person i64, at i64
-- row: id i64
-- gives: maybe
SELECT id FROM token
 WHERE id = $id AND person_id = $person AND revoked_us IS NULL
   AND expires_us > $at;

-- name: token_find
-- args: digest blob, at i64
-- row: id i64, person_id i64, expires_us i64
-- gives: maybe
SELECT id, person_id, expires_us FROM token
 WHERE digest = $digest AND revoked_us IS NULL AND expires_us > $at;
