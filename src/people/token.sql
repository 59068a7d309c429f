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
-- row: id i64, name text, created_us i64, expires_us i64, revoked_us i64?, used day?
-- gives: many
SELECT t.id, t.name, t.created_us, t.expires_us, t.revoked_us, u.on_day
  FROM token t LEFT JOIN token_use u ON u.token_id = t.id
 WHERE t.person_id = $person ORDER BY t.id LIMIT $limit;

-- name: token_use
-- args: id i64, today day
-- gives: changed
INSERT INTO token_use (token_id, on_day) VALUES ($id, $today)
ON CONFLICT (token_id) DO UPDATE SET on_day = excluded.on_day
 WHERE token_use.on_day < excluded.on_day;

-- name: token_use_rows
-- args: from i64, to i64
-- row: token_id i64, on_day day
-- gives: each
SELECT token_id, on_day FROM token_use
 WHERE token_id >= $from AND token_id <= $to;

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
-- row: id i64, person_id i64, expires_us i64, used day?
-- gives: maybe
SELECT t.id, t.person_id, t.expires_us, u.on_day
  FROM token t LEFT JOIN token_use u ON u.token_id = t.id
 WHERE t.digest = $digest AND t.revoked_us IS NULL AND t.expires_us > $at;
