-- Queries of the store's own tests: every type, every way to give.

-- name: place_add
-- args: name text, seal blob?, open bool, since day?, noted_at i64
-- row: id i64
-- gives: one
-- The new place's id.
INSERT INTO place (name, seal, open, since, noted_at)
VALUES ($name, $seal, $open, $since, $noted_at)
RETURNING id;

-- name: place_put
-- args: id i64, name text, seal blob?, open bool, since day?, noted_at i64
-- gives: changed
INSERT INTO place (id, name, seal, open, since, noted_at)
VALUES ($id, $name, $seal, $open, $since, $noted_at)
ON CONFLICT (id) DO UPDATE SET name = $name, seal = $seal, open = $open,
	since = $since, noted_at = $noted_at;

-- name: place_find
-- args: name text
-- row: id i64, name text, seal blob?, open bool, since day?
-- row: noted_at i64, note text?
-- gives: maybe
SELECT id, name, seal, open, since, noted_at, NULL AS note
  FROM place WHERE name = $name;

-- name: place_page
-- args: after i64, open bool?, from day?, limit i64
-- row: id i64, name text, old bool
-- gives: many
SELECT id, name, since IS NULL
  FROM place
 WHERE id > $after AND ($open IS NULL OR open = $open)
   AND ($from IS NULL OR since >= $from)
 ORDER BY id LIMIT $limit;

-- name: place_each
-- row: id i64, name text, seal blob?
-- gives: each
SELECT id, name, seal FROM place ORDER BY id;

-- name: place_count
-- row: count i64, sum i64?
-- gives: one
SELECT COUNT(*), SUM(noted_at) FROM place;

-- name: place_rename
-- args: id i64, name text
-- gives: changed
UPDATE place SET name = $name WHERE id = $id;

-- name: visit_add
-- args: place_id i64, number i64, note text?
-- gives: changed
INSERT INTO visit (place_id, number, note) VALUES ($place_id, $number, $note);

-- name: visit_put
-- args: place_id i64, number i64, note text?
-- gives: put
INSERT INTO visit (place_id, number, note) VALUES ($place_id, $number, $note);

-- Above the other late one, whose rows refer to this one's.
-- name: place_late
-- args: id i64, name text, noted_at i64
-- gives: late
INSERT INTO place (id, name, noted_at) VALUES ($id, $name, $noted_at);

-- name: visit_late
-- args: place_id i64, number i64, note text?
-- gives: late
INSERT INTO visit (place_id, number, note) VALUES ($place_id, $number, $note);

-- name: visit_last
-- row: number i64
-- gives: one
SELECT COALESCE(MAX(number), -1) FROM visit;

-- name: visit_each_of
-- args: place i64
-- row: number i64, note text?
-- gives: each
SELECT number, note FROM visit WHERE place_id = $place ORDER BY number;

-- name: visit_wrong
-- row: place_id i64
-- gives: many
-- A NULL where the row says there is none.
SELECT NULL FROM place LIMIT 3;

-- name: engine_name
-- row: name text
-- gives: one
-- sqlite:
SELECT 'sqlite';
-- postgres:
SELECT 'postgres';

-- name: place_name
-- args: id i64
-- row: name text
-- gives: one
SELECT name FROM place WHERE id = $id;

-- name: place_seal
-- args: id i64
-- row: seal blob
-- gives: one
SELECT seal FROM place WHERE id = $id;

-- name: visit_count
-- args: from i64, to i64
-- row: count i64
-- gives: one
SELECT COUNT(*) FROM visit WHERE number >= $from AND number < $to;

-- Of 0 it fails in the server.
-- name: visit_share
-- args: of i64
-- row: share i64
-- gives: one
-- sqlite:
SELECT abs(-9223372036854775807 - (CASE WHEN $of = 0 THEN 1 ELSE 0 END));
-- postgres:
SELECT 100 / $of;
-- both:

-- name: visit_empty
-- gives: changed
DELETE FROM visit;

-- name: place_drop
-- args: id i64
-- gives: changed
DELETE FROM place WHERE id = $id;

-- name: place_sorted
-- row: name text
-- gives: many
SELECT name FROM place ORDER BY name LIMIT 100;
