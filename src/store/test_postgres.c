
#include <libpq-fe.h>

#include "t_pg.h"

#include "store/t_suite.h"
#include "store/test_place.sql.h"

/*
 * The shared suite on a real server, started by tests/pg.py, and what happens
 * when that server drops connections.
 */
static const char *server_url;

/* Ask the server as somebody else would. */
static void
as_admin(const char *sql)
{
	PGconn *admin = PQconnectdb(server_url);
	PGresult *result = PQexec(admin, sql);
	const ExecStatusType status = PQresultStatus(result);

	PQclear(result);
	PQfinish(admin);
	assert_true(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK);
}

static void
empty_database(void)
{
	as_admin("SET client_min_messages = error;"
		 "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
}

/* What a failover does to us. */
static void
drop_connections(void)
{
	as_admin("SELECT pg_terminate_backend(pid, 5000) "
		 "FROM pg_stat_activity WHERE application_name = 'truc'");
}

static void
a_connection_lost_between_units_is_made_again(void **state)
{
	struct t *t = *state;

	suite_open(t);
	t_ok(&t->ctx, t_unit(t, suite_add, suite_arg("a")));
	assert_int_equal(suite_places(t), 1);
	drop_connections();
	assert_int_equal(suite_places(t), 1);
	t_ok(&t->ctx, t_unit(t, suite_add, suite_arg("b")));
	assert_int_equal(suite_places(t), 2);
}

static enum fail
lose_connection(struct ctx *ctx, void *arg)
{
	TRY(suite_add(ctx, arg));
	drop_connections();
	return suite_add(ctx, suite_arg("later"));
}

static void
a_connection_lost_in_a_unit_undoes_its_batch(void **state)
{
	struct t *t = *state;
	struct suite_unit unit = { .run = lose_connection,
		.arg = suite_arg("b") };

	suite_open(t);
	t_fails(&t->ctx, t_unit(t, lose_connection, suite_arg("x")), FAIL_BUSY,
	    "store.connect");
	(void)t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	t_ok(&t->ctx, suite_add(&t->ctx, suite_arg("a")));
	suite_start(t, &unit);
	suite_wait_line(t, 1);
	t_fails(&t->ctx, tx_end(&t->ctx, OK), FAIL_BUSY, "store.batch_lost");
	suite_join(&unit);
	assert_int_equal(unit.got, FAIL_BUSY);
	assert_int_equal(suite_places(t), 0);
	t_ok(&t->ctx, t_unit(t, suite_add, suite_arg("c")));
	assert_int_equal(suite_places(t), 1);
}

/* What was sent meanwhile is lost with it, and heard at the unit's end. */
static enum fail
put_into_the_void(struct ctx *ctx, void *arg)
{
	TRY(suite_home(ctx, arg));
	drop_connections();
	return sql_visit_put(ctx, SUITE_HOME, 1, NULL);
}

static void
a_connection_lost_under_what_was_put_undoes_it(void **state)
{
	struct t *t = *state;

	suite_open(t);
	t_fails(&t->ctx, t_unit(t, put_into_the_void, suite_arg("x")),
	    FAIL_BUSY, "store.connect");
	assert_int_equal(suite_places(t), 0);
	t_ok(&t->ctx, t_unit(t, suite_add, suite_arg("c")));
	assert_int_equal(suite_places(t), 1);
}

static enum fail
drop_in_seal(struct ctx *leader, void *owner)
{
	(void)leader;
	(void)owner;
	drop_connections();
	return OK;
}

static enum fail
number_nothing(struct ctx *leader, void *owner, struct tx_entry *first)
{
	(void)leader;
	(void)owner;
	(void)first;
	return OK;
}

static enum fail
add_entry(struct ctx *ctx, void *arg)
{
	tx_stage_entry(ctx, ARENA_NEW(ctx->arena, struct tx_entry));
	return suite_add(ctx, arg);
}

/* The answer to COMMIT never came: it may be kept or not. */
static void
a_connection_lost_in_the_commit_is_uncertain(void **state)
{
	struct t *t = *state;
	const struct store_hooks hooks = { .number = number_nothing,
		.seal = drop_in_seal };
	const struct store_hooks none = { 0 };

	suite_open(t);
	store_set_hooks(t->home.store, &hooks);
	t_fails(&t->ctx, t_unit(t, add_entry, suite_arg("a")), FAIL_UPSTREAM,
	    "store.uncertain");
	store_set_hooks(t->home.store, &none);
	t_ok(&t->ctx, t_unit(t, suite_add, suite_arg("b")));
	assert_true(suite_has(t, "b"));
}

static bool says_kept;

static enum fail
say_kept(struct ctx *leader, void *owner, bool *ret)
{
	(void)leader;
	(void)owner;
	*ret = says_kept;
	return OK;
}

/* Whoever numbered it is asked over the next connection. */
static void
what_came_of_a_lost_commit_is_found_out(void **state)
{
	struct t *t = *state;
	const struct store_hooks hooks = { .number = number_nothing,
		.seal = drop_in_seal,
		.kept = say_kept };
	const struct store_hooks none = { 0 };

	suite_open(t);
	store_set_hooks(t->home.store, &hooks);
	says_kept = false;
	t_fails(&t->ctx, t_unit(t, add_entry, suite_arg("a")), FAIL_BUSY,
	    "store.batch_lost");
	says_kept = true;
	t_ok(&t->ctx, t_unit(t, add_entry, suite_arg("b")));
	store_set_hooks(t->home.store, &none);
	t_ok(&t->ctx, t_unit(t, suite_add, suite_arg("c")));
	assert_true(suite_has(t, "c"));
}

/* Whatever folder it has, as with a copied one. */
static void
a_second_writer_is_refused(void **state)
{
	struct t *t = *state;
	struct store_options options = { 0 };
	struct store *other = NULL;

	suite_open(t);
	options = suite_options(t);
	t_fails(&t->ctx, store_open(&t->ctx, &options, &other), FAIL_UPSTREAM,
	    "store.in_use");
	options.read_only = true;
	t_ok(&t->ctx, store_open(&t->ctx, &options, &other));
	store_close(other);
}

/* Somebody else came while the session was lost: nothing is written. */
static void
a_writer_that_lost_its_place_writes_nothing(void **state)
{
	struct t *t = *state;
	struct store_options options = { 0 };
	struct store *other = NULL;

	suite_open(t);
	options = suite_options(t);
	drop_connections();
	t_ok(&t->ctx, store_open(&t->ctx, &options, &other));
	t_ok(&t->ctx, store_ready(t_fresh(t)));
	t_fails(&t->ctx, t_unit(t, suite_add, suite_arg("a")), FAIL_UPSTREAM,
	    "store.in_use");
	t_fails(&t->ctx, store_ready(t_fresh(t)), FAIL_BUSY, "store.in_use");
	store_close(other);
	t_ok(&t->ctx, t_unit(t, suite_add, suite_arg("b")));
	t_ok(&t->ctx, store_ready(t_fresh(t)));
	assert_false(suite_has(t, "a"));
	assert_true(suite_has(t, "b"));
}

static void
a_server_that_is_away_is_said(void **state)
{
	struct t *t = *state;
	struct store_options options = suite_options(t);
	struct store *store = NULL;

	options.url = "postgres://truc@127.0.0.1:1/none";
	t_fails(&t->ctx, store_open(&t->ctx, &options, &store), FAIL_BUSY,
	    "store.connect");
}

static void
a_copy_is_left_to_its_own_tools(void **state)
{
	struct t *t = *state;

	suite_open(t);
	t_fails(&t->ctx, store_backup(&t->ctx, "/nonexistent/x", NULL, NULL),
	    FAIL_CONFLICT, "store.no_backup");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SUITE_TESTS,
		t_test(a_connection_lost_between_units_is_made_again),
		t_test(a_connection_lost_in_a_unit_undoes_its_batch),
		t_test(a_connection_lost_under_what_was_put_undoes_it),
		t_test(a_connection_lost_in_the_commit_is_uncertain),
		t_test(what_came_of_a_lost_commit_is_found_out),
		t_test(a_second_writer_is_refused),
		t_test(a_writer_that_lost_its_place_writes_nothing),
		t_test(a_server_that_is_away_is_said),
		t_test(a_copy_is_left_to_its_own_tools),
	};
	int failed = 0;

	server_url = t_pg_start();
	if (server_url == NULL) {
		(void)puts("1..0 # SKIP no PostgreSQL on this machine");
		return 0;
	}
	suite_server.url = server_url;
	suite_server.empty = empty_database;
	failed = t_run(tests);
	t_pg_stop();
	return failed;
}
