#include "t_flush.h"

#include "app/t_app.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blob/inside.h"
#include "blob/option.h"
#include "blob/right.h"
#include "blob/slice.h"
#include "blob/upload.h"
#include "core/day.h"
#include "core/file.h"
#include "core/room.h"
#include "jobs/jobs.h"
#include "store/blob.h"

/*
 * Uploads: two people, a neighbour, a toy owner of blobs.  The same over HTTP,
 * with kills and full disks, is in tests/blob and tests/fault.
 */
#define STEP ((size_t)UPLOAD_STEP)

static int64_t papers_reader; /* who may read every "paper" */

static enum fail
may_read_paper(struct ctx *ctx, int64_t id, bool *ret)
{
	*ret = id == 1 && ctx->actor->person == papers_reader;
	return OK;
}

static const struct blob_owner paper_owners[] = {
	{ "paper", may_read_paper },
	{ 0 },
};
static const struct route *const no_routes[] = { NULL };
static const struct slice paper_slice = { .name = "paper",
	.routes = no_routes,
	.blobs = paper_owners };
static const struct slice *const slices[] = { &blob_slice, &paper_slice, NULL };

static const struct actor anna = { .person = 1, .login = "anna", .name = "a" };
static const struct actor bert = { .person = 2, .login = "bert", .name = "b" };

static void
begin(struct t *t)
{
	struct t_person a = { .login = "anna" };
	struct t_person b = { .login = "bert" };

	t->home.data_dir = t_folder(t);
	t_app(t, slices);
	t_person(t, &a);
	t_person(t, &b);
	assert_int_equal(a.id, anna.person);
	assert_int_equal(b.id, bert.person);
	t_ok(&t->ctx, blob_start(&t->ctx));
	t->ctx.actor = &anna;
	papers_reader = 0;
}

/* Bytes that live until the test ends. */
static struct bytes
content_of(size_t len, unsigned seed)
{
	static uint8_t room[4 * 262144];
	uint64_t x = seed;

	assert_true(len <= sizeof(room));
	for (size_t i = 0; i < len; i++) {
		x = x * UINT64_C(6364136223846793005) + 1442695040888963407u;
		room[i] = (uint8_t)(x >> 33);
	}
	return (struct bytes){ room, len };
}

struct beginning {
	int64_t bytes;
	struct digest digest;
	int64_t id;
};

static enum fail
begin_one(struct ctx *ctx, void *arg)
{
	struct beginning *of = arg;
	struct upload *upload = NULL;

	TRY(upload_begin(ctx, of->bytes, &of->digest, &upload));
	assert_int_equal(upload->received, 0);
	assert_false(upload->complete);
	of->id = upload->id;
	return OK;
}

static int64_t
begun(struct t *t, struct bytes content)
{
	struct beginning of = { (int64_t)content.len, digest_of(content), 0 };

	t_ok(&t->ctx, t_unit(t, begin_one, &of));
	return of.id;
}

static struct bytes
slice_of(struct bytes all, size_t from, size_t len)
{
	return (struct bytes){ all.at + from, len };
}

static enum fail
part(struct t *t, int64_t id, struct bytes all, size_t from, size_t len)
{
	struct upload *upload = NULL;

	return upload_part(t_fresh(t), id, (int64_t)from,
	    slice_of(all, from, len), &upload);
}

static enum fail
complete(struct t *t, int64_t id)
{
	struct upload *upload = NULL;
	const enum fail got = upload_complete(t_fresh(t), id, &upload);

	assert_true(got != OK || upload->complete);
	return got;
}

struct looking {
	int64_t id;
	int64_t received;
	bool complete;
};

static enum fail
look(struct ctx *ctx, void *arg)
{
	struct looking *looking = arg;
	struct upload *upload = NULL;

	TRY(upload_load(ctx, looking->id, &upload));
	looking->received = upload->received;
	looking->complete = upload->complete;
	return OK;
}

static struct looking
state_of(struct t *t, int64_t id)
{
	struct looking looking = { .id = id };

	t_ok(&t->ctx, t_read(t, look, &looking));
	return looking;
}

struct right {
	struct digest digest;
	bool may;
};

static enum fail
ask_right(struct ctx *ctx, void *arg)
{
	struct right *right = arg;

	return blob_may_read(ctx, &right->digest, &right->may);
}

static bool
may_read(struct t *t, const struct actor *who, struct bytes content)
{
	struct right right = { .digest = digest_of(content) };

	t->ctx.actor = who;
	t_ok(&t->ctx, t_read(t, ask_right, &right));
	t->ctx.actor = &anna;
	return right.may;
}

static int
count_files(struct t *t, const char *name)
{
	DIR *folder =
	    opendir(arena_printf(t->arena, "%s/%s", t->home.data_dir, name));
	int count = 0;

	if (folder == NULL) /* made when it is wanted */
		return 0;
	for (const struct dirent *e = readdir(folder); e != NULL;
	     e = readdir(folder))
		count += e->d_name[0] != '.';
	(void)closedir(folder);
	return count;
}

/* The content of its blob, checked. */
static void
assert_blob(struct t *t, struct bytes content)
{
	const struct blob_row row = { .digest = digest_of(content),
		.bytes = (int64_t)content.len };

	(void)t_fresh(t);
	t_ok(&t->ctx, blob_check(&t->ctx, t->home.data_dir, &row));
}

/* ---- parts ---- */

static void
steps_in_order_become_a_blob(void **state)
{
	struct t *t = *state;
	const struct bytes all = content_of(2 * STEP + 5, 1);
	int64_t id = 0;

	begin(t);
	id = begun(t, all);
	t_ok(&t->ctx, part(t, id, all, 0, STEP));
	assert_int_equal(state_of(t, id).received, STEP);
	t_ok(&t->ctx, part(t, id, all, STEP, STEP + 5));
	assert_false(state_of(t, id).complete);
	t_ok(&t->ctx, complete(t, id));
	assert_true(state_of(t, id).complete);
	assert_blob(t, all);
	assert_int_equal(count_files(t, "upload"), 0);
	assert_int_equal(count_files(t, "spool"), 0);
	/* Twice is once. */
	t_ok(&t->ctx, complete(t, id));
	t_fails(&t->ctx, part(t, id, all, 0, STEP), FAIL_CONFLICT,
	    "upload.complete");
}

static void
an_empty_file_is_complete_at_once(void **state)
{
	struct t *t = *state;
	const struct bytes all = content_of(0, 1);
	int64_t id = 0;

	begin(t);
	id = begun(t, all);
	t_fails(&t->ctx, part(t, id, all, 0, 0), FAIL_INVALID, "upload.step");
	t_ok(&t->ctx, complete(t, id));
	assert_blob(t, all);
}

static void
a_power_cut_leaves_what_was_acknowledged(void **state)
{
	struct t *t = *state;
	const struct bytes all = content_of(2 * STEP, 1);
	char name[40];
	int64_t id = 0;

	begin(t);
	id = begun(t, all);
	(void)snprintf(name, sizeof(name), "/upload/%lld", (long long)id);
	for (size_t at = 0; at < all.len; at += STEP) {
		t_flush_begin();
		t_ok(&t->ctx, part(t, id, all, at, STEP));
		assert_int_equal(t_flush_count(name), 1);
		/* The file's name, too. */
		assert_int_equal(t_flush_count("/upload"), at == 0);
	}
}

static void
a_part_may_be_repeated_but_not_changed(void **state)
{
	struct t *t = *state;
	const struct bytes all = content_of(3 * STEP, 1);
	struct upload *upload = NULL;
	uint8_t *other = NULL;
	int64_t id = 0;

	begin(t);
	id = begun(t, all);
	t_ok(&t->ctx, part(t, id, all, 0, STEP));
	t_ok(&t->ctx, part(t, id, all, 0, STEP));
	assert_int_equal(state_of(t, id).received, STEP);
	/* Half of it is there: the rest is added. */
	t_ok(&t->ctx, part(t, id, all, 0, 2 * STEP));
	assert_int_equal(state_of(t, id).received, 2 * STEP);
	(void)t_fresh(t);
	other = arena_copy(t->arena, all.at, 3 * STEP);
	other[STEP + 1] ^= 1;
	t_fails(&t->ctx,
	    upload_part(&t->ctx, id, 0, (struct bytes){ other, 3 * STEP },
		&upload),
	    FAIL_CONFLICT, "upload.differs");
	assert_int_equal(state_of(t, id).received, 2 * STEP);
	t_ok(&t->ctx, part(t, id, all, 2 * STEP, STEP));
	t_ok(&t->ctx, complete(t, id));
	assert_blob(t, all);
}

static void
odd_parts_are_refused_and_change_nothing(void **state)
{
	struct t *t = *state;
	const struct bytes all = content_of(3 * STEP, 1);
	static const struct {
		size_t from;
		size_t len;
		enum fail kind;
		const char *code;
	} cases[] = {
		{ 2 * STEP, STEP, FAIL_CONFLICT, "upload.gap" },
		{ STEP + 1, STEP, FAIL_CONFLICT, "upload.gap" },
		{ 0, 4 * STEP, FAIL_INVALID, "upload.length" },
		{ STEP, 3 * STEP, FAIL_INVALID, "upload.length" },
		{ STEP, STEP - 1, FAIL_INVALID, "upload.step" },
		{ STEP, 1, FAIL_INVALID, "upload.step" },
		{ STEP, 0, FAIL_INVALID, "upload.step" },
		{ 1, STEP, FAIL_INVALID, "upload.step" },
	};
	int64_t id = 0;

	begin(t);
	id = begun(t, all);
	t_ok(&t->ctx, part(t, id, all, 0, STEP));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		t_fails(&t->ctx, part(t, id, all, cases[i].from, cases[i].len),
		    cases[i].kind, cases[i].code);
		assert_int_equal(state_of(t, id).received, STEP);
	}
	t_fails(&t->ctx, complete(t, id), FAIL_CONFLICT, "upload.incomplete");
}

static void
another_content_is_refused_and_may_be_sent_again(void **state)
{
	struct t *t = *state;
	struct bytes all = content_of(STEP + 3, 1);
	int64_t id = 0;

	begin(t);
	id = begun(t, all);
	all = content_of(STEP + 3, 2);
	t_ok(&t->ctx, part(t, id, all, 0, STEP + 3));
	t_fails(&t->ctx, complete(t, id), FAIL_INVALID, "upload.digest");
	assert_int_equal(state_of(t, id).received, 0);
	assert_int_equal(count_files(t, "spool"), 0);
	all = content_of(STEP + 3, 1);
	t_ok(&t->ctx, part(t, id, all, 0, STEP + 3));
	t_ok(&t->ctx, complete(t, id));
	assert_blob(t, all);
}

/* ---- the whole ---- */

static void
a_whole_file_is_taken_at_once(void **state)
{
	struct t *t = *state;
	const struct bytes all = content_of(STEP + 3, 1);
	struct upload *upload = NULL;
	int64_t id = 0;

	begin(t);
	id = begun(t, all);
	t_ok(&t->ctx, part(t, id, all, 0, STEP));
	(void)t_fresh(t);
	t_fails(&t->ctx,
	    upload_whole_bytes(&t->ctx, id, slice_of(all, 0, STEP), &upload),
	    FAIL_INVALID, "upload.length");
	(void)t_fresh(t);
	t_fails(&t->ctx,
	    upload_whole_bytes(&t->ctx, id,
		(struct bytes){ arena_alloc(t->arena, STEP + 3, 1), STEP + 3 },
		&upload),
	    FAIL_INVALID, "upload.digest");
	assert_int_equal(count_files(t, "spool"), 0);
	(void)t_fresh(t);
	t_ok(&t->ctx, upload_whole_bytes(&t->ctx, id, all, &upload));
	assert_true(upload->complete);
	assert_blob(t, all);
	assert_int_equal(count_files(t, "upload"), 0);
	assert_int_equal(count_files(t, "spool"), 0);
}

/* ---- whose ---- */

static enum fail
list_count(struct ctx *ctx, void *arg)
{
	struct upload *uploads = NULL;

	return upload_list(ctx, &uploads, arg);
}

static void
an_upload_is_its_persons_alone(void **state)
{
	struct t *t = *state;
	const struct bytes all = content_of(STEP, 1);
	struct upload *upload = NULL;
	size_t count = 9;
	int64_t id = 0;

	begin(t);
	id = begun(t, all);
	t->ctx.actor = &bert;
	assert_int_equal(t_read(t, look, &(struct looking){ .id = id }),
	    FAIL_NOT_FOUND);
	t_fails(&t->ctx, part(t, id, all, 0, STEP), FAIL_NOT_FOUND,
	    "upload.unknown");
	t_fails(&t->ctx, complete(t, id), FAIL_NOT_FOUND, "upload.unknown");
	(void)t_fresh(t);
	t_fails(&t->ctx, upload_whole_bytes(&t->ctx, id, all, &upload),
	    FAIL_NOT_FOUND, "upload.unknown");
	(void)t_fresh(t);
	t_fails(&t->ctx, upload_end(&t->ctx, id), FAIL_NOT_FOUND,
	    "upload.unknown");
	t_ok(&t->ctx, t_read(t, list_count, &count));
	assert_int_equal(count, 0);
	assert_int_equal(count_files(t, "upload"), 0);
	t->ctx.actor = &anna;
	t_ok(&t->ctx, t_read(t, list_count, &count));
	assert_int_equal(count, 1);
}

/* Each sends every byte; only the storage is shared, and each ends alone. */
static void
two_people_send_the_same_content(void **state)
{
	struct t *t = *state;
	const struct bytes all = content_of(STEP, 1);
	int64_t first = 0;
	int64_t second = 0;
	size_t count = 0;

	begin(t);
	first = begun(t, all);
	t_ok(&t->ctx, part(t, first, all, 0, STEP));
	t_ok(&t->ctx, complete(t, first));
	assert_true(may_read(t, &anna, all));
	assert_false(may_read(t, &bert, all));
	t->ctx.actor = &bert;
	second = begun(t, all);
	t_fails(&t->ctx, complete(t, second), FAIL_CONFLICT,
	    "upload.incomplete");
	assert_false(may_read(t, &bert, all));
	t->ctx.actor = &bert;
	t_ok(&t->ctx, part(t, second, all, 0, STEP));
	t_ok(&t->ctx, complete(t, second));
	assert_true(may_read(t, &bert, all));
	(void)t_fresh(t);
	t_ok(&t->ctx, upload_end(&t->ctx, first));
	assert_false(may_read(t, &anna, all));
	assert_true(may_read(t, &bert, all));
	(void)t_fresh(t);
	t_ok(&t->ctx, blob_forget_idle(&t->ctx, INT64_MAX, 10, &count));
	assert_int_equal(count, 0);
	assert_blob(t, all);
}

/* The lock is the open file's, so one process is enough to see it. */
static void
one_request_at_a_time_is_at_an_upload(void **state)
{
	struct t *t = *state;
	const struct bytes all = content_of(STEP, 1);
	int64_t id = 0;
	int fd = -1;

	begin(t);
	id = begun(t, all);
	t_ok(&t->ctx, upload_file_open(t_fresh(t), id, &fd));
	t_fails(&t->ctx, part(t, id, all, 0, STEP), FAIL_BUSY, "upload.busy");
	t_fails(&t->ctx, complete(t, id), FAIL_BUSY, "upload.busy");
	assert_int_equal(state_of(t, id).received, 0);
	assert_int_equal(close(fd), 0);
	t_ok(&t->ctx, part(t, id, all, 0, STEP));
	t_ok(&t->ctx, complete(t, id));
	assert_blob(t, all);
}

struct taking {
	int64_t id;
	int64_t owner;
};

static enum fail
take(struct ctx *ctx, void *arg)
{
	const struct taking *taking = arg;
	struct digest digest = { 0 };
	int64_t bytes = 0;

	return upload_take(ctx, taking->id, "paper", taking->owner, &digest,
	    &bytes);
}

static void
a_slice_takes_it_and_says_who_may_read(void **state)
{
	struct t *t = *state;
	const struct bytes all = content_of(STEP, 1);
	struct taking taking = { .owner = 1 };
	size_t count = 0;

	begin(t);
	taking.id = begun(t, all);
	t_ok(&t->ctx, part(t, taking.id, all, 0, STEP));
	assert_int_equal(t_unit(t, take, &taking), FAIL_CONFLICT);
	t_ok(&t->ctx, complete(t, taking.id));
	t_each_failure(t, take, &taking);
	assert_int_equal(t_read(t, look, &(struct looking){ .id = taking.id }),
	    FAIL_NOT_FOUND);
	/* The sender has no right of his own to it any more. */
	assert_false(may_read(t, &anna, all));
	papers_reader = bert.person;
	assert_true(may_read(t, &bert, all));
	(void)t_fresh(t);
	t_ok(&t->ctx, blob_forget_idle(&t->ctx, INT64_MAX, 10, &count));
	assert_int_equal(count, 0);
}

/* ---- bounds and time ---- */

/* The file of one that has ended goes after its row: it must be nobody's. */
static void
an_id_is_never_given_twice(void **state)
{
	struct t *t = *state;
	int64_t first = 0;

	begin(t);
	first = begun(t, content_of(1, 1));
	(void)t_fresh(t);
	t_ok(&t->ctx, upload_end(&t->ctx, first));
	assert_true(begun(t, content_of(1, 1)) != first);
}

static void
a_person_has_so_many_uploads_at_a_time(void **state)
{
	struct t *t = *state;
	struct beginning of = { .bytes = 1 };

	begin(t);
	for (int i = 0; i < blob_option_table[BLOB_UPLOADS].initial; i++)
		t_ok(&t->ctx, t_unit(t, begin_one, &of));
	assert_int_equal(t_unit(t, begin_one, &of), FAIL_CONFLICT);
	assert_string_equal(t->ctx.failure.code, "upload.too_many");
	t->ctx.actor = &bert;
	of.bytes = blob_option_table[BLOB_UPLOAD_BYTES].initial;
	t_ok(&t->ctx, t_unit(t, begin_one, &of));
	t_ok(&t->ctx, t_unit(t, begin_one, &of));
	of.bytes++;
	assert_int_equal(t_unit(t, begin_one, &of), FAIL_INVALID);
	assert_string_equal(t->ctx.failure.code, "upload.too_large");
	of.bytes = 1;
	assert_int_equal(t_unit(t, begin_one, &of), FAIL_CONFLICT);
	assert_string_equal(t->ctx.failure.code, "upload.too_many");
}

static void
end_options(void *object)
{
	struct t *t = object;

	options_free(t->home.options);
	t->home.options = NULL;
}

static void
set_option(struct t *t, const char *line)
{
	static const struct option *const of_blob[] = { blob_option_table,
		NULL };
	const char *path =
	    arena_printf(t->arena, "%s/truc.conf", t->home.data_dir);

	t_ok(&t->ctx, file_write(&t->ctx, path, bytes_of_text(line), 0600));
	t_ok(&t->ctx, options_read(&t->ctx, path, of_blob, &t->home.options));
	t_defer(t, end_options, t);
}

static void
give_up(struct t *t, struct bytes content)
{
	const int64_t id = begun(t, content);

	t_ok(&t->ctx, part(t, id, content, 0, content.len));
	t_ok(&t->ctx, complete(t, id));
	t_ok(t_fresh(t), upload_end(&t->ctx, id));
}

/* Four steps for a person: what was given up counts until it is off the disk. */
static void
what_was_given_up_counts_for_a_while(void **state)
{
	struct t *t = *state;
	struct beginning of = { .bytes = UPLOAD_STEP };
	int64_t id = 0;

	begin(t);
	set_option(t, "upload.bytes_a_person = 1 MiB\n");
	give_up(t, content_of(STEP, 1));
	give_up(t, content_of(1, 2)); /* as much as a step */
	/* What was never complete is off the disk at once. */
	id = begun(t, content_of(2 * STEP, 3));
	t_ok(t_fresh(t), upload_end(&t->ctx, id));
	of.bytes = 2 * UPLOAD_STEP + 1;
	assert_int_equal(t_unit(t, begin_one, &of), FAIL_CONFLICT);
	assert_string_equal(t->ctx.failure.code, "upload.given_up");
	/* Others, and what fits, are taken. */
	t->ctx.actor = &bert;
	t_ok(&t->ctx, t_unit(t, begin_one, &of));
	t->ctx.actor = &anna;
	of.bytes = 2 * UPLOAD_STEP;
	t_ok(&t->ctx, t_unit(t, begin_one, &of));
	t_ok(t_fresh(t), upload_end(&t->ctx, of.id));
	of.bytes = 4 * UPLOAD_STEP;
	t->clock_us += blob_option_table[BLOB_IDLE].initial * HOUR_US;
	assert_int_equal(t_unit(t, begin_one, &of), FAIL_CONFLICT);
	t->clock_us += HOUR_US;
	t_ok(&t->ctx, t_unit(t, begin_one, &of));
	t_ok(t_fresh(t), uploads_forget_ended(&t->ctx));
}

static void
what_is_left_alone_expires(void **state)
{
	struct t *t = *state;
	const struct bytes all = content_of(STEP, 1);
	int64_t open = 0;
	int64_t done = 0;
	int64_t kept = 0;
	size_t count = 0;

	begin(t);
	open = begun(t, content_of(2 * STEP, 1));
	t_ok(&t->ctx, part(t, open, all, 0, STEP));
	done = begun(t, content_of(STEP, 1));
	t_ok(&t->ctx, part(t, done, all, 0, STEP));
	t_ok(&t->ctx, complete(t, done));
	t->clock_us += upload_life_us(&t->home);
	kept = begun(t, all);
	(void)t_fresh(t);
	t_ok(&t->ctx, uploads_expire(&t->ctx,
			  t->clock_us - upload_life_us(&t->home), &count));
	assert_int_equal(count, 2);
	assert_int_equal(state_of(t, kept).received, 0);
	assert_int_equal(count_files(t, "upload"), 0);
	assert_false(may_read(t, &anna, all));
	(void)t_fresh(t);
	t_ok(&t->ctx, blob_forget_idle(&t->ctx, t->clock_us, 10, &count));
	assert_int_equal(count, 1);
}

static void
files_without_an_upload_are_swept(void **state)
{
	struct t *t = *state;
	const struct bytes all = content_of(2 * STEP, 1);
	size_t count = 0;
	int64_t id = 0;

	begin(t);
	id = begun(t, all);
	t_ok(&t->ctx, part(t, id, all, 0, STEP));
	t_ok(&t->ctx,
	    file_write(&t->ctx,
		arena_printf(t->arena, "%s/upload/99", t->home.data_dir),
		slice_of(all, 0, 9), 0600));
	(void)t_fresh(t);
	t_ok(&t->ctx, uploads_sweep(&t->ctx, &count));
	assert_int_equal(count, 1);
	assert_int_equal(count_files(t, "upload"), 1);
	t_ok(&t->ctx, part(t, id, all, STEP, STEP));
	t_ok(&t->ctx, complete(t, id));
}

/* A crash between writing and the row: what the row does not count is none. */
static void
bytes_behind_the_row_do_not_count(void **state)
{
	struct t *t = *state;
	const struct bytes all = content_of(2 * STEP, 1);
	FILE *file = NULL;
	int64_t id = 0;

	begin(t);
	id = begun(t, all);
	t_ok(&t->ctx, part(t, id, all, 0, STEP));
	file = fopen(arena_printf(t->arena, "%s/upload/%lld", t->home.data_dir,
			 (long long)id),
	    "ab");
	assert_non_null(file);
	for (int i = 0; i < 3000000; i++)
		assert_int_equal(fputc('x', file), 'x');
	(void)fclose(file);
	t_ok(&t->ctx, part(t, id, all, STEP, STEP));
	t_ok(&t->ctx, complete(t, id));
	assert_blob(t, all);
}

/* As after a restore, whose copy leaves unfinished files out. */
static void
an_upload_without_its_file_begins_anew(void **state)
{
	struct t *t = *state;
	const struct bytes all = content_of(2 * STEP, 1);
	int64_t id = 0;

	begin(t);
	id = begun(t, all);
	t_ok(&t->ctx, part(t, id, all, 0, STEP));
	assert_int_equal(unlink(arena_printf(t->arena, "%s/upload/%lld",
			     t->home.data_dir, (long long)id)),
	    0);
	t_fails(&t->ctx, part(t, id, all, STEP, STEP), FAIL_CONFLICT,
	    "upload.gap");
	assert_int_equal(state_of(t, id).received, 0);
	t_ok(&t->ctx, part(t, id, all, 0, 2 * STEP));
	t_ok(&t->ctx, complete(t, id));
	assert_blob(t, all);
}

static void
jobs_end(void *object)
{
	jobs_free(object);
}

/* Both jobs, run by the schedule as the server does. */
static void
the_jobs_keep_house(void **state)
{
	static const struct job_kind *const tables[] = { blob_jobs, NULL };
	struct t *t = *state;
	const struct bytes all = content_of(STEP, 1);
	int64_t next_us = 0;
	int64_t id = 0;
	int ran = 0;

	begin(t);
	t->home.jobs = jobs_new(tables);
	t_defer(t, jobs_end, t->home.jobs);
	t_ok(&t->ctx, jobs_schedule(&t->ctx));
	id = begun(t, all);
	t_ok(&t->ctx, part(t, id, all, 0, STEP));
	t_ok(&t->ctx, complete(t, id));
	t_ok(&t->ctx,
	    file_write(&t->ctx,
		arena_printf(t->arena, "%s/blob/ab/%062d", t->home.data_dir, 0),
		slice_of(all, 0, 9), 0600));
	/* It expires, then it is idle for a day, then it is forgotten. */
	for (int days = 0; days < 4; days++) {
		t->clock_us += DAY_US;
		(void)t_fresh(t);
		t->ctx.actor = &access_system;
		t_ok(&t->ctx,
		    jobs_run_due(&t->ctx, JOB_LONG, 9, &ran, &next_us));
		assert_int_equal(ran, 2);
	}
	t->ctx.actor = &anna;
	assert_int_equal(t_read(t, look, &(struct looking){ .id = id }),
	    FAIL_NOT_FOUND);
	for (int i = 0; i < BLOB_PARTS; i++)
		assert_int_equal(count_files(t, arena_printf(t->arena,
						    "blob/%02x", (unsigned)i)),
		    0);
}

/* ---- the n-th failure ---- */

/* From beginning to end, taking up the upload where it is. */
static enum fail
send_all(struct t *t, int64_t id, struct bytes all)
{
	struct upload *upload = NULL;
	struct looking looking = { .id = id };
	const struct faults wish = t->faults;

	t->faults = (struct faults){ 0 };
	looking = state_of(t, id);
	t->faults = wish;
	(void)t_fresh(t);
	for (size_t at = (size_t)looking.received; at < all.len; at += STEP)
		TRY(upload_part(&t->ctx, id, (int64_t)at,
		    slice_of(all, at, STEP), &upload));
	return upload_complete(&t->ctx, id, &upload);
}

static void
after_any_failure_it_goes_on_from_what_was_received(void **state)
{
	struct t *t = *state;
	const struct bytes all = content_of(2 * STEP, 1);
	bool fired = true;
	int steps = 0;

	begin(t);
	for (int step = 1; fired; step++, steps++) {
		const int64_t id = begun(t, all);
		int64_t before = 0;
		enum fail got = OK;
		size_t count = 0;

		t->faults = (struct faults){ .at = step };
		got = send_all(t, id, all);
		fired = t->faults.fired != 0;
		t->faults = (struct faults){ 0 };
		assert_int_equal(got, fired ? FAIL_INTERNAL : OK);
		before = state_of(t, id).received;
		assert_int_equal(before % UPLOAD_STEP, 0);
		t_ok(&t->ctx, send_all(t, id, all));
		assert_true(state_of(t, id).complete);
		assert_blob(t, all);
		/* Nothing is left of it but the blob. */
		(void)t_fresh(t);
		t_ok(&t->ctx, upload_end(&t->ctx, id));
		(void)t_fresh(t);
		t_ok(&t->ctx, blob_start(&t->ctx));
		(void)t_fresh(t);
		t_ok(&t->ctx,
		    blob_forget_idle(&t->ctx, t->clock_us, 10, &count));
		assert_int_equal(count, 1);
		assert_int_equal(count_files(t, "upload"), 0);
	}
	assert_true(steps > 15);
}

/* ---- the refusal that reveals nothing ---- */

static struct http_response
ask_for(struct t *t, struct bytes content, const char *bearer)
{
	const struct digest digest = digest_of(content);
	static char path[100];

	(void)snprintf(path, sizeof(path), "/api/v1/blobs/%s",
	    digest_hex(t->ctx.arena, &digest));
	return t_send(t, (struct t_request){ .path = path,
			     .headers = { { "Authorization", bearer } } });
}

static void
a_foreign_blob_answers_like_one_that_is_none(void **state)
{
	struct t *t = *state;
	struct t_person carl = { .login = "carl" };
	int64_t id = 0;

	begin(t);
	t_person(t, &carl);
	t->ctx.actor = &anna;
	id = begun(t, content_of(STEP, 1));
	t_ok(&t->ctx, part(t, id, content_of(STEP, 1), 0, STEP));
	t_ok(&t->ctx, complete(t, id));
	for (unsigned seed = 1; seed <= 2; seed++) {
		const int64_t from_us = time_steady_us();
		struct http_response got = { 0 };

		got = ask_for(t, content_of(STEP, seed), carl.bearer);
		(void)t_problem(t, &got, 404, "blob.unknown");
		assert_true(time_steady_us() - from_us >= BLOB_REFUSAL_US);
	}
}

static void
without_room_on_the_disk_nothing_is_written(void **state)
{
	struct t *t = *state;
	const struct bytes all = content_of(3 * STEP, 1);
	struct upload *upload = NULL;
	int64_t id = 0;

	begin(t);
	id = begun(t, all);
	t_ok(&t->ctx, part(t, id, all, 0, STEP));
	/* Of a folder that is not there nothing is free. */
	t->home.room = room_new("/nowhere/at/all");
	t_fails(&t->ctx, part(t, id, all, 0, 2 * STEP), FAIL_BUSY,
	    "spool.full");
	t_fails(&t->ctx,
	    upload_whole_bytes(t_fresh(t), id, slice_of(all, 0, 3 * STEP),
		&upload),
	    FAIL_BUSY, "spool.full");
	assert_int_equal(count_files(t, "spool"), 0);
	assert_int_equal(state_of(t, id).received, STEP);
	/* What is there already takes none. */
	t_ok(&t->ctx, part(t, id, all, 0, STEP));
	room_free(t->home.room);
	t->home.room = NULL;
	t_ok(&t->ctx, part(t, id, all, STEP, 2 * STEP));
	t_ok(&t->ctx, complete(t, id));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(steps_in_order_become_a_blob),
		t_test(an_empty_file_is_complete_at_once),
		t_test(a_power_cut_leaves_what_was_acknowledged),
		t_test(a_part_may_be_repeated_but_not_changed),
		t_test(odd_parts_are_refused_and_change_nothing),
		t_test(another_content_is_refused_and_may_be_sent_again),
		t_test(a_whole_file_is_taken_at_once),
		t_test(an_upload_is_its_persons_alone),
		t_test(two_people_send_the_same_content),
		t_test(one_request_at_a_time_is_at_an_upload),
		t_test(a_slice_takes_it_and_says_who_may_read),
		t_test(a_person_has_so_many_uploads_at_a_time),
		t_test(what_was_given_up_counts_for_a_while),
		t_test(an_id_is_never_given_twice),
		t_test(what_is_left_alone_expires),
		t_test(files_without_an_upload_are_swept),
		t_test(bytes_behind_the_row_do_not_count),
		t_test(the_jobs_keep_house),
		t_test(an_upload_without_its_file_begins_anew),
		t_test(after_any_failure_it_goes_on_from_what_was_received),
		t_test(a_foreign_blob_answers_like_one_that_is_none),
		t_test(without_room_on_the_disk_nothing_is_written),
	};

	return t_run(tests);
}
