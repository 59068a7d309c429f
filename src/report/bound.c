#include "report/bound.h"

#include <inttypes.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/map.h"
#include "people/access.h"
#include "report/option.h"

enum whose { OF_REPORT, OF_PERSON, OF_KEY, WHOSE };

static const char *const words[WHOSE] = { "report", "person", "key" };

static const enum report_option rows[WHOSE][BOUND_ACTS] = {
	[OF_REPORT] = { REPORT_SAVES, REPORT_VERSIONS },
	[OF_PERSON] = { REPORT_SAVES_PERSON, REPORT_VERSIONS_PERSON },
	[OF_KEY] = { REPORT_SAVES_KEY, REPORT_VERSIONS_KEY },
};

struct taken {
	int64_t of[BOUND_ACTS];
};

struct bounds {
	struct arena *arena; /* its own */
	day today;
	struct arena *of_today;
	struct map *taken; /* by id and whose it is */
};

static const char owner[] = "bounds";

static void
begin_day(struct bounds *bounds, day today)
{
	arena_free(bounds->of_today);
	bounds->of_today = arena_new(0);
	bounds->taken = map_new(bounds->of_today, 0);
	bounds->today = today;
}

struct bounds *
bounds_new(void)
{
	struct arena *arena = arena_new(0);
	struct bounds *bounds = ARENA_NEW(arena, struct bounds);

	bounds->arena = arena;
	begin_day(bounds, 0);
	return bounds;
}

void
bounds_free(struct bounds *bounds)
{
	if (bounds == NULL)
		return;
	arena_free(bounds->of_today);
	arena_free(bounds->arena);
}

void
bounds_attach(struct home *home, struct bounds *bounds)
{
	home_keep(home, owner, bounds);
}

struct bounds *
bounds_of(const struct home *home)
{
	return home_state(home, owner);
}

static struct taken *
find(struct bounds *bounds, enum whose whose, int64_t id)
{
	const int64_t key = id * WHOSE + (int64_t)whose;
	struct taken *taken = map_get(bounds->taken, key);

	if (taken == NULL) {
		taken = ARENA_NEW(bounds->of_today, struct taken);
		map_put(bounds->taken, key, taken);
	}
	return taken;
}

/* Room for one more? */
static enum fail
ask(struct ctx *ctx, enum whose whose, int64_t id, enum bound_act act)
{
	const struct taken *taken = find(bounds_of(ctx->home), whose, id);
	const struct option *row = &report_option_table[rows[whose][act]];

	if (taken->of[act] < option_int(ctx->home, row))
		return OK;
	return FAIL(ctx, FAIL_TOO_OFTEN, "report.day_full",
	    "%s %" PRId64 " has used up %s of this day", words[whose], id,
	    row->name);
}

enum fail
bound_take(struct ctx *ctx, int64_t report, enum bound_act act)
{
	const struct actor *actor = ctx->actor;
	const enum whose who = actor->token != 0 ? OF_KEY : OF_PERSON;
	const int64_t id = actor->token != 0 ? actor->token : actor->person;
	struct bounds *bounds = bounds_of(ctx->home);
	const day today = day_of_us(ctx->now_us);

	if (bounds == NULL || actor->is_system)
		return OK;
	if (bounds->today != today)
		begin_day(bounds, today);
	TRY(ask(ctx, OF_REPORT, report, act));
	TRY(ask(ctx, who, id, act));
	find(bounds, OF_REPORT, report)->of[act]++;
	find(bounds, who, id)->of[act]++;
	return OK;
}
