#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The table: ours, reference, ratio, bar.  Measures are whole thousandths of
 * their unit.  A row may have no reference, or no measure of ours (what only
 * the machine can do), or no bar.
 */
enum bench_bar { BAR_NONE, BAR_AT_MOST, BAR_AT_LEAST, BAR_RATIO_AT_MOST };

struct bench_row {
	const char *what;
	const char *unit; /* "ms" */
	int64_t ours;     /* < 0: none */
	const char *reference_name;
	int64_t reference; /* < 0: none */
	enum bench_bar bar_kind;
	int64_t bar; /* whole units */
};

#define BENCH_ROWS_MAX 40
struct bench_table {
	struct bench_row rows[BENCH_ROWS_MAX];
	size_t count;
};

void bench_table_add(struct bench_table *table, const struct bench_row *row);
/* Print it; false if a bar was missed. */
bool bench_table_print(const struct bench_table *table);

#endif
