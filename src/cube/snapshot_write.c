#include <string.h>
#include <time.h>

#include "core/arena.h"
#include "core/file.h"
#include "core/home.h"
#include "cube/slab.h"
#include "cube/snapshot.h"
#include "cube/snapshot_form.h"

/* What is durable is published microseconds later, after the same commit. */
#define BEHIND_TRIES 1000
#define BEHIND_NS 1000000

struct writing {
	struct ctx *ctx;
	struct file_out *file;
	struct sha256_run *sum;
	uint8_t *buffer;
	size_t used;
	int64_t size;     /* entries before it are written */
	int32_t *numbers; /* of a slab's slots in the file, SLAB_NONE */
	int32_t *chain;   /* the leaves of a slot, newest first */
	size_t chain_room;
	size_t chain_count;
};

static enum fail
flush(struct writing *w)
{
	const struct bytes piece = { w->buffer, w->used };

	sha256_add(w->sum, piece);
	w->used = 0;
	return file_out_add(w->ctx, w->file, piece);
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
		const struct closing *c = pile_at(&slab->closings, (int32_t)i);
		const struct snapshot_closing closing = { w->numbers[c->slot],
			c->index };

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

/* Slots that had said something by then get their numbers in order. */
static int64_t
number_slots(struct writing *w, const struct slab *slab, size_t slots,
    size_t closings, int64_t *ret_closings)
{
	int64_t count = 0;

	w->numbers = ARENA_ARRAY(w->ctx->arena, slots, int32_t);
	for (size_t i = 0; i < closings; i++) {
		const struct closing *c = pile_at(&slab->closings, (int32_t)i);

		if (c->index >= w->size)
			continue;
		w->numbers[c->slot] = 1;
		++*ret_closings;
	}
	for (int32_t s = 0; s < (int32_t)slots; s++) {
		find_chain(w, slab, s);
		if (w->numbers[s] == 0 && w->chain_count == 0)
			w->numbers[s] = SLAB_NONE;
		else
			w->numbers[s] = (int32_t)count++;
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
	for (size_t i = 0; i < closings; i++) {
		const struct closing *c = pile_at(&slab->closings, (int32_t)i);

		if (c->index < w->size)
			return true;
	}
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
	head.slots = number_slots(w, slab, slots, closings, &head.closings);
	TRY(put(w, &head, sizeof(head)));
	for (int32_t s = 0; s < (int32_t)slots; s++)
		if (w->numbers[s] != SLAB_NONE)
			TRY(put_slot(w, slab, s));
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

static enum fail
put_all(struct writing *w, const struct ledger_mark *mark)
{
	struct cube *cube = w->ctx->home->cube;
	struct digest sum = { 0 };
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
	TRY(put_head(w, mark, used));
	for (size_t i = 0; i < used; i++)
		TRY(put_slab(w, slabs[i]));
	TRY(flush(w));
	sum = sha256_sum(w->sum);
	return file_out_add(w->ctx, w->file, digest_bytes(&sum));
}

static enum fail
wait_for(struct ctx *ctx, int64_t size)
{
	static const struct timespec moment = { 0, BEHIND_NS };

	for (int i = 0; i < BEHIND_TRIES; i++) {
		if (cube_has(ctx->home->cube, size))
			return OK;
		(void)nanosleep(&moment, NULL);
	}
	return FAIL(ctx, FAIL_BUSY, "cube.behind",
	    "the cube has not all that the ledger has");
}

enum fail
snapshot_write(struct ctx *ctx, const char *path,
    const struct ledger_mark *mark)
{
	struct writing w = { .ctx = ctx, .size = mark->size, .chain_room = 64 };

	TRY(wait_for(ctx, mark->size));
	w.sum = sha256_begin(ctx->arena);
	w.buffer = ARENA_ARRAY(ctx->arena, SNAPSHOT_BUFFER, uint8_t);
	w.chain = ARENA_ARRAY(ctx->arena, w.chain_room, int32_t);
	TRY(file_out_begin(ctx, path, 0600, &w.file));
	TRY(put_all(&w, mark));
	TRY(file_out_end(ctx, w.file));
	atomic_store(&ctx->home->cube->kept, mark->size);
	return OK;
}
