-- name: sign_in_person
-- args: login text
-- row: id i64, password text?, disabled_us i64?, peer text?
-- gives: maybe
SELECT p.id, p.password, p.disabled_us, s.peer
  FROM person p LEFT JOIN sign_in s ON s.person_id = p.id
 WHERE p.login = $login;

-- name: sign_in_right
-- args: person i64, at i64, peer text
-- gives: changed
INSERT INTO sign_in (person_id, at_us, peer) VALUES ($person, $at, $peer)
ON CONFLICT (person_id) DO UPDATE
   SET before_us = sign_in.at_us, before_peer = sign_in.peer,
       before_refused = sign_in.refused,
       before_refused_us = sign_in.refused_us,
       before_refused_peer = sign_in.refused_peer,
       at_us = excluded.at_us, peer = excluded.peer,
       refused = 0, refused_us = NULL, refused_peer = NULL;

-- name: sign_in_refused
-- args: person i64, count i64, at i64, peer text
-- gives: changed
INSERT INTO sign_in (person_id, refused, refused_us, refused_peer)
VALUES ($person, $count, $at, $peer)
ON CONFLICT (person_id) DO UPDATE
   SET refused = sign_in.refused + excluded.refused,
       refused_us = excluded.refused_us,
       refused_peer = excluded.refused_peer;

-- name: sign_in_before
-- args: person i64
-- row: before_us i64?, before_peer text?, before_refused i64, before_refused_us i64?, before_refused_peer text?
-- gives: maybe
SELECT before_us, before_peer, before_refused, before_refused_us,
       before_refused_peer
  FROM sign_in WHERE person_id = $person;

-- name: sign_in_rows
-- args: from i64, to i64
-- row: person_id i64, at_us i64?, peer text?, refused i64, refused_us i64?
-- row: refused_peer text?, before_us i64?, before_peer text?
-- row: before_refused i64, before_refused_us i64?, before_refused_peer text?
-- gives: each
SELECT person_id, at_us, peer, refused, refused_us, refused_peer, before_us,
       before_peer, before_refused, before_refused_us, before_refused_peer
  FROM sign_in WHERE person_id >= $from AND person_id <= $to;

-- name: sign_in_last
-- args: person i64
-- row: at_us i64?
-- gives: maybe
SELECT at_us FROM sign_in WHERE person_id = $person;
