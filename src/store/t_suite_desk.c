#include <string.h>

#include "store/t_suite.h"
#include "store/test_place.sql.h"

/*
 * Units of work that were handed over.  As in t_suite_batch.c the test holds the
 * ticket while they take their places in the line, then lets go.
 */
#define HANDED(...) \
	{ \
		.is_handed = true, __VA_ARGS__ \
	}

static void
hold_ticket(struct t *t)
{
	(void)t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
}

static void
start_in_line(struct t *t, struct suite_unit *units, int count)
{
	for (int i = 0; i < count; i++) {
		suite_start(t, &units[i]);
		suite_wait_line(t, i + 1);
	}
}

static void
join_all(struct suite_unit *units, int count)
{
	for (int i = 0; i < count; i++)
		suite_join(&units[i]);
}

/* The test's own unit adds "a"; the others are behind it. */
static void
run_behind(struct t *t, struct suite_unit *units, int count)
{
	hold_ticket(t);
	t_ok(&t->ctx, suite_add(&t->ctx, suite_arg("a")));
	start_in_line(t, units, count);
	t_ok(&t->ctx, tx_end(&t->ctx, OK));
	join_all(units, count);
}

void
a_lone_handed_unit_ends_at_once(void **state)
{
	struct t *t = *state;
	struct suite_unit good =
	    HANDED(.run = suite_add, .arg = suite_arg("a"));
	struct suite_unit bad =
	    HANDED(.run = suite_refuse, .arg = suite_arg("b"));

	suite_open(t);
	suite_start(t, &good);
	assert_true(good.was_at_once);
	suite_join(&good);
	assert_int_equal(good.got, OK);
	suite_start(t, &bad);
	assert_true(bad.was_at_once);
	suite_join(&bad);
	assert_string_equal(bad.code, "suite.refused");
	assert_int_equal(suite_stats(t).commits, 1);
	assert_true(suite_has(t, "a"));
	assert_false(suite_has(t, "b"));
}

void
handed_units_share_one_commit(void **state)
{
	struct t *t = *state;
	struct suite_unit units[2] = {
		HANDED(.run = suite_add, .arg = suite_arg("b")),
		HANDED(.run = suite_add, .arg = suite_arg("c")),
	};

	suite_open(t);
	run_behind(t, units, 2);
	assert_int_equal(units[0].got, OK);
	assert_int_equal(units[1].got, OK);
	assert_false(units[0].was_at_once);
	assert_int_equal(suite_stats(t).commits, 1);
	assert_int_equal(suite_stats(t).units, 3);
	assert_int_equal(suite_places(t), 3);
	assert_true(suite_stats(t).ticket_wait_us > 0);
}

void
a_failing_handed_unit_undoes_only_itself(void **state)
{
	struct t *t = *state;
	struct suite_unit units[3] = {
		HANDED(.run = suite_add, .arg = suite_arg("b")),
		HANDED(.run = suite_refuse, .arg = suite_arg("c")),
		HANDED(.run = suite_add, .arg = suite_arg("d")),
	};

	suite_open(t);
	run_behind(t, units, 3);
	assert_int_equal(units[0].got, OK);
	assert_string_equal(units[1].code, "suite.refused");
	assert_int_equal(units[2].got, OK);
	assert_int_equal(suite_stats(t).commits, 1);
	assert_int_equal(suite_stats(t).units_failed, 1);
	assert_true(suite_has(t, "b"));
	assert_false(suite_has(t, "c"));
	assert_true(suite_has(t, "d"));
}

/* What a full disk does: the engine drops the transaction under the unit. */
static enum fail
lose(struct ctx *ctx, void *arg)
{
	struct store *store = ctx->home->store;
	struct sql_place_add *added = NULL;

	TRY(suite_add(ctx, arg));
	TRY(store->driver->run(ctx, store->writer, "ROLLBACK"));
	return sql_place_add(ctx, "", NULL, true, NULL, 1, &added);
}

void
handed_units_hear_of_a_lost_transaction(void **state)
{
	struct t *t = *state;
	struct suite_unit units[3] = {
		HANDED(.run = suite_add, .arg = suite_arg("b")),
		HANDED(.run = lose, .arg = suite_arg("c")),
		HANDED(.run = suite_add, .arg = suite_arg("d")),
	};

	suite_open(t);
	hold_ticket(t);
	t_ok(&t->ctx, suite_add(&t->ctx, suite_arg("a")));
	start_in_line(t, units, 3);
	t_fails(&t->ctx, tx_end(&t->ctx, OK), FAIL_BUSY, "store.batch_lost");
	join_all(units, 3);
	assert_string_equal(units[0].code, "store.batch_lost");
	assert_string_equal(units[1].code, "store.batch_lost");
	/* The next batch is the desk's again. */
	assert_int_equal(units[2].got, OK);
	assert_int_equal(suite_places(t), 1);
	assert_true(suite_has(t, "d"));
}

/* Steps: store.begin, then store.unit (the batch is open already). */
void
a_handed_unit_that_cannot_begin_leaves_the_others(void **state)
{
	struct t *t = *state;
	struct suite_unit units[2] = {
		HANDED(.run = suite_add, .arg = suite_arg("b"),
		    .faults = { .at = 2 }),
		HANDED(.run = suite_add, .arg = suite_arg("c")),
	};
	struct suite_unit alone = HANDED(.run = suite_add,
	    .arg = suite_arg("d"), .faults = { .at = 2 });

	suite_open(t);
	run_behind(t, units, 2);
	assert_string_equal(units[0].code, "fault.injected");
	assert_int_equal(units[1].got, OK);
	assert_int_equal(suite_places(t), 2);
	/* The batch itself cannot be opened: store.batch. */
	suite_start(t, &alone);
	suite_join(&alone);
	assert_string_equal(alone.code, "fault.injected");
	t_ok(&t->ctx, t_unit(t, suite_add, suite_arg("e")));
	assert_int_equal(suite_places(t), 3);
}

/* The last one leads: its faults break the commit, and each of the others gets
 * the failure in a ctx of its own. */
void
a_commit_that_fails_fails_handed_units(void **state)
{
	struct t *t = *state;
	struct suite_unit units[2] = {
		HANDED(.run = suite_add, .arg = suite_arg("b")),
		/* begin, unit, place_add, keep, commit */
		HANDED(.run = suite_add, .arg = suite_arg("c"),
		    .faults = { .at = 5 }),
	};

	suite_open(t);
	hold_ticket(t);
	t_ok(&t->ctx, suite_add(&t->ctx, suite_arg("a")));
	start_in_line(t, units, 2);
	t_fails(&t->ctx, tx_end(&t->ctx, OK), FAIL_INTERNAL, "store.commit");
	join_all(units, 2);
	assert_int_equal(units[0].faults.fired, 0);
	assert_int_equal(units[1].faults.fired, 1);
	assert_string_equal(units[0].code, "store.commit");
	assert_string_equal(units[1].code, "store.commit");
	assert_int_equal(suite_places(t), 0);
}

/* --- the order of entries, and who leads --- */

struct entry {
	struct tx_entry link;
	int tag;
};

struct book {
	int tags[20]; /* in the order of their numbers */
	int count;
	const struct ctx *leader;
};

static enum fail
book_number(struct ctx *leader, void *owner, struct tx_entry *first)
{
	struct book *book = owner;

	book->leader = leader;
	for (struct tx_entry *e = first; e != NULL; e = e->next)
		book->tags[book->count++] = ((struct entry *)e)->tag;
	return OK;
}

static enum fail
stage(struct ctx *ctx, void *arg)
{
	struct entry *entry = ARENA_NEW(ctx->arena, struct entry);

	entry->tag = *(const int *)arg;
	tx_stage_entry(ctx, &entry->link);
	return suite_add(ctx, arena_printf(ctx->arena, "stage %d", entry->tag));
}

static void
open_book(struct t *t, struct book *book)
{
	const struct store_hooks hooks = { .number = book_number,
		.owner = book };

	suite_open(t);
	store_set_hooks(t->home.store, &hooks);
}

void
a_handed_unit_that_leads_commits_for_all(void **state)
{
	struct t *t = *state;
	struct book book = { 0 };
	int tags[] = { 1, 2 };
	struct suite_unit unit = HANDED(.run = stage, .arg = &tags[1]);

	open_book(t, &book);
	hold_ticket(t);
	t_ok(&t->ctx, stage(&t->ctx, &tags[0]));
	start_in_line(t, &unit, 1);
	t_ok(&t->ctx, tx_end(&t->ctx, OK));
	assert_ptr_equal(book.leader, &unit.ctx);
	suite_join(&unit);
	assert_int_equal(suite_places(t), 2);
}

void
threads_and_handed_units_keep_their_order(void **state)
{
	struct t *t = *state;
	struct book book = { 0 };
	int tags[] = { 0, 1, 2, 3, 4, 5, 6 };
	struct suite_unit units[6] = {
		HANDED(.run = stage, .arg = &tags[1]),
		{ .run = stage, .arg = &tags[2] },
		{ .run = stage, .arg = &tags[3] },
		HANDED(.run = stage, .arg = &tags[4]),
		HANDED(.run = stage, .arg = &tags[5]),
		{ .run = stage, .arg = &tags[6] },
	};

	open_book(t, &book);
	hold_ticket(t);
	t_ok(&t->ctx, stage(&t->ctx, &tags[0]));
	start_in_line(t, units, 6);
	t_ok(&t->ctx, tx_end(&t->ctx, OK));
	join_all(units, 6);
	assert_int_equal(suite_stats(t).commits, 1);
	assert_int_equal(book.count, 7);
	assert_memory_equal(book.tags, tags, sizeof(tags));
}

/* --- what belongs to whom --- */

static enum fail
find(struct ctx *ctx, void *arg)
{
	struct sql_place_find **ret = arg;

	TRY(sql_place_find(ctx, "first", ret));
	return OK;
}

/* What it read lives in its own arena, whoever ran it and is gone. */
void
a_handed_unit_keeps_what_is_its_own(void **state)
{
	struct t *t = *state;
	struct sql_place_find *found = NULL;
	struct suite_unit units[2] = {
		HANDED(.run = find, .arg = &found),
		HANDED(.run = suite_refuse, .arg = suite_arg("b")),
	};

	suite_open(t);
	t_ok(&t->ctx, t_unit(t, suite_home, suite_arg("first")));
	hold_ticket(t);
	start_in_line(t, units, 2);
	t_ok(&t->ctx, tx_end(&t->ctx, OK));
	suite_join(&units[1]); /* the leader, and its arena */
	while (sem_wait(&units[0].done) != 0)
		continue;
	assert_non_null(found);
	assert_int_equal(found->id, SUITE_HOME);
	assert_int_equal(units[0].ctx.failure.kind, OK);
	assert_null(units[0].ctx.tx);
	suite_ctx_end(&units[0].ctx);
}

void
handed_units_fill_batches(void **state)
{
	struct t *t = *state;
	struct store_options options = suite_options(t);
	struct suite_unit units[4] = {
		HANDED(.run = suite_add, .arg = suite_arg("b")),
		HANDED(.run = suite_add, .arg = suite_arg("c"),
		    .faults = { .at = 2 }),
		HANDED(.run = suite_add, .arg = suite_arg("d")),
		HANDED(.run = suite_add, .arg = suite_arg("e")),
	};

	suite_open(t);
	suite_close(t);
	options.batch_units = 2;
	suite_open_with(t, &options);
	run_behind(t, units, 4);
	/* a b, then c cannot open its own and d e go on. */
	assert_int_equal(suite_stats(t).commits, 2);
	assert_string_equal(units[1].code, "fault.injected");
	assert_int_equal(suite_places(t), 4);
}

void
a_held_handed_unit_is_answered_at_once(void **state)
{
	struct t *t = *state;
	struct suite_unit unit =
	    HANDED(.run = suite_add, .arg = suite_arg("a"));

	suite_open(t);
	store_hold(t->home.store, true, 10);
	suite_start(t, &unit);
	assert_true(unit.was_at_once);
	suite_join(&unit);
	assert_int_equal(suite_stats(t).commits, 0);
	t_ok(&t->ctx, store_flush(t_fresh(t)));
	assert_int_equal(suite_stats(t).commits, 1);
	store_hold(t->home.store, false, 0);
	assert_true(suite_has(t, "a"));
}

void
a_store_to_be_read_takes_no_handed_unit(void **state)
{
	struct t *t = *state;
	struct store_options options = suite_options(t);
	struct suite_unit unit =
	    HANDED(.run = suite_add, .arg = suite_arg("a"));

	suite_open(t);
	suite_close(t);
	options.read_only = true;
	suite_open_with(t, &options);
	suite_start(t, &unit);
	assert_true(unit.was_at_once);
	suite_join(&unit);
	assert_string_equal(unit.code, "store.read_only");
}

/* --- threads --- */

#define THREADS 8
#define ROUNDS 40

struct crowd {
	struct t *t;
	struct suite_unit units[ROUNDS];
	int64_t numbers[ROUNDS];
};

static enum fail
crowd_unit(struct ctx *ctx, void *arg)
{
	const int64_t number = *(const int64_t *)arg;
	int64_t changed = 0;

	TRY(sql_visit_add(ctx, SUITE_HOME, number, NULL, &changed));
	if (number % 7 == 0)
		return FAIL(ctx, FAIL_INVALID, "suite.refused", "wanted");
	return OK;
}

/* Hands all over before it waits for the first. */
static void *
crowd_run(void *arg)
{
	struct crowd *crowd = arg;

	for (int i = 0; i < ROUNDS; i++) {
		crowd->units[i] = (struct suite_unit)HANDED(.run = crowd_unit,
		    .arg = &crowd->numbers[i]);
		suite_start(crowd->t, &crowd->units[i]);
	}
	return NULL;
}

void
many_threads_hand_over_and_lose_nothing(void **state)
{
	struct t *t = *state;
	struct crowd *crowds = NULL;
	pthread_t threads[THREADS] = { 0 };
	const int refused = (THREADS * ROUNDS + 6) / 7;

	suite_open(t);
	t_ok(&t->ctx, t_unit(t, suite_home, suite_arg("first")));
	crowds = ARENA_ARRAY(t->arena, THREADS, struct crowd);
	for (int i = 0; i < THREADS; i++) {
		crowds[i].t = t;
		for (int n = 0; n < ROUNDS; n++)
			crowds[i].numbers[n] = i * ROUNDS + n;
		assert_int_equal(pthread_create(&threads[i], NULL, crowd_run,
				     &crowds[i]),
		    0);
	}
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (int i = 0; i < THREADS * ROUNDS; i++) {
		struct suite_unit *unit = &crowds[i / ROUNDS].units[i % ROUNDS];

		suite_join(unit);
		assert_int_equal(unit->got, i % 7 == 0 ? FAIL_INVALID : OK);
	}
	assert_int_equal(suite_visits(t), THREADS * ROUNDS - refused);
	assert_int_equal(suite_stats(t).units, THREADS * ROUNDS + 1);
	assert_int_equal(suite_stats(t).units_failed, refused);
}
