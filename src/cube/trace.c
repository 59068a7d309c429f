#include <assert.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/home.h"
#include "cube/answer.h"
#include "cube/slab.h"

/*
 * From a total down to the reports it rests on.
 */
struct tracing {
	const struct cube_question *question;
	const struct slab *slab;
	enum cube_row_kind kind;
	int top;           /* unit of a row of kind unit or total */
	const bool *above; /* per unit: it is above the rows */
	const int *cells;
	size_t cell_count;
};

static i128
size_of(const struct cube_part *part)
{
	if (part->state != CELL_VALUE)
		return -1;
	return part->amount < 0 ? -part->amount : part->amount;
}

static int
compare_parts(const void *a, const void *b)
{
	const struct cube_part *x = a;
	const struct cube_part *y = b;
	const i128 p = size_of(x);
	const i128 q = size_of(y);

	if (p != q)
		return p < q ? 1 : -1;
	return (x->index > y->index) - (x->index < y->index);
}

/* Does what is at a place belong to the row? */
static bool
belongs(const struct tracing *tracing, int at, bool whole)
{
	switch (tracing->kind) {
	case ROW_UNIT:
	case ROW_TOTAL:
		return structure_below(tracing->question->structure,
		    tracing->top, at);
	case ROW_OTHER:
		return whole && tracing->above[at];
	case ROW_UNALLOCATED:
		return !whole && tracing->above[at];
	}
	return false;
}

/* One cell more of the report, which is of the same column as the others. */
static void
take_cell(struct cube_part *part, enum aggregation how, enum cell_state state,
    int64_t value)
{
	const bool first = part->values == 0;

	if (state != CELL_VALUE) {
		/* In the order of what is told: withheld before none. */
		if (first && state > part->state)
			part->state = state;
		return;
	}
	part->state = CELL_VALUE;
	part->values++;
	switch (how) {
	case AGG_SUM:
		part->amount += value;
		break;
	case AGG_MIN:
		if (first || value < part->amount)
			part->amount = value;
		break;
	case AGG_MAX:
		if (first || value > part->amount)
			part->amount = value;
		break;
	case AGG_LAST:
	case AGG_NONE:
		part->amount = first ? value : 0;
		break;
	}
}

/* False if the slot has no part in the row. */
static bool
trace_slot(const struct tracing *tracing, int32_t slot, int64_t index,
    struct cube_part *ret)
{
	const struct cube_question *q = tracing->question;
	const struct slab *slab = tracing->slab;
	const struct unit *unit =
	    directory_unit(q->dir, slab_slot(slab, slot)->unit);
	const int32_t i = slab_counts(slab, slot, q->basis, index);
	int at = structure_root(q->structure);
	bool whole = false;
	const struct leaf *leaf = NULL;

	if (i == SLAB_NONE || unit == NULL)
		return false;
	if (structure_place(q->structure, unit->number)->at >= 0) {
		at = structure_place(q->structure, unit->number)->at;
		whole = structure_place(q->structure, unit->number)->whole;
	}
	if (!belongs(tracing, at, whole))
		return false;
	leaf = slab_leaf(slab, i);
	*ret = (struct cube_part){ .unit = unit->number,
		.report = leaf->report,
		.version = leaf->version,
		.index = leaf->index,
		.whole = whole };
	for (size_t c = 0; c < tracing->cell_count; c++) {
		const size_t cell = (size_t)tracing->cells[c];

		take_cell(ret, form_column_at(q->version, cell)->aggregation,
		    (enum cell_state)leaf_states(slab, leaf)[cell],
		    leaf_value(leaf, cell));
	}
	return ret->state != CELL_MISSING;
}

static const bool *
mark_above(struct ctx *ctx, const struct answer_plan *plan)
{
	bool *above =
	    ARENA_ARRAY(ctx->arena, directory_count(plan->question->dir), bool);

	for (size_t i = 0; i < plan->above_count; i++)
		above[plan->above[i]] = true;
	return above;
}

enum fail
cube_trace(struct ctx *ctx, const struct cube_question *question, int row_unit,
    enum cube_row_kind kind, const int *cells, size_t cell_count, size_t limit,
    struct cube_part **ret, size_t *ret_count, size_t *ret_total)
{
	struct cube *cube = cube_of(ctx->home);
	/* Before the slab is looked for, which an entry below may have made. */
	const int64_t published =
	    atomic_load_explicit(&cube->published, memory_order_acquire);
	struct slab *slab =
	    slab_of(cube, question->version, &question->period, false);
	const int64_t index =
	    question->index < published ? question->index : published;
	struct tracing tracing = { question, slab, kind, row_unit, NULL, cells,
		cell_count };
	struct cube_part *parts = NULL;
	struct answer_plan plan = { 0 };
	size_t slots = 0;
	size_t count = 0;

	TRY(fault_step(ctx, "cube.trace"));
	answer_plan_make(ctx, question, &plan);
	tracing.above = mark_above(ctx, &plan);
	if (slab != NULL) {
		pthread_mutex_lock(&slab->lock);
		slots = slab->slots.count;
		pthread_mutex_unlock(&slab->lock);
	}
	parts = ARENA_ARRAY(ctx->arena, slots + 1, struct cube_part);
	for (int32_t s = 0; s < (int32_t)slots; s++)
		count += trace_slot(&tracing, s, index, &parts[count]);
	qsort(parts, count, sizeof(*parts), compare_parts);
	*ret = parts;
	*ret_count = count < limit ? count : limit;
	*ret_total = count;
	return OK;
}
