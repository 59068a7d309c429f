#include "t_pg.h"
#include "t_store.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/slice.h"
#include "core/text.h"
#include "event/check.h"
#include "event/event.h"
#include "ledger/ledger.h"
#include "people/t_people.h"
#include "store/query.h"

#define WRITERS 64
#define UNITS 8 /* of each writer; every fourth fails */
#define READERS 4

static enum fail
may_see_unit(struct ctx *ctx, const struct event *event, bool *ret)
{
	*ret = access_may(ctx, "report.read", event->unit);
	return OK;
}

static enum fail
object_of_thing(struct ctx *ctx, const struct ledger_entry *entry,
    const char **ret)
{
	*ret = arena_printf(ctx->arena, "thing-%lld", (long long)entry->unit);
	return OK;
}

static const struct event_kind kinds[] = {
	{ "vn.truc.thing.made", "thing", "thing.make", object_of_thing,
	    may_see_unit },
	{ "vn.truc.thing.touched", "thing", NULL, NULL, may_see_unit },
	{ 0 },
};
static const struct slice slice = {
	.name = "thing",
	.grants =
	    (const struct grant[]){ { "report.read", ROLE_CLERK }, { 0 } },
	.events = kinds,
};
static const struct slice *const slices[] = { &slice, NULL };

/* ---- a process ---------------------------------------------------------- */

static void
end_process(void *object)
{
	struct t *t = object;

	events_close(t->home.events);
	ledger_close(t->home.ledger);
	store_close(t->home.store);
	t->home.events = NULL;
	t->home.ledger = NULL;
	t->home.store = NULL;
}

static void
start_process(struct t *t, const char *url)
{
	const struct store_options options = { .url = url };

	(void)t_fresh(t);
	t->home.slices = slices;
	if (t->home.people == NULL)
		t_people(t, NULL);
	t_grant(t, slice.grants);
	t_ok(&t->ctx, store_open(&t->ctx, &options, &t->home.store));
	t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
	t_ok(&t->ctx, events_open(&t->ctx, &t->home.events));
	t_defer(t, end_process, t);
}

static const char *
file_url(struct t *t)
{
	static char url[4200];

	t->home.data_dir = t_folder(t);
	snprintf(url, sizeof(url), "sqlite:%s/truc.db", t_folder(t));
	return url;
}

static void
begin(struct t *t)
{
	start_process(t, file_url(t));
}

/* ---- writing and reading ------------------------------------------------ */

static enum fail
touch(struct ctx *ctx, void *arg)
{
	return event_emit(ctx, "vn.truc.thing.touched", arg, 7);
}

static enum fail
append(struct ctx *ctx, const char *kind, int64_t unit)
{
	struct ledger_entry *entry = NULL;

	return ledger_append(ctx, kind, unit, bytes_of_text("{}"), &entry);
}

static enum fail
make(struct ctx *ctx, void *arg)
{
	(void)arg;
	return append(ctx, "thing.make", 8);
}

/* A row before, between and after entries, one of which is no event. */
static enum fail
mix(struct ctx *ctx, void *arg)
{
	(void)arg;
	TRY(event_emit(ctx, "vn.truc.thing.touched", "a", 1));
	TRY(append(ctx, "thing.make", 2));
	TRY(append(ctx, "other.kind", 3));
	TRY(event_emit(ctx, "vn.truc.thing.touched", "b", 4));
	return append(ctx, "thing.make", 5);
}

static void *
text_arg(const char *text)
{
	return (void *)(uintptr_t)text;
}

static void
touched(struct t *t, const char *object)
{
	t_ok(&t->ctx, t_unit(t, touch, text_arg(object)));
}

struct reading {
	struct event_cursor after;
	size_t most;
	struct event_page page;
};

static enum fail
read_page(struct ctx *ctx, void *arg)
{
	struct reading *reading = arg;

	return event_read(ctx, &reading->after, reading->most, &reading->page);
}

/* "object object ..." of all that follows, one page after the other. */
static const char *
objects_after(struct t *t, struct event_cursor after, size_t most)
{
	static char seen[2000];
	struct reading reading = { .after = after, .most = most };

	seen[0] = '\0';
	do {
		t_ok(&t->ctx, t_read(t, read_page, &reading));
		for (size_t i = 0; i < reading.page.count; i++) {
			const size_t len = strlen(seen);

			snprintf(seen + len, sizeof(seen) - len, "%s%s",
			    len == 0 ? "" : " ", reading.page.items[i].object);
		}
		assert_true(
		    !reading.page.more ||
		    !event_cursor_equal(reading.after, reading.page.cursor));
		reading.after = reading.page.cursor;
	} while (reading.page.more);
	return seen;
}

static const struct event_cursor first = { 0, 0 };

static void
rows_and_entries_keep_the_order_of_their_unit(void **state)
{
	struct t *t = *state;
	struct reading reading = { .most = 10 };

	begin(t);
	t_ok(&t->ctx, t_unit(t, mix, NULL));
	t_ok(&t->ctx, t_unit(t, mix, NULL));
	for (size_t most = 1; most <= 12; most++)
		assert_string_equal(objects_after(t, first, most),
		    "a thing-2 b thing-5 a thing-2 b thing-5");
	t_ok(&t->ctx, t_read(t, read_page, &reading));
	assert_int_equal(reading.page.count, 8);
	assert_string_equal(reading.page.items[0].id,
	    arena_printf(t->arena, "e1.%" PRIx64,
		(uint64_t)reading.page.items[0].at_us));
	assert_int_equal(reading.page.items[0].ledger_index, -1);
	assert_true(text_starts(reading.page.items[3].id, "l2."));
	assert_int_equal(strlen(reading.page.items[3].id), 3 + 12);
	assert_int_equal(reading.page.items[3].ledger_index, 2);
	assert_int_equal(reading.page.items[3].unit, 5);
	assert_string_equal(reading.page.items[3].kind->object, "thing");
	assert_false(reading.page.more);
}

/* Nor does a cursor in the middle of a unit lose or repeat anything. */
static void
each_cursor_goes_on_behind_its_event(void **state)
{
	struct t *t = *state;
	struct reading reading = { .most = 10 };

	begin(t);
	t_ok(&t->ctx, t_unit(t, mix, NULL));
	t_ok(&t->ctx, t_read(t, read_page, &reading));
	for (size_t i = 0; i < reading.page.count; i++) {
		static const char *const rest[] = { "thing-2 b thing-5",
			"b thing-5", "thing-5", "" };
		struct event_cursor after = reading.page.items[i].cursor;

		assert_string_equal(objects_after(t, after, 2), rest[i]);
		/* The page is of another arena by now. */
		(void)t_fresh(t);
		t_ok(&t->ctx, t_read(t, read_page, &reading));
	}
}

static void
a_restart_goes_on_where_it_was(void **state)
{
	struct t *t = *state;
	struct event_cursor end = { 0 };

	begin(t);
	t_ok(&t->ctx, t_unit(t, mix, NULL));
	end = event_now(&t->home);
	end_process(t);
	start_process(t, file_url(t));
	assert_true(event_cursor_equal(event_now(&t->home), end));
	touched(t, "later");
	assert_string_equal(objects_after(t, end, 5), "later");
}

static enum fail
refuse(struct ctx *ctx, void *arg)
{
	TRY(mix(ctx, arg));
	return FAIL(ctx, FAIL_INVALID, "test.wanted", "as the test wants");
}

static void
an_undone_unit_leaves_no_event(void **state)
{
	struct t *t = *state;

	begin(t);
	t_fails(&t->ctx, t_unit(t, refuse, NULL), FAIL_INVALID, "test.wanted");
	assert_string_equal(objects_after(t, first, 5), "");
	touched(t, "x");
	assert_true(event_cursor_equal(event_now(&t->home),
	    (struct event_cursor){ 0, 1 }));
}

/* A number given in a commit that failed is given again. */
static void
each_failing_step_leaves_nothing(void **state)
{
	struct t *t = *state;

	begin(t);
	touched(t, "before");
	t_each_failure(t, mix, NULL);
	assert_string_equal(objects_after(t, first, 5),
	    "before a thing-2 b thing-5");
	assert_true(event_cursor_equal(event_now(&t->home),
	    (struct event_cursor){ 3, 3 }));
}

/* Rows alone need no new checkpoint. */
static enum fail
checkpoint(struct ctx *ctx, void *arg)
{
	const char *note = NULL;

	TRY(ledger_checkpoint(ctx, &note));
	snprintf(arg, 2000, "%s", note);
	return OK;
}

static void
a_row_leaves_the_ledger_alone(void **state)
{
	struct t *t = *state;
	char before[2000];
	char after[2000];

	begin(t);
	t_ok(&t->ctx, t_unit(t, make, NULL));
	t_ok(&t->ctx, t_read(t, checkpoint, before));
	touched(t, "x");
	t_ok(&t->ctx, t_read(t, checkpoint, after));
	assert_string_equal(before, after);
	assert_int_equal(ledger_size(t->home.ledger), 1);
}

struct peek {
	struct tx_effect effect;
	struct home *home;
	struct event_cursor *seen;
};

static void
look(struct tx_effect *self)
{
	const struct peek *peek = (struct peek *)self;

	*peek->seen = event_now(peek->home);
}

static enum fail
touch_and_look(struct ctx *ctx, void *arg)
{
	struct peek *peek = ARENA_NEW(ctx->arena, struct peek);

	peek->effect.apply = look;
	peek->home = ctx->home;
	peek->seen = arg;
	tx_stage_effect(ctx, &peek->effect);
	return touch(ctx, text_arg("x"));
}

static void
what_is_shown_has_had_its_effects(void **state)
{
	struct t *t = *state;
	struct event_cursor seen = { 9, 9 };

	begin(t);
	t_ok(&t->ctx, t_unit(t, touch_and_look, &seen));
	assert_true(event_cursor_equal(seen, first));
	assert_int_equal(event_now(&t->home).number, 1);
}

/* ---- cursors ------------------------------------------------------------ */

static void
a_cursor_comes_back_from_its_text(void **state)
{
	static const char *const bad[] = { "", ".", "1", "1.", ".1", "-1.0",
		"1.x", "1.2.3", " 1.2", "01.2", "1.99999999999999999999" };
	struct t *t = *state;
	const struct event_cursor cursor = { 48213, INT64_MAX };
	struct event_cursor back = { 0 };

	t_ok(&t->ctx, event_cursor_parse(&t->ctx,
			  event_cursor_text(t->ctx.arena, cursor), &back));
	assert_true(event_cursor_equal(cursor, back));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		t_fails(&t->ctx, event_cursor_parse(&t->ctx, bad[i], &back),
		    FAIL_INVALID, "event.cursor");
}

struct pruning {
	int64_t before_us;
	int most;
	int64_t gone;
};

static enum fail
prune(struct ctx *ctx, void *arg)
{
	struct pruning *pruning = arg;

	return event_prune(ctx, pruning->before_us, pruning->most,
	    &pruning->gone);
}

static int64_t
pruned(struct t *t, int64_t before_us, int most)
{
	struct pruning pruning = { .before_us = before_us, .most = most };

	t_ok(&t->ctx, t_unit(t, prune, &pruning));
	return pruning.gone;
}

static enum fail
start(struct ctx *ctx, void *arg)
{
	return event_start(ctx, arg);
}

static void
what_is_forgotten_is_said(void **state)
{
	struct t *t = *state;
	struct reading reading = { .most = 5 };
	struct event_cursor from = { 9, 9 };

	begin(t);
	for (int i = 0; i < 6; i++) {
		touched(t, "x");
		t->clock_us += 1000000;
	}
	t_ok(&t->ctx, t_unit(t, make, NULL));
	/* Four are older than two seconds, but only three may go at once. */
	assert_int_equal(pruned(t, t->clock_us - 2000000, 3), 3);
	t_fails(&t->ctx, t_read(t, read_page, &reading), FAIL_CONFLICT,
	    "event.pruned");
	reading.after.number = 2;
	t_fails(&t->ctx, t_read(t, read_page, &reading), FAIL_CONFLICT,
	    "event.pruned");
	reading.after.number = 3;
	t_ok(&t->ctx, t_read(t, read_page, &reading));
	assert_int_equal(reading.page.count, 4);
	t_ok(&t->ctx, t_read(t, start, &from));
	assert_true(event_cursor_equal(from, (struct event_cursor){ 0, 3 }));
	assert_int_equal(pruned(t, t->clock_us - 2000000, 3), 1);
	assert_int_equal(pruned(t, t->clock_us - 2000000, 3), 0);
	/* The newest stays, so that no number is given twice. */
	assert_int_equal(pruned(t, t->clock_us + 2000000, 9), 1);
	assert_int_equal(pruned(t, t->clock_us + 2000000, 9), 0);
	touched(t, "y");
	assert_int_equal(event_now(&t->home).number, 7);
	assert_string_equal(objects_after(t, (struct event_cursor){ 0, 5 }, 2),
	    "x thing-8 y");
}

static void
nothing_to_forget_is_no_fault(void **state)
{
	struct t *t = *state;

	begin(t);
	assert_int_equal(pruned(t, t->clock_us, 10), 0);
	assert_string_equal(objects_after(t, first, 5), "");
}

static void
a_cursor_of_a_later_state_is_refused(void **state)
{
	struct t *t = *state;
	struct reading reading = { .most = 5, .after = { 1, 0 } };

	begin(t);
	t_fails(&t->ctx, t_read(t, read_page, &reading), FAIL_CONFLICT,
	    "event.ahead");
	reading.after = (struct event_cursor){ 0, 1 };
	t_fails(&t->ctx, t_read(t, read_page, &reading), FAIL_CONFLICT,
	    "event.ahead");
}

/* ---- rights ------------------------------------------------------------- */

static enum fail
count_seen(struct ctx *ctx, void *arg)
{
	struct event_page page = { 0 };
	int *count = arg;
	bool seen = false;

	TRY(event_read(ctx, &first, 10, &page));
	for (size_t i = 0; i < page.count; i++) {
		TRY(event_may_see(ctx, &page.items[i], &seen));
		*count += seen;
	}
	return OK;
}

static int
seen_by(struct t *t, const struct actor *actor)
{
	int count = 0;

	t->ctx.actor = actor;
	t_ok(&t->ctx, t_read(t, count_seen, &count));
	t->ctx.actor = NULL;
	return count;
}

static void
the_slice_says_who_may_see(void **state)
{
	struct t *t = *state;
	const struct position at[] = { { 7, access_role("clerk") } };
	const struct actor clerk = { .person = 1,
		.login = "clerk",
		.positions = at,
		.position_count = 1 };

	begin(t);
	touched(t, "x");
	t_ok(&t->ctx, t_unit(t, make, NULL));
	assert_int_equal(seen_by(t, NULL), 0);
	assert_int_equal(seen_by(t, &access_system), 2);
	assert_int_equal(seen_by(t, &clerk), 1);
}

/* ---- many at once ------------------------------------------------------- */

#define WANTED (WRITERS * UNITS * 2)

/* Shared by the threads, which never assert. */
struct crowd {
	struct t *t;
	struct event_cursor from;
	pthread_mutex_t lock;
	pthread_cond_t news;
	int moves;    /* how often the end moved */
	int writing;  /* writers still at work */
	int failures; /* that no test wanted */
};

struct reader {
	struct crowd *crowd;
	size_t most;
	pthread_t thread;
	char ids[WANTED][24];
	size_t count;
	bool went_back;
};

static void
tell_crowd(void *arg)
{
	struct crowd *crowd = arg;

	(void)pthread_mutex_lock(&crowd->lock);
	crowd->moves++;
	(void)pthread_cond_broadcast(&crowd->news);
	(void)pthread_mutex_unlock(&crowd->lock);
}

static enum fail
write_one(struct ctx *ctx, int unit)
{
	TRY(tx_begin(ctx, TX_WRITE));
	return tx_end(ctx, unit % 4 == 3   ? refuse(ctx, NULL)
			   : unit % 4 == 2 ? mix(ctx, NULL)
			   : unit % 4 == 1 ? make(ctx, NULL)
					   : touch(ctx, text_arg("x")));
}

static void *
write_many(void *arg)
{
	struct crowd *crowd = arg;

	for (int unit = 0; unit < UNITS; unit++) {
		struct arena *arena = arena_new(0);
		struct random random;
		struct ctx ctx;
		enum fail got = OK;

		random_init(&random);
		ctx_init(&ctx, arena, &crowd->t->home);
		ctx.random = &random;
		got = write_one(&ctx, unit);
		arena_free(arena);
		(void)pthread_mutex_lock(&crowd->lock);
		crowd->failures += got != (unit % 4 == 3 ? FAIL_INVALID : OK);
		(void)pthread_mutex_unlock(&crowd->lock);
	}
	(void)pthread_mutex_lock(&crowd->lock);
	crowd->writing--;
	(void)pthread_cond_broadcast(&crowd->news);
	(void)pthread_mutex_unlock(&crowd->lock);
	return NULL;
}

static bool
is_before(struct event_cursor a, struct event_cursor b)
{
	return a.ledger <= b.ledger && a.number <= b.number;
}

static enum fail
read_on(struct ctx *ctx, struct reader *reader, struct event_cursor *at,
    bool *ret_more)
{
	struct event_page page = { 0 };

	TRY(tx_begin(ctx, TX_READ));
	TRY(tx_end(ctx, event_read(ctx, at, reader->most, &page)));
	for (size_t i = 0; i < page.count && reader->count < WANTED; i++) {
		snprintf(reader->ids[reader->count++], sizeof(reader->ids[0]),
		    "%s", page.items[i].id);
		if (!is_before(*at, page.items[i].cursor))
			reader->went_back = true;
	}
	if (!is_before(*at, page.cursor))
		reader->went_back = true;
	*at = page.cursor;
	*ret_more = page.more;
	return OK;
}

/* Until nobody writes and the end is reached. */
static void *
read_many(void *arg)
{
	struct reader *reader = arg;
	struct crowd *crowd = reader->crowd;
	struct event_cursor at = crowd->from;
	bool more = true;
	bool over = false;

	while (more || !over) {
		struct arena *arena = arena_new(0);
		struct ctx ctx;
		int moves = 0;

		(void)pthread_mutex_lock(&crowd->lock);
		moves = crowd->moves;
		over = crowd->writing == 0;
		(void)pthread_mutex_unlock(&crowd->lock);
		ctx_init(&ctx, arena, &crowd->t->home);
		more = false;
		if (read_on(&ctx, reader, &at, &more) != OK) {
			(void)pthread_mutex_lock(&crowd->lock);
			crowd->failures++;
			(void)pthread_mutex_unlock(&crowd->lock);
			over = true;
		}
		arena_free(arena);
		(void)pthread_mutex_lock(&crowd->lock);
		while (!more && !over && crowd->moves == moves &&
		       crowd->writing > 0)
			(void)pthread_cond_wait(&crowd->news, &crowd->lock);
		(void)pthread_mutex_unlock(&crowd->lock);
	}
	return NULL;
}

/* Of 8 units two fail, two touch, two make, and two mix (4 events). */
#define PER_WRITER (2 + 2 + 2 * 4)

static void
many_writers_and_readers(struct t *t)
{
	static struct reader readers[READERS];
	struct crowd crowd = { .t = t,
		.from = event_now(&t->home),
		.writing = WRITERS };
	pthread_t writers[WRITERS];

	(void)pthread_mutex_init(&crowd.lock, NULL);
	(void)pthread_cond_init(&crowd.news, NULL);
	event_listen(t->home.events, tell_crowd, &crowd);
	for (size_t i = 0; i < READERS; i++) {
		memset(&readers[i], 0, sizeof(readers[i]));
		readers[i].crowd = &crowd;
		readers[i].most = 1 + i * 5;
		assert_int_equal(pthread_create(&readers[i].thread, NULL,
				     read_many, &readers[i]),
		    0);
	}
	for (size_t i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_create(&writers[i], NULL, write_many,
				     &crowd),
		    0);
	for (size_t i = 0; i < WRITERS; i++)
		(void)pthread_join(writers[i], NULL);
	for (size_t i = 0; i < READERS; i++)
		(void)pthread_join(readers[i].thread, NULL);
	assert_int_equal(crowd.failures, 0);
	for (size_t i = 0; i < READERS; i++) {
		assert_false(readers[i].went_back);
		assert_int_equal(readers[i].count, WRITERS * PER_WRITER);
		for (size_t n = 0; n < readers[i].count; n++)
			assert_string_equal(readers[i].ids[n],
			    readers[0].ids[n]);
	}
}

static void
readers_under_64_writers_miss_and_repeat_nothing(void **state)
{
	struct t *t = *state;

	begin(t);
	many_writers_and_readers(t);
}

static void
stop_postgres(void *object)
{
	(void)object;
	t_pg_stop();
}

static void
the_same_holds_on_postgres(void **state)
{
	struct t *t = *state;
	const char *url = t_pg_start();

	if (url == NULL)
		skip();
	t_defer(t, stop_postgres, NULL);
	start_process(t, url);
	t_ok(&t->ctx, t_unit(t, mix, NULL));
	assert_string_equal(objects_after(t, first, 3), "a thing-2 b thing-5");
	t_each_failure(t, mix, NULL);
	many_writers_and_readers(t);
}

static enum fail
check(struct ctx *ctx, void *arg)
{
	struct text *said = arg;

	text_init(said, ctx->arena);
	return event_check(ctx, said);
}

/* The check fails, so the edit is undone with its unit of work. */
static enum fail
edit_and_check(struct ctx *ctx, void *arg)
{
	int64_t changed = 0;
	struct text said;

	text_init(&said, ctx->arena);
	TRY(store_change(ctx, arg, NULL, &changed));
	assert_int_equal(changed, 1);
	return event_check(ctx, &said);
}

static void
rows_out_of_their_order_are_found(void **state)
{
	static const struct store_query edits[] = {
		{ .name = "test_beyond",
		    .sqlite = "UPDATE event SET ledger_size = 999 "
			      "WHERE number = 3" },
		{ .name = "test_before",
		    .sqlite = "UPDATE event SET ledger_size = 0 "
			      "WHERE number = 3" },
		{ .name = "test_gap",
		    .sqlite = "DELETE FROM event WHERE number = 2" },
	};
	struct t *t = *state;
	struct text said;

	begin(t);
	t_ok(&t->ctx, t_read(t, check, &said));
	t_ok(&t->ctx, t_unit(t, mix, NULL));
	touched(t, "c");
	for (size_t i = 0; i < ARRAY_SIZE(edits); i++)
		t_fails(&t->ctx,
		    t_unit(t, edit_and_check, (void *)(uintptr_t)&edits[i]),
		    FAIL_INTERNAL, "event.order");
	t_ok(&t->ctx, t_read(t, check, &said));
	assert_string_equal(text_of(&said),
	    "3 rows have their places in the order");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(rows_and_entries_keep_the_order_of_their_unit),
		t_test(each_cursor_goes_on_behind_its_event),
		t_test(a_restart_goes_on_where_it_was),
		t_test(an_undone_unit_leaves_no_event),
		t_test(each_failing_step_leaves_nothing),
		t_test(a_row_leaves_the_ledger_alone),
		t_test(what_is_shown_has_had_its_effects),
		t_test(a_cursor_comes_back_from_its_text),
		t_test(what_is_forgotten_is_said),
		t_test(nothing_to_forget_is_no_fault),
		t_test(a_cursor_of_a_later_state_is_refused),
		t_test(the_slice_says_who_may_see),
		t_test(rows_out_of_their_order_are_found),
		t_test(readers_under_64_writers_miss_and_repeat_nothing),
		t_test(the_same_holds_on_postgres),
	};

	return t_run(tests);
}
