#include "report/slice.h"

#include "core/home.h"
#include "cube/cube.h"
#include "report/event.h"

static int64_t
cube_bytes(const struct home *home)
{
	struct cube_stats stats = { 0 };

	cube_stats(home->cube, &stats);
	return stats.bytes;
}

static const struct gauge gauges[] = {
	{ "cube_bytes", "Memory held by the cube, bytes.", GAUGE_LEVEL,
	    cube_bytes },
	{ 0 },
};

const struct slice report_slice = {
	.name = "report",
	.routes =
	    (const struct route *const[]){ report_routes, duty_routes, NULL },
	.gauges = gauges,
	.events = report_events,
};
