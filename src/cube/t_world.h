#ifndef CUBE_T_WORLD_H
#define CUBE_T_WORLD_H

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "t_store.h"

#include "core/text.h"
#include "cube/cube.h"
#include "ledger/ledger.h"
#include "org/directory.h"
#include "org/slice.h"
#include "org/unit.h"
#include "people/t_people.h"
#include "regime/catalogue.h"
#include "regime/slice.h"
#include "store/store.h"

/*
 * A small country that is reorganised on 1 July 2025, for tests of cube and
 * centre: two ministries, provinces, districts and communes; on that day the
 * districts go, some provinces merge, and communes stay, move, merge, split (also
 * over two provinces), are renamed, or go without a known successor.  Which does
 * what comes from t->random.
 */
#define WORLD_UNITS_MAX 400
#define WORLD_SPLIT_DAY "2025-07-01"

struct world {
	struct t *t;
	int64_t ids[WORLD_UNITS_MAX]; /* everybody who ever lived */
	size_t count;
	int64_t root;
	int64_t old_provinces[8];
	int64_t new_provinces[8]; /* the province each became */
	size_t province_count;
	day split;
};

/* All five aggregations, decimals, negative numbers; deadlines by level. */
static const char world_form[] =
    "{\"form\":{\"code\":\"T.01\",\"name_vi\":\"Biểu thử\",\"name_en\":\"Test\","
    "\"legal_basis\":\"x\",\"regime\":{\"code\":\"T\",\"name_vi\":\"Thử\","
    "\"name_en\":\"Test\",\"calendar\":{\"kind\":\"quarter\","
    "\"cutoff_day\":0}},\"reporters\":["
    "{\"level\":\"province\",\"deadline_days\":8},"
    "{\"level\":\"district\",\"deadline_days\":5},"
    "{\"level\":\"commune\",\"deadline_days\":3}]},\"versions\":[{\"number\":1,"
    "\"from\":\"2020-01-01\",\"columns\":["
    "{\"id\":\"sum\",\"label\":\"1\",\"name_vi\":\"a\",\"name_en\":\"a\","
    "\"scale\":0,\"lo\":\"-999999999\",\"hi\":\"999999999\","
    "\"aggregation\":\"sum\"},"
    "{\"id\":\"dec\",\"label\":\"2\",\"name_vi\":\"b\",\"name_en\":\"b\","
    "\"scale\":2,\"lo\":\"-9999999999999999.99\","
    "\"hi\":\"9999999999999999.99\",\"aggregation\":\"sum\"},"
    "{\"id\":\"last\",\"label\":\"3\",\"name_vi\":\"c\",\"name_en\":\"c\","
    "\"scale\":0,\"lo\":\"-999\",\"hi\":\"999\",\"aggregation\":\"last\"},"
    "{\"id\":\"min\",\"label\":\"4\",\"name_vi\":\"d\",\"name_en\":\"d\","
    "\"scale\":0,\"lo\":\"-999\",\"hi\":\"999\",\"aggregation\":\"min\"},"
    "{\"id\":\"max\",\"label\":\"5\",\"name_vi\":\"e\",\"name_en\":\"e\","
    "\"scale\":0,\"lo\":\"-999\",\"hi\":\"999\",\"aggregation\":\"max\"},"
    "{\"id\":\"none\",\"label\":\"6\",\"name_vi\":\"f\",\"name_en\":\"f\","
    "\"scale\":0,\"lo\":\"-999\",\"hi\":\"999\",\"aggregation\":\"none\"}],"
    "\"rows\":[{\"id\":\"r1\",\"name_vi\":\"Một\",\"name_en\":\"One\"},"
    "{\"id\":\"r2\",\"name_vi\":\"Hai\",\"name_en\":\"Two\"}],"
    "\"rules\":[]}]}";
#define WORLD_FORM "T.01"
#define WORLD_CELLS 12

static inline day
world_day(const char *text)
{
	day d = 0;

	assert_true(day_parse(text, &d));
	return d;
}

static inline uint64_t
world_dice(struct world *world, uint64_t below)
{
	return random_below(&world->t->random, below);
}

static inline int64_t
world_unit(struct world *world, struct unit_batch *batch, const char *type,
    int level, int64_t parent, day from)
{
	const int64_t id = unit_batch_unit(batch);
	struct arena *arena = world->t->ctx.arena;

	assert_true(world->count < WORLD_UNITS_MAX);
	unit_batch_version(batch,
	    &(struct unit_version_new){ .unit = id,
		.from = from,
		.name = arena_printf(arena, "Đơn vị %zu", world->count),
		.type = type,
		.level = level,
		.parent = parent });
	unit_batch_code(batch, id, "area",
	    arena_printf(arena, "%05zu", world->count), from);
	world->ids[world->count++] = id;
	return id;
}

/* A province after the day, either the old one or a new one. */
static inline int64_t
world_some_province(struct world *world)
{
	return world->new_provinces[world_dice(world, world->province_count)];
}

static inline void
world_heir(struct world *world, struct unit_batch *batch, int64_t from,
    int64_t to, bool whole)
{
	unit_batch_succession(batch, from, to, world->split,
	    whole ? "whole" : "part", "");
}

/* What the day does to a commune of province p. */
static inline void
world_reform(struct world *world, struct unit_batch *batch, int64_t commune,
    size_t p, int64_t *merged)
{
	const int64_t home = world->new_provinces[p];
	const uint64_t fate = world_dice(world, 10);

	if (fate < 3) { /* stays, under another parent */
		unit_batch_version(batch,
		    &(struct unit_version_new){ .unit = commune,
			.from = world->split,
			.name = "Xã Ở Lại",
			.type = "commune",
			.level = LEVEL_COMMUNE,
			.parent =
			    fate == 0 ? world_some_province(world) : home });
		return;
	}
	unit_batch_end(batch, commune, world->split);
	if (fate < 6) { /* into one that takes several */
		if (*merged == 0 || world_dice(world, 3) == 0)
			*merged = world_unit(world, batch, "ward",
			    LEVEL_COMMUNE, home, world->split);
		world_heir(world, batch, commune, *merged, true);
	} else if (fate < 9) { /* in pieces, perhaps over provinces */
		const size_t pieces = 2 + world_dice(world, 2);

		for (size_t i = 0; i < pieces; i++)
			world_heir(world, batch, commune,
			    world_unit(world, batch, "commune", LEVEL_COMMUNE,
				fate == 8 ? world_some_province(world) : home,
				world->split),
			    false);
	}
}

static inline void
world_provinces(struct world *world, struct unit_batch *batch, day begin)
{
	world->province_count = 4;
	for (size_t p = 0; p < world->province_count; p++) {
		world->old_provinces[p] = world_unit(world, batch, "province",
		    LEVEL_PROVINCE, world->root, begin);
		world->new_provinces[p] = world->old_provinces[p];
	}
	/* The first two become one new province, the others stay. */
	world->new_provinces[0] = world_unit(world, batch, "province",
	    LEVEL_PROVINCE, world->root, world->split);
	world->new_provinces[1] = world->new_provinces[0];
	for (size_t p = 0; p < 2; p++) {
		unit_batch_end(batch, world->old_provinces[p], world->split);
		world_heir(world, batch, world->old_provinces[p],
		    world->new_provinces[p], true);
	}
}

static inline enum fail
world_build(struct ctx *ctx, void *arg)
{
	struct world *world = arg;
	struct unit_batch *batch = NULL;
	const day begin = world_day("2022-01-01");

	TRY(unit_batch_new(ctx, "test", &batch));
	world->root =
	    world_unit(world, batch, "government", LEVEL_NATION, 0, begin);
	for (int m = 0; m < 2; m++)
		world_unit(world, batch, "ministry", LEVEL_PROVINCE,
		    world->root, begin);
	world_provinces(world, batch, begin);
	for (size_t p = 0; p < world->province_count; p++) {
		const size_t districts = 1 + world_dice(world, 3);
		int64_t merged = 0;

		for (size_t d = 0; d < districts; d++) {
			const int64_t district =
			    world_unit(world, batch, "district", LEVEL_DISTRICT,
				world->old_provinces[p], begin);
			const size_t communes = world_dice(world, 6);

			unit_batch_end(batch, district, world->split);
			for (size_t c = 0; c < communes; c++)
				world_reform(world, batch,
				    world_unit(world, batch, "commune",
					LEVEL_COMMUNE, district, begin),
				    p, &merged);
		}
	}
	TRY(unit_batch_record(ctx, batch, "unit.import", 0));
	return regime_publish(ctx, bytes_of_text(world_form));
}

static inline void
world_free_org(void *object)
{
	org_free(object);
}

static inline void
world_free_regime(void *object)
{
	regime_free(object);
}

static inline void
world_free_cube(void *object)
{
	cube_free(object);
}

static inline void
world_free_ledger(void *object)
{
	ledger_close(object);
}

static inline enum fail
world_load(struct ctx *ctx, void *arg)
{
	(void)arg;
	TRY(org_load(ctx));
	return regime_load(ctx);
}

/* Store and access, unless they are there, ledger, units, form and an empty
 * cube; the system acts. */
static inline void
world_make(struct world *world, struct t *t, uint64_t seed)
{
	memset(world, 0, sizeof(*world));
	world->t = t;
	world->split = world_day(WORLD_SPLIT_DAY);
	random_seed(&t->random, seed);
	if (t->home.store == NULL)
		t_store(t);
	t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
	t_defer(t, world_free_ledger, t->home.ledger);
	if (t->home.people == NULL)
		t_people(t, org_reach);
	people_set_reach(t->home.people, org_reach);
	t_grant(t, org_slice.grants);
	t_grant(t, regime_slice.grants);
	org_attach(&t->home, org_new());
	t_defer(t, world_free_org, org_of(&t->home));
	regime_attach(&t->home, regime_new());
	t_defer(t, world_free_regime, regime_of(&t->home));
	cube_attach(&t->home, cube_new());
	t_defer(t, world_free_cube, cube_of(&t->home));
	t->ctx.actor = &access_system;
	t_ok(&t->ctx, t_read(t, world_load, NULL));
	t_ok(&t->ctx, t_unit(t, world_build, world));
	t_fresh(t);
}

static inline struct period
world_period(const char *text)
{
	static const struct calendar quarter = { PERIOD_QUARTER, 0 };
	struct period period = { 0 };

	assert_true(period_parse(&quarter, text, &period));
	return period;
}

static inline const struct form_version *
world_version(struct t *t)
{
	const struct period period = world_period("2025-Q1");

	return form_for(catalogue_form(catalogue_now(&t->ctx), WORLD_FORM),
	    &period);
}

#endif
