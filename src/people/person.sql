-- name: person_insert
-- args: login text, name text, locale text, password text?, at i64
-- row: id i64
-- gives: one
INSERT INTO person (login, name, locale, password, created_us)
VALUES ($login, $name, $locale, $password, $at)
RETURNING id;

-- name: person_by_login
-- args: login text
-- row: id i64, login text, name text, locale text, password text?, disabled_us i64?, created_us i64
-- gives: maybe
SELECT id, login, name, locale, password, disabled_us, created_us
  FROM person WHERE login = $login;

-- name: person_by_id
-- args: id i64
-- row: as person_by_login
-- gives: maybe
SELECT id, login, name, locale, password, disabled_us, created_us
  FROM person WHERE id = $id;

-- name: person_page
-- args: after i64, limit i64
-- row: as person_by_login
-- gives: many
SELECT id, login, name, locale, password, disabled_us, created_us
  FROM person WHERE id > $after ORDER BY id LIMIT $limit;

-- name: person_set_disabled
-- args: id i64, at i64?
-- gives: changed
UPDATE person SET disabled_us = $at WHERE id = $id;

-- name: person_set_password
-- args: id i64, password text?
-- gives: changed
UPDATE person SET password = $password WHERE id = $id;

-- name: position_insert
-- args: person i64, unit i64, role text, at i64
-- gives: changed
INSERT INTO person_position (person_id, unit_id, role, granted_us)
VALUES ($person, $unit, $role, $at)
ON CONFLICT (person_id, unit_id, role) DO NOTHING;

-- name: position_delete
-- args: person i64, unit i64, role text
-- gives: changed
DELETE FROM person_position
 WHERE person_id = $person AND unit_id = $unit AND role = $role;

-- name: position_granted
-- args: person i64, unit i64, role text
-- row: granted_us i64
-- gives: maybe
SELECT granted_us FROM person_position
 WHERE person_id = $person AND unit_id = $unit AND role = $role;

-- name: position_of_person
-- args: person i64, limit i64
-- row: unit_id i64, role text
-- gives: many
SELECT unit_id, role FROM person_position
 WHERE person_id = $person ORDER BY id LIMIT $limit;

-- name: position_all
-- args: person i64
-- row: id i64, unit_id i64, role text, granted_us i64
-- gives: each
SELECT id, unit_id, role, granted_us FROM person_position
 WHERE person_id = $person ORDER BY id;

-- name: position_of_unit
-- args: unit i64, limit i64
-- row: person_id i64, login text, role text
-- gives: many
SELECT p.id, p.login, h.role
  FROM person_position h JOIN person p ON p.id = h.person_id
 WHERE h.unit_id = $unit ORDER BY h.id LIMIT $limit;
