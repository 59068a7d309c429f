#include "app/flow.h"
#include "core/arena.h"
#include "people/access.h"
#include "toy/inside.h"
#include "toy/toy.h"

static bool
unit_may(struct ctx *ctx, const char *permission, const void *object)
{
	return access_may(ctx, permission, ((const struct toy *)object)->unit);
}

static enum fail
unit_refuses(struct ctx *ctx, const char *permission, const char *event,
    const void *object)
{
	(void)event;
	TRY(access_unit(ctx, permission, ((const struct toy *)object)->unit));
	return FAIL(ctx, FAIL_DENIED, "access.denied", "%s", permission);
}

static const struct flow_by unit = { "the unit", unit_may, unit_refuses };

static const char *
say(struct ctx *ctx, const void *object)
{
	const struct toy *toy = object;

	return arena_printf(ctx->arena, "toy %lld is %s", (long long)toy->id,
	    toy_states[toy->state]);
}

const char *const toy_states[] = { "new", "polished", "broken", NULL };

static const struct flow_event events[] = {
	[TOY_EVENT_POLISH] = { "polish", NULL, NULL, NULL, false },
	[TOY_EVENT_BREAK] = { "break", "break", "break", "POST", false },
	{ 0 },
};

static const struct flow_row rows[] = {
	{ FLOW_IN(TOY_NEW), TOY_EVENT_POLISH, FLOW_IN(TOY_POLISHED), NULL,
	    &flow_by_program, NULL },
	{ FLOW_IN(TOY_NEW) | FLOW_IN(TOY_POLISHED), TOY_EVENT_BREAK,
	    FLOW_IN(TOY_BROKEN), "toy.make", &unit, NULL },
	{ 0 },
};

const struct flow toy_flow = {
	.name = "toy",
	.states = toy_states,
	.events = events,
	.rows = rows,
	.state = offsetof(struct toy, state),
	.wrong_state = "toy.state",
	.say = say,
};
