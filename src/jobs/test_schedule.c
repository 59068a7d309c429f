#include "jobs/t_jobs.h"

#include "core/day.h"

static const struct job_kind nightly[] = {
	{ "night", JOB_LONG, TX_WRITE, 60, 3, t_jobs_run_child, DAY_S,
	    2 * 3600 },
	{ "often", JOB_QUICK, TX_WRITE, 60, 3, t_jobs_run_child, 10, 0 },
	{ "never", JOB_QUICK, TX_WRITE, 60, 3, t_jobs_run_child, 0, 0 },
	{ 0 },
};
static const struct job_kind changed_plan[] = {
	{ "night", JOB_LONG, TX_WRITE, 60, 3, t_jobs_run_child, DAY_S,
	    3 * 3600 },
	{ "often", JOB_QUICK, TX_WRITE, 60, 3, t_jobs_run_child, 0, 0 },
	{ 0 },
};

/* As the next start does. */
static void
start(struct t *t, const struct job_kind *table)
{
	t_jobs_set(t, table);
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
	assert_true(schedule_next_us(DAY_S, 7200, two_us) == two_us + DAY_US);
	assert_true(
	    schedule_next_us(10, 0, two_us + 1) == two_us + 10 * SECOND_US);
	assert_true(schedule_next_us(10, 3, two_us + 2 * SECOND_US) ==
		    two_us + 3 * SECOND_US);
}

static void
a_scheduled_job_runs_each_time_once(void **state)
{
	struct t *t = *state;

	t_jobs_begin(t, nightly);
	start(t, nightly);
	/* 2025-07-15T02:00Z is 09:00 in Hà Nội. */
	assert_int_equal(next_us(t, 0), t->clock_us + 17 * HOUR_US);
	t->clock_us += 17 * HOUR_US - 1;
	assert_int_equal(t_jobs_run(t, JOB_LONG), 0);
	t->clock_us++;
	for (int night = 1; night <= 3; night++) {
		assert_int_equal(t_jobs_run(t, JOB_LONG), 1);
		assert_int_equal(t_jobs_run(t, JOB_LONG), 0);
		assert_int_equal(t_script.ran, night);
		assert_int_equal(next_us(t, 0), t->clock_us + DAY_US);
		t->clock_us += DAY_US;
	}
	assert_string_equal(t_script.seen, "{}{}{}");
}

static void
a_schedule_missed_while_the_server_was_off_runs_once(void **state)
{
	struct t *t = *state;

	t_jobs_begin(t, nightly);
	start(t, nightly);
	t->clock_us += 10 * DAY_US;
	start(t, nightly);
	assert_int_equal(t_jobs_run(t, JOB_LONG), 1);
	assert_int_equal(t_jobs_run(t, JOB_LONG), 0);
	assert_int_equal(next_us(t, 0), t->clock_us + 17 * HOUR_US);
}

static void
a_start_that_changes_no_schedule_writes_nothing(void **state)
{
	struct t *t = *state;
	int64_t before = 0;
	int64_t planned_us = 0;

	t_jobs_begin(t, nightly);
	start(t, nightly);
	planned_us = next_us(t, 0);
	before = t_jobs_commits(t);
	t->clock_us += HOUR_US;
	start(t, nightly);
	assert_int_equal(t_jobs_commits(t), before);
	assert_int_equal(next_us(t, 0), planned_us);
}

static void
a_schedule_follows_the_program_s_table(void **state)
{
	struct t *t = *state;

	t_jobs_begin(t, nightly);
	start(t, nightly);
	assert_true(next_us(t, 1) > 0);
	start(t, changed_plan);
	assert_int_equal(next_us(t, 0), t->clock_us + 18 * HOUR_US);
	assert_int_equal(next_us(t, 1), 0);
	/* The clock is put back by a year. */
	t->clock_us -= 365 * DAY_US;
	start(t, changed_plan);
	assert_int_equal(next_us(t, 0), t->clock_us + 18 * HOUR_US);
}

/* Without a start in between: what a later clock planned is made up for. */
static void
a_clock_put_back_stops_no_schedule(void **state)
{
	struct t *t = *state;

	t_jobs_begin(t, nightly);
	t->clock_us += 365 * DAY_US;
	start(t, nightly);
	assert_int_equal(t_jobs_run(t, JOB_LONG), 0);
	/* By less than a round: the time it has is as good as any. */
	t->clock_us -= HOUR_US;
	assert_int_equal(t_jobs_run(t, JOB_LONG), 0);
	t->clock_us -= 364 * DAY_US;
	assert_int_equal(t_jobs_run(t, JOB_LONG), 1);
	assert_int_equal(t_jobs_run(t, JOB_LONG), 0);
	assert_true(next_us(t, 0) <= t->clock_us + DAY_US);
}

/* A job that fails all day is not there twice. */
static void
a_schedule_waits_for_its_last_job(void **state)
{
	static const struct job_kind failing[] = {
		{ "night", JOB_LONG, TX_WRITE, 60, 100, t_jobs_run_parent, 10,
		    0 },
		{ "child", JOB_QUICK, TX_WRITE, 60, 3, t_jobs_run_child, 0, 0 },
		{ 0 },
	};
	static const struct store_query nights = T_JOBS_COUNT("kind = 'night'");
	struct t *t = *state;

	t_jobs_begin(t, failing);
	start(t, failing);
	t_script.outcome = FAIL_UPSTREAM;
	for (int i = 0; i < 50; i++) {
		t->clock_us += 10 * SECOND_US;
		(void)t_jobs_run(t, JOB_LONG);
		assert_int_equal(t_jobs_counted(t, &nights), 1);
	}
	assert_true(t_script.ran < 6);
	assert_true(next_us(t, 0) > t->clock_us);
}

/* Whatever step breaks, a round runs once, and the next one comes. */
static void
a_scheduled_job_runs_once_whatever_step_breaks(void **state)
{
	struct t *t = *state;
	bool fired = true;

	t_jobs_begin(t, nightly);
	start(t, nightly);
	for (int step = 1; fired; step++) {
		int64_t next = 0;
		int count = 0;

		assert_true(step < T_STEPS_MAX);
		t->clock_us += DAY_US;
		t_script.ran = 0;
		t_script.seen[0] = '\0';
		t_fresh(t);
		t->faults = (struct faults){ .at = step };
		if (jobs_run_due(&t->ctx, JOB_LONG, T_JOBS_MANY, &count,
			&next) != OK)
			assert_int_equal(t->ctx.failure.kind, FAIL_INTERNAL);
		fired = t->faults.fired != 0;
		t->faults = (struct faults){ 0 };
		t->clock_us += 61 * SECOND_US;
		(void)t_jobs_run(t, JOB_LONG);
		/* The handler itself may have been undone and run again. */
		assert_true(t_script.ran >= 1 && t_script.ran <= 2);
		assert_int_equal(t_jobs_run(t, JOB_LONG), 0);
		t->clock_us -= 61 * SECOND_US;
		assert_int_equal(next_us(t, 0) % DAY_US,
		    (t->clock_us + 17 * HOUR_US) % DAY_US);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_schedule_is_due_at_its_time_of_the_legal_day),
		t_test(a_scheduled_job_runs_each_time_once),
		t_test(a_schedule_missed_while_the_server_was_off_runs_once),
		t_test(a_start_that_changes_no_schedule_writes_nothing),
		t_test(a_schedule_follows_the_program_s_table),
		t_test(a_clock_put_back_stops_no_schedule),
		t_test(a_schedule_waits_for_its_last_job),
		t_test(a_scheduled_job_runs_once_whatever_step_breaks),
	};

	return t_run(tests);
}
