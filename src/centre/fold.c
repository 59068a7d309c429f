#include "centre/fold.h"

#include <inttypes.h>
#include <string.h>

#include "centre/fold_read.h"
#include "centre/question.h"
#include "centre/render.h"
#include "core/arena.h"
#include "core/home.h"

/*
 * Plain adding up: for every row, every unit, every cell.  Meant to be read and
 * believed, not to be fast.
 */
struct numbers { /* of one row, per cell */
	i128 *totals;
	uint32_t *values;
	uint32_t *nones;
	uint32_t *withhelds;
	uint8_t *marks;
};

struct adding {
	struct ctx *ctx;
	const struct cube_question *q;
	const int *cells;
	size_t cell_count;
	struct cube_row *rows;
	struct numbers *numbers; /* behind the rows' const pointers */
	size_t row_count;
	int64_t *changed; /* per row */
	int *path;        /* per unit: the walk it was last met on */
	int walk;
};

static void
add_row(struct adding *adding, enum cube_row_kind kind, int unit)
{
	struct cube_row *row = &adding->rows[adding->row_count];
	struct numbers *numbers = &adding->numbers[adding->row_count];
	struct arena *arena = adding->ctx->arena;
	const size_t n = adding->cell_count;

	numbers->totals = ARENA_ARRAY(arena, n, i128);
	numbers->values = ARENA_ARRAY(arena, n, uint32_t);
	numbers->nones = ARENA_ARRAY(arena, n, uint32_t);
	numbers->withhelds = ARENA_ARRAY(arena, n, uint32_t);
	numbers->marks =
	    adding->q->apportion ? ARENA_ARRAY(arena, n, uint8_t) : NULL;
	*row = (struct cube_row){ .kind = kind,
		.unit = unit,
		.totals = numbers->totals,
		.values = numbers->values,
		.nones = numbers->nones,
		.withhelds = numbers->withhelds,
		.apportioned = numbers->marks };
	adding->changed[adding->row_count++] = -1;
}

/* Depth first: units of a level are never under each other. */
static void
add_level(struct adding *adding, int unit, int depth)
{
	const struct structure *st = adding->q->structure;
	size_t count = 0;
	const int *children = structure_children(st, unit, &count);

	if (structure_level(st, unit) == adding->q->level) {
		add_row(adding, ROW_UNIT, unit);
		return;
	}
	for (size_t i = 0; depth > 0 && i < count; i++)
		add_level(adding, children[i], depth - 1);
}

static int
top_of(const struct cube_question *q)
{
	return q->units == NULL && q->level < 0 ? q->children_of
						: structure_root(q->structure);
}

static void
make_rows(struct adding *adding)
{
	const struct cube_question *q = adding->q;
	size_t alive = 0;
	size_t count = 0;
	const int *children = NULL;
	size_t room = q->unit_count + 3;

	structure_units(q->structure, &alive);
	room += alive;
	adding->rows = ARENA_ARRAY(adding->ctx->arena, room, struct cube_row);
	adding->numbers = ARENA_ARRAY(adding->ctx->arena, room, struct numbers);
	adding->changed = ARENA_ARRAY(adding->ctx->arena, room, int64_t);
	adding->path =
	    ARENA_ARRAY(adding->ctx->arena, directory_count(q->dir), int);
	if (q->units != NULL) {
		for (size_t i = 0; i < q->unit_count; i++)
			add_row(adding, ROW_UNIT, q->units[i]);
	} else if (q->level >= 0) {
		add_level(adding, top_of(q), LEVEL_COMMUNE + 1);
	} else {
		children =
		    structure_children(q->structure, q->children_of, &count);
		for (size_t i = 0; i < count; i++)
			add_row(adding, ROW_UNIT, children[i]);
	}
	if (q->units == NULL) {
		add_row(adding, ROW_OTHER, -1);
		add_row(adding, ROW_UNALLOCATED, -1);
	}
	add_row(adding, ROW_TOTAL, top_of(q));
}

/* Mark the units from here to the root; says if a row of its own is among
 * them. */
static bool
walk_up(struct adding *adding, int from)
{
	bool met = false;

	adding->walk++;
	for (int u = from; u >= 0;
	     u = structure_parent(adding->q->structure, u))
		adding->path[u] = adding->walk;
	for (size_t r = 0; r < adding->row_count; r++)
		if (adding->rows[r].kind == ROW_UNIT &&
		    adding->path[adding->rows[r].unit] == adding->walk)
			met = true;
	return met;
}

/* After walk_up (which set met): does the row hold what is there? */
static bool
holds(const struct adding *adding, const struct cube_row *row, bool whole,
    bool met)
{
	const bool under_top = adding->path[top_of(adding->q)] == adding->walk;

	switch (row->kind) {
	case ROW_UNIT:
	case ROW_TOTAL:
		return adding->path[row->unit] == adding->walk;
	case ROW_OTHER:
		return whole && under_top && !met;
	case ROW_UNALLOCATED:
		return !whole && under_top && !met;
	}
	return false;
}

static enum aggregation
how(const struct adding *adding, size_t j)
{
	return form_column_at(adding->q->version, (size_t)adding->cells[j])
	    ->aggregation;
}

/* Reports come in the order of their signing, so the last one stays. */
static void
add_cell(const struct adding *adding, size_t r, size_t j,
    const struct fold_version *version)
{
	const struct numbers *n = &adding->numbers[r];
	i128 *const total = &n->totals[j];
	const int64_t value = version->values[adding->cells[j]];
	const enum cell_state state = version->states[adding->cells[j]];

	if (state == CELL_NONE)
		n->nones[j]++;
	if (state == CELL_WITHHELD)
		n->withhelds[j]++;
	if (state != CELL_VALUE)
		return;
	n->values[j]++;
	switch (how(adding, j)) {
	case AGG_SUM:
		*total += value;
		break;
	case AGG_LAST:
		*total = value;
		break;
	case AGG_MIN:
		if (n->values[j] == 1 || value < *total)
			*total = value;
		break;
	case AGG_MAX:
		if (n->values[j] == 1 || value > *total)
			*total = value;
		break;
	case AGG_NONE:
		*total = n->values[j] == 1 ? value : 0;
		break;
	}
}

/*
 * The share of one of n heirs: the quotient rounded down, and one more for as
 * many as the remainder says, lowest unit ids first.
 */
static int64_t
share(const struct adding *adding, const struct placement *p, size_t heir,
    int64_t value)
{
	const int64_t n = (int64_t)p->heir_count;
	const int64_t rest = ((value % n) + n) % n;
	const int64_t id = directory_at(adding->q->dir, p->heirs[heir])->id;
	int64_t before = 0;

	for (size_t i = 0; i < p->heir_count; i++)
		if (directory_at(adding->q->dir, p->heirs[i])->id < id)
			before++;
	return value / n - (value % n < 0 ? 1 : 0) + (before < rest ? 1 : 0);
}

static bool
is_spread(const struct adding *adding, const struct placement *p, size_t j,
    const struct fold_version *version)
{
	return adding->q->apportion && !p->whole && p->heir_count > 0 &&
	       how(adding, j) == AGG_SUM &&
	       version->states[adding->cells[j]] == CELL_VALUE;
}

static void
add_version(struct adding *adding, const struct fold_version *version,
    const struct placement *p, int at, bool *held)
{
	const bool met = walk_up(adding, at);

	for (size_t r = 0; r < adding->row_count; r++) {
		const struct cube_row *row = &adding->rows[r];

		held[r] = holds(adding, row, p->whole, met);
		for (size_t j = 0; held[r] && j < adding->cell_count; j++)
			if (row->kind != ROW_UNALLOCATED ||
			    !is_spread(adding, p, j, version))
				add_cell(adding, r, j, version);
	}
	for (size_t h = 0; h < p->heir_count && adding->q->apportion; h++) {
		const bool met_heir = walk_up(adding, p->heirs[h]);

		for (size_t r = 0; r < adding->row_count; r++) {
			const struct cube_row *row = &adding->rows[r];

			if (held[r] || !holds(adding, row, true, met_heir))
				continue;
			for (size_t j = 0; j < adding->cell_count; j++) {
				if (!is_spread(adding, p, j, version))
					continue;
				adding->numbers[r].totals[j] += share(adding, p,
				    h, version->values[adding->cells[j]]);
				adding->numbers[r].marks[j] = 1;
			}
		}
	}
}

static int
place_at(const struct adding *adding, const struct placement *p)
{
	return p->at < 0 ? structure_root(adding->q->structure) : p->at;
}

/* What a unit did since, onto the rows that hold it. */
static void
add_unit(struct adding *adding, const struct fold_unit *u,
    const struct fold_version *counts, const struct unit *unit)
{
	static const struct placement nowhere = { false, -1, NULL, 0 };
	const struct cube_question *q = adding->q;
	const struct structure *own = directory_structure(q->dir, q->period.to);
	const struct placement *p =
	    unit == NULL ? &nowhere
			 : structure_place(q->structure, unit->number);
	const bool met = walk_up(adding, place_at(adding, p));
	day deadline = 0;
	const bool owes =
	    unit != NULL && regime_owes(q->version->form, own, q->dir,
				unit->number, &q->period, &deadline);

	for (size_t r = 0; r < adding->row_count; r++) {
		struct cube_row *row = &adding->rows[r];

		if (!holds(adding, row, p->whole, met))
			continue;
		if (u->changed > adding->changed[r])
			adding->changed[r] = u->changed;
		if (counts == NULL || !owes)
			continue;
		row->reported++;
		if (regime_is_late(deadline, u->first_us))
			row->late++;
	}
}

static void
add_expected(struct adding *adding)
{
	const struct cube_question *q = adding->q;
	const struct structure *own = directory_structure(q->dir, q->period.to);
	size_t alive = 0;
	const int *list = structure_units(own, &alive);

	for (size_t i = 0; i < alive; i++) {
		const struct placement *p =
		    structure_place(q->structure, list[i]);
		day deadline = 0;
		bool met = false;

		if (!regime_owes(q->version->form, own, q->dir, list[i],
			&q->period, &deadline))
			continue;
		met = walk_up(adding, place_at(adding, p));
		for (size_t r = 0; r < adding->row_count; r++)
			if (holds(adding, &adding->rows[r], p->whole, met))
				adding->rows[r].expected++;
	}
}

/* All counting versions, in the order of their signing. */
static void
add_all(struct adding *adding, const struct fold_set *set)
{
	const struct cube_question *q = adding->q;
	bool *held = ARENA_ARRAY(adding->ctx->arena, adding->row_count, bool);

	for (size_t i = 0; i < set->count; i++) {
		const struct fold_unit *u = set->units[i];

		add_unit(adding, u, fold_counts(u, q->basis),
		    directory_unit(q->dir, u->id));
	}
	for (const struct fold_version *v = set->first; v != NULL;
	     v = v->next) {
		const struct unit *unit = directory_unit(q->dir, v->unit->id);
		struct placement p = { false, -1, NULL, 0 };

		if (fold_counts(v->unit, q->basis) != v)
			continue;
		if (unit != NULL)
			p = *structure_place(q->structure, unit->number);
		add_version(adding, v, &p, place_at(adding, &p), held);
	}
	for (size_t r = 0; r < adding->row_count; r++) {
		struct cube_row *row = &adding->rows[r];
		const struct fold_unit *u =
		    row->unit < 0
			? NULL
			: fold_unit(set, directory_at(q->dir, row->unit)->id);

		if (u == NULL || u->closed < 0)
			continue;
		row->closed = true;
		row->restated = adding->changed[r] > u->closed;
	}
}

static struct cube_answer
add_up(struct ctx *ctx, const struct cube_question *q,
    const struct fold_set *set)
{
	struct adding adding = { .ctx = ctx,
		.q = q,
		.cells = q->cells,
		.cell_count = q->cell_count };

	make_rows(&adding);
	add_expected(&adding);
	add_all(&adding, set);
	return (struct cube_answer){ adding.rows, adding.row_count };
}

/* The counterpart of cube_ask_all. */
static enum fail
ask_all(struct ctx *ctx, const struct cube_question *questions, size_t count,
    struct cube_answer **ret, int64_t *ret_index)
{
	struct fold_set *sets = ARENA_ARRAY(ctx->arena, count, struct fold_set);
	struct cube_answer *answers =
	    ARENA_ARRAY(ctx->arena, count, struct cube_answer);
	const int64_t index = count == 0 ? 0 : questions[0].index;

	for (size_t i = 0; i < count; i++)
		fold_set_make(ctx, &sets[i], questions[i].version,
		    &questions[i].period);
	TRY(fold_read(ctx, sets, count, index, ret_index));
	for (size_t i = 0; i < count; i++)
		answers[i] = add_up(ctx, &questions[i], &sets[i]);
	*ret = answers;
	return OK;
}

enum fail
fold_render(struct ctx *ctx, const struct figures_query *query,
    struct text *text)
{
	struct asked asked;
	struct cube_answer *answers = NULL;
	int64_t index = 0;

	TRY(question_read(ctx, query, &asked));
	TRY(ask_all(ctx, question_put(ctx, &asked), asked.period_count,
	    &answers, &index));
	return render_answers(ctx, &asked, answers, index, text);
}
