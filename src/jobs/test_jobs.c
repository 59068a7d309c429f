#include "t_store.h"

#include <string.h>

#include "jobs/jobs.h"
#include "store/query.h"
#include "store/store.h"

#define SECOND_US INT64_C(1000000)
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

/* It leaves a child job, so that a test sees if its work stands. */
static enum fail
run_parent(struct ctx *ctx, const char *args)
{
	int64_t id = 0;

	see(args);
	TRY(job_add(ctx, "child", args, ctx->now_us + MANY * SECOND_US, &id));
	if (script.outcome != OK)
		return FAIL(ctx, script.outcome, "test.wanted",
		    "as the test wants");
	return OK;
}

static enum fail
run_child(struct ctx *ctx, const char *args)
{
	(void)ctx;
	see(args);
	return OK;
}

static const struct job_kind kinds[] = {
	{ "parent", 60, 3, run_parent },
	{ "child", 60, 3, run_child },
	{ 0 },
};

static void
begin(struct t *t)
{
	memset(&script, 0, sizeof(script));
	t_store(t);
}

struct job {
	const char *kind;
	const char *args;
	int64_t run_at_us;
	int64_t id;
};

static enum fail
add(struct ctx *ctx, void *arg)
{
	struct job *job = arg;

	return job_add(ctx, job->kind, job->args, job->run_at_us, &job->id);
}

static int64_t
added(struct t *t, const char *kind, const char *args, int64_t run_at_us)
{
	struct job job = { kind, args, run_at_us, 0 };

	t_ok(&t->ctx, t_unit(t, add, &job));
	return job.id;
}

static int
run_due(struct t *t)
{
	int count = -1;

	t_fresh(t);
	t_ok(&t->ctx, jobs_run_due(&t->ctx, kinds, MANY, &count));
	return count;
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
	int count = 0;

	begin(t);
	for (int i = 0; i < 5; i++)
		added(t, "parent", "p", t->clock_us);
	added(t, "child", "c", t->clock_us);
	t_fresh(t);
	t_ok(&t->ctx, jobs_run_due(&t->ctx, kinds, 3, &count));
	assert_int_equal(count, 3);
	assert_string_equal(script.seen, "pcp");
}

static void
a_job_of_a_failing_unit_does_not_exist(void **state)
{
	struct t *t = *state;
	struct job job = { "child", "", 0, 0 };

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
	struct job job = { "child", "", 0, 0 };

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
		.sqlite = "UPDATE job SET tries = tries + 1, lease_until = "
			  "run_at + 60000000" };
	int64_t changed = 0;

	t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	t_ok(&t->ctx,
	    tx_end(&t->ctx, store_change(&t->ctx, &leave, NULL, &changed)));
	return changed;
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
	t->clock_us += 60 * SECOND_US;
	assert_int_equal(run_due(t), 1);
	assert_int_equal(script.ran, 0);
	t_ok(&t->ctx, t_read(t, dead, &letter));
	assert_string_equal(letter.failure, "job.abandoned");
}

/* The slow job's own row is taken by another while it works. */
static enum fail
run_slow(struct ctx *ctx, const char *args)
{
	static const struct store_query retake = { .name = "test_retake",
		.sqlite = "UPDATE job SET tries = tries + 1"
			  " WHERE kind = 'slow'" };
	int64_t changed = 0;
	int64_t id = 0;

	see(args);
	TRY(job_add(ctx, "child", args, 0, &id));
	return store_change(ctx, &retake, NULL, &changed);
}

static void
the_work_of_a_lost_lease_is_undone(void **state)
{
	static const struct job_kind slow[] = { { "slow", 60, 3, run_slow },
		{ 0 } };
	static const struct store_query untouched =
	    COUNT("kind = 'slow' AND tries = 1 AND failure = 'job.lease_lost'");
	struct t *t = *state;
	int count = 0;

	begin(t);
	added(t, "slow", "s", t->clock_us);
	t_fresh(t);
	t_ok(&t->ctx, jobs_run_due(&t->ctx, slow, MANY, &count));
	assert_int_equal(count, 1);
	assert_int_equal(counted(t, &children), 0);
	assert_int_equal(counted(t, &untouched), 1);
}

static void
a_kind_nobody_knows_is_left_alone(void **state)
{
	struct t *t = *state;

	begin(t);
	added(t, "of a newer program", "", t->clock_us);
	assert_int_equal(run_due(t), 0);
}

/*
 * Whatever step breaks while jobs run: once all is well again the job's work
 * has been done exactly once.
 */
static void
work_is_done_once_whatever_step_breaks(void **state)
{
	static const struct job_kind parent[] = {
		{ "parent", 60, 3, run_parent }, { 0 }
	};
	struct t *t = *state;
	bool fired = true;

	begin(t);
	for (int step = 1; fired; step++) {
		int count = 0;

		assert_true(step < T_STEPS_MAX);
		added(t, "parent", "", t->clock_us);
		t_fresh(t);
		t->faults = (struct faults){ .at = step };
		if (jobs_run_due(&t->ctx, parent, MANY, &count) != OK)
			assert_int_equal(t->ctx.failure.kind, FAIL_INTERNAL);
		fired = t->faults.fired != 0;
		t->faults = (struct faults){ 0 };
		/* Past the lease and the wait for the next try. */
		t->clock_us += 61 * SECOND_US;
		t_fresh(t);
		t_ok(&t->ctx, jobs_run_due(&t->ctx, parent, MANY, &count));
		assert_int_equal(counted(t, &parents), 0);
		assert_int_equal(counted(t, &children), step);
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
		t_test(restarting_survives_any_failing_step),
		t_test(a_job_whose_runner_died_runs_again_after_its_lease),
		t_test(a_job_that_never_comes_to_an_end_is_buried),
		t_test(the_work_of_a_lost_lease_is_undone),
		t_test(a_kind_nobody_knows_is_left_alone),
		t_test(work_is_done_once_whatever_step_breaks),
	};

	return t_run(tests);
}
