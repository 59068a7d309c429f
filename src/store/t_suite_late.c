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

/* ---- a row that breaks a constraint ---- */

#define NOWHERE 7777 /* no place has this number */

static enum fail
late_nowhere(struct ctx *ctx, void *arg)
{
	const int64_t *place = arg;

	return sql_visit_late(ctx, *place, 1, NULL);
}

void
a_late_row_that_breaks_is_a_failure_that_says_so(void **state)
{
	struct t *t = *state;
	int64_t nowhere = NOWHERE;

	suite_open(t);
	assert_int_equal(t_unit(t, late_nowhere, &nowhere), FAIL_CONFLICT);
	assert_string_equal(t->ctx.failure.code, "store.constraint");
	assert_non_null(strstr(t->ctx.failure.message, "constraint"));
	assert_int_equal(suite_stats(t).units_failed, 1);
}

/* What numbering and effects have seen. */
struct tally {
	int numbered; /* since the last that failed */
	int applied;
};

struct tally_effect {
	struct tx_effect link;
	struct tally *tally;
};

static void
tally_apply(struct tx_effect *self)
{
	((struct tally_effect *)self)->tally->applied++;
}

static enum fail
tally_number(struct ctx *leader, void *owner, struct tx_entry *first)
{
	struct tally *tally = owner;

	(void)leader;
	for (; first != NULL; first = first->next)
		tally->numbered++;
	return OK;
}

static void
tally_numbered(void *owner, bool committed)
{
	struct tally *tally = owner;

	if (!committed)
		tally->numbered = 0;
}

static const struct store_hooks tally_hooks = {
	.number = tally_number,
	.numbered = tally_numbered,
};

#define ROWS_MAX 60

/* What a unit does beside putting its late row. */
enum beside { NOTHING_ELSE, ADD_FIRST, ADD_LAST, LOOK, DIVIDE };

/* A late row in one of the batch's units. */
struct row {
	struct tally *tally;
	int64_t place;
	int64_t number;
	enum beside beside;
};

static enum fail
divide(struct ctx *ctx)
{
	struct sql_visit_share *share = NULL;

	return sql_visit_share(ctx, 0, &share);
}

static enum fail
late_row(struct ctx *ctx, void *arg)
{
	const struct row *row = arg;
	struct tally_effect *effect =
	    ARENA_NEW(ctx->arena, struct tally_effect);
	char *name = arena_printf(ctx->arena, "of row %d", (int)row->number);
	struct sql_visit_last *last = NULL;

	effect->link.apply = tally_apply;
	effect->tally = row->tally;
	tx_stage_effect(ctx, &effect->link);
	tx_stage_entry(ctx, ARENA_NEW(ctx->arena, struct tx_entry));
	if (row->beside == ADD_FIRST)
		TRY(suite_add(ctx, name));
	TRY(sql_visit_late(ctx, row->place, row->number, NULL));
	if (row->beside == ADD_LAST)
		TRY(suite_add(ctx, name));
	if (row->beside == LOOK)
		TRY(sql_visit_last(ctx, &last));
	return row->beside == DIVIDE ? divide(ctx) : OK;
}

static void
open_home(struct t *t)
{
	suite_open(t);
	t_ok(&t->ctx, t_unit(t, suite_home, suite_arg("first")));
}

/* "": its unit comes through. */
static const char *
code_of(const struct row *row)
{
	if (row->beside == DIVIDE)
		return "store.query";
	return row->place == SUITE_HOME ? "" : "store.constraint";
}

/* Start them all while the test has the ticket; they are done when all are
 * joined. */
static void
start_rows(struct t *t, struct row *rows, int count, struct suite_unit *units)
{
	(void)t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	for (int i = 0; i < count; i++) {
		units[i] = (struct suite_unit){ .run = late_row,
			.arg = &rows[i],
			.is_handed = i % 7 != 3 };
		suite_start(t, &units[i]);
		suite_wait_line(t, i + 1);
	}
	t_ok(&t->ctx, tx_end(&t->ctx, OK));
}

/* All in one batch, in this order, with numbers from first: are those that have
 * a place kept, and no others? */
static void
run_rows(struct t *t, struct row *rows, int count, int64_t first)
{
	static struct suite_unit units[ROWS_MAX];
	struct tally tally = { 0 };
	struct store_hooks hooks = tally_hooks;
	const int64_t commits = suite_stats(t).commits;
	int good = 0;

	hooks.owner = &tally;
	store_set_hooks(t->home.store, &hooks);
	for (int i = 0; i < count; i++) {
		rows[i].tally = &tally;
		rows[i].number = first + i;
	}
	start_rows(t, rows, count, units);
	for (int i = 0; i < count; i++) {
		const char *code = code_of(&rows[i]);

		suite_join(&units[i]);
		assert_string_equal(units[i].code, code);
		assert_int_equal(units[i].got == OK, code[0] == '\0');
		good += code[0] == '\0';
	}
	assert_int_equal(suite_visits_from(t, first, first + count), good);
	assert_int_equal(tally.applied, good);
	assert_int_equal(tally.numbered, good);
	assert_int_equal(suite_stats(t).commits, commits + 1);
}

void
a_late_row_that_breaks_fails_its_unit_alone(void **state)
{
	struct row rows[ROWS_MAX] = { 0 };

	for (int i = 0; i < ROWS_MAX; i++)
		rows[i].place = i == 29 ? NOWHERE : SUITE_HOME;
	open_home(*state);
	run_rows(*state, rows, ROWS_MAX, 0);
}

void
late_rows_that_break_leave_the_one_that_does_not(void **state)
{
	struct row rows[5] = { 0 };

	for (int i = 0; i < 5; i++)
		rows[i].place = i == 2 ? SUITE_HOME : NOWHERE;
	open_home(*state);
	run_rows(*state, rows, 5, 0);
}

/* Units that write or look by themselves: what waits is written before. */
void
a_late_row_that_breaks_is_found_by_a_later_unit(void **state)
{
	static const enum beside besides[12] = { NOTHING_ELSE, NOTHING_ELSE,
		LOOK, ADD_FIRST, NOTHING_ELSE, ADD_LAST, DIVIDE, NOTHING_ELSE,
		ADD_FIRST, NOTHING_ELSE, DIVIDE, NOTHING_ELSE };

	open_home(*state);
	for (int broken = 0; broken < 12; broken++) {
		struct row rows[12] = { 0 };

		for (int i = 0; i < 12; i++) {
			rows[i].beside = besides[i];
			rows[i].place = i == broken && besides[i] != DIVIDE
					    ? NOWHERE
					    : SUITE_HOME;
		}
		run_rows(*state, rows, 12, 100 * broken);
	}
}

/* The second table's rows are put first, by a unit before. */
static enum fail
late_place(struct ctx *ctx, void *arg)
{
	const int64_t id = *(const int64_t *)arg;

	TRY(sql_place_late(ctx, id,
	    arena_printf(ctx->arena, "place %d", (int)id), ctx->now_us));
	return sql_visit_late(ctx, id, 0, NULL);
}

void
late_rows_may_refer_to_late_rows(void **state)
{
	struct t *t = *state;
	int64_t number = 10;
	int64_t ids[2] = { 500, 501 };
	enum fail (*const runs[3])(struct ctx *, void *) = { late_two,
		late_place, late_place };
	void *const args[3] = { &number, &ids[0], &ids[1] };
	struct suite_unit units[3] = { 0 };

	suite_open(t);
	t_ok(&t->ctx, t_unit(t, suite_home, suite_arg("first")));
	(void)t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	for (int i = 0; i < 3; i++) {
		units[i] = (struct suite_unit){ .run = runs[i],
			.arg = args[i],
			.is_handed = true };
		suite_start(t, &units[i]);
		suite_wait_line(t, i + 1);
	}
	t_ok(&t->ctx, tx_end(&t->ctx, OK));
	for (int i = 0; i < 3; i++) {
		suite_join(&units[i]);
		assert_int_equal(units[i].got, OK);
	}
	assert_int_equal(suite_visits(t), 4);
	assert_int_equal(suite_places(t), 3);
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
