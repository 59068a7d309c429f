-- name: migration_list
-- row: number i64, name text, checksum text
-- gives: many
SELECT number, name, checksum FROM migration ORDER BY number LIMIT 10000;

-- name: migration_add
-- args: number i64, name text, checksum text, applied_us i64
-- gives: changed
INSERT INTO migration (number, name, checksum, applied_us)
VALUES ($number, $name, $checksum, $applied_us);
