#include "event/slice.h"

#include "core/home.h"
#include "event/check.h"
#include "event/event.h"
#include "event/hub.h"
#include "event/inside.h"
#include "event/option.h"

static int64_t
streams(const struct home *home)
{
	return home->event_hub == NULL ? 0 : event_hub_count(home->event_hub);
}

static int64_t
rounds(const struct home *home)
{
	return home->event_hub == NULL ? 0 : event_hub_rounds(home->event_hub);
}

static const struct gauge gauges[] = {
	{ "event_streams", "Streams and polls that wait for events.",
	    GAUGE_LEVEL, streams },
	{ "event_rounds_total", "Looks at those who wait for events.",
	    GAUGE_COUNTER, rounds },
	{ 0 },
};

static enum fail
open_events(struct ctx *ctx)
{
	return events_open(ctx, &ctx->home->events);
}

static void
close_events(struct home *home)
{
	events_close(home->events);
	home->events = NULL;
}

const struct slice event_slice = {
	.name = "event",
	.routes = (const struct route *const[]){ event_routes, NULL },
	.options = (const struct option *const[]){ event_option_table, NULL },
	.jobs = event_jobs,
	.gauges = gauges,
	.checks =
	    (const struct check[]){
		{ "events", event_check },
		{ 0 },
	    },
	.tallies =
	    (const struct tally_table[]){
		{ "events", event_rows },
		{ 0 },
	    },
	.open = open_events,
	.close = close_events,
};
