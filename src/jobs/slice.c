#include "jobs/slice.h"

#include "core/home.h"
#include "jobs/jobs.h"

static struct jobs_stats
stats_of(const struct home *home)
{
	struct jobs_stats stats = { 0 };

	if (home->jobs != NULL)
		jobs_stats(home->jobs, &stats);
	return stats;
}

static int64_t
looks(const struct home *home)
{
	return stats_of(home).looks;
}

static int64_t
done(const struct home *home)
{
	return stats_of(home).done;
}

static int64_t
failed(const struct home *home)
{
	return stats_of(home).failed;
}

static int64_t
long_done(const struct home *home)
{
	return stats_of(home).long_done;
}

static int64_t
long_total(const struct home *home)
{
	return stats_of(home).long_total;
}

static const struct gauge gauges[] = {
	{ "job_looks_total", "Queries whether a background job is due.",
	    GAUGE_COUNTER, looks },
	{ "jobs_done_total", "Background jobs that came through.",
	    GAUGE_COUNTER, done },
	{ "jobs_failed_total", "Tries of background jobs that failed.",
	    GAUGE_COUNTER, failed },
	{ "job_long_steps_done", "Steps that the long job at work has done.",
	    GAUGE_LEVEL, long_done },
	{ "job_long_steps", "Steps that the long job at work has in all.",
	    GAUGE_LEVEL, long_total },
	{ 0 },
};

static const struct route *const no_routes[] = { NULL };

const struct slice jobs_slice = {
	.name = "jobs",
	.routes = no_routes,
	.gauges = gauges,
};
