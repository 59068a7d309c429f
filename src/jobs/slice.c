#include "jobs/slice.h"

#include <assert.h>

#include "core/home.h"
#include "jobs/inside.h"
#include "jobs/jobs.h"
#include "jobs/option.h"
#include "jobs/upkeep.h"

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

#define TABLES_MAX 64

/* The kinds of all slices. */
static enum fail
open_jobs(struct ctx *ctx)
{
	const struct job_kind *tables[TABLES_MAX + 1] = { NULL };
	size_t count = 0;

	for (const struct slice *const *slice = ctx->home->slices;
	     *slice != NULL; slice++)
		if ((*slice)->jobs != NULL) {
			assert(count < TABLES_MAX);
			tables[count++] = (*slice)->jobs;
		}
	ctx->home->jobs = jobs_new(tables);
	return OK;
}

static void
close_jobs(struct home *home)
{
	jobs_free(home->jobs);
	home->jobs = NULL;
}

const struct slice jobs_slice = {
	.name = "jobs",
	.options = (const struct option *const[]){ jobs_option_table, NULL },
	.jobs = upkeep_kinds,
	.gauges = gauges,
	.checks =
	    (const struct check[]){
		{ "schedules", jobs_check },
		{ 0 },
	    },
	.tallies =
	    (const struct tally_table[]){
		{ "jobs", job_rows },
		{ 0 },
	    },
	.open = open_jobs,
	.close = close_jobs,
};
