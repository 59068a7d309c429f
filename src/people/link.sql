-- name: link_insert
-- args: person i64, digest blob, by i64?, at i64, expires i64, mac blob
-- gives: changed
INSERT INTO person_link (person_id, digest, by_person, created_us, expires_us,
       mac)
VALUES ($person, $digest, $by, $at, $expires, $mac);

-- name: link_find
-- args: digest blob
-- row: person_id i64, digest blob, by_person i64?, created_us i64, expires_us i64, mac blob
-- gives: maybe
SELECT person_id, digest, by_person, created_us, expires_us, mac
  FROM person_link WHERE digest = $digest;

-- name: link_of
-- args: person i64
-- row: as link_find
-- gives: maybe
SELECT person_id, digest, by_person, created_us, expires_us, mac
  FROM person_link WHERE person_id = $person;

-- name: link_delete
-- args: person i64
-- gives: changed
DELETE FROM person_link WHERE person_id = $person;

-- name: link_rows
-- args: from i64, to i64
-- row: as link_find
-- gives: each
SELECT person_id, digest, by_person, created_us, expires_us, mac
  FROM person_link WHERE person_id >= $from AND person_id <= $to;
