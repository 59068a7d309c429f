-- Queries of the ledger.  Nobody else touches its tables.

-- name: ledger_add
-- args: id i64, idx i64, at i64, kind text, unit i64, salt blob
-- args: body_digest blob, body blob, body_blob blob?, body_bytes i64?
-- gives: late
INSERT INTO ledger_entry (id, idx, at, kind, unit, salt, body_digest, body,
	body_blob, body_bytes)
VALUES ($id, $idx, $at, $kind, $unit, $salt, $body_digest, $body,
	$body_blob, $body_bytes);

-- name: ledger_state_find
-- row: size i64, at i64, frontier blob, checkpoint text
-- gives: maybe
SELECT size, at, frontier, checkpoint FROM ledger_state WHERE id = 1;

-- name: ledger_state_set
-- args: size i64, at i64, frontier blob, checkpoint text
-- gives: put
INSERT INTO ledger_state (id, size, at, frontier, checkpoint)
VALUES (1, $size, $at, $frontier, $checkpoint)
ON CONFLICT (id) DO UPDATE SET size = $size, at = $at, frontier = $frontier,
	checkpoint = $checkpoint;

-- name: ledger_ends
-- row: last_id i64, last_idx i64
-- gives: one
SELECT COALESCE((SELECT MAX(id) FROM ledger_entry), 0),
       COALESCE((SELECT MAX(idx) FROM ledger_entry), -1);

-- name: ledger_at_of
-- args: idx i64
-- row: at i64
-- gives: maybe
SELECT at FROM ledger_entry WHERE idx = $idx;

-- name: ledger_by_id
-- args: id i64
-- row: id i64, idx i64, at i64, kind text, unit i64, salt blob
-- row: body_digest blob, body blob, body_blob blob?, body_bytes i64?
-- gives: maybe
SELECT id, idx, at, kind, unit, salt, body_digest, body, body_blob, body_bytes
  FROM ledger_entry WHERE id = $id;

-- name: ledger_between
-- args: from i64, to i64
-- row: as ledger_by_id
-- gives: each
SELECT id, idx, at, kind, unit, salt, body_digest, body, body_blob, body_bytes
  FROM ledger_entry WHERE idx >= $from AND idx < $to ORDER BY idx;

-- name: ledger_of_kind
-- args: kind text, from i64, to i64
-- row: as ledger_by_id
-- gives: each
SELECT id, idx, at, kind, unit, salt, body_digest, body, body_blob, body_bytes
  FROM ledger_entry WHERE kind = $kind AND idx >= $from AND idx < $to
 ORDER BY idx;

-- What an entry's leaf is made of, without its body.
-- name: ledger_headers
-- args: from i64
-- row: idx i64, at i64, kind text, unit i64, body_digest blob, body_len i64
-- gives: each
-- sqlite:
SELECT idx, at, kind, unit, body_digest, COALESCE(body_bytes, length(body))
-- postgres:
SELECT idx, at, kind, unit, body_digest,
       COALESCE(body_bytes, CAST(octet_length(body) AS BIGINT))
-- both:
  FROM ledger_entry WHERE idx >= $from ORDER BY idx;
