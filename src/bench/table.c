#include "bench/table.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#define CELL 24

void
bench_table_add(struct bench_table *table, const struct bench_row *row)
{
	assert(table->count < BENCH_ROWS_MAX);
	table->rows[table->count++] = *row;
}

/* Three digits that say something: 0.123, 12.3, 1234. */
static void
format(char out[CELL], int64_t thousandths, const char *unit)
{
	const int64_t whole = thousandths / 1000;
	const int64_t rest = thousandths % 1000;

	if (thousandths < 0)
		snprintf(out, CELL, "-");
	else if (whole < 10)
		snprintf(out, CELL, "%" PRId64 ".%03" PRId64 " %s", whole, rest,
		    unit);
	else if (whole < 100)
		snprintf(out, CELL, "%" PRId64 ".%" PRId64 " %s", whole,
		    rest / 100, unit);
	else
		snprintf(out, CELL, "%" PRId64 " %s", whole, unit);
}

static bool
has_ratio(const struct bench_row *row)
{
	return row->ours > 0 && row->reference > 0;
}

/* 2.50 x, or 1/400 where ours is a small part of it. */
static void
format_ratio(char out[CELL], const struct bench_row *row)
{
	if (!has_ratio(row))
		snprintf(out, CELL, "-");
	else if (row->reference / row->ours >= 10)
		snprintf(out, CELL, "1/%" PRId64, row->reference / row->ours);
	else
		format(out, row->ours * 1000 / row->reference, "x");
}

static bool
is_kept(const struct bench_row *row)
{
	switch (row->bar_kind) {
	case BAR_AT_MOST:
		return row->ours <= row->bar * 1000;
	case BAR_AT_LEAST:
		return row->ours >= row->bar * 1000;
	case BAR_RATIO_AT_MOST:
		return has_ratio(row) && row->ours <= row->bar * row->reference;
	case BAR_NONE:
		break;
	}
	return true;
}

static void
print_bar(const struct bench_row *row)
{
	static const char *const signs[] = {
		[BAR_NONE] = "",
		[BAR_AT_MOST] = "<=",
		[BAR_AT_LEAST] = ">=",
		[BAR_RATIO_AT_MOST] = "<=",
	};

	if (row->bar_kind == BAR_NONE)
		printf("-\n");
	else
		printf("%s %" PRId64 " %-10s %s\n", signs[row->bar_kind],
		    row->bar,
		    row->bar_kind == BAR_RATIO_AT_MOST ? "x" : row->unit,
		    is_kept(row) ? "kept" : "MISSED");
}

bool
bench_table_print(const struct bench_table *table)
{
	bool all = true;

	printf("\n%-46s %14s  %-24s %14s %9s  %s\n", "what", "ours",
	    "reference", "", "ratio", "bar");
	for (size_t i = 0; i < table->count; i++) {
		const struct bench_row *row = &table->rows[i];
		char ours[CELL];
		char reference[CELL];
		char ratio[CELL];

		format(ours, row->ours, row->unit);
		format(reference, row->reference, row->unit);
		format_ratio(ratio, row);
		printf("%-46s %14s  %-24s %14s %9s  ", row->what, ours,
		    row->reference_name, reference, ratio);
		print_bar(row);
		all = all && is_kept(row);
	}
	printf("ratio: ours / reference; times are medians unless p99 is "
	       "said.\n");
	return all;
}
