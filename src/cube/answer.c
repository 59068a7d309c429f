#include "cube/answer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

static const int *
all_cells(struct ctx *ctx, size_t count)
{
	int *cells = ARENA_ARRAY(ctx->arena, count, int);

	for (size_t i = 0; i < count; i++)
		cells[i] = (int)i;
	return cells;
}

/* A growing list: a level above the lowest has few units. */
struct numbers {
	int *at;
	size_t count;
	size_t room;
};
#define NUMBERS_FIRST 64

static void
push(struct ctx *ctx, struct numbers *list, int number)
{
	if (list->count == list->room) {
		const size_t room =
		    list->room == 0 ? NUMBERS_FIRST : 2 * list->room;
		int *at = ARENA_ARRAY(ctx->arena, room, int);

		if (list->count > 0)
			memcpy(at, list->at, list->count * sizeof(*at));
		list->at = at;
		list->room = room;
	}
	list->at[list->count++] = number;
}

/*
 * The units of a level, in the order of the tree, and the units that are
 * above or beside them: walk down from the root and stop at the level.
 */
static void
plan_level(struct ctx *ctx, const struct structure *st, int level,
    struct answer_plan *ret)
{
	struct numbers units = { 0 };
	struct numbers above = { 0 };
	struct numbers stack = { 0 };

	push(ctx, &stack, structure_root(st));
	while (stack.count > 0) {
		const int unit = stack.at[--stack.count];
		size_t n = 0;
		const int *children = structure_children(st, unit, &n);

		if (structure_level(st, unit) == level) {
			push(ctx, &units, unit);
			continue;
		}
		push(ctx, &above, unit);
		while (n > 0)
			push(ctx, &stack, children[--n]);
	}
	ret->units = units.at;
	ret->unit_count = units.count;
	ret->above = above.at;
	ret->above_count = above.count;
}

static void
plan_cells(struct ctx *ctx, const struct cube_question *question,
    struct answer_plan *ret)
{
	enum aggregation *how = NULL;

	ret->cells = question->cells;
	ret->cell_count = question->cell_count;
	if (question->cells == NULL) {
		ret->cell_count = question->version->cell_count;
		ret->cells = all_cells(ctx, ret->cell_count);
	}
	how = ARENA_ARRAY(ctx->arena, ret->cell_count, enum aggregation);
	ret->sums = true;
	for (size_t j = 0; j < ret->cell_count; j++) {
		how[j] =
		    form_column_at(question->version, (size_t)ret->cells[j])
			->aggregation;
		ret->sums = ret->sums && how[j] == AGG_SUM;
	}
	ret->how = how;
}

void
answer_plan_make(struct ctx *ctx, const struct cube_question *question,
    struct answer_plan *ret)
{
	const struct structure *st = question->structure;

	memset(ret, 0, sizeof(*ret));
	ret->question = question;
	plan_cells(ctx, question, ret);
	ret->top = structure_root(st);
	assert(ret->top >= 0);
	ret->rest = question->units == NULL;
	if (question->units != NULL) {
		ret->units = question->units;
		ret->unit_count = question->unit_count;
	} else if (question->level >= 0) {
		plan_level(ctx, st, question->level, ret);
	} else {
		int *above = ARENA_NEW(ctx->arena, int);

		*above = question->children_of;
		ret->top = question->children_of;
		ret->above = above;
		ret->above_count = 1;
		ret->units = structure_children(st, ret->top, &ret->unit_count);
	}
}

size_t
grid_other(const struct answer_plan *plan)
{
	return plan->unit_count;
}

size_t
grid_unallocated(const struct answer_plan *plan)
{
	return plan->unit_count + 1;
}

size_t
grid_total(const struct answer_plan *plan)
{
	return plan->unit_count + (plan->rest ? 2 : 0);
}

static bool
takes_last(const struct answer_plan *plan)
{
	for (size_t j = 0; j < plan->cell_count; j++)
		if (plan->how[j] == AGG_LAST)
			return true;
	return false;
}

static void
grid_row(struct grid *grid, size_t r, enum cube_row_kind kind, int unit)
{
	struct cube_row *row = &grid->rows[r];
	const size_t at = r * grid->cells;

	row->kind = kind;
	row->unit = unit;
	row->totals = grid->totals + at;
	row->values = grid->values + at;
	row->nones = grid->nones + at;
	row->withhelds = grid->withhelds + at;
	row->apportioned = grid->marks == NULL ? NULL : grid->marks + at;
	grid->changed[r] = -1;
}

void
grid_make(struct ctx *ctx, const struct answer_plan *plan, struct grid *ret)
{
	const size_t count = grid_total(plan) + 1;
	const size_t room = count * plan->cell_count;

	memset(ret, 0, sizeof(*ret));
	ret->count = count;
	ret->cells = plan->cell_count;
	ret->rows = ARENA_ARRAY(ctx->arena, count, struct cube_row);
	ret->totals = ARENA_ARRAY(ctx->arena, room, i128);
	ret->values = ARENA_ARRAY(ctx->arena, room, uint32_t);
	ret->nones = ARENA_ARRAY(ctx->arena, room, uint32_t);
	ret->withhelds = ARENA_ARRAY(ctx->arena, room, uint32_t);
	ret->changed = ARENA_ARRAY(ctx->arena, count, int64_t);
	if (plan->question->apportion)
		ret->marks = ARENA_ARRAY(ctx->arena, room, uint8_t);
	if (takes_last(plan))
		ret->signed_at = ARENA_ARRAY(ctx->arena, room, int64_t);
	for (size_t i = 0; i < plan->unit_count; i++)
		grid_row(ret, i, ROW_UNIT, plan->units[i]);
	if (plan->rest) {
		grid_row(ret, grid_other(plan), ROW_OTHER, -1);
		grid_row(ret, grid_unallocated(plan), ROW_UNALLOCATED, -1);
	}
	grid_row(ret, count - 1, ROW_TOTAL, plan->top);
}

/* value is the count-th (from 1) that this cell is given. */
static void
combine(struct grid *grid, size_t at, enum aggregation how,
    const struct leaf *leaf, int64_t value)
{
	i128 *const total = &grid->totals[at];
	const bool first = grid->values[at] == 1;

	switch (how) {
	case AGG_SUM:
		*total += value;
		break;
	case AGG_MIN:
		*total = first || value < *total ? value : *total;
		break;
	case AGG_MAX:
		*total = first || value > *total ? value : *total;
		break;
	case AGG_LAST:
		if (first || leaf->index > grid->signed_at[at]) {
			*total = value;
			grid->signed_at[at] = leaf->index;
		}
		break;
	case AGG_NONE:
		*total = first ? value : 0;
		break;
	}
}

void
grid_add_cell(struct grid *grid, size_t row, size_t j,
    const struct answer_plan *plan, const struct slab *slab,
    const struct leaf *leaf)
{
	const size_t at = row * grid->cells + j;
	const int cell = plan->cells[j];

	switch ((enum cell_state)leaf_states(slab, leaf)[cell]) {
	case CELL_VALUE:
		grid->values[at]++;
		combine(grid, at, plan->how[j], leaf,
		    leaf_value(leaf, (size_t)cell));
		break;
	case CELL_NONE:
		grid->nones[at]++;
		break;
	case CELL_WITHHELD:
		grid->withhelds[at]++;
		break;
	case CELL_MISSING:
		break;
	}
}

/*
 * The common case by itself: a past day of the country is millions.  As
 * functions of their own whose arguments do not overlap: so the compiler counts
 * several cells at once and keeps a value in registers (GCC 12 takes it through
 * the stack where they are inlined).
 */
#define ADD_CELLS(name, type) \
	static void __attribute__((noinline)) name(i128 *restrict totals, \
	    uint32_t *restrict values, const int *restrict cells, \
	    size_t count, const type *restrict data) \
	{ \
		for (size_t j = 0; j < count; j++) { \
			totals[j] += data[cells[j]]; \
			values[j]++; \
		} \
	}
ADD_CELLS(add_2_bytes, int16_t)
ADD_CELLS(add_4_bytes, int32_t)
ADD_CELLS(add_8_bytes, int64_t)

static void
add_full(struct grid *grid, size_t at, const struct answer_plan *plan,
    const struct leaf *leaf)
{
	i128 *const totals = grid->totals + at;
	uint32_t *const values = grid->values + at;
	const size_t count = plan->cell_count;
	const void *data = leaf->data;

	switch (leaf->width) {
	case sizeof(int16_t):
		add_2_bytes(totals, values, plan->cells, count, data);
		break;
	case sizeof(int32_t):
		add_4_bytes(totals, values, plan->cells, count, data);
		break;
	default:
		add_8_bytes(totals, values, plan->cells, count, data);
	}
}

void
grid_add(struct grid *grid, size_t row, const struct answer_plan *plan,
    const struct slab *slab, const struct leaf *leaf)
{
	if (plan->sums && leaf->full) {
		add_full(grid, row * grid->cells, plan, leaf);
		return;
	}
	for (size_t j = 0; j < plan->cell_count; j++)
		grid_add_cell(grid, row, j, plan, slab, leaf);
}

struct closed_unit {
	int unit;
	bool reopened;
	int64_t index;
};

static int
compare_closed(const void *a, const void *b)
{
	const struct closed_unit *x = a;
	const struct closed_unit *y = b;

	return (x->unit > y->unit) - (x->unit < y->unit);
}

/* Of a unit's closings and their ends the last counts; they may be in any
 * order. */
static size_t
keep_last(struct closed_unit *closed, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (n > 0 && closed[n - 1].unit == closed[i].unit) {
			if (closed[i].index > closed[n - 1].index)
				closed[n - 1] = closed[i];
			continue;
		}
		closed[n++] = closed[i];
	}
	return n;
}

void
grid_close(struct ctx *ctx, struct grid *grid, const struct answer_plan *plan,
    const struct slab *slab, size_t closing_count, int64_t index)
{
	struct closed_unit *closed =
	    ARENA_ARRAY(ctx->arena, closing_count, struct closed_unit);
	size_t count = 0;

	for (size_t i = 0; i < closing_count; i++) {
		const struct slab_closing *c =
		    pile_at(&slab->closings, (int32_t)i);
		const struct unit *unit = directory_unit(plan->question->dir,
		    slab_slot(slab, c->slot)->unit);

		if (c->index < index && unit != NULL)
			closed[count++] = (struct closed_unit){ unit->number,
				c->reopened, c->index };
	}
	if (count == 0)
		return;
	qsort(closed, count, sizeof(*closed), compare_closed);
	count = keep_last(closed, count);
	for (size_t r = 0; r < grid->count; r++) {
		struct cube_row *row = &grid->rows[r];
		const struct closed_unit key = { .unit = row->unit };
		const struct closed_unit *found = bsearch(&key, closed, count,
		    sizeof(*closed), compare_closed);

		if (row->unit < 0 || found == NULL || found->reopened)
			continue;
		row->closed = true;
		row->restated = grid->changed[r] > found->index;
	}
}

enum cell_state
cube_row_state(const struct cube_row *row, size_t cell)
{
	if (row->values[cell] > 0)
		return CELL_VALUE;
	if (row->apportioned != NULL && row->apportioned[cell] != 0)
		return CELL_VALUE;
	if (row->withhelds[cell] > 0)
		return CELL_WITHHELD;
	return row->nones[cell] > 0 ? CELL_NONE : CELL_MISSING;
}
