#include "cube/slab.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "cube/view.h"
#include "regime/catalogue.h"

static const uint8_t widths[LEAF_WIDTHS] = { 2, 4, 8 };

bool
leaf_width_is_good(uint8_t width)
{
	return memchr(widths, width, sizeof(widths)) != NULL;
}

struct leaf_shape
leaf_shape(const int64_t *values, const uint8_t *states, size_t cells)
{
	struct leaf_shape shape = { widths[0], true };
	uint64_t bits = 0;

	/* v and ~v need as many bits; no branch, as a start does it for all. */
	for (size_t c = 0; c < cells; c++) {
		const bool value = states[c] == CELL_VALUE;
		const int64_t v = values[c] ^ (values[c] >> 63);

		shape.full = shape.full && value;
		bits |= value ? (uint64_t)v : 0;
	}
	if (bits > INT16_MAX)
		shape.width = widths[1];
	if (bits > INT32_MAX)
		shape.width = widths[2];
	return shape;
}

size_t
leaf_bytes(const struct leaf_shape *shape, size_t cells)
{
	return sizeof(struct leaf) + shape->width * cells +
	       (shape->full ? 0 : cells);
}

static size_t
leaf_steps(const struct leaf_shape *shape, size_t cells)
{
	return (leaf_bytes(shape, cells) + LEAF_STEP - 1) / LEAF_STEP;
}

/* A chunk takes a dozen of the largest leaves, so that little is lost at its
 * end. */
#define LEAVES_A_CHUNK 12

static unsigned
leaves_shift(size_t cells)
{
	const struct leaf_shape largest = { widths[LEAF_WIDTHS - 1], false };
	const size_t need = LEAVES_A_CHUNK * leaf_steps(&largest, cells);
	unsigned shift = 0;

	while ((size_t)1 << shift < need)
		shift++;
	return shift;
}

struct slab *
slab_new(struct cube *cube, const struct form_version *version,
    const struct period *period)
{
	struct arena *arena = arena_new(0);
	struct slab *slab = ARENA_NEW(arena, struct slab);
	uint8_t *states = ARENA_ARRAY(arena, version->cell_count, uint8_t);

	slab->version_id = version->id;
	slab->form = version->digest;
	slab->year = period->year;
	slab->number = period->number;
	slab->cells = version->cell_count;
	slab->cube = cube;
	slab->serial = (int32_t)cube->count;
	memset(slab->spare, 0xff, sizeof(slab->spare)); /* SLAB_NONE */
	memset(states, CELL_VALUE, version->cell_count);
	slab->all_values = states;
	slab->last_index = -1;
	pthread_mutex_init(&slab->lock, NULL);
	slab->arena = arena;
	pile_init(&slab->slots, arena, sizeof(struct slab_slot), 9);
	pile_init(&slab->leaves, arena, LEAF_STEP,
	    leaves_shift(version->cell_count));
	pile_init(&slab->closings, arena, sizeof(struct slab_closing), 6);
	pile_init(&slab->changes, arena, sizeof(int32_t), 10);
	return slab;
}

void
slab_free(struct slab *slab)
{
	for (size_t i = 0; i < SLAB_VIEWS_MAX; i++)
		view_free(slab->views[i]);
	pthread_mutex_destroy(&slab->lock);
	arena_free(slab->map_arena);
	arena_free(slab->arena);
}

static size_t
map_start(int64_t unit, size_t room)
{
	const uint64_t mixed = (uint64_t)unit * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(mixed >> 32) & (room - 1);
}

int32_t
slab_find(const struct slab *slab, int64_t unit)
{
	if (slab->map_room == 0)
		return SLAB_NONE;
	for (size_t at = map_start(unit, slab->map_room); slab->map[at] != 0;
	     at = (at + 1) & (slab->map_room - 1)) {
		const int32_t slot = slab->map[at] - 1;

		if (slab_slot(slab, slot)->unit == unit)
			return slot;
	}
	return SLAB_NONE;
}

static void
map_add(struct slab *slab, int32_t slot)
{
	size_t at = map_start(slab_slot(slab, slot)->unit, slab->map_room);

	while (slab->map[at] != 0)
		at = (at + 1) & (slab->map_room - 1);
	slab->map[at] = slot + 1;
}

/* Twice as large, and never more than half full. */
static void
map_grow(struct slab *slab)
{
	struct arena *old = slab->map_arena;

	slab->map_room = slab->map_room == 0 ? 64 : slab->map_room * 2;
	slab->map_arena = arena_new(0);
	slab->map = ARENA_ARRAY(slab->map_arena, slab->map_room, int32_t);
	for (int32_t i = 0; i < (int32_t)slab->slots.count; i++)
		map_add(slab, i);
	arena_free(old);
}

int32_t
slab_add_slot(struct slab *slab, int64_t unit)
{
	int32_t i = SLAB_NONE;

	if ((slab->slots.count + 1) * 2 > slab->map_room)
		map_grow(slab);
	pile_reserve(&slab->slots, 1);
	i = pile_push(&slab->slots);
	slab_slot(slab, i)->unit = unit;
	atomic_init(&slab_slot(slab, i)->latest, SLAB_NONE);
	map_add(slab, i);
	return i;
}

void
slab_drop_view(struct slab *slab, size_t i)
{
	struct view *view = slab->views[i];

	slab->views[i] = NULL;
	if (view == NULL)
		return;
	view->dead = true;
	if (view->pins == 0)
		cube_free_view(slab->cube, view);
}

/*
 * A new slot has a place in every view before it has a report.  Views of other
 * pictures of the units cannot place it; they are dropped.
 */
static void
extend_views(struct slab *slab, const struct directory *dir,
    const struct form_version *version, const struct period *period)
{
	struct view_frame frame = { version->form, period, dir, NULL,
		BASIS_SENT };

	for (size_t i = 0; i < SLAB_VIEWS_MAX; i++) {
		if (slab->views[i] == NULL)
			continue;
		if (slab->views[i]->stamp != directory_stamp(dir)) {
			slab_drop_view(slab, i);
			continue;
		}
		frame.structure = directory_structure(dir, slab->views[i]->on);
		atomic_fetch_add(&slab->cube->view_bytes,
		    view_extend(slab->views[i], slab, &frame));
	}
}

static bool
has_views(const struct slab *slab)
{
	for (size_t i = 0; i < SLAB_VIEWS_MAX; i++)
		if (slab->views[i] != NULL)
			return true;
	return false;
}

static int32_t *
spare_of(struct slab *slab, uint8_t width, bool full)
{
	size_t i = 0;

	while (widths[i] != width)
		i++;
	return &slab->spare[i][full];
}

int32_t
slab_take_leaf(struct slab *slab, const struct leaf_shape *shape)
{
	int32_t *spare = spare_of(slab, shape->width, shape->full);
	int32_t leaf = *spare;

	if (leaf != SLAB_NONE) {
		*spare = slab_leaf(slab, leaf)->previous;
		return leaf;
	}
	leaf = pile_run(&slab->leaves, leaf_steps(shape, slab->cells));
	slab_leaf(slab, leaf)->width = shape->width;
	slab_leaf(slab, leaf)->full = shape->full;
	slab->leaf_count++;
	return leaf;
}

static int64_t
millionths(size_t used, size_t most)
{
	return (int64_t)((used * 1000000 + most - 1) / most);
}

int64_t
slab_used(const struct slab *slab)
{
	/* Leaves are named by 32 bits, and one may begin with a new chunk. */
	const size_t chunk = (size_t)1 << slab->leaves.shift;
	const int64_t of[] = {
		millionths(slab->slots.count, CUBE_UNITS_MAX),
		millionths(slab->leaf_count, CUBE_VERSIONS_MAX),
		millionths(slab->leaves.count,
		    (size_t)INT32_MAX + 1 - 2 * chunk),
	};
	int64_t most = 0;

	for (size_t i = 0; i < ARRAY_SIZE(of); i++)
		most = of[i] > most ? of[i] : most;
	return most;
}

bool
slab_is_full(const struct slab *slab)
{
	return slab_used(slab) >= 1000000;
}

enum fail
slab_reserve(struct ctx *ctx, struct slab *slab,
    const struct form_version *version, const struct period *period,
    const struct cube_event *event, struct reserved *ret)
{
	int32_t slot = slab_find(slab, event->unit);

	if (slab_is_full(slab))
		return FAIL(ctx, FAIL_TOO_BIG, "cube.full",
		    "slab of form version %" PRId64 " is full",
		    slab->version_id);
	if (slot == SLAB_NONE) {
		slot = slab_add_slot(slab, event->unit);
		if (has_views(slab))
			extend_views(slab, directory_now(ctx), version, period);
	}
	ret->slot = slot;
	ret->leaf = event->act == CUBE_SENT ? slab_take_leaf(slab, &ret->shape)
					    : SLAB_NONE;
	slab->staged++;
	pile_reserve(&slab->changes, slab->staged);
	if (event->act == CUBE_CLOSED || event->act == CUBE_REOPENED)
		pile_reserve(&slab->closings, slab->staged);
	return OK;
}

void
slab_give_back(struct slab *slab, const struct reserved *reserved)
{
	int32_t *spare = NULL;

	slab->staged--;
	if (reserved->leaf == SLAB_NONE)
		return;
	spare = spare_of(slab, reserved->shape.width, reserved->shape.full);
	slab_leaf(slab, reserved->leaf)->previous = *spare;
	*spare = reserved->leaf;
}

static void
put_value(struct leaf *leaf, size_t cell, int64_t value)
{
	void *data = leaf->data;

	switch (leaf->width) {
	case sizeof(int16_t):
		((int16_t *)data)[cell] = (int16_t)value;
		break;
	case sizeof(int32_t):
		((int32_t *)data)[cell] = (int32_t)value;
		break;
	default:
		((int64_t *)data)[cell] = value;
	}
}

void
slab_fill(const struct slab *slab, int32_t i, const struct cube_event *event)
{
	struct leaf *leaf = slab_leaf(slab, i);

	leaf->report = event->report;
	leaf->version = event->version;
	leaf->previous = SLAB_NONE;
	atomic_init(&leaf->returned, INDEX_NEVER);
	atomic_init(&leaf->accepted, INDEX_NEVER);
	for (size_t c = 0; c < slab->cells; c++)
		put_value(leaf, c,
		    event->states[c] == CELL_VALUE ? event->values[c] : 0);
	if (!leaf->full)
		memcpy(leaf->data + leaf->width * slab->cells, event->states,
		    slab->cells);
}

int32_t
slab_version(const struct slab *slab, int32_t slot, int version)
{
	int32_t i = atomic_load_explicit(&slab_slot(slab, slot)->latest,
	    memory_order_acquire);

	while (i != SLAB_NONE && slab_leaf(slab, i)->version != version)
		i = slab_leaf(slab, i)->previous;
	return i;
}

static void
sign(struct slab *slab, int32_t s, int32_t i, int64_t index, int64_t at_us)
{
	struct slab_slot *slot = slab_slot(slab, s);
	struct leaf *leaf = slab_leaf(slab, i);

	leaf->index = index;
	leaf->at_us = at_us;
	leaf->previous =
	    atomic_load_explicit(&slot->latest, memory_order_relaxed);
	if (leaf->previous == SLAB_NONE)
		slot->first_us = at_us;
	atomic_store_explicit(&slot->latest, i, memory_order_release);
}

static void
close(struct slab *slab, int32_t slot, bool reopened, int64_t index)
{
	struct slab_closing *closing =
	    pile_at(&slab->closings, pile_push(&slab->closings));

	closing->slot = slot;
	closing->reopened = reopened;
	closing->index = index;
}

static void
note_restored(struct slab *slab, int64_t index)
{
	if (index == INDEX_NEVER)
		return;
	slab->restored++;
	if (index > slab->last_index)
		slab->last_index = index;
}

void
slab_restore_leaf(struct slab *slab, int32_t slot, int32_t leaf, int64_t index,
    int64_t at_us)
{
	sign(slab, slot, leaf, index, at_us);
	note_restored(slab, index);
	note_restored(slab, atomic_load(&slab_leaf(slab, leaf)->returned));
	note_restored(slab, atomic_load(&slab_leaf(slab, leaf)->accepted));
}

void
slab_restore_closing(struct slab *slab, int32_t slot, bool reopened,
    int64_t index)
{
	pile_reserve(&slab->closings, 1);
	close(slab, slot, reopened, index);
	note_restored(slab, index);
}

void
slab_publish(struct slab *slab, const struct reserved *reserved,
    const struct cube_event *event)
{
	const int32_t slot = reserved->slot;
	const bool of_period =
	    event->act == CUBE_CLOSED || event->act == CUBE_REOPENED;
	const int32_t leaf =
	    of_period ? SLAB_NONE : slab_version(slab, slot, event->version);

	switch (event->act) {
	case CUBE_SENT:
		sign(slab, slot, reserved->leaf, event->index, event->at_us);
		break;
	case CUBE_RETURNED:
		assert(leaf != SLAB_NONE);
		atomic_store_explicit(&slab_leaf(slab, leaf)->returned,
		    event->index, memory_order_relaxed);
		break;
	case CUBE_ACCEPTED:
		assert(leaf != SLAB_NONE);
		atomic_store_explicit(&slab_leaf(slab, leaf)->accepted,
		    event->index, memory_order_relaxed);
		break;
	case CUBE_CLOSED:
	case CUBE_REOPENED:
		close(slab, slot, event->act == CUBE_REOPENED, event->index);
		break;
	}
	*(int32_t *)pile_at(&slab->changes, pile_push(&slab->changes)) = slot;
	slab->staged--;
	slab->last_index = event->index;
	for (size_t i = 0; i < SLAB_VIEWS_MAX; i++)
		if (slab->views[i] != NULL)
			view_sync(slab->views[i], slab, slot);
	cube_reach(slab->cube, event->index + 1);
}

int32_t
slab_counts(const struct slab *slab, int32_t slot, enum basis basis,
    int64_t index)
{
	int32_t i = atomic_load_explicit(&slab_slot(slab, slot)->latest,
	    memory_order_acquire);

	while (i != SLAB_NONE) {
		const struct leaf *leaf = slab_leaf(slab, i);
		const bool signed_then = leaf->index < index;
		const bool returned = atomic_load_explicit(&leaf->returned,
					  memory_order_relaxed) < index;
		const bool accepted = atomic_load_explicit(&leaf->accepted,
					  memory_order_relaxed) < index;

		if (signed_then && !returned &&
		    (basis == BASIS_SENT || accepted))
			break;
		i = leaf->previous;
	}
	return i;
}

int64_t
slab_changed(const struct slab *slab, int32_t slot, int64_t index)
{
	int64_t changed = -1;
	int32_t i = atomic_load_explicit(&slab_slot(slab, slot)->latest,
	    memory_order_acquire);

	while (i != SLAB_NONE) {
		const struct leaf *leaf = slab_leaf(slab, i);
		const int64_t returned =
		    atomic_load_explicit(&leaf->returned, memory_order_relaxed);

		if (leaf->index < index && leaf->index > changed)
			changed = leaf->index;
		if (returned < index && returned > changed)
			changed = returned;
		i = leaf->previous;
	}
	return changed;
}

bool
slab_late(const struct slab *slab, int32_t slot, day deadline)
{
	return regime_is_late(deadline, slab_slot(slab, slot)->first_us);
}
