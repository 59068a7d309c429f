#include "t.h"

#include <sys/statvfs.h>

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
	room_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(what_is_taken_counts_until_it_is_given),
		t_test(the_spare_is_nobodys),
		t_test(
		    without_a_disk_there_is_no_room_and_without_a_room_no_limit),
	};

	return t_run(tests);
}
