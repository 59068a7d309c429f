#include <assert.h>
#include <string.h>

#include "store/t_suite.h"
#include "store/test_place.sql.h"

/*
 * Who is in which batch is arranged, not hoped for: the test holds the ticket,
 * starts threads one by one and waits until each is in line, then lets go.
 * The last of the line leads.
 */
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

void
a_lone_unit_commits_at_once(void **state)
{
	struct t *t = *state;

	suite_open(t);
	t_ok(&t->ctx, t_unit(t, suite_add, suite_arg("a")));
	assert_int_equal(suite_stats(t).commits, 1);
	assert_int_equal(suite_stats(t).units, 1);
	assert_true(suite_has(t, "a"));
}

void
waiting_units_share_one_commit(void **state)
{
	struct t *t = *state;
	struct suite_unit units[2] = {
		{ .run = suite_add, .arg = suite_arg("b") },
		{ .run = suite_add, .arg = suite_arg("c") },
	};

	suite_open(t);
	hold_ticket(t);
	t_ok(&t->ctx, suite_add(&t->ctx, suite_arg("a")));
	start_in_line(t, units, 2);
	t_ok(&t->ctx, tx_end(&t->ctx, OK));
	join_all(units, 2);
	assert_int_equal(units[0].got, OK);
	assert_int_equal(units[1].got, OK);
	assert_int_equal(suite_stats(t).commits, 1);
	assert_int_equal(suite_stats(t).units, 3);
	assert_int_equal(suite_places(t), 3);
	assert_true(suite_stats(t).ticket_wait_us > 0);
}

void
a_failing_unit_undoes_only_itself(void **state)
{
	struct t *t = *state;
	struct suite_unit units[2] = {
		{ .run = suite_refuse, .arg = suite_arg("b") },
		{ .run = suite_add, .arg = suite_arg("c") },
	};

	suite_open(t);
	hold_ticket(t);
	t_ok(&t->ctx, suite_add(&t->ctx, suite_arg("a")));
	start_in_line(t, units, 2);
	t_ok(&t->ctx, tx_end(&t->ctx, OK));
	join_all(units, 2);
	assert_int_equal(units[0].got, FAIL_INVALID);
	assert_string_equal(units[0].code, "suite.refused");
	assert_int_equal(units[1].got, OK);
	assert_int_equal(suite_stats(t).commits, 1);
	assert_int_equal(suite_stats(t).units_failed, 1);
	assert_true(suite_has(t, "a"));
	assert_false(suite_has(t, "b"));
	assert_true(suite_has(t, "c"));
}

/* Also the failed leader of a batch in which another unit is. */
void
a_batch_of_failures_commits_nothing(void **state)
{
	struct t *t = *state;
	struct suite_unit unit = { .run = suite_refuse, .arg = suite_arg("b") };

	suite_open(t);
	t_fails(&t->ctx, t_unit(t, suite_refuse, suite_arg("a")), FAIL_INVALID,
	    "suite.refused");
	assert_int_equal(suite_stats(t).commits, 0);
	hold_ticket(t);
	t_ok(&t->ctx, suite_add(&t->ctx, suite_arg("a")));
	start_in_line(t, &unit, 1);
	t_ok(&t->ctx, tx_end(&t->ctx, OK));
	suite_join(&unit);
	assert_int_equal(unit.got, FAIL_INVALID);
	assert_string_equal(unit.code, "suite.refused");
	assert_int_equal(suite_stats(t).commits, 1);
	assert_true(suite_has(t, "a"));
	assert_false(suite_has(t, "b"));
}

/* What a full disk does: the engine drops the transaction under the unit. */
static enum fail
lose(struct ctx *ctx, void *arg)
{
	struct store *store = ctx->home->store;
	struct sql_place_add *added = NULL;

	TRY(suite_add(ctx, arg));
	TRY(store->driver->run(ctx, store->writer, "ROLLBACK"));
	/* Anything that fails now shows that it is lost. */
	return sql_place_add(ctx, "", NULL, true, NULL, 1, &added);
}

void
all_hear_of_a_lost_transaction(void **state)
{
	struct t *t = *state;
	struct suite_unit units[3] = {
		{ .run = suite_refuse, .arg = suite_arg("b") },
		{ .run = lose, .arg = suite_arg("c") },
		{ .run = suite_add, .arg = suite_arg("d") },
	};

	suite_open(t);
	hold_ticket(t);
	t_ok(&t->ctx, suite_add(&t->ctx, suite_arg("a")));
	start_in_line(t, units, 3);
	t_fails(&t->ctx, tx_end(&t->ctx, OK), FAIL_BUSY, "store.batch_lost");
	join_all(units, 3);
	/* The one that failed by itself may have failed by a row that is gone. */
	assert_string_equal(units[0].code, "store.batch_lost");
	assert_string_equal(units[1].code, "store.batch_lost");
	assert_int_equal(units[2].got, OK);
	assert_int_equal(suite_places(t), 1);
	assert_true(suite_has(t, "d"));
}

void
a_lone_lost_unit_keeps_its_reason(void **state)
{
	struct t *t = *state;

	suite_open(t);
	t_fails(&t->ctx, t_unit(t, lose, suite_arg("a")), FAIL_CONFLICT,
	    "store.constraint");
	t_ok(&t->ctx, t_unit(t, suite_add, suite_arg("b")));
	assert_int_equal(suite_places(t), 1);
}

/* Steps: store.begin, then store.unit (the batch is open already). */
void
a_unit_that_cannot_begin_leaves_the_others(void **state)
{
	struct t *t = *state;
	struct suite_unit unit = { .run = suite_add,
		.arg = suite_arg("b"),
		.faults = { .at = 2 } };

	suite_open(t);
	hold_ticket(t);
	t_ok(&t->ctx, suite_add(&t->ctx, suite_arg("a")));
	start_in_line(t, &unit, 1);
	t_ok(&t->ctx, tx_end(&t->ctx, OK));
	suite_join(&unit);
	assert_int_equal(unit.got, FAIL_INTERNAL);
	assert_string_equal(unit.code, "fault.injected");
	assert_true(suite_has(t, "a"));
	assert_int_equal(suite_places(t), 1);
}

/* --- hooks --- */

struct entry {
	struct tx_entry link;
	int64_t number;
	int tag;
};

struct book {
	int64_t next;
	int tags[200]; /* by number */
	int committed;
	int failed;
	int sealed;
	bool refuse_number;
	bool refuse_seal;
	char log[200]; /* n(umber) s(eal) c(ommitted) f(ailed) e(ffect) */
};

static void
log_add(struct book *book, char what)
{
	const size_t len = strlen(book->log);

	assert(len + 1 < sizeof(book->log));
	book->log[len] = what;
}

static enum fail
book_number(struct ctx *leader, void *owner, struct tx_entry *first)
{
	struct book *book = owner;
	int64_t changed = 0;

	log_add(book, 'n');
	for (struct tx_entry *e = first; e != NULL; e = e->next) {
		struct entry *entry = (struct entry *)e;

		entry->number = book->next++;
		book->tags[entry->number] = entry->tag;
		TRY(sql_visit_add(leader, SUITE_HOME, entry->number, "numbered",
		    &changed));
	}
	if (book->refuse_number)
		return FAIL(leader, FAIL_UPSTREAM, "suite.number", "wanted");
	return OK;
}

static enum fail
book_seal(struct ctx *leader, void *owner)
{
	struct book *book = owner;

	log_add(book, 's');
	book->sealed++;
	if (book->refuse_seal)
		return FAIL(leader, FAIL_UPSTREAM, "suite.seal", "wanted");
	return OK;
}

static void
book_numbered(void *owner, bool committed)
{
	struct book *book = owner;

	log_add(book, committed ? 'c' : 'f');
	book->committed += committed;
	book->failed += !committed;
}

struct effect {
	struct tx_effect link;
	struct book *book;
};

static void
note_effect(struct tx_effect *self)
{
	log_add(((struct effect *)self)->book, 'e');
}

struct staging {
	struct book *book;
	int tag;
	int entries;
	bool refuse;
	struct entry *last;
};

static enum fail
stage(struct ctx *ctx, void *arg)
{
	struct staging *staging = arg;
	struct effect *effect = ARENA_NEW(ctx->arena, struct effect);

	for (int i = 0; i < staging->entries; i++) {
		struct entry *entry = ARENA_NEW(ctx->arena, struct entry);

		entry->number = -1;
		entry->tag = staging->tag + i;
		staging->last = entry;
		tx_stage_entry(ctx, &entry->link);
	}
	effect->link.apply = note_effect;
	effect->book = staging->book;
	tx_stage_effect(ctx, &effect->link);
	TRY(suite_add(ctx, arena_printf(ctx->arena, "stage %d", staging->tag)));
	if (staging->refuse)
		return FAIL(ctx, FAIL_INVALID, "suite.refused", "wanted");
	return OK;
}

/* A store with the book's hooks and a place whose visits are the numbers. */
static void
open_book(struct t *t, struct book *book)
{
	const struct store_hooks hooks = {
		.number = book_number,
		.seal = book_seal,
		.numbered = book_numbered,
		.owner = book,
	};

	suite_open(t);
	store_set_hooks(t->home.store, &hooks);
	t_ok(&t->ctx, t_unit(t, suite_home, suite_arg("first")));
}

/* A batch of two under this book; both must get the same failure. */
static void
two_fail(struct t *t, struct book *book, const char *log)
{
	struct staging own = { .book = book, .tag = 1, .entries = 1 };
	struct staging other = { .book = book, .tag = 2, .entries = 1 };
	struct suite_unit unit = { .run = stage, .arg = &other };

	hold_ticket(t);
	t_ok(&t->ctx, stage(&t->ctx, &own));
	start_in_line(t, &unit, 1);
	t_fails(&t->ctx, tx_end(&t->ctx, OK), FAIL_INTERNAL, "store.commit");
	suite_join(&unit);
	assert_int_equal(unit.got, FAIL_INTERNAL);
	assert_string_equal(unit.code, "store.commit");
	assert_string_equal(book->log, log);
	assert_int_equal(suite_places(t), 1);
	assert_int_equal(suite_visits(t), 0);
}

void
a_failing_number_fails_all(void **state)
{
	struct book book = { .refuse_number = true };
	struct t *t = *state;

	open_book(t, &book);
	two_fail(t, &book, "nf");
}

void
a_failing_seal_fails_all(void **state)
{
	struct book book = { .refuse_seal = true };
	struct t *t = *state;

	open_book(t, &book);
	two_fail(t, &book, "nsf");
}

/* The last step of the leader is the commit itself. */
void
a_failing_commit_fails_all(void **state)
{
	struct t *t = *state;
	struct book book = { 0 };
	struct staging own = { .book = &book, .tag = 1, .entries = 1 };
	struct staging other = { .book = &book, .tag = 2, .entries = 1 };
	struct suite_unit unit = { .run = stage, .arg = &other };

	open_book(t, &book);
	hold_ticket(t);
	t_ok(&t->ctx, stage(&t->ctx, &own));
	/* begin, unit, place_add, keep, number, visit_add twice, commit */
	unit.faults.at = 8;
	start_in_line(t, &unit, 1);
	t_fails(&t->ctx, tx_end(&t->ctx, OK), FAIL_INTERNAL, "store.commit");
	suite_join(&unit);
	assert_int_equal(unit.faults.fired, 1);
	assert_string_equal(unit.code, "store.commit");
	assert_string_equal(book.log, "nsf");
	assert_int_equal(suite_places(t), 1);
	assert_int_equal(suite_visits(t), 0);
	t_ok(&t->ctx, t_unit(t, suite_add, suite_arg("after")));
}

void
a_batch_has_a_largest_size(void **state)
{
	struct t *t = *state;
	struct store_options options = suite_options(t);
	struct suite_unit units[3] = {
		{ .run = suite_add, .arg = suite_arg("b") },
		{ .run = suite_add, .arg = suite_arg("c") },
		{ .run = suite_add, .arg = suite_arg("d") },
	};

	suite_open(t);
	suite_close(t);
	options.batch_units = 2;
	suite_open_with(t, &options);
	hold_ticket(t);
	t_ok(&t->ctx, suite_add(&t->ctx, suite_arg("a")));
	start_in_line(t, units, 3);
	t_ok(&t->ctx, tx_end(&t->ctx, OK));
	join_all(units, 3);
	assert_int_equal(suite_stats(t).commits, 2);
	assert_int_equal(suite_places(t), 4);
}

/* --- order --- */

#define LINE 12

struct turn {
	int *order;
	int *next;
	int me;
};

/* Only the ticket's holder is here, so plain memory will do. */
static enum fail
note_turn(struct ctx *ctx, void *arg)
{
	struct turn *turn = arg;

	turn->order[(*turn->next)++] = turn->me;
	return suite_add(ctx, arena_printf(ctx->arena, "turn %d", turn->me));
}

void
the_ticket_goes_round_in_order(void **state)
{
	struct t *t = *state;
	struct suite_unit units[LINE] = { 0 };
	struct turn turns[LINE] = { 0 };
	int order[LINE] = { 0 };
	int next = 0;

	suite_open(t);
	hold_ticket(t);
	for (int i = 0; i < LINE; i++) {
		turns[i] = (struct turn){ order, &next, i };
		units[i].run = note_turn;
		units[i].arg = &turns[i];
	}
	start_in_line(t, units, LINE);
	t_ok(&t->ctx, tx_end(&t->ctx, OK));
	join_all(units, LINE);
	for (int i = 0; i < LINE; i++)
		assert_int_equal(order[i], i);
	assert_int_equal(suite_places(t), LINE);
}

/* A failing unit's entries have no number and leave no gap. */
void
entries_are_numbered_in_order_of_units(void **state)
{
	struct t *t = *state;
	struct book book = { 0 };
	struct staging own = { .book = &book, .tag = 10, .entries = 2 };
	struct staging staged[3] = {
		{ .book = &book, .tag = 20, .entries = 3, .refuse = true },
		{ .book = &book, .tag = 30, .entries = 0 },
		{ .book = &book, .tag = 40, .entries = 2 },
	};
	struct suite_unit units[3] = { 0 };

	open_book(t, &book);
	hold_ticket(t);
	t_ok(&t->ctx, stage(&t->ctx, &own));
	for (int i = 0; i < 3; i++) {
		units[i].run = stage;
		units[i].arg = &staged[i];
	}
	start_in_line(t, units, 3);
	t_ok(&t->ctx, tx_end(&t->ctx, OK));
	assert_int_equal(own.last->number, 1);
	join_all(units, 3);
	assert_string_equal(units[0].code, "suite.refused");
	assert_int_equal(book.next, 4);
	assert_int_equal(book.tags[0], 10);
	assert_int_equal(book.tags[1], 11);
	assert_int_equal(book.tags[2], 40);
	assert_int_equal(book.tags[3], 41);
	assert_string_equal(book.log, "nsceee");
	assert_int_equal(suite_visits(t), 4);
}

void
nothing_numbered_nothing_sealed(void **state)
{
	struct t *t = *state;
	struct book book = { 0 };
	struct staging one = { .book = &book, .tag = 1 };

	open_book(t, &book);
	t_ok(&t->ctx, t_unit(t, stage, &one));
	assert_string_equal(book.log, "e");
}

void
effects_follow_the_commit(void **state)
{
	struct t *t = *state;
	struct book book = { 0 };
	struct staging one = { .book = &book, .tag = 1, .entries = 1 };
	struct staging bad = { .book = &book,
		.tag = 2,
		.entries = 1,
		.refuse = true };

	open_book(t, &book);
	t_ok(&t->ctx, t_unit(t, stage, &one));
	assert_string_equal(book.log, "nsce");
	t_fails(&t->ctx, t_unit(t, stage, &bad), FAIL_INVALID, "suite.refused");
	assert_string_equal(book.log, "nsce");
}

/* --- holding --- */

void
held_units_are_durable_at_the_flush(void **state)
{
	struct t *t = *state;
	struct book book = { 0 };
	struct staging staged = { .book = &book, .entries = 1 };

	open_book(t, &book);
	store_hold(t->home.store, true, 1000);
	for (staged.tag = 1; staged.tag <= 3; staged.tag++) {
		t_ok(&t->ctx, t_unit(t, stage, &staged));
		assert_int_equal(staged.last->number, staged.tag - 1);
	}
	staged.refuse = true;
	t_fails(&t->ctx, t_unit(t, stage, &staged), FAIL_INVALID,
	    "suite.refused");
	assert_string_equal(book.log, "nenene");
	assert_int_equal(suite_places(t), 1);
	t_ok(&t->ctx, store_flush(t_fresh(t)));
	assert_string_equal(book.log, "nenenesc");
	assert_int_equal(suite_places(t), 4);
	store_hold(t->home.store, false, 0);
	t_ok(&t->ctx, store_flush(t_fresh(t)));
	assert_int_equal(suite_stats(t).commits, 2);
}

void
a_held_batch_commits_when_it_is_full(void **state)
{
	struct t *t = *state;
	struct book book = { 0 };
	struct staging staged = { .book = &book, .entries = 1 };

	open_book(t, &book);
	store_hold(t->home.store, true, 2);
	for (staged.tag = 1; staged.tag <= 5; staged.tag++)
		t_ok(&t->ctx, t_unit(t, stage, &staged));
	assert_int_equal(suite_stats(t).commits, 3);
	assert_int_equal(suite_places(t), 5);
	assert_string_equal(book.log, "nenescnenescne");
}

void
a_held_batch_fails_as_a_whole(void **state)
{
	struct t *t = *state;
	struct book book = { 0 };
	struct staging staged = { .book = &book, .tag = 1, .entries = 1 };

	open_book(t, &book);
	store_hold(t->home.store, true, 100);
	t_ok(&t->ctx, t_unit(t, stage, &staged));
	book.refuse_seal = true;
	t_fails(&t->ctx, store_flush(t_fresh(t)), FAIL_INTERNAL,
	    "store.commit");
	assert_string_equal(book.log, "nesf");
	book.refuse_number = true;
	staged.tag = 2;
	t_fails(&t->ctx, t_unit(t, stage, &staged), FAIL_BUSY,
	    "store.batch_lost");
	assert_int_equal(suite_places(t), 1);
	assert_int_equal(suite_visits(t), 0);
}

/* --- threads --- */

#define THREADS 16
#define ROUNDS 20

struct crowd {
	struct t *t;
	int me;
	int kept;
	int refused;
	int other;
};

static enum fail
crowd_unit(struct ctx *ctx, void *arg)
{
	const int64_t *number = arg;
	int64_t changed = 0;

	TRY(sql_visit_add(ctx, SUITE_HOME, *number, NULL, &changed));
	if (*number % 7 == 0)
		return FAIL(ctx, FAIL_INVALID, "suite.refused", "wanted");
	return OK;
}

static void *
crowd_run(void *arg)
{
	struct crowd *crowd = arg;

	for (int i = 0; i < ROUNDS; i++) {
		int64_t number = crowd->me * ROUNDS + i;
		struct ctx ctx = { 0 };
		enum fail got = OK;

		suite_ctx(crowd->t, &ctx);
		got = tx_begin(&ctx, TX_WRITE);
		if (got == OK)
			got = tx_end(&ctx, crowd_unit(&ctx, &number));
		crowd->kept += got == OK;
		crowd->refused += got == FAIL_INVALID;
		crowd->other += got != OK && got != FAIL_INVALID;
		suite_ctx_end(&ctx);
	}
	return NULL;
}

void
many_threads_lose_nothing(void **state)
{
	struct t *t = *state;
	struct crowd crowds[THREADS] = { 0 };
	pthread_t threads[THREADS] = { 0 };
	const int refused = (THREADS * ROUNDS + 6) / 7;

	suite_open(t);
	t_ok(&t->ctx, t_unit(t, suite_home, suite_arg("first")));
	for (int i = 0; i < THREADS; i++) {
		crowds[i] = (struct crowd){ .t = t, .me = i };
		assert_int_equal(pthread_create(&threads[i], NULL, crowd_run,
				     &crowds[i]),
		    0);
	}
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(crowds[i].other, 0);
		assert_int_equal(crowds[i].kept + crowds[i].refused, ROUNDS);
	}
	assert_int_equal(suite_visits(t), THREADS * ROUNDS - refused);
	assert_int_equal(suite_stats(t).units, THREADS * ROUNDS + 1);
	assert_int_equal(suite_stats(t).units_failed, refused);
}
