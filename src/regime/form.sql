-- name: form_by_code
-- args: code text
-- row: id i64, last_day day?, body text
-- gives: maybe
SELECT id, last_day, body FROM form WHERE code = $code;

-- name: form_list
-- args: limit i64
-- row: id i64, code text, last_day day?, body text
-- gives: many
SELECT id, code, last_day, body FROM form ORDER BY code LIMIT $limit;

-- name: form_insert
-- args: code text, last_day day?, body text, entry i64
-- row: id i64
-- gives: one
INSERT INTO form (code, last_day, body, entry_id)
VALUES ($code, $last_day, $body, $entry) RETURNING id;

-- name: form_set_last_day
-- args: id i64, last_day day?, entry i64
-- gives: changed
UPDATE form SET last_day = $last_day, entry_id = $entry WHERE id = $id;

-- name: form_version_list
-- args: form i64, limit i64
-- row: id i64, number i64, digest blob, body text
-- gives: many
SELECT id, number, digest, body FROM form_version
 WHERE form_id = $form ORDER BY number LIMIT $limit;

-- name: form_version_insert
-- args: form i64, number i64, digest blob, body text, entry i64
-- gives: changed
INSERT INTO form_version (form_id, number, digest, body, entry_id)
VALUES ($form, $number, $digest, $body, $entry);

-- For the check against the ledger.

-- name: form_written
-- row: code text, last_day day?, body text, entry i64
-- gives: each
SELECT code, last_day, body, entry_id FROM form ORDER BY id;

-- name: form_version_written
-- row: code text, number i64, digest blob, body text, entry i64
-- gives: each
SELECT form.code, number, digest, form_version.body, form_version.entry_id
  FROM form_version JOIN form ON form.id = form_id
 ORDER BY form_id, number;
