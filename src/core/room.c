#include "core/room.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/day.h"
#include "core/log.h"

/*
 * With less than a quarter of the reserve free, and LOW_BYTES, the disk counts as
 * full before a write fails; and it does so until twice that is free beside the
 * file, so that it is not full and well by turns.
 */
#define LOW_BYTES ((int64_t)256 * 1024)
#define LOOK_EVERY_US SECOND_US

struct room {
	char *folder;
	_Atomic int64_t taken;

	char *file; /* the reserve's */
	atomic_bool is_watched;
	atomic_bool is_full;
	_Atomic int64_t looked_us; /* steady */
	pthread_mutex_t lock; /* of the file, and of what follows from it */
	int64_t wanted;
	int64_t held;
};

struct room *
room_new(const char *folder)
{
	struct room *room = calloc(1, sizeof(*room));

	assert(room != NULL);
	room->folder = strdup(folder);
	assert(room->folder != NULL);
	if (asprintf(&room->file, "%s/reserve", folder) < 0)
		abort();
	(void)pthread_mutex_init(&room->lock, NULL);
	return room;
}

void
room_free(struct room *room)
{
	if (room == NULL)
		return;
	(void)pthread_mutex_destroy(&room->lock);
	free(room->file);
	free(room->folder);
	free(room);
}

int64_t
room_free_bytes(const struct room *room)
{
	struct statvfs about = { 0 };

	if (room == NULL || statvfs(room->folder, &about) != 0)
		return 0;
	return (int64_t)((uint64_t)about.f_bavail * about.f_frsize);
}

/* First taken, then looked at: of two who come together each sees the other. */
bool
room_take(struct room *room, int64_t bytes)
{
	int64_t taken = 0;

	if (room == NULL)
		return true;
	taken = atomic_fetch_add(&room->taken, bytes) + bytes;
	if (room_free_bytes(room) - ROOM_SPARE >= taken)
		return true;
	room_give(room, bytes);
	return false;
}

void
room_give(struct room *room, int64_t bytes)
{
	if (room != NULL)
		(void)atomic_fetch_sub(&room->taken, bytes);
}

/* ---- a full disk ---- */

bool
room_is_wanting(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

static int64_t
low_bytes(const struct room *room)
{
	return room->wanted / 4 + LOW_BYTES;
}

/* Its blocks, not only its length; one that is there already is made to fit. */
static bool
fill(int fd, int64_t bytes)
{
	return posix_fallocate(fd, 0, bytes) == 0 && ftruncate(fd, bytes) == 0;
}

/* With the lock, as all that follows. */
static bool
make_file(struct room *room)
{
	int fd = -1;
	bool is_made = false;

	if (room->wanted == 0)
		return true;
	fd = open(room->file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	is_made = fill(fd, room->wanted);
	(void)close(fd);
	if (!is_made)
		(void)unlink(room->file);
	room->held = is_made ? room->wanted : 0;
	return is_made;
}

static void
become_full(struct room *room)
{
	if (atomic_exchange(&room->is_full, true))
		return;
	(void)unlink(room->file);
	LOG(LOG_ERROR, "disk.full", LOG_T("path", room->folder),
	    LOG_N("freed", room->held), LOG_N("free", room_free_bytes(room)));
	room->held = 0;
}

static void
become_well(struct room *room)
{
	atomic_store(&room->is_full, false);
	LOG(LOG_INFO, "disk.room", LOG_T("path", room->folder),
	    LOG_N("free", room_free_bytes(room)));
}

static void
look(struct room *room)
{
	const int64_t left = room_free_bytes(room);
	const int64_t low = low_bytes(room);

	if (!atomic_load(&room->is_full)) {
		if (left < low)
			become_full(room);
	} else if (left >= room->wanted + 2 * low && make_file(room)) {
		become_well(room);
	}
}

void
room_reserve(struct room *room, int64_t bytes)
{
	(void)pthread_mutex_lock(&room->lock);
	room->wanted = bytes;
	atomic_store(&room->is_watched, true);
	atomic_store(&room->looked_us, time_steady_us());
	if (bytes == 0)
		(void)unlink(room->file);
	if (room_free_bytes(room) < low_bytes(room) || !make_file(room))
		become_full(room);
	(void)pthread_mutex_unlock(&room->lock);
}

void
room_note_full(struct room *room)
{
	if (room == NULL || !atomic_load(&room->is_watched) ||
	    atomic_load(&room->is_full))
		return;
	(void)pthread_mutex_lock(&room->lock);
	become_full(room);
	atomic_store(&room->looked_us, time_steady_us());
	(void)pthread_mutex_unlock(&room->lock);
}

bool
room_is_full(struct room *room)
{
	int64_t looked_us = 0;

	if (room == NULL || !atomic_load(&room->is_watched))
		return false;
	looked_us = atomic_load(&room->looked_us);
	/* Who comes meanwhile gets the last word. */
	if (time_steady_us() - looked_us >= LOOK_EVERY_US &&
	    pthread_mutex_trylock(&room->lock) == 0) {
		look(room);
		atomic_store(&room->looked_us, time_steady_us());
		(void)pthread_mutex_unlock(&room->lock);
	}
	return atomic_load(&room->is_full);
}

bool
room_was_full(const struct room *room)
{
	return room != NULL && atomic_load(&room->is_full);
}

void
room_look(struct room *room)
{
	if (room == NULL || !atomic_load(&room->is_watched))
		return;
	(void)pthread_mutex_lock(&room->lock);
	look(room);
	atomic_store(&room->looked_us, time_steady_us());
	(void)pthread_mutex_unlock(&room->lock);
}

int64_t
room_reserved(struct room *room)
{
	int64_t held = 0;

	if (room == NULL)
		return 0;
	(void)pthread_mutex_lock(&room->lock);
	held = room->held;
	(void)pthread_mutex_unlock(&room->lock);
	return held;
}
