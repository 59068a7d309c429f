#include "core/day.h"
#include "core/home.h"
#include "core/log.h"
#include "jobs/inside.h"
#include "jobs/jobs.sql.h"
#include "jobs/option.h"
#include "store/within.h"

/*
 * Jobs that wait for a time which a clock that was ahead has set, and which
 * would wait until then.
 */

/* How far off a job of a kind may be. */
struct furthest {
	const struct job_kind *kind;
	int64_t lease_us;   /* at work */
	int64_t put_off_us; /* failed, waiting for the next try */
	int64_t fresh_us;   /* not tried yet */
	bool found;
};

static struct furthest
furthest_of(const struct ctx *ctx, const struct job_kind *kind)
{
	const int64_t put_off_s =
	    option_int(ctx->home, &jobs_option_table[JOBS_BACK_OFF_MOST]);

	return (struct furthest){
		.kind = kind,
		.lease_us = ctx->now_us + kind->time_limit_s * SECOND_US,
		.put_off_us = ctx->now_us + put_off_s * SECOND_US,
		.fresh_us = ctx->now_us + JOB_AHEAD_S * SECOND_US,
	};
}

static enum fail
find(struct ctx *ctx, void *arg)
{
	struct furthest *most = arg;
	struct sql_job_ahead *row = NULL;

	TRY(sql_job_ahead(ctx, most->kind->name, most->lease_us,
	    most->put_off_us, most->fresh_us, &row));
	most->found = row != NULL;
	return OK;
}

static enum fail
bring_back(struct ctx *ctx, void *arg)
{
	const struct furthest *most = arg;
	int64_t changed = 0;

	TRY(tally_leave(ctx, job_rows, INT64_MIN, INT64_MAX));
	TRY(sql_job_bring_back(ctx, most->kind->name, ctx->now_us,
	    most->lease_us, most->put_off_us, most->fresh_us, &changed));
	return tally_enter(ctx, job_rows, INT64_MIN, INT64_MAX);
}

enum fail
jobs_bring_back(struct ctx *ctx, const struct job_kind *kind, int64_t last_us,
    bool *ret_changed)
{
	struct furthest most = furthest_of(ctx, kind);

	*ret_changed = false;
	/* Where the last one of the kind is near, all are. */
	if (last_us <= most.lease_us && last_us <= most.put_off_us &&
	    last_us <= most.fresh_us)
		return OK;
	TRY(tx_within(ctx, TX_READ, find, &most));
	if (!most.found)
		return OK;
	TRY(tx_within(ctx, TX_WRITE, bring_back, &most));
	LOG(LOG_WARN, "jobs.ahead", LOG_T("kind", kind->name));
	*ret_changed = true;
	return OK;
}
