#include "t_flush.h"
#include "t_pg.h"
#include "t_store.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "core/text.h"
#include "store/blob.h"
#include "store/store.h"

/*
 * Blobs on a file system and a database of their own.  What is asked of every
 * step: no reference without its file, whatever breaks, and nothing is left
 * behind that the next sweep does not remove.
 */
static const char *postgres;

static void
begin(struct t *t)
{
	t->home.data_dir = t_folder(t);
	t_store(t);
	t_ok(&t->ctx, blob_start(&t->ctx));
}

struct content {
	struct digest digest;
	struct bytes bytes;
	const char *path; /* in the spool */
};

static struct content
spooled(struct t *t, const char *text)
{
	struct content out = { .bytes = bytes_of_text(text) };

	out.digest = digest_of(out.bytes);
	out.path = arena_printf(t->ctx.arena, "%s/%s", blob_spool(&t->ctx),
	    digest_hex(t->ctx.arena, &out.digest));
	t_ok(&t->ctx, file_write(&t->ctx, out.path, out.bytes, 0600));
	return out;
}

struct owner {
	struct digest digest;
	struct blob_hold *hold;
	const char *kind;
	int64_t id;
};

static enum fail
add(struct ctx *ctx, void *arg)
{
	const struct owner *owner = arg;

	return blob_add(ctx, owner->hold, owner->kind, owner->id);
}

static enum fail
refer(struct ctx *ctx, void *arg)
{
	const struct owner *owner = arg;

	return blob_refer(ctx, &owner->digest, owner->kind, owner->id);
}

static enum fail
release(struct ctx *ctx, void *arg)
{
	const struct owner *owner = arg;

	return blob_release(ctx, &owner->digest, owner->kind, owner->id);
}

static enum fail
in_unit(struct ctx *ctx, enum fail (*run)(struct ctx *ctx, void *arg),
    void *arg)
{
	TRY(tx_begin(ctx, TX_WRITE));
	return tx_end(ctx, run(ctx, arg));
}

/* Put a text and refer to it, in one unit of work. */
static struct digest
stored(struct t *t, const char *text, int64_t id)
{
	struct content content = { 0 };
	struct owner owner = { .kind = "paper", .id = id };

	(void)t_fresh(t);
	content = spooled(t, text);
	t_ok(&t->ctx, blob_put(&t->ctx, content.path, &content.digest,
			  (int64_t)content.bytes.len, &owner.hold));
	t_ok(&t->ctx, in_unit(&t->ctx, add, &owner));
	return content.digest;
}

struct reading {
	struct digest digest;
	const char *text; /* NULL: not readable */
};

static enum fail
read_blob(struct ctx *ctx, void *arg)
{
	struct reading *reading = arg;
	char text[100] = { 0 };
	int64_t bytes = 0;
	int fd = -1;

	TRY(blob_open(ctx, &reading->digest, &fd, &bytes));
	assert_int_equal(read(fd, text, sizeof(text) - 1), bytes);
	(void)close(fd);
	reading->text = arena_text(ctx->arena, text);
	return OK;
}

static const char *
text_of_blob(struct t *t, const struct digest *digest)
{
	struct reading reading = { .digest = *digest };
	const enum fail got = t_read(t, read_blob, &reading);

	assert_true(got == OK || got == FAIL_NOT_FOUND);
	return reading.text;
}

static bool
has_file(struct t *t, const struct digest *digest)
{
	const char *hex = digest_hex(t->ctx.arena, digest);

	return file_exists(arena_printf(t->ctx.arena, "%s/blob/%.2s/%s",
	    t->home.data_dir, hex, hex + 2));
}

static int
count_files(const char *path)
{
	DIR *folder = opendir(path);
	int count = 0;

	assert_non_null(folder);
	for (const struct dirent *e = readdir(folder); e != NULL;
	     e = readdir(folder))
		count += e->d_name[0] != '.';
	(void)closedir(folder);
	return count;
}

static size_t
forget(struct t *t)
{
	size_t count = 0;

	t_ok(t_fresh(t),
	    blob_forget_idle(&t->ctx, t->clock_us, BLOB_FORGET_MAX, &count));
	return count;
}

static size_t
sweep(struct t *t)
{
	size_t all = 0;

	for (int part = 0; part < BLOB_PARTS; part++) {
		size_t count = 0;

		t_ok(t_fresh(t), blob_sweep(&t->ctx, part, &count));
		all += count;
	}
	return all;
}

static void
let_go(struct t *t, struct digest digest, int64_t id)
{
	struct owner owner = { .digest = digest, .kind = "paper", .id = id };

	t_ok(&t->ctx, t_unit(t, release, &owner));
}

/* ---- tests ---- */

static void
what_was_put_is_read_back(void **state)
{
	struct t *t = *state;
	struct digest digest = { 0 };

	begin(t);
	digest = stored(t, "một văn bản", 1);
	assert_string_equal(text_of_blob(t, &digest), "một văn bản");
	assert_int_equal(count_files(blob_spool(&t->ctx)), 0);
}

static void
a_power_cut_leaves_a_whole_blob(void **state)
{
	struct t *t = *state;
	struct digest digest = { 0 };

	begin(t);
	t_flush_begin();
	digest = stored(t, "một văn bản", 1);
	t_flush_is_named(digest_hex(t->ctx.arena, &digest) + 2);
}

static void
an_empty_content_is_a_blob_too(void **state)
{
	struct t *t = *state;
	struct digest digest = { 0 };

	begin(t);
	digest = stored(t, "", 1);
	assert_string_equal(text_of_blob(t, &digest), "");
}

static void
equal_contents_are_one_file(void **state)
{
	struct t *t = *state;
	struct digest digest = { 0 };

	begin(t);
	digest = stored(t, "a", 1);
	(void)stored(t, "a", 2);
	let_go(t, digest, 1);
	/* What the second replaced was put aside, and goes with the next. */
	assert_int_equal(count_files(blob_spool(&t->ctx)), 1);
	assert_int_equal(forget(t), 0);
	assert_int_equal(count_files(blob_spool(&t->ctx)), 0);
	assert_string_equal(text_of_blob(t, &digest), "a");
	let_go(t, digest, 2);
	assert_int_equal(forget(t), 1);
	assert_false(has_file(t, &digest));
	assert_null(text_of_blob(t, &digest));
}

static void
a_second_reference_of_one_owner_is_none(void **state)
{
	struct t *t = *state;
	struct owner owner = { .kind = "paper", .id = 1 };

	begin(t);
	owner.digest = stored(t, "a", 1);
	t_ok(&t->ctx, t_unit(t, refer, &owner));
	let_go(t, owner.digest, 1);
	let_go(t, owner.digest, 1);
	assert_int_equal(forget(t), 1);
}

static void
what_is_referred_to_again_is_kept(void **state)
{
	struct t *t = *state;
	struct owner owner = { .kind = "paper", .id = 7 };

	begin(t);
	owner.digest = stored(t, "a", 1);
	let_go(t, owner.digest, 1);
	t_ok(&t->ctx, t_unit(t, refer, &owner));
	assert_int_equal(forget(t), 0);
	assert_string_equal(text_of_blob(t, &owner.digest), "a");
}

static enum fail
is_idle(struct ctx *ctx, void *arg)
{
	bool *idle = arg;
	struct blob_row *rows = NULL;
	size_t count = 0;

	TRY(blob_rows(ctx, NULL, 2, &rows, &count));
	assert_int_equal(count, 1);
	*idle = rows[0].is_idle;
	return OK;
}

/* Else it would be looked at for ever, and keep others from being forgotten. */
static void
a_blob_is_idle_when_the_last_one_lets_go(void **state)
{
	struct t *t = *state;
	struct digest digest = { 0 };
	bool idle = true;

	begin(t);
	(void)stored(t, "a", 1);
	digest = stored(t, "a", 2);
	let_go(t, digest, 1);
	t_ok(&t->ctx, t_read(t, is_idle, &idle));
	assert_false(idle);
	let_go(t, digest, 2);
	t_ok(&t->ctx, t_read(t, is_idle, &idle));
	assert_true(idle);
}

static void
an_idle_blob_waits_for_its_time(void **state)
{
	struct t *t = *state;
	struct digest digest = { 0 };
	size_t count = 0;

	begin(t);
	digest = stored(t, "a", 1);
	let_go(t, digest, 1);
	t_ok(t_fresh(t),
	    blob_forget_idle(&t->ctx, t->clock_us - 1, 10, &count));
	assert_int_equal(count, 0);
	assert_true(has_file(t, &digest));
	assert_int_equal(forget(t), 1);
}

static void
nobody_refers_to_what_is_not_there(void **state)
{
	struct t *t = *state;
	struct owner owner = { .kind = "paper", .id = 7 };

	begin(t);
	assert_int_equal(t_unit(t, refer, &owner), FAIL_NOT_FOUND);
	assert_string_equal(t->ctx.failure.code, "blob.unknown");
	assert_null(text_of_blob(t, &owner.digest));
}

/* The same content is put again while its row is forgotten. */
static void
a_blob_that_is_held_is_not_removed(void **state)
{
	struct t *t = *state;
	struct t other = { 0 };
	struct content content = { 0 };
	struct owner owner = { .kind = "paper", .id = 2 };
	struct digest digest = { 0 };

	begin(t);
	digest = stored(t, "a", 1);
	let_go(t, digest, 1);
	(void)t_fresh(t);
	content = spooled(t, "a");
	t_ok(&t->ctx,
	    blob_put(&t->ctx, content.path, &content.digest, 1, &owner.hold));
	/* Another unit of work, on an arena of its own, forgets. */
	other = *t;
	other.arena = NULL;
	assert_int_equal(forget(&other), 0);
	assert_int_equal(sweep(&other), 0);
	arena_free(other.arena);
	assert_true(has_file(t, &digest));
	t_ok(&t->ctx, in_unit(&t->ctx, add, &owner));
	assert_string_equal(text_of_blob(t, &digest), "a");
	assert_int_equal(forget(t), 0);
}

static void
a_file_without_a_row_is_swept(void **state)
{
	struct t *t = *state;
	struct content content = { 0 };
	struct blob_hold *hold = NULL;
	struct digest kept = { 0 };

	begin(t);
	kept = stored(t, "b", 1);
	(void)t_fresh(t);
	content = spooled(t, "a");
	t_ok(&t->ctx,
	    blob_put(&t->ctx, content.path, &content.digest, 1, &hold));
	assert_true(has_file(t, &content.digest));
	(void)t_fresh(t); /* the unit of work ended without a row */
	assert_int_equal(sweep(t), 1);
	assert_false(has_file(t, &content.digest));
	assert_string_equal(text_of_blob(t, &kept), "b");
}

static void
starting_empties_the_spool(void **state)
{
	struct t *t = *state;

	begin(t);
	(void)spooled(t, "left by a crash");
	assert_int_equal(count_files(blob_spool(&t->ctx)), 1);
	t_ok(&t->ctx, blob_start(&t->ctx));
	assert_int_equal(count_files(blob_spool(&t->ctx)), 0);
}

static void
a_length_that_is_not_the_files_is_refused(void **state)
{
	struct t *t = *state;
	struct content content = { 0 };
	struct blob_hold *hold = NULL;

	begin(t);
	content = spooled(t, "abc");
	t_fails(&t->ctx,
	    blob_put(&t->ctx, content.path, &content.digest, 2, &hold),
	    FAIL_INTERNAL, "blob.damaged");
	assert_false(has_file(t, &content.digest));
}

static void
nothing_is_forgotten_while_the_folder_is_copied(void **state)
{
	struct t *t = *state;
	struct digest digest = { 0 };
	int lock = -1;

	begin(t);
	digest = stored(t, "a", 1);
	let_go(t, digest, 1);
	t_ok(t_fresh(t), blob_lock(&t->ctx, t->home.data_dir, &lock));
	assert_true(lock >= 0);
	assert_int_equal(forget(t), 0);
	assert_int_equal(sweep(t), 0);
	(void)close(lock);
	assert_int_equal(forget(t), 1);
}

/* ---- checking and copying ---- */

static struct blob_row
row_of(struct digest digest, int64_t bytes)
{
	return (struct blob_row){ .digest = digest, .bytes = bytes };
}

static const char *
path_of(struct t *t, const struct digest *digest)
{
	const char *hex = digest_hex(t->ctx.arena, digest);

	return arena_printf(t->ctx.arena, "%s/blob/%.2s/%s", t->home.data_dir,
	    hex, hex + 2);
}

static void
spoil(struct t *t, const struct digest *digest, const char *text)
{
	const char *path = path_of(t, digest);

	(void)chmod(path, 0600);
	t_ok(&t->ctx, file_write(&t->ctx, path, bytes_of_text(text), 0440));
}

static void
a_check_finds_each_damage(void **state)
{
	struct t *t = *state;
	struct blob_row row = { 0 };

	begin(t);
	row = row_of(stored(t, "abc", 1), 3);
	t_ok(&t->ctx, blob_check(&t->ctx, t->home.data_dir, &row));
	spoil(t, &row.digest, "abb"); /* one bit */
	t_fails(&t->ctx, blob_check(&t->ctx, t->home.data_dir, &row),
	    FAIL_INTERNAL, "blob.damaged");
	spoil(t, &row.digest, "ab");
	t_fails(&t->ctx, blob_check(&t->ctx, t->home.data_dir, &row),
	    FAIL_INTERNAL, "blob.damaged");
	assert_int_equal(unlink(path_of(t, &row.digest)), 0);
	t_fails(&t->ctx, blob_check(&t->ctx, t->home.data_dir, &row),
	    FAIL_INTERNAL, "blob.missing");
	/* Who sends it again makes it whole. */
	(void)stored(t, "abc", 2);
	t_ok(&t->ctx, blob_check(&t->ctx, t->home.data_dir, &row));
	/* A pipe that nobody writes into: who waits for it waits for ever. */
	assert_int_equal(unlink(path_of(t, &row.digest)), 0);
	assert_int_equal(mkfifo(path_of(t, &row.digest), 0600), 0);
	t_fails(&t->ctx, blob_check(&t->ctx, t->home.data_dir, &row),
	    FAIL_INTERNAL, "blob.damaged");
}

static void
a_copy_is_checked_while_it_is_made(void **state)
{
	struct t *t = *state;
	struct blob_row row = { 0 };
	const char *to = NULL;

	begin(t);
	row = row_of(stored(t, "abc", 1), 3);
	to = arena_printf(t->ctx.arena, "%s/copy", t->home.data_dir);
	t_ok(&t->ctx, file_folder(&t->ctx, to));
	t_ok(&t->ctx, blob_copy(&t->ctx, t->home.data_dir, to, &row));
	t_ok(&t->ctx, blob_copied(&t->ctx, to));
	t_ok(&t->ctx, blob_check(&t->ctx, to, &row));
	spoil(t, &row.digest, "abb");
	to = arena_printf(t->ctx.arena, "%s/second", t->home.data_dir);
	t_ok(&t->ctx, file_folder(&t->ctx, to));
	t_fails(&t->ctx, blob_copy(&t->ctx, t->home.data_dir, to, &row),
	    FAIL_INTERNAL, "blob.damaged");
	t_fails(&t->ctx, blob_check(&t->ctx, to, &row), FAIL_INTERNAL,
	    "blob.missing");
}

static enum fail
read_rows(struct ctx *ctx, void *arg)
{
	struct blob_row *rows = NULL;
	size_t *count = arg;

	TRY(blob_rows(ctx, NULL, 10, &rows, count));
	if (*count == 2) {
		assert_true(
		    memcmp(&rows[0].digest, &rows[1].digest, DIGEST_LEN) < 0);
		TRY(blob_rows(ctx, &rows[0].digest, 10, &rows, count));
		assert_int_equal(*count, 1);
		TRY(blob_rows(ctx, &rows[0].digest, 10, &rows, count));
		assert_int_equal(*count, 0);
	}
	return OK;
}

static void
rows_come_in_pages(void **state)
{
	struct t *t = *state;
	size_t count = 99;

	begin(t);
	(void)stored(t, "a", 1);
	(void)stored(t, "b", 1);
	t_ok(&t->ctx, t_read(t, read_rows, &count));
	assert_int_equal(count, 0);
}

/* ---- the n-th failure ---- */

/* Put and refer; what is left must be right whatever failed. */
static enum fail
put_and_add(struct t *t)
{
	struct content content = { 0 };
	struct owner owner = { .kind = "paper", .id = 1 };
	const struct faults wish = t->faults;

	(void)t_fresh(t);
	t->faults = (struct faults){ 0 };
	content = spooled(t, "abc");
	t->faults = wish;
	TRY(blob_put(&t->ctx, content.path, &content.digest, 3, &owner.hold));
	return in_unit(&t->ctx, add, &owner);
}

static void
any_failure_of_a_put_leaves_no_reference_without_file(void **state)
{
	struct t *t = *state;
	const struct digest digest = digest_of(bytes_of_text("abc"));
	bool fired = true;
	size_t orphans = 0;
	int steps = 0;

	begin(t);
	for (int step = 1; fired; step++, steps++) {
		enum fail got = OK;

		t->faults = (struct faults){ .at = step };
		got = put_and_add(t);
		fired = t->faults.fired != 0;
		t->faults = (struct faults){ 0 };
		assert_int_equal(got, fired ? FAIL_INTERNAL : OK);
		(void)t_fresh(t);
		if (fired)
			assert_null(text_of_blob(t, &digest));
		else
			assert_string_equal(text_of_blob(t, &digest), "abc");
		/* A start and a sweep remove whatever it left. */
		t_ok(t_fresh(t), blob_start(&t->ctx));
		orphans += sweep(t);
		assert_int_equal(has_file(t, &digest), !fired);
	}
	assert_true(steps > 6);
	assert_true(orphans > 0);
}

static void
any_failure_of_forgetting_can_be_repeated(void **state)
{
	struct t *t = *state;
	bool fired = true;

	begin(t);
	for (int step = 1; fired; step++) {
		struct digest digest = stored(t, "abc", 1);
		size_t count = 0;
		enum fail got = OK;

		let_go(t, digest, 1);
		(void)t_fresh(t);
		t->faults = (struct faults){ .at = step };
		got = blob_forget_idle(&t->ctx, t->clock_us, 10, &count);
		fired = t->faults.fired != 0;
		t->faults = (struct faults){ 0 };
		assert_int_equal(got, fired ? FAIL_INTERNAL : OK);
		/* Either it is still there, or it is gone with its row. */
		if (text_of_blob(t, &digest) != NULL)
			assert_int_equal(forget(t), 1);
		(void)sweep(t);
		assert_false(has_file(t, &digest));
		assert_null(text_of_blob(t, &digest));
	}
}

/* ---- PostgreSQL ---- */

static void
close_store(void *object)
{
	store_close(object);
}

static void
postgres_counts_references_too(void **state)
{
	struct t *t = *state;
	const struct store_options options = { .url = postgres };
	struct digest digest = { 0 };

	if (postgres == NULL)
		skip();
	t->home.data_dir = t_folder(t);
	t_ok(&t->ctx, store_open(&t->ctx, &options, &t->home.store));
	t_defer(t, close_store, t->home.store);
	t_ok(&t->ctx, blob_start(&t->ctx));
	digest = stored(t, "a", 1);
	(void)stored(t, "a", 2);
	let_go(t, digest, 1);
	assert_int_equal(forget(t), 0);
	assert_string_equal(text_of_blob(t, &digest), "a");
	let_go(t, digest, 2);
	assert_int_equal(forget(t), 1);
	assert_false(has_file(t, &digest));
	t_ok(&t->ctx, t_read(t, read_rows, &(size_t){ 0 }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(what_was_put_is_read_back),
		t_test(a_power_cut_leaves_a_whole_blob),
		t_test(an_empty_content_is_a_blob_too),
		t_test(equal_contents_are_one_file),
		t_test(a_second_reference_of_one_owner_is_none),
		t_test(what_is_referred_to_again_is_kept),
		t_test(a_blob_is_idle_when_the_last_one_lets_go),
		t_test(an_idle_blob_waits_for_its_time),
		t_test(nobody_refers_to_what_is_not_there),
		t_test(a_blob_that_is_held_is_not_removed),
		t_test(a_file_without_a_row_is_swept),
		t_test(starting_empties_the_spool),
		t_test(a_length_that_is_not_the_files_is_refused),
		t_test(nothing_is_forgotten_while_the_folder_is_copied),
		t_test(a_check_finds_each_damage),
		t_test(a_copy_is_checked_while_it_is_made),
		t_test(rows_come_in_pages),
		t_test(any_failure_of_a_put_leaves_no_reference_without_file),
		t_test(any_failure_of_forgetting_can_be_repeated),
		t_test(postgres_counts_references_too),
	};
	int failed = 0;

	postgres = t_pg_start();
	failed = t_run(tests);
	if (postgres != NULL)
		t_pg_stop();
	return failed;
}
