-- Queries of the toys.  Nobody else touches their table.

-- name: toy_insert
-- args: unit i64, name text
-- row: id i64
-- gives: one
INSERT INTO toy (unit_id, name) VALUES ($unit, $name) RETURNING id;

-- name: toy_count
-- args: unit i64
-- row: count i64
-- gives: one
SELECT count(*) FROM toy WHERE unit_id = $unit;

-- name: toy_set_picture
-- args: id i64, picture blob
-- gives: changed
UPDATE toy SET picture = $picture WHERE id = $id;

-- name: toy_set_state
-- args: id i64, state i64
-- gives: changed
UPDATE toy SET state = $state WHERE id = $id;

-- One toy: after is the id before it, limit 1.
-- name: toy_rows
-- args: after i64, limit i64
-- row: id i64, unit_id i64, name text, picture blob?, state i64
-- gives: many
SELECT id, unit_id, name, picture, state FROM toy
 WHERE id > $after ORDER BY id LIMIT $limit;
