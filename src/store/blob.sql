-- Queries of the blobs.  Nobody else touches their tables.

-- name: blob_add
-- args: digest blob, bytes i64, now i64
-- gives: changed
INSERT INTO blob (digest, bytes, added_us, idle_us)
VALUES ($digest, $bytes, $now, NULL)
ON CONFLICT (digest) DO UPDATE SET idle_us = NULL;

-- name: blob_wake
-- args: digest blob
-- gives: changed
-- Takes the row first, so that who forgets it waits and looks again.
UPDATE blob SET idle_us = NULL WHERE digest = $digest;

-- name: blob_lay
-- args: digest blob, now i64
-- gives: changed
-- Takes the row first: of two who let go, the second sees what the first did.
UPDATE blob SET idle_us = $now WHERE digest = $digest;

-- name: blob_wake_referred
-- args: digest blob
-- gives: changed
UPDATE blob SET idle_us = NULL
 WHERE digest = $digest
   AND EXISTS (SELECT 1 FROM blob_ref r WHERE r.digest = $digest);

-- name: blob_ref_add
-- args: digest blob, kind text, id i64
-- gives: changed
INSERT INTO blob_ref (digest, owner_kind, owner_id)
VALUES ($digest, $kind, $id)
ON CONFLICT (digest, owner_kind, owner_id) DO NOTHING;

-- name: blob_ref_remove
-- args: digest blob, kind text, id i64
-- gives: changed
DELETE FROM blob_ref
 WHERE digest = $digest AND owner_kind = $kind AND owner_id = $id;

-- name: blob_ref_page
-- args: digest blob, after_kind text, after_id i64, limit i64
-- row: kind text, id i64
-- gives: many
SELECT owner_kind, owner_id FROM blob_ref
 WHERE digest = $digest AND (owner_kind, owner_id) > ($after_kind, $after_id)
 ORDER BY owner_kind, owner_id LIMIT $limit;

-- name: blob_find
-- args: digest blob
-- row: bytes i64, idle_us i64?
-- gives: maybe
SELECT bytes, idle_us FROM blob WHERE digest = $digest;

-- name: blob_page
-- args: after blob, limit i64
-- row: digest blob, bytes i64, is_idle bool, referred bool
-- gives: many
SELECT b.digest, b.bytes, b.idle_us IS NOT NULL,
       EXISTS (SELECT 1 FROM blob_ref r WHERE r.digest = b.digest)
  FROM blob b WHERE b.digest > $after ORDER BY b.digest LIMIT $limit;

-- name: blob_idle_page
-- args: before i64, limit i64
-- row: digest blob
-- gives: many
SELECT digest FROM blob WHERE idle_us <= $before ORDER BY idle_us LIMIT $limit;

-- name: blob_forget
-- args: digest blob, before i64
-- gives: changed
DELETE FROM blob
 WHERE digest = $digest AND idle_us <= $before
   AND NOT EXISTS (SELECT 1 FROM blob_ref r WHERE r.digest = $digest);

-- One that a reference needs and that has no row.
-- name: blob_lost
-- row: digest blob, owner_kind text, owner_id i64
-- gives: maybe
SELECT r.digest, r.owner_kind, r.owner_id FROM blob_ref r
 WHERE NOT EXISTS (SELECT 1 FROM blob b WHERE b.digest = r.digest)
 ORDER BY r.digest LIMIT 1;

-- name: blob_totals
-- row: count i64, bytes i64
-- gives: one
SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM blob;

-- name: blob_ref_of_kind
-- args: kind text, after_id i64, after blob, limit i64
-- row: id i64, digest blob
-- gives: many
SELECT owner_id, digest FROM blob_ref
 WHERE owner_kind = $kind AND (owner_id, digest) > ($after_id, $after)
 ORDER BY owner_id, digest LIMIT $limit;
