#include "org/slice.h"

#include "event/event.h"

static const struct route *const tables[] = { unit_routes, NULL };

/* Everybody signed in reads units. */
static enum fail
may_read(struct ctx *ctx, const struct event *event, bool *ret)
{
	(void)ctx;
	(void)event;
	*ret = true;
	return OK;
}

/* An import is about many units at once: its object is "0". */
static const struct event_kind events[] = {
	{ "vn.truc.unit.created", "unit", "unit.create", NULL, may_read },
	{ "vn.truc.unit.changed", "unit", "unit.change", NULL, may_read },
	{ "vn.truc.unit.abolished", "unit", "unit.abolish", NULL, may_read },
	{ "vn.truc.unit.coded", "unit", "unit.code", NULL, may_read },
	{ "vn.truc.unit.succeeded", "unit", "unit.succession", NULL, may_read },
	{ "vn.truc.unit.imported", "unit", "unit.import", NULL, may_read },
	{ 0 },
};

const struct slice org_slice = {
	.name = "org",
	.routes = tables,
	.events = events,
};
