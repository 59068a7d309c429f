#include "t_pg.h"
#include "t_store.h"

#include "store/query.h"
#include "store/store.h"

/*
 * Every query of the program is prepared on both engines, after all migrations:
 * a wrong column, a type one engine does not take or a row that differs from
 * what is selected is found here and not by a user.
 */
static const char *postgres;

static void
close_store(void *object)
{
	store_close(object);
}

static void
prepare_all(struct t *t, const char *url)
{
	const struct store_options options = { .url = url };
	int wrong = 0;
	int count = 0;

	t_ok(&t->ctx, store_open(&t->ctx, &options, &t->home.store));
	t_defer(t, close_store, t->home.store);
	for (; store_all_queries[count] != NULL; count++) {
		struct ctx *ctx = t_fresh(t);
		enum fail got = OK;

		t_ok(ctx, tx_begin(ctx, TX_READ));
		got = tx_end(ctx, store_prepare(ctx, store_all_queries[count]));
		if (got != OK)
			print_error("%s\n", ctx->failure.message);
		wrong += got != OK;
	}
	assert_int_equal(wrong, 0);
	assert_true(count > 50);
}

static void
sqlite_takes_every_query(void **state)
{
	prepare_all(*state, "sqlite::memory:");
}

static void
postgres_takes_every_query(void **state)
{
	if (postgres == NULL)
		skip();
	prepare_all(*state, postgres);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(sqlite_takes_every_query),
		t_test(postgres_takes_every_query),
	};
	int failed = 0;

	postgres = t_pg_start();
	failed = t_run(tests);
	if (postgres != NULL)
		t_pg_stop();
	return failed;
}
