#include "t_store.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "codec/json.h"
#include "core/day.h"
#include "core/file.h"
#include "core/text.h"
#include "ledger/ledger.h"
#include "ledger/ledger_tree.h"
#include "store/query.h"

static void
close_ledger(void *object)
{
	ledger_close(object);
}

static void
open_memory(struct t *t)
{
	t_store(t);
	t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
	t_defer(t, close_ledger, t->home.ledger);
}

/* A ledger in a folder, as a program that starts finds it. */
static void
open_folder(struct t *t)
{
	struct store_options options = { 0 };

	t->home.data_dir = t_folder(t);
	options.url =
	    arena_printf(t->ctx.arena, "sqlite:%s/truc.db", t_folder(t));
	t_ok(&t->ctx, store_open(&t->ctx, &options, &t->home.store));
}

static void
close_folder(struct t *t)
{
	ledger_close(t->home.ledger);
	store_close(t->home.store);
	t->home.ledger = NULL;
	t->home.store = NULL;
}

struct order {
	int count;
	enum fail outcome;
	struct ledger_entry first; /* copied before the arena goes */
	struct ledger_entry last;
	struct ledger_entry *staged;
};

static enum fail
append(struct ctx *ctx, void *arg)
{
	struct order *order = arg;

	for (int i = 0; i < order->count; i++) {
		TRY(ledger_append(ctx, "report.sign", 7 + i,
		    bytes_of_text(
			arena_printf(ctx->arena, "{\"value\":%d}", i)),
		    &order->staged));
		if (i == 0)
			order->first = *order->staged;
	}
	return order->outcome == OK ? OK
				    : FAIL(ctx, order->outcome, "test.wanted",
					  "as the test wants");
}

/* One unit of work with count entries; the last one as it is afterwards. */
static struct ledger_entry
appended(struct t *t, int count)
{
	struct order order = { .count = count };

	t_ok(&t->ctx, t_unit(t, append, &order));
	return *order.staged;
}

static enum fail
verify(struct ctx *ctx, void *arg)
{
	return ledger_verify(ctx, arg);
}

static int64_t
verified(struct t *t)
{
	int64_t checked = -1;
	const enum fail got = t_read(t, verify, &checked);

	t_ok(&t->ctx, got);
	return checked;
}

struct walking {
	struct ledger_walk *walk;
	int64_t most;
	bool more;
	void (*meanwhile)(struct t *t); /* between two steps */
};

static enum fail
walk_begin(struct ctx *ctx, void *arg)
{
	struct walking *walking = arg;

	return ledger_walk_begin(ctx, &walking->walk);
}

static enum fail
walk_step(struct ctx *ctx, void *arg)
{
	struct walking *walking = arg;

	return ledger_walk_step(ctx, walking->walk, walking->most,
	    &walking->more);
}

/* As the nightly job does it: each step under a snapshot of its own. */
static enum fail
walked(struct t *t, struct walking *walking, int64_t *ret_checked)
{
	struct ctx *ctx = t_fresh(t);

	walking->more = true;
	TRY(tx_begin(ctx, TX_READ));
	TRY(tx_end(ctx, walk_begin(ctx, walking)));
	while (walking->more) {
		TRY(tx_begin(ctx, TX_READ));
		TRY(tx_end(ctx, walk_step(ctx, walking)));
		if (walking->meanwhile != NULL)
			walking->meanwhile(t);
	}
	*ret_checked = ledger_walk_done(walking->walk);
	assert_int_equal(*ret_checked, ledger_walk_total(walking->walk));
	return OK;
}

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

	open_memory(t);
	assert_int_equal(ledger_size(t->home.ledger), 0);
	assert_int_equal(verified(t), 0);
	t_ok(&t->ctx, t_read(t, checkpoint, &note));
	assert_string_equal(note, "");
}

static void
entries_are_numbered_in_order_when_their_unit_is_durable(void **state)
{
	struct t *t = *state;
	struct order order = { .count = 2 };

	open_memory(t);
	t_ok(&t->ctx, t_unit(t, append, &order));
	assert_int_equal(order.first.index, -1);
	assert_int_equal(order.staged->index, 1);
	assert_int_equal(order.staged->at_us, t->clock_us);
	assert_int_equal(ledger_size(t->home.ledger), 2);
	assert_int_equal(appended(t, 1).index, 2);
	assert_int_equal(ledger_size(t->home.ledger), 3);
	assert_int_equal(verified(t), 3);
}

/*
 * The header's bytes are written by hand; here they come from the codec.
 */
static void
the_checkpoint_is_signed_and_tells_the_root(void **state)
{
	struct t *t = *state;
	const struct ledger_entry entry = appended((open_memory(t), t), 1);
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

static void
a_failing_unit_leaves_no_gap_in_the_index(void **state)
{
	struct t *t = *state;
	struct order order = { .count = 3, .outcome = FAIL_CONFLICT };
	int64_t id = 0;

	open_memory(t);
	id = appended(t, 1).id;
	assert_int_equal(t_unit(t, append, &order), FAIL_CONFLICT);
	assert_int_equal(ledger_size(t->home.ledger), 1);
	order = (struct order){ .count = 1 };
	t_ok(&t->ctx, t_unit(t, append, &order));
	assert_int_equal(order.staged->index, 1);
	assert_true(order.staged->id > id);
	assert_int_equal(verified(t), 2);
}

static void
any_failing_step_leaves_the_ledger_as_it_was(void **state)
{
	struct t *t = *state;
	struct order order = { .count = 2 };

	open_memory(t);
	appended(t, 1);
	t_each_failure(t, append, &order);
	assert_int_equal(ledger_size(t->home.ledger), 3);
	assert_int_equal(appended(t, 1).index, 3);
	assert_int_equal(verified(t), 4);
}

static void
a_clock_set_back_does_not_turn_the_ledger_back(void **state)
{
	struct t *t = *state;
	const int64_t first_us = (open_memory(t), appended(t, 1).at_us);

	t->clock_us -= HOUR_US;
	assert_int_equal(appended(t, 1).at_us, first_us);
	t->clock_us += HOUR_US + 1;
	assert_int_equal(appended(t, 1).at_us, first_us + 1);
	assert_int_equal(verified(t), 3);
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
	struct order order = { .count = 2 };
	struct load l = { 0 };

	open_memory(t);
	t_ok(&t->ctx, t_unit(t, append, &order));
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

	open_memory(t);
	appended(t, 10);
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

	open_memory(t);
	assert_int_equal(sized(t, first), 0);
	t->clock_us = day_start_us(first);
	appended(t, 2);
	t->clock_us = day_start_us(first + 1) - 1;
	appended(t, 1);
	t->clock_us = day_start_us(first + 1);
	appended(t, 4);
	t->clock_us = day_start_us(first + 9);
	appended(t, 1);
	assert_int_equal(sized(t, first - 1), 0);
	assert_int_equal(sized(t, first), 3);
	assert_int_equal(sized(t, first + 1), 7);
	assert_int_equal(sized(t, first + 8), 7);
	assert_int_equal(sized(t, first + 9), 8);
	assert_int_equal(sized(t, DAY_OPEN), 8);
}

static void
a_ledger_goes_on_where_it_stood(void **state)
{
	struct t *t = *state;
	int64_t id = 0;

	open_folder(t);
	t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
	id = appended(t, 5).id;
	close_folder(t);
	t->clock_us -= HOUR_US;

	open_folder(t);
	t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
	assert_int_equal(ledger_size(t->home.ledger), 5);
	{
		const struct ledger_entry entry = appended(t, 1);

		assert_int_equal(entry.index, 5);
		assert_int_equal(entry.id, id + 1);
		assert_int_equal(entry.at_us, t->clock_us + HOUR_US);
	}
	assert_int_equal(verified(t), 6);
	close_folder(t);
}

static void
a_ledger_without_its_own_key_is_not_opened(void **state)
{
	struct t *t = *state;
	const char *path = NULL;

	open_folder(t);
	t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
	appended(t, 1);
	ledger_close(t->home.ledger);
	t->home.ledger = NULL;
	path = arena_printf(t->ctx.arena, "%s/ledger.key", t_folder(t));
	assert_int_equal(unlink(path), 0);
	t_fails(&t->ctx, ledger_open(&t->ctx, &t->home.ledger), FAIL_INTERNAL,
	    "ledger.broken");
	t_ok(&t->ctx,
	    file_write(&t->ctx, path, bytes_of_text("PRIVATE+KEY+\n"), 0600));
	t_fails(&t->ctx, ledger_open(&t->ctx, &t->home.ledger), FAIL_INVALID,
	    "trust.key");
	{
		struct key *other = NULL;

		t_ok(&t->ctx, key_generate(&t->ctx, "truc/other", &other));
		t_ok(&t->ctx, key_save(&t->ctx, other, path));
		key_free(other);
	}
	t_fails(&t->ctx, ledger_open(&t->ctx, &t->home.ledger), FAIL_INTERNAL,
	    "ledger.broken");
	assert_null(t->home.ledger);
	close_folder(t);
}

static void
a_key_that_cannot_be_kept_opens_no_ledger(void **state)
{
	struct t *t = *state;

	open_folder(t);
	t->home.data_dir = arena_printf(t->ctx.arena, "%s/absent", t_folder(t));
	t_fails(&t->ctx, ledger_open(&t->ctx, &t->home.ledger), FAIL_INTERNAL,
	    "file.io");
	close_folder(t);
}

/*
 * What somebody with the database in hand may do, and who notices.  Static: the
 * store knows a query by its address.
 */
#define SQL(text) \
	{ \
		.name = "test", .sqlite = (text) \
	}

static const struct bend {
	struct store_query query;
	bool at_open; /* noticed without reading the bodies */
} bends[] = {
	{ SQL("UPDATE ledger_entry SET body = CAST('{\"value\":9}' AS BLOB)"
	      " WHERE idx = 3"),
	    false },
	{ SQL("UPDATE ledger_entry SET body = CAST('{\"value\":0} ' AS BLOB)"
	      " WHERE idx = 0"),
	    false },
	{ SQL("UPDATE ledger_entry SET salt = zeroblob(16) WHERE idx = 2"),
	    false },
	{ SQL("UPDATE ledger_entry SET body_digest = zeroblob(32) WHERE idx = 2"),
	    false },
	{ SQL("UPDATE ledger_entry SET (salt, body, body_digest) ="
	      " (SELECT salt, body, body_digest FROM ledger_entry WHERE idx = 1)"
	      " WHERE idx = 2"),
	    false },
	{ SQL("UPDATE ledger_entry SET kind = 'report.sigm' WHERE idx = 4"),
	    false },
	{ SQL("UPDATE ledger_entry SET unit = unit + 1 WHERE idx = 4"), false },
	{ SQL("UPDATE ledger_entry SET at = at - 1 WHERE idx = 0"), false },
	{ SQL("UPDATE ledger_entry SET at = at + 1 WHERE idx = 2"), false },
	{ SQL("UPDATE ledger_entry SET at = at + 1 WHERE idx = 4"), true },
	{ SQL("UPDATE ledger_entry SET idx = 5 WHERE idx = 2"), true },
	{ SQL("DELETE FROM ledger_entry WHERE idx = 2"), false },
	{ SQL("DELETE FROM ledger_entry WHERE idx = 0"), false },
	{ SQL("DELETE FROM ledger_entry WHERE idx = 4"), true },
	{ SQL("DELETE FROM ledger_entry"), true },
	{ SQL("INSERT INTO ledger_entry (id, idx, at, kind, unit, salt, body_digest,"
	      " body) SELECT id + 9, 5, at, kind, unit, salt,"
	      " body_digest, body FROM ledger_entry WHERE idx = 4"),
	    true },
	{ SQL("DELETE FROM ledger_state"), true },
	{ SQL("UPDATE ledger_state SET size = 4"), true },
	{ SQL("UPDATE ledger_state SET size = 6"), true },
	{ SQL("UPDATE ledger_state SET size = -1"), true },
	{ SQL("UPDATE ledger_state SET at = at + 1"), true },
	{ SQL("UPDATE ledger_state SET frontier = zeroblob(64)"), true },
	{ SQL("UPDATE ledger_state SET frontier = zeroblob(0)"), true },
	{ SQL("UPDATE ledger_state SET checkpoint = ''"), true },
	{ SQL("UPDATE ledger_state SET checkpoint ="
	      " replace(checkpoint, char(10) || '5' || char(10),"
	      " char(10) || '6' || char(10))"),
	    true },
	{ SQL("UPDATE ledger_state SET checkpoint ="
	      " substr(checkpoint, 1, instr(checkpoint, '—') - 1)"),
	    true },
};

static enum fail
change(struct ctx *ctx, void *arg)
{
	const struct store_query *const *query = arg;
	int64_t changed = 0;

	return store_change(ctx, *query, NULL, &changed);
}

static void
changed_by(struct t *t, const struct store_query *query)
{
	t_ok(&t->ctx, t_unit(t, change, &query));
}

static void
notices(struct t *t, const struct bend *bend)
{
	int64_t checked = 0;
	struct ledger *again = NULL;

	for (int unit = 0; unit < 5; unit++) {
		appended(t, 1);
		t->clock_us += 10;
	}
	assert_int_equal(verified(t), 5);
	changed_by(t, &bend->query);
	if (t_read(t, verify, &checked) == OK)
		t_fail("nobody noticed %s", bend->query.sqlite);
	t_fails(&t->ctx, t->ctx.failure.kind, FAIL_INTERNAL, "ledger.broken");
	for (int64_t most = 1; most <= 6; most++) {
		struct walking walking = { .most = most };

		if (walked(t, &walking, &checked) == OK)
			t_fail("nobody noticed %s in steps of %d",
			    bend->query.sqlite, (int)most);
		t_fails(&t->ctx, t->ctx.failure.kind, FAIL_INTERNAL,
		    "ledger.broken");
	}
	if (bend->at_open) {
		t_fails(&t->ctx, ledger_open(&t->ctx, &again), FAIL_INTERNAL,
		    "ledger.broken");
		return;
	}
	t_ok(&t->ctx, ledger_open(&t->ctx, &again));
	ledger_close(again);
}

/* t_unit would free the walk's arena. */
static void
append_beside(struct t *t)
{
	struct order order = { .count = 3 };

	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	t_ok(&t->ctx, tx_end(&t->ctx, append(&t->ctx, &order)));
}

/* A walk ends although entries are appended faster than it goes. */
static void
a_walk_in_steps_checks_what_was_there_when_it_began(void **state)
{
	struct t *t = *state;
	int64_t checked = 0;

	open_memory(t);
	appended(t, 9);
	for (int64_t most = 1; most <= 10; most++) {
		struct walking walking = { .most = most,
			.meanwhile = append_beside };
		const int64_t size = ledger_size(t->home.ledger);

		t_ok(&t->ctx, walked(t, &walking, &checked));
		assert_int_equal(checked, size);
	}
	assert_int_equal(verified(t), ledger_size(t->home.ledger));
}

static void
every_tampering_is_noticed(void **state)
{
	static const struct store_query no_entries =
	    SQL("DELETE FROM ledger_entry");
	static const struct store_query no_state =
	    SQL("DELETE FROM ledger_state");
	struct t *t = *state;

	open_folder(t);
	for (size_t i = 0; i < ARRAY_SIZE(bends); i++) {
		t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
		notices(t, &bends[i]);
		changed_by(t, &no_entries);
		changed_by(t, &no_state);
		ledger_close(t->home.ledger);
	}
	t->home.ledger = NULL;
	close_folder(t);
}

static void
a_held_batch_has_one_checkpoint_at_its_end(void **state)
{
	struct t *t = *state;
	const char *note = NULL;
	struct store_stats before = { 0 };
	struct store_stats after = { 0 };

	open_memory(t);
	store_stats(t->home.store, &before);
	store_hold(t->home.store, true, 100000);
	for (int i = 0; i < 100; i++)
		assert_int_equal(appended(t, 1).index, i);
	t_ok(t_fresh(t), store_flush(&t->ctx));
	store_hold(t->home.store, false, 0);
	store_stats(t->home.store, &after);
	assert_int_equal(after.commits, before.commits + 1);
	assert_int_equal(ledger_size(t->home.ledger), 100);
	t_ok(&t->ctx, t_read(t, checkpoint, &note));
	assert_non_null(strstr(note, "\n100\n"));
	assert_int_equal(verified(t), 100);
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
		struct order order = { .count = 2 };

		random_init(&dice);
		ctx_init(&ctx, arena, writer->home);
		ctx.random = &dice;
		ctx.now_us = i;
		if (tx_begin(&ctx, TX_WRITE) != OK ||
		    tx_end(&ctx, append(&ctx, &order)) != OK ||
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

	open_memory(t);
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
	assert_int_equal(verified(t), WRITERS * EACH_WRITES * 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(an_empty_ledger_is_whole_and_has_no_checkpoint),
		t_test(
		    entries_are_numbered_in_order_when_their_unit_is_durable),
		t_test(the_checkpoint_is_signed_and_tells_the_root),
		t_test(a_failing_unit_leaves_no_gap_in_the_index),
		t_test(any_failing_step_leaves_the_ledger_as_it_was),
		t_test(a_clock_set_back_does_not_turn_the_ledger_back),
		t_test(an_entry_is_loaded_by_its_id),
		t_test(entries_are_read_in_order_from_a_span),
		t_test(the_size_of_a_day_counts_what_came_before_its_end),
		t_test(a_ledger_goes_on_where_it_stood),
		t_test(a_ledger_without_its_own_key_is_not_opened),
		t_test(a_key_that_cannot_be_kept_opens_no_ledger),
		t_test(a_walk_in_steps_checks_what_was_there_when_it_began),
		t_test(every_tampering_is_noticed),
		t_test(a_held_batch_has_one_checkpoint_at_its_end),
		t_test(many_writers_share_one_gapless_index),
	};

	return t_run(tests);
}
