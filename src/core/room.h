#ifndef CORE_ROOM_H
#define CORE_ROOM_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Room on a folder's disk for what people send.  What was taken and is not
 * written yet counts as used, and ROOM_SPARE is left free for the database:
 * whoever sends files does not stop those who report.  Any thread.
 */
#define ROOM_SPARE (INT64_C(64) << 20)

struct room;

struct room *room_new(const char *folder);
void room_free(struct room *room); /* NULL does nothing */

/*
 * Before so many bytes are written; false: there is no room.  NULL: a program
 * without one has no limit.
 */
bool room_take(struct room *room, int64_t bytes);

/* Of what was taken, so many bytes are written, or never will be. */
void room_give(struct room *room, int64_t bytes);

#endif
