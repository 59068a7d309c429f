#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/log.h"
#include "core/text.h"
#include "jobs/inside.h"
#include "jobs/jobs.sql.h"
#include "jobs/option.h"
#include "store/store.h"

#define SHOW_EVERY_US SECOND_US
#define REST_MOST_US INT64_C(50000)

static const char stopping[] = "job.stopping";

enum fail
job_add(struct ctx *ctx, const char *kind, const char *args, int64_t run_at_us,
    int64_t *ret_id)
{
	struct sql_job_insert *row = NULL;

	assert(tx_is_write(ctx) && strlen(args) <= JOB_ARGS_MAX);
	assert(ctx->home->jobs == NULL ||
	       jobs_kind(ctx->home->jobs, kind) != NULL);
	TRY(sql_job_insert(ctx, kind, args, run_at_us, &row));
	TRY(job_enter(ctx, row->id));
	lane_stage_wake(ctx, kind);
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
	ret->now_us = jobs_now_us(ctx);
}

/* NULL: none is due, or another was quicker. */
static enum fail
take_row(struct ctx *ctx, const struct job_kind *kind, int64_t until_us,
    struct sql_job_take **ret)
{
	struct sql_job_due *due = NULL;

	TRY(sql_job_due(ctx, kind->name, ctx->now_us, &due));
	if (due == NULL)
		return OK;
	TRY(job_leave(ctx, due->id));
	TRY(sql_job_take(ctx, due->id, until_us, ret));
	return job_enter(ctx, due->id);
}

static enum fail
take(struct ctx *ctx, const struct job_kind *kind, struct job **ret)
{
	const int64_t until_us = ctx->now_us + kind->time_limit_s * SECOND_US;
	struct sql_job_take *row = NULL;
	struct job *job = NULL;

	TRY(tx_begin(ctx, TX_WRITE));
	TRY(tx_end(ctx, take_row(ctx, kind, until_us, &row)));
	if (row != NULL) {
		job = ARENA_NEW(ctx->arena, struct job);
		*job = (struct job){
			.id = row->id,
			.args = row->args_text,
			.tries = row->tries,
			.kind = kind,
			.lease_us = until_us,
			.shown_us = ctx->now_us,
			.steady_us = time_steady_us(),
			.step_us = time_steady_us(),
		};
	}
	*ret = job;
	return OK;
}

static enum fail
check_lease(struct ctx *ctx, const struct job *job, int64_t changed)
{
	if (changed == 0)
		return FAIL(ctx, FAIL_STALE, "job.lease_lost",
		    "job %" PRId64 " took too long and was taken by another",
		    job->id);
	return OK;
}

/* In the unit of work that ends the row. */
static enum fail
end_row(struct ctx *ctx, const struct job *job)
{
	int64_t changed = 0;

	TRY(job_leave(ctx, job->id));
	TRY(sql_job_done(ctx, job->id, job->tries, job->lease_us, &changed));
	return check_lease(ctx, job, changed);
}

/* The handler's work and the end of the row, together or not at all. */
static enum fail
work_writing(struct ctx *ctx, struct job *job)
{
	TRY(job->kind->run(ctx, job));
	return end_row(ctx, job);
}

static enum fail
run(struct ctx *ctx, struct job *job)
{
	const enum tx_mode mode = job->kind->tx;

	if (job->tries > job->kind->tries_max)
		return FAIL(ctx, FAIL_INTERNAL, "job.abandoned",
		    "the last try never came to an end");
	if (mode == TX_WRITE) {
		TRY(tx_begin(ctx, TX_WRITE));
		return tx_end(ctx, work_writing(ctx, job));
	}
	if (mode == TX_READ) {
		TRY(tx_begin(ctx, TX_READ));
		TRY(tx_end(ctx, job->kind->run(ctx, job)));
	} else {
		TRY(job->kind->run(ctx, job));
		assert(ctx->tx == NULL);
	}
	TRY(tx_begin(ctx, TX_WRITE));
	return tx_end(ctx, end_row(ctx, job));
}

static enum fail
renew(struct ctx *ctx, const struct job *job,
    const struct sql_job_renew_args *args)
{
	int64_t changed = 0;

	TRY(job_leave(ctx, job->id));
	TRY(sql_job_renew(ctx, args, &changed));
	TRY(job_enter(ctx, job->id));
	return check_lease(ctx, job, changed);
}

/*
 * The requests come first; and while a job that reads in steps rests there is no
 * snapshot, so that the store's log can begin anew.
 */
static void
rest(struct job *job)
{
	const int64_t took_us = time_steady_us() - job->step_us;
	const int64_t us = took_us < REST_MOST_US ? took_us : REST_MOST_US;
	const struct timespec pause = { 0, us * 1000 };

	(void)nanosleep(&pause, NULL);
	job->step_us = time_steady_us();
}

/* The lease begins anew, and who looks sees how far it is. */
static enum fail
show(struct ctx *ctx, struct job *job, int64_t done, int64_t total)
{
	const int64_t steady_us = time_steady_us();
	struct sql_job_renew_args args = { job->id, job->tries, job->lease_us,
		0, done, total };

	if (ctx->now_us - job->shown_us < SHOW_EVERY_US &&
	    steady_us - job->steady_us < SHOW_EVERY_US)
		return OK;
	args.until = ctx->now_us + job->kind->time_limit_s * SECOND_US;
	TRY(tx_begin(ctx, TX_WRITE));
	TRY(tx_end(ctx, renew(ctx, job, &args)));
	job->lease_us = args.until;
	job->shown_us = ctx->now_us;
	job->steady_us = steady_us;
	return OK;
}

enum fail
job_progress(struct ctx *ctx, struct job *job, int64_t done, int64_t total)
{
	struct jobs *jobs = ctx->home->jobs;

	assert(ctx->tx == NULL && done >= 0 && (total == 0 || total >= done));
	if (jobs_is_stopping(jobs))
		return FAIL(ctx, FAIL_BUSY, stopping,
		    "the server stops; job %" PRId64 " runs again later",
		    job->id);
	if (job->kind->lane == JOB_LONG) {
		atomic_store(&jobs->long_done, done);
		atomic_store(&jobs->long_total, total);
		rest(job);
	}
	ctx->now_us = jobs_now_us(ctx);
	return show(ctx, job, done, total);
}

static int64_t
back_off_us(const struct home *home, int64_t tries)
{
	const int64_t most_s =
	    option_int(home, &jobs_option_table[JOBS_BACK_OFF_MOST]);
	int64_t wait_s = option_int(home, &jobs_option_table[JOBS_BACK_OFF]);

	for (int64_t i = 1; i < tries && wait_s < most_s; i++)
		wait_s *= 4;
	return (wait_s < most_s ? wait_s : most_s) * SECOND_US;
}

static enum fail
write_failure(struct ctx *ctx, const struct sql_job_failed_args *args)
{
	int64_t changed = 0;

	TRY(job_leave(ctx, args->id));
	TRY(sql_job_failed(ctx, args, &changed));
	return job_enter(ctx, args->id);
}

/* Nothing changes if the lease is lost: the row is another's now. */
static enum fail
note_failure(struct ctx *ctx, const struct job *job, const char *code)
{
	const struct sql_job_failed_args args = {
		.id = job->id,
		.tries = job->tries,
		.lease = job->lease_us,
		.run_at = ctx->now_us + back_off_us(ctx->home, job->tries),
		.failure = code,
		.dead_at =
		    job->tries >= job->kind->tries_max ? &ctx->now_us : NULL,
	};

	TRY(tx_begin(ctx, TX_WRITE));
	return tx_end(ctx, write_failure(ctx, &args));
}

static enum fail
release(struct ctx *ctx, const struct job *job, int64_t run_at_us)
{
	int64_t changed = 0;

	TRY(job_leave(ctx, job->id));
	TRY(sql_job_release(ctx, job->id, job->tries, job->lease_us, run_at_us,
	    &changed));
	return job_enter(ctx, job->id);
}

/* The try does not count. */
static enum fail
give_back(struct ctx *ctx, const struct job *job, int64_t run_at_us)
{
	TRY(tx_begin(ctx, TX_WRITE));
	return tx_end(ctx, release(ctx, job, run_at_us));
}

/* A job that did not come through: note why, or that its time comes later. */
static enum fail
put_off(struct ctx *ctx, const struct job *job, const char *code)
{
	if (text_equal(code, stopping))
		return give_back(ctx, job, ctx->now_us);
	LOG_OFTEN(LOG_WARN, "job.failed",
	    arena_printf(ctx->arena, "%s %s", job->kind->name, code),
	    LOG_T("kind", job->kind->name), LOG_N("job", job->id),
	    LOG_N("count", job->tries), LOG_T("code", code));
	atomic_fetch_add(&ctx->home->jobs->failed, 1);
	/* However long that lasts, no job is given up for it. */
	if (store_failed_for_now(code))
		return give_back(ctx, job,
		    ctx->now_us + back_off_us(ctx->home, 1));
	return note_failure(ctx, job, code);
}

/* One job of this kind, if one is due. */
static enum fail
run_one(struct ctx *ctx, const struct job_kind *kind, bool *ret_ran)
{
	AUTO(arena_end) struct arena *arena = arena_child(ctx->arena);
	struct ctx own = { 0 };
	struct job *job = NULL;
	const char *code = NULL;
	enum fail got = OK;

	ctx_of_job(ctx, arena, &own);
	got = take(&own, kind, &job);
	if (got != OK)
		return FAIL(ctx, got, own.failure.code, "taking a job: %s",
		    own.failure.message);
	*ret_ran = job != NULL;
	if (job == NULL)
		return OK;
	/* There may be another, for another of the lane's threads. */
	if (kind->lane == JOB_OUTBOUND)
		jobs_wake(ctx->home->jobs, JOB_OUTBOUND);
	ctx_of_job(ctx, arena, &own);
	got = run(&own, job);
	if (kind->lane == JOB_LONG) {
		atomic_store(&ctx->home->jobs->long_done, 0);
		atomic_store(&ctx->home->jobs->long_total, 0);
	}
	if (got == OK) {
		atomic_fetch_add(&ctx->home->jobs->done, 1);
		return OK;
	}
	code = own.failure.code;
	ctx_of_job(ctx, arena, &own);
	got = put_off(&own, job, code);
	if (got != OK)
		return FAIL(ctx, got, own.failure.code,
		    "noting a failed job: %s", own.failure.message);
	return OK;
}

/* What a lane finds to do. */
struct look {
	const struct job_kind *due[JOB_KINDS_MAX]; /* in the tables' order */
	size_t due_count;
	struct {
		const struct job_kind *kind;
		int64_t at_us;
	} schedules[JOB_KINDS_MAX]; /* that are due */
	size_t schedule_count;
	int64_t next_us; /* of what is not due */
};

/* One query for all kinds. */
static enum fail
read_next(struct ctx *ctx, struct sql_job_next **ret, size_t *ret_count)
{
	TRY(tx_begin(ctx, TX_READ));
	return tx_end(ctx, sql_job_next(ctx, KINDS_READ_MAX, ret, ret_count));
}

static void
note_next(struct look *look, const struct job_kind *kind,
    const struct sql_job_next *row, int64_t now_us)
{
	/* Of a clock that has been put back since: it would come too late. */
	const bool is_lost =
	    row->scheduled && row->at > now_us + kind->every_s * SECOND_US;

	/* jobs_schedule has not seen this kind yet. */
	if (row->scheduled && kind->every_s == 0)
		return;
	if (row->at > now_us && !is_lost) {
		if (row->at < look->next_us)
			look->next_us = row->at;
	} else if (row->scheduled) {
		look->schedules[look->schedule_count].kind = kind;
		look->schedules[look->schedule_count++].at_us = row->at;
	} else {
		look->due[look->due_count++] = kind;
	}
}

/* What is due by rows of others becomes jobs, for this very look to find. */
static enum fail
ask_plans(struct ctx *ctx, enum job_lane lane, int64_t *ret_next_us)
{
	const struct jobs *jobs = ctx->home->jobs;
	int64_t next_us = INT64_MAX;

	*ret_next_us = INT64_MAX;
	for (size_t i = 0; i < jobs->plan_count; i++) {
		if (jobs->plans[i].lane != lane)
			continue;
		TRY(jobs->plans[i].run(ctx, &next_us));
		assert(ctx->tx == NULL);
		if (next_us < *ret_next_us)
			*ret_next_us = next_us;
	}
	return OK;
}

/* Bring back what a clock that was ahead has put off, of all kinds of the lane. */
static enum fail
bring_back(struct ctx *ctx, enum job_lane lane, const struct sql_job_next *rows,
    size_t count, bool *ret_changed)
{
	*ret_changed = false;
	for (size_t i = 0; i < count; i++) {
		const struct job_kind *kind =
		    jobs_kind(ctx->home->jobs, rows[i].kind);
		bool changed = false;

		if (kind == NULL || kind->lane != lane || rows[i].scheduled)
			continue;
		TRY(jobs_bring_back(ctx, kind, rows[i].last, &changed));
		*ret_changed |= changed;
	}
	return OK;
}

static enum fail
look_at(struct ctx *ctx, enum job_lane lane, struct look *ret)
{
	struct jobs *jobs = ctx->home->jobs;
	struct sql_job_next *rows = NULL;
	bool changed = false;
	int64_t next_us = 0;
	size_t count = 0;

	lane_look(jobs, lane);
	atomic_fetch_add(&jobs->looks, 1);
	TRY(ask_plans(ctx, lane, &next_us));
	TRY(read_next(ctx, &rows, &count));
	TRY(bring_back(ctx, lane, rows, count, &changed));
	if (changed)
		TRY(read_next(ctx, &rows, &count));
	*ret = (struct look){ .next_us = next_us };
	for (size_t k = 0; jobs->kinds[k] != NULL; k++)
		for (size_t i = 0; jobs->kinds[k]->lane == lane && i < count;
		     i++)
			if (text_equal(rows[i].kind, jobs->kinds[k]->name))
				note_next(ret, jobs->kinds[k], &rows[i],
				    ctx->now_us);
	for (size_t i = 0; i < ret->schedule_count; i++)
		TRY(schedule_plan(ctx, ret->schedules[i].kind,
		    ret->schedules[i].at_us));
	return OK;
}

/* Look, and add the jobs of schedules that are due. */
static enum fail
look(struct ctx *ctx, enum job_lane lane, struct look *ret)
{
	AUTO(arena_end) struct arena *arena = arena_child(ctx->arena);
	struct ctx own = { 0 };
	enum fail got = OK;

	ctx_of_job(ctx, arena, &own);
	got = look_at(&own, lane, ret);
	if (got != OK)
		return FAIL(ctx, got, own.failure.code, "looking for jobs: %s",
		    own.failure.message);
	return OK;
}

static enum fail
run_round(struct ctx *ctx, const struct look *found, int most, int *ret_count)
{
	int count = 0;

	for (size_t i = 0; i < found->due_count && count < most; i++) {
		bool ran = false;

		if (!jobs_is_stopping(ctx->home->jobs))
			TRY(run_one(ctx, found->due[i], &ran));
		count += ran;
	}
	*ret_count = count;
	return OK;
}

enum fail
jobs_run_due(struct ctx *ctx, enum job_lane lane, int most, int *ret_count,
    int64_t *ret_next_us)
{
	struct look found = { 0 };
	int count = 0;
	int more = 1;

	assert(ctx->tx == NULL);
	while (more > 0 && count < most) {
		TRY(look(ctx, lane, &found));
		TRY(run_round(ctx, &found, most - count, &more));
		count += more;
		more += found.schedule_count > 0;
	}
	*ret_count = count;
	if (found.due_count == 0)
		*ret_next_us = found.next_us;
	else if (count == most)
		*ret_next_us = jobs_now_us(ctx);
	else
		*ret_next_us = jobs_now_us(ctx) + SECOND_US;
	return OK;
}

enum fail
job_running_list(struct ctx *ctx, int64_t after, int64_t limit,
    struct job_running **ret, size_t *ret_count)
{
	struct sql_job_running_page *rows = NULL;
	struct job_running *list = NULL;
	size_t count = 0;

	assert(limit >= 1 && limit <= JOB_PAGE_MAX);
	TRY(sql_job_running_page(ctx, after, limit, &rows, &count));
	list = ARENA_ARRAY(ctx->arena, count + 1, struct job_running);
	for (size_t i = 0; i < count; i++)
		list[i] = (struct job_running){ rows[i].id, rows[i].kind,
			rows[i].args_text, rows[i].tries, rows[i].done,
			rows[i].total, rows[i].lease_until };
	*ret = list;
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
job_is_there(struct ctx *ctx, int64_t id, bool *ret)
{
	struct sql_job_find *row = NULL;

	TRY(sql_job_find(ctx, id, &row));
	*ret = row != NULL;
	return OK;
}

enum fail
job_restart(struct ctx *ctx, int64_t id)
{
	struct sql_job_revive *row = NULL;

	TRY(job_leave(ctx, id));
	TRY(sql_job_revive(ctx, id, ctx->now_us, &row));
	TRY(job_enter(ctx, id));
	if (row == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "job.unknown",
		    "there is no dead job %" PRId64, id);
	lane_stage_wake(ctx, row->kind);
	return OK;
}
