#include "cube/view.h"

#include <assert.h>
#include <string.h>

#include "core/arena.h"

/* A unit's amounts that no place is known for are unallocated at the root. */
static void
place_unit(const struct view *view, const struct view_frame *frame,
    const struct unit *unit, struct view_place *ret)
{
	int32_t at = view->root;

	ret->whole = false;
	if (unit != NULL) {
		const struct placement *p =
		    structure_place(frame->structure, unit->number);

		at = p->at;
		ret->whole = p->whole;
	}
	ret->at = at;
	ret->row = view->row_of[at];
	if (ret->row < 0)
		ret->row = view->row_of[structure_parent(frame->structure, at)];
}

/* One row for every unit with children, and for the root. */
static void
make_rows(struct view *view, const struct view_frame *frame)
{
	const struct structure *st = frame->structure;
	const size_t units = directory_count(frame->dir);
	size_t alive = 0;
	const int *list = structure_units(st, &alive);

	view->root = structure_root(st);
	view->row_of = ARENA_ARRAY(view->arena, units, int32_t);
	view->first = ARENA_ARRAY(view->arena, units, _Atomic int32_t);
	view->owed_whole = ARENA_ARRAY(view->arena, units, uint32_t);
	view->owed_split = ARENA_ARRAY(view->arena, units, uint32_t);
	memset(view->row_of, 0xff, units * sizeof(*view->row_of));
	view->row_count = 0;
	for (size_t i = 0; i < alive; i++) {
		size_t children = 0;

		structure_children(st, list[i], &children);
		if (children > 0 || list[i] == view->root)
			view->row_of[list[i]] = view->row_count++;
	}
	view->rows =
	    ARENA_ARRAY(view->arena, (size_t)view->row_count, struct view_row);
	for (size_t i = 0; i < alive; i++) {
		const int32_t row = view->row_of[list[i]];
		const int parent = structure_parent(st, list[i]);

		if (row < 0)
			continue;
		view->rows[row].unit = list[i];
		view->rows[row].up = parent < 0 ? -1 : view->row_of[parent];
		view->rows[row].changed = -1;
		assert(view->rows[row].up < row);
	}
}

/* Who owes, by the period's own structure, and where that belongs in ours. */
static void
count_obliged(struct view *view, const struct view_frame *frame)
{
	const struct structure *own =
	    directory_structure(frame->dir, frame->period->to);
	size_t alive = 0;
	const int *list = structure_units(own, &alive);

	for (size_t i = 0; i < alive; i++) {
		struct view_place place = { 0 };
		day deadline = 0;

		if (!regime_owes(frame->form, own, frame->dir, list[i],
			frame->period, &deadline))
			continue;
		place_unit(view, frame, directory_at(frame->dir, list[i]),
		    &place);
		if (place.whole)
			view->owed_whole[place.at]++;
		else
			view->owed_split[place.at]++;
		view->rows[place.row].expected++;
	}
}

#define ADD_VALUES(type) \
	if (sign > 0) \
		for (size_t i = 0; i < count; i++) \
			totals[i] += ((const type *)data)[i]; \
	else \
		for (size_t i = 0; i < count; i++) \
			totals[i] -= ((const type *)data)[i]; \
	break

static void
add_values(i128 *restrict totals, const struct leaf *leaf, size_t count,
    int sign)
{
	const void *restrict data = leaf->data;

	switch (leaf->width) {
	case sizeof(int16_t):
		ADD_VALUES(int16_t);
	case sizeof(int32_t):
		ADD_VALUES(int32_t);
	default:
		ADD_VALUES(int64_t);
	}
}

/* Add a leaf to a row, or take it away; counts wrap back as they came. */
static void
row_add(struct view *view, int32_t row, const struct slab *slab,
    const struct leaf *leaf, int sign)
{
	const size_t at = (size_t)row * view->cells;
	const uint8_t *states = leaf_states(slab, leaf);
	uint32_t *const values = view->values + at;
	const uint32_t one = (uint32_t)sign;

	add_values(view->totals + at, leaf, view->cells, sign);
	if (leaf->full) {
		for (size_t i = 0; i < view->cells; i++)
			values[i] += one;
		return;
	}
	for (size_t i = 0; i < view->cells; i++) {
		if (states[i] == CELL_VALUE)
			values[i] += one;
		else if (states[i] == CELL_NONE)
			view->nones[at + i] += one;
		else if (states[i] == CELL_WITHHELD)
			view->withhelds[at + i] += one;
	}
}

static void
note_changed(struct view_row *row, int64_t changed)
{
	if (changed > row->changed)
		row->changed = changed;
}

/* The whole of a child row goes into the row above it. */
static void
roll_up(struct view *view)
{
	for (int32_t r = view->row_count - 1; r > 0; r--) {
		const struct view_row *from = &view->rows[r];
		struct view_row *to = &view->rows[from->up];
		const size_t a = (size_t)r * view->cells;
		const size_t b = (size_t)from->up * view->cells;

		to->expected += from->expected;
		to->reported += from->reported;
		to->late += from->late;
		note_changed(to, from->changed);
		for (size_t i = 0; i < view->cells; i++) {
			view->totals[b + i] += view->totals[a + i];
			view->values[b + i] += view->values[a + i];
			view->nones[b + i] += view->nones[a + i];
			view->withhelds[b + i] += view->withhelds[a + i];
		}
	}
}

static void
place_slots(struct view *view, const struct slab *slab,
    const struct view_frame *frame, size_t slot_count)
{
	const struct structure *own =
	    directory_structure(frame->dir, frame->period->to);

	pile_reserve(&view->places, slot_count - view->places.count);
	while (view->places.count < slot_count) {
		const int32_t slot = pile_push(&view->places);
		struct view_place *place = view_place(view, slot);
		const struct unit *unit =
		    directory_unit(frame->dir, slab_slot(slab, slot)->unit);

		place_unit(view, frame, unit, place);
		place->counted = SLAB_NONE;
		place->owed =
		    unit != NULL &&
		    regime_owes(frame->form, own, frame->dir, unit->number,
			frame->period, &place->deadline);
		atomic_init(&place->next,
		    atomic_load_explicit(&view->first[place->at],
			memory_order_relaxed));
		atomic_store_explicit(&view->first[place->at], slot + 1,
		    memory_order_release);
	}
}

struct view *
view_build(const struct slab *slab, const struct view_frame *frame,
    size_t slot_count)
{
	struct arena *arena = arena_new(0);
	struct view *view = ARENA_NEW(arena, struct view);
	size_t room = 0;

	view->arena = arena;
	view->stamp = directory_stamp(frame->dir);
	view->on = structure_day(frame->structure);
	view->basis = frame->basis;
	view->cells = slab->cells;
	make_rows(view, frame);
	room = (size_t)view->row_count * view->cells;
	view->totals = ARENA_ARRAY(arena, room, i128);
	view->values = ARENA_ARRAY(arena, room, uint32_t);
	view->nones = ARENA_ARRAY(arena, room, uint32_t);
	view->withhelds = ARENA_ARRAY(arena, room, uint32_t);
	pile_init(&view->places, arena, sizeof(struct view_place), 10);
	count_obliged(view, frame);
	place_slots(view, slab, frame, slot_count);
	for (int32_t s = 0; s < (int32_t)slot_count; s++) {
		struct view_place *place = view_place(view, s);
		struct view_row *row = &view->rows[place->row];

		place->counted = slab_counts(slab, s, view->basis, INDEX_NEVER);
		note_changed(row, slab_changed(slab, s, INDEX_NEVER));
		if (place->counted == SLAB_NONE)
			continue;
		row_add(view, place->row, slab, slab_leaf(slab, place->counted),
		    1);
		if (place->owed) {
			row->reported++;
			row->late += slab_late(slab, s, place->deadline);
		}
	}
	roll_up(view);
	view->bytes = (int64_t)arena_used(arena);
	return view;
}

void
view_free(struct view *view)
{
	if (view != NULL)
		arena_free(view->arena);
}

int64_t
view_extend(struct view *view, const struct slab *slab,
    const struct view_frame *frame)
{
	const int64_t before = view->bytes;

	place_slots(view, slab, frame, slab->slots.count);
	view->bytes = (int64_t)arena_used(view->arena);
	return view->bytes - before;
}

void
view_sync(struct view *view, const struct slab *slab, int32_t slot)
{
	struct view_place *place = view_place(view, slot);
	const int32_t was = place->counted;
	const int32_t now = slab_counts(slab, slot, view->basis, INDEX_NEVER);
	const int64_t changed = slab_changed(slab, slot, INDEX_NEVER);
	const bool late = place->owed && slab_late(slab, slot, place->deadline);
	const uint32_t one =
	    (uint32_t)((now != SLAB_NONE) - (was != SLAB_NONE));

	place->counted = now;
	for (int32_t r = place->row; r >= 0; r = view->rows[r].up) {
		struct view_row *row = &view->rows[r];

		note_changed(row, changed);
		if (was == now)
			continue;
		if (was != SLAB_NONE)
			row_add(view, r, slab, slab_leaf(slab, was), -1);
		if (now != SLAB_NONE)
			row_add(view, r, slab, slab_leaf(slab, now), 1);
		row->reported += place->owed ? one : 0;
		row->late += late ? one : 0;
	}
}

bool
view_is_for(const struct view *view, const struct view_frame *frame)
{
	return view->stamp == directory_stamp(frame->dir) &&
	       view->on == structure_day(frame->structure) &&
	       view->basis == frame->basis;
}
