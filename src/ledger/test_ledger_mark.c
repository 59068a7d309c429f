#include "ledger/t_ledger.h"

#include <string.h>

#include "core/file.h"
#include "core/text.h"
#include "store/query.h"

/*
 * What is kept beside a ledger belongs to one place in one history; and entries
 * are read by their kinds.
 */
#define DATABASE_MAX (1 << 20)

static const char *const kinds[] = { "report.sign", "report.accept", "unit.x" };

static void
close_at_end(void *object)
{
	t_ledger_close(object);
}

static enum fail
append(struct ctx *ctx, void *arg)
{
	struct ledger_entry *entry = NULL;
	const size_t *n = arg;

	return ledger_append(ctx, kinds[*n % ARRAY_SIZE(kinds)], (int64_t)*n,
	    bytes_of_text(arena_printf(ctx->arena, "{\"value\":%zu}", *n)),
	    &entry);
}

static void
append_one(struct t *t, size_t n)
{
	t_ok(&t->ctx, t_unit(t, append, &n));
}

static enum fail
take_mark(struct ctx *ctx, void *arg)
{
	return ledger_mark(ctx, arg);
}

/* In an arena that outlives the unit of work. */
static struct ledger_mark
marked(struct t *t, struct arena *lasting)
{
	struct ledger_mark mark = { 0 };

	t_ok(&t->ctx, t_read(t, take_mark, &mark));
	mark.origin = arena_text(lasting, mark.origin);
	mark.frontier.at =
	    arena_copy(lasting, mark.frontier.at, mark.frontier.len);
	return mark;
}

struct asking {
	struct ledger_mark mark;
	bool was;
};

static enum fail
ask(struct ctx *ctx, void *arg)
{
	struct asking *asking = arg;

	return ledger_was_at(ctx, &asking->mark, &asking->was);
}

static bool
was_at(struct t *t, struct ledger_mark mark)
{
	struct asking asking = { .mark = mark, .was = true };

	t_ok(&t->ctx, t_read(t, ask, &asking));
	return asking.was;
}

#define ENTRIES 21

static void
a_ledger_knows_each_of_its_places_and_no_other(void **state)
{
	struct t *t = *state;
	struct arena *lasting = arena_new(0);
	struct ledger_mark marks[ENTRIES + 1];

	t_defer(t, close_at_end, t);
	t_ledger_open(t);
	for (size_t n = 0; n <= ENTRIES; n++) {
		marks[n] = marked(t, lasting);
		assert_int_equal(marks[n].size, n);
		append_one(t, n);
	}
	for (size_t n = 0; n <= ENTRIES; n++) {
		struct ledger_mark other = marks[n];
		uint8_t frontier[2048];

		assert_true(was_at(t, marks[n]));
		other.origin = "truc/ledger/0000000000000000";
		assert_false(was_at(t, other));
		other = marks[n];
		other.size++;
		assert_false(was_at(t, other));
		other.size = -1;
		assert_false(was_at(t, other));
		other = marks[n];
		other.frontier.at = frontier;
		memcpy(frontier, marks[n].frontier.at, marks[n].frontier.len);
		for (size_t i = 0; i < other.frontier.len; i++) {
			frontier[i] ^= 0x10;
			assert_false(was_at(t, other));
			frontier[i] ^= 0x10;
		}
		if (other.frontier.len > 0) {
			other.frontier.len--;
			assert_false(was_at(t, other));
		}
	}
	arena_free(lasting);
}

static void
copy(struct t *t, const char *from, const char *to)
{
	struct bytes content = { 0 };

	t_ok(&t->ctx,
	    file_read(&t->ctx,
		arena_printf(t->ctx.arena, "%s/%s", t_folder(t), from),
		DATABASE_MAX, &content));
	t_ok(&t->ctx, file_write(&t->ctx,
			  arena_printf(t->ctx.arena, "%s/%s", t_folder(t), to),
			  content, 0600));
}

/* An older copy was put back, and other things happened since. */
static void
a_place_of_another_history_is_not_known(void **state)
{
	struct t *t = *state;
	struct arena *lasting = arena_new(0);
	struct ledger_mark before = { 0 };
	struct ledger_mark after = { 0 };

	t_defer(t, close_at_end, t);
	t_ledger_open(t);
	for (size_t n = 0; n < 5; n++)
		append_one(t, n);
	before = marked(t, lasting);
	t_ledger_close(t);
	copy(t, "truc.db", "copy.db");
	t_ledger_open(t);
	for (size_t n = 5; n < 9; n++)
		append_one(t, n);
	after = marked(t, lasting);
	assert_true(was_at(t, after));
	t_ledger_close(t);
	copy(t, "copy.db", "truc.db");
	t_ledger_open(t);
	assert_false(was_at(t, after)); /* that is still to come */
	for (size_t n = 6; n < 14; n++)
		append_one(t, n);
	assert_true(was_at(t, before));
	assert_false(was_at(t, after));
	t_ledger_close(t);
	arena_free(lasting);
}

struct reading {
	int64_t from;
	int64_t to;
	size_t kinds;
	int64_t seen;
	bool good;
};

/* The whole ledger, sifted by hand, is what reading by kind gives. */
static enum fail
compare(struct ctx *ctx, void *arg)
{
	struct reading *reading = arg;
	struct ledger_reader *all = NULL;
	struct ledger_reader *some = NULL;

	TRY(ledger_read(ctx, reading->from, reading->to, &all));
	TRY(ledger_read_kinds(ctx, reading->from, reading->to, kinds,
	    reading->kinds, &some));
	reading->good = true;
	for (;;) {
		struct ledger_entry a = { 0 };
		struct ledger_entry b = { 0 };
		bool more_a = false;
		bool more_b = false;
		bool wanted = false;

		TRY(ledger_next(ctx, all, &a, &more_a));
		for (size_t k = 0; more_a && k < reading->kinds; k++)
			wanted = wanted || text_equal(a.kind, kinds[k]);
		if (more_a && !wanted)
			continue;
		TRY(ledger_next(ctx, some, &b, &more_b));
		reading->good = reading->good && more_a == more_b;
		if (!more_a || !more_b)
			break;
		reading->seen++;
		reading->good =
		    reading->good && a.id == b.id && a.index == b.index &&
		    a.at_us == b.at_us && text_equal(a.kind, b.kind) &&
		    a.unit == b.unit && bytes_equal(a.body, b.body) &&
		    memcmp(a.salt, b.salt, sizeof(a.salt)) == 0;
	}
	return OK;
}

static void
entries_are_read_by_their_kinds_in_the_ledgers_order(void **state)
{
	struct t *t = *state;
	struct random dice;

	random_seed(&dice, 3);
	t_defer(t, close_at_end, t);
	t_ledger_open(t);
	for (size_t n = 0; n < 40; n++)
		append_one(t, random_below(&dice, 3));
	for (int64_t from = 0; from <= 40; from += 8) {
		for (size_t k = 0; k <= ARRAY_SIZE(kinds); k++) {
			struct reading reading = { from, 40 - from / 2, k, 0,
				false };

			t_ok(&t->ctx, t_read(t, compare, &reading));
			assert_true(reading.good);
			if (k == ARRAY_SIZE(kinds) && from < 24)
				assert_int_equal(reading.seen,
				    reading.to - from);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_ledger_knows_each_of_its_places_and_no_other),
		t_test(a_place_of_another_history_is_not_known),
		t_test(entries_are_read_by_their_kinds_in_the_ledgers_order),
	};

	return t_run(tests);
}
