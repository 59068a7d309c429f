-- name: audit_add
-- args: id i64, at i64, person i64?, action text, unit i64?, object i64?, detail text?
-- args: state i64?, chain i64
-- gives: late
INSERT INTO audit (id, at_us, person_id, action, unit_id, object_id, detail,
       state, chain)
VALUES ($id, $at, $person, $action, $unit, $object, $detail, $state, $chain);

-- name: audit_page
-- args: before i64, limit i64
-- row: id i64, at_us i64, person_id i64?, login text?, action text, unit_id i64?, object_id i64?, detail text?
-- gives: many
SELECT a.id, a.at_us, a.person_id, p.login, a.action, a.unit_id, a.object_id, a.detail
  FROM audit a LEFT JOIN person p ON p.id = a.person_id
 WHERE a.id < $before ORDER BY a.id DESC LIMIT $limit;

-- name: audit_all
-- row: id i64, at_us i64, person_id i64?, action text, unit_id i64?, object_id i64?, detail text?
-- row: state i64?, chain i64?
-- gives: each
SELECT id, at_us, person_id, action, unit_id, object_id, detail, state, chain
  FROM audit ORDER BY id;

-- name: audit_newest
-- row: id i64, chain i64?
-- gives: maybe
SELECT id, chain FROM audit ORDER BY id DESC LIMIT 1;

-- name: audit_back
-- args: before i64, limit i64
-- row: id i64, at_us i64, action text, state i64?
-- gives: many
SELECT id, at_us, action, state FROM audit
 WHERE id < $before ORDER BY id DESC LIMIT $limit;
