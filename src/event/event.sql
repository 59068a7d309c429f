-- Queries of the events.  Nobody else touches their table.

-- name: event_add
-- args: number i64, ledger_size i64, at_us i64, name text, object text, unit i64
-- gives: late
INSERT INTO event (number, ledger_size, at_us, name, object, unit_id)
VALUES ($number, $ledger_size, $at_us, $name, $object, $unit);

-- name: event_ends
-- row: first_number i64, last_number i64
-- gives: one
SELECT COALESCE((SELECT MIN(number) FROM event), 1),
       COALESCE((SELECT MAX(number) FROM event), 0);

-- name: event_between
-- args: after i64, upto i64, limit i64
-- row: number i64, ledger_size i64, at_us i64, name text, object text
-- row: unit_id i64
-- gives: many
SELECT number, ledger_size, at_us, name, object, unit_id FROM event
 WHERE number > $after AND number <= $upto ORDER BY number LIMIT $limit;

-- The first that is young enough; what is before it may go.
-- name: event_first_since
-- args: since i64
-- row: number i64
-- gives: maybe
SELECT number FROM event WHERE at_us >= $since ORDER BY number LIMIT 1;

-- name: event_forget
-- args: before i64
-- gives: changed
DELETE FROM event WHERE number < $before;

-- Rows that are missing between the first and the last, and those whose place
-- is before that of the row before, or beyond the ledger's end.
-- name: event_order
-- args: ledger_size i64
-- row: count i64, missing i64, misplaced i64
-- gives: one
SELECT COUNT(*), COALESCE(MAX(number) - MIN(number) + 1 - COUNT(*), 0),
       COALESCE(SUM(CASE WHEN ledger_size < before OR
		ledger_size > $ledger_size THEN 1 ELSE 0 END), 0)
  FROM (SELECT number, ledger_size,
	       COALESCE(LAG(ledger_size) OVER (ORDER BY number), 0) AS before
	  FROM event) placed;

-- All columns.
-- name: event_rows
-- args: from i64, to i64
-- row: as event_between
-- gives: each
SELECT number, ledger_size, at_us, name, object, unit_id FROM event
 WHERE number >= $from AND number <= $to;
