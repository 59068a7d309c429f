#ifndef CENTRE_T_REPORTS_H
#define CENTRE_T_REPORTS_H

#include "cube/t_world.h"

#include "report/body.h"

/*
 * Reports without the report slice: entries in the ledger with the bodies that
 * it writes, and their events in the cube.
 */
static const char *const reports_periods[] = { "2025-Q1", "2025-Q2",
	"2025-Q3" };
#define REPORTS_PERIODS 3

struct reports {
	struct world world;
	/* by period and unit: the last version, and what became of it */
	int versions[REPORTS_PERIODS][WORLD_UNITS_MAX];
	bool settled[REPORTS_PERIODS][WORLD_UNITS_MAX];
};

struct reports_act {
	struct reports *reports;
	enum cube_act act;
	int period;
	size_t unit; /* position in the world */
	int version;
	struct cells cells; /* CUBE_SENT */
	int64_t index;      /* out */
};

static inline enum fail
reports_record(struct ctx *ctx, void *arg)
{
	static const char *const kinds[] = { [CUBE_SENT] = "report.sign",
		[CUBE_RETURNED] = "report.send_back",
		[CUBE_ACCEPTED] = "report.accept",
		[CUBE_CLOSED] = "report.close",
		[CUBE_REOPENED] = "report.reopen" };
	struct reports_act *act = arg;
	struct world *world = &act->reports->world;
	const struct period period = world_period(reports_periods[act->period]);
	const struct form_version *version = world_version(world->t);
	const int64_t unit = world->ids[act->unit];
	const struct body body = { .form =
				       digest_hex(ctx->arena, &version->digest),
		.period = reports_periods[act->period],
		.report = act->act >= CUBE_CLOSED ? 0 : unit * 10,
		.unit = unit,
		.version = act->version,
		.signer = "Nguyễn \"],\"form\":\" An",
		.version_of = version,
		.cells = &act->cells };
	struct ledger_entry *entry = NULL;

	TRY(ledger_append(ctx, kinds[act->act], unit,
	    act->act == CUBE_SENT ? body_of_version(ctx, &body)
				  : body_of_act(ctx, &body),
	    &entry));
	return cube_stage(ctx, version, &period,
	    &(struct cube_event){ .act = act->act,
		.unit = unit,
		.version = act->version,
		.report = unit * 10,
		.values = act->cells.values,
		.states = act->cells.states },
	    entry);
}

static inline void
reports_fill(struct world *world, struct cells *cells)
{
	const bool full = world_dice(world, 2) == 0;

	cells_init(cells, world->t->ctx.arena, WORLD_CELLS);
	for (size_t c = 0; c < WORLD_CELLS; c++) {
		cells->states[c] =
		    full ? CELL_VALUE : (uint8_t)world_dice(world, 4);
		if (cells->states[c] == CELL_VALUE)
			cells->values[c] =
			    (int64_t)world_dice(world, 201) - 100;
	}
}

/* A unit signs with the same value in every cell. */
static inline void
reports_say(struct reports *r, int period, size_t unit, int64_t value)
{
	struct world *world = &r->world;
	struct reports_act act = { .reports = r,
		.act = CUBE_SENT,
		.period = period,
		.unit = unit,
		.version = ++r->versions[period][unit] };
	struct cells cells = { 0 };
	struct arena *arena = arena_new(0);

	cells_init(&cells, arena, WORLD_CELLS);
	for (size_t c = 0; c < WORLD_CELLS; c++) {
		cells.states[c] = CELL_VALUE;
		cells.values[c] = value;
	}
	act.cells = cells;
	t_ok(&world->t->ctx, t_unit(world->t, reports_record, &act));
	arena_free(arena);
}

/* A random act that the state of a random report allows. */
static inline bool
reports_think(struct reports *r, struct reports_act *act)
{
	struct world *world = &r->world;
	int *version = NULL;
	bool *settled = NULL;

	act->reports = r;
	act->period = (int)world_dice(world, REPORTS_PERIODS);
	act->unit = (size_t)world_dice(world, world->count);
	version = &r->versions[act->period][act->unit];
	settled = &r->settled[act->period][act->unit];
	switch (world_dice(world, 9)) {
	case 0:
		act->act =
		    world_dice(world, 3) == 0 ? CUBE_REOPENED : CUBE_CLOSED;
		return true;
	case 1:
	case 2:
	case 3:
		act->act =
		    world_dice(world, 2) == 0 ? CUBE_RETURNED : CUBE_ACCEPTED;
		act->version = *version;
		if (*version == 0 || *settled)
			return false;
		*settled = true;
		return true;
	default:
		act->act = CUBE_SENT;
		act->version = ++*version;
		*settled = false;
		return true;
	}
}

static inline void
reports_happen(struct reports *r, int times)
{
	struct t *t = r->world.t;

	while (times > 0) {
		struct arena *arena = arena_new(0);
		struct reports_act act = { 0 };

		t->ctx.actor = &access_system;
		t->clock_us = day_start_us(world_day("2025-10-01")) +
			      (int64_t)world_dice(&r->world, 12) * DAY_US;
		if (reports_think(r, &act)) {
			struct arena *own = t->ctx.arena;

			t->ctx.arena = arena;
			reports_fill(&r->world, &act.cells);
			t->ctx.arena = own;
			t_ok(&t->ctx, t_unit(t, reports_record, &act));
			times--;
		}
		arena_free(arena);
	}
}

#endif
