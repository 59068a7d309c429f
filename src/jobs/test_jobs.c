#include "t_store.h"

#include <pthread.h>
#include <string.h>

#include "core/day.h"
#include "jobs/jobs.h"
#include "store/query.h"
#include "store/store.h"

#define MANY 100

/* What the handlers of these tests saw and are to do. */
static struct {
	int ran;
	char seen[256];
	enum fail outcome;
} script;

static void
see(const char *args)
{
	const size_t len = strlen(script.seen);

	script.ran++;
	assert_true(len + strlen(args) < sizeof(script.seen));
	memcpy(script.seen + len, args, strlen(args) + 1);
}

/* It leaves a child job, so that a test sees if its work was kept. */
static enum fail
run_parent(struct ctx *ctx, struct job *job)
{
	const char *args = job->args;
	int64_t id = 0;

	see(args);
	TRY(job_add(ctx, "child", args, ctx->now_us + MANY * SECOND_US, &id));
	if (script.outcome != OK)
		return FAIL(ctx, script.outcome, "test.wanted",
		    "as the test wants");
	return OK;
}

static enum fail
run_child(struct ctx *ctx, struct job *job)
{
	(void)ctx;
	see(job->args);
	return OK;
}

static const struct job_kind kinds[] = {
	{ "parent", JOB_QUICK, TX_WRITE, 60, 3, run_parent, 0, 0 },
	{ "child", JOB_QUICK, TX_WRITE, 60, 3, run_child, 0, 0 },
	{ 0 },
};

static void
end_jobs(void *jobs)
{
	jobs_free(jobs);
}

static void
begin_with(struct t *t, const struct job_kind *table)
{
	const struct job_kind *const tables[] = { table, NULL };

	memset(&script, 0, sizeof(script));
	t_store(t);
	t->home.jobs = jobs_new(tables);
	t_defer(t, end_jobs, t->home.jobs);
}

static void
begin(struct t *t)
{
	begin_with(t, kinds);
}

struct order {
	const char *kind;
	const char *args;
	int64_t run_at_us;
	int64_t id;
};

static enum fail
add(struct ctx *ctx, void *arg)
{
	struct order *job = arg;

	return job_add(ctx, job->kind, job->args, job->run_at_us, &job->id);
}

static int64_t
added(struct t *t, const char *kind, const char *args, int64_t run_at_us)
{
	struct order job = { kind, args, run_at_us, 0 };

	t_ok(&t->ctx, t_unit(t, add, &job));
	return job.id;
}

static int
run_lane(struct t *t, enum job_lane lane)
{
	int64_t next_us = 0;
	int count = -1;

	t_fresh(t);
	t_ok(&t->ctx, jobs_run_due(&t->ctx, lane, MANY, &count, &next_us));
	return count;
}

static int
run_due(struct t *t)
{
	return run_lane(t, JOB_QUICK);
}

/* A row of the count queries below. */
struct counted {
	int64_t count;
};
static const struct store_field counted_fields[] = {
	{ "count", STORE_I64, false, offsetof(struct counted, count) },
};
#define COUNT(where) \
	{ \
		.name = "test_count", \
		.sqlite = "SELECT COUNT(*) FROM job WHERE " where, \
		.row_size = sizeof(struct counted), .fields = counted_fields, \
		.field_count = 1 \
	}
static const struct store_query parents = COUNT("kind = 'parent'");
static const struct store_query children = COUNT("kind = 'child'");

static int64_t
counted(struct t *t, const struct store_query *query)
{
	void *row = NULL;

	t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_READ));
	t_ok(&t->ctx, tx_end(&t->ctx, store_one(&t->ctx, query, NULL, &row)));
	return ((const struct counted *)row)->count;
}

static int64_t
changed_by(struct t *t, const struct store_query *query)
{
	int64_t changed = 0;

	t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	t_ok(&t->ctx,
	    tx_end(&t->ctx, store_change(&t->ctx, query, NULL, &changed)));
	return changed;
}

static void
a_due_job_runs_once(void **state)
{
	struct t *t = *state;

	begin(t);
	added(t, "child", "{\"n\":1}", t->clock_us);
	assert_int_equal(run_due(t), 1);
	assert_string_equal(script.seen, "{\"n\":1}");
	assert_int_equal(run_due(t), 0);
	assert_int_equal(script.ran, 1);
	assert_int_equal(counted(t, &children), 0);
}

static void
a_job_waits_for_its_time(void **state)
{
	struct t *t = *state;

	begin(t);
	added(t, "child", "", t->clock_us + 1);
	assert_int_equal(run_due(t), 0);
	t->clock_us++;
	assert_int_equal(run_due(t), 1);
}

static void
the_oldest_job_of_a_kind_comes_first(void **state)
{
	struct t *t = *state;

	begin(t);
	added(t, "child", "c", t->clock_us);
	added(t, "child", "a", t->clock_us - 2);
	added(t, "child", "b", t->clock_us - 1);
	added(t, "child", "d", t->clock_us);
	assert_int_equal(run_due(t), 4);
	assert_string_equal(script.seen, "abcd");
}

/* A flood of one kind does not keep another waiting. */
static void
kinds_take_turns(void **state)
{
	struct t *t = *state;
	int64_t next_us = 0;
	int count = 0;

	begin(t);
	for (int i = 0; i < 5; i++)
		added(t, "parent", "p", t->clock_us);
	added(t, "child", "c", t->clock_us);
	t_fresh(t);
	t_ok(&t->ctx, jobs_run_due(&t->ctx, JOB_QUICK, 3, &count, &next_us));
	assert_int_equal(count, 3);
	assert_int_equal(next_us, t->clock_us);
	assert_string_equal(script.seen, "pcp");
}

static void
a_job_of_a_failing_unit_does_not_exist(void **state)
{
	struct t *t = *state;
	struct order job = { "child", "", 0, 0 };

	begin(t);
	t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	t_ok(&t->ctx, add(&t->ctx, &job));
	assert_int_equal(tx_end(&t->ctx, FAIL_CONFLICT), FAIL_CONFLICT);
	assert_int_equal(run_due(t), 0);
}

static void
adding_a_job_survives_any_failing_step(void **state)
{
	struct t *t = *state;
	struct order job = { "child", "", 0, 0 };

	begin(t);
	t_each_failure(t, add, &job);
	assert_int_equal(run_due(t), 1);
}

static enum fail
dead(struct ctx *ctx, void *arg)
{
	struct job_dead *out = arg;
	struct job_dead *list = NULL;
	size_t count = 0;

	TRY(job_dead_list(ctx, 0, JOB_PAGE_MAX, &list, &count));
	assert_true(count <= 1);
	*out = count == 1 ? list[0] : (struct job_dead){ 0 };
	return OK;
}

static enum fail
restart(struct ctx *ctx, void *arg)
{
	return job_restart(ctx, *(int64_t *)arg);
}

static void
a_failing_job_is_tried_again_later_and_then_buried(void **state)
{
	struct t *t = *state;
	static const int64_t waits_s[] = { 10, 40 };
	struct job_dead letter = { 0 };
	int64_t id = 0;

	begin(t);
	script.outcome = FAIL_UPSTREAM;
	id = added(t, "parent", "p", t->clock_us);
	assert_int_equal(run_due(t), 1);
	for (size_t i = 0; i < ARRAY_SIZE(waits_s); i++) {
		t->clock_us += waits_s[i] * SECOND_US - 1;
		assert_int_equal(run_due(t), 0);
		t->clock_us++;
		t_ok(&t->ctx, t_read(t, dead, &letter));
		assert_int_equal(letter.id, 0);
		assert_int_equal(run_due(t), 1);
	}
	assert_int_equal(script.ran, 3);
	assert_int_equal(counted(t, &children), 0);

	t_ok(&t->ctx, t_read(t, dead, &letter));
	assert_int_equal(letter.id, id);
	assert_string_equal(letter.kind, "parent");
	assert_string_equal(letter.args, "p");
	assert_string_equal(letter.failure, "test.wanted");
	assert_int_equal(letter.tries, 3);
	assert_int_equal(letter.dead_at_us, t->clock_us);
	t->clock_us += INT64_C(86400) * 365 * SECOND_US;
	assert_int_equal(run_due(t), 0);

	script.outcome = OK;
	t_ok(&t->ctx, t_unit(t, restart, &id));
	assert_int_equal(run_due(t), 1);
	assert_int_equal(counted(t, &parents), 0);
	assert_int_equal(counted(t, &children), 1);
	t_fails(&t->ctx, t_unit(t, restart, &id), FAIL_NOT_FOUND,
	    "job.unknown");
}

static void
restarting_survives_any_failing_step(void **state)
{
	struct t *t = *state;
	int64_t id = 0;

	begin(t);
	script.outcome = FAIL_UPSTREAM;
	id = added(t, "parent", "p", t->clock_us);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(run_due(t), 1);
		t->clock_us += 1000 * SECOND_US;
	}
	t_each_failure(t, restart, &id);
}

/* As a process leaves it that dies while a job works. */
static int64_t
taken_and_left(struct t *t)
{
	static const struct store_query leave = { .name = "test_leave",
		.sqlite = "UPDATE job SET tries = tries + 1, run_at = run_at"
			  " + 60000000, lease_until = run_at + 60000000" };

	return changed_by(t, &leave);
}

static void
a_job_whose_runner_died_runs_again_after_its_lease(void **state)
{
	struct t *t = *state;

	begin(t);
	added(t, "child", "c", t->clock_us);
	assert_int_equal(taken_and_left(t), 1);
	t->clock_us += 60 * SECOND_US - 1;
	assert_int_equal(run_due(t), 0);
	t->clock_us++;
	assert_int_equal(run_due(t), 1);
	assert_string_equal(script.seen, "c");
}

/* What waits for its time goes on waiting, and what was given up stays so. */
static void
a_start_of_the_only_server_runs_what_was_left_at_once(void **state)
{
	static const struct store_query waiting =
	    COUNT("kind = 'child' AND tries = 0");
	struct t *t = *state;

	begin(t);
	added(t, "child", "c", t->clock_us);
	assert_int_equal(taken_and_left(t), 1);
	added(t, "child", "d", t->clock_us + 3600 * SECOND_US);
	t_ok(&t->ctx, jobs_free_leases(t_fresh(t)));
	assert_int_equal(run_due(t), 1);
	assert_string_equal(script.seen, "c");
	assert_int_equal(counted(t, &waiting), 1);
	t_ok(&t->ctx, jobs_free_leases(t_fresh(t)));
	assert_int_equal(run_due(t), 0);
}

/* What a clock that was a year ahead has put off, leased or added. */
static void
a_clock_put_back_delays_no_job(void **state)
{
	const int64_t year_us = INT64_C(86400) * 365 * SECOND_US;
	struct t *t = *state;
	int64_t now_us = 0;

	begin(t);
	now_us = t->clock_us;
	t->clock_us += year_us;
	added(t, "child", "c", t->clock_us);
	assert_int_equal(taken_and_left(t), 1);
	script.outcome = FAIL_CONFLICT;
	added(t, "parent", "p", t->clock_us);
	assert_int_equal(run_due(t), 1);
	script.outcome = OK;
	added(t, "child", "d", t->clock_us + 1);

	t->clock_us = now_us;
	/* Whoever has one leased may still be at work: for so long it is his. */
	assert_int_equal(run_due(t), 2);
	assert_string_equal(script.seen, "ppd");
	t->clock_us += 60 * SECOND_US - 1;
	assert_int_equal(run_due(t), 0);
	t->clock_us++;
	assert_int_equal(run_due(t), 1);
	assert_string_equal(script.seen, "ppdc");
}

/* A job that kills its process must not do so for ever. */
static void
a_job_that_never_comes_to_an_end_is_buried(void **state)
{
	struct t *t = *state;
	struct job_dead letter = { 0 };

	begin(t);
	added(t, "child", "c", t->clock_us);
	for (int i = 0; i < 3; i++)
		assert_int_equal(taken_and_left(t), 1);
	t->clock_us += 180 * SECOND_US;
	assert_int_equal(run_due(t), 1);
	assert_int_equal(script.ran, 0);
	t_ok(&t->ctx, t_read(t, dead, &letter));
	assert_string_equal(letter.failure, "job.abandoned");
}

/* The slow job's own row is taken by another while it works. */
static enum fail
run_slow(struct ctx *ctx, struct job *job)
{
	static const struct store_query retake = { .name = "test_retake",
		.sqlite = "UPDATE job SET tries = tries + 1"
			  " WHERE kind = 'slow'" };
	int64_t changed = 0;
	int64_t id = 0;

	see(job->args);
	TRY(job_add(ctx, "child", job->args, 0, &id));
	return store_change(ctx, &retake, NULL, &changed);
}

static void
the_work_of_a_lost_lease_is_undone(void **state)
{
	static const struct job_kind slow[] = {
		{ "slow", JOB_QUICK, TX_WRITE, 60, 3, run_slow, 0, 0 },
		{ "child", JOB_LONG, TX_WRITE, 60, 3, run_child, 0, 0 },
		{ 0 },
	};
	static const struct store_query untouched =
	    COUNT("kind = 'slow' AND tries = 1 AND failure = 'job.lease_lost'");
	struct t *t = *state;

	begin_with(t, slow);
	added(t, "slow", "s", t->clock_us);
	assert_int_equal(run_due(t), 1);
	assert_int_equal(counted(t, &children), 0);
	assert_int_equal(counted(t, &untouched), 1);
}

static void
a_kind_nobody_knows_is_left_alone(void **state)
{
	static const struct store_query newer = { .name = "test_newer",
		.sqlite = "INSERT INTO job (kind, args, run_at)"
			  " VALUES ('a.newer', '', 0)" };
	struct t *t = *state;

	begin(t);
	assert_int_equal(changed_by(t, &newer), 1);
	added(t, "child", "c", t->clock_us);
	assert_int_equal(run_due(t), 1);
	assert_int_equal(run_due(t), 0);
}

/*
 * Whatever step breaks while jobs run: once all is well again the job's work
 * has been done exactly once.
 */
static void
work_is_done_once_whatever_step_breaks(void **state)
{
	static const struct job_kind apart[] = {
		{ "parent", JOB_QUICK, TX_WRITE, 60, 3, run_parent, 0, 0 },
		{ "child", JOB_LONG, TX_WRITE, 60, 3, run_child, 0, 0 },
		{ 0 },
	};
	struct t *t = *state;
	bool fired = true;

	begin_with(t, apart);
	for (int step = 1; fired; step++) {
		int64_t next_us = 0;
		int count = 0;

		assert_true(step < T_STEPS_MAX);
		added(t, "parent", "", t->clock_us);
		t_fresh(t);
		t->faults = (struct faults){ .at = step };
		if (jobs_run_due(&t->ctx, JOB_QUICK, MANY, &count, &next_us) !=
		    OK)
			assert_int_equal(t->ctx.failure.kind, FAIL_INTERNAL);
		fired = t->faults.fired != 0;
		t->faults = (struct faults){ 0 };
		/* Past the lease and the wait for the next try. */
		t->clock_us += 61 * SECOND_US;
		(void)run_due(t);
		assert_int_equal(counted(t, &parents), 0);
		assert_int_equal(counted(t, &children), step);
	}
}

/* ---- transaction modes, lanes, leases ------------------------------------ */

/* Kinds of every mode; what a handler finds is written to its script. */
static enum fail
run_reading(struct ctx *ctx, struct job *job)
{
	void *row = NULL;

	assert_false(tx_is_write(ctx));
	assert_non_null(ctx->tx);
	see(job->args);
	TRY(store_one(ctx, &children, NULL, &row));
	if (script.outcome != OK)
		return FAIL(ctx, script.outcome, "test.wanted",
		    "as the test wants");
	return OK;
}

/* As a webhook is sent: a short transaction, the call, another one. */
static enum fail
run_outbound(struct ctx *ctx, struct job *job)
{
	int64_t id = 0;

	assert_null(ctx->tx);
	see(job->args);
	/* Nobody knows how many steps there are. */
	TRY(job_progress(ctx, job, 3, 0));
	TRY(tx_begin(ctx, TX_WRITE));
	TRY(tx_end(ctx, job_add(ctx, "child", job->args,
			    ctx->now_us + MANY * SECOND_US, &id)));
	if (script.outcome != OK)
		return FAIL(ctx, script.outcome, "test.wanted",
		    "as the test wants");
	return OK;
}

/* It takes 50 s a step; its lease is 60 s. */
static enum fail
run_long(struct ctx *ctx, struct job *job)
{
	struct t *t = ctx->home->clock;

	for (int step = 1; step <= 5; step++) {
		struct job_running *running = NULL;
		struct jobs_stats stats = { 0 };
		size_t count = 0;

		see(job->args);
		t->clock_us += 50 * SECOND_US;
		TRY(job_progress(ctx, job, step, 5));
		TRY(tx_begin(ctx, TX_READ));
		TRY(tx_end(ctx,
		    job_running_list(ctx, 0, JOB_PAGE_MAX, &running, &count)));
		assert_int_equal(count, 1);
		assert_int_equal(running->id, job->id);
		assert_string_equal(running->kind, "long");
		assert_int_equal(running->done, step);
		assert_int_equal(running->total, 5);
		assert_int_equal(running->lease_us,
		    t->clock_us + 60 * SECOND_US);
		jobs_stats(ctx->home->jobs, &stats);
		assert_int_equal(stats.long_done, step);
		assert_int_equal(stats.long_total, 5);
	}
	return OK;
}

static enum fail
run_stopped(struct ctx *ctx, struct job *job)
{
	enum fail got = OK;

	see(job->args);
	jobs_stop(ctx->home->jobs);
	got = job_progress(ctx, job, 1, 2);
	assert_int_equal(got, FAIL_BUSY);
	assert_string_equal(ctx->failure.code, "job.stopping");
	return got;
}

/* Another takes the row between two steps. */
static enum fail
run_robbed(struct ctx *ctx, struct job *job)
{
	static const struct store_query retake = { .name = "test_rob",
		.sqlite = "UPDATE job SET tries = tries + 1"
			  " WHERE kind = 'robbed'" };
	struct t *t = ctx->home->clock;
	int64_t changed = 0;

	see(job->args);
	TRY(tx_begin(ctx, TX_WRITE));
	TRY(tx_end(ctx, store_change(ctx, &retake, NULL, &changed)));
	t->clock_us += SECOND_US;
	TRY(job_progress(ctx, job, 1, 2));
	see("not reached");
	return OK;
}

static const struct job_kind modes[] = {
	{ "child", JOB_QUICK, TX_WRITE, 60, 3, run_child, 0, 0 },
	{ "reading", JOB_QUICK, TX_READ, 60, 3, run_reading, 0, 0 },
	{ "long", JOB_LONG, TX_NONE, 60, 3, run_long, 0, 0 },
	{ "robbed", JOB_LONG, TX_NONE, 60, 3, run_robbed, 0, 0 },
	{ "stopped", JOB_LONG, TX_NONE, 60, 1, run_stopped, 0, 0 },
	{ "outbound", JOB_OUTBOUND, TX_NONE, 60, 3, run_outbound, 0, 0 },
	{ 0 },
};
static const struct store_query all_rows = COUNT("1 = 1");

static void
a_handler_finds_the_transaction_of_its_kind(void **state)
{
	struct t *t = *state;

	begin_with(t, modes);
	added(t, "reading", "r", t->clock_us);
	added(t, "outbound", "o", t->clock_us);
	assert_int_equal(run_lane(t, JOB_QUICK), 1);
	assert_int_equal(run_lane(t, JOB_OUTBOUND), 1);
	assert_string_equal(script.seen, "ro");
	assert_int_equal(counted(t, &all_rows), 1);
	assert_int_equal(counted(t, &children), 1);
}

static void
a_lane_leaves_the_jobs_of_others_alone(void **state)
{
	struct t *t = *state;

	begin_with(t, modes);
	added(t, "long", "l", t->clock_us);
	added(t, "outbound", "o", t->clock_us);
	added(t, "child", "c", t->clock_us);
	assert_int_equal(run_lane(t, JOB_QUICK), 1);
	assert_string_equal(script.seen, "c");
	assert_int_equal(run_lane(t, JOB_OUTBOUND), 1);
	assert_string_equal(script.seen, "co");
	assert_int_equal(run_lane(t, JOB_LONG), 1);
	assert_string_equal(script.seen, "colllll");
}

/* What the handler wrote by itself stays; the job is tried again. */
static void
a_failing_handler_without_transaction_is_tried_again(void **state)
{
	static const struct store_query waiting =
	    COUNT("kind = 'outbound' AND tries = 1 AND dead_at IS NULL"
		  " AND failure = 'test.wanted' AND lease_until = 0");
	struct t *t = *state;

	begin_with(t, modes);
	script.outcome = FAIL_UPSTREAM;
	added(t, "outbound", "o", t->clock_us);
	assert_int_equal(run_lane(t, JOB_OUTBOUND), 1);
	assert_int_equal(counted(t, &waiting), 1);
	assert_int_equal(counted(t, &children), 1);
	t->clock_us += 10 * SECOND_US - 1;
	assert_int_equal(run_lane(t, JOB_OUTBOUND), 0);
	t->clock_us++;
	script.outcome = OK;
	assert_int_equal(run_lane(t, JOB_OUTBOUND), 1);
	assert_int_equal(counted(t, &children), 2);
	assert_int_equal(counted(t, &all_rows), 2);
}

static void
a_long_job_keeps_its_lease_by_saying_how_far_it_is(void **state)
{
	struct t *t = *state;
	struct jobs_stats stats = { 0 };

	begin_with(t, modes);
	added(t, "long", "l", t->clock_us);
	assert_int_equal(run_lane(t, JOB_LONG), 1);
	assert_int_equal(counted(t, &all_rows), 0);
	jobs_stats(t->home.jobs, &stats);
	assert_int_equal(stats.done, 1);
	assert_int_equal(stats.failed, 0);
	assert_int_equal(stats.long_done, 0);
	assert_int_equal(stats.long_total, 0);
}

static void
who_lost_the_lease_hears_of_it(void **state)
{
	static const struct store_query untouched =
	    COUNT("kind = 'robbed' AND tries = 2 AND failure IS NULL"
		  " AND lease_until > 0");
	struct t *t = *state;

	begin_with(t, modes);
	added(t, "robbed", "r", t->clock_us);
	assert_int_equal(run_lane(t, JOB_LONG), 1);
	assert_string_equal(script.seen, "r");
	assert_int_equal(counted(t, &untouched), 1);
}

/* Its only try is not used up by a server that stops. */
static void
a_job_of_a_stopping_server_runs_again(void **state)
{
	static const struct store_query given_back =
	    COUNT("kind = 'stopped' AND tries = 0 AND failure IS NULL"
		  " AND dead_at IS NULL AND lease_until = 0");
	struct t *t = *state;

	begin_with(t, modes);
	added(t, "stopped", "s", t->clock_us);
	assert_int_equal(run_lane(t, JOB_LONG), 1);
	assert_int_equal(counted(t, &given_back), 1);
	/* Nothing is begun any more. */
	assert_int_equal(run_lane(t, JOB_LONG), 0);
	assert_string_equal(script.seen, "s");
}

/* At least once, and the row ends, whatever step breaks. */
static void
work_without_transaction_is_done_whatever_step_breaks(void **state)
{
	struct t *t = *state;
	bool fired = true;

	begin_with(t, modes);
	for (int step = 1; fired; step++) {
		static const struct store_query left = COUNT("kind <> 'child'");
		static const struct store_query clear = { .name = "test_clear",
			.sqlite = "DELETE FROM job" };
		static const char *const names[] = { "outbound", "reading" };
		static const enum job_lane lanes[] = { JOB_OUTBOUND,
			JOB_QUICK };
		bool one_fired = false;

		assert_true(step < T_STEPS_MAX);
		for (int i = 0; i < 2; i++) {
			int64_t next_us = 0;
			int count = 0;

			script.ran = 0;
			script.seen[0] = '\0';
			added(t, names[i], "x", t->clock_us);
			t_fresh(t);
			t->faults = (struct faults){ .at = step };
			if (jobs_run_due(&t->ctx, lanes[i], MANY, &count,
				&next_us) != OK)
				assert_int_equal(t->ctx.failure.kind,
				    FAIL_INTERNAL);
			one_fired = one_fired || t->faults.fired != 0;
			t->faults = (struct faults){ 0 };
			t->clock_us += 61 * SECOND_US;
			(void)run_lane(t, lanes[i]);
			assert_int_equal(counted(t, &left), 0);
			assert_true(script.ran >= 1 && script.ran <= 2);
			(void)changed_by(t, &clear);
		}
		fired = one_fired;
	}
}

/* ---- looking and waiting -------------------------------------------------- */

static int64_t
commits(struct t *t)
{
	struct store_stats stats = { 0 };

	store_stats(t->home.store, &stats);
	return stats.commits + stats.units;
}

static void
looking_in_vain_writes_nothing(void **state)
{
	struct t *t = *state;
	struct jobs_stats stats = { 0 };
	int64_t before = 0;
	int64_t next_us = 0;
	int count = 0;

	begin_with(t, modes);
	added(t, "long", "l", t->clock_us + 70 * SECOND_US);
	added(t, "child", "c", t->clock_us + 90 * SECOND_US);
	added(t, "reading", "r", t->clock_us + 80 * SECOND_US);
	before = commits(t);
	for (int i = 0; i < MANY; i++)
		for (int lane = 0; lane < JOB_LANES; lane++)
			assert_int_equal(run_lane(t, (enum job_lane)lane), 0);
	assert_int_equal(commits(t), before);
	jobs_stats(t->home.jobs, &stats);
	assert_int_equal(stats.looks, MANY * JOB_LANES);

	t_ok(&t->ctx, jobs_run_due(&t->ctx, JOB_QUICK, MANY, &count, &next_us));
	assert_int_equal(next_us, t->clock_us + 80 * SECOND_US);
	t_ok(&t->ctx, jobs_run_due(&t->ctx, JOB_LONG, MANY, &count, &next_us));
	assert_int_equal(next_us, t->clock_us + 70 * SECOND_US);
	t_ok(&t->ctx,
	    jobs_run_due(&t->ctx, JOB_OUTBOUND, MANY, &count, &next_us));
	assert_true(next_us == INT64_MAX);
}

/* ---- schedules ------------------------------------------------------------ */

static const struct job_kind nightly[] = {
	{ "night", JOB_LONG, TX_WRITE, 60, 3, run_child, DAY_S, 2 * 3600 },
	{ "often", JOB_QUICK, TX_WRITE, 60, 3, run_child, 10, 0 },
	{ "never", JOB_QUICK, TX_WRITE, 60, 3, run_child, 0, 0 },
	{ 0 },
};
static const struct job_kind changed_plan[] = {
	{ "night", JOB_LONG, TX_WRITE, 60, 3, run_child, DAY_S, 3 * 3600 },
	{ "often", JOB_QUICK, TX_WRITE, 60, 3, run_child, 0, 0 },
	{ 0 },
};

/* As the next start does. */
static void
start(struct t *t, const struct job_kind *table)
{
	const struct job_kind *const tables[] = { table, NULL };

	t->home.jobs = jobs_new(tables);
	t_defer(t, end_jobs, t->home.jobs);
	t_fresh(t);
	t_ok(&t->ctx, jobs_schedule(&t->ctx));
}

static enum fail
read_schedules(struct ctx *ctx, void *arg)
{
	struct job_schedule *list = NULL;
	struct job_schedule *out = arg;
	size_t count = 0;

	TRY(job_schedule_list(ctx, &list, &count));
	assert_true(count <= 2);
	for (size_t i = 0; i < count; i++)
		out[i] = list[i];
	return OK;
}

/* Of the first schedule by name; 0: there is none. */
static int64_t
next_us(struct t *t, int n)
{
	struct job_schedule list[2] = { 0 };

	t_ok(&t->ctx, t_read(t, read_schedules, list));
	return list[n].next_us;
}

static void
a_schedule_is_due_at_its_time_of_the_legal_day(void **state)
{
	struct t *t = *state;
	/* 2025-07-15T02:00:00+07:00 */
	const int64_t two_us = t->clock_us - 7 * HOUR_US;

	assert_true(schedule_next_us(DAY_S, 7200, two_us - 1) == two_us);
	assert_true(
	    schedule_next_us(DAY_S, 7200, two_us) == two_us + 24 * HOUR_US);
	assert_true(
	    schedule_next_us(10, 0, two_us + 1) == two_us + 10 * SECOND_US);
	assert_true(schedule_next_us(10, 3, two_us + 2 * SECOND_US) ==
		    two_us + 3 * SECOND_US);
}

static void
a_scheduled_job_runs_each_time_once(void **state)
{
	struct t *t = *state;

	begin(t);
	start(t, nightly);
	/* 2025-07-15T02:00Z is 09:00 in Hà Nội. */
	assert_int_equal(next_us(t, 0), t->clock_us + 17 * HOUR_US);
	t->clock_us += 17 * HOUR_US - 1;
	assert_int_equal(run_lane(t, JOB_LONG), 0);
	t->clock_us++;
	for (int night = 1; night <= 3; night++) {
		assert_int_equal(run_lane(t, JOB_LONG), 1);
		assert_int_equal(run_lane(t, JOB_LONG), 0);
		assert_int_equal(script.ran, night);
		assert_int_equal(next_us(t, 0), t->clock_us + 24 * HOUR_US);
		t->clock_us += 24 * HOUR_US;
	}
	assert_string_equal(script.seen, "{}{}{}");
}

static void
a_schedule_missed_while_the_server_was_off_runs_once(void **state)
{
	struct t *t = *state;

	begin(t);
	start(t, nightly);
	t->clock_us += 10 * 24 * HOUR_US;
	start(t, nightly);
	assert_int_equal(run_lane(t, JOB_LONG), 1);
	assert_int_equal(run_lane(t, JOB_LONG), 0);
	assert_int_equal(next_us(t, 0), t->clock_us + 17 * HOUR_US);
}

static void
a_start_that_changes_no_schedule_writes_nothing(void **state)
{
	struct t *t = *state;
	int64_t before = 0;
	int64_t planned_us = 0;

	begin(t);
	start(t, nightly);
	planned_us = next_us(t, 0);
	before = commits(t);
	t->clock_us += HOUR_US;
	start(t, nightly);
	assert_int_equal(commits(t), before);
	assert_int_equal(next_us(t, 0), planned_us);
}

static void
a_schedule_follows_the_program_s_table(void **state)
{
	struct t *t = *state;

	begin(t);
	start(t, nightly);
	assert_true(next_us(t, 1) > 0);
	start(t, changed_plan);
	assert_int_equal(next_us(t, 0), t->clock_us + 18 * HOUR_US);
	assert_int_equal(next_us(t, 1), 0);
	/* The clock is put back by a year. */
	t->clock_us -= 365 * 24 * HOUR_US;
	start(t, changed_plan);
	assert_int_equal(next_us(t, 0), t->clock_us + 18 * HOUR_US);
}

/* Without a start in between: what a later clock planned is made up for. */
static void
a_clock_put_back_stops_no_schedule(void **state)
{
	struct t *t = *state;

	begin(t);
	t->clock_us += 365 * 24 * HOUR_US;
	start(t, nightly);
	assert_int_equal(run_lane(t, JOB_LONG), 0);
	/* By less than a round: the time it has is as good as any. */
	t->clock_us -= HOUR_US;
	assert_int_equal(run_lane(t, JOB_LONG), 0);
	t->clock_us -= 364 * 24 * HOUR_US;
	assert_int_equal(run_lane(t, JOB_LONG), 1);
	assert_int_equal(run_lane(t, JOB_LONG), 0);
	assert_true(next_us(t, 0) <= t->clock_us + 24 * HOUR_US);
}

/* A job that fails all day is not there twice. */
static void
a_schedule_waits_for_its_last_job(void **state)
{
	static const struct job_kind failing[] = {
		{ "night", JOB_LONG, TX_WRITE, 60, 100, run_parent, 10, 0 },
		{ "child", JOB_QUICK, TX_WRITE, 60, 3, run_child, 0, 0 },
		{ 0 },
	};
	static const struct store_query nights = COUNT("kind = 'night'");
	struct t *t = *state;

	begin(t);
	start(t, failing);
	script.outcome = FAIL_UPSTREAM;
	for (int i = 0; i < 50; i++) {
		t->clock_us += 10 * SECOND_US;
		(void)run_lane(t, JOB_LONG);
		assert_int_equal(counted(t, &nights), 1);
	}
	assert_true(script.ran < 6);
	assert_true(next_us(t, 0) > t->clock_us);
}

/* Whatever step breaks, a round runs once, and the next one comes. */
static void
a_scheduled_job_runs_once_whatever_step_breaks(void **state)
{
	struct t *t = *state;
	bool fired = true;

	begin(t);
	start(t, nightly);
	for (int step = 1; fired; step++) {
		int64_t next = 0;
		int count = 0;

		assert_true(step < T_STEPS_MAX);
		t->clock_us += 24 * HOUR_US;
		script.ran = 0;
		script.seen[0] = '\0';
		t_fresh(t);
		t->faults = (struct faults){ .at = step };
		if (jobs_run_due(&t->ctx, JOB_LONG, MANY, &count, &next) != OK)
			assert_int_equal(t->ctx.failure.kind, FAIL_INTERNAL);
		fired = t->faults.fired != 0;
		t->faults = (struct faults){ 0 };
		t->clock_us += 61 * SECOND_US;
		(void)run_lane(t, JOB_LONG);
		/* The handler itself may have been undone and run again. */
		assert_true(script.ran >= 1 && script.ran <= 2);
		assert_int_equal(run_lane(t, JOB_LONG), 0);
		t->clock_us -= 61 * SECOND_US;
		assert_int_equal(next_us(t, 0) % DAY_US,
		    (t->clock_us + 17 * HOUR_US) % DAY_US);
	}
}

/* ---- waking --------------------------------------------------------------- */

struct sleeper {
	struct jobs *jobs;
	enum job_lane lane;
};

static void *
sleep_in_lane(void *arg)
{
	struct sleeper *sleeper = arg;

	jobs_wait(sleeper->jobs, sleeper->lane, HOUR_US);
	return NULL;
}

/* The test hangs, and is cut, if nobody wakes the sleeper. */
static void
a_job_wakes_its_lane_when_it_is_durable(void **state)
{
	struct t *t = *state;
	struct sleeper sleeper = { .lane = JOB_LONG };
	pthread_t thread;

	begin_with(t, modes);
	sleeper.jobs = t->home.jobs;
	assert_int_equal(run_lane(t, JOB_LONG), 0);
	assert_int_equal(pthread_create(&thread, NULL, sleep_in_lane, &sleeper),
	    0);
	added(t, "long", "l", t->clock_us);
	assert_int_equal(pthread_join(thread, NULL), 0);

	/* Before the wait, too; and until the next look. */
	jobs_wait(t->home.jobs, JOB_LONG, HOUR_US);
	assert_int_equal(run_lane(t, JOB_LONG), 1);
	jobs_wait(t->home.jobs, JOB_LONG, 1);

	jobs_stop(t->home.jobs);
	for (int lane = 0; lane < JOB_LANES; lane++)
		jobs_wait(t->home.jobs, (enum job_lane)lane, HOUR_US);
}

/* What a plan is asked, and what it says. */
static struct {
	int asked;
	bool has_work;
	int64_t next_us;
} planning;

static enum fail
plan(struct ctx *ctx, int64_t *ret_next_us)
{
	struct order job = { "outbound", "o", ctx->now_us, 0 };

	planning.asked++;
	*ret_next_us = planning.next_us;
	if (!planning.has_work)
		return OK;
	planning.has_work = false;
	TRY(tx_begin(ctx, TX_WRITE));
	return tx_end(ctx, add(ctx, &job));
}

static void
a_plan_adds_what_its_lane_finds_at_once(void **state)
{
	struct t *t = *state;
	uint64_t before = 0;
	int64_t next_us = 0;
	int count = 0;

	begin_with(t, modes);
	planning.asked = 0;
	planning.next_us = INT64_MAX;
	planning.has_work = true;
	jobs_plan(t->home.jobs, JOB_OUTBOUND, plan);
	assert_int_equal(run_lane(t, JOB_QUICK), 0);
	assert_int_equal(planning.asked, 0);
	assert_int_equal(run_lane(t, JOB_OUTBOUND), 1);
	assert_string_equal(script.seen, "o");

	before = t_digest(t);
	planning.next_us = t->clock_us + 5 * SECOND_US;
	(void)t_fresh(t);
	t_ok(&t->ctx,
	    jobs_run_due(&t->ctx, JOB_OUTBOUND, MANY, &count, &next_us));
	assert_int_equal(count, 0);
	assert_int_equal(next_us, planning.next_us);
	assert_int_equal(t_digest(t), before);

	jobs_wake(t->home.jobs, JOB_OUTBOUND);
	jobs_wait(t->home.jobs, JOB_OUTBOUND, HOUR_US);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_due_job_runs_once),
		t_test(a_job_waits_for_its_time),
		t_test(the_oldest_job_of_a_kind_comes_first),
		t_test(kinds_take_turns),
		t_test(a_job_of_a_failing_unit_does_not_exist),
		t_test(adding_a_job_survives_any_failing_step),
		t_test(a_failing_job_is_tried_again_later_and_then_buried),
		t_test(restarting_survives_any_failing_step),
		t_test(a_start_of_the_only_server_runs_what_was_left_at_once),
		t_test(a_job_whose_runner_died_runs_again_after_its_lease),
		t_test(a_clock_put_back_delays_no_job),
		t_test(a_job_that_never_comes_to_an_end_is_buried),
		t_test(the_work_of_a_lost_lease_is_undone),
		t_test(a_kind_nobody_knows_is_left_alone),
		t_test(work_is_done_once_whatever_step_breaks),
		t_test(a_handler_finds_the_transaction_of_its_kind),
		t_test(a_lane_leaves_the_jobs_of_others_alone),
		t_test(a_failing_handler_without_transaction_is_tried_again),
		t_test(a_long_job_keeps_its_lease_by_saying_how_far_it_is),
		t_test(who_lost_the_lease_hears_of_it),
		t_test(a_job_of_a_stopping_server_runs_again),
		t_test(work_without_transaction_is_done_whatever_step_breaks),
		t_test(looking_in_vain_writes_nothing),
		t_test(a_schedule_is_due_at_its_time_of_the_legal_day),
		t_test(a_scheduled_job_runs_each_time_once),
		t_test(a_schedule_missed_while_the_server_was_off_runs_once),
		t_test(a_start_that_changes_no_schedule_writes_nothing),
		t_test(a_schedule_follows_the_program_s_table),
		t_test(a_clock_put_back_stops_no_schedule),
		t_test(a_schedule_waits_for_its_last_job),
		t_test(a_scheduled_job_runs_once_whatever_step_breaks),
		t_test(a_job_wakes_its_lane_when_it_is_durable),
		t_test(a_plan_adds_what_its_lane_finds_at_once),
	};

	return t_run(tests);
}
