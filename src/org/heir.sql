-- name: unit_heir_insert
-- args: entry i64, unit i64, heir i64, from_day day, act text, reason text
-- gives: changed
INSERT INTO unit_heir (entry_id, unit_id, heir_id, from_day, act, reason)
VALUES ($entry, $unit, $heir, $from_day, $act, $reason);

-- The one that counts on a day.
-- name: unit_heir_on
-- args: unit i64, on_day day
-- row: heir i64
-- gives: maybe
SELECT heir_id FROM unit_heir
 WHERE unit_id = $unit AND from_day <= $on_day
 ORDER BY from_day DESC, entry_id DESC LIMIT 1;

-- The newest first.
-- name: unit_heir_list
-- args: unit i64, limit i64
-- row: entry i64, heir i64, from_day day, act text, reason text
-- gives: many
SELECT entry_id, heir_id, from_day, act, reason FROM unit_heir
 WHERE unit_id = $unit ORDER BY entry_id DESC LIMIT $limit;

-- name: unit_heir_all
-- row: entry i64, unit i64, heir i64, from_day day, act text, reason text
-- gives: each
SELECT entry_id, unit_id, heir_id, from_day, act, reason FROM unit_heir
 ORDER BY entry_id;
