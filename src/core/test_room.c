#include "t.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/room.h"

static int64_t
free_bytes(const char *folder)
{
	struct statvfs about = { 0 };

	assert_int_equal(statvfs(folder, &about), 0);
	return (int64_t)(about.f_bavail * about.f_frsize);
}

/* Others may write meanwhile: the half of the rest is far from both bounds. */
static void
what_is_taken_counts_until_it_is_given(void **state)
{
	struct t *t = *state;
	const char *folder = t_folder(t);
	struct room *room = room_new(folder);
	const int64_t half = (free_bytes(folder) - ROOM_SPARE) / 2;
	const int64_t more = half + half / 2;

	assert_true(half > 0);
	assert_true(room_take(room, half));
	assert_false(room_take(room, more));
	/* Who was refused holds nothing. */
	assert_true(room_take(room, half / 2));
	room_give(room, half + half / 2);
	assert_true(room_take(room, more));
	room_give(room, more);
	room_free(room);
}

static void
the_spare_is_nobodys(void **state)
{
	struct t *t = *state;
	const char *folder = t_folder(t);
	struct room *room = room_new(folder);

	assert_false(room_take(room, free_bytes(folder) - ROOM_SPARE / 2));
	assert_false(room_take(room, INT64_MAX / 2));
	assert_true(room_take(room, 1));
	room_free(room);
}

static void
without_a_disk_there_is_no_room_and_without_a_room_no_limit(void **state)
{
	struct room *room = room_new("/nowhere/at/all");

	(void)state;
	assert_false(room_take(room, 0));
	room_free(room);
	assert_true(room_take(NULL, INT64_MAX));
	room_give(NULL, INT64_MAX);
	room_note_full(NULL);
	room_look(NULL);
	assert_false(room_is_full(NULL));
	room_free(NULL);
}

/* ---- a full disk ---- */

#define RESERVE (INT64_C(1) << 20)

/* The kernel's limit on the size of a file stands for a disk without room. */
static void
limit_files(rlim_t bytes)
{
	const struct rlimit limit = { bytes, RLIM_INFINITY };

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Bytes on the disk, not the length; -1: there is no such file. */
static int64_t
bytes_of_reserve(struct t *t)
{
	struct stat about = { 0 };

	if (stat(arena_printf(t->arena, "%s/reserve", t_folder(t)), &about) !=
	    0)
		return -1;
	return (int64_t)about.st_blocks * 512;
}

static void
a_full_disk_has_its_reserve_until_there_is_room_again(void **state)
{
	struct t *t = *state;
	struct room *room = room_new(t_folder(t));

	/* Nobody watches it yet. */
	room_note_full(room);
	assert_false(room_is_full(room));
	assert_int_equal(bytes_of_reserve(t), -1);
	room_reserve(room, RESERVE);
	assert_false(room_is_full(room));
	assert_true(bytes_of_reserve(t) >= RESERVE);
	assert_int_equal(room_reserved(room), RESERVE);

	limit_files(RESERVE / 2);
	room_note_full(room);
	assert_true(room_is_full(room));
	assert_int_equal(bytes_of_reserve(t), -1);
	room_look(room);
	assert_true(room_is_full(room));
	assert_int_equal(bytes_of_reserve(t), -1);
	assert_int_equal(room_reserved(room), 0);

	limit_files(RLIM_INFINITY);
	room_look(room);
	assert_false(room_is_full(room));
	assert_true(bytes_of_reserve(t) >= RESERVE);
	room_free(room);
}

static void
a_reserve_of_an_earlier_start_is_made_to_fit(void **state)
{
	struct t *t = *state;
	struct room *room = room_new(t_folder(t));

	room_reserve(room, 2 * RESERVE);
	assert_true(bytes_of_reserve(t) >= 2 * RESERVE);
	room_reserve(room, RESERVE);
	assert_in_range(bytes_of_reserve(t), RESERVE, 2 * RESERVE - 1);
	room_reserve(room, 0);
	assert_int_equal(bytes_of_reserve(t), -1);
	room_free(room);
}

/* As one that was full when the server ended: nothing of it is held back. */
static void
a_disk_that_is_full_at_the_start_is_said(void **state)
{
	struct t *t = *state;
	struct room *room = room_new(t_folder(t));

	room_reserve(room, RESERVE);
	room_reserve(room, INT64_MAX / 4);
	assert_true(room_is_full(room));
	assert_int_equal(bytes_of_reserve(t), -1);
	room_look(room);
	assert_true(room_is_full(room));
	room_free(room);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(what_is_taken_counts_until_it_is_given),
		t_test(the_spare_is_nobodys),
		t_test(
		    without_a_disk_there_is_no_room_and_without_a_room_no_limit),
		t_test(a_full_disk_has_its_reserve_until_there_is_room_again),
		t_test(a_reserve_of_an_earlier_start_is_made_to_fit),
		t_test(a_disk_that_is_full_at_the_start_is_said),
	};

	/* What a limit refuses is a failure, not the end. */
	(void)signal(SIGXFSZ, SIG_IGN);
	return t_run(tests);
}
