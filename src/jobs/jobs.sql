-- Queries of the jobs.  A taken job is known by its id and the number of the
-- try: who lost the lease knows an older number.

-- name: job_insert
-- args: kind text, args_text text, run_at i64
-- row: id i64
-- gives: one
INSERT INTO job (kind, args, run_at) VALUES ($kind, $args_text, $run_at)
RETURNING id;

-- name: job_take
-- args: kind text, now i64, until i64
-- row: id i64, args_text text, tries i64
-- gives: maybe
-- sqlite:
UPDATE job SET lease_until = $until, tries = tries + 1
 WHERE id = (SELECT id FROM job
              WHERE kind = $kind AND dead_at IS NULL AND run_at <= $now
                AND lease_until <= $now
              ORDER BY run_at, id LIMIT 1)
RETURNING id, args, tries;
-- postgres:
UPDATE job SET lease_until = $until, tries = tries + 1
 WHERE id = (SELECT id FROM job
              WHERE kind = $kind AND dead_at IS NULL AND run_at <= $now
                AND lease_until <= $now
              ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, args, tries;

-- name: job_done
-- args: id i64, tries i64
-- gives: changed
DELETE FROM job WHERE id = $id AND tries = $tries;

-- name: job_failed
-- args: id i64, tries i64, run_at i64, failure text, dead_at i64?
-- gives: changed
UPDATE job SET run_at = $run_at, lease_until = 0, failure = $failure,
	dead_at = $dead_at
 WHERE id = $id AND tries = $tries;

-- name: job_dead_page
-- args: after i64, limit i64
-- row: id i64, kind text, args_text text, tries i64, failure text?
-- row: dead_at i64
-- gives: many
SELECT id, kind, args, tries, failure, dead_at FROM job
 WHERE dead_at IS NOT NULL AND id > $after ORDER BY id LIMIT $limit;

-- name: job_revive
-- args: id i64, run_at i64
-- gives: changed
UPDATE job SET dead_at = NULL, tries = 0, lease_until = 0, run_at = $run_at
 WHERE id = $id AND dead_at IS NOT NULL;
