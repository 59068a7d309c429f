-- name: report_find
-- args: form i64, period text, unit i64
-- row: id i64
-- gives: maybe
SELECT id FROM report
 WHERE form_id = $form AND period = $period AND unit_id = $unit;

-- name: report_load
-- args: id i64
-- row: id i64, form_id i64, period text, unit_id i64, work i64, standing i64, revision i64, draft text?, draft_form_id i64?, sent_version i64, accepted_version i64, last_version i64, first_sent_us i64?, flags i64, reason text?, writer i64?, mac i64?
-- gives: maybe
SELECT id, form_id, period, unit_id, work, standing, revision, draft,
       draft_form_id, sent_version, accepted_version, last_version,
       first_sent_us, flags, reason, writer, mac
  FROM report WHERE id = $id;

-- All of a form and period.
-- name: report_places
-- args: form i64, period text
-- row: unit_id i64, id i64
-- gives: each
SELECT unit_id, id FROM report WHERE form_id = $form AND period = $period;

-- Ids for the next new reports, which a ledger entry names before the row is
-- there.  SQLite has one writer; PostgreSQL counts for all.
-- name: report_ids
-- args: limit i64
-- row: id i64
-- gives: many
-- sqlite:
SELECT COALESCE(MAX(id), 0) + 1 FROM report LIMIT $limit;
-- postgres:
SELECT nextval(pg_get_serial_sequence('report', 'id'))
  FROM generate_series(1, $limit) LIMIT $limit;
-- both:

-- name: report_insert
-- args: id i64, form i64, period text, unit i64, work i64, standing i64, revision i64, draft text?, draft_form i64?, sent i64, accepted i64, last i64, first_sent_us i64?, flags i64, reason text?, writer i64?, mac i64
-- gives: late
INSERT INTO report (id, form_id, period, unit_id, work, standing, revision,
       draft, draft_form_id, sent_version, accepted_version, last_version,
       first_sent_us, flags, reason, writer, mac)
VALUES ($id, $form, $period, $unit, $work, $standing, $revision, $draft,
       $draft_form, $sent, $accepted, $last, $first_sent_us, $flags, $reason,
       $writer, $mac);

-- name: report_update
-- args: id i64, was i64, work i64, standing i64, draft text?, draft_form i64?, sent i64, accepted i64, last i64, first_sent_us i64?, flags i64, reason text?, writer i64?, mac i64
-- gives: changed
UPDATE report
   SET work = $work, standing = $standing, revision = revision + 1,
       draft = $draft, draft_form_id = $draft_form, sent_version = $sent,
       accepted_version = $accepted, last_version = $last,
       first_sent_us = $first_sent_us, flags = $flags, reason = $reason,
       writer = $writer, mac = $mac
 WHERE id = $id AND revision = $was;

-- The newest first; before: a number that is above all of them.
-- name: report_page
-- args: form i64?, period text?, before i64, limit i64
-- row: id i64, form_id i64, period text, unit_id i64, work i64, standing i64, revision i64, sent_version i64, accepted_version i64, first_sent_us i64?, flags i64
-- gives: many
SELECT id, form_id, period, unit_id, work, standing, revision, sent_version,
       accepted_version, first_sent_us, flags
  FROM report
 WHERE id < $before
   AND ($form IS NULL OR form_id = $form)
   AND ($period IS NULL OR period = $period)
 ORDER BY id DESC LIMIT $limit;

-- name: report_of_unit
-- args: unit i64, form i64?, period text?, before i64, limit i64
-- row: as report_page
-- gives: many
SELECT id, form_id, period, unit_id, work, standing, revision, sent_version,
       accepted_version, first_sent_us, flags
  FROM report
 WHERE unit_id = $unit AND id < $before
   AND ($form IS NULL OR form_id = $form)
   AND ($period IS NULL OR period = $period)
 ORDER BY id DESC LIMIT $limit;

-- Of units in a range of ids.
-- name: report_briefs
-- args: form i64, period text, low i64, high i64
-- row: unit_id i64, id i64, work i64, standing i64, sent_version i64, first_sent_us i64?, flags i64
-- gives: each
SELECT unit_id, id, work, standing, sent_version, first_sent_us, flags
  FROM report
 WHERE form_id = $form AND period = $period
   AND unit_id BETWEEN $low AND $high
 ORDER BY unit_id;

-- The accepted reports of a form and period, of units in a range of ids.
-- name: report_accepted
-- args: form i64, period text, low i64, high i64, accepted i64, limit i64
-- row: id i64, unit_id i64, number i64, digest blob
-- gives: many
SELECT r.id, r.unit_id, v.number, v.digest
  FROM report r
  JOIN report_version v
    ON v.report_id = r.id AND v.number = r.accepted_version
 WHERE r.form_id = $form AND r.period = $period
   AND r.unit_id BETWEEN $low AND $high AND r.standing = $accepted
 ORDER BY r.unit_id LIMIT $limit;

-- name: report_version_insert
-- args: report i64, number i64, form_version i64, entry i64, digest blob, flags i64
-- gives: late
INSERT INTO report_version (report_id, number, form_version_id, entry_id,
       digest, flags, returned)
VALUES ($report, $number, $form_version, $entry, $digest, $flags, FALSE);

-- name: report_version_load
-- args: report i64, number i64
-- row: number i64, form_version_id i64, entry_id i64, digest blob, flags i64, returned bool
-- gives: maybe
SELECT number, form_version_id, entry_id, digest, flags, returned
  FROM report_version WHERE report_id = $report AND number = $number;

-- The version that counts when one above it was returned.
-- name: report_version_before
-- args: report i64, number i64
-- row: as report_version_load
-- gives: maybe
SELECT number, form_version_id, entry_id, digest, flags, returned
  FROM report_version
 WHERE report_id = $report AND number < $number AND NOT returned
 ORDER BY number DESC LIMIT 1;

-- name: report_version_return
-- args: report i64, number i64
-- gives: changed
UPDATE report_version SET returned = TRUE
 WHERE report_id = $report AND number = $number AND NOT returned;

-- name: report_act_insert
-- args: report i64, act text, at_us i64, person i64?, name text?, version i64, revision i64, reason text?, entry i64?
-- gives: late
INSERT INTO report_act (report_id, act, at_us, person_id, person_name, version,
       revision, reason, entry_id)
VALUES ($report, $act, $at_us, $person, $name, $version, $revision, $reason,
       $entry);

-- name: report_act_list
-- args: report i64, limit i64
-- row: act text, at_us i64, person_name text?, version i64, revision i64, reason text?, entry_id i64?
-- gives: many
SELECT act, at_us, person_name, version, revision, reason, entry_id
  FROM report_act WHERE report_id = $report ORDER BY id LIMIT $limit;

-- The reason of the last time the paper was sent back.
-- name: report_last_reason
-- args: report i64, inside bool
-- row: reason text?
-- gives: maybe
SELECT reason FROM report_act
 WHERE report_id = $report
   AND (act = 'send_back' OR (act = 'return' AND $inside))
 ORDER BY id DESC LIMIT 1;

-- name: closing_insert
-- args: form i64, period text, unit i64, number i64, act text, at_us i64, person i64?, reason text?, entry i64
-- gives: changed
INSERT INTO closing_act (form_id, period, unit_id, number, act, at_us,
       person_id, reason, entry_id)
VALUES ($form, $period, $unit, $number, $act, $at_us, $person, $reason,
       $entry);

-- The acts of one unit, the newest first: it decides.
-- name: closing_acts
-- args: form i64, period text, unit i64, limit i64
-- row: number i64, act text, at_us i64, person_id i64?, reason text?, entry_id i64
-- gives: many
SELECT number, act, at_us, person_id, reason, entry_id
  FROM closing_act
 WHERE form_id = $form AND period = $period AND unit_id = $unit
 ORDER BY number DESC LIMIT $limit;

-- The newest act of each of three units.
-- name: closing_newest
-- args: form i64, period text, a i64, b i64, c i64, limit i64
-- row: unit_id i64, act text, at_us i64, reason text?
-- gives: many
SELECT unit_id, act, at_us, reason
  FROM closing_act AS act
 WHERE form_id = $form AND period = $period AND unit_id IN ($a, $b, $c)
   AND NOT EXISTS (SELECT 1 FROM closing_act AS later
        WHERE later.form_id = act.form_id AND later.period = act.period
          AND later.unit_id = act.unit_id AND later.number > act.number)
 LIMIT $limit;

-- What crossed a border since then, in reports of units in a range of ids.
-- name: report_since
-- args: form i64, period text, low i64, high i64, since_us i64, limit i64
-- row: id i64, unit_id i64, act text, version i64, at_us i64, person_name text?, reason text?, entry_id i64?
-- gives: many
SELECT r.id, r.unit_id, a.act, a.version, a.at_us, a.person_name, a.reason,
       a.entry_id
  FROM report r
  JOIN report_act a ON a.report_id = r.id
 WHERE r.form_id = $form AND r.period = $period
   AND r.unit_id BETWEEN $low AND $high
   AND a.entry_id IS NOT NULL AND a.at_us >= $since_us
 ORDER BY a.id DESC LIMIT $limit;

-- name: report_state
-- args:
-- row: id i64, form_id i64, period text, unit_id i64, standing i64, sent_version i64, accepted_version i64, last_version i64, first_sent_us i64?, versions i64
-- gives: each
SELECT report.id, form_id, period, unit_id, standing, sent_version, accepted_version, last_version,
       first_sent_us,
       (SELECT COUNT(*) FROM report_version
         WHERE report_version.report_id = report.id) AS versions
  FROM report ORDER BY report.id;

-- name: report_version_state
-- args:
-- row: report_id i64, number i64, form_version_id i64, entry_id i64, digest blob, flags i64, returned bool
-- gives: each
SELECT report_id, number, form_version_id, entry_id, digest, flags, returned
  FROM report_version ORDER BY report_id, number;

-- name: report_restate
-- args: id i64, form i64, period text, unit i64, standing i64, sent i64, accepted i64, last i64, first_sent_us i64?
-- gives: changed
UPDATE report
   SET form_id = $form, period = $period, unit_id = $unit,
       standing = $standing, sent_version = $sent,
       accepted_version = $accepted, last_version = $last,
       first_sent_us = $first_sent_us
 WHERE id = $id;

-- name: report_whole
-- args: after i64, limit i64
-- row: id i64, form_id i64, period text, unit_id i64, work i64, standing i64, revision i64, draft text?, draft_form_id i64?, sent_version i64, accepted_version i64, last_version i64, first_sent_us i64?, flags i64, reason text?, writer i64?, mac i64?
-- gives: many
SELECT id, form_id, period, unit_id, work, standing, revision, draft,
       draft_form_id, sent_version, accepted_version, last_version,
       first_sent_us, flags, reason, writer, mac
  FROM report WHERE id > $after ORDER BY id LIMIT $limit;

-- What the checkpoint's sum counts: mac is of all else of the row.
-- name: report_rows
-- args: from i64, to i64
-- row: id i64, mac i64?
-- gives: each
SELECT id, mac FROM report WHERE id >= $from AND id <= $to;

-- name: report_set_mac
-- args: id i64, mac i64
-- gives: changed
UPDATE report SET mac = $mac WHERE id = $id;

-- name: report_version_restate
-- args: report i64, number i64, form_version i64, entry i64, digest blob, flags i64, returned bool
-- gives: changed
UPDATE report_version
   SET form_version_id = $form_version, entry_id = $entry, digest = $digest,
       flags = $flags, returned = $returned
 WHERE report_id = $report AND number = $number;

-- The acts that crossed a border, and whatever calls itself one.
-- name: report_act_state
-- row: report_id i64, act text, at_us i64, person_name text?, version i64, reason text?, entry_id i64?
-- gives: each
SELECT report_id, act, at_us, person_name, version, reason, entry_id
  FROM report_act
 WHERE entry_id IS NOT NULL OR act IN ('sign', 'accept', 'send_back')
 ORDER BY id;

-- All of them, a report's in order.
-- name: report_act_all
-- row: report_id i64, act text, at_us i64, person_id i64?, person_name text?, version i64, revision i64, reason text?, entry_id i64?
-- gives: each
SELECT report_id, act, at_us, person_id, person_name, version, revision,
       reason, entry_id
  FROM report_act ORDER BY report_id, id;

-- name: closing_state
-- row: form_id i64, period text, unit_id i64, number i64, act text, at_us i64, person_id i64?, reason text?, entry_id i64
-- gives: each
SELECT form_id, period, unit_id, number, act, at_us, person_id, reason,
       entry_id
  FROM closing_act ORDER BY form_id, period, unit_id, number;
