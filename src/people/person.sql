-- name: person_insert
-- args: login text, name text, locale text, password text?, at i64, by i64?
-- row: id i64
-- gives: one
INSERT INTO person (login, name, locale, password, created_us, created_by)
VALUES ($login, $name, $locale, $password, $at, $by)
RETURNING id;

-- name: person_by_login
-- args: login text
-- row: id i64, login text, name text, locale text, password text?, disabled_us i64?, created_us i64, created_by i64?
-- gives: maybe
SELECT id, login, name, locale, password, disabled_us, created_us, created_by
  FROM person WHERE login = $login;

-- name: person_by_id
-- args: id i64
-- row: as person_by_login
-- gives: maybe
SELECT id, login, name, locale, password, disabled_us, created_us, created_by
  FROM person WHERE id = $id;

-- name: person_page
-- args: after i64, limit i64
-- row: as person_by_login
-- gives: many
SELECT id, login, name, locale, password, disabled_us, created_us, created_by
  FROM person WHERE id > $after ORDER BY id LIMIT $limit;

-- name: person_each
-- row: as person_by_login
-- gives: each
SELECT id, login, name, locale, password, disabled_us, created_us, created_by
  FROM person ORDER BY id;

-- name: person_set_disabled
-- args: id i64, at i64?
-- gives: changed
UPDATE person SET disabled_us = $at WHERE id = $id;

-- name: person_set_password
-- args: id i64, password text?
-- gives: changed
UPDATE person SET password = $password WHERE id = $id;

-- name: person_set_name
-- args: id i64, name text, locale text
-- gives: changed
UPDATE person SET name = $name, locale = $locale WHERE id = $id;

-- name: position_insert
-- args: person i64, unit i64, role text, at i64, from_day day?, until_day day?
-- gives: changed
INSERT INTO person_position (person_id, unit_id, role, granted_us, from_day,
       until_day)
VALUES ($person, $unit, $role, $at, $from_day, $until_day);

-- name: position_days
-- args: id i64, from_day day?, until_day day?
-- gives: changed
UPDATE person_position SET from_day = $from_day, until_day = $until_day
 WHERE id = $id;

-- name: position_delete
-- args: person i64, unit i64, role text
-- gives: changed
DELETE FROM person_position
 WHERE person_id = $person AND unit_id = $unit AND role = $role;

-- name: position_granted
-- args: person i64, unit i64, role text, today day
-- row: granted_us i64
-- gives: maybe
SELECT granted_us FROM person_position
 WHERE person_id = $person AND unit_id = $unit AND role = $role
   AND (from_day IS NULL OR from_day <= $today)
   AND (until_day IS NULL OR until_day >= $today);

-- name: position_all
-- args: person i64
-- row: id i64, person_id i64, unit_id i64, role text, granted_us i64, from_day day?, until_day day?
-- gives: each
SELECT id, person_id, unit_id, role, granted_us, from_day, until_day
  FROM person_position WHERE person_id = $person ORDER BY id;

-- name: position_of_person
-- args: person i64, limit i64
-- row: as position_all
-- gives: many
SELECT id, person_id, unit_id, role, granted_us, from_day, until_day
  FROM person_position WHERE person_id = $person ORDER BY id LIMIT $limit;

-- name: position_each
-- row: as position_all
-- gives: each
SELECT id, person_id, unit_id, role, granted_us, from_day, until_day
  FROM person_position ORDER BY person_id, id;

-- name: position_of_unit
-- args: unit i64, today day, limit i64
-- row: person_id i64, login text, role text
-- gives: many
SELECT p.id, p.login, h.role
  FROM person_position h JOIN person p ON p.id = h.person_id
 WHERE h.unit_id = $unit
   AND (h.from_day IS NULL OR h.from_day <= $today)
   AND (h.until_day IS NULL OR h.until_day >= $today)
 ORDER BY h.id LIMIT $limit;

-- name: position_people
-- args: unit i64, limit i64
-- row: person_id i64
-- gives: many
SELECT DISTINCT person_id FROM person_position WHERE unit_id = $unit
 LIMIT $limit;

-- name: person_made_by
-- args: by i64, limit i64
-- row: as person_by_login
-- gives: many
SELECT id, login, name, locale, password, disabled_us, created_us, created_by
  FROM person WHERE created_by = $by ORDER BY id LIMIT $limit;

-- name: position_admins_beside
-- args: person i64, today day
-- row: count i64
-- gives: one
SELECT COUNT(DISTINCT p.id)
  FROM person_position h JOIN person p ON p.id = h.person_id
 WHERE h.role = 'admin' AND p.id <> $person AND p.disabled_us IS NULL
   AND (h.from_day IS NULL OR h.from_day <= $today) AND h.until_day IS NULL;
