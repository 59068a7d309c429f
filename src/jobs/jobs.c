#include "jobs/jobs.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/log.h"
#include "jobs/jobs.sql.h"
#include "store/store.h"

#define SECOND_US INT64_C(1000000)
#define BACK_OFF_FIRST_US (10 * SECOND_US)
#define BACK_OFF_MOST_US (6 * 3600 * SECOND_US)

enum fail
job_add(struct ctx *ctx, const char *kind, const char *args, int64_t run_at_us,
    int64_t *ret_id)
{
	struct sql_job_insert *row = NULL;

	assert(tx_is_write(ctx) && strlen(args) <= JOB_ARGS_MAX);
	TRY(sql_job_insert(ctx, kind, args, run_at_us, &row));
	*ret_id = row->id;
	return OK;
}

/* A new unit of work of the same process, actor and dice. */
static void
ctx_of_job(const struct ctx *ctx, struct arena *arena, struct ctx *ret)
{
	ctx_init(ret, arena, ctx->home);
	ret->actor = ctx->actor;
	ret->random = ctx->random;
	ret->faults = ctx->faults;
	ret->locale = ctx->locale;
	ret->now_us = ctx->home->now_us(ctx->home->clock);
}

static enum fail
take(struct ctx *ctx, const struct job_kind *kind, struct sql_job_take **ret)
{
	TRY(tx_begin(ctx, TX_WRITE));
	return tx_end(ctx,
	    sql_job_take(ctx, kind->name, ctx->now_us,
		ctx->now_us + kind->time_limit_s * SECOND_US, ret));
}

/* The handler's work and the end of the row, together or not at all. */
static enum fail
work(struct ctx *ctx, const struct job_kind *kind,
    const struct sql_job_take *job)
{
	int64_t changed = 0;

	if (job->tries > kind->tries_max)
		return FAIL(ctx, FAIL_INTERNAL, "job.abandoned",
		    "the last try never came to an end");
	TRY(kind->run(ctx, job->args_text));
	TRY(sql_job_done(ctx, job->id, job->tries, &changed));
	if (changed == 0)
		return FAIL(ctx, FAIL_STALE, "job.lease_lost",
		    "job %" PRId64 " took too long and was taken by another",
		    job->id);
	return OK;
}

static enum fail
run(struct ctx *ctx, const struct job_kind *kind,
    const struct sql_job_take *job)
{
	TRY(tx_begin(ctx, TX_WRITE));
	return tx_end(ctx, work(ctx, kind, job));
}

static int64_t
back_off_us(int64_t tries)
{
	int64_t wait_us = BACK_OFF_FIRST_US;

	for (int64_t i = 1; i < tries && wait_us < BACK_OFF_MOST_US; i++)
		wait_us *= 4;
	return wait_us < BACK_OFF_MOST_US ? wait_us : BACK_OFF_MOST_US;
}

/* Nothing changes if the lease is lost: the row is another's now. */
static enum fail
note_failure(struct ctx *ctx, const struct job_kind *kind,
    const struct sql_job_take *job, const char *code)
{
	const bool dead = job->tries >= kind->tries_max;
	int64_t changed = 0;

	TRY(tx_begin(ctx, TX_WRITE));
	return tx_end(ctx, sql_job_failed(ctx, job->id, job->tries,
			       ctx->now_us + back_off_us(job->tries), code,
			       dead ? &ctx->now_us : NULL, &changed));
}

/* One job of this kind, if one is due. */
static enum fail
run_one(struct ctx *ctx, const struct job_kind *kind, bool *ret_ran)
{
	AUTO(arena_end) struct arena *arena = arena_child(ctx->arena);
	struct ctx own = { 0 };
	struct sql_job_take *job = NULL;
	const char *code = NULL;
	enum fail got = OK;

	ctx_of_job(ctx, arena, &own);
	got = take(&own, kind, &job);
	if (got != OK)
		return FAIL(ctx, got, own.failure.code, "taking a job: %s",
		    own.failure.message);
	if (job == NULL) {
		*ret_ran = false;
		return OK;
	}
	*ret_ran = true;
	ctx_of_job(ctx, arena, &own);
	if (run(&own, kind, job) == OK)
		return OK;
	code = own.failure.code;
	LOG(LOG_WARN, "job.failed", LOG_T("kind", kind->name),
	    LOG_N("job", job->id), LOG_N("count", job->tries),
	    LOG_T("code", code));
	ctx_of_job(ctx, arena, &own);
	got = note_failure(&own, kind, job, code);
	if (got != OK)
		return FAIL(ctx, got, own.failure.code,
		    "noting a failed job: %s", own.failure.message);
	return OK;
}

enum fail
jobs_run_due(struct ctx *ctx, const struct job_kind *kinds, int most,
    int *ret_count)
{
	int count = 0;
	bool found = true;

	assert(ctx->tx == NULL);
	while (found && count < most) {
		found = false;
		for (const struct job_kind *kind = kinds;
		     kind->name != NULL && count < most; kind++) {
			bool ran = false;

			TRY(run_one(ctx, kind, &ran));
			found = found || ran;
			count += ran;
		}
	}
	*ret_count = count;
	return OK;
}

enum fail
job_dead_list(struct ctx *ctx, int64_t after, int64_t limit,
    struct job_dead **ret, size_t *ret_count)
{
	struct sql_job_dead_page *rows = NULL;
	struct job_dead *list = NULL;
	size_t count = 0;

	assert(limit >= 1 && limit <= JOB_PAGE_MAX);
	TRY(sql_job_dead_page(ctx, after, limit, &rows, &count));
	list = ARENA_ARRAY(ctx->arena, count + 1, struct job_dead);
	for (size_t i = 0; i < count; i++)
		list[i] = (struct job_dead){ rows[i].id, rows[i].kind,
			rows[i].args_text, rows[i].tries, rows[i].failure,
			rows[i].dead_at };
	*ret = list;
	*ret_count = count;
	return OK;
}

enum fail
job_restart(struct ctx *ctx, int64_t id)
{
	int64_t changed = 0;

	TRY(sql_job_revive(ctx, id, ctx->now_us, &changed));
	if (changed == 0)
		return FAIL(ctx, FAIL_NOT_FOUND, "job.unknown",
		    "there is no dead job %" PRId64, id);
	return OK;
}
