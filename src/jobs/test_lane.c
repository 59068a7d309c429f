#include "jobs/t_jobs.h"

#include <pthread.h>

#include "core/day.h"
#include "store/store.h"

/*
 * Transaction modes, lanes, leases; looking for work and waiting for it.
 */

/* Kinds of every mode; what a handler finds is written to its t_script. */
static enum fail
run_reading(struct ctx *ctx, struct job *job)
{
	void *row = NULL;

	assert_false(tx_is_write(ctx));
	assert_non_null(ctx->tx);
	t_jobs_see(job->args);
	TRY(store_one(ctx, &t_jobs_children, NULL, &row));
	return t_jobs_outcome(ctx);
}

/* As a webhook is sent: a short transaction, the call, another one. */
static enum fail
run_outbound(struct ctx *ctx, struct job *job)
{
	int64_t id = 0;

	assert_null(ctx->tx);
	t_jobs_see(job->args);
	/* Nobody knows how many steps there are. */
	TRY(job_progress(ctx, job, 3, 0));
	TRY(tx_begin(ctx, TX_WRITE));
	TRY(tx_end(ctx, job_add(ctx, "child", job->args,
			    ctx->now_us + T_JOBS_MANY * SECOND_US, &id)));
	return t_jobs_outcome(ctx);
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

		t_jobs_see(job->args);
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

	t_jobs_see(job->args);
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

	t_jobs_see(job->args);
	TRY(tx_begin(ctx, TX_WRITE));
	TRY(tx_end(ctx, store_change(ctx, &retake, NULL, &changed)));
	t->clock_us += SECOND_US;
	TRY(job_progress(ctx, job, 1, 2));
	t_jobs_see("not reached");
	return OK;
}

static const struct job_kind modes[] = {
	{ "child", JOB_QUICK, TX_WRITE, 60, 3, t_jobs_run_child, 0, 0 },
	{ "reading", JOB_QUICK, TX_READ, 60, 3, run_reading, 0, 0 },
	{ "long", JOB_LONG, TX_NONE, 60, 3, run_long, 0, 0 },
	{ "robbed", JOB_LONG, TX_NONE, 60, 3, run_robbed, 0, 0 },
	{ "stopped", JOB_LONG, TX_NONE, 60, 1, run_stopped, 0, 0 },
	{ "outbound", JOB_OUTBOUND, TX_NONE, 60, 3, run_outbound, 0, 0 },
	{ 0 },
};
static const struct store_query all_rows = T_JOBS_COUNT("1 = 1");

static void
a_handler_finds_the_transaction_of_its_kind(void **state)
{
	struct t *t = *state;

	t_jobs_begin(t, modes);
	t_jobs_added(t, "reading", "r", t->clock_us);
	t_jobs_added(t, "outbound", "o", t->clock_us);
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 1);
	assert_int_equal(t_jobs_run(t, JOB_OUTBOUND), 1);
	assert_string_equal(t_script.seen, "ro");
	assert_int_equal(t_jobs_counted(t, &all_rows), 1);
	assert_int_equal(t_jobs_counted(t, &t_jobs_children), 1);
}

static void
a_lane_leaves_the_jobs_of_others_alone(void **state)
{
	struct t *t = *state;

	t_jobs_begin(t, modes);
	t_jobs_added(t, "long", "l", t->clock_us);
	t_jobs_added(t, "outbound", "o", t->clock_us);
	t_jobs_added(t, "child", "c", t->clock_us);
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 1);
	assert_string_equal(t_script.seen, "c");
	assert_int_equal(t_jobs_run(t, JOB_OUTBOUND), 1);
	assert_string_equal(t_script.seen, "co");
	assert_int_equal(t_jobs_run(t, JOB_LONG), 1);
	assert_string_equal(t_script.seen, "colllll");
}

/* What the handler wrote by itself stays; the job is tried again. */
static void
a_failing_handler_without_transaction_is_tried_again(void **state)
{
	static const struct store_query waiting =
	    T_JOBS_COUNT("kind = 'outbound' AND tries = 1 AND dead_at IS NULL"
			 " AND failure = 'test.wanted' AND lease_until = 0");
	struct t *t = *state;

	t_jobs_begin(t, modes);
	t_script.outcome = FAIL_UPSTREAM;
	t_jobs_added(t, "outbound", "o", t->clock_us);
	assert_int_equal(t_jobs_run(t, JOB_OUTBOUND), 1);
	assert_int_equal(t_jobs_counted(t, &waiting), 1);
	assert_int_equal(t_jobs_counted(t, &t_jobs_children), 1);
	t->clock_us += 10 * SECOND_US - 1;
	assert_int_equal(t_jobs_run(t, JOB_OUTBOUND), 0);
	t->clock_us++;
	t_script.outcome = OK;
	assert_int_equal(t_jobs_run(t, JOB_OUTBOUND), 1);
	assert_int_equal(t_jobs_counted(t, &t_jobs_children), 2);
	assert_int_equal(t_jobs_counted(t, &all_rows), 2);
}

static void
a_long_job_keeps_its_lease_by_saying_how_far_it_is(void **state)
{
	struct t *t = *state;
	struct jobs_stats stats = { 0 };

	t_jobs_begin(t, modes);
	t_jobs_added(t, "long", "l", t->clock_us);
	assert_int_equal(t_jobs_run(t, JOB_LONG), 1);
	assert_int_equal(t_jobs_counted(t, &all_rows), 0);
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
	    T_JOBS_COUNT("kind = 'robbed' AND tries = 2 AND failure IS NULL"
			 " AND lease_until > 0");
	struct t *t = *state;

	t_jobs_begin(t, modes);
	t_jobs_added(t, "robbed", "r", t->clock_us);
	assert_int_equal(t_jobs_run(t, JOB_LONG), 1);
	assert_string_equal(t_script.seen, "r");
	assert_int_equal(t_jobs_counted(t, &untouched), 1);
}

/* Its only try is not used up by a server that stops. */
static void
a_job_of_a_stopping_server_runs_again(void **state)
{
	static const struct store_query given_back =
	    T_JOBS_COUNT("kind = 'stopped' AND tries = 0 AND failure IS NULL"
			 " AND dead_at IS NULL AND lease_until = 0");
	struct t *t = *state;

	t_jobs_begin(t, modes);
	t_jobs_added(t, "stopped", "s", t->clock_us);
	assert_int_equal(t_jobs_run(t, JOB_LONG), 1);
	assert_int_equal(t_jobs_counted(t, &given_back), 1);
	/* Nothing is begun any more. */
	assert_int_equal(t_jobs_run(t, JOB_LONG), 0);
	assert_string_equal(t_script.seen, "s");
}

/* At least once, and the row ends, whatever step breaks. */
static void
work_without_transaction_is_done_whatever_step_breaks(void **state)
{
	struct t *t = *state;
	bool fired = true;

	t_jobs_begin(t, modes);
	for (int step = 1; fired; step++) {
		static const struct store_query left =
		    T_JOBS_COUNT("kind <> 'child'");
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

			t_script.ran = 0;
			t_script.seen[0] = '\0';
			t_jobs_added(t, names[i], "x", t->clock_us);
			t_fresh(t);
			t->faults = (struct faults){ .at = step };
			if (jobs_run_due(&t->ctx, lanes[i], T_JOBS_MANY, &count,
				&next_us) != OK)
				assert_int_equal(t->ctx.failure.kind,
				    FAIL_INTERNAL);
			one_fired = one_fired || t->faults.fired != 0;
			t->faults = (struct faults){ 0 };
			t->clock_us += 61 * SECOND_US;
			(void)t_jobs_run(t, lanes[i]);
			assert_int_equal(t_jobs_counted(t, &left), 0);
			assert_true(t_script.ran >= 1 && t_script.ran <= 2);
			(void)t_jobs_changed_by(t, &clear);
		}
		fired = one_fired;
	}
}

/* ---- looking and waiting -------------------------------------------------- */

static void
looking_in_vain_writes_nothing(void **state)
{
	struct t *t = *state;
	struct jobs_stats stats = { 0 };
	int64_t before = 0;
	int64_t next_us = 0;
	int count = 0;

	t_jobs_begin(t, modes);
	t_jobs_added(t, "long", "l", t->clock_us + 70 * SECOND_US);
	t_jobs_added(t, "child", "c", t->clock_us + 90 * SECOND_US);
	t_jobs_added(t, "reading", "r", t->clock_us + 80 * SECOND_US);
	before = t_jobs_commits(t);
	for (int i = 0; i < T_JOBS_MANY; i++)
		for (int lane = 0; lane < JOB_LANES; lane++)
			assert_int_equal(t_jobs_run(t, (enum job_lane)lane), 0);
	assert_int_equal(t_jobs_commits(t), before);
	jobs_stats(t->home.jobs, &stats);
	assert_int_equal(stats.looks, T_JOBS_MANY * JOB_LANES);

	t_ok(&t->ctx,
	    jobs_run_due(&t->ctx, JOB_QUICK, T_JOBS_MANY, &count, &next_us));
	assert_int_equal(next_us, t->clock_us + 80 * SECOND_US);
	t_ok(&t->ctx,
	    jobs_run_due(&t->ctx, JOB_LONG, T_JOBS_MANY, &count, &next_us));
	assert_int_equal(next_us, t->clock_us + 70 * SECOND_US);
	t_ok(&t->ctx,
	    jobs_run_due(&t->ctx, JOB_OUTBOUND, T_JOBS_MANY, &count, &next_us));
	assert_true(next_us == INT64_MAX);
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

	t_jobs_begin(t, modes);
	sleeper.jobs = t->home.jobs;
	assert_int_equal(t_jobs_run(t, JOB_LONG), 0);
	assert_int_equal(pthread_create(&thread, NULL, sleep_in_lane, &sleeper),
	    0);
	t_jobs_added(t, "long", "l", t->clock_us);
	assert_int_equal(pthread_join(thread, NULL), 0);

	/* Before the wait, too; and until the next look. */
	jobs_wait(t->home.jobs, JOB_LONG, HOUR_US);
	assert_int_equal(t_jobs_run(t, JOB_LONG), 1);
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
	struct t_job job = { "outbound", "o", ctx->now_us, 0 };

	planning.asked++;
	*ret_next_us = planning.next_us;
	if (!planning.has_work)
		return OK;
	planning.has_work = false;
	TRY(tx_begin(ctx, TX_WRITE));
	return tx_end(ctx, t_job_add(ctx, &job));
}

static void
a_plan_adds_what_its_lane_finds_at_once(void **state)
{
	struct t *t = *state;
	uint64_t before = 0;
	int64_t next_us = 0;
	int count = 0;

	t_jobs_begin(t, modes);
	planning.asked = 0;
	planning.next_us = INT64_MAX;
	planning.has_work = true;
	jobs_plan(t->home.jobs, JOB_OUTBOUND, plan);
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 0);
	assert_int_equal(planning.asked, 0);
	assert_int_equal(t_jobs_run(t, JOB_OUTBOUND), 1);
	assert_string_equal(t_script.seen, "o");

	before = t_digest(t);
	planning.next_us = t->clock_us + 5 * SECOND_US;
	(void)t_fresh(t);
	t_ok(&t->ctx,
	    jobs_run_due(&t->ctx, JOB_OUTBOUND, T_JOBS_MANY, &count, &next_us));
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
		t_test(a_handler_finds_the_transaction_of_its_kind),
		t_test(a_lane_leaves_the_jobs_of_others_alone),
		t_test(a_failing_handler_without_transaction_is_tried_again),
		t_test(a_long_job_keeps_its_lease_by_saying_how_far_it_is),
		t_test(who_lost_the_lease_hears_of_it),
		t_test(a_job_of_a_stopping_server_runs_again),
		t_test(work_without_transaction_is_done_whatever_step_breaks),
		t_test(looking_in_vain_writes_nothing),
		t_test(a_job_wakes_its_lane_when_it_is_durable),
		t_test(a_plan_adds_what_its_lane_finds_at_once),
	};

	return t_run(tests);
}
