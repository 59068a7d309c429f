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

/*
 * A full disk.  FOLDER/reserve takes so many bytes that nobody uses.  Who finds
 * the disk full has it freed, so that people can still sign in, read and clear
 * up; from then on the disk counts as full, and what adds is refused by those who
 * ask, until there was room to make the file again.
 *
 * At start, by who serves; 0: without the file.  On a disk that is full already
 * it is freed at once.  Without this call a room is never full.
 */
void room_reserve(struct room *room, int64_t bytes);

/* A write has failed for want of room. */
void room_note_full(struct room *room);

/*
 * Is it full?  Looked at anew once a second at most: by who asks then, which may
 * take as long as making the file.  NULL: never.
 */
bool room_is_full(struct room *room);
/* As it was seen last. */
bool room_was_full(const struct room *room);
/* Look now; for tests. */
void room_look(struct room *room);

/* For gauges: what is free, with what is taken; what the file holds. */
int64_t room_free_bytes(const struct room *room);
int64_t room_reserved(struct room *room);

/* What errno says: no room, no share of it left, or a file at its limit. */
bool room_is_wanting(int error);

#endif
