#include "hook/slice.h"

#include "core/home.h"
#include "hook/deliver.h"
#include "hook/event.h"
#include "hook/hooks.h"
#include "hook/inside.h"
#include "hook/option.h"

static int64_t
sent(const struct home *home)
{
	const struct hooks *hooks = hooks_of(home);

	return hooks == NULL ? 0 : atomic_load(&hooks->sent);
}

static int64_t
failed(const struct home *home)
{
	const struct hooks *hooks = hooks_of(home);

	return hooks == NULL ? 0 : atomic_load(&hooks->failed);
}

static int64_t
buried(const struct home *home)
{
	const struct hooks *hooks = hooks_of(home);

	return hooks == NULL ? 0 : atomic_load(&hooks->buried);
}

static const struct gauge gauges[] = {
	{ "hook_events_sent_total", "Events that hooks delivered.",
	    GAUGE_COUNTER, sent },
	{ "hook_tries_failed_total", "Tries of hooks that failed.",
	    GAUGE_COUNTER, failed },
	{ "hook_letters_total", "Events of hooks that became dead letters.",
	    GAUGE_COUNTER, buried },
	{ 0 },
};

const struct slice hook_slice = {
	.name = "hook",
	.routes = (const struct route *const[]){ hook_routes, NULL },
	.grants =
	    (const struct grant[]){
		{ "hook.own", ROLE_EVERYBODY },
		{ "hook.manage", ROLE_ADMIN },
		{ 0 },
	    },
	.options = (const struct option *const[]){ hook_option_table, NULL },
	.flows = (const struct flow *const[]){ &hook_flow, NULL },
	.jobs = hook_jobs,
	.gauges = gauges,
	.events = hook_events,
	.checks =
	    (const struct check[]){
		{ "hooks", hook_check },
		{ 0 },
	    },
	.tallies =
	    (const struct tally_table[]){
		{ "hooks", hook_whole_rows },
		{ "dead letters", hook_letter_rows },
		{ 0 },
	    },
	.open = hooks_open,
	.close = hooks_close,
};
