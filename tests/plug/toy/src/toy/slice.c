#include "toy/slice.h"

#include "toy/option.h"
#include "toy/state.h"
#include "toy/toy.h"

static const struct gauge gauges[] = {
	{ "toys_polished_total", "Toys that were polished.", GAUGE_COUNTER,
	    toys_polished },
	{ 0 },
};

const struct slice toy_slice = {
	.name = "toy",
	.routes =
	    (const struct route *const[]){ toy_routes, toy_screens, NULL },
	.grants =
	    (const struct grant[]){
		{ "toy.make", ROLE_CLERK | ROLE_LEADER },
		{ "toy.see", ROLE_CLERK | ROLE_LEADER | ROLE_COLLECTOR |
				 ROLE_VIEWER | ROLE_CENTRE },
		{ 0 },
	    },
	.flows = (const struct flow *const[]){ &toy_flow, NULL },
	.options = (const struct option *const[]){ toy_option_table, NULL },
	.jobs = toy_jobs,
	.gauges = gauges,
	.events = toy_events,
	.checks = toy_checks,
	.blobs = toy_pictures,
	.open = toys_open,
	.close = toys_close,
};
