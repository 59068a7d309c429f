#ifndef CUBE_VIEW_H
#define CUBE_VIEW_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/num.h"
#include "cube/pile.h"
#include "cube/slab.h"

/*
 * One slab seen in one structure and basis: a row of totals for every unit that
 * has children, kept moving as events are published.  Units without children
 * have no row; their totals are summed from the slots that are placed there.
 *
 * Slots and their places never move; rows change under the slab's lock only.
 */
struct view_row {
	int32_t unit; /* dense number */
	int32_t up;   /* the row above, -1 */
	uint32_t expected;
	uint32_t reported;
	uint32_t late;
	int64_t changed; /* index of the newest signing or return below */
};

/* Where a slot is placed in the view's structure. */
struct view_place {
	int32_t at;           /* dense number of the unit */
	int32_t row;          /* lowest row that holds it */
	_Atomic int32_t next; /* the next slot placed there + 1, 0 */
	int32_t counted;      /* the leaf that is in the rows, SLAB_NONE */
	day deadline;
	bool owed; /* by the period's own structure */
	bool whole;
};

struct view {
	/* the key */
	int64_t stamp;
	day on;
	enum basis basis;

	struct arena *arena;
	size_t cells;
	int32_t root;
	int32_t *row_of;        /* per unit: its row, -1 */
	_Atomic int32_t *first; /* per unit: first slot placed there + 1 */
	uint32_t *owed_whole;   /* per unit: obliged, placed there */
	uint32_t *owed_split;   /* ... unallocated there */
	struct view_row *rows;  /* parents before children */
	int32_t row_count;
	i128 *totals; /* row by row, cells each */
	uint32_t *values;
	uint32_t *nones;
	uint32_t *withhelds;
	struct pile places; /* by slot */

	/* the slab's bookkeeping */
	int64_t used;
	int64_t bytes;
	int pins;
	bool dead; /* no longer kept moving; freed with the last pin */
};

/* What a view is built from; pinned by the caller's unit of work. */
struct view_frame {
	const struct form *form;
	const struct period *period;
	const struct directory *dir;
	const struct structure *structure;
	enum basis basis;
};

/*
 * Build from the first slot_count slots as they are now; without the lock.  What
 * is published meanwhile is brought in by view_extend and view_sync under it.
 */
struct view *view_build(const struct slab *slab, const struct view_frame *frame,
    size_t slot_count);
void view_free(struct view *view);

/* Give the slots that came since a place; by how many bytes it grew.  Needs the
 * lock. */
int64_t view_extend(struct view *view, const struct slab *slab,
    const struct view_frame *frame);

/* Bring the rows up to what counts for a slot now.  Does not allocate. */
void view_sync(struct view *view, const struct slab *slab, int32_t slot);

bool view_is_for(const struct view *view, const struct view_frame *frame);

static inline struct view_place *
view_place(const struct view *view, int32_t slot)
{
	return pile_at(&view->places, slot);
}

#endif
