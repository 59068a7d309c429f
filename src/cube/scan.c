#include "cube/answer.h"

#include <assert.h>
#include <string.h>

#include "core/arena.h"

/*
 * The long way (answer.h).  Every slot is placed in the question's structure by
 * the directory, and what it says goes into the asked rows on the way up.
 */
struct scan {
	struct ctx *ctx;
	const struct answer_plan *plan;
	const struct cube_question *question;
	const struct structure *own; /* of the period's last day */
	struct grid *grid;
	int32_t *row_of; /* per unit: first row + 1 */
	int32_t *twin;   /* per row: the next one of the same unit + 1 */
	/* rows met by the last walk */
	size_t *met;
	size_t met_count;
	bool met_top;
};

/*
 * The rows of units from one up to, but not including, another (-1: all the
 * way); the total's row apart.
 */
static void
walk(struct scan *scan, int from, int stop)
{
	scan->met_count = 0;
	scan->met_top = false;
	for (int u = from; u >= 0 && u != stop;
	     u = structure_parent(scan->question->structure, u)) {
		for (int32_t r = scan->row_of[u]; r != 0; r = scan->twin[r - 1])
			scan->met[scan->met_count++] = (size_t)r - 1;
		if (u == scan->plan->top)
			scan->met_top = true;
	}
}

static const struct placement *
place(const struct scan *scan, const struct unit *unit)
{
	static const struct placement nowhere = { false, -1, NULL, 0 };

	if (unit == NULL)
		return &nowhere;
	return structure_place(scan->question->structure, unit->number);
}

/* The row beside the units' for what is above them. */
static size_t
rest_row(const struct scan *scan, bool whole)
{
	return whole ? grid_other(scan->plan) : grid_unallocated(scan->plan);
}

/* All rows that hold the place of the last walk entirely. */
static size_t
holders(struct scan *scan, bool whole)
{
	size_t n = scan->met_count;

	if (n == 0 && scan->met_top && scan->plan->rest)
		scan->met[n++] = rest_row(scan, whole);
	if (scan->met_top)
		scan->met[n++] = grid_total(scan->plan);
	return n;
}

/* Floor division: the share of one heir, and how many get one more. */
static i128
split(int64_t value, size_t heirs, size_t *ret_more)
{
	const int64_t n = (int64_t)heirs;
	int64_t share = value / n;
	int64_t more = value % n;

	if (more < 0) {
		more += n;
		share--;
	}
	*ret_more = (size_t)more;
	return share;
}

/* Who comes first when the remainder is given out: by unit id. */
static size_t
heir_rank(const struct scan *scan, const struct placement *p, size_t heir)
{
	const struct directory *dir = scan->question->dir;
	const int64_t id = directory_at(dir, p->heirs[heir])->id;
	size_t rank = 0;

	for (size_t i = 0; i < p->heir_count; i++)
		rank += directory_at(dir, p->heirs[i])->id < id;
	return rank;
}

static bool
is_spread(const struct scan *scan, const struct slab *slab,
    const struct leaf *leaf, size_t j)
{
	return scan->plan->how[j] == AGG_SUM &&
	       leaf_states(slab, leaf)[scan->plan->cells[j]] == CELL_VALUE;
}

/*
 * Give each heir its share of the sums.  The rows at or above the place have
 * the whole already (held: one of them is beside the rest).
 */
static void
spread(struct scan *scan, const struct slab *slab, const struct leaf *leaf,
    const struct placement *p, bool held, bool under_top)
{
	struct grid *grid = scan->grid;

	for (size_t h = 0; h < p->heir_count; h++) {
		const size_t rank = heir_rank(scan, p, h);
		bool top = false;
		size_t n = 0;

		walk(scan, p->heirs[h], p->at);
		n = scan->met_count;
		top = scan->met_top;
		if (n == 0 && !held && (top || under_top) && scan->plan->rest)
			scan->met[n++] = grid_other(scan->plan);
		if (top)
			scan->met[n++] = grid_total(scan->plan);
		for (size_t j = 0; n > 0 && j < grid->cells; j++) {
			size_t more = 0;
			i128 share = 0;

			if (!is_spread(scan, slab, leaf, j))
				continue;
			share = split(leaf_value(leaf,
					  (size_t)scan->plan->cells[j]),
			    p->heir_count, &more);
			share += rank < more;
			for (size_t k = 0; k < n; k++) {
				const size_t at =
				    scan->met[k] * grid->cells + j;

				grid->totals[at] += share;
				grid->marks[at] = 1;
			}
		}
	}
}

/* One report that counts. */
static void
add_report(struct scan *scan, const struct slab *slab, const struct leaf *leaf,
    const struct placement *p)
{
	const struct answer_plan *plan = scan->plan;
	const bool spreads =
	    scan->question->apportion && !p->whole && p->heir_count > 0;
	bool held = false;
	bool under_top = false;
	size_t n = 0;

	walk(scan, p->at, -1);
	held = scan->met_count > 0;
	under_top = scan->met_top;
	n = holders(scan, p->whole);
	for (size_t k = 0; k < n; k++) {
		const size_t row = scan->met[k];
		const bool partly =
		    spreads && plan->rest && row == grid_unallocated(plan);

		if (!partly) {
			grid_add(scan->grid, row, plan, slab, leaf);
			continue;
		}
		for (size_t j = 0; j < plan->cell_count; j++)
			if (!is_spread(scan, slab, leaf, j))
				grid_add_cell(scan->grid, row, j, plan, slab,
				    leaf);
	}
	if (spreads)
		spread(scan, slab, leaf, p, held, under_top);
}

/* Where a unit without a place is counted: unallocated at the root. */
static void
walk_from(struct scan *scan, const struct placement *p)
{
	const int root = structure_root(scan->question->structure);

	walk(scan, p->at < 0 ? root : p->at, -1);
}

static void
add_slot(struct scan *scan, const struct slab *slab, int32_t slot,
    int64_t index)
{
	const struct cube_question *q = scan->question;
	const struct unit *unit =
	    directory_unit(q->dir, slab_slot(slab, slot)->unit);
	struct placement p = *place(scan, unit);
	const int32_t leaf = slab_counts(slab, slot, q->basis, index);
	const int64_t changed = slab_changed(slab, slot, index);
	day deadline = 0;
	size_t n = 0;

	if (changed < 0)
		return;
	if (p.at < 0)
		p.at = structure_root(q->structure);
	walk_from(scan, &p);
	n = holders(scan, p.whole);
	for (size_t k = 0; k < n; k++)
		if (changed > scan->grid->changed[scan->met[k]])
			scan->grid->changed[scan->met[k]] = changed;
	if (leaf == SLAB_NONE)
		return;
	if (unit != NULL && regime_owes(q->version->form, scan->own, q->dir,
				unit->number, &q->period, &deadline)) {
		const bool late = slab_late(slab, slot, deadline);

		for (size_t k = 0; k < n; k++) {
			scan->grid->rows[scan->met[k]].reported++;
			scan->grid->rows[scan->met[k]].late += late;
		}
	}
	add_report(scan, slab, slab_leaf(slab, leaf), &p);
}

static void
count_expected(struct scan *scan)
{
	const struct cube_question *q = scan->question;
	size_t alive = 0;
	const int *list = structure_units(scan->own, &alive);

	for (size_t i = 0; i < alive; i++) {
		const struct placement *p = NULL;
		day deadline = 0;
		size_t n = 0;

		if (!regime_owes(q->version->form, scan->own, q->dir, list[i],
			&q->period, &deadline))
			continue;
		p = place(scan, directory_at(q->dir, list[i]));
		walk_from(scan, p);
		n = holders(scan, p->whole);
		for (size_t k = 0; k < n; k++)
			scan->grid->rows[scan->met[k]].expected++;
	}
}

static void
mark_rows(struct scan *scan)
{
	const struct answer_plan *plan = scan->plan;
	const size_t units = directory_count(scan->question->dir);

	scan->row_of = ARENA_ARRAY(scan->ctx->arena, units, int32_t);
	scan->twin = ARENA_ARRAY(scan->ctx->arena, plan->unit_count, int32_t);
	/* A path has at most so many rows, and two beside them. */
	scan->met = ARENA_ARRAY(scan->ctx->arena, plan->unit_count + 2, size_t);
	for (size_t r = 0; r < plan->unit_count; r++) {
		const int unit = plan->units[r];

		scan->twin[r] = scan->row_of[unit];
		scan->row_of[unit] = (int32_t)r + 1;
	}
}

void
scan_answer(struct ctx *ctx, const struct answer_plan *plan, struct slab *slab,
    int64_t index, struct grid *grid)
{
	struct scan scan = { .ctx = ctx,
		.plan = plan,
		.question = plan->question,
		.grid = grid };
	size_t slots = 0;
	size_t closings = 0;

	scan.own =
	    directory_structure(plan->question->dir, plan->question->period.to);
	grid_make(ctx, plan, grid);
	mark_rows(&scan);
	count_expected(&scan);
	if (slab == NULL)
		return;
	pthread_mutex_lock(&slab->lock);
	slots = slab->slots.count;
	closings = slab->closings.count;
	pthread_mutex_unlock(&slab->lock);
	for (int32_t s = 0; s < (int32_t)slots; s++)
		add_slot(&scan, slab, s, index);
	grid_close(ctx, grid, plan, slab, closings, index);
}
