#include "jobs/t_jobs.h"

#include "core/day.h"
#include "store/store.h"

static const struct job_kind kinds[] = {
	{ "parent", JOB_QUICK, TX_WRITE, 60, 3, t_jobs_run_parent, 0, 0 },
	{ "child", JOB_QUICK, TX_WRITE, 60, 3, t_jobs_run_child, 0, 0 },
	{ 0 },
};
static const struct store_query parents = T_JOBS_COUNT("kind = 'parent'");

static void
a_due_job_runs_once(void **state)
{
	struct t *t = *state;

	t_jobs_begin(t, kinds);
	t_jobs_added(t, "child", "{\"n\":1}", t->clock_us);
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 1);
	assert_string_equal(t_script.seen, "{\"n\":1}");
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 0);
	assert_int_equal(t_script.ran, 1);
	assert_int_equal(t_jobs_counted(t, &t_jobs_children), 0);
}

static void
a_job_waits_for_its_time(void **state)
{
	struct t *t = *state;

	t_jobs_begin(t, kinds);
	t_jobs_added(t, "child", "", t->clock_us + 1);
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 0);
	t->clock_us++;
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 1);
}

static void
the_oldest_job_of_a_kind_comes_first(void **state)
{
	struct t *t = *state;

	t_jobs_begin(t, kinds);
	t_jobs_added(t, "child", "c", t->clock_us);
	t_jobs_added(t, "child", "a", t->clock_us - 2);
	t_jobs_added(t, "child", "b", t->clock_us - 1);
	t_jobs_added(t, "child", "d", t->clock_us);
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 4);
	assert_string_equal(t_script.seen, "abcd");
}

/* A flood of one kind does not keep another waiting. */
static void
kinds_take_turns(void **state)
{
	struct t *t = *state;
	int64_t next_us = 0;
	int count = 0;

	t_jobs_begin(t, kinds);
	for (int i = 0; i < 5; i++)
		t_jobs_added(t, "parent", "p", t->clock_us);
	t_jobs_added(t, "child", "c", t->clock_us);
	t_fresh(t);
	t_ok(&t->ctx, jobs_run_due(&t->ctx, JOB_QUICK, 3, &count, &next_us));
	assert_int_equal(count, 3);
	assert_int_equal(next_us, t->clock_us);
	assert_string_equal(t_script.seen, "pcp");
}

static void
a_job_of_a_failing_unit_does_not_exist(void **state)
{
	struct t *t = *state;
	struct t_job job = { "child", "", 0, 0 };

	t_jobs_begin(t, kinds);
	t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	t_ok(&t->ctx, t_job_add(&t->ctx, &job));
	assert_int_equal(tx_end(&t->ctx, FAIL_CONFLICT), FAIL_CONFLICT);
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 0);
}

static void
adding_a_job_survives_any_failing_step(void **state)
{
	struct t *t = *state;
	struct t_job job = { "child", "", 0, 0 };

	t_jobs_begin(t, kinds);
	t_each_failure(t, t_job_add, &job);
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 1);
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

	t_jobs_begin(t, kinds);
	t_script.outcome = FAIL_UPSTREAM;
	id = t_jobs_added(t, "parent", "p", t->clock_us);
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 1);
	for (size_t i = 0; i < ARRAY_SIZE(waits_s); i++) {
		t->clock_us += waits_s[i] * SECOND_US - 1;
		assert_int_equal(t_jobs_run(t, JOB_QUICK), 0);
		t->clock_us++;
		t_ok(&t->ctx, t_read(t, dead, &letter));
		assert_int_equal(letter.id, 0);
		assert_int_equal(t_jobs_run(t, JOB_QUICK), 1);
	}
	assert_int_equal(t_script.ran, 3);
	assert_int_equal(t_jobs_counted(t, &t_jobs_children), 0);

	t_ok(&t->ctx, t_read(t, dead, &letter));
	assert_int_equal(letter.id, id);
	assert_string_equal(letter.kind, "parent");
	assert_string_equal(letter.args, "p");
	assert_string_equal(letter.failure, "test.wanted");
	assert_int_equal(letter.tries, 3);
	assert_int_equal(letter.dead_at_us, t->clock_us);
	t->clock_us += INT64_C(86400) * 365 * SECOND_US;
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 0);

	t_script.outcome = OK;
	t_ok(&t->ctx, t_unit(t, restart, &id));
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 1);
	assert_int_equal(t_jobs_counted(t, &parents), 0);
	assert_int_equal(t_jobs_counted(t, &t_jobs_children), 1);
	t_fails(&t->ctx, t_unit(t, restart, &id), FAIL_NOT_FOUND,
	    "job.unknown");
}

/* However long that lasts: it is not the job's fault. */
static void
no_job_is_given_up_for_a_full_disk_or_a_store_that_is_away(void **state)
{
	static const char *const codes[] = { "disk.full", "store.connect" };
	static const struct store_query fresh =
	    T_JOBS_COUNT("kind = 'parent' AND tries = 0");
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		t_jobs_begin(t, kinds);
		t_script.outcome = FAIL_BUSY;
		t_script.code = codes[i];
		t_jobs_added(t, "parent", "p", t->clock_us);
		for (int n = 0; n < 10; n++) {
			assert_int_equal(t_jobs_run(t, JOB_QUICK), 1);
			assert_int_equal(t_jobs_counted(t, &fresh), 1);
			t->clock_us += 10 * SECOND_US - 1;
			assert_int_equal(t_jobs_run(t, JOB_QUICK), 0);
			t->clock_us++;
		}
		t_script.outcome = OK;
		assert_int_equal(t_jobs_run(t, JOB_QUICK), 1);
		assert_int_equal(t_jobs_counted(t, &parents), 0);
		assert_int_equal(t_jobs_counted(t, &t_jobs_children), 1);
	}
}

static void
restarting_survives_any_failing_step(void **state)
{
	struct t *t = *state;
	int64_t id = 0;

	t_jobs_begin(t, kinds);
	t_script.outcome = FAIL_UPSTREAM;
	id = t_jobs_added(t, "parent", "p", t->clock_us);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(t_jobs_run(t, JOB_QUICK), 1);
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

	return t_jobs_changed_by(t, &leave);
}

static void
a_job_whose_runner_died_runs_again_after_its_lease(void **state)
{
	struct t *t = *state;

	t_jobs_begin(t, kinds);
	t_jobs_added(t, "child", "c", t->clock_us);
	assert_int_equal(taken_and_left(t), 1);
	t->clock_us += 60 * SECOND_US - 1;
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 0);
	t->clock_us++;
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 1);
	assert_string_equal(t_script.seen, "c");
}

/* What waits for its time goes on waiting, and what was given up stays so. */
static void
a_start_of_the_only_server_runs_what_was_left_at_once(void **state)
{
	static const struct store_query waiting =
	    T_JOBS_COUNT("kind = 'child' AND tries = 0");
	struct t *t = *state;

	t_jobs_begin(t, kinds);
	t_jobs_added(t, "child", "c", t->clock_us);
	assert_int_equal(taken_and_left(t), 1);
	t_jobs_added(t, "child", "d", t->clock_us + 3600 * SECOND_US);
	t_ok(&t->ctx, jobs_free_leases(t_fresh(t)));
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 1);
	assert_string_equal(t_script.seen, "c");
	assert_int_equal(t_jobs_counted(t, &waiting), 1);
	t_ok(&t->ctx, jobs_free_leases(t_fresh(t)));
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 0);
}

/* What a clock that was a year ahead has put off, leased or added. */
static void
a_clock_put_back_delays_no_job(void **state)
{
	const int64_t year_us = INT64_C(86400) * 365 * SECOND_US;
	struct t *t = *state;
	int64_t now_us = 0;

	t_jobs_begin(t, kinds);
	now_us = t->clock_us;
	t->clock_us += year_us;
	t_jobs_added(t, "child", "c", t->clock_us);
	assert_int_equal(taken_and_left(t), 1);
	t_script.outcome = FAIL_CONFLICT;
	t_jobs_added(t, "parent", "p", t->clock_us);
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 1);
	t_script.outcome = OK;
	t_jobs_added(t, "child", "d", t->clock_us + 1);

	t->clock_us = now_us;
	/* Whoever has one leased may still be at work: for so long it is his. */
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 2);
	assert_string_equal(t_script.seen, "ppd");
	t->clock_us += 60 * SECOND_US - 1;
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 0);
	t->clock_us++;
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 1);
	assert_string_equal(t_script.seen, "ppdc");
}

/* A job that kills its process must not do so for ever. */
static void
a_job_that_never_comes_to_an_end_is_buried(void **state)
{
	struct t *t = *state;
	struct job_dead letter = { 0 };

	t_jobs_begin(t, kinds);
	t_jobs_added(t, "child", "c", t->clock_us);
	for (int i = 0; i < 3; i++)
		assert_int_equal(taken_and_left(t), 1);
	t->clock_us += 180 * SECOND_US;
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 1);
	assert_int_equal(t_script.ran, 0);
	t_ok(&t->ctx, t_read(t, dead, &letter));
	assert_string_equal(letter.failure, "job.abandoned");
}

/* Whatever number somebody wrote into the table: it is given up, and the next one
 * has its turn. */
static void
a_number_of_tries_that_cannot_be_stops_no_lane(void **state)
{
	static const struct store_query most = { .name = "test_most",
		.sqlite = "UPDATE job SET tries = 9223372036854775807 "
			  "WHERE args = 'a'" };
	static const struct store_query least = { .name = "test_least",
		.sqlite = "UPDATE job SET tries = -9223372036854775807 - 1 "
			  "WHERE args = 'b'" };
	static const struct store_query dead =
	    T_JOBS_COUNT("dead_at IS NOT NULL AND failure = 'job.abandoned'");
	struct t *t = *state;

	t_jobs_begin(t, kinds);
	t_jobs_added(t, "parent", "a", t->clock_us);
	t_jobs_added(t, "parent", "b", t->clock_us);
	t_jobs_added(t, "parent", "c", t->clock_us);
	assert_int_equal(t_jobs_changed_by(t, &most), 1);
	assert_int_equal(t_jobs_changed_by(t, &least), 1);
	t_jobs_run(t, JOB_QUICK);
	assert_string_equal(t_script.seen, "c");
	assert_int_equal(t_jobs_counted(t, &dead), 2);
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

	t_jobs_see(job->args);
	TRY(job_add(ctx, "child", job->args, 0, &id));
	return store_change(ctx, &retake, NULL, &changed);
}

static void
the_work_of_a_lost_lease_is_undone(void **state)
{
	static const struct job_kind slow[] = {
		{ "slow", JOB_QUICK, TX_WRITE, 60, 3, run_slow, 0, 0 },
		{ "child", JOB_LONG, TX_WRITE, 60, 3, t_jobs_run_child, 0, 0 },
		{ 0 },
	};
	static const struct store_query untouched = T_JOBS_COUNT(
	    "kind = 'slow' AND tries = 1 AND failure = 'job.lease_lost'");
	struct t *t = *state;

	t_jobs_begin(t, slow);
	t_jobs_added(t, "slow", "s", t->clock_us);
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 1);
	assert_int_equal(t_jobs_counted(t, &t_jobs_children), 0);
	assert_int_equal(t_jobs_counted(t, &untouched), 1);
}

static void
a_kind_nobody_knows_is_left_alone(void **state)
{
	static const struct store_query newer = { .name = "test_newer",
		.sqlite = "INSERT INTO job (kind, args, run_at)"
			  " VALUES ('a.newer', '', 0)" };
	struct t *t = *state;

	t_jobs_begin(t, kinds);
	assert_int_equal(t_jobs_changed_by(t, &newer), 1);
	t_jobs_added(t, "child", "c", t->clock_us);
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 1);
	assert_int_equal(t_jobs_run(t, JOB_QUICK), 0);
}

/*
 * Whatever step breaks while jobs run: once all is well again the job's work
 * has been done exactly once.
 */
static void
work_is_done_once_whatever_step_breaks(void **state)
{
	static const struct job_kind apart[] = {
		{ "parent", JOB_QUICK, TX_WRITE, 60, 3, t_jobs_run_parent, 0,
		    0 },
		{ "child", JOB_LONG, TX_WRITE, 60, 3, t_jobs_run_child, 0, 0 },
		{ 0 },
	};
	struct t *t = *state;
	bool fired = true;

	t_jobs_begin(t, apart);
	for (int step = 1; fired; step++) {
		int64_t next_us = 0;
		int count = 0;

		assert_true(step < T_STEPS_MAX);
		t_jobs_added(t, "parent", "", t->clock_us);
		t_fresh(t);
		t->faults = (struct faults){ .at = step };
		if (jobs_run_due(&t->ctx, JOB_QUICK, T_JOBS_MANY, &count,
			&next_us) != OK)
			assert_int_equal(t->ctx.failure.kind, FAIL_INTERNAL);
		fired = t->faults.fired != 0;
		t->faults = (struct faults){ 0 };
		/* Past the lease and the wait for the next try. */
		t->clock_us += 61 * SECOND_US;
		(void)t_jobs_run(t, JOB_QUICK);
		assert_int_equal(t_jobs_counted(t, &parents), 0);
		assert_int_equal(t_jobs_counted(t, &t_jobs_children), step);
	}
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
		t_test(
		    no_job_is_given_up_for_a_full_disk_or_a_store_that_is_away),
		t_test(restarting_survives_any_failing_step),
		t_test(a_start_of_the_only_server_runs_what_was_left_at_once),
		t_test(a_job_whose_runner_died_runs_again_after_its_lease),
		t_test(a_clock_put_back_delays_no_job),
		t_test(a_job_that_never_comes_to_an_end_is_buried),
		t_test(a_number_of_tries_that_cannot_be_stops_no_lane),
		t_test(the_work_of_a_lost_lease_is_undone),
		t_test(a_kind_nobody_knows_is_left_alone),
		t_test(work_is_done_once_whatever_step_breaks),
	};

	return t_run(tests);
}
