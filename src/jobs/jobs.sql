-- Queries of the jobs.  A job's run_at is when it is next due: while somebody
-- has it, the end of the lease.  A taken job is known by its id, the number of
-- the try and the end of the lease: who lost it knows older ones.

-- name: job_insert
-- args: kind text, args_text text, run_at i64
-- row: id i64
-- gives: one
INSERT INTO job (kind, args, run_at) VALUES ($kind, $args_text, $run_at)
RETURNING id;

-- What is next and what is last of each kind: of its jobs by a step along the
-- index each, however many there are; and when its schedule is due.
-- name: job_next
-- args: limit i64
-- row: kind text, at i64, last i64, scheduled bool
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
                 ORDER BY j.run_at LIMIT 1),
       (SELECT j.run_at FROM job j
         WHERE j.dead_at IS NULL AND j.kind = p.kind
         ORDER BY j.run_at DESC LIMIT 1), FALSE
  FROM present p WHERE p.kind IS NOT NULL
UNION ALL
SELECT kind, next_at, next_at, TRUE FROM schedule LIMIT $limit;

-- One whose time is further off than any job's can be: a clock that has been put
-- back has set it.  lease, put_off and fresh: the furthest of those at work, of
-- those that failed, and of those that were not tried yet.
-- name: job_ahead
-- args: kind text, lease i64, put_off i64, fresh i64
-- row: id i64
-- gives: maybe
SELECT id FROM job
 WHERE kind = $kind AND dead_at IS NULL
   AND run_at > CASE WHEN lease_until > 0 THEN $lease
                     WHEN tries > 0 THEN $put_off ELSE $fresh END
 LIMIT 1;

-- They are due; who is at work has a lease's time from now on.  lease_until
-- stays: by it the worker knows that the row is his.
-- name: job_bring_back
-- args: kind text, now i64, lease i64, put_off i64, fresh i64
-- gives: changed
UPDATE job SET run_at = CASE WHEN lease_until > 0 THEN $lease ELSE $now END
 WHERE kind = $kind AND dead_at IS NULL
   AND run_at > CASE WHEN lease_until > 0 THEN $lease
                     WHEN tries > 0 THEN $put_off ELSE $fresh END;

-- name: job_due
-- args: kind text, now i64
-- row: id i64
-- gives: maybe
-- sqlite:
SELECT id FROM job WHERE kind = $kind AND dead_at IS NULL AND run_at <= $now
 ORDER BY run_at, id LIMIT 1;
-- postgres:
SELECT id FROM job WHERE kind = $kind AND dead_at IS NULL AND run_at <= $now
 ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED;
-- both:

-- A number of tries that no honest row has is as good as too many: the job is
-- given up, and keeps nobody else's from running.
-- name: job_take
-- args: id i64, until i64
-- row: id i64, args_text text, tries i64
-- gives: one
UPDATE job SET run_at = $until, lease_until = $until,
	tries = CASE WHEN tries BETWEEN 0 AND 999999 THEN tries + 1
	             ELSE 1000001 END,
	done = 0, total = 0
 WHERE id = $id RETURNING id, args, tries;

-- name: job_renew
-- args: id i64, tries i64, lease i64, until i64, done i64, total i64
-- gives: changed
UPDATE job SET run_at = $until, lease_until = $until, done = $done,
	total = $total
 WHERE id = $id AND tries = $tries AND lease_until = $lease;

-- Given back unfinished by a server that stops: this try does not count.
-- name: job_release
-- args: id i64, tries i64, lease i64, run_at i64
-- gives: changed
UPDATE job SET run_at = $run_at, lease_until = 0, tries = tries - 1
 WHERE id = $id AND tries = $tries AND lease_until = $lease;

-- Left at work by a process that is gone; the try counts.
-- name: job_free
-- args: now i64
-- gives: changed
UPDATE job SET run_at = $now, lease_until = 0
 WHERE dead_at IS NULL AND lease_until > 0;

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

-- name: job_alive
-- args: kind text
-- row: id i64
-- gives: maybe
SELECT id FROM job WHERE kind = $kind AND dead_at IS NULL LIMIT 1;

-- Also one at work, and one that was given up.
-- name: job_find
-- args: id i64
-- row: id i64
-- gives: maybe
SELECT id FROM job WHERE id = $id;

-- name: job_running_page
-- args: after i64, limit i64
-- row: id i64, kind text, args_text text, tries i64, done i64, total i64
-- row: lease_until i64
-- gives: many
SELECT id, kind, args, tries, done, total, lease_until FROM job
 WHERE dead_at IS NULL AND lease_until > 0 AND id > $after
 ORDER BY id LIMIT $limit;

-- All columns.
-- name: job_rows
-- args: from i64, to i64
-- row: id i64, kind text, args_text text, run_at i64, lease_until i64
-- row: tries i64, failure text?, dead_at i64?, done i64, total i64
-- gives: each
SELECT id, kind, args, run_at, lease_until, tries, failure, dead_at, done,
       total
  FROM job WHERE id >= $from AND id <= $to;

-- name: schedule_page
-- args: limit i64
-- row: kind text, args_text text, every_s i64, at_s i64, next_at i64
-- gives: many
SELECT kind, args, every_s, at_s, next_at FROM schedule
 ORDER BY kind LIMIT $limit;

-- name: schedule_set
-- args: kind text, args_text text, every_s i64, at_s i64, next_at i64
-- gives: changed
INSERT INTO schedule (kind, args, every_s, at_s, next_at)
VALUES ($kind, $args_text, $every_s, $at_s, $next_at)
ON CONFLICT (kind) DO UPDATE SET args = $args_text, every_s = $every_s,
	at_s = $at_s, next_at = $next_at;

-- name: schedule_remove
-- args: kind text
-- gives: changed
DELETE FROM schedule WHERE kind = $kind;

-- Who finds the old time plans the job; everybody else was too late.
-- name: schedule_move
-- args: kind text, old i64, next_at i64
-- gives: changed
UPDATE schedule SET next_at = $next_at WHERE kind = $kind AND next_at = $old;
