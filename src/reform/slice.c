#include "reform/slice.h"

#include <inttypes.h>

#include "core/arena.h"
#include "event/event.h"
#include "ledger/ledger.h"
#include "reform/reform.h"

static enum fail
set_of(struct ctx *ctx, const struct ledger_entry *entry, const char **ret)
{
	*ret = arena_printf(ctx->arena, "%" PRId64, entry->id);
	return OK;
}

/* Everybody signed in reads units. */
static const struct event_kind events[] = {
	{ "vn.truc.unit.reformed", "unit-change", "unit.reform", set_of,
	    event_for_all },
	{ 0 },
};

static enum fail
check_sets(struct ctx *ctx, struct text *said)
{
	int64_t checked = 0;

	TRY(reform_check(ctx, &checked));
	text_addf(said,
	    "%" PRId64 " sets of changes of units are as the ledger says",
	    checked);
	return OK;
}

const struct slice reform_slice = {
	.name = "reform",
	.routes = (const struct route *const[]){ reform_routes, NULL },
	.grants =
	    (const struct grant[]){
		{ "unit.change", ROLE_ADMIN | ROLE_AREA_ADMIN },
		{ 0 },
	    },
	.events = events,
	.checks =
	    (const struct check[]){
		{ "reforms", check_sets },
		{ 0 },
	    },
};
