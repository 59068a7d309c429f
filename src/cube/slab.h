#ifndef CUBE_SLAB_H
#define CUBE_SLAB_H

#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "cube/cube.h"
#include "cube/pile.h"
#include "trust/trust.h"

/*
 * Inside the cube: the slabs and what was reported.
 *
 * A leaf is one signed version of one unit's report: its cells, and when it was
 * signed, returned and accepted.  Everything but the last two is written before
 * it is published and never changes, so the state at any ledger index is read
 * off a unit's chain of leaves, newest first, without a lock.
 *
 * Memory is mostly leaves, so a leaf is as wide as its widest value (most
 * figures are counts below 32,768) and has states only if a cell is no value.
 * It is named by its place in the slab's pile, in steps of LEAF_STEP bytes.
 *
 * cube->published is the gate: a reader that loaded N from it sees every event
 * with an index below N, in every slab, and leaves out the others by their
 * index.  Events are published in the ledger's order, because the store runs
 * effects in the order in which it numbered the entries.
 */
#define INDEX_NEVER INT64_MAX
#define SLAB_NONE (-1)

struct leaf {
	int64_t index; /* of its signing */
	int64_t at_us;
	int64_t report;
	_Atomic int64_t returned; /* index, or INDEX_NEVER */
	_Atomic int64_t accepted;
	int32_t version;
	int32_t previous; /* the unit's leaf before, SLAB_NONE */
	uint8_t width;    /* bytes of a value: 2, 4 or 8 */
	bool full;        /* every cell is a value */
	/* values of all cells; unless full, as many bytes of state */
	alignas(int64_t) uint8_t data[];
};
#define LEAF_STEP 16
#define LEAF_WIDTHS 3 /* 2, 4 and 8 bytes */

/* A unit that reported, or was closed or reopened. */
struct slab_slot {
	int64_t unit;
	int64_t first_us; /* first signing; set before latest */
	_Atomic int32_t latest;
};

struct slab_closing {
	int32_t slot;
	bool reopened; /* it ends a closing */
	int64_t index;
};

struct view;
#define SLAB_VIEWS_MAX 8

struct slab {
	int64_t version_id;
	struct digest form; /* of the version */
	int year;
	int number;
	size_t cells;
	struct cube *cube;
	int32_t serial;       /* the order in which several are locked */
	pthread_mutex_t lock; /* guards all below, but for the gate's rule */
	struct arena *arena;
	struct pile slots;
	struct pile leaves; /* in steps */
	size_t leaf_count;
	struct pile closings;
	struct pile changes; /* int32_t slot of each event, in order */
	/* leaves given back, chained by previous: by width, and full or not */
	int32_t spare[LEAF_WIDTHS][2];
	const uint8_t *all_values; /* the states of a full leaf */
	struct arena *map_arena;
	int32_t *map; /* open addressing: unit to slot + 1 */
	size_t map_room;
	size_t staged;      /* events reserved and not yet published */
	size_t restored;    /* events that came with a snapshot */
	int64_t last_index; /* of the newest event, -1 */
	struct view *views[SLAB_VIEWS_MAX];
};

struct cube {
	pthread_mutex_t lock; /* guards the list of slabs */
	struct arena *arena;
	struct slab **slabs;
	size_t count;
	size_t room;
	_Atomic int64_t published;
	_Atomic int64_t staged;
	_Atomic int64_t view_bytes; /* of all views, those in use too */
	_Atomic int64_t view_count;
	int64_t view_bytes_max; /* above these views are dropped */
	int64_t view_count_max;
	_Atomic int64_t clock; /* ticks by use of a view */
	_Atomic int64_t kept;  /* ledger size of the newest snapshot, -1 */
};

/*
 * Drop the views not used for longest until they are within their limits, with
 * room for so many more.  Those in use stay: false if that is too much.
 */
bool cube_trim_views(struct cube *cube, int64_t more);

/* Free a view that no slab has any more and nobody uses. */
void cube_free_view(struct cube *cube, struct view *view);

/* Is all that is durable before size in the cube? */
bool cube_has(struct cube *cube, int64_t size);

/* Everything before size is in the cube: raise published to it. */
void cube_reach(struct cube *cube, int64_t size);

/* NULL if there is none and make is false. */
struct slab *slab_of(struct cube *cube, const struct form_version *version,
    const struct period *period, bool make);

static inline struct slab_slot *
slab_slot(const struct slab *slab, int32_t i)
{
	return pile_at(&slab->slots, i);
}

static inline struct leaf *
slab_leaf(const struct slab *slab, int32_t i)
{
	return pile_at(&slab->leaves, i);
}

static inline const uint8_t *
leaf_states(const struct slab *slab, const struct leaf *leaf)
{
	return leaf->full ? slab->all_values
			  : leaf->data + leaf->width * slab->cells;
}

/* 0 where the cell is no value. */
static inline int64_t
leaf_value(const struct leaf *leaf, size_t cell)
{
	const void *data = leaf->data;

	switch (leaf->width) {
	case sizeof(int16_t):
		return ((const int16_t *)data)[cell];
	case sizeof(int32_t):
		return ((const int32_t *)data)[cell];
	default:
		return ((const int64_t *)data)[cell];
	}
}

struct slab *slab_new(struct cube *cube, const struct form_version *version,
    const struct period *period);
void slab_free(struct slab *slab);

/* How wide a leaf of these cells is. */
bool leaf_width_is_good(uint8_t width);
struct leaf_shape {
	uint8_t width;
	bool full;
};
struct leaf_shape leaf_shape(const int64_t *values, const uint8_t *states,
    size_t cells);
size_t leaf_bytes(const struct leaf_shape *shape, size_t cells);

/*
 * The way of an event into a slab: measure (no lock), reserve (lock; may
 * allocate), fill (no lock: nobody else sees the leaf), publish (lock; cannot
 * fail, does not allocate) or give back (lock).
 */
struct reserved {
	struct leaf_shape shape; /* measured; of a signing */
	int32_t slot;
	int32_t leaf; /* SLAB_NONE unless it is a signing */
};
NODISCARD enum fail slab_reserve(struct ctx *ctx, struct slab *slab,
    const struct form_version *version, const struct period *period,
    const struct cube_event *event, struct reserved *ret);
void slab_fill(const struct slab *slab, int32_t leaf,
    const struct cube_event *event);
void slab_publish(struct slab *slab, const struct reserved *reserved,
    const struct cube_event *event);
void slab_give_back(struct slab *slab, const struct reserved *reserved);

/*
 * For a slab that only its reader knows yet (snapshot_read): a new slot; a leaf
 * to be filled, then signed; a closing or its end.
 */
bool slab_is_full(const struct slab *slab);
/* How much of its fullest limit is used, millionths, rounded up; 1,000,000 and
 * more: full. */
int64_t slab_used(const struct slab *slab);
int32_t slab_add_slot(struct slab *slab, int64_t unit);
int32_t slab_take_leaf(struct slab *slab, const struct leaf_shape *shape);
void slab_restore_leaf(struct slab *slab, int32_t slot, int32_t leaf,
    int64_t index, int64_t at_us);
void slab_restore_closing(struct slab *slab, int32_t slot, bool reopened,
    int64_t index);

/* Free a view, or have its last user free it.  Needs the lock. */
void slab_drop_view(struct slab *slab, size_t i);

/* The slot of a unit, SLAB_NONE.  Needs the lock. */
int32_t slab_find(const struct slab *slab, int64_t unit);

/* A slot's leaf of a report version, SLAB_NONE.  Needs the lock. */
int32_t slab_version(const struct slab *slab, int32_t slot, int version);

/*
 * The leaf that counts for a slot, of what the first index entries say;
 * SLAB_NONE.  Exact without the lock if index is at most what published was.
 */
int32_t slab_counts(const struct slab *slab, int32_t slot, enum basis basis,
    int64_t index);

/* Index of the newest signing or return of a slot before index, -1. */
int64_t slab_changed(const struct slab *slab, int32_t slot, int64_t index);

/* Is the slot's report late for a deadline day? */
bool slab_late(const struct slab *slab, int32_t slot, day deadline);

#endif
