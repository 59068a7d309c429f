#include <string.h>

#include "store/t_suite.h"
#include "store/test_place.sql.h"

/*
 * Late rows: PostgreSQL writes those of a batch together, yet each unit sees
 * its own and those before it, and a unit that fails takes only its own along.
 */

/* arg: the first of two numbers. */
static enum fail
late_two(struct ctx *ctx, void *arg)
{
	const int64_t first = *(const int64_t *)arg;

	TRY(sql_visit_late(ctx, SUITE_HOME, first, NULL));
	return sql_visit_late(ctx, SUITE_HOME, first + 1, "two");
}

static enum fail
late_two_and_fail(struct ctx *ctx, void *arg)
{
	TRY(late_two(ctx, arg));
	return FAIL(ctx, FAIL_CONFLICT, "test.no", "not these");
}

/* Sees all rows so far, which are sent for it, one more, and fails. */
static enum fail
look_and_fail(struct ctx *ctx, void *arg)
{
	struct sql_visit_count *found = NULL;
	int64_t before = 0;

	TRY(sql_visit_count(ctx, 0, 1000, &found));
	before = found->count;
	TRY(late_two(ctx, arg));
	TRY(sql_visit_count(ctx, 0, 1000, &found));
	assert_int_equal(found->count, before + 2);
	return FAIL(ctx, FAIL_CONFLICT, "test.no", "not these");
}

/* Own rows sent in the middle; what follows them follows them. */
static enum fail
late_and_look(struct ctx *ctx, void *arg)
{
	const int64_t first = *(const int64_t *)arg;
	struct sql_visit_last *last = NULL;

	TRY(sql_visit_late(ctx, SUITE_HOME, first, NULL));
	TRY(sql_visit_last(ctx, &last));
	assert_int_equal(last->number, first);
	TRY(sql_visit_late(ctx, SUITE_HOME, first + 1, NULL));
	TRY(sql_visit_last(ctx, &last));
	assert_int_equal(last->number, first + 1);
	return OK;
}

void
late_rows_are_seen_by_their_unit_and_by_readers(void **state)
{
	struct t *t = *state;
	int64_t first = 10;
	int64_t second = 20;

	suite_open(t);
	t_ok(&t->ctx, t_unit(t, suite_home, suite_arg("first")));
	t_ok(&t->ctx, t_unit(t, late_and_look, &first));
	assert_int_equal(suite_visits(t), 2);
	t_ok(&t->ctx, t_unit(t, late_two, &second));
	assert_int_equal(suite_visits(t), 4);
}

void
a_unit_that_fails_takes_its_late_rows_alone(void **state)
{
	struct t *t = *state;
	int64_t numbers[6] = { 10, 20, 30, 40, 50, 60 };
	enum fail (*const runs[6])(struct ctx *, void *) = { late_two,
		late_two_and_fail, look_and_fail, late_two, late_and_look,
		look_and_fail };
	struct suite_unit units[6] = { 0 };

	suite_open(t);
	t_ok(&t->ctx, t_unit(t, suite_home, suite_arg("first")));
	(void)t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	for (int i = 0; i < 6; i++) {
		units[i] = (struct suite_unit){ .run = runs[i],
			.arg = &numbers[i],
			.is_handed = true };
		suite_start(t, &units[i]);
		suite_wait_line(t, i + 1);
	}
	t_ok(&t->ctx, tx_end(&t->ctx, OK));
	for (int i = 0; i < 6; i++) {
		suite_join(&units[i]);
		assert_int_equal(units[i].got,
		    i == 0 || i == 3 || i == 4 ? OK : FAIL_CONFLICT);
	}
	assert_int_equal(suite_visits(t), 6);
	assert_int_equal(suite_stats(t).commits, 2);
}

#define MANY 600
#define NOTE_BYTES 4000 /* together more than are kept */

static enum fail
late_many(struct ctx *ctx, void *arg)
{
	const bool breaks = *(const bool *)arg;
	char note[NOTE_BYTES + 1];
	struct sql_visit_count *found = NULL;

	memset(note, 'x', NOTE_BYTES);
	note[NOTE_BYTES] = '\0';
	for (int64_t i = 0; i < MANY; i++)
		TRY(sql_visit_late(ctx, SUITE_HOME, i, note));
	TRY(sql_visit_count(ctx, 0, MANY, &found));
	assert_int_equal(found->count, MANY);
	return breaks ? FAIL(ctx, FAIL_CONFLICT, "test.no", "not these") : OK;
}

void
more_late_rows_than_are_kept(void **state)
{
	struct t *t = *state;
	bool breaks = true;

	suite_open(t);
	t_ok(&t->ctx, t_unit(t, suite_home, suite_arg("first")));
	t_fails(&t->ctx, t_unit(t, late_many, &breaks), FAIL_CONFLICT,
	    "test.no");
	assert_int_equal(suite_visits(t), 0);
	breaks = false;
	t_ok(&t->ctx, t_unit(t, late_many, &breaks));
	assert_int_equal(suite_visits(t), MANY);
}

static enum fail
late_and_add(struct ctx *ctx, void *arg)
{
	int64_t first = 10;

	TRY(suite_home(ctx, arg));
	TRY(late_and_look(ctx, &first));
	return sql_visit_late(ctx, SUITE_HOME, 12, NULL);
}

void
each_failure_among_late_rows_leaves_nothing(void **state)
{
	struct t *t = *state;

	suite_open(t);
	t_each_failure(t, late_and_add, suite_arg("first"));
	assert_int_equal(suite_visits(t), 3);
}
