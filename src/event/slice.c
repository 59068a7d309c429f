#include "event/slice.h"

#include "core/home.h"
#include "event/hub.h"

static int64_t
streams(const struct home *home)
{
	return home->event_hub == NULL ? 0 : event_hub_count(home->event_hub);
}

static const struct gauge gauges[] = {
	{ "event_streams", "Streams and polls that wait for events.",
	    GAUGE_LEVEL, streams },
	{ 0 },
};

static const struct route *const tables[] = { event_routes, NULL };

const struct slice event_slice = {
	.name = "event",
	.routes = tables,
	.gauges = gauges,
};
