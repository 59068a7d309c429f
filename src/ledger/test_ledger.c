#include "ledger/t_ledger.h"

#include <pthread.h>
#include <semaphore.h>
#include <string.h>

#include "codec/json.h"
#include "core/day.h"
#include "core/text.h"
#include "ledger/inside.h"
#include "ledger/ledger_tree.h"
#include "store/query.h"

static enum fail
checkpoint(struct ctx *ctx, void *arg)
{
	return ledger_checkpoint(ctx, arg);
}

static void
an_empty_ledger_is_whole_and_has_no_checkpoint(void **state)
{
	struct t *t = *state;
	const char *note = NULL;

	t_ledger_memory(t);
	assert_int_equal(ledger_size(t->home.ledger), 0);
	assert_int_equal(t_ledger_verified(t), 0);
	t_ok(&t->ctx, t_read(t, checkpoint, &note));
	assert_string_equal(note, "");
}

static void
entries_are_numbered_in_order_when_their_unit_is_durable(void **state)
{
	struct t *t = *state;
	struct t_ledger_order order = { .count = 2 };

	t_ledger_memory(t);
	t_ok(&t->ctx, t_unit(t, t_ledger_append, &order));
	assert_int_equal(order.first.index, -1);
	assert_int_equal(order.staged->index, 1);
	assert_int_equal(order.staged->at_us, t->clock_us);
	assert_int_equal(ledger_size(t->home.ledger), 2);
	assert_int_equal(t_ledger_appended(t, 1).index, 2);
	assert_int_equal(ledger_size(t->home.ledger), 3);
	assert_int_equal(t_ledger_verified(t), 3);
}

/*
 * The header's bytes are written by hand; here they come from the codec.
 */
static void
the_checkpoint_is_signed_and_names_the_root(void **state)
{
	struct t *t = *state;
	const struct ledger_entry entry =
	    t_ledger_appended((t_ledger_memory(t), t), 1);
	const char *note = NULL;
	const struct json *header = NULL;
	struct bytes canonical = { 0 };
	struct digest body = { 0 };
	struct digest leaf = { 0 };
	const struct bytes pieces[] = { { entry.salt, sizeof(entry.salt) },
		bytes_of_text("{\"value\":0}") };
	struct ctx *ctx = NULL;

	t_ok(&t->ctx, t_read(t, checkpoint, &note));
	ctx = &t->ctx;
	body = digest_of_pieces(pieces, 2);
	t_ok(ctx,
	    json_parse(ctx,
		bytes_of_text(arena_printf(ctx->arena,
		    "{\"index\":0,\"kind\":\"report.sign\",\"unit\":7,"
		    "\"at\":%lld,\"body_len\":11,\"body_digest\":\"%s\"}",
		    (long long)t->clock_us, digest_hex(ctx->arena, &body))),
		&header));
	t_ok(ctx, json_canonical(ctx, header, &canonical));
	leaf = ledger_tree_leaf(canonical);
	assert_true(text_starts(note, "truc/ledger/"));
	assert_non_null(
	    strstr(note, arena_printf(ctx->arena, "\n1\n%s\n\n— truc/ledger/",
			     bytes_base64(ctx->arena, digest_bytes(&leaf)))));
}

static enum fail
ask_kept(struct ctx *ctx, void *arg)
{
	return ledger_hooks.kept(ctx, ctx->home->ledger, arg);
}

/* The answer to COMMIT was lost: what is stored tells what came of it. */
static void
what_is_stored_tells_whether_a_batch_was_kept(void **state)
{
	struct t *t = *state;
	struct ledger_state none = { 0 };
	struct ledger_state other = { 0 };
	struct ledger *ledger = NULL;
	bool is_kept = false;

	t_ledger_memory(t);
	ledger = t->home.ledger;
	none = ledger->durable;
	t_ledger_appended(t, 1);
	other = ledger->durable;
	t_fails(&t->ctx, t_read(t, ask_kept, &is_kept), FAIL_UPSTREAM,
	    "store.uncertain");
	ledger->durable = none;
	t_ok(&t->ctx, t_read(t, ask_kept, &is_kept));
	assert_true(is_kept);
	t_ledger_appended(t, 1);
	none = ledger->durable;
	ledger->durable = other;
	ledger->pending = none;
	t_ok(&t->ctx, t_read(t, ask_kept, &is_kept));
	assert_true(is_kept);
	ledger->durable = none;
	ledger->pending = other;
	t_ok(&t->ctx, t_read(t, ask_kept, &is_kept));
	assert_false(is_kept);
	ledger->durable = ledger->pending = none;
}

static enum fail
ask_number(struct ctx *ctx, void *arg)
{
	(void)arg;
	return ledger_hooks.number(ctx, ctx->home->ledger, NULL);
}

/* What nobody who follows was told of: nothing is written over it. */
static void
entries_that_were_not_read_stop_all_writing(void **state)
{
	struct t *t = *state;
	struct t_ledger_order order = { .count = 1 };
	struct ledger_state before = { 0 };
	struct ledger *ledger = NULL;

	t_ledger_memory(t);
	ledger = t->home.ledger;
	before = ledger->durable;
	t_ledger_appended(t, 1);
	ledger->durable = before;
	atomic_store(&ledger->size, 0);
	ledger->unsure = true;
	t_ok(&t->ctx, ledger_ready(&t->ctx));
	t_fails(&t->ctx, t_read(t, ask_number, NULL), FAIL_BUSY,
	    "ledger.unread");
	t_fails(&t->ctx, t_unit(t, t_ledger_append, &order), FAIL_BUSY,
	    "ledger.unread");
	t_fails(&t->ctx, ledger_ready(&t->ctx), FAIL_BUSY, "ledger.unread");
}

static void
a_failing_unit_leaves_no_gap_in_the_index(void **state)
{
	struct t *t = *state;
	struct t_ledger_order order = { .count = 3, .outcome = FAIL_CONFLICT };
	int64_t id = 0;

	t_ledger_memory(t);
	id = t_ledger_appended(t, 1).id;
	assert_int_equal(t_unit(t, t_ledger_append, &order), FAIL_CONFLICT);
	assert_int_equal(ledger_size(t->home.ledger), 1);
	order = (struct t_ledger_order){ .count = 1 };
	t_ok(&t->ctx, t_unit(t, t_ledger_append, &order));
	assert_int_equal(order.staged->index, 1);
	assert_true(order.staged->id > id);
	assert_int_equal(t_ledger_verified(t), 2);
}

static void
any_failing_step_leaves_the_ledger_as_it_was(void **state)
{
	struct t *t = *state;
	struct t_ledger_order order = { .count = 2 };

	t_ledger_memory(t);
	t_ledger_appended(t, 1);
	t_each_failure(t, t_ledger_append, &order);
	assert_int_equal(ledger_size(t->home.ledger), 3);
	assert_int_equal(t_ledger_appended(t, 1).index, 3);
	assert_int_equal(t_ledger_verified(t), 4);
}

static void
a_clock_set_back_does_not_turn_the_ledger_back(void **state)
{
	struct t *t = *state;
	const int64_t first_us =
	    (t_ledger_memory(t), t_ledger_appended(t, 1).at_us);

	t->clock_us -= HOUR_US;
	assert_int_equal(t_ledger_appended(t, 1).at_us, first_us);
	t->clock_us += HOUR_US + 1;
	assert_int_equal(t_ledger_appended(t, 1).at_us, first_us + 1);
	assert_int_equal(t_ledger_verified(t), 3);
}

struct load {
	int64_t id;
	struct ledger_entry *entry;
};

static enum fail
load(struct ctx *ctx, void *arg)
{
	struct load *l = arg;

	return ledger_load(ctx, l->id, &l->entry);
}

static void
an_entry_is_loaded_by_its_id(void **state)
{
	struct t *t = *state;
	struct t_ledger_order order = { .count = 2 };
	struct load l = { 0 };

	t_ledger_memory(t);
	t_ok(&t->ctx, t_unit(t, t_ledger_append, &order));
	l.id = order.first.id;
	t_ok(&t->ctx, t_read(t, load, &l));
	assert_int_equal(l.entry->index, 0);
	assert_int_equal(l.entry->unit, 7);
	assert_string_equal(l.entry->kind, "report.sign");
	assert_int_equal(l.entry->at_us, t->clock_us);
	assert_true(bytes_equal(l.entry->body, bytes_of_text("{\"value\":0}")));
	assert_memory_equal(l.entry->salt, order.first.salt, 16);
	l.id = order.first.id + 2;
	t_fails(&t->ctx, t_read(t, load, &l), FAIL_NOT_FOUND, "ledger.unknown");
}

/* A unit of work behind another one of its batch. */
struct behind {
	struct tx_unit unit;
	struct load load;
	int64_t index; /* of what it loaded, while it ran */
	sem_t done;
};

static enum fail
load_behind(struct ctx *ctx, void *arg)
{
	struct behind *behind = arg;

	TRY(load(ctx, &behind->load));
	behind->index = behind->load.entry->index;
	return OK;
}

static void
note_done(struct tx_unit *unit)
{
	struct behind *behind = unit->arg;

	(void)sem_post(&behind->done);
}

/* What the unit before staged, and how that one ended. */
static enum fail
load_of_unit_before(struct t *t, enum fail outcome, struct behind *behind,
    struct ctx *ctx)
{
	struct t_ledger_order order = { .count = 2, .outcome = outcome };
	enum fail got = OK;

	ctx_init(ctx, arena_new(0), &t->home);
	(void)sem_init(&behind->done, 0, 0);
	(void)t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	got = t_ledger_append(&t->ctx, &order);
	assert_int_equal(got, outcome);
	behind->load.id = order.first.id;
	behind->unit = (struct tx_unit){ .ctx = ctx,
		.run = load_behind,
		.arg = behind,
		.done = note_done };
	assert_false(tx_hand_over(&behind->unit));
	assert_int_equal(tx_end(&t->ctx, got), outcome);
	while (sem_wait(&behind->done) != 0)
		continue;
	(void)sem_destroy(&behind->done);
	return behind->unit.outcome;
}

/* Its row comes with the commit, of which both are part. */
static void
an_entry_is_loaded_by_the_next_unit_of_its_batch(void **state)
{
	struct t *t = *state;
	struct behind behind = { 0 };
	struct ctx ctx = { 0 };
	const struct ledger_entry *entry = NULL;

	t_ledger_memory(t);
	t_ledger_appended(t, 1);
	t_ok(&ctx, load_of_unit_before(t, OK, &behind, &ctx));
	/* All of the unit before may be gone by now. */
	(void)t_fresh(t);
	entry = behind.load.entry;
	assert_int_equal(behind.index, -1);
	assert_int_equal(entry->index, 1);
	assert_int_equal(entry->at_us, t->clock_us);
	assert_int_equal(entry->unit, 7);
	assert_string_equal(entry->kind, "report.sign");
	assert_true(bytes_equal(entry->body, bytes_of_text("{\"value\":0}")));
	arena_end(&ctx.arena);
	assert_int_equal(t_ledger_verified(t), 3);
}

static void
an_entry_of_a_unit_that_failed_is_not_loaded(void **state)
{
	struct t *t = *state;
	struct behind behind = { 0 };
	struct ctx ctx = { 0 };

	t_ledger_memory(t);
	t_fails(&ctx, load_of_unit_before(t, FAIL_CONFLICT, &behind, &ctx),
	    FAIL_NOT_FOUND, "ledger.unknown");
	arena_end(&ctx.arena);
}

struct span {
	int64_t from;
	int64_t to;
	int64_t count;
	int64_t index_sum;
};

static enum fail
walk(struct ctx *ctx, void *arg)
{
	struct span *span = arg;
	struct ledger_reader *reader = NULL;
	struct ledger_entry entry = { 0 };
	bool more = false;

	span->count = 0;
	span->index_sum = 0;
	TRY(ledger_read(ctx, span->from, span->to, &reader));
	for (;;) {
		TRY(ledger_next(ctx, reader, &entry, &more));
		if (!more)
			return OK;
		assert_int_equal(entry.index, span->from + span->count);
		span->count++;
		span->index_sum += entry.index;
	}
}

static void
entries_are_read_in_order_from_a_span(void **state)
{
	struct t *t = *state;
	struct span span = { 3, 7, 0, 0 };

	t_ledger_memory(t);
	t_ledger_appended(t, 10);
	t_ok(&t->ctx, t_read(t, walk, &span));
	assert_int_equal(span.count, 4);
	assert_int_equal(span.index_sum, 3 + 4 + 5 + 6);
	span = (struct span){ 8, 100, 0, 0 };
	t_ok(&t->ctx, t_read(t, walk, &span));
	assert_int_equal(span.count, 2);
	span = (struct span){ 5, 5, 0, 0 };
	t_ok(&t->ctx, t_read(t, walk, &span));
	assert_int_equal(span.count, 0);
}

struct as_of {
	day on;
	int64_t size;
};

static enum fail
size_at(struct ctx *ctx, void *arg)
{
	struct as_of *as_of = arg;

	return ledger_size_at(ctx, as_of->on, &as_of->size);
}

static int64_t
sized(struct t *t, day on)
{
	struct as_of as_of = { on, -1 };
	const enum fail got = t_read(t, size_at, &as_of);

	t_ok(&t->ctx, got);
	return as_of.size;
}

/* A legal day ends at 24:00 in Viet Nam, which is 17:00 UTC. */
static void
the_size_of_a_day_counts_what_came_before_its_end(void **state)
{
	struct t *t = *state;
	const day first = day_of(2025, 7, 1);

	t_ledger_memory(t);
	assert_int_equal(sized(t, first), 0);
	t->clock_us = day_start_us(first);
	t_ledger_appended(t, 2);
	t->clock_us = day_start_us(first + 1) - 1;
	t_ledger_appended(t, 1);
	t->clock_us = day_start_us(first + 1);
	t_ledger_appended(t, 4);
	t->clock_us = day_start_us(first + 9);
	t_ledger_appended(t, 1);
	assert_int_equal(sized(t, first - 1), 0);
	assert_int_equal(sized(t, first), 3);
	assert_int_equal(sized(t, first + 1), 7);
	assert_int_equal(sized(t, first + 8), 7);
	assert_int_equal(sized(t, first + 9), 8);
	assert_int_equal(sized(t, DAY_OPEN), 8);
}

static void
a_held_batch_has_one_checkpoint_at_its_end(void **state)
{
	struct t *t = *state;
	const char *note = NULL;
	struct store_stats before = { 0 };
	struct store_stats after = { 0 };

	t_ledger_memory(t);
	store_stats(t->home.store, &before);
	store_hold(t->home.store, true, 100000);
	for (int i = 0; i < 100; i++)
		assert_int_equal(t_ledger_appended(t, 1).index, i);
	t_ok(t_fresh(t), store_flush(&t->ctx));
	store_hold(t->home.store, false, 0);
	store_stats(t->home.store, &after);
	assert_int_equal(after.commits, before.commits + 1);
	assert_int_equal(ledger_size(t->home.ledger), 100);
	t_ok(&t->ctx, t_read(t, checkpoint, &note));
	assert_non_null(strstr(note, "\n100\n"));
	assert_int_equal(t_ledger_verified(t), 100);
}

#define WRITERS 8
#define EACH_WRITES 25

struct writer {
	pthread_t thread;
	struct home *home;
	int64_t last_index;
	bool in_order;
};

/* Without cmocka, which is not made for several threads. */
static void *
write_many(void *arg)
{
	struct writer *writer = arg;

	writer->last_index = -1;
	writer->in_order = true;
	for (int i = 0; i < EACH_WRITES; i++) {
		struct arena *arena = arena_new(0);
		struct random dice = { 0 };
		struct ctx ctx = { 0 };
		struct t_ledger_order order = { .count = 2 };

		random_init(&dice);
		ctx_init(&ctx, arena, writer->home);
		ctx.random = &dice;
		ctx.now_us = i;
		if (tx_begin(&ctx, TX_WRITE) != OK ||
		    tx_end(&ctx, t_ledger_append(&ctx, &order)) != OK ||
		    order.staged->index <= writer->last_index)
			writer->in_order = false;
		else
			writer->last_index = order.staged->index;
		arena_free(arena);
	}
	return NULL;
}

static void
many_writers_share_one_gapless_index(void **state)
{
	struct t *t = *state;
	struct writer writers[WRITERS] = { 0 };

	t_ledger_memory(t);
	for (int i = 0; i < WRITERS; i++) {
		writers[i].home = &t->home;
		assert_int_equal(pthread_create(&writers[i].thread, NULL,
				     write_many, &writers[i]),
		    0);
	}
	for (int i = 0; i < WRITERS; i++) {
		assert_int_equal(pthread_join(writers[i].thread, NULL), 0);
		assert_true(writers[i].in_order);
	}
	assert_int_equal(ledger_size(t->home.ledger),
	    WRITERS * EACH_WRITES * 2);
	assert_int_equal(t_ledger_verified(t), WRITERS * EACH_WRITES * 2);
}

/* Who has no key cannot make it, who has starts with the same one again. */
static void
a_secret_is_of_the_key_and_the_purpose(void **state)
{
	struct t *t = *state;
	struct digest first = { 0 };
	struct digest again = { 0 };
	struct digest other = { 0 };

	t_ledger_memory(t);
	t_ok(&t->ctx, ledger_secret(&t->ctx, "browser", &first));
	t_ok(&t->ctx, ledger_secret(&t->ctx, "browser", &again));
	t_ok(&t->ctx, ledger_secret(&t->ctx, "other", &other));
	assert_memory_equal(&first, &again, sizeof(first));
	assert_memory_not_equal(&first, &other, sizeof(first));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(an_empty_ledger_is_whole_and_has_no_checkpoint),
		t_test(
		    entries_are_numbered_in_order_when_their_unit_is_durable),
		t_test(the_checkpoint_is_signed_and_names_the_root),
		t_test(what_is_stored_tells_whether_a_batch_was_kept),
		t_test(entries_that_were_not_read_stop_all_writing),
		t_test(a_failing_unit_leaves_no_gap_in_the_index),
		t_test(any_failing_step_leaves_the_ledger_as_it_was),
		t_test(a_clock_set_back_does_not_turn_the_ledger_back),
		t_test(an_entry_is_loaded_by_its_id),
		t_test(an_entry_is_loaded_by_the_next_unit_of_its_batch),
		t_test(an_entry_of_a_unit_that_failed_is_not_loaded),
		t_test(entries_are_read_in_order_from_a_span),
		t_test(the_size_of_a_day_counts_what_came_before_its_end),
		t_test(a_held_batch_has_one_checkpoint_at_its_end),
		t_test(a_secret_is_of_the_key_and_the_purpose),
		t_test(many_writers_share_one_gapless_index),
	};

	return t_run(tests);
}
