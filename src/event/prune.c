#include "core/day.h"
#include "event/event.h"
#include "event/option.h"
#include "event/slice.h"

/* Rows that one unit of work forgets: some milliseconds of the ticket. */
#define PRUNE_ROWS 2000

/*
 * What stays inside a unit is news for some days; the ledger's part of the
 * events is never forgotten.
 */
static enum fail
prune(struct ctx *ctx, struct job *job)
{
	const int64_t days =
	    option_int(ctx->home, &event_option_table[EVENT_DAYS]);
	const int64_t before_us = ctx->now_us - days * DAY_S * 1000000;
	int64_t gone = 0;
	int64_t id = 0;

	TRY(event_prune(ctx, before_us, PRUNE_ROWS, &gone));
	if (gone < PRUNE_ROWS)
		return OK;
	return job_add(ctx, job->kind->name, "{}", ctx->now_us, &id);
}

const struct job_kind event_jobs[] = {
	{
	    .name = "event.prune",
	    .lane = JOB_QUICK,
	    .tx = TX_WRITE,
	    .time_limit_s = 60,
	    .tries_max = 5,
	    .run = prune,
	    .every_s = DAY_S,
	    .at_s = 3 * HOUR_S,
	},
	{ 0 },
};
