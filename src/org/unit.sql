-- name: unit_change_insert
-- args: entry i64
-- gives: changed
INSERT INTO unit_change (entry_id) VALUES ($entry);

-- name: unit_change_after
-- args: after i64
-- row: id i64, entry i64
-- gives: each
SELECT id, entry_id FROM unit_change WHERE id > $after ORDER BY id;

-- name: unit_next_id
-- row: id i64
-- gives: one
SELECT COALESCE(MAX(id), 0) + 1 FROM unit;

-- name: unit_insert
-- args: id i64, entry i64
-- gives: changed
INSERT INTO unit (id, entry_id) VALUES ($id, $entry);

-- name: unit_version_insert
-- args: unit i64, from_day day, name text, name_fold text, type text,
--       level i64, parent i64?, entry i64
-- gives: changed
INSERT INTO unit_version (unit_id, from_day, name, name_fold, type, level,
    parent_id, entry_id)
VALUES ($unit, $from_day, $name, $name_fold, $type, $level, $parent, $entry);

-- name: unit_end_insert
-- args: unit i64, on_day day, entry i64
-- gives: changed
INSERT INTO unit_end (unit_id, on_day, entry_id)
VALUES ($unit, $on_day, $entry);

-- name: unit_code_insert
-- args: unit i64, scheme text, code text, from_day day, entry i64
-- gives: changed
INSERT INTO unit_code (unit_id, scheme, code, from_day, entry_id)
VALUES ($unit, $scheme, $code, $from_day, $entry);

-- name: succession_insert
-- args: from_id i64, to_id i64, on_day day, kind text, act text, entry i64
-- gives: changed
INSERT INTO succession (from_id, to_id, on_day, kind, act, entry_id)
VALUES ($from_id, $to_id, $on_day, $kind, $act, $entry);

-- name: unit_all
-- row: id i64, entry i64
-- gives: each
SELECT id, entry_id FROM unit ORDER BY id;

-- name: unit_version_all
-- row: unit i64, from_day day, name text, name_fold text, type text, level i64,
--      parent i64?, entry i64
-- gives: each
SELECT unit_id, from_day, name, name_fold, type, level, parent_id, entry_id
  FROM unit_version ORDER BY unit_id, from_day, id;

-- name: unit_end_all
-- row: unit i64, on_day day, entry i64
-- gives: each
SELECT unit_id, on_day, entry_id FROM unit_end ORDER BY unit_id, id;

-- name: unit_code_all
-- row: unit i64, scheme text, code text, from_day day, entry i64
-- gives: each
SELECT unit_id, scheme, code, from_day, entry_id
  FROM unit_code ORDER BY unit_id, scheme, from_day, id;

-- name: succession_all
-- row: from_id i64, to_id i64, on_day day, kind text, act text, entry i64
-- gives: each
SELECT from_id, to_id, on_day, kind, act, entry_id
  FROM succession ORDER BY from_id, to_id, on_day, id;

-- As they were written, for the check against the ledger.

-- name: unit_change_written
-- row: as unit_change_after
-- gives: each
SELECT id, entry_id FROM unit_change ORDER BY id;

-- name: unit_version_written
-- row: as unit_version_all
-- gives: each
SELECT unit_id, from_day, name, name_fold, type, level, parent_id, entry_id
  FROM unit_version ORDER BY id;

-- name: unit_end_written
-- row: as unit_end_all
-- gives: each
SELECT unit_id, on_day, entry_id FROM unit_end ORDER BY id;

-- name: unit_code_written
-- row: as unit_code_all
-- gives: each
SELECT unit_id, scheme, code, from_day, entry_id FROM unit_code ORDER BY id;

-- name: succession_written
-- row: as succession_all
-- gives: each
SELECT from_id, to_id, on_day, kind, act, entry_id FROM succession ORDER BY id;
