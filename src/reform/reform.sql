-- name: reform_insert
-- args: entry i64, of i64?, act text, note text, changes i64, body text
-- gives: changed
INSERT INTO reform (entry_id, of_id, act, note, changes, body)
VALUES ($entry, $of, $act, $note, $changes, $body);

-- name: reform_load
-- args: entry i64
-- row: entry i64, of i64?, act text, note text, changes i64, body text, taken_back_by i64?
-- gives: maybe
SELECT r.entry_id, r.of_id, r.act, r.note, r.changes, r.body, c.entry_id
  FROM reform r LEFT JOIN reform c ON c.of_id = r.entry_id
 WHERE r.entry_id = $entry;

-- The newest first; before: a number that is above all of them.
-- name: reform_page
-- args: before i64, limit i64
-- row: as reform_load
-- gives: many
SELECT r.entry_id, r.of_id, r.act, r.note, r.changes, r.body, c.entry_id
  FROM reform r LEFT JOIN reform c ON c.of_id = r.entry_id
 WHERE r.entry_id < $before ORDER BY r.entry_id DESC LIMIT $limit;

-- name: reform_all
-- row: entry i64, of i64?, act text, note text, changes i64, body text
-- gives: each
SELECT entry_id, of_id, act, note, changes, body FROM reform ORDER BY entry_id;

-- What an entry wrote.

-- name: reform_units
-- args: entry i64
-- row: id i64
-- gives: each
SELECT id FROM unit WHERE entry_id = $entry ORDER BY id;

-- name: reform_versions
-- args: entry i64
-- row: unit i64, from_day day
-- gives: each
SELECT unit_id, from_day FROM unit_version
 WHERE entry_id = $entry ORDER BY id;

-- name: reform_ends
-- args: entry i64
-- row: unit i64
-- gives: each
SELECT unit_id FROM unit_end WHERE entry_id = $entry ORDER BY id;

-- name: reform_codes
-- args: entry i64
-- row: unit i64, scheme text, from_day day
-- gives: each
SELECT unit_id, scheme, from_day FROM unit_code
 WHERE entry_id = $entry ORDER BY id;

-- name: reform_successions
-- args: entry i64
-- row: from_id i64, to_id i64, on_day day, kind text
-- gives: each
SELECT from_id, to_id, on_day, kind FROM succession
 WHERE entry_id = $entry ORDER BY id;

-- What was known before it.

-- name: reform_version_before
-- args: unit i64, on_day day, entry i64
-- row: name text, type text, level i64, parent i64?
-- gives: maybe
SELECT name, type, level, parent_id FROM unit_version
 WHERE unit_id = $unit AND from_day <= $on_day AND entry_id < $entry
 ORDER BY from_day DESC, id DESC LIMIT 1;

-- name: reform_end_before
-- args: unit i64, entry i64
-- row: on_day day
-- gives: maybe
SELECT on_day FROM unit_end
 WHERE unit_id = $unit AND entry_id < $entry ORDER BY id DESC LIMIT 1;

-- name: reform_code_before
-- args: unit i64, scheme text, on_day day, entry i64
-- row: code text
-- gives: maybe
SELECT code FROM unit_code
 WHERE unit_id = $unit AND scheme = $scheme AND from_day <= $on_day
   AND entry_id < $entry
 ORDER BY from_day DESC, id DESC LIMIT 1;

-- name: reform_succession_before
-- args: from_id i64, to_id i64, on_day day, entry i64
-- row: kind text, act text
-- gives: maybe
SELECT kind, act FROM succession
 WHERE from_id = $from_id AND to_id = $to_id AND on_day = $on_day
   AND entry_id < $entry
 ORDER BY id DESC LIMIT 1;

-- Later changes of a unit.
-- name: reform_later
-- args: unit i64, entry i64, limit i64
-- row: entry i64
-- gives: many
SELECT entry_id FROM (
	SELECT entry_id FROM unit_version WHERE unit_id = $unit
	UNION SELECT entry_id FROM unit_end WHERE unit_id = $unit
	UNION SELECT entry_id FROM unit_code WHERE unit_id = $unit
	UNION SELECT entry_id FROM succession WHERE from_id = $unit
	UNION SELECT entry_id FROM succession WHERE to_id = $unit) AS later
 WHERE entry_id > $entry ORDER BY entry_id LIMIT $limit;

-- What is touched.

-- name: reform_report
-- args: form i64, period text, unit i64
-- row: id i64, work i64, standing i64, sent_version i64
-- gives: maybe
SELECT id, work, standing, sent_version FROM report
 WHERE form_id = $form AND period = $period AND unit_id = $unit;

-- name: reform_reports
-- args: unit i64
-- row: id i64, form_id i64, period text, work i64, standing i64, sent_version i64
-- gives: each
SELECT id, form_id, period, work, standing, sent_version FROM report
 WHERE unit_id = $unit ORDER BY id;

-- name: reform_positions
-- args: unit i64
-- row: login text, role text
-- gives: each
SELECT p.login, o.role FROM person_position o
  JOIN person p ON p.id = o.person_id
 WHERE o.unit_id = $unit AND p.disabled_us IS NULL ORDER BY o.id;
