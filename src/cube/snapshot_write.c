#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/arena.h"
#include "core/file.h"
#include "cube/slab.h"
#include "cube/snapshot.h"
#include "cube/snapshot_form.h"

/* What is durable is published microseconds later, after the same commit. */
#define BEHIND_TRIES 1000
#define BEHIND_NS 1000000

struct numbered {
	int64_t unit;
	int32_t slot;
};

struct writing {
	struct ctx *ctx;
	struct cube *cube;
	struct arena *scratch;  /* for one slab */
	struct file_out *file;  /* NULL: only the sum is wanted */
	snapshot_step_fn *step; /* NULL: nobody asks how far it is */
	void *arg;
	int64_t done; /* of so many slabs */
	int64_t total;
	struct digest_run *sum;
	uint8_t *buffer;
	size_t used;
	int64_t size; /* entries before it are written */
	struct numbered
	    *order; /* a slab's slots as they are ordered in the file */
	size_t order_count;
	int32_t *numbers; /* where each slot is there */
	int32_t *chain;   /* the leaves of a slot, newest first */
	size_t chain_room;
	size_t chain_count;
};

static enum fail
flush(struct writing *w)
{
	const struct bytes piece = { w->buffer, w->used };

	digest_add(w->sum, piece);
	w->used = 0;
	if (w->file != NULL)
		TRY(file_out_add(w->ctx, w->file, piece));
	return w->step == NULL ? OK
			       : w->step(w->ctx, w->arg, w->done, w->total);
}

static enum fail
put(struct writing *w, const void *from, size_t len)
{
	const uint8_t *at = from;

	while (len > 0) {
		const size_t room = SNAPSHOT_BUFFER - w->used;
		const size_t part = len < room ? len : room;

		memcpy(w->buffer + w->used, at, part);
		w->used += part;
		at += part;
		len -= part;
		if (w->used == SNAPSHOT_BUFFER)
			TRY(flush(w));
	}
	return OK;
}

/* The versions that a slot had signed by then. */
static void
find_chain(struct writing *w, const struct slab *slab, int32_t slot)
{
	int32_t i = atomic_load_explicit(&slab_slot(slab, slot)->latest,
	    memory_order_acquire);

	w->chain_count = 0;
	for (; i != SLAB_NONE; i = slab_leaf(slab, i)->previous) {
		if (slab_leaf(slab, i)->index >= w->size)
			continue;
		if (w->chain_count == w->chain_room) {
			const size_t room = w->chain_room * 2;
			int32_t *more =
			    ARENA_ARRAY(w->ctx->arena, room, int32_t);

			memcpy(more, w->chain, w->chain_room * sizeof(*more));
			w->chain = more;
			w->chain_room = room;
		}
		w->chain[w->chain_count++] = i;
	}
}

/* What happened to a version later is not yet so. */
static int64_t
as_then(const _Atomic int64_t *index, int64_t size)
{
	const int64_t now = atomic_load_explicit(index, memory_order_relaxed);

	return now < size ? now : INDEX_NEVER;
}

static enum fail
put_leaf(struct writing *w, const struct slab *slab, const struct leaf *leaf)
{
	const struct leaf_shape shape = { leaf->width, leaf->full };
	const struct snapshot_leaf head = {
		.index = leaf->index,
		.at_us = leaf->at_us,
		.report = leaf->report,
		.returned = as_then(&leaf->returned, w->size),
		.accepted = as_then(&leaf->accepted, w->size),
		.version = leaf->version,
		.width = leaf->width,
		.full = leaf->full,
	};

	TRY(put(w, &head, sizeof(head)));
	return put(w, leaf->data,
	    leaf_bytes(&shape, slab->cells) - sizeof(struct leaf));
}

static enum fail
put_slot(struct writing *w, const struct slab *slab, int32_t slot)
{
	struct snapshot_slot head = { .unit = slab_slot(slab, slot)->unit };

	find_chain(w, slab, slot);
	head.leaves = (int64_t)w->chain_count;
	TRY(put(w, &head, sizeof(head)));
	for (size_t i = w->chain_count; i-- > 0;)
		TRY(put_leaf(w, slab, slab_leaf(slab, w->chain[i])));
	return OK;
}

static enum fail
put_closings(struct writing *w, const struct slab *slab, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct slab_closing *c =
		    pile_at(&slab->closings, (int32_t)i);
		const struct snapshot_closing closing = { w->numbers[c->slot],
			c->reopened, c->index };

		if (c->index < w->size)
			TRY(put(w, &closing, sizeof(closing)));
	}
	return OK;
}

static void
count_items(struct slab *slab, size_t *ret_slots, size_t *ret_closings)
{
	pthread_mutex_lock(&slab->lock);
	*ret_slots = slab->slots.count;
	*ret_closings = slab->closings.count;
	pthread_mutex_unlock(&slab->lock);
}

static int
by_unit(const void *a, const void *b)
{
	const struct numbered *x = a;
	const struct numbered *y = b;

	return (x->unit > y->unit) - (x->unit < y->unit);
}

/*
 * The slots that had said something by then, by unit: so that the same ledger
 * gives the same file, whoever came first in memory.
 */
static void
order_slots(struct writing *w, const struct slab *slab, size_t slots,
    size_t closings)
{
	bool *closed = ARENA_ARRAY(w->scratch, slots, bool);

	w->numbers = ARENA_ARRAY(w->scratch, slots, int32_t);
	w->order = ARENA_ARRAY(w->scratch, slots, struct numbered);
	w->order_count = 0;
	for (size_t i = 0; i < closings; i++) {
		const struct slab_closing *c =
		    pile_at(&slab->closings, (int32_t)i);

		closed[c->slot] = closed[c->slot] || c->index < w->size;
	}
	for (int32_t s = 0; s < (int32_t)slots; s++) {
		find_chain(w, slab, s);
		if (closed[s] || w->chain_count > 0)
			w->order[w->order_count++] =
			    (struct numbered){ slab_slot(slab, s)->unit, s };
	}
	qsort(w->order, w->order_count, sizeof(*w->order), by_unit);
	for (size_t i = 0; i < w->order_count; i++)
		w->numbers[w->order[i].slot] = (int32_t)i;
}

static int64_t
count_closings(const struct writing *w, const struct slab *slab, size_t all)
{
	int64_t count = 0;

	for (size_t i = 0; i < all; i++) {
		const struct slab_closing *c =
		    pile_at(&slab->closings, (int32_t)i);

		count += c->index < w->size;
	}
	return count;
}

/* Had anybody reported or closed by then? */
static bool
was_used(struct writing *w, struct slab *slab)
{
	size_t slots = 0;
	size_t closings = 0;

	count_items(slab, &slots, &closings);
	if (count_closings(w, slab, closings) > 0)
		return true;
	for (int32_t s = 0; s < (int32_t)slots; s++) {
		find_chain(w, slab, s);
		if (w->chain_count > 0)
			return true;
	}
	return false;
}

static enum fail
put_slab(struct writing *w, struct slab *slab)
{
	struct snapshot_slab head = {
		.year = slab->year,
		.number = slab->number,
		.cells = (int64_t)slab->cells,
	};
	size_t slots = 0;
	size_t closings = 0;

	memcpy(head.form, slab->form.at, DIGEST_LEN);
	count_items(slab, &slots, &closings);
	order_slots(w, slab, slots, closings);
	head.slots = (int64_t)w->order_count;
	head.closings = count_closings(w, slab, closings);
	TRY(put(w, &head, sizeof(head)));
	for (size_t i = 0; i < w->order_count; i++)
		TRY(put_slot(w, slab, w->order[i].slot));
	return put_closings(w, slab, closings);
}

static enum fail
put_head(struct writing *w, const struct ledger_mark *mark, size_t slabs)
{
	struct snapshot_head head = {
		.format = SNAPSHOT_FORMAT,
		.size = mark->size,
		.slabs = (int64_t)slabs,
		.origin_len = (uint32_t)strlen(mark->origin),
		.frontier_len = (uint32_t)mark->frontier.len,
	};

	TRY(put(w, &head, sizeof(head)));
	TRY(put(w, mark->origin, head.origin_len));
	return put(w, mark->frontier.at, mark->frontier.len);
}

static int
by_form_and_period(const void *a, const void *b)
{
	const struct slab *x = *(const struct slab *const *)a;
	const struct slab *y = *(const struct slab *const *)b;
	const int form = memcmp(x->form.at, y->form.at, DIGEST_LEN);

	if (form != 0)
		return form;
	if (x->year != y->year)
		return x->year < y->year ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

static enum fail
put_all(struct writing *w, const struct ledger_mark *mark)
{
	struct cube *cube = w->cube;
	struct slab **slabs = NULL;
	size_t count = 0;
	size_t used = 0;

	/* A slab that is made later has nothing to say of then. */
	pthread_mutex_lock(&cube->lock);
	count = cube->count;
	slabs = arena_copy(w->ctx->arena, cube->slabs,
	    count * sizeof(struct slab *));
	pthread_mutex_unlock(&cube->lock);
	for (size_t i = 0; i < count; i++)
		if (was_used(w, slabs[i]))
			slabs[used++] = slabs[i];
	qsort(slabs, used, sizeof(struct slab *), by_form_and_period);
	w->total = (int64_t)used;
	TRY(put_head(w, mark, used));
	for (size_t i = 0; i < used; i++) {
		TRY(put_slab(w, slabs[i]));
		arena_reset(w->scratch);
		w->done++;
	}
	return flush(w);
}

static enum fail
wait_for(struct ctx *ctx, struct cube *cube, int64_t size)
{
	static const struct timespec moment = { 0, BEHIND_NS };

	for (int i = 0; i < BEHIND_TRIES; i++) {
		if (cube_has(cube, size))
			return OK;
		(void)nanosleep(&moment, NULL);
	}
	return FAIL(ctx, FAIL_BUSY, "cube.behind",
	    "the cube has not all that the ledger has");
}

static struct writing
begin(struct ctx *ctx, struct cube *cube, const struct ledger_mark *mark)
{
	struct writing w = { .ctx = ctx,
		.cube = cube,
		.size = mark->size,
		.chain_room = 64 };

	w.scratch = arena_child(ctx->arena);
	w.sum = digest_begin(ctx->arena);
	w.buffer = ARENA_ARRAY(ctx->arena, SNAPSHOT_BUFFER, uint8_t);
	w.chain = ARENA_ARRAY(ctx->arena, w.chain_room, int32_t);
	return w;
}

enum fail
snapshot_write(struct ctx *ctx, struct cube *cube, const char *path,
    const struct ledger_mark *mark, snapshot_step_fn *step, void *arg)
{
	struct writing w = { 0 };
	struct digest sum = { 0 };

	TRY(wait_for(ctx, cube, mark->size));
	w = begin(ctx, cube, mark);
	w.step = step;
	w.arg = arg;
	TRY(file_out_begin(ctx, path, 0600, &w.file));
	TRY(put_all(&w, mark));
	sum = digest_sum(w.sum);
	TRY(file_out_add(ctx, w.file, digest_bytes(&sum)));
	TRY(file_out_end(ctx, w.file));
	atomic_store(&cube->kept, mark->size);
	return OK;
}

enum fail
snapshot_sum(struct ctx *ctx, struct cube *cube, const struct ledger_mark *mark,
    struct digest *ret)
{
	struct writing w = begin(ctx, cube, mark);

	TRY(put_all(&w, mark));
	*ret = digest_sum(w.sum);
	return OK;
}
