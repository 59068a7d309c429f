#include "core/room.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

struct room {
	char *folder;
	_Atomic int64_t taken;
};

struct room *
room_new(const char *folder)
{
	struct room *room = calloc(1, sizeof(*room));

	assert(room != NULL);
	room->folder = strdup(folder);
	assert(room->folder != NULL);
	return room;
}

void
room_free(struct room *room)
{
	if (room == NULL)
		return;
	free(room->folder);
	free(room);
}

/* First taken, then looked at: of two who come together each sees the other. */
bool
room_take(struct room *room, int64_t bytes)
{
	struct statvfs about = { 0 };
	int64_t taken = 0;

	if (room == NULL)
		return true;
	taken = atomic_fetch_add(&room->taken, bytes) + bytes;
	if (statvfs(room->folder, &about) == 0 &&
	    (uint64_t)about.f_bavail * about.f_frsize >=
		(uint64_t)taken + (uint64_t)ROOM_SPARE)
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
