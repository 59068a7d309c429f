#include "cube/cube.h"

#include <assert.h>
#include <string.h>

#include <inttypes.h>

#include "core/arena.h"
#include "core/home.h"
#include "cube/slab.h"
#include "cube/view.h"
#include "ledger/ledger.h"
#include "store/store.h"

/*
 * The cube itself, and the way of an event into it: reserve (slab lock, may
 * allocate), fill (no lock: nobody else sees the leaf), publish (slab lock, does
 * not allocate).
 */

const struct option cube_option_table[] = {
	[CUBE_VIEW_BYTES] = OPT_INT("cube.view_bytes", INT64_C(160) << 20, 0,
	    INT64_C(64) << 30, "bytes", OPTION_RESTART,
	    "Memory for totals by other structures than the period's own; "
	    "160 MiB hold some eighty of 75 cells over the whole country; "
	    "those not asked for longest are dropped."),
	[CUBE_VIEWS] = OPT_INT("cube.views", 1000, 1, 1000000, "",
	    OPTION_RESTART,
	    "How many of them there are at most; one is a form and period in "
	    "a structure."),
	{ 0 },
};

struct cube *
cube_new(void)
{
	struct arena *arena = arena_new(0);
	struct cube *cube = ARENA_NEW(arena, struct cube);

	cube->arena = arena;
	pthread_mutex_init(&cube->lock, NULL);
	atomic_init(&cube->published, 0);
	atomic_init(&cube->staged, 0);
	atomic_init(&cube->view_bytes, 0);
	atomic_init(&cube->view_count, 0);
	cube_limit_views(cube, cube_option_table[CUBE_VIEW_BYTES].initial,
	    cube_option_table[CUBE_VIEWS].initial);
	atomic_init(&cube->clock, 0);
	atomic_init(&cube->kept, -1);
	return cube;
}

void
cube_free(struct cube *cube)
{
	if (cube == NULL)
		return;
	for (size_t i = 0; i < cube->count; i++)
		slab_free(cube->slabs[i]);
	pthread_mutex_destroy(&cube->lock);
	arena_free(cube->arena);
}

static const char owner[] = "cube";

void
cube_attach(struct home *home, struct cube *cube)
{
	home_keep(home, owner, cube);
}

struct cube *
cube_of(const struct home *home)
{
	return home_state(home, owner);
}

void
cube_reach(struct cube *cube, int64_t size)
{
	int64_t now = atomic_load(&cube->published);

	while (now < size &&
	       !atomic_compare_exchange_weak(&cube->published, &now, size))
		continue;
}

bool
cube_has(struct cube *cube, int64_t size)
{
	return atomic_load(&cube->published) >= size ||
	       atomic_load(&cube->staged) == 0;
}

void
cube_adopt(struct cube *cube, struct cube *from, int64_t size)
{
	pthread_mutex_lock(&cube->lock);
	assert(cube->count == 0);
	cube->room = from->count;
	cube->slabs = ARENA_ARRAY(cube->arena, cube->room, struct slab *);
	for (; cube->count < from->count; cube->count++) {
		cube->slabs[cube->count] = from->slabs[cube->count];
		cube->slabs[cube->count]->cube = cube;
	}
	from->count = 0;
	pthread_mutex_unlock(&cube->lock);
	cube_free(from);
	atomic_store(&cube->kept, size);
	cube_reach(cube, size);
}

int64_t
cube_kept(struct cube *cube)
{
	return atomic_load(&cube->kept);
}

struct slab *
slab_of(struct cube *cube, const struct form_version *version,
    const struct period *period, bool make)
{
	struct slab *found = NULL;

	pthread_mutex_lock(&cube->lock);
	for (size_t i = cube->count; found == NULL && i-- > 0;) {
		struct slab *slab = cube->slabs[i];

		if (slab->version_id == version->id &&
		    slab->year == period->year &&
		    slab->number == period->number)
			found = slab;
	}
	if (found == NULL && make) {
		if (cube->count == cube->room) {
			const size_t room =
			    cube->room == 0 ? 64 : cube->room * 2;
			struct slab **more =
			    ARENA_ARRAY(cube->arena, room, struct slab *);

			if (cube->count > 0)
				memcpy(more, cube->slabs,
				    cube->count * sizeof(struct slab *));
			cube->slabs = more;
			cube->room = room;
		}
		found = slab_new(cube, version, period);
		cube->slabs[cube->count++] = found;
	}
	pthread_mutex_unlock(&cube->lock);
	return found;
}

/* A staged event, in the arena of its unit of work. */
struct staged {
	struct tx_effect effect; /* first */
	struct slab *slab;
	struct reserved reserved;
	struct cube_event event;
	const struct ledger_entry *entry;
	bool published;
};

static void
staged_apply(struct tx_effect *effect)
{
	struct staged *staged = (struct staged *)effect;

	staged->event.index = staged->entry->index;
	staged->event.at_us = staged->entry->at_us;
	pthread_mutex_lock(&staged->slab->lock);
	slab_publish(staged->slab, &staged->reserved, &staged->event);
	pthread_mutex_unlock(&staged->slab->lock);
	atomic_fetch_sub(&staged->slab->cube->staged, 1);
	staged->published = true;
}

/* The unit of work is over: what it did not publish is given back. */
static void
staged_end(void *object)
{
	struct staged *staged = object;

	if (staged->published)
		return;
	pthread_mutex_lock(&staged->slab->lock);
	slab_give_back(staged->slab, &staged->reserved);
	pthread_mutex_unlock(&staged->slab->lock);
	atomic_fetch_sub(&staged->slab->cube->staged, 1);
}

static enum fail
reserve(struct ctx *ctx, struct slab *slab, const struct form_version *version,
    const struct period *period, const struct cube_event *event,
    struct reserved *ret)
{
	enum fail outcome = OK;

	if (event->act == CUBE_SENT)
		ret->shape =
		    leaf_shape(event->values, event->states, slab->cells);
	pthread_mutex_lock(&slab->lock);
	outcome = slab_reserve(ctx, slab, version, period, event, ret);
	pthread_mutex_unlock(&slab->lock);
	if (outcome == OK && event->act == CUBE_SENT)
		slab_fill(slab, ret->leaf, event);
	return outcome;
}

enum fail
cube_stage(struct ctx *ctx, const struct form_version *version,
    const struct period *period, const struct cube_event *event,
    const struct ledger_entry *entry)
{
	struct cube *cube = cube_of(ctx->home);
	struct staged *staged = ARENA_NEW(ctx->arena, struct staged);

	TRY(fault_step(ctx, "cube.stage"));
	staged->effect.apply = staged_apply;
	staged->slab = slab_of(cube, version, period, true);
	staged->event = *event;
	staged->entry = entry;
	TRY(reserve(ctx, staged->slab, version, period, event,
	    &staged->reserved));
	atomic_fetch_add(&cube->staged, 1);
	arena_defer(ctx->arena, staged_end, staged);
	tx_stage_effect(ctx, &staged->effect);
	return OK;
}

enum fail
cube_replay(struct ctx *ctx, const struct form_version *version,
    const struct period *period, const struct cube_event *event)
{
	struct cube *cube = cube_of(ctx->home);
	struct slab *slab = slab_of(cube, version, period, true);
	struct reserved reserved = { 0 };

	TRY(reserve(ctx, slab, version, period, event, &reserved));
	pthread_mutex_lock(&slab->lock);
	if (event->index <= slab->last_index ||
	    ((event->act == CUBE_RETURNED || event->act == CUBE_ACCEPTED) &&
		slab_version(slab, reserved.slot, event->version) ==
		    SLAB_NONE)) {
		slab_give_back(slab, &reserved);
		pthread_mutex_unlock(&slab->lock);
		return FAIL(ctx, FAIL_INTERNAL, "cube.replay",
		    "entry %" PRId64 " does not follow", event->index);
	}
	slab_publish(slab, &reserved, event);
	pthread_mutex_unlock(&slab->lock);
	return OK;
}

void
cube_replayed(struct cube *cube, int64_t size)
{
	cube_reach(cube, size);
}

bool
cube_unit(struct ctx *ctx, const struct form_version *version,
    const struct period *period, int64_t unit, struct cube_event *ret_last)
{
	struct slab *slab = slab_of(cube_of(ctx->home), version, period, false);
	const struct leaf *leaf = NULL;
	int64_t *values = NULL;
	int32_t slot = SLAB_NONE;
	int32_t latest = SLAB_NONE;

	if (slab == NULL)
		return false;
	pthread_mutex_lock(&slab->lock);
	slot = slab_find(slab, unit);
	pthread_mutex_unlock(&slab->lock);
	if (slot == SLAB_NONE)
		return false;
	latest = slab_counts(slab, slot, BASIS_SENT, INDEX_NEVER);
	if (latest == SLAB_NONE)
		latest = atomic_load_explicit(&slab_slot(slab, slot)->latest,
		    memory_order_acquire);
	if (latest == SLAB_NONE)
		return false;
	leaf = slab_leaf(slab, latest);
	values = ARENA_ARRAY(ctx->arena, slab->cells, int64_t);
	for (size_t c = 0; c < slab->cells; c++)
		values[c] = leaf_value(leaf, c);
	*ret_last = (struct cube_event){
		.act = CUBE_SENT,
		.unit = unit,
		.version = leaf->version,
		.index = leaf->index,
		.at_us = leaf->at_us,
		.report = leaf->report,
		.values = values,
		.states = leaf_states(slab, leaf),
	};
	if (atomic_load(&leaf->returned) != INDEX_NEVER)
		ret_last->act = CUBE_RETURNED;
	else if (atomic_load(&leaf->accepted) != INDEX_NEVER)
		ret_last->act = CUBE_ACCEPTED;
	return true;
}

void
cube_stats(struct cube *cube, struct cube_stats *ret)
{
	struct cube_stats stats = { 0 };

	pthread_mutex_lock(&cube->lock);
	stats.slabs = (int64_t)cube->count;
	for (size_t i = 0; i < cube->count; i++) {
		struct slab *slab = cube->slabs[i];

		pthread_mutex_lock(&slab->lock);
		stats.bytes += (int64_t)arena_used(slab->arena) +
			       (int64_t)(slab->map_room * sizeof(int32_t));
		stats.rows += (int64_t)slab->leaf_count;
		if (slab_used(slab) > stats.used)
			stats.used = slab_used(slab);
		stats.events += (int64_t)(slab->restored + slab->changes.count);
		pthread_mutex_unlock(&slab->lock);
	}
	pthread_mutex_unlock(&cube->lock);
	stats.view_bytes = atomic_load(&cube->view_bytes);
	stats.views = atomic_load(&cube->view_count);
	stats.bytes += stats.view_bytes;
	*ret = stats;
}

/* The view not in use and not used for longest, all slabs over. */
static bool
find_oldest(struct cube *cube, struct slab **ret_slab, size_t *ret_at)
{
	int64_t oldest = INT64_MAX;

	for (size_t i = 0; i < cube->count; i++) {
		struct slab *slab = cube->slabs[i];

		pthread_mutex_lock(&slab->lock);
		for (size_t v = 0; v < SLAB_VIEWS_MAX; v++) {
			const struct view *view = slab->views[v];

			if (view == NULL || view->pins > 0 ||
			    view->used >= oldest)
				continue;
			oldest = view->used;
			*ret_slab = slab;
			*ret_at = v;
		}
		pthread_mutex_unlock(&slab->lock);
	}
	return oldest != INT64_MAX;
}

static bool
is_over(struct cube *cube, int64_t more)
{
	return atomic_load(&cube->view_bytes) > cube->view_bytes_max ||
	       atomic_load(&cube->view_count) + more > cube->view_count_max;
}

bool
cube_trim_views(struct cube *cube, int64_t more)
{
	struct slab *slab = NULL;
	size_t at = 0;

	if (!is_over(cube, more))
		return true;
	pthread_mutex_lock(&cube->lock);
	while (is_over(cube, more) && find_oldest(cube, &slab, &at)) {
		/* Whoever took it in between holds a pin and asks again. */
		pthread_mutex_lock(&slab->lock);
		slab_drop_view(slab, at);
		pthread_mutex_unlock(&slab->lock);
	}
	pthread_mutex_unlock(&cube->lock);
	return !is_over(cube, more);
}

void
cube_free_view(struct cube *cube, struct view *view)
{
	atomic_fetch_sub(&cube->view_bytes, view->bytes);
	atomic_fetch_sub(&cube->view_count, 1);
	view_free(view);
}

void
cube_limit_views(struct cube *cube, int64_t bytes, int64_t count)
{
	cube->view_bytes_max = bytes;
	cube->view_count_max = count;
}

void
cube_forget_views(struct cube *cube)
{
	pthread_mutex_lock(&cube->lock);
	for (size_t i = 0; i < cube->count; i++) {
		struct slab *slab = cube->slabs[i];

		pthread_mutex_lock(&slab->lock);
		for (size_t v = 0; v < SLAB_VIEWS_MAX; v++)
			slab_drop_view(slab, v);
		pthread_mutex_unlock(&slab->lock);
	}
	pthread_mutex_unlock(&cube->lock);
}
