#include "app/flow.h"

#include <inttypes.h>

#include "core/arena.h"
#include "core/text.h"
#include "hook/hook.h"
#include "hook/hook.sql.h"
#include "hook/inside.h"
#include "people/access.h"

/* The states of a hook, and who moves it. */

const char *const hook_states[] = {
	[HOOK_ACTIVE] = "active",
	[HOOK_STOPPED] = "stopped",
	[HOOK_ENDED] = "ended",
	NULL,
};

static bool
owner_may(struct ctx *ctx, const char *permission, const void *object)
{
	const struct hook_at *at = object;

	return ctx->actor != NULL && ctx->actor->person == at->person &&
	       access_may(ctx, permission, 0);
}

static bool
manager_may(struct ctx *ctx, const char *permission, const void *object)
{
	(void)object;
	return access_may(ctx, permission, 0);
}

/* As one that is not there. */
static enum fail
refuse(struct ctx *ctx, const char *permission, const char *event,
    const void *object)
{
	const struct hook_at *at = object;

	return FAIL(ctx, FAIL_NOT_FOUND, "hook.unknown",
	    "%s of hook %" PRId64 " asks for %s", event, at->id, permission);
}

static const struct flow_by owner = { "its owner", owner_may, refuse };
static const struct flow_by manager = { "whoever manages hooks", manager_may,
	refuse };

static const struct flow_event events[] = {
	[HOOK_STOP] = { "stop", NULL, NULL, NULL, false, NULL },
	[HOOK_RESUME] = { "resume", "resume", "resume", "POST", false,
	    "hook.not_stopped" },
	[HOOK_TEST] = { "test", "test", "test", "POST", false, NULL },
	[HOOK_REPLAY] = { "replay", "replay", "replay", "POST", false, NULL },
	[HOOK_REMOVE] = { "remove", NULL, NULL, NULL, false, "hook.ended" },
	[HOOK_END] = { "end", NULL, NULL, NULL, false, "hook.ended" },
	{ 0 },
};

#define LIVING (FLOW_IN(HOOK_ACTIVE) | FLOW_IN(HOOK_STOPPED))

static const struct flow_row rows[] = {
	/* Refused by 410, or too many dead letters. */
	{ FLOW_IN(HOOK_ACTIVE), HOOK_STOP, FLOW_IN(HOOK_STOPPED), NULL,
	    &flow_by_program, NULL },
	{ FLOW_IN(HOOK_STOPPED), HOOK_RESUME, FLOW_IN(HOOK_ACTIVE), "hook.own",
	    &owner, NULL },
	{ FLOW_IN(HOOK_ACTIVE), HOOK_TEST, FLOW_STAYS, "hook.own", &owner,
	    NULL },
	{ FLOW_IN(HOOK_ACTIVE), HOOK_REPLAY, FLOW_STAYS, "hook.own", &owner,
	    NULL },
	{ LIVING, HOOK_REMOVE, FLOW_IN(HOOK_ENDED), "hook.own", &owner, NULL },
	{ LIVING, HOOK_REMOVE, FLOW_IN(HOOK_ENDED), "hook.manage", &manager,
	    NULL },
	/* Its person, token or position has ended. */
	{ LIVING, HOOK_END, FLOW_IN(HOOK_ENDED), NULL, &flow_by_program, NULL },
	{ 0 },
};

static const char *
say(struct ctx *ctx, const void *object)
{
	const struct hook_at *at = object;

	return arena_printf(ctx->arena, "hook %" PRId64 " is %s", at->id,
	    hook_states[at->state]);
}

const struct flow hook_flow = {
	.name = "hook",
	.states = hook_states,
	.events = events,
	.rows = rows,
	.state = offsetof(struct hook_at, state),
	.wrong_state = "hook.not_active",
	.say = say,
};

static int64_t
state_named(const char *name)
{
	int64_t state = 0;

	while (
	    hook_states[state] != NULL && !text_equal(hook_states[state], name))
		state++;
	return state;
}

enum fail
hook_step(struct ctx *ctx, const struct sql_hook_rows *row,
    enum hook_event event, struct hook_at *ret)
{
	struct flow_step step = { 0 };
	struct hook_at at = {
		.id = row->id,
		.person = row->person_id,
		.state = state_named(row->state),
	};

	TRY(flow_check(ctx, &hook_flow, &at));
	TRY(flow_require(ctx, &hook_flow, (int)event, &at, &step));
	flow_move(&step);
	*ret = at;
	return OK;
}
