#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>

#include "app/table.h"
#include "centre/admission.h"
#include "centre/figures.h"
#include "centre/slice.h"
#include "centre/trace.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/paging.h"
#include "core/text.h"
#include "core/turnstile.h"
#include "org/field.h"
#include "regime/field.h"

static const char json_type[] = "application/json";

/*
 * GET figures and figures/trace.  The answers are written by hand (render.c);
 * the shapes of what is answered are here for the API description only.
 */

/* --- what is asked -------------------------------------------------------- */

static const char *const bases[] = { "sent", "accepted", NULL };
static const char *const apportions[] = { "none", "equal", NULL };
static const char *const kinds[] = { "unit", "other", "unallocated", "total",
	NULL };

#define CELL_MAX 64 /* bytes */
#define STRUCTURE_MEANING \
	"own (each period in the structure of its last day) or a day: the " \
	"units as they were then."
#define AS_OF_MEANING \
	"As it was known: a ledger size, or a day (at its end; none to come). " \
	"Default now."
#define BASIS_MEANING \
	"sent: signed and not returned; accepted: by the unit above."

static const struct shape_field query_fields[] = {
	F_FORM(struct figures_query, REQUIRED),
	F_WORDS(struct figures_query, periods, FIGURES_PERIODS_MAX,
	    PERIOD_ID_MAX, REQUIRED, "Periods of the form.",
	    "[\"2025-Q1\",\"2025-Q2\"]"),
	F_WORDS(struct figures_query, cells, FIGURES_CELLS_MAX, CELL_MAX,
	    OPTIONAL,
	    "Cells; all.cN sums column cN over the form's rows. Default: "
	    "all.cN of every column.",
	    "[\"all.c3\",\"s01.c3\"]"),
	F_WORDS(struct figures_query, units, FIGURES_UNITS_MAX, UNIT_REF_MAX,
	    OPTIONAL, "These units.", "[\"17\",\"area:01@2025-07-01\"]"),
	F_UNIT_REF(struct figures_query, children_of, OPTIONAL,
	    "The units directly under this one, other, unallocated, total.",
	    "\"1\""),
	F_TEXT(struct figures_query, level, 1, OPTIONAL,
	    "All units of a level: 0 nation, 1 province or ministry, 2 "
	    "district, 3 commune.",
	    "\"1\""),
	F_TEXT(struct figures_query, structure, 10, OPTIONAL, STRUCTURE_MEANING,
	    "\"2025-07-01\""),
	F_TEXT(struct figures_query, as_of, 20, OPTIONAL, AS_OF_MEANING,
	    "\"2025-08-01\""),
	F_ENUM(struct figures_query, basis, bases, OPTIONAL, BASIS_MEANING,
	    "\"sent\""),
	F_ENUM(struct figures_query, apportion, apportions, OPTIONAL,
	    "equal: spread what has no single place evenly, and mark it.",
	    "\"none\""),
	F_FORMAT(struct figures_query),
};
static const struct shape query_shape =
    SHAPE("FiguresQuery", struct figures_query, query_fields);

static const struct shape_field trace_query_fields[] = {
	F_FORM(struct trace_query, REQUIRED),
	F_PERIOD(struct trace_query, period, REQUIRED),
	F_TEXT(struct trace_query, cell, CELL_MAX, REQUIRED,
	    "A cell, or all.cN for a column.", "\"all.c3\""),
	F_UNIT_REF(struct trace_query, unit, OPTIONAL, "Default: the root.",
	    "\"1\""),
	F_ENUM(struct trace_query, kind, kinds, OPTIONAL,
	    "unit, total: all at or below the unit; other, unallocated: that "
	    "row of the list under it.",
	    "\"unit\""),
	F_TEXT(struct trace_query, level, 1, OPTIONAL,
	    "For other and unallocated: of the list of this level.", "\"1\""),
	F_TEXT(struct trace_query, structure, 10, OPTIONAL, STRUCTURE_MEANING,
	    "\"2025-07-01\""),
	F_TEXT(struct trace_query, as_of, 20, OPTIONAL, AS_OF_MEANING,
	    "\"2025-08-01\""),
	F_ENUM(struct trace_query, basis, bases, OPTIONAL, BASIS_MEANING,
	    "\"sent\""),
	F_FORMAT(struct trace_query),
	F_LIMIT(struct trace_query, PAGING_MOST),
	F_AFTER(struct trace_query),
};
static const struct shape trace_query_shape =
    SHAPE("TraceQuery", struct trace_query, trace_query_fields);

/* --- what is answered ----------------------------------------------------- */

static const char value_schema[] =
    "{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"null\"},"
    "{\"type\":\"object\",\"properties\":{\"state\":{\"enum\":[\"none\","
    "\"withheld\",\"not_added\"]}},\"required\":[\"state\"]},"
    "{\"type\":\"object\",\"properties\":{\"value\":{\"type\":\"string\"},"
    "\"apportioned\":{\"const\":true}},\"required\":[\"value\","
    "\"apportioned\"]}]}";
static const char values_schema[] =
    "{\"type\":\"array\",\"items\":{\"oneOf\":[{\"type\":\"string\"},"
    "{\"type\":\"null\"},{\"type\":\"object\",\"properties\":{\"state\":"
    "{\"enum\":[\"none\",\"withheld\",\"not_added\"]}},"
    "\"required\":[\"state\"]},{\"type\":\"object\",\"properties\":{"
    "\"value\":{\"type\":\"string\"},\"apportioned\":{\"const\":true}},"
    "\"required\":[\"value\",\"apportioned\"]}]}}";

struct covered_out {
	int64_t expected;
	int64_t reported;
	int64_t late;
	bool closed;
	bool restated;
	const char *values;
	struct ints_of counts;
};
static const struct shape_field covered_fields[] = {
	F_INT(struct covered_out, expected, 0, INT32_MAX, REQUIRED,
	    "Units that owe the form.", "12"),
	F_INT(struct covered_out, reported, 0, INT32_MAX, REQUIRED,
	    "... of which so many are in.", "11"),
	F_INT(struct covered_out, late, 0, INT32_MAX, REQUIRED,
	    "... of which so many were first signed after the deadline.", "1"),
	F_BOOL(struct covered_out, closed, REQUIRED,
	    "The unit's period has been closed.", "false"),
	F_BOOL(struct covered_out, restated, REQUIRED,
	    "Something at or below it was signed or returned since.", "false"),
	F_RAW(struct covered_out, values, REQUIRED, values_schema,
	    "By cell: decimal text, null (missing), or an object with the "
	    "state or the mark of a spread value.",
	    "[\"12.50\",null]"),
	F_INTS(struct covered_out, counts, 0, FIGURES_CELLS_MAX, 0, INT64_MAX,
	    REQUIRED, "By cell: how many reported values are in it.", "[11,0]"),
};
static const struct shape covered_shape =
    SHAPE("FigureCells", struct covered_out, covered_fields);

struct row_out {
	const char *kind;
	const int64_t *unit;
	const char *name;
	const char *code;
	const int64_t *level;
	int64_t child_count;
	struct list_of periods;
};
static const struct shape_field row_fields[] = {
	F_ENUM(struct row_out, kind, kinds, REQUIRED,
	    "total = units + other + unallocated.", "\"unit\""),
	F_OPT_INT(struct row_out, unit, 1, INT64_MAX,
	    "null for other and unallocated.", "17"),
	F_UNIT_NAME(struct row_out, name,
	    "In the last of the periods in which it lived.",
	    "\"Tỉnh Hưng Yên\""),
	F_TEXT(struct row_out, code, 64, OPTIONAL, "Its code then.", "\"33\""),
	F_OPT_INT(struct row_out, level, 0, 3, "Its level then.", "1"),
	F_INT(struct row_out, child_count, 0, INT32_MAX, REQUIRED,
	    "Units directly under it then.", "104"),
	F_LIST(struct row_out, periods, &covered_shape, FIGURES_PERIODS_MAX,
	    "In the order of the answer's periods."),
};
static const struct shape row_shape =
    SHAPE("FigureRow", struct row_out, row_fields);

struct period_out {
	const char *id;
	const char *from;
	const char *to;
	const char *structure_on;
	int64_t version;
};
static const struct shape_field period_fields[] = {
	F_PERIOD(struct period_out, id, REQUIRED),
	F_DATE(struct period_out, from, REQUIRED, "First day of its window.",
	    "\"2025-06-15\""),
	F_DATE(struct period_out, to, REQUIRED, "Last day of its window.",
	    "\"2025-09-14\""),
	F_DATE(struct period_out, structure_on, REQUIRED,
	    "The day of the structure it is shown in.", "\"2025-09-14\""),
	F_INT(struct period_out, version, 1, 64, REQUIRED,
	    "Version of the form.", "1"),
};
static const struct shape period_shape =
    SHAPE("FigurePeriod", struct period_out, period_fields);

struct figures_out {
	const char *form;
	const char *structure;
	int64_t index;
	const char *as_of;
	const char *basis;
	const char *apportion;
	struct texts_of cells;
	struct list_of periods;
	struct list_of rows;
};
static const struct shape_field figures_fields[] = {
	F_FORM(struct figures_out, REQUIRED),
	F_TEXT(struct figures_out, structure, 10, REQUIRED, STRUCTURE_MEANING,
	    "\"own\""),
	F_COUNT(struct figures_out, index,
	    "The ledger size this answers: every entry before it is in.",
	    "70312"),
	F_TEXT(struct figures_out, as_of, 20, OPTIONAL, "As asked.", "null"),
	F_ENUM(struct figures_out, basis, bases, REQUIRED, BASIS_MEANING,
	    "\"sent\""),
	F_ENUM(struct figures_out, apportion, apportions, REQUIRED, "As asked.",
	    "\"none\""),
	F_TEXTS(struct figures_out, cells, 0, FIGURES_CELLS_MAX, CELL_MAX,
	    REQUIRED, "Cells, in the order of values.", "[\"all.c3\"]"),
	F_LIST(struct figures_out, periods, &period_shape, FIGURES_PERIODS_MAX,
	    "As asked."),
	F_LIST(struct figures_out, rows, &row_shape, FIGURES_ROWS_MAX,
	    "Units, then other, unallocated and total."),
};
static const struct shape figures_shape =
    SHAPE("Figures", struct figures_out, figures_fields);

struct part_out {
	int64_t unit;
	const char *name;
	int64_t report;
	int64_t version;
	int64_t ledger_index;
	const char *value;
	bool whole;
};
static const struct shape_field part_fields[] = {
	F_ID(struct part_out, unit, "Who reported.", "17"),
	F_UNIT_NAME(struct part_out, name, "Its name at the end of the period.",
	    "\"Xã Tân Hòa\""),
	F_COUNT(struct part_out, report, "The report.", "1042"),
	F_INT(struct part_out, version, 1, INT32_MAX, REQUIRED,
	    "Its version that counts.", "1"),
	F_COUNT(struct part_out, ledger_index, "The entry of its signing.",
	    "70311"),
	F_RAW(struct part_out, value, REQUIRED, value_schema,
	    "What it says of the cell, or of the column's cells together by "
	    "the column's aggregation; as in figures.",
	    "\"12.50\""),
	F_BOOL(struct part_out, whole, REQUIRED,
	    "false: it has no single place in this structure.", "true"),
};
static const struct shape part_shape =
    SHAPE("TracePart", struct part_out, part_fields);

struct child_out {
	const int64_t *unit;
	const char *name;
	const char *value;
	const char *kind;
};
static const struct shape_field child_fields[] = {
	F_OPT_INT(struct child_out, unit, 1, INT64_MAX,
	    "null for other and unallocated.", "18"),
	F_UNIT_NAME(struct child_out, name, "Its name; empty without a unit.",
	    "\"Xã Tân Hòa\""),
	F_RAW(struct child_out, value, REQUIRED, value_schema, "As in figures.",
	    "\"12.50\""),
	F_ENUM(struct child_out, kind, kinds, REQUIRED, "The row's kind.",
	    "\"unit\""),
};
static const struct shape child_shape =
    SHAPE("TraceChild", struct child_out, child_fields);

struct trace_out {
	int64_t unit;
	const char *name;
	const char *cell;
	const char *value;
	int64_t index;
	struct list_of parts;
	const int64_t *next;
	int64_t total_parts;
	struct list_of children;
};
static const struct shape_field trace_fields[] = {
	F_ID(struct trace_out, unit, "The unit.", "1"),
	F_UNIT_NAME(struct trace_out, name, "Its name.", "\"Chính phủ\""),
	F_TEXT(struct trace_out, cell, CELL_MAX, REQUIRED, "The cell.",
	    "\"all.c3\""),
	F_RAW(struct trace_out, value, REQUIRED, value_schema, "As in figures.",
	    "\"912\""),
	F_COUNT(struct trace_out, index, "The ledger size this answers.",
	    "70312"),
	F_LIST(struct trace_out, parts, &part_shape, PAGING_MOST,
	    "The reports it rests on, biggest first; then those that say no "
	    "value."),
	F_NEXT(struct trace_out),
	F_COUNT(struct trace_out, total_parts, "How many there are in all.",
	    "10412"),
	F_LIST(struct trace_out, children, &child_shape, FIGURES_ROWS_MAX,
	    "The rows under the unit."),
};
static const struct shape trace_shape =
    SHAPE("Trace", struct trace_out, trace_fields);

/* --- handlers ------------------------------------------------------------- */

/* The server's own time, for the bars and for whoever asks why it is slow. */
static void
note_time(struct ctx *ctx, struct call *call, int64_t began_us)
{
	const int64_t took_us = time_steady_us() - began_us;

	call_answer_header(call, "Server-Timing",
	    arena_printf(ctx->arena, "figures;dur=%" PRId64 ".%03" PRId64,
		took_us / 1000, took_us % 1000));
}

static enum fail
wants_place(struct ctx *ctx, struct call *call, bool *ret)
{
	return figures_weigh(ctx, call_query(call, &query_shape), ret);
}

static bool
enter_line(struct ctx *ctx, struct call *call, struct turnstile_turn *turn)
{
	(void)call;
	return admission_enter(ctx, turn);
}

/* A table has a name to be saved under. */
static enum fail
answer_text(struct ctx *ctx, struct call *call, const char *name,
    const struct text *text)
{
	if (name != NULL)
		call_answer_save(ctx, call, name);
	if (table_is_sheet(call))
		call_answer_header(call, "Content-Language", ctx->locale);
	return call_answer_raw(ctx, call, 200,
	    name == NULL ? json_type : table_type, text_bytes(text));
}

static enum fail
get_figures(struct ctx *ctx, struct call *call)
{
	const int64_t began_us = time_steady_us();
	const struct figures_query *query = call_query(call, &query_shape);
	const char *name = NULL;
	struct text text;

	text_init(&text, ctx->arena);
	TRY(figures_answer(ctx, query, call_turn(call)->has_place, &text,
	    &name));
	note_time(ctx, call, began_us);
	return answer_text(ctx, call, name, &text);
}

static enum fail
get_trace(struct ctx *ctx, struct call *call)
{
	const int64_t began_us = time_steady_us();
	const struct trace_query *query = call_query(call, &trace_query_shape);
	const char *name = NULL;
	struct text text;

	text_init(&text, ctx->arena);
	TRY(trace_render(ctx, query, &text, &name));
	note_time(ctx, call, began_us);
	return answer_text(ctx, call, name, &text);
}

static const char *const figures_failures[] = { "access.denied", "form.unknown",
	"form.no_version", "period.unknown", "figures.periods", "figures.cell",
	"figures.rows", "figures.level", "figures.structure", "figures.as_of",
	"figures.choice", "figures.too_big", "figures.busy", "unit.ref",
	"unit.code_needs_date", "unit.unknown", NULL };
static const char *const trace_failures[] = { "access.denied", "form.unknown",
	"form.no_version", "period.unknown", "figures.cell", "figures.level",
	"figures.structure", "figures.as_of", "figures.choice", "unit.ref",
	"unit.code_needs_date", "unit.unknown", NULL };

static const struct route_turn line_turn = {
	.wants = wants_place,
	.enter = enter_line,
	.leave = admission_leave,
};

const struct route figures_routes[] = {
	{ .method = GET,
	    .path = "/api/v1/figures",
	    .permission = "figures.read",
	    .tx = TX_READ,
	    .flags = ROUTE_RAW,
	    .query = &query_shape,
	    .out = &figures_shape,
	    .media = &table_media,
	    .turn = &line_turn,
	    .handle = get_figures,
	    .summary = "Totals with their coverage, in any structure, as of "
		       "any day.",
	    .failures = figures_failures },
	{ .method = GET,
	    .path = "/api/v1/figures/trace",
	    .permission = "figures.read",
	    .tx = TX_READ,
	    .flags = ROUTE_RAW,
	    .query = &trace_query_shape,
	    .out = &trace_shape,
	    .media = &table_media,
	    .handle = get_trace,
	    .summary = "From a total down to the signed reports behind it.",
	    .failures = trace_failures },
	{ 0 },
};
