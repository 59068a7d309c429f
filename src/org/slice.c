#include "org/slice.h"

#include <inttypes.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/text.h"
#include "event/event.h"
#include "org/check.h"
#include "org/directory.h"
#include "org/heir.h"
#include "people/people.h"
#include "store/within.h"

#define ABOVE_MAX 8 /* names above a unit */

/* Words for a unit in a session: people/ is below and cannot ask. */
static void
describe(struct ctx *ctx, int64_t id, struct access_unit_words *ret)
{
	const struct directory *dir = directory_now(ctx);
	const struct unit *unit = directory_unit(dir, id);
	const day today = day_of_us(ctx->now_us);
	const struct structure *st = directory_structure(dir, today);
	const char **above = NULL;
	size_t count = 0;

	if (unit == NULL)
		return;
	above = ARENA_ARRAY(ctx->arena, ABOVE_MAX, const char *);
	for (int at = structure_parent(st, unit->number);
	     at >= 0 && count < ABOVE_MAX; at = structure_parent(st, at))
		above[count++] = unit_name(directory_at(dir, at), today);
	*ret = (struct access_unit_words){
		.name = unit_name(unit, today),
		.above = above,
		.above_count = count,
		.level = structure_level(st, unit->number),
	};
}

static enum fail
open_org(struct ctx *ctx)
{
	people_set_reach(ctx->home->people, org_reach);
	people_set_describe(ctx->home->people, describe);
	org_attach(ctx->home, org_new());
	return tx_run(ctx, TX_READ, org_load);
}

static void
close_org(struct home *home)
{
	org_free(org_of(home));
	org_attach(home, NULL);
}

/* Everybody signed in reads units.  An import is about many at once: its object
 * is "0". */
static const struct event_kind events[] = {
	{ "vn.truc.unit.created", "unit", "unit.create", NULL, event_for_all },
	{ "vn.truc.unit.changed", "unit", "unit.change", NULL, event_for_all },
	{ "vn.truc.unit.abolished", "unit", "unit.abolish", NULL,
	    event_for_all },
	{ "vn.truc.unit.coded", "unit", "unit.code", NULL, event_for_all },
	{ "vn.truc.unit.succeeded", "unit", "unit.succession", NULL,
	    event_for_all },
	{ "vn.truc.unit.heir_named", "unit", "unit.heir", NULL, event_for_all },
	{ "vn.truc.unit.imported", "unit", "unit.import", NULL, event_for_all },
	{ 0 },
};

static enum fail
check_units(struct ctx *ctx, struct text *said)
{
	int64_t entries = 0;
	int64_t counted = 0;

	TRY(org_check(ctx, &entries, &counted));
	text_addf(said,
	    "the rows of %" PRId64 " changes are as they were "
	    "written",
	    entries);
	if (counted > 0)
		text_addf(said, " (%" PRId64 " older ones by their number)",
		    counted);
	return OK;
}

static enum fail
check_heirs(struct ctx *ctx, struct text *said)
{
	int64_t checked = 0;

	TRY(heir_check(ctx, &checked));
	text_addf(said, "%" PRId64 " namings of heirs are as the ledger says",
	    checked);
	return OK;
}

const struct slice org_slice = {
	.name = "org",
	.routes = (const struct route *const[]){ unit_routes, heir_routes,
	    org_screens, NULL },
	.grants =
	    (const struct grant[]){
		{ "unit.read", ROLE_EVERYBODY },
		{ "org.manage", ROLE_ADMIN },
		/* Whose acceptance it is, names who signs. */
		{ "unit.heir", ROLE_COLLECTOR },
		{ 0 },
	    },
	.events = events,
	.checks =
	    (const struct check[]){
		{ "units", check_units },
		{ "heirs", check_heirs },
		{ 0 },
	    },
	.open = open_org,
	.close = close_org,
};
