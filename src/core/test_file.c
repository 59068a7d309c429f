#include "t.h"
#include "t_flush.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/file.h"

static const char *
in_folder(struct t *t, const char *name)
{
	return arena_printf(t->arena, "%s/%s", t_folder(t), name);
}

static int
entries(const char *folder)
{
	DIR *open = opendir(folder);
	int count = 0;

	assert_non_null(open);
	while (readdir(open) != NULL)
		count++;
	(void)closedir(open);
	return count - 2;
}

static void
what_is_written_is_read(void **state)
{
	struct t *t = *state;
	struct ctx *ctx = &t->ctx;
	const char *path = in_folder(t, "a");
	struct bytes got = { 0 };
	struct stat about = { 0 };

	assert_false(file_exists(path));
	t_ok(ctx, file_write(ctx, path,
		      (struct bytes){ (const uint8_t *)"a\0b", 3 }, 0640));
	assert_true(file_exists(path));
	t_ok(ctx, file_read(ctx, path, 3, &got));
	assert_int_equal(got.len, 3);
	assert_memory_equal(got.at, "a\0b", 4);
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0640);
	t_ok(ctx, file_write(ctx, path, bytes_of_text(""), 0600));
	t_ok(ctx, file_read(ctx, path, 0, &got));
	assert_int_equal(got.len, 0);
	assert_int_equal(entries(t_folder(t)), 1);
}

static void
reading_says_why_it_fails(void **state)
{
	struct t *t = *state;
	struct ctx *ctx = &t->ctx;
	struct bytes got = { NULL, 99 };
	const char *path = in_folder(t, "a");

	t_fails(ctx, file_read(ctx, path, 9, &got), FAIL_NOT_FOUND,
	    "file.missing");
	t_ok(ctx, file_write(ctx, path, bytes_of_text("abcd"), 0600));
	t_fails(ctx, file_read(ctx, path, 3, &got), FAIL_TOO_BIG,
	    "file.too_big");
	t_fails(ctx, file_read(ctx, t_folder(t), 9, &got), FAIL_INTERNAL,
	    "file.io");
	t_fails(ctx, file_read(ctx, in_folder(t, "a/b"), 9, &got),
	    FAIL_NOT_FOUND, "file.missing");
	assert_int_equal(got.len, 99);
}

static void
writing_into_no_folder_fails(void **state)
{
	struct t *t = *state;
	struct ctx *ctx = &t->ctx;

	t_fails(ctx,
	    file_write(ctx, in_folder(t, "no/a"), bytes_of_text("x"), 0600),
	    FAIL_INTERNAL, "file.io");
	t_ok(ctx, file_folder(ctx, in_folder(t, "d")));
	t_fails(ctx,
	    file_write(ctx, in_folder(t, "d"), bytes_of_text("x"), 0600),
	    FAIL_INTERNAL, "file.io");
	assert_int_equal(entries(t_folder(t)), 1);
}

static void
a_folder_is_made_once(void **state)
{
	struct t *t = *state;
	struct ctx *ctx = &t->ctx;

	t_ok(ctx, file_folder(ctx, in_folder(t, "d")));
	t_ok(ctx, file_folder(ctx, in_folder(t, "d")));
	t_fails(ctx, file_folder(ctx, in_folder(t, "x/y")), FAIL_INTERNAL,
	    "file.io");
	t_ok(ctx, file_write(ctx, in_folder(t, "f"), bytes_of_text(""), 0600));
	t_fails(ctx, file_folder(ctx, in_folder(t, "f")), FAIL_INTERNAL,
	    "file.io");
}

/* Whichever step breaks, the file holds the old content or the new, whole. */
static void
a_broken_write_leaves_a_whole_file_and_no_litter(void **state)
{
	struct t *t = *state;
	const char *folder = t_folder(t);
	int step = 1;

	for (; step < 50; step++) {
		struct ctx *ctx = t_fresh(t);
		const char *path = in_folder(t, "a");
		struct bytes got = { 0 };
		enum fail result = OK;

		t->faults = (struct faults){ 0 };
		t_ok(ctx, file_write(ctx, path, bytes_of_text("old"), 0600));
		t->faults = (struct faults){ .at = step };
		result = file_write(ctx, path, bytes_of_text("newer"), 0600);
		if (t->faults.fired == 0) {
			t_ok(ctx, result);
			break;
		}
		t_fails(ctx, result, FAIL_INTERNAL, "fault.injected");
		t->faults = (struct faults){ 0 };
		t_ok(ctx, file_read(ctx, path, 9, &got));
		assert_true(bytes_equal(got, bytes_of_text("old")) ||
			    bytes_equal(got, bytes_of_text("newer")));
		assert_int_equal(entries(folder), 1);
	}
	assert_int_equal(step, 6);
}

/* A disk's error is said once: whoever waits for the writing hears of it, and
 * the flush that comes after does not. */
static bool disk_fails;

int
sync_file_range(int fd, off_t from, off_t len, unsigned flags)
{
	if (disk_fails) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_sync_file_range, fd, from, len, flags);
}

static enum fail
write_in_pieces(struct ctx *ctx, const char *path)
{
	struct file_out *out = NULL;

	TRY(file_out_begin(ctx, path, 0600, &out));
	TRY(file_out_add(ctx, out, bytes_of_text("one, ")));
	TRY(file_out_add(ctx, out, bytes_of_text("two")));
	return file_out_end(ctx, out);
}

static void
a_file_written_in_pieces_is_there_whole_or_not_at_all(void **state)
{
	struct t *t = *state;
	const char *folder = t_folder(t);
	char path[200];
	struct bytes got = { 0 };
	struct file_out *out = NULL;
	bool fired = true;

	(void)snprintf(path, sizeof(path), "%s/a", folder);
	for (int step = 1; fired; step++) {
		enum fail outcome = OK;

		t->faults = (struct faults){ .at = step };
		outcome = write_in_pieces(&t->ctx, path);
		fired = t->faults.fired > 0;
		assert_int_equal(outcome == OK, !fired);
		t->faults = (struct faults){ 0 };
		t_fresh(t);
		/* Only the folder's flush fails after the name is given. */
		if (!file_exists(path))
			assert_int_equal(entries(folder), 0);
		else
			assert_int_equal(entries(folder), 1);
	}
	t_ok(&t->ctx, file_read(&t->ctx, path, 100, &got));
	assert_string_equal((const char *)got.at, "one, two");
	/* Half a file is given up; what a killed process left is written over. */
	t_ok(&t->ctx, file_out_begin(&t->ctx, path, 0600, &out));
	t_ok(&t->ctx, file_out_add(&t->ctx, out, bytes_of_text("x")));
	assert_int_equal(entries(folder), 2);
	t_fresh(t);
	assert_int_equal(entries(folder), 1);
	t_ok(&t->ctx,
	    file_write(&t->ctx, arena_printf(t->ctx.arena, "%s.part", path),
		bytes_of_text("something longer than that"), 0600));
	t_ok(&t->ctx, write_in_pieces(&t->ctx, path));
	t_ok(&t->ctx, file_read(&t->ctx, path, 100, &got));
	assert_string_equal((const char *)got.at, "one, two");
}

static void
a_piece_that_does_not_reach_the_disk_fails_the_file(void **state)
{
	static const uint8_t piece[256 * 1024];
	struct t *t = *state;
	struct file_out *out = NULL;

	t_ok(&t->ctx, file_out_begin(&t->ctx, in_folder(t, "a"), 0600, &out));
	t_ok(&t->ctx, file_out_add(&t->ctx, out, bytes_of_text("x")));
	disk_fails = true;
	t_fails(&t->ctx,
	    file_out_add(&t->ctx, out, (struct bytes){ piece, sizeof(piece) }),
	    FAIL_INTERNAL, "file.io");
	disk_fails = false;
}

static void
a_power_cut_leaves_a_whole_file(void **state)
{
	struct t *t = *state;
	struct file_out *out = NULL;

	t_flush_begin();
	t_ok(&t->ctx, file_write(&t->ctx, in_folder(t, "at_once"),
			  bytes_of_text("whole"), 0600));
	t_flush_is_named("/at_once");
	t_ok(&t->ctx,
	    file_out_begin(&t->ctx, in_folder(t, "in_pieces"), 0600, &out));
	t_ok(&t->ctx, file_out_add(&t->ctx, out, bytes_of_text("whole")));
	t_ok(&t->ctx, file_out_end(&t->ctx, out));
	t_flush_is_named("/in_pieces");
}

/* The kernel's limit on the size of a file stands for a disk without room. */
static void
a_full_disk_is_told_from_a_broken_one(void **state)
{
	struct t *t = *state;
	const struct rlimit little = { 4, RLIM_INFINITY };
	const struct rlimit enough = { RLIM_INFINITY, RLIM_INFINITY };
	struct file_out *out = NULL;

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	t_fails(&t->ctx,
	    file_write(&t->ctx, in_folder(t, "a"), bytes_of_text("a text"),
		0600),
	    FAIL_BUSY, "disk.full");
	t_ok(&t->ctx, file_out_begin(&t->ctx, in_folder(t, "b"), 0600, &out));
	t_fails(&t->ctx, file_out_add(&t->ctx, out, bytes_of_text("a text")),
	    FAIL_BUSY, "disk.full");
	(void)t_fresh(t);
	assert_int_equal(entries(t_folder(t)), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &enough), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(what_is_written_is_read),
		t_test(a_file_written_in_pieces_is_there_whole_or_not_at_all),
		t_test(reading_says_why_it_fails),
		t_test(writing_into_no_folder_fails),
		t_test(a_folder_is_made_once),
		t_test(a_broken_write_leaves_a_whole_file_and_no_litter),
		t_test(a_piece_that_does_not_reach_the_disk_fails_the_file),
		t_test(a_power_cut_leaves_a_whole_file),
		t_test(a_full_disk_is_told_from_a_broken_one),
	};
	/* What a limit refuses is a failure, not the end. */
	(void)signal(SIGXFSZ, SIG_IGN);
	return t_run(tests);
}
