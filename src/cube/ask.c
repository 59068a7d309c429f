#include <assert.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/home.h"
#include "cube/answer.h"
#include "cube/slab.h"
#include "cube/view.h"
#include "ledger/ledger.h"

/*
 * Answering.  The short way copies the totals of units with children out of
 * views, under the locks of all slabs asked at once, which fixes the ledger
 * index; units without children, other and unallocated are then summed from the
 * leaves as of that index, without a lock.  What views do not hold (the past,
 * least, greatest, last, apportioning) goes the long way (scan.c).
 */

#define ATTEMPTS_MAX 4

struct part {
	struct answer_plan plan;
	struct slab *slab; /* NULL: nobody reported */
	struct view *view; /* pinned, NULL if not used */
	struct grid grid;
	size_t closings;
};

struct asking {
	struct ctx *ctx;
	struct cube *cube;
	struct part *parts;
	size_t count;
	struct slab **slabs; /* of the parts, each once, in locking order */
	size_t slab_count;
};

static struct view_frame
frame_of(const struct cube_question *question)
{
	return (struct view_frame){ question->version->form, &question->period,
		question->dir, question->structure, question->basis };
}

/* Needs the lock. */
static struct view *
find_view(struct slab *slab, const struct view_frame *frame)
{
	for (size_t i = 0; i < SLAB_VIEWS_MAX; i++) {
		struct view *view = slab->views[i];

		if (view != NULL && view_is_for(view, frame)) {
			view->used = atomic_fetch_add(&slab->cube->clock, 1);
			view->pins++;
			return view;
		}
	}
	return NULL;
}

/* A free place, or that of the view not used for longest.  Needs the lock. */
static size_t
free_place(struct slab *slab)
{
	size_t oldest = 0;

	for (size_t i = 0; i < SLAB_VIEWS_MAX; i++) {
		if (slab->views[i] == NULL)
			return i;
		if (slab->views[i]->used < slab->views[oldest]->used)
			oldest = i;
	}
	slab_drop_view(slab, oldest);
	return oldest;
}

/* Build without the lock, then bring in what came meanwhile under it. */
static struct view *
make_view(struct slab *slab, const struct view_frame *frame)
{
	struct view *view = NULL;
	struct view *other = NULL;
	size_t slots = 0;
	size_t changes = 0;

	pthread_mutex_lock(&slab->lock);
	slots = slab->slots.count;
	changes = slab->changes.count;
	pthread_mutex_unlock(&slab->lock);
	view = view_build(slab, frame, slots);

	pthread_mutex_lock(&slab->lock);
	other = find_view(slab, frame);
	if (other == NULL) {
		(void)view_extend(view, slab, frame);
		for (size_t i = changes; i < slab->changes.count; i++)
			view_sync(view, slab,
			    *(const int32_t *)pile_at(&slab->changes,
				(int32_t)i));
		slab->views[free_place(slab)] = view;
		view->used = atomic_fetch_add(&slab->cube->clock, 1);
		view->pins = 1;
		atomic_fetch_add(&slab->cube->view_bytes, view->bytes);
		atomic_fetch_add(&slab->cube->view_count, 1);
	}
	pthread_mutex_unlock(&slab->lock);
	if (other == NULL)
		return view;
	view_free(view);
	return other;
}

/* NULL: there is no room for another. */
static struct view *
pin_view(struct slab *slab, const struct view_frame *frame)
{
	struct view *view = NULL;

	pthread_mutex_lock(&slab->lock);
	view = find_view(slab, frame);
	pthread_mutex_unlock(&slab->lock);
	if (view != NULL)
		return view;
	if (!cube_trim_views(slab->cube, 1))
		return NULL;
	return make_view(slab, frame);
}

static void
unpin_views(struct asking *asking)
{
	for (size_t i = 0; i < asking->count; i++) {
		struct part *part = &asking->parts[i];
		struct view *view = part->view;
		bool last = false;

		if (view == NULL)
			continue;
		pthread_mutex_lock(&part->slab->lock);
		view->pins--;
		last = view->dead && view->pins == 0;
		pthread_mutex_unlock(&part->slab->lock);
		if (last)
			cube_free_view(asking->cube, view);
		part->view = NULL;
	}
	(void)cube_trim_views(asking->cube, 0);
}

static void
lock_all(struct asking *asking)
{
	for (size_t i = 0; i < asking->slab_count; i++)
		pthread_mutex_lock(&asking->slabs[i]->lock);
}

static void
unlock_all(struct asking *asking)
{
	for (size_t i = 0; i < asking->slab_count; i++)
		pthread_mutex_unlock(&asking->slabs[i]->lock);
}

/* A row of the view.  Needs the lock. */
static void
copy_row(struct part *part, size_t r, int32_t row)
{
	const struct view *view = part->view;
	const struct view_row *from = &view->rows[row];
	const size_t a = (size_t)row * view->cells;
	struct grid *grid = &part->grid;
	const size_t b = r * grid->cells;

	grid->rows[r].expected = from->expected;
	grid->rows[r].reported = from->reported;
	grid->rows[r].late = from->late;
	grid->changed[r] = from->changed;
	for (size_t j = 0; j < grid->cells; j++) {
		const size_t cell = a + (size_t)part->plan.cells[j];

		grid->totals[b + j] = view->totals[cell];
		grid->values[b + j] = view->values[cell];
		grid->nones[b + j] = view->nones[cell];
		grid->withhelds[b + j] = view->withhelds[cell];
	}
}

static void
copy_rows(struct part *part)
{
	for (size_t r = 0; r < part->grid.count; r++) {
		const int unit = part->grid.rows[r].unit;

		if (unit >= 0 && part->view->row_of[unit] >= 0)
			copy_row(part, r, part->view->row_of[unit]);
	}
	part->closings = part->slab->closings.count;
}

/* What belongs to one unit itself, into a row: all of it, or a kind. */
struct own_kinds {
	bool whole;
	bool split;
};

static void
add_own(struct part *part, size_t r, int unit, struct own_kinds want,
    int64_t index)
{
	const struct view *view = part->view;
	const struct slab *slab = part->slab;
	struct cube_row *row = &part->grid.rows[r];
	int32_t next =
	    atomic_load_explicit(&view->first[unit], memory_order_acquire);

	row->expected += want.whole ? view->owed_whole[unit] : 0;
	row->expected += want.split ? view->owed_split[unit] : 0;
	while (next != 0) {
		const int32_t slot = next - 1;
		const struct view_place *place = view_place(view, slot);
		const int32_t leaf =
		    slab_counts(slab, slot, view->basis, index);
		const int64_t changed = slab_changed(slab, slot, index);

		next = atomic_load_explicit(&place->next, memory_order_relaxed);
		if (place->whole ? !want.whole : !want.split)
			continue;
		if (changed > part->grid.changed[r])
			part->grid.changed[r] = changed;
		if (leaf == SLAB_NONE)
			continue;
		if (place->owed) {
			row->reported++;
			row->late += slab_late(slab, slot, place->deadline);
		}
		grid_add(&part->grid, r, &part->plan, slab,
		    slab_leaf(slab, leaf));
	}
}

/* The rows that are no rows of the view. */
static void
add_rows(struct ctx *ctx, struct part *part, int64_t index)
{
	static const struct own_kinds all = { true, true };
	static const struct own_kinds whole = { true, false };
	static const struct own_kinds split = { false, true };
	const struct answer_plan *plan = &part->plan;

	for (size_t r = 0; r < part->grid.count; r++) {
		const int unit = part->grid.rows[r].unit;

		if (unit >= 0 && part->view->row_of[unit] < 0)
			add_own(part, r, unit, all, index);
	}
	for (size_t i = 0; plan->rest && i < plan->above_count; i++) {
		add_own(part, grid_other(plan), plan->above[i], whole, index);
		add_own(part, grid_unallocated(plan), plan->above[i], split,
		    index);
	}
	grid_close(ctx, &part->grid, plan, part->slab, part->closings, index);
}

/*
 * The ledger size that all of the answer is as of.  before is the ledger's
 * size as read earlier: if nothing is under way between the ledger and the
 * cube, the entries from published up to it are none of ours, and it counts as
 * published, so that later answers do not go back.
 */
static int64_t
answered_index(struct cube *cube, int64_t before)
{
	if (atomic_load(&cube->staged) == 0)
		cube_reach(cube, before);
	return atomic_load_explicit(&cube->published, memory_order_acquire);
}

static int64_t
ledger_now(const struct ctx *ctx)
{
	return ctx->home->ledger == NULL ? 0 : ledger_size(ctx->home->ledger);
}

/* Can views answer at all? */
static bool
is_short(const struct asking *asking)
{
	for (size_t i = 0; i < asking->count; i++) {
		const struct part *part = &asking->parts[i];

		if (part->slab == NULL || !part->plan.sums ||
		    part->plan.question->apportion)
			return false;
	}
	return true;
}

/* All views of a question, or none for want of room. */
static bool
pin_views(struct asking *asking)
{
	for (size_t i = 0; i < asking->count; i++) {
		struct part *part = &asking->parts[i];
		const struct view_frame frame = frame_of(part->plan.question);

		part->view = pin_view(part->slab, &frame);
		if (part->view == NULL) {
			unpin_views(asking);
			return false;
		}
	}
	return true;
}

/* One attempt under the locks, of pinned views; false if one was dropped
 * meanwhile or has gone past the index asked for. */
static bool
try_views(struct asking *asking, int64_t asked, int64_t *ret_index)
{
	const int64_t before = ledger_now(asking->ctx);
	bool good = true;

	for (size_t i = 0; i < asking->count; i++)
		grid_make(asking->ctx, &asking->parts[i].plan,
		    &asking->parts[i].grid);
	lock_all(asking);
	for (size_t i = 0; i < asking->count; i++) {
		const struct part *part = &asking->parts[i];

		good =
		    good && !part->view->dead && part->slab->last_index < asked;
	}
	for (size_t i = 0; good && i < asking->count; i++)
		copy_rows(&asking->parts[i]);
	*ret_index = answered_index(asking->cube, before);
	unlock_all(asking);
	if (asked < *ret_index)
		*ret_index = asked;
	for (size_t i = 0; good && i < asking->count; i++)
		add_rows(asking->ctx, &asking->parts[i], *ret_index);
	unpin_views(asking);
	return good;
}

/* Is a past index later than all the slabs' events?  A hint: try_views checks
 * it again. */
static bool
is_current(struct asking *asking, int64_t asked)
{
	bool current = true;

	lock_all(asking);
	for (size_t i = 0; i < asking->slab_count; i++)
		current = current && asking->slabs[i]->last_index < asked;
	unlock_all(asking);
	return current;
}

/* Those of the parts that have one by now. */
static void
find_slabs(struct asking *asking)
{
	for (size_t i = 0; i < asking->count; i++) {
		struct part *part = &asking->parts[i];
		const struct cube_question *question = part->plan.question;

		if (part->slab == NULL)
			part->slab = slab_of(asking->cube, question->version,
			    &question->period, false);
	}
}

static int64_t
answer_all(struct asking *asking, int64_t asked)
{
	int64_t index = 0;
	int64_t before = 0;

	if (is_short(asking) && is_current(asking, asked))
		for (int i = 0; i < ATTEMPTS_MAX && pin_views(asking); i++)
			if (try_views(asking, asked, &index))
				return index;
	before = ledger_now(asking->ctx);
	index = answered_index(asking->cube, before);
	if (asked < index)
		index = asked;
	/* Only now: a slab that was not there may have been made by an entry
	 * below this index. */
	find_slabs(asking);
	for (size_t i = 0; i < asking->count; i++) {
		struct part *part = &asking->parts[i];

		scan_answer(asking->ctx, &part->plan, part->slab, index,
		    &part->grid);
	}
	return index;
}

static int
compare_slabs(const void *a, const void *b)
{
	const struct slab *const *x = a;
	const struct slab *const *y = b;

	return ((*x)->serial > (*y)->serial) - ((*x)->serial < (*y)->serial);
}

static void
order_slabs(struct asking *asking)
{
	size_t n = 0;

	asking->slabs =
	    ARENA_ARRAY(asking->ctx->arena, asking->count, struct slab *);
	for (size_t i = 0; i < asking->count; i++)
		if (asking->parts[i].slab != NULL)
			asking->slabs[n++] = asking->parts[i].slab;
	qsort(asking->slabs, n, sizeof(*asking->slabs), compare_slabs);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || asking->slabs[i] != asking->slabs[i - 1])
			asking->slabs[asking->slab_count++] = asking->slabs[i];
}

enum fail
cube_ask_all(struct ctx *ctx, const struct cube_question *questions,
    size_t count, struct cube_answer **ret, int64_t *ret_index)
{
	struct asking asking = { .ctx = ctx,
		.cube = cube_of(ctx->home),
		.count = count };
	struct cube_answer *answers =
	    ARENA_ARRAY(ctx->arena, count, struct cube_answer);

	TRY(fault_step(ctx, "cube.ask"));
	asking.parts = ARENA_ARRAY(ctx->arena, count, struct part);
	for (size_t i = 0; i < count; i++) {
		assert(questions[i].index == questions[0].index);
		answer_plan_make(ctx, &questions[i], &asking.parts[i].plan);
	}
	find_slabs(&asking);
	order_slabs(&asking);
	*ret_index = count == 0 ? 0 : answer_all(&asking, questions[0].index);
	for (size_t i = 0; i < count; i++)
		answers[i] = (struct cube_answer){ asking.parts[i].grid.rows,
			asking.parts[i].grid.count };
	*ret = answers;
	return OK;
}

enum fail
cube_ask(struct ctx *ctx, const struct cube_question *question,
    struct cube_row **ret, size_t *ret_count, int64_t *ret_index)
{
	struct cube_answer *answers = NULL;

	TRY(cube_ask_all(ctx, question, 1, &answers, ret_index));
	*ret = answers[0].rows;
	*ret_count = answers[0].count;
	return OK;
}
