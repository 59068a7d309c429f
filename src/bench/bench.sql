-- The reference of truc bench: the same figures in a plain table on the same
-- store, and the same questions as GROUP BY.  The tables are made by the bench
-- itself in its own folder, so they are no migration of the program.

-- name: bench_make_units
-- args:
-- gives: changed
CREATE TABLE bench_unit (
	unit BIGINT NOT NULL PRIMARY KEY,
	number BIGINT NOT NULL,
	district BIGINT NOT NULL,
	province BIGINT NOT NULL,
	other_province BIGINT NOT NULL
);

-- name: bench_make_cells
-- args:
-- gives: changed
CREATE TABLE bench_cell (
	cell BIGINT NOT NULL PRIMARY KEY,
	slope BIGINT NOT NULL,
	step BIGINT NOT NULL
);

-- name: bench_make_values
-- args:
-- gives: changed
CREATE TABLE bench_value (
	period BIGINT NOT NULL,
	unit BIGINT NOT NULL,
	cell BIGINT NOT NULL,
	value BIGINT NOT NULL,
	PRIMARY KEY (period, unit, cell)
-- sqlite:
) WITHOUT ROWID;
-- postgres:
);

-- Totals kept by the reporters' own transactions: unit is a district, a province
-- or the nation, each by a number that no other has.
-- name: bench_make_totals
-- args:
-- gives: changed
CREATE TABLE bench_total (
	period BIGINT NOT NULL,
	unit BIGINT NOT NULL,
	cell BIGINT NOT NULL,
	value BIGINT NOT NULL,
	PRIMARY KEY (period, unit, cell)
-- sqlite:
) WITHOUT ROWID;
-- postgres:
);

-- name: bench_unit_add
-- args: unit i64, number i64, district i64, province i64, other i64
-- gives: changed
INSERT INTO bench_unit (unit, number, district, province, other_province)
VALUES ($unit, $number, $district, $province, $other);

-- name: bench_cell_add
-- args: cell i64, slope i64, step i64
-- gives: changed
INSERT INTO bench_cell (cell, slope, step) VALUES ($cell, $slope, $step);

-- All values of a period at once.
-- name: bench_fill_period
-- args: period i64, kinds i64
-- gives: changed
INSERT INTO bench_value (period, unit, cell, value)
SELECT $period, unit, cell, slope * (number % $kinds) + step * ($period + 1)
  FROM bench_unit, bench_cell
 ORDER BY unit, cell;

-- One report: its values ...
-- name: bench_report_add
-- args: period i64, unit i64, kinds i64
-- gives: changed
INSERT INTO bench_value (period, unit, cell, value)
SELECT $period, unit, cell, slope * (number % $kinds) + step * ($period + 1)
  FROM bench_unit, bench_cell
 WHERE unit = $unit
 ORDER BY cell;

-- ... and the totals above it.
-- name: bench_total_add
-- args: period i64, unit i64, above i64
-- gives: changed
INSERT INTO bench_total (period, unit, cell, value)
SELECT period, $above, cell, value
  FROM bench_value
 WHERE period = $period AND unit = $unit
 ORDER BY cell
    ON CONFLICT (period, unit, cell)
    DO UPDATE SET value = bench_total.value + excluded.value;

-- The nation in one period.
-- name: bench_nation
-- args: period i64, limit i64
-- row: cell i64, value i64
-- gives: many
SELECT cell, CAST(SUM(value) AS BIGINT) AS value
  FROM bench_value
 WHERE period = $period
 GROUP BY cell ORDER BY cell LIMIT $limit;

-- The first cell of ten rows, by province and period.
-- name: bench_pivot
-- args: months i64, columns i64, cells i64, limit i64
-- row: period i64, province i64, cell i64, value i64
-- gives: many
SELECT period, province, cell, CAST(SUM(value) AS BIGINT) AS value
  FROM bench_value JOIN bench_unit ON bench_unit.unit = bench_value.unit
 WHERE period < $months AND cell < $cells AND cell % $columns = 0
 GROUP BY period, province, cell
 ORDER BY period, province, cell LIMIT $limit;

-- Everything, under the other structure.
-- name: bench_other
-- args: months i64, limit i64
-- row: period i64, province i64, cell i64, value i64
-- gives: many
SELECT period, other_province AS province, cell,
       CAST(SUM(value) AS BIGINT) AS value
  FROM bench_value JOIN bench_unit ON bench_unit.unit = bench_value.unit
 WHERE period < $months
 GROUP BY period, other_province, cell
 ORDER BY period, other_province, cell LIMIT $limit;

-- Everything, read once.
-- name: bench_everything
-- args:
-- row: value i64
-- gives: one
SELECT CAST(SUM(value) AS BIGINT) AS value FROM bench_value;

-- What the store holds, in bytes.
-- name: bench_bytes
-- args:
-- row: bytes i64
-- gives: one
-- sqlite:
SELECT page_count * page_size AS bytes
  FROM pragma_page_count(), pragma_page_size();
-- postgres:
SELECT pg_database_size(current_database()) AS bytes;
