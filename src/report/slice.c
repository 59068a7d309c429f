#include "report/option.h"
#include "report/slice.h"

#include <inttypes.h>

#include "core/home.h"
#include "cube/cube.h"
#include "report/bound.h"
#include "report/check.h"
#include "report/event.h"
#include "report/keep.h"
#include "report/paper.h"
#include "report/place.h"
#include "report/report.h"

#define OWN (ROLE_CLERK | ROLE_LEADER)
#define ABOVE (ROLE_COLLECTOR | ROLE_VIEWER | ROLE_CENTRE)

static int64_t
cube_bytes(const struct home *home)
{
	struct cube_stats stats = { 0 };

	cube_stats(cube_of(home), &stats);
	return stats.bytes;
}

static int64_t
view_bytes(const struct home *home)
{
	struct cube_stats stats = { 0 };

	cube_stats(cube_of(home), &stats);
	return stats.view_bytes;
}

static int64_t
cube_used(const struct home *home)
{
	struct cube_stats stats = { 0 };

	cube_stats(cube_of(home), &stats);
	return stats.used;
}

static enum fail
check_rows(struct ctx *ctx, struct text *said)
{
	int64_t checked = 0;

	TRY(report_check(ctx, &checked));
	text_addf(said, "%" PRId64 " rows say what the ledger says", checked);
	return OK;
}

static enum fail
check_acts(struct ctx *ctx, struct text *said)
{
	int64_t checked = 0;

	TRY(report_check_acts(ctx, &checked));
	text_addf(said,
	    "%" PRId64 " signings, acceptances, returns and "
	    "closings are as the ledger says",
	    checked);
	return OK;
}

static enum fail
check_history(struct ctx *ctx, struct text *said)
{
	int64_t checked = 0;

	TRY(report_check_history(ctx, &checked));
	text_addf(said,
	    "%" PRId64 " acts, closings and the rows of reports are as they "
	    "were written",
	    checked);
	return OK;
}

/* The cube is filled from reports, so it is kept for the process here. */
static enum fail
open_memory(struct ctx *ctx)
{
	places_attach(ctx->home, places_new());
	bounds_attach(ctx->home, bounds_new());
	cube_attach(ctx->home, cube_new());
	cube_limit_views(cube_of(ctx->home),
	    option_int(ctx->home, &cube_option_table[CUBE_VIEW_BYTES]),
	    option_int(ctx->home, &cube_option_table[CUBE_VIEWS]));
	return OK;
}

static void
close_memory(struct home *home)
{
	places_free(places_of(home));
	places_attach(home, NULL);
	bounds_free(bounds_of(home));
	bounds_attach(home, NULL);
	cube_free(cube_of(home));
	cube_attach(home, NULL);
}

const struct slice report_slice = {
	.name = "report",
	.routes = (const struct route *const[]){ report_routes,
	    obligation_routes, report_screens, NULL },
	.grants =
	    (const struct grant[]){
		{ "report.read", OWN | ABOVE },
		{ "report.edit", OWN },
		{ "report.sign", ROLE_LEADER },
		{ "report.review", ROLE_COLLECTOR },
		{ 0 },
	    },
	.options = (const struct option *const[]){ cube_option_table,
	    report_option_table, NULL },
	.flows = (const struct flow *const[]){ &report_flow, NULL },
	.jobs = report_jobs,
	.gauges =
	    (const struct gauge[]){
		{ "cube_bytes", "Memory held by the cube, bytes.", GAUGE_LEVEL,
		    cube_bytes },
		{ "cube_used_millionths",
		    "How much the fullest form and period uses of its limits "
		    "(units, versions, their cells), millionths; at 1000000 "
		    "nobody signs it any more.",
		    GAUGE_LEVEL, cube_used },
		{ "cube_view_bytes", "Of these, totals by structure, bytes.",
		    GAUGE_LEVEL, view_bytes },
		{ 0 },
	    },
	.checks =
	    (const struct check[]){
		{ "reports", check_rows },
		{ "acts", check_acts },
		{ "history", check_history },
		{ 0 },
	    },
	.events = report_events,
	.tallies =
	    (const struct tally_table[]){
		{ "reports", report_rows },
		{ 0 },
	    },
	.adopt = report_adopt,
	.open = open_memory,
	.close = close_memory,
	.replay = report_start,
};
