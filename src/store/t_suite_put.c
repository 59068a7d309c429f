#include "store/t_suite.h"
#include "store/test_place.sql.h"

/*
 * Rows that are put: on PostgreSQL nobody waits for them, so a failure may come
 * with what follows, but never behind the end of its unit of work.
 */

/* arg: the first of two numbers. */
static enum fail
put_two(struct ctx *ctx, void *arg)
{
	const int64_t first = *(const int64_t *)arg;
	struct sql_visit_count *found = NULL;

	TRY(sql_visit_put(ctx, SUITE_HOME, first, NULL));
	TRY(sql_visit_put(ctx, SUITE_HOME, first + 1, "two"));
	TRY(sql_visit_count(ctx, first, first + 2, &found));
	assert_int_equal(found->count, 2);
	return OK;
}

void
a_row_that_was_put_is_seen_by_its_unit(void **state)
{
	struct t *t = *state;
	int64_t first = 10;

	suite_open(t);
	t_ok(&t->ctx, t_unit(t, suite_home, suite_arg("first")));
	t_ok(&t->ctx, t_unit(t, put_two, &first));
	assert_int_equal(suite_visits(t), 2);
}

/* No place has this number: a foreign key is broken. */
static enum fail
put_nowhere(struct ctx *ctx, void *arg)
{
	(void)arg;
	return sql_visit_put(ctx, SUITE_HOME + 1, 77, NULL);
}

void
a_put_that_fails_fails_its_unit_alone(void **state)
{
	struct t *t = *state;
	int64_t before = 10;
	int64_t after = 20;
	struct suite_unit units[3] = {
		{ .run = put_two, .arg = &before, .is_handed = true },
		{ .run = put_nowhere, .is_handed = true },
		{ .run = put_two, .arg = &after, .is_handed = true },
	};

	suite_open(t);
	t_ok(&t->ctx, t_unit(t, suite_home, suite_arg("first")));
	(void)t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	for (int i = 0; i < 3; i++) {
		suite_start(t, &units[i]);
		suite_wait_line(t, i + 1);
	}
	t_ok(&t->ctx, tx_end(&t->ctx, OK));
	for (int i = 0; i < 3; i++)
		suite_join(&units[i]);
	assert_int_equal(units[0].got, OK);
	assert_int_equal(units[1].got, FAIL_CONFLICT);
	assert_string_equal(units[1].code, "store.constraint");
	assert_int_equal(units[2].got, OK);
	assert_int_equal(suite_visits(t), 4);
	assert_int_equal(suite_stats(t).commits, 2);
}

/* The query behind it fails with the same reason, or is not run at all. */
static enum fail
put_and_ask(struct ctx *ctx, void *arg)
{
	struct sql_visit_count *found = NULL;
	enum fail got = put_nowhere(ctx, arg);

	if (got == OK)
		got = sql_visit_count(ctx, 0, 100, &found);
	assert_int_equal(got, FAIL_CONFLICT);
	assert_int_equal(sql_visit_count(ctx, 0, 100, &found), FAIL_CONFLICT);
	return got;
}

void
what_follows_a_put_that_failed_is_refused(void **state)
{
	struct t *t = *state;

	suite_open(t);
	t_ok(&t->ctx, t_unit(t, suite_home, suite_arg("first")));
	t_fails(&t->ctx, t_unit(t, put_and_ask, NULL), FAIL_CONFLICT,
	    "store.constraint");
	assert_int_equal(suite_visits(t), 0);
}

#define MANY 1000 /* more than may be under way */

static enum fail
put_many(struct ctx *ctx, void *arg)
{
	const bool breaks = *(const bool *)arg;

	for (int64_t i = 0; i < MANY; i++)
		TRY(sql_visit_put(ctx, SUITE_HOME, i, "one of many"));
	/* The first once more. */
	return breaks ? sql_visit_put(ctx, SUITE_HOME, 0, NULL) : OK;
}

void
many_rows_are_put_in_one_unit(void **state)
{
	struct t *t = *state;
	bool breaks = true;

	suite_open(t);
	t_ok(&t->ctx, t_unit(t, suite_home, suite_arg("first")));
	t_fails(&t->ctx, t_unit(t, put_many, &breaks), FAIL_CONFLICT,
	    "store.constraint");
	assert_int_equal(suite_visits(t), 0);
	breaks = false;
	t_ok(&t->ctx, t_unit(t, put_many, &breaks));
	assert_int_equal(suite_visits(t), MANY);
}

/* --- in the leader --- */

static enum fail
number_nowhere(struct ctx *leader, void *owner, struct tx_entry *first)
{
	(void)owner;
	(void)first;
	return put_nowhere(leader, NULL);
}

static enum fail
add_entry(struct ctx *ctx, void *arg)
{
	tx_stage_entry(ctx, ARENA_NEW(ctx->arena, struct tx_entry));
	return suite_add(ctx, arg);
}

void
a_put_in_the_numbering_fails_the_batch(void **state)
{
	struct t *t = *state;
	const struct store_hooks hooks = { .number = number_nowhere };

	suite_open(t);
	store_set_hooks(t->home.store, &hooks);
	t_fails(&t->ctx, t_unit(t, add_entry, suite_arg("a")), FAIL_INTERNAL,
	    "store.commit");
	assert_int_equal(suite_places(t), 0);
	t_ok(&t->ctx, t_unit(t, suite_add, suite_arg("b")));
	assert_int_equal(suite_places(t), 1);
}

void
a_reader_puts_nothing(void **state)
{
	struct t *t = *state;

	suite_open(t);
	(void)t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_READ));
	t_fails(&t->ctx, tx_end(&t->ctx, put_nowhere(&t->ctx, NULL)),
	    FAIL_INTERNAL, "store.query");
}

static enum fail
put_and_add(struct ctx *ctx, void *arg)
{
	int64_t first = 10;

	TRY(suite_home(ctx, arg));
	TRY(put_two(ctx, &first));
	return sql_visit_put(ctx, SUITE_HOME, 12, NULL);
}

void
each_failure_among_puts_leaves_nothing(void **state)
{
	struct t *t = *state;

	suite_open(t);
	t_each_failure(t, put_and_add, suite_arg("first"));
	assert_int_equal(suite_visits(t), 3);
}
