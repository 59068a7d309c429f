#include "core/num.h"
#include "toy/slice.h"
#include "toy/toy.h"

static enum fail
polish(struct ctx *ctx, struct job *job)
{
	int64_t id = 0;

	if (!num_parse(job->args, 1, INT64_MAX, &id))
		return FAIL(ctx, FAIL_INTERNAL, "toy.job", "\"%s\"", job->args);
	return toy_polish(ctx, id);
}

const struct job_kind toy_jobs[] = {
	{ .name = TOY_POLISH,
	    .lane = JOB_QUICK,
	    .tx = TX_WRITE,
	    .time_limit_s = 60,
	    .tries_max = 3,
	    .run = polish },
	{ 0 },
};
