#include <string.h>

#include "store/t_suite.h"
#include "store/test_place.sql.h"

/* Begin, run, end in the test's own ctx. */
static enum fail
in(struct t *t, enum tx_mode mode, enum fail (*run)(struct ctx *ctx, void *arg),
    void *arg)
{
	struct ctx *ctx = t_fresh(t);

	TRY(tx_begin(ctx, mode));
	return tx_end(ctx, run(ctx, arg));
}

static enum fail
put_extremes(struct ctx *ctx, void *arg)
{
	static const uint8_t seal[] = { 0, 1, 0xff, 0, '\'', '\\' };
	const struct bytes blob = { seal, sizeof(seal) };
	const struct bytes empty = { NULL, 0 };
	const day since = -25567;
	struct sql_place_add *added = NULL;
	int64_t *ids = arg;
	int64_t changed = 0;

	TRY(sql_place_add(ctx, "Xã Ia Mơ '\"\\ $1 ?1", &blob, true, &since,
	    INT64_MAX, &added));
	ids[0] = added->id;
	TRY(sql_place_add(ctx, "x", &empty, false, NULL, INT64_MIN, &added));
	ids[1] = added->id;
	TRY(sql_place_put(ctx,
	    &(struct sql_place_put_args){ .id = 70, .name = "put" }, &changed));
	assert_int_equal(changed, 1);
	return OK;
}

static enum fail
find_extremes(struct ctx *ctx, void *arg)
{
	const int64_t *ids = arg;
	struct sql_place_find *found = NULL;
	const char *name = "Xã Ia Mơ '\"\\ $1 ?1";

	TRY(sql_place_find(ctx, name, &found));
	assert_int_equal(found->id, ids[0]);
	assert_string_equal(found->name, name);
	assert_int_equal(found->seal->len, 6);
	assert_memory_equal(found->seal->at, "\0\1\xff\0'\\", 6);
	assert_true(found->open);
	assert_int_equal(*found->since, -25567);
	assert_true(found->noted_at == INT64_MAX);
	assert_null(found->note);
	TRY(sql_place_find(ctx, "x", &found));
	assert_int_equal(found->id, ids[1]);
	assert_int_equal(found->seal->len, 0);
	assert_false(found->open);
	assert_null(found->since);
	assert_true(found->noted_at == INT64_MIN);
	TRY(sql_place_find(ctx, "put", &found));
	assert_int_equal(found->id, 70);
	assert_null(found->seal);
	return OK;
}

/* Blob, text, bool, day and number, at their limits, NULL and empty. */
void
every_type_comes_back_as_it_went_in(void **state)
{
	struct t *t = *state;
	int64_t ids[2] = { 0 };

	suite_open(t);
	t_ok(&t->ctx, in(t, TX_WRITE, put_extremes, ids));
	t_ok(&t->ctx, in(t, TX_READ, find_extremes, ids));
}

static enum fail
rename_both(struct ctx *ctx, void *arg)
{
	int64_t changed = -1;

	(void)arg;
	TRY(sql_place_rename(ctx, SUITE_HOME, "renamed", &changed));
	assert_int_equal(changed, 1);
	TRY(sql_place_rename(ctx, 99999, "nobody", &changed));
	assert_int_equal(changed, 0);
	return OK;
}

void
a_change_says_how_many_rows(void **state)
{
	struct t *t = *state;

	suite_open(t);
	t_ok(&t->ctx, in(t, TX_WRITE, suite_home, suite_arg("a")));
	t_ok(&t->ctx, in(t, TX_WRITE, rename_both, NULL));
	assert_true(suite_has(t, "renamed"));
}

static enum fail
find_absent(struct ctx *ctx, void *arg)
{
	struct sql_place_find *found = arg;

	TRY(sql_place_find(ctx, "nowhere", &found));
	assert_null(found);
	return OK;
}

static enum fail
name_absent(struct ctx *ctx, void *arg)
{
	struct sql_place_name *found = arg;

	return sql_place_name(ctx, 12345, &found);
}

void
an_absent_row_is_a_failure_only_for_one(void **state)
{
	struct t *t = *state;

	suite_open(t);
	t_ok(&t->ctx, in(t, TX_READ, find_absent, NULL));
	t_fails(&t->ctx, in(t, TX_READ, name_absent, NULL), FAIL_INTERNAL,
	    "store.row_missing");
}

/* p00, p01 ...; every third one closed, every second one with a day. */
static enum fail
add_many(struct ctx *ctx, void *arg)
{
	const int count = *(int *)arg;

	for (int i = 0; i < count; i++) {
		const day since = i;
		struct sql_place_add *added = NULL;

		TRY(sql_place_add(ctx, arena_printf(ctx->arena, "p%02d", i),
		    NULL, i % 3 != 0, i % 2 == 0 ? &since : NULL, i, &added));
	}
	return OK;
}

static enum fail
page_them(struct ctx *ctx, void *arg)
{
	const bool closed = false;
	const day from = 10;
	struct sql_place_page *rows = NULL;
	size_t count = 0;

	(void)arg;
	TRY(sql_place_page(ctx, 0, NULL, NULL, 15, &rows, &count));
	assert_int_equal(count, 15);
	assert_string_equal(rows[0].name, "p00");
	assert_string_equal(rows[14].name, "p14");
	assert_false(rows[0].old);
	assert_true(rows[1].old);
	TRY(sql_place_page(ctx, rows[14].id, NULL, NULL, 15, &rows, &count));
	assert_int_equal(count, 5);
	TRY(sql_place_page(ctx, 0, &closed, &from, 99, &rows, &count));
	assert_int_equal(count, 2);
	assert_string_equal(rows[0].name, "p12");
	TRY(sql_place_page(ctx, 1000, NULL, NULL, 9, &rows, &count));
	assert_int_equal(count, 0);
	return OK;
}

void
many_keeps_order_filter_and_limit(void **state)
{
	struct t *t = *state;
	int count = 20;

	suite_open(t);
	t_ok(&t->ctx, in(t, TX_WRITE, add_many, &count));
	t_ok(&t->ctx, in(t, TX_READ, page_them, NULL));
}

/* For each place read all places again, through the same query. */
static enum fail
walk_nested(struct ctx *ctx, void *arg)
{
	struct cursor *outer = NULL;
	struct sql_place_each row = { 0 };
	bool more = false;
	int pairs = 0;

	TRY(sql_place_each_open(ctx, &outer));
	TRY(sql_place_each_next(ctx, outer, &row, &more));
	while (more) {
		struct cursor *inner = NULL;
		struct sql_place_each other = { 0 };
		struct sql_place_name *named = NULL;
		bool others = false;

		TRY(sql_place_each_open(ctx, &inner));
		TRY(sql_place_each_next(ctx, inner, &other, &others));
		for (; others; pairs++)
			TRY(sql_place_each_next(ctx, inner, &other, &others));
		TRY(sql_place_name(ctx, row.id, &named));
		assert_string_equal(named->name, row.name);
		TRY(sql_place_each_next(ctx, outer, &row, &more));
	}
	TRY(sql_place_each_next(ctx, outer, &row, &more));
	assert_false(more);
	*(int *)arg = pairs;
	return OK;
}

/* More rows than PostgreSQL fetches at once. */
void
a_cursor_lets_other_queries_run(void **state)
{
	struct t *t = *state;
	int count = 300;
	int pairs = 0;

	suite_open(t);
	t_ok(&t->ctx, in(t, TX_WRITE, add_many, &count));
	t_ok(&t->ctx, in(t, TX_READ, walk_nested, &pairs));
	assert_int_equal(pairs, 300 * 300);
	t_ok(&t->ctx, in(t, TX_WRITE, walk_nested, &pairs));
	assert_int_equal(pairs, 300 * 300);
}

/* All are open before the first is read, and take turns. */
static enum fail
walk_side_by_side(struct ctx *ctx, void *arg)
{
	struct cursor *cursors[3] = { NULL };
	int seen = 0;

	for (int i = 0; i < 3; i++)
		TRY(sql_visit_each_of_open(ctx,
		    i == 1 ? SUITE_HOME : SUITE_HOME + 1, &cursors[i]));
	for (int round = 0; round < 4; round++) {
		for (int i = 0; i < 3; i++) {
			struct sql_visit_each_of row = { 0 };
			bool more = false;

			TRY(sql_visit_each_of_next(ctx, cursors[i], &row,
			    &more));
			assert_true(more == (i == 1 && round < 3));
			seen += more;
		}
	}
	*(int *)arg = seen;
	return OK;
}

void
cursors_of_one_query_keep_to_themselves(void **state)
{
	struct t *t = *state;
	int64_t number = 1;
	int seen = 0;

	suite_open(t);
	t_ok(&t->ctx, in(t, TX_WRITE, suite_home, suite_arg("a")));
	for (; number <= 3; number++)
		t_ok(&t->ctx, in(t, TX_WRITE, suite_visit, &number));
	t_ok(&t->ctx, in(t, TX_READ, walk_side_by_side, &seen));
	assert_int_equal(seen, 3);
	t_ok(&t->ctx, in(t, TX_WRITE, walk_side_by_side, &seen));
	assert_int_equal(seen, 3);
}

static enum fail
leave_half_way(struct ctx *ctx, void *arg)
{
	struct cursor *cursor = NULL;
	struct sql_visit_each_of row = { 0 };
	bool more = false;

	TRY(sql_visit_each_of_open(ctx, SUITE_HOME, &cursor));
	TRY(sql_visit_each_of_next(ctx, cursor, &row, &more));
	assert_true(more);
	assert_int_equal(row.number, 1);
	return suite_add(ctx, arg);
}

void
a_cursor_can_be_left_half_way(void **state)
{
	struct t *t = *state;
	int64_t number = 1;

	suite_open(t);
	t_ok(&t->ctx, in(t, TX_WRITE, suite_home, suite_arg("a")));
	for (; number <= 3; number++)
		t_ok(&t->ctx, in(t, TX_WRITE, suite_visit, &number));
	t_ok(&t->ctx, in(t, TX_WRITE, leave_half_way, suite_arg("b")));
	t_ok(&t->ctx, in(t, TX_WRITE, leave_half_way, suite_arg("c")));
	assert_int_equal(suite_places(t), 3);
}

static enum fail
visit_nowhere(struct ctx *ctx, void *arg)
{
	int64_t changed = 0;

	TRY(suite_add(ctx, arg));
	return sql_visit_add(ctx, 404, 1, NULL, &changed);
}

static enum fail
drop_visited(struct ctx *ctx, void *arg)
{
	int64_t changed = 0;

	(void)arg;
	return sql_place_drop(ctx, SUITE_HOME, &changed);
}

/* Unique, check, foreign key from both sides; the unit is undone. */
void
a_broken_constraint_is_a_conflict(void **state)
{
	struct t *t = *state;
	int64_t number = 1;

	suite_open(t);
	t_ok(&t->ctx, in(t, TX_WRITE, suite_home, suite_arg("a")));
	t_ok(&t->ctx, in(t, TX_WRITE, suite_visit, &number));
	t_fails(&t->ctx, in(t, TX_WRITE, suite_add, suite_arg("a")),
	    FAIL_CONFLICT, "store.constraint");
	t_fails(&t->ctx, in(t, TX_WRITE, suite_add, suite_arg("")),
	    FAIL_CONFLICT, "store.constraint");
	t_fails(&t->ctx, in(t, TX_WRITE, visit_nowhere, suite_arg("b")),
	    FAIL_CONFLICT, "store.constraint");
	t_fails(&t->ctx, in(t, TX_WRITE, drop_visited, NULL), FAIL_CONFLICT,
	    "store.constraint");
	assert_int_equal(suite_places(t), 1);
}

static enum fail
pass_over(struct ctx *ctx, void *arg)
{
	const enum fail got = suite_add(ctx, arg);

	assert_int_equal(got, FAIL_CONFLICT);
	fail_clear(ctx);
	return OK;
}

static enum fail
go_on(struct ctx *ctx, void *arg)
{
	TRY(pass_over(ctx, arg));
	return suite_add(ctx, suite_arg("later"));
}

/* As PostgreSQL has it; SQLite alone would go on. */
void
nothing_runs_after_a_failed_query(void **state)
{
	struct t *t = *state;

	suite_open(t);
	t_ok(&t->ctx, in(t, TX_WRITE, suite_add, suite_arg("a")));
	t_fails(&t->ctx, in(t, TX_WRITE, pass_over, suite_arg("a")),
	    FAIL_INTERNAL, "store.query");
	t_fails(&t->ctx, in(t, TX_WRITE, go_on, suite_arg("a")), FAIL_INTERNAL,
	    "store.query");
	assert_false(suite_has(t, "later"));
	t_ok(&t->ctx, in(t, TX_WRITE, suite_add, suite_arg("b")));
}

static enum fail
read_nulls(struct ctx *ctx, void *arg)
{
	struct sql_visit_wrong *rows = arg;
	size_t count = 0;

	return sql_visit_wrong(ctx, &rows, &count);
}

void
an_unexpected_null_is_refused(void **state)
{
	struct t *t = *state;

	suite_open(t);
	t_ok(&t->ctx, in(t, TX_READ, read_nulls, NULL));
	t_ok(&t->ctx, in(t, TX_WRITE, suite_add, suite_arg("a")));
	t_fails(&t->ctx, in(t, TX_READ, read_nulls, NULL), FAIL_INTERNAL,
	    "store.damaged");
}

/* Neither engine, nor by an INSERT that gives a row; SQLite would take it. */
void
a_text_that_is_not_clean_is_not_written(void **state)
{
	struct t *t = *state;

	suite_open(t);
	t_fails(&t->ctx, in(t, TX_WRITE, suite_add, suite_arg("a\xc3z")),
	    FAIL_INTERNAL, "store.query");
	t_fails(&t->ctx, in(t, TX_WRITE, suite_home, suite_arg("a\rz")),
	    FAIL_INTERNAL, "store.query");
	t_ok(&t->ctx, in(t, TX_WRITE, suite_home, suite_arg("a\tb\nc")));
	assert_true(suite_has(t, "a\tb\nc"));
}

static enum fail
rename_one(struct ctx *ctx, void *arg)
{
	int64_t changed = 0;

	return sql_place_rename(ctx, SUITE_HOME, arg, &changed);
}

/* Neither by a change nor by an INSERT that gives a row. */
void
a_reader_cannot_write(void **state)
{
	struct t *t = *state;

	suite_open(t);
	t_ok(&t->ctx, in(t, TX_WRITE, suite_home, suite_arg("a")));
	t_fails(&t->ctx, in(t, TX_READ, rename_one, suite_arg("b")),
	    FAIL_INTERNAL, "store.query");
	t_fails(&t->ctx, in(t, TX_READ, suite_add, suite_arg("b")),
	    FAIL_INTERNAL, "store.query");
	assert_true(suite_has(t, "a"));
	assert_false(suite_has(t, "b"));
}

static int64_t
count_in(struct ctx *ctx)
{
	struct sql_place_count *found = NULL;

	t_ok(ctx, sql_place_count(ctx, &found));
	return found->count;
}

void
a_reader_sees_one_snapshot(void **state)
{
	struct t *t = *state;
	struct ctx reader = { 0 };

	suite_open(t);
	suite_ctx(t, &reader);
	t_ok(&reader, tx_begin(&reader, TX_READ));
	assert_int_equal(count_in(&reader), 0);
	t_ok(&t->ctx, in(t, TX_WRITE, suite_add, suite_arg("a")));
	assert_int_equal(count_in(&reader), 0);
	t_ok(&reader, tx_end(&reader, OK));
	t_ok(&reader, tx_begin(&reader, TX_READ));
	assert_int_equal(count_in(&reader), 1);
	t_ok(&reader, tx_end(&reader, OK));
	suite_ctx_end(&reader);
}

void
what_is_not_committed_is_unseen(void **state)
{
	struct t *t = *state;

	suite_open(t);
	(void)t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	t_ok(&t->ctx, suite_add(&t->ctx, suite_arg("a")));
	assert_int_equal(count_in(&t->ctx), 1);
	assert_int_equal(suite_places(t), 0);
	t_ok(&t->ctx, tx_end(&t->ctx, OK));
	assert_int_equal(suite_places(t), 1);
}

void
a_result_over_the_soft_limit_is_too_big(void **state)
{
	struct t *t = *state;
	struct sql_place_page *rows = NULL;
	struct ctx ctx = { 0 };
	size_t count = 0;
	int many = 300;

	suite_open(t);
	t_ok(&t->ctx, in(t, TX_WRITE, add_many, &many));
	ctx_init(&ctx, arena_new(8000), &t->home);
	t_ok(&ctx, tx_begin(&ctx, TX_READ));
	t_fails(&ctx, sql_place_page(&ctx, 0, NULL, NULL, 300, &rows, &count),
	    FAIL_TOO_BIG, "store.too_big");
	t_fails(&ctx, tx_end(&ctx, FAIL(&ctx, FAIL_TOO_BIG, "x", "y")),
	    FAIL_TOO_BIG, "x");
	suite_ctx_end(&ctx);
}

void
the_digest_changes_with_any_row(void **state)
{
	struct t *t = *state;
	int64_t number = 1;
	uint64_t empty = 0;
	uint64_t one = 0;

	suite_open(t);
	empty = t_digest(t);
	t_ok(&t->ctx, in(t, TX_WRITE, suite_home, suite_arg("a")));
	one = t_digest(t);
	assert_true(one != empty);
	t_ok(&t->ctx, in(t, TX_WRITE, suite_visit, &number));
	assert_true(t_digest(t) != one && t_digest(t) != empty);
	t_fails(&t->ctx, in(t, TX_WRITE, suite_refuse, suite_arg("b")),
	    FAIL_INVALID, "suite.refused");
	t_ok(&t->ctx, in(t, TX_WRITE, rename_one, suite_arg("b")));
	one = t_digest(t);
	t_ok(&t->ctx, in(t, TX_WRITE, rename_one, suite_arg("c")));
	assert_true(t_digest(t) != one);
	t_ok(&t->ctx, in(t, TX_WRITE, rename_one, suite_arg("b")));
	assert_true(t_digest(t) == one);
}

static enum fail
ask_engine(struct ctx *ctx, void *arg)
{
	struct sql_engine_name *found = NULL;

	TRY(sql_engine_name(ctx, &found));
	*(bool *)arg = strcmp(found->name, "postgres") == 0;
	return OK;
}

void
the_text_differs_by_engine(void **state)
{
	struct t *t = *state;
	bool postgres = false;

	suite_open(t);
	t_ok(&t->ctx, in(t, TX_READ, ask_engine, &postgres));
	assert_int_equal(postgres, store_is_postgres(t->home.store));
}

static enum fail
prepare_them(struct ctx *ctx, void *arg)
{
	static const struct store_query *const right[] = {
		&sql_place_add_query,
		&sql_place_find_query,
		&sql_place_page_query,
		&sql_place_each_query,
		&sql_place_rename_query,
	};

	(void)arg;
	for (size_t i = 0; i < ARRAY_SIZE(right); i++)
		TRY(store_prepare(ctx, right[i]));
	return OK;
}

static enum fail
prepare_one(struct ctx *ctx, void *arg)
{
	return store_prepare(ctx, arg);
}

void
a_query_is_checked_without_running(void **state)
{
	struct t *t = *state;
	struct store_query wrong = sql_place_find_query;

	suite_open(t);
	t_ok(&t->ctx, in(t, TX_WRITE, prepare_them, NULL));
	assert_int_equal(suite_places(t), 0);
	wrong.field_count = 3;
	t_fails(&t->ctx, in(t, TX_READ, prepare_one, &wrong), FAIL_INTERNAL,
	    "store.query");
	wrong = sql_engine_name_query;
	wrong.sqlite = "SELECT name FROM nowhere";
	wrong.postgres = wrong.sqlite;
	t_fails(&t->ctx, in(t, TX_READ, prepare_one, &wrong), FAIL_INTERNAL,
	    "store.query");
}

static enum fail
sort_names(struct ctx *ctx, void *arg)
{
	struct sql_place_sorted *rows = NULL;
	size_t count = 0;

	(void)arg;
	TRY(sql_place_sorted(ctx, &rows, &count));
	assert_int_equal(count, 4);
	assert_string_equal(rows[0].name, "B");
	assert_string_equal(rows[1].name, "a");
	assert_string_equal(rows[2].name, "b");
	assert_string_equal(rows[3].name, "Đ");
	return OK;
}

/* Not by the server's locale. */
void
text_sorts_by_bytes(void **state)
{
	static const char *const names[] = { "Đ", "b", "a", "B" };
	struct t *t = *state;

	suite_open(t);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		t_ok(&t->ctx, in(t, TX_WRITE, suite_add, suite_arg(names[i])));
	t_ok(&t->ctx, in(t, TX_READ, sort_names, NULL));
}

static enum fail
several_steps(struct ctx *ctx, void *arg)
{
	int64_t number = 5;

	TRY(suite_home(ctx, arg));
	TRY(suite_visit(ctx, &number));
	return rename_one(ctx, suite_arg("renamed"));
}

void
each_failure_leaves_the_store_as_it_was(void **state)
{
	struct t *t = *state;

	suite_open(t);
	t_each_failure(t, several_steps, suite_arg("a"));
	assert_true(suite_has(t, "renamed"));
	assert_int_equal(suite_visits(t), 1);
	assert_true(suite_stats(t).units_failed >= 4);
}
