-- name: kept_answer_find
-- args: person i64, key text, since i64
-- row: person i64, key text, digest blob, at i64, status i64, type text, etag text?, location text?, body blob, mac blob?
-- gives: maybe
SELECT person_id, key, digest, at_us, status, type, etag, location, body, mac
  FROM kept_answer
 WHERE person_id = $person AND key = $key AND at_us >= $since;

-- name: kept_answer_page
-- args: person i64, key text, limit i64
-- row: as kept_answer_find
-- gives: many
SELECT person_id, key, digest, at_us, status, type, etag, location, body, mac
  FROM kept_answer WHERE (person_id, key) > ($person, $key)
 ORDER BY person_id, key LIMIT $limit;

-- name: kept_answer_set_mac
-- args: person i64, key text, mac blob
-- gives: changed
UPDATE kept_answer SET mac = $mac WHERE person_id = $person AND key = $key;

-- name: kept_answer_put
-- args: person i64, key text, digest blob, at i64, since i64, status i64, type text, etag text?, location text?, body blob, mac blob
-- gives: changed
INSERT INTO kept_answer (person_id, key, digest, at_us, status, type, etag,
       location, body, mac)
VALUES ($person, $key, $digest, $at, $status, $type, $etag, $location, $body,
       $mac)
ON CONFLICT (person_id, key) DO UPDATE
   SET digest = $digest, at_us = $at, status = $status, type = $type,
       etag = $etag, location = $location, body = $body, mac = $mac
 WHERE kept_answer.at_us < $since;

-- name: kept_answer_finish
-- args: person i64, key text, at i64, body blob, mac blob
-- gives: changed
UPDATE kept_answer SET body = $body, mac = $mac
 WHERE person_id = $person AND key = $key AND at_us = $at;

-- name: kept_answer_forget
-- args: before i64, limit i64
-- gives: changed
DELETE FROM kept_answer
 WHERE (person_id, key) IN (SELECT person_id, key FROM kept_answer
                             WHERE at_us < $before ORDER BY at_us LIMIT $limit);
