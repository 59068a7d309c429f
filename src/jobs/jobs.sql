-- Queries of the jobs.  A job's run_at is when it is next due: while somebody
-- has it, the end of the lease.  A taken job is known by its id, the number of
-- the try and the end of the lease: who lost it knows older ones.

-- name: job_insert
-- args: kind text, args_text text, run_at i64
-- row: id i64
-- gives: one
INSERT INTO job (kind, args, run_at) VALUES ($kind, $args_text, $run_at)
RETURNING id;

-- One step along the index for each kind, however many jobs it has.
-- name: job_next
-- args: limit i64
-- row: kind text, run_at i64
-- gives: many
WITH RECURSIVE present (kind) AS (
	SELECT (SELECT kind FROM job WHERE dead_at IS NULL
	         ORDER BY kind LIMIT 1)
	UNION ALL
	SELECT (SELECT j.kind FROM job j
	         WHERE j.dead_at IS NULL AND j.kind > p.kind
	         ORDER BY j.kind LIMIT 1)
	  FROM present p WHERE p.kind IS NOT NULL
)
SELECT p.kind, (SELECT j.run_at FROM job j
                 WHERE j.dead_at IS NULL AND j.kind = p.kind
                 ORDER BY j.run_at LIMIT 1)
  FROM present p WHERE p.kind IS NOT NULL LIMIT $limit;

-- name: job_take
-- args: kind text, now i64, until i64
-- row: id i64, args_text text, tries i64
-- gives: maybe
-- sqlite:
UPDATE job SET run_at = $until, lease_until = $until, tries = tries + 1
 WHERE id = (SELECT id FROM job
              WHERE kind = $kind AND dead_at IS NULL AND run_at <= $now
              ORDER BY run_at, id LIMIT 1)
RETURNING id, args, tries;
-- postgres:
UPDATE job SET run_at = $until, lease_until = $until, tries = tries + 1
 WHERE id = (SELECT id FROM job
              WHERE kind = $kind AND dead_at IS NULL AND run_at <= $now
              ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, args, tries;

-- name: job_renew
-- args: id i64, tries i64, lease i64, until i64
-- gives: changed
UPDATE job SET run_at = $until, lease_until = $until
 WHERE id = $id AND tries = $tries AND lease_until = $lease;

-- Given back unfinished by a server that stops: this try does not count.
-- name: job_release
-- args: id i64, tries i64, lease i64, run_at i64
-- gives: changed
UPDATE job SET run_at = $run_at, lease_until = 0, tries = tries - 1
 WHERE id = $id AND tries = $tries AND lease_until = $lease;

-- name: job_done
-- args: id i64, tries i64, lease i64
-- gives: changed
DELETE FROM job WHERE id = $id AND tries = $tries AND lease_until = $lease;

-- name: job_failed
-- args: id i64, tries i64, lease i64, run_at i64, failure text, dead_at i64?
-- gives: changed
UPDATE job SET run_at = $run_at, lease_until = 0, failure = $failure,
	dead_at = $dead_at
 WHERE id = $id AND tries = $tries AND lease_until = $lease;

-- name: job_dead_page
-- args: after i64, limit i64
-- row: id i64, kind text, args_text text, tries i64, failure text?
-- row: dead_at i64
-- gives: many
SELECT id, kind, args, tries, failure, dead_at FROM job
 WHERE dead_at IS NOT NULL AND id > $after ORDER BY id LIMIT $limit;

-- name: job_revive
-- args: id i64, run_at i64
-- row: kind text
-- gives: maybe
UPDATE job SET dead_at = NULL, tries = 0, lease_until = 0, run_at = $run_at
 WHERE id = $id AND dead_at IS NOT NULL RETURNING kind;
