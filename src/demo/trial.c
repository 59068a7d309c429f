#include "demo/trial.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/arena.h"

#define TIMES 3
#define LEAST 20

static const char *const names[SLIP_KINDS] = {
	[SLIP_TEN] = "x10",
	[SLIP_THOUSAND] = "x1000",
	[SLIP_TWO_CELLS] = "two_cells",
	[SLIP_COLUMNS] = "columns",
	[SLIP_TWO_ROWS] = "two_rows",
	[SLIP_ROWS] = "rows",
};

/* A report under trial. */
struct bench_report {
	struct ctx *ctx;
	const struct form_version *version;
	const struct past *past;
	const struct cells *honest;
	const struct expected *expected;
	size_t expected_count;
	bool *may_slip; /* typed, a value, and something is known before */
};

static struct cells
copy_of(const struct bench_report *r)
{
	struct cells copy = { 0 };

	cells_init(&copy, r->ctx->arena, r->honest->count);
	memcpy(copy.values, r->honest->values,
	    copy.count * sizeof(*copy.values));
	memcpy(copy.states, r->honest->states, copy.count);
	return copy;
}

static bool
is_known(const struct past *past, size_t cell)
{
	for (size_t i = 0; i < past->count; i++)
		if (past->periods[i] != NULL &&
		    past->periods[i]->states[cell] == CELL_VALUE)
			return true;
	return false;
}

static void
mark_cells(struct bench_report *r)
{
	const struct form_version *v = r->version;

	r->may_slip = ARENA_ARRAY(r->ctx->arena, v->cell_count, bool);
	for (size_t i = 0; i < v->cell_count; i++)
		r->may_slip[i] =
		    r->honest->states[i] == CELL_VALUE && is_known(r->past, i);
	for (size_t i = 0; i < v->rule_count; i++)
		if (v->rules[i].computes)
			r->may_slip[v->rules[i].target] = false;
}

/* ---- found? --------------------------------------------------------------- */

static bool
is_far(const struct bench_report *r, const struct cells *cells)
{
	for (size_t i = 0; i < r->expected_count; i++)
		if (plausible_judge(r->version, &r->expected[i], cells)
			.verdict == RULE_BROKEN)
			return true;
	return false;
}

static bool
is_broken(const struct bench_report *r, const struct cells *cells)
{
	struct finding *findings = NULL;
	size_t count = 0;

	rules_judge(r->ctx, r->version, cells,
	    r->past->count > 0 ? r->past->periods[0] : NULL, &findings, &count);
	for (size_t i = 0; i < count; i++)
		if (findings[i].verdict == RULE_BROKEN)
			return true;
	return false;
}

/* What is counted is counted anew. */
static void
recount(const struct bench_report *r, struct cells *cells)
{
	for (size_t i = 0; i < r->version->rule_count; i++)
		if (r->version->rules[i].computes)
			cells->states[r->version->rules[i].target] =
			    CELL_MISSING;
	rules_fill(r->version, cells);
}

/* ---- slips ---------------------------------------------------------------- */

static bool
counts(const struct bench_report *r, const struct cells *cells)
{
	for (size_t i = 0; i < cells->count; i++) {
		const int64_t a = r->honest->values[i];
		const int64_t b = cells->values[i];
		const int64_t large = a > b ? a : b;
		const int64_t small = a > b ? b : a;
		int64_t least = LEAST;

		for (int s = 0; s < form_column_at(r->version, i)->scale; s++)
			least *= 10;
		if (r->may_slip[i] && small >= 0 && large >= least &&
		    large / TIMES >= small && a != b)
			return true;
	}
	return false;
}

static void
swap(struct cells *cells, size_t a, size_t b)
{
	const int64_t value = cells->values[a];
	const uint8_t state = cells->states[a];

	cells->values[a] = cells->values[b];
	cells->states[a] = cells->states[b];
	cells->values[b] = value;
	cells->states[b] = state;
}

/* One of the cells that may slip, from somewhere on. */
static size_t
some_cell(const struct bench_report *r, struct random *dice)
{
	const size_t count = r->version->cell_count;
	const size_t from = (size_t)random_below(dice, count);

	for (size_t i = 0; i < count; i++)
		if (r->may_slip[(from + i) % count])
			return (from + i) % count;
	return from;
}

static void
swap_columns(const struct bench_report *r, struct random *dice,
    struct cells *cells)
{
	const size_t columns = r->version->column_count;
	const size_t a = some_cell(r, dice) % columns;
	const size_t b = some_cell(r, dice) % columns;

	for (size_t at = 0; at < cells->count; at += columns)
		swap(cells, at + a, at + b);
}

/* A row and the next one that has figures. */
static void
swap_rows(const struct bench_report *r, struct random *dice,
    struct cells *cells)
{
	const size_t columns = r->version->column_count;
	const size_t first = some_cell(r, dice) / columns;
	size_t next = first + 1;

	while (next < r->version->row_count && !r->may_slip[next * columns] &&
	       !r->may_slip[next * columns + columns - 1])
		next++;
	if (next < r->version->row_count)
		for (size_t c = 0; c < columns; c++)
			swap(cells, first * columns + c, next * columns + c);
}

static void
shift_rows(const struct bench_report *r, struct cells *cells)
{
	const size_t columns = r->version->column_count;

	for (size_t at = cells->count - columns; at > 0; at -= columns)
		for (size_t c = 0; c < columns; c++)
			if (r->may_slip[at + c] &&
			    r->may_slip[at - columns + c])
				swap(cells, at + c, at - columns + c);
}

static struct cells
slip(const struct bench_report *r, struct random *dice, enum slip_kind kind)
{
	const size_t columns = r->version->column_count;
	struct cells cells = copy_of(r);
	const size_t at = some_cell(r, dice);
	const size_t row = at - at % columns;
	const size_t other = row + (size_t)random_below(dice, columns);

	switch (kind) {
	case SLIP_TEN:
		cells.values[at] *= 10;
		break;
	case SLIP_THOUSAND:
		cells.values[at] *= 1000;
		break;
	case SLIP_TWO_CELLS:
		if (r->may_slip[other])
			swap(&cells, at, other);
		break;
	case SLIP_COLUMNS:
		swap_columns(r, dice, &cells);
		break;
	case SLIP_TWO_ROWS:
		swap_rows(r, dice, &cells);
		break;
	case SLIP_ROWS:
	case SLIP_KINDS:
		shift_rows(r, &cells);
		break;
	}
	return cells;
}

/* Dice may hit a slip that does not count; so many times they are cast. */
#define CASTS 20

static void
try_slip(const struct bench_report *r, struct trial *trial, enum slip_kind kind)
{
	for (int cast = 0; cast < CASTS; cast++) {
		struct cells cells = slip(r, &trial->dice, kind);
		bool alone = false;

		if (!counts(r, &cells))
			continue;
		recount(r, &cells);
		alone = is_far(r, &cells);
		trial->slips[kind].made++;
		trial->slips[kind].alone += alone;
		trial->slips[kind].found += alone || is_broken(r, &cells);
		return;
	}
}

void
trial_report(struct ctx *ctx, struct trial *trial, const struct cells *honest,
    const struct past *past)
{
	struct bench_report r = { .ctx = ctx,
		.version = trial->version,
		.past = past,
		.honest = honest };

	r.expected_count =
	    plausible_expect(ctx->arena, trial->version, past, &r.expected);
	if (r.expected_count == 0) {
		trial->unjudged++;
		return;
	}
	mark_cells(&r);
	trial->honest++;
	if (is_far(&r, honest)) {
		trial->flagged++;
		return;
	}
	for (int kind = 0; kind < SLIP_KINDS; kind++)
		try_slip(&r, trial, (enum slip_kind)kind);
}

void
trial_print(const struct trial *trial)
{
	printf("{\"honest\":%" PRId64 ",\"flagged\":%" PRId64
	       ",\"unjudged\":%" PRId64 ",\"slips\":{",
	    trial->honest, trial->flagged, trial->unjudged);
	for (int kind = 0; kind < SLIP_KINDS; kind++)
		printf("%s\"%s\":{\"made\":%" PRId64 ",\"alone\":%" PRId64
		       ",\"found\":%" PRId64 "}",
		    kind == 0 ? "" : ",", names[kind], trial->slips[kind].made,
		    trial->slips[kind].alone, trial->slips[kind].found);
	puts("}}");
}
