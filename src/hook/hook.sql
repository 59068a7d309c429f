-- Queries of the hooks.  Nobody else touches their tables.

-- name: hook_insert
-- args: person i64, token i64?, unit i64, role text, granted i64, url text
-- args: events text, secret blob, at i64, ledger i64, number i64
-- row: id i64
-- gives: one
INSERT INTO hook (person_id, token_id, unit_id, role, granted_us, url, events,
	secret, state, created_us, changed_us, resumed_us, ledger, number)
VALUES ($person, $token, $unit, $role, $granted, $url, $events, $secret,
	'active', $at, $at, $at, $ledger, $number)
RETURNING id;

-- name: hook_count_of
-- args: person i64
-- row: count i64
-- gives: one
SELECT count(*) FROM hook WHERE person_id = $person AND state <> 'ended';

-- person NULL: everybody's.  One hook: after is the id before it, limit 1.
-- name: hook_rows
-- args: person i64?, after i64, limit i64
-- row: id i64, person_id i64, login text, token_id i64?, unit_id i64
-- row: role text, granted_us i64, url text, events text, secret blob?
-- row: state text, reason text?, created_us i64, changed_us i64
-- row: resumed_us i64, ledger i64, number i64, sent i64, sent_us i64?
-- row: tries i64, failing_us i64?, next_us i64, status i64?, failure text?
-- row: dead i64, replay bool, job_id i64?
-- gives: many
SELECT h.id, h.person_id, p.login, h.token_id, h.unit_id, h.role,
       h.granted_us, h.url, h.events, h.secret, h.state, h.reason,
       h.created_us, h.changed_us, h.resumed_us, h.ledger, h.number, h.sent,
       h.sent_us, h.tries, h.failing_us, h.next_us, h.status, h.failure,
       h.dead, h.replay, h.job_id
  FROM hook h JOIN person p ON p.id = h.person_id
 WHERE ($person IS NULL OR h.person_id = $person) AND h.id > $after
 ORDER BY h.id LIMIT $limit;

-- The job that is at work lets it go (hook_let_go): until its receiver has
-- answered, the person's share of the lane is taken.
-- name: hook_end
-- args: id i64, was text, to text, reason text, at i64
-- gives: changed
UPDATE hook SET state = $to, reason = $reason, secret = NULL,
	changed_us = $at, replay = FALSE
 WHERE id = $id AND state = $was;

-- name: hook_stop
-- args: id i64, was text, to text, reason text, at i64
-- gives: changed
UPDATE hook SET state = $to, reason = $reason, changed_us = $at,
	job_id = NULL
 WHERE id = $id AND state = $was;

-- name: hook_resume
-- args: id i64, was text, to text, at i64
-- gives: changed
UPDATE hook SET state = $to, reason = NULL, changed_us = $at,
	resumed_us = $at, tries = 0, failing_us = NULL, next_us = 0,
	job_id = NULL
 WHERE id = $id AND state = $was;

-- What a delivery came to.  job NULL: it is over.
-- name: hook_advance
-- args: id i64, was i64, job i64?, ledger i64, number i64, sent i64
-- args: sent_us i64?, tries i64, failing_us i64?, next_us i64, status i64?
-- args: failure text?
-- gives: changed
UPDATE hook SET ledger = $ledger, number = $number, sent = sent + $sent,
	sent_us = COALESCE($sent_us, sent_us), tries = $tries,
	failing_us = $failing_us, next_us = $next_us, status = $status,
	failure = $failure, job_id = $job
 WHERE id = $id AND job_id = $was AND state = 'active';

-- It has ended meanwhile.
-- name: hook_let_go
-- args: id i64, job i64
-- gives: changed
UPDATE hook SET job_id = NULL
 WHERE id = $id AND job_id = $job AND state <> 'active';

-- name: hook_bury
-- args: id i64
-- row: dead i64
-- gives: one
UPDATE hook SET dead = dead + 1 WHERE id = $id RETURNING dead;

-- Active, not worked on, not waiting, and behind or asked to send again.  Nobody
-- waits until far: what does was put off by a clock that has been put back.  Of
-- one person no more than share at a time, so that slow receivers of theirs keep
-- nobody else's waiting.
-- name: hook_due
-- args: now i64, far i64, ledger i64, number i64, share i64, limit i64
-- row: id i64
-- gives: many
SELECT id FROM (
	SELECT h.id, h.next_us, (SELECT count(*) FROM hook w
	         WHERE w.person_id = h.person_id AND w.job_id IS NOT NULL) +
	       ROW_NUMBER() OVER (PARTITION BY h.person_id
	         ORDER BY h.next_us, h.id) AS turn
	  FROM hook h
	 WHERE h.state = 'active' AND (h.next_us <= $now OR h.next_us > $far)
	   AND h.job_id IS NULL
	   AND (h.ledger < $ledger OR h.number < $number OR h.replay)) due
 WHERE turn <= $share
 ORDER BY next_us, id LIMIT $limit;

-- How many there are to look after, and when the next wait ends.
-- name: hook_waiting
-- args: now i64
-- row: active i64, next_us i64?
-- gives: one
SELECT (SELECT count(*) FROM hook WHERE state = 'active'),
       (SELECT min(next_us) FROM hook
         WHERE state = 'active' AND next_us > $now);

-- 0 until the job's number is known, in the same unit of work.
-- name: hook_claim
-- args: id i64, share i64
-- gives: changed
UPDATE hook SET job_id = 0
 WHERE id = $id AND state = 'active' AND job_id IS NULL
   AND (SELECT count(*) FROM hook w WHERE w.person_id = hook.person_id
           AND w.job_id IS NOT NULL) < $share;

-- name: hook_set_job
-- args: id i64, job i64
-- gives: changed
UPDATE hook SET job_id = $job WHERE id = $id AND job_id = 0;

-- name: hook_ask_replay
-- args: id i64
-- gives: changed
UPDATE hook SET replay = TRUE, next_us = 0 WHERE id = $id;

-- name: hook_replayed
-- args: id i64, dead i64, replay bool
-- gives: changed
UPDATE hook SET dead = dead - $dead, replay = $replay WHERE id = $id;

-- name: letter_insert
-- args: hook i64, event text, name text, object text, at i64, ledger i64
-- args: number i64, dead_us i64, tries i64, status i64?, failure text
-- row: id i64
-- gives: one
INSERT INTO hook_letter (hook_id, event, name, object, at_us, ledger, number,
	dead_us, tries, status, failure)
VALUES ($hook, $event, $name, $object, $at, $ledger, $number, $dead_us,
	$tries, $status, $failure)
RETURNING id;

-- name: letter_page
-- args: hook i64, after i64, limit i64
-- row: id i64, event text, name text, object text, at_us i64, dead_us i64
-- row: tries i64, status i64?, failure text, replay_us i64?
-- gives: many
SELECT id, event, name, object, at_us, dead_us, tries, status, failure,
       replay_us
  FROM hook_letter WHERE hook_id = $hook AND id > $after
 ORDER BY id LIMIT $limit;

-- letter NULL: all of the hook that can be read again.
-- name: letter_ask
-- args: hook i64, letter i64?, at i64
-- gives: changed
UPDATE hook_letter SET replay_us = $at
 WHERE hook_id = $hook AND event <> ''
   AND ($letter IS NULL OR id = $letter);

-- name: letter_next
-- args: hook i64
-- row: id i64, event text, ledger i64, number i64, tries i64
-- gives: maybe
SELECT id, event, ledger, number, tries FROM hook_letter
 WHERE hook_id = $hook AND replay_us IS NOT NULL
 ORDER BY id LIMIT 1;

-- name: letter_gone
-- args: id i64
-- gives: changed
DELETE FROM hook_letter WHERE id = $id;

-- name: letter_failed
-- args: id i64, tries i64, status i64?, failure text, at i64
-- gives: changed
UPDATE hook_letter SET replay_us = NULL, tries = $tries, status = $status,
	failure = $failure, dead_us = $at
 WHERE id = $id;

-- name: letter_old
-- args: before i64, limit i64
-- row: id i64, hook_id i64
-- gives: many
SELECT id, hook_id FROM hook_letter WHERE dead_us < $before
 ORDER BY dead_us LIMIT $limit;

-- name: hook_old
-- args: before i64, limit i64
-- row: id i64
-- gives: many
SELECT h.id FROM hook h
 WHERE h.state = 'ended' AND h.changed_us < $before
   AND NOT EXISTS (SELECT 1 FROM hook_letter l WHERE l.hook_id = h.id)
 ORDER BY h.id LIMIT $limit;

-- name: hook_forget
-- args: id i64
-- gives: changed
DELETE FROM hook WHERE id = $id;

-- name: hook_standing
-- args: after i64, limit i64
-- row: id i64, person_id i64, token_id i64?, unit_id i64, role text
-- row: granted_us i64
-- gives: many
SELECT id, person_id, token_id, unit_id, role, granted_us FROM hook
 WHERE state <> 'ended' AND id > $after ORDER BY id LIMIT $limit;

-- name: hook_unbury
-- args: id i64
-- gives: changed
UPDATE hook SET dead = dead - 1 WHERE id = $id;

-- What the doctor compares: each hook's count with its letters, and all places
-- with the end of the order.
-- name: hook_sound
-- args: ledger i64, number i64
-- row: hooks i64, letters i64, miscounted i64, misplaced i64
-- gives: one
SELECT (SELECT COUNT(*) FROM hook), (SELECT COUNT(*) FROM hook_letter),
       (SELECT COUNT(*) FROM hook h
         WHERE h.dead <> (SELECT COUNT(*) FROM hook_letter l
                           WHERE l.hook_id = h.id)),
       (SELECT COUNT(*) FROM hook
         WHERE ledger > $ledger OR number > $number) +
       (SELECT COUNT(*) FROM hook_letter
         WHERE ledger > $ledger OR number > $number);

-- name: hook_at_work
-- args: after i64, limit i64
-- row: id i64, job_id i64
-- gives: many
SELECT id, job_id FROM hook WHERE job_id IS NOT NULL AND id > $after
 ORDER BY id LIMIT $limit;

-- All columns of the hooks.
-- name: hook_whole
-- args: from i64, to i64
-- row: id i64, person_id i64, token_id i64?, unit_id i64, role text
-- row: granted_us i64, url text, events text, secret blob?, state text
-- row: reason text?, created_us i64, changed_us i64, resumed_us i64
-- row: ledger i64, number i64, sent i64, sent_us i64?, tries i64
-- row: failing_us i64?, next_us i64, status i64?, failure text?, dead i64
-- row: replay bool, job_id i64?
-- gives: each
SELECT id, person_id, token_id, unit_id, role, granted_us, url, events,
       secret, state, reason, created_us, changed_us, resumed_us, ledger,
       number, sent, sent_us, tries, failing_us, next_us, status, failure,
       dead, replay, job_id
  FROM hook WHERE id >= $from AND id <= $to;

-- The same of their letters; hook NULL: of any.
-- name: letter_whole
-- args: hook i64?, from i64, to i64
-- row: id i64, hook_id i64, event text, name text, object text, at_us i64
-- row: ledger i64, number i64, dead_us i64, tries i64, status i64?
-- row: failure text, replay_us i64?
-- gives: each
SELECT id, hook_id, event, name, object, at_us, ledger, number, dead_us,
       tries, status, failure, replay_us
  FROM hook_letter
 WHERE ($hook IS NULL OR hook_id = $hook) AND id >= $from AND id <= $to;
