-- A unit's period, closed by the level above its reporters, reopened with a
-- reason, closed again: rows are only added, and of two acts at once one breaks
-- the key.  closing knew one act only.
CREATE TABLE closing_act (
	id {id},
	form_id {int} NOT NULL REFERENCES form(id),
	period {text} NOT NULL,
	unit_id {int} NOT NULL REFERENCES unit(id),
	number {int} NOT NULL CHECK (number > 0),
	act {text} NOT NULL CHECK (act = CASE number % 2 WHEN 1 THEN 'close' ELSE 'reopen' END),
	at_us {time} NOT NULL,
	person_id {int},
	reason {text} CHECK (act = 'close' OR reason IS NOT NULL),
	entry_id {int} NOT NULL,
	UNIQUE (form_id, period, unit_id, number)
);
INSERT INTO closing_act (form_id, period, unit_id, number, act, at_us,
       person_id, reason, entry_id)
SELECT form_id, period, unit_id, 1, 'close', at_us, person_id, reason, entry_id
  FROM closing ORDER BY id;
DROP TABLE closing;
