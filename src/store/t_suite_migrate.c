#include "store/t_suite.h"

void
migrations_run_once(void **state)
{
	struct t *t = *state;
	struct store_options options = { 0 };

	suite_open(t);
	t_ok(&t->ctx, t_unit(t, suite_add, suite_arg("a")));
	suite_close(t);
	options = suite_options(t);
	suite_open_with(t, &options);
	assert_int_equal(suite_places(t), 1);
}

static void
refuses(struct t *t, const struct migration *list, bool read_only,
    const char *code)
{
	struct store_options options = suite_options(t);
	struct store *store = NULL;

	options.migrations = list;
	options.read_only = read_only;
	t_fails(&t->ctx, store_open(&t->ctx, &options, &store), FAIL_CONFLICT,
	    code);
	assert_null(store);
}

void
a_changed_migration_is_refused(void **state)
{
	struct t *t = *state;
	struct migration changed[3] = { test_migrations[0],
		test_migrations[1] };

	suite_open(t);
	suite_close(t);
	changed[1].checksum = "another";
	refuses(t, changed, false, "store.migration_changed");
	refuses(t, changed, true, "store.migration_changed");
	refuses(t, &test_migrations[1], false, "store.migration_changed");
}

void
a_newer_database_is_refused(void **state)
{
	struct t *t = *state;
	const struct migration older[2] = { test_migrations[0] };

	suite_open(t);
	suite_close(t);
	refuses(t, older, false, "store.newer");
	refuses(t, older, true, "store.newer");
}

/* Each step of the second migration fails once; then both are there. */
void
a_failing_migration_leaves_nothing(void **state)
{
	struct t *t = *state;
	struct store_options options = suite_options(t);
	const struct migration first[2] = { test_migrations[0] };
	enum fail got = FAIL_INTERNAL;

	options.migrations = first;
	if (suite_server.empty != NULL)
		suite_server.empty();
	suite_open_with(t, &options);
	suite_close(t);
	for (int step = 1; got != OK; step++) {
		t->faults = (struct faults){ .at = step };
		options = suite_options(t);
		got = store_open(&t->ctx, &options, &t->home.store);
		assert_int_equal(got == OK, t->faults.fired == 0);
		t->faults = (struct faults){ 0 };
		(void)t_fresh(t);
		if (got != OK)
			refuses(t, test_migrations, true, "store.older");
	}
	assert_int_equal(suite_visits(t), 0);
	suite_close(t);
}

void
a_store_to_be_read_refuses_writers(void **state)
{
	struct t *t = *state;
	struct store_options options = { 0 };

	suite_open(t);
	t_ok(&t->ctx, t_unit(t, suite_add, suite_arg("a")));
	suite_close(t);
	options = suite_options(t);
	options.read_only = true;
	suite_open_with(t, &options);
	t_fails(&t->ctx, t_unit(t, suite_add, suite_arg("b")), FAIL_CONFLICT,
	    "store.read_only");
	assert_int_equal(suite_places(t), 1);
}

void
a_store_to_be_read_must_be_up_to_date(void **state)
{
	struct t *t = *state;
	struct migration more[4] = { test_migrations[0], test_migrations[1],
		test_migrations[1] };

	suite_open(t);
	suite_close(t);
	more[2].number = 3;
	refuses(t, more, true, "store.older");
}
