#include <string.h>

#include "codec/csv.h"
#include "core/arena.h"
#include "core/decimal.h"
#include "core/file.h"
#include "core/text.h"
#include "demo/trial.h"

/*
 * Yearly figures of a statistical office as reports: an indicator is a form of
 * one column, its items are rows, an area's figures of a year are a report.
 */
#define FILE_MOST ((size_t)64 * 1024 * 1024)
#define ITEMS 32
#define AREAS 80
#define YEARS 60
#define FIRST_YEAR 1970
#define SCALE 3
#define LOOK_BACK 8

/* What a form without special knowledge would ask. */
static const struct plausible asked = {
	.id = "p1",
	.against = 1U << AGAINST_LAST | 1U << AGAINST_HISTORY,
	.ratio = 300,
	.z = 25,
	.periods = LOOK_BACK,
};
#define FLOOR 12000 /* 12 */

struct table {
	const char *indicator;
	const char *items[ITEMS];
	size_t item_count;
	const char *areas[AREAS];
	size_t area_count;
	struct cells reports[AREAS][YEARS]; /* count 0: none */
};

/* Position of a name, added if it is new; most if there is no room. */
static size_t
place(const char **names, size_t *count, size_t most, const char *name)
{
	size_t i = 0;

	while (i < *count && strcmp(names[i], name) != 0)
		i++;
	if (i == *count && i < most)
		names[(*count)++] = name;
	return i;
}

/* A figure cut to SCALE decimals; false if the text is none. */
static bool
read_figure(const char *text, int64_t *ret)
{
	const char *point = strchr(text, '.');
	char cut[32];
	size_t len = strlen(text);

	if (point != NULL && len > (size_t)(point - text) + 1 + SCALE)
		len = (size_t)(point - text) + 1 + SCALE;
	if (len == 0 || len >= sizeof(cut))
		return false;
	memcpy(cut, text, len);
	cut[len] = '\0';
	return decimal_parse(cut, SCALE, ret);
}

/* One form for a table: what its rows ask of the one column. */
static void
make_form(struct arena *arena, const struct table *table,
    struct form_version *ret)
{
	struct form_column *column = ARENA_NEW(arena, struct form_column);
	struct rule *rules = ARENA_ARRAY(arena, table->item_count, struct rule);

	*column = (struct form_column){ .id = "v",
		.scale = SCALE,
		.lo = INT64_MIN,
		.hi = INT64_MAX };
	for (size_t i = 0; i < table->item_count; i++)
		rules[i] = (struct rule){ .id = table->items[i],
			.target = (int)i,
			.plausible = &asked,
			.floor = FLOOR };
	*ret = (struct form_version){ .columns = column,
		.column_count = 1,
		.row_count = table->item_count,
		.cell_count = table->item_count,
		.plausible = &asked,
		.plausible_count = 1,
		.expects = rules,
		.expect_count = table->item_count };
}

static void
try_area(struct ctx *ctx, struct trial *trial, struct cells *years,
    size_t items)
{
	for (size_t year = 0; year < YEARS; year++) {
		const struct cells *before[LOOK_BACK] = { NULL };
		const struct past past = { before, LOOK_BACK, 1 };

		if (years[year].count == 0)
			continue;
		years[year].count = items; /* of room for ITEMS */
		for (size_t ago = 1; ago <= LOOK_BACK && ago <= year; ago++)
			if (years[year - ago].count > 0)
				before[ago - 1] = &years[year - ago];
		trial_report(ctx, trial, &years[year], &past);
	}
}

static void
try_table(struct ctx *ctx, struct trial *trial, struct table *table)
{
	struct form_version form = { 0 };

	make_form(ctx->arena, table, &form);
	trial->version = &form;
	for (size_t area = 0; area < table->area_count; area++)
		try_area(ctx, trial, table->reports[area], table->item_count);
	trial->version = NULL;
}

enum { INDICATOR, ITEM, AREA, YEAR, VALUE, FLAG, COLUMNS };
static const struct csv_known known[COLUMNS] = { { "indicator", true },
	{ "item", true }, { "area", true }, { "year", true }, { "value", true },
	{ "flag", false } };

static void
take_row(struct ctx *ctx, const char *const *fields, const size_t *at,
    struct table *table)
{
	const char *area_name = fields[at[AREA]];
	int64_t year = 0;
	int64_t value = 0;
	size_t item = 0;
	size_t area = 0;
	struct cells *report = NULL;

	/* Provinces have two digits; the rest are sums of them. */
	if (strlen(area_name) != 2 || area_name[0] < '0' ||
	    area_name[0] > '9' || !read_figure(fields[at[VALUE]], &value) ||
	    !num_parse(fields[at[YEAR]], FIRST_YEAR, FIRST_YEAR + YEARS - 1,
		&year))
		return;
	item = place(table->items, &table->item_count, ITEMS, fields[at[ITEM]]);
	area = place(table->areas, &table->area_count, AREAS, area_name);
	if (item == ITEMS || area == AREAS)
		return;
	report = &table->reports[area][year - FIRST_YEAR];
	if (report->count == 0)
		cells_init(report, ctx->arena, ITEMS);
	report->values[item] = value;
	report->states[item] = CELL_VALUE;
}

enum fail
trial_stats(struct ctx *ctx, const char *path, struct trial *trial)
{
	struct table *table = ARENA_NEW(ctx->arena, struct table);
	struct bytes in = { 0 };
	struct csv *csv = NULL;
	const char *const *fields = NULL;
	size_t at[COLUMNS] = { 0 };
	bool more = true;

	TRY(file_read(ctx, path, FILE_MOST, &in));
	TRY(csv_open(ctx, in, &csv));
	TRY(csv_columns(ctx, csv, known, COLUMNS, at));
	for (;;) {
		TRY(csv_next(ctx, csv, &fields, &more));
		if (!more ||
		    (table->indicator != NULL &&
			strcmp(table->indicator, fields[at[INDICATOR]]) != 0)) {
			try_table(ctx, trial, table);
			memset(table, 0, sizeof(*table));
		}
		if (!more)
			return OK;
		table->indicator = fields[at[INDICATOR]];
		take_row(ctx, fields, at, table);
	}
}
