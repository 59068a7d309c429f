#include "t_pg.h"
#include "t_store.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "core/text.h"
#include "ledger/ledger.h"
#include "store/blob.h"
#include "store/query.h"
#include "store/store.h"

/*
 * Bodies that are files.  The model is an array of what was appended; whoever
 * reads must get its bytes, wherever they are.
 */
#define INLINE ((size_t)64 * 1024) /* the option's initial value */
#define MOST 16

static const char *postgres;

static const char *const kinds[] = { "test.even", "test.odd" };

struct act {
	struct bytes body;
	const char *kind;
	struct ledger_body *prepared; /* NULL: append at once */
	struct ledger_entry *entry;
};

/* What is in the ledger, by index; lives in t->arena of no unit. */
struct model {
	struct arena *arena;
	struct act acts[MOST];
	int64_t ids[MOST];
	size_t count;
};

static void
end_ledger(void *object)
{
	ledger_close(object);
}

static void
end_store(void *object)
{
	store_close(object);
}

static void
end_arena(void *object)
{
	arena_free(object);
}

static struct model *
begin_on(struct t *t, const char *url)
{
	const struct store_options options = { .url = url };
	struct arena *arena = arena_new(0);
	struct model *model = ARENA_NEW(arena, struct model);

	model->arena = arena;
	t_defer(t, end_arena, arena);
	t->home.data_dir = t_folder(t);
	t_ok(&t->ctx, store_open(&t->ctx, &options, &t->home.store));
	t_defer(t, end_store, t->home.store);
	t_ok(&t->ctx, blob_start(&t->ctx));
	t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
	t_defer(t, end_ledger, t->home.ledger);
	return model;
}

static struct model *
begin(struct t *t)
{
	return begin_on(t, "sqlite::memory:");
}

/* A JSON string of so many bytes, another one for each seed. */
static struct bytes
body_of(struct arena *arena, size_t len, unsigned seed)
{
	uint8_t *at = arena_alloc(arena, len, 1);

	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)('a' + (i * 7 + seed + i / 251) % 26);
	at[0] = '"';
	at[len - 1] = '"';
	return (struct bytes){ at, len };
}

static enum fail
append(struct ctx *ctx, void *arg)
{
	struct act *act = arg;

	if (act->prepared != NULL)
		return ledger_append_body(ctx, act->kind, 7, act->prepared,
		    &act->entry);
	return ledger_append(ctx, act->kind, 7, act->body, &act->entry);
}

static struct act *
appended(struct t *t, struct model *model, struct bytes body)
{
	struct act *act = &model->acts[model->count];

	*act = (struct act){ .body = body, .kind = kinds[model->count % 2] };
	t_ok(&t->ctx, t_unit(t, append, act));
	model->ids[model->count] = act->entry->id;
	assert_int_equal(act->entry->index, model->count);
	model->count++;
	return act;
}

static void
fill(struct t *t, struct model *model)
{
	static const size_t lens[] = { 20, INLINE, INLINE + 1, 2, 300000,
		INLINE - 1, 1 << 20 };

	for (size_t i = 0; i < ARRAY_SIZE(lens); i++)
		appended(t, model, body_of(model->arena, lens[i], (unsigned)i));
}

/* ---- reading it back ---- */

static enum fail
compare(struct ctx *ctx, struct ledger_reader *reader,
    const struct model *model, size_t first, size_t step)
{
	struct ledger_entry entry = { 0 };
	bool more = true;

	for (size_t i = first; i < model->count; i += step) {
		TRY(ledger_next(ctx, reader, &entry, &more));
		assert_true(more);
		assert_int_equal(entry.index, i);
		assert_true(bytes_equal(entry.body, model->acts[i].body));
		assert_int_equal(entry.is_file, entry.body.len > INLINE);
	}
	TRY(ledger_next(ctx, reader, &entry, &more));
	assert_false(more);
	return OK;
}

static enum fail
read_all(struct ctx *ctx, void *arg)
{
	const struct model *model = arg;
	struct ledger_reader *reader = NULL;

	TRY(ledger_read(ctx, 0, INT64_MAX, &reader));
	TRY(compare(ctx, reader, model, 0, 1));
	TRY(ledger_read_kinds(ctx, 0, INT64_MAX, kinds, 2, &reader));
	TRY(compare(ctx, reader, model, 0, 1));
	TRY(ledger_read_kinds(ctx, 0, INT64_MAX, &kinds[1], 1, &reader));
	TRY(compare(ctx, reader, model, 1, 2));
	for (size_t i = 0; i < model->count; i++) {
		struct ledger_entry *entry = NULL;

		TRY(ledger_load(ctx, model->ids[i], &entry));
		assert_int_equal(entry->index, i);
		assert_true(bytes_equal(entry->body, model->acts[i].body));
	}
	return OK;
}

static enum fail
verify(struct ctx *ctx, void *arg)
{
	return ledger_verify(ctx, arg);
}

static void
holds(struct t *t, struct model *model)
{
	int64_t checked = -1;

	t_ok(&t->ctx, t_read(t, read_all, model));
	t_ok(&t->ctx, t_read(t, verify, &checked));
	assert_int_equal(checked, model->count);
}

static const char *
path_of(struct t *t, struct bytes body)
{
	const struct digest digest = digest_of(body);
	const char *hex = digest_hex(t->ctx.arena, &digest);

	return arena_printf(t->ctx.arena, "%s/blob/%.2s/%s", t->home.data_dir,
	    hex, hex + 2);
}

static void
bodies_are_read_alike_wherever_they_are(void **state)
{
	struct t *t = *state;
	struct model *model = begin(t);

	fill(t, model);
	holds(t, model);
	for (size_t i = 0; i < model->count; i++)
		assert_int_equal(file_exists(path_of(t, model->acts[i].body)),
		    model->acts[i].body.len > INLINE);
}

static void
a_prepared_body_is_a_file_before_its_unit_of_work(void **state)
{
	struct t *t = *state;
	struct model *model = begin(t);
	const struct bytes large = body_of(model->arena, INLINE + 1, 1);
	struct act act = { .body = large, .kind = kinds[0] };

	t_ok(&t->ctx, ledger_body_prepare(&t->ctx, large, &act.prepared));
	assert_true(file_exists(path_of(t, large)));
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	t_ok(&t->ctx, tx_end(&t->ctx, append(&t->ctx, &act)));
	model->acts[0] = act;
	model->ids[0] = act.entry->id;
	model->count = 1;
	holds(t, model);
	/* A small one goes into its row. */
	(void)t_fresh(t);
	act = (struct act){ .body = bytes_of_text("{}"), .kind = kinds[1] };
	t_ok(&t->ctx, ledger_body_prepare(&t->ctx, act.body, &act.prepared));
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	t_ok(&t->ctx, tx_end(&t->ctx, append(&t->ctx, &act)));
	model->acts[1] = act;
	model->ids[1] = act.entry->id;
	model->count = 2;
	holds(t, model);
}

static void
without_a_folder_every_body_is_in_its_row(void **state)
{
	struct t *t = *state;
	struct model *model = begin(t);
	struct act act = { .kind = kinds[0] };
	int64_t checked = 0;

	t->home.data_dir = NULL;
	act.body = body_of(model->arena, INLINE + 1, 1);
	t_ok(&t->ctx, t_unit(t, append, &act));
	assert_false(act.entry->is_file);
	t_ok(&t->ctx, t_read(t, verify, &checked));
	assert_int_equal(checked, 1);
}

static void
equal_bodies_share_a_file_and_keep_it_both(void **state)
{
	struct t *t = *state;
	struct model *model = begin(t);
	const struct bytes large = body_of(model->arena, INLINE + 1, 1);
	const struct digest first =
	    appended(t, model, large)->entry->body_digest;
	const struct digest second =
	    appended(t, model, large)->entry->body_digest;

	assert_memory_not_equal(first.at, second.at, DIGEST_LEN);
	holds(t, model);
}

/* The mark's way over an entry whose body is not looked at. */
static enum fail
mark(struct ctx *ctx, void *arg)
{
	return ledger_mark(ctx, arg);
}

static enum fail
was_at(struct ctx *ctx, void *arg)
{
	const struct ledger_mark *at = arg;
	bool was = false;

	TRY(ledger_was_at(ctx, at, &was));
	assert_true(was);
	return OK;
}

static void
a_mark_is_carried_over_large_bodies(void **state)
{
	struct t *t = *state;
	struct model *model = begin(t);
	struct ledger_mark at = { 0 };

	appended(t, model, bytes_of_text("{}"));
	t_ok(&t->ctx, t_read(t, mark, &at));
	at.frontier = (struct bytes){ arena_copy(model->arena, at.frontier.at,
					  at.frontier.len),
		at.frontier.len };
	fill(t, model);
	t_ok(&t->ctx, t_read(t, was_at, &at));
}

/* ---- memory ---- */

struct limited {
	struct t *t;
	size_t soft_max;
	enum fail (*run)(struct ctx *ctx, void *arg);
	void *arg;
};

static void
within_memory(const struct limited *limited)
{
	struct arena *arena = arena_new(limited->soft_max);
	struct ctx ctx = limited->t->ctx;

	ctx.arena = arena;
	t_ok(&ctx, tx_begin(&ctx, TX_READ));
	t_ok(&ctx, tx_end(&ctx, limited->run(&ctx, limited->arg)));
	assert_false(arena_over(arena));
	arena_free(arena);
}

static enum fail
read_once(struct ctx *ctx, void *arg)
{
	struct ledger_reader *reader = NULL;

	TRY(ledger_read(ctx, 0, INT64_MAX, &reader));
	return compare(ctx, reader, arg, 0, 1);
}

static void
memory_is_that_of_one_body_and_none_to_verify(void **state)
{
	struct t *t = *state;
	struct model *model = begin(t);
	int64_t checked = 0;

	for (unsigned i = 0; i < 10; i++)
		appended(t, model, body_of(model->arena, 2 << 20, i));
	(void)t_fresh(t);
	within_memory(
	    &(struct limited){ t, (size_t)3 << 20, read_once, model });
	within_memory(
	    &(struct limited){ t, (size_t)512 << 10, verify, &checked });
	assert_int_equal(checked, 10);
}

/* ---- damage ---- */

#define SQL(text) \
	{ \
		.name = "test", .sqlite = (text), .postgres = (text) \
	}

static const struct damage {
	const char *what;
	struct store_query query; /* sqlite NULL: of the file */
	const char *says;
} damages[] = {
	{ "gone", { 0 }, "there is no file" },
	{ "first", { 0 }, "is not what was recorded" },
	{ "last", { 0 }, "is not what was recorded" },
	{ "shorter", { 0 }, "bytes instead of" },
	{ "longer", { 0 }, "bytes instead of" },
	{ "folder", { 0 }, "" },
	{ "row", SQL("DELETE FROM blob_ref"), "nothing keeps" },
	{ "row",
	    SQL("UPDATE blob_ref SET owner_id = owner_id + 100"
		" WHERE owner_id = (SELECT id FROM ledger_entry WHERE idx = 1)"),
	    "nothing keeps" },
	{ "row", SQL("UPDATE blob_ref SET owner_kind = 'other'"),
	    "nothing keeps" },
	{ "row",
	    SQL("UPDATE ledger_entry SET body_blob = (SELECT body_blob"
		" FROM ledger_entry WHERE idx = 3) WHERE idx = 1"),
	    "is not what was recorded" },
	{ "row",
	    SQL("UPDATE ledger_entry SET body_bytes = body_bytes + 1"
		" WHERE idx = 1"),
	    "another length" },
	{ "row",
	    SQL("UPDATE ledger_entry SET body_bytes = 100000000000"
		" WHERE idx = 1"),
	    "malformed" },
	{ "row", SQL("UPDATE ledger_entry SET body_bytes = NULL WHERE idx = 1"),
	    "malformed" },
	{ "row", SQL("UPDATE ledger_entry SET body_blob = NULL WHERE idx = 1"),
	    "malformed" },
	{ "row", SQL("UPDATE ledger_entry SET body = salt WHERE idx = 1"),
	    "malformed" },
	{ "row",
	    SQL("UPDATE ledger_entry SET salt = body_blob_salt FROM (SELECT"
		" salt AS body_blob_salt FROM ledger_entry WHERE idx = 2) AS o"
		" WHERE idx = 1"),
	    "is not what was recorded" },
};

static enum fail
change(struct ctx *ctx, void *arg)
{
	const struct store_query *const *query = arg;
	int64_t changed = 0;

	TRY(store_change(ctx, *query, NULL, &changed));
	assert_true(changed > 0);
	return OK;
}

static void
flip(const char *path, off_t at)
{
	const int fd = open(path, O_RDWR | O_CLOEXEC);
	uint8_t byte = 0;

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	assert_int_equal(close(fd), 0);
}

static void
damage(struct t *t, const struct damage *damage, struct bytes body)
{
	const char *path = path_of(t, body);
	const struct store_query *query = &damage->query;

	if (query->sqlite == NULL)
		assert_int_equal(chmod(path, 0600), 0);
	if (text_equal(damage->what, "row"))
		t_ok(&t->ctx, t_unit(t, change, &query));
	else if (text_equal(damage->what, "gone"))
		assert_int_equal(unlink(path), 0);
	else if (text_equal(damage->what, "first"))
		flip(path, 0);
	else if (text_equal(damage->what, "last"))
		flip(path, (off_t)body.len - 1);
	else if (text_equal(damage->what, "shorter"))
		assert_int_equal(truncate(path, (off_t)body.len - 1), 0);
	else if (text_equal(damage->what, "longer"))
		assert_int_equal(truncate(path, (off_t)body.len + 1), 0);
	else
		assert_true(unlink(path) == 0 && mkdir(path, 0700) == 0);
}

static void
notices(struct t *t, const struct damage *made)
{
	int64_t checked = 0;
	const enum fail got = t_read(t, verify, &checked);

	if (got == OK)
		t_fail("nobody noticed: %s %s", made->what,
		    made->query.sqlite == NULL ? "" : made->query.sqlite);
	if (strstr(t->ctx.failure.message, "entry 1") == NULL ||
	    strstr(t->ctx.failure.message, made->says) == NULL)
		t_fail("%s, not: %s", t->ctx.failure.message, made->says);
	t_fails(&t->ctx, got, FAIL_INTERNAL, "ledger.broken");
}

static struct model *
four_entries(struct t *t, const char *url)
{
	struct model *model = begin_on(t, url);

	appended(t, model, bytes_of_text("{}"));
	appended(t, model, body_of(model->arena, INLINE + 1, 1));
	appended(t, model, bytes_of_text("[]"));
	appended(t, model, body_of(model->arena, INLINE + 1, 2));
	holds(t, model);
	return model;
}

/* One damage a test, on a store of its own. */
static void
each_damage(struct t *t, const char *url)
{
	for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
		struct model *model = NULL;
		void *inner = NULL;

		assert_int_equal(t_setup(&inner), 0);
		model = four_entries(inner, url);
		damage(inner, &damages[i], model->acts[1].body);
		notices(inner, &damages[i]);
		assert_int_equal(t_teardown(&inner), 0);
	}
	(void)t;
}

static void
every_damage_is_noticed_with_the_entry_s_index(void **state)
{
	each_damage(*state, "sqlite::memory:");
}

struct load {
	int64_t id;
	struct ledger_entry *entry;
};

static enum fail
load(struct ctx *ctx, void *arg)
{
	struct load *wanted = arg;

	return ledger_load(ctx, wanted->id, &wanted->entry);
}

static void
a_flipped_body_is_given_to_nobody(void **state)
{
	struct t *t = *state;
	struct model *model = four_entries(t, "sqlite::memory:");
	struct load wanted = { .id = model->ids[1] };

	damage(t, &damages[1], model->acts[1].body);
	t_fails(&t->ctx, t_read(t, load, &wanted), FAIL_INTERNAL,
	    "ledger.broken");
	t_fails(&t->ctx, t_read(t, read_all, model), FAIL_INTERNAL,
	    "ledger.broken");
	wanted.id = model->ids[3];
	t_ok(&t->ctx, t_read(t, load, &wanted));
}

/* ---- the n-th failure ---- */

static size_t
swept(struct t *t)
{
	size_t count = 0;

	for (int part = 0; part < BLOB_PARTS; part++) {
		size_t here = 0;

		t_ok(t_fresh(t), blob_sweep(&t->ctx, part, &here));
		count += here;
	}
	return count;
}

static void
any_failing_step_under_the_ticket_leaves_the_ledger_as_it_was(void **state)
{
	struct t *t = *state;
	struct model *model = four_entries(t, "sqlite::memory:");
	struct act act = { .kind = kinds[0] };

	act.body = body_of(model->arena, INLINE + 1, 9);
	t_each_failure(t, append, &act);
	model->acts[model->count] = act;
	model->ids[model->count++] = act.entry->id;
	holds(t, model);
	assert_int_equal(swept(t), 0);
	holds(t, model);
}

static enum fail
prepare_and_append(struct t *t, struct act *act)
{
	struct ctx *ctx = t_fresh(t);

	TRY(ledger_body_prepare(ctx, act->body, &act->prepared));
	TRY(tx_begin(ctx, TX_WRITE));
	return tx_end(ctx, append(ctx, act));
}

static void
any_failing_step_of_a_prepared_one_leaves_no_more_than_a_file(void **state)
{
	struct t *t = *state;
	struct model *model = four_entries(t, "sqlite::memory:");
	struct act act = { .kind = kinds[0] };
	bool fired = true;
	size_t orphans = 0;
	int steps = 0;

	act.body = body_of(model->arena, INLINE + 1, 9);
	for (int step = 1; fired; step++, steps++) {
		enum fail got = OK;

		t->faults = (struct faults){ .at = step };
		got = prepare_and_append(t, &act);
		fired = t->faults.fired != 0;
		t->faults = (struct faults){ 0 };
		assert_int_equal(got, fired ? FAIL_INTERNAL : OK);
		if (!fired) {
			model->acts[model->count] = act;
			model->ids[model->count++] = act.entry->id;
		}
		holds(t, model);
		orphans += swept(t);
		assert_int_equal(file_exists(path_of(t, act.body)), !fired);
	}
	assert_true(steps > 8);
	assert_true(orphans > 0);
	holds(t, model);
}

static void
any_failing_step_of_reading_is_a_failure(void **state)
{
	struct t *t = *state;
	struct model *model = four_entries(t, "sqlite::memory:");
	enum fail (*const runs[])(struct ctx *, void *) = { read_all, verify };
	int64_t checked = 0;

	for (size_t i = 0; i < ARRAY_SIZE(runs); i++)
		for (int step = 1;; step++) {
			enum fail got = OK;
			bool fired = false;

			t->faults = (struct faults){ .at = step };
			got = t_read(t, runs[i],
			    i == 0 ? (void *)model : &checked);
			fired = t->faults.fired != 0;
			t->faults = (struct faults){ 0 };
			assert_int_equal(got, fired ? FAIL_INTERNAL : OK);
			if (!fired)
				break;
		}
}

/* ---- PostgreSQL ---- */

static void
postgres_keeps_large_bodies_as_files_too(void **state)
{
	struct t *t = *state;
	struct model *model = NULL;

	if (postgres == NULL)
		skip();
	model = begin_on(t, postgres);
	fill(t, model);
	holds(t, model);
	damage(t, &damages[2], model->acts[2].body);
	t_fails(&t->ctx, t_read(t, verify, &(int64_t){ 0 }), FAIL_INTERNAL,
	    "ledger.broken");
	assert_int_equal(unlink(path_of(t, model->acts[4].body)), 0);
	t_fails(&t->ctx, t_read(t, load, &(struct load){ .id = model->ids[4] }),
	    FAIL_INTERNAL, "ledger.broken");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(bodies_are_read_alike_wherever_they_are),
		t_test(a_prepared_body_is_a_file_before_its_unit_of_work),
		t_test(without_a_folder_every_body_is_in_its_row),
		t_test(equal_bodies_share_a_file_and_keep_it_both),
		t_test(a_mark_is_carried_over_large_bodies),
		t_test(memory_is_that_of_one_body_and_none_to_verify),
		t_test(every_damage_is_noticed_with_the_entry_s_index),
		t_test(a_flipped_body_is_given_to_nobody),
		t_test(
		    any_failing_step_under_the_ticket_leaves_the_ledger_as_it_was),
		t_test(
		    any_failing_step_of_a_prepared_one_leaves_no_more_than_a_file),
		t_test(any_failing_step_of_reading_is_a_failure),
		t_test(postgres_keeps_large_bodies_as_files_too),
	};
	int failed = 0;

	postgres = t_pg_start();
	failed = t_run(tests);
	if (postgres != NULL)
		t_pg_stop();
	return failed;
}
