#ifndef HTTP_SPOOL_H
#define HTTP_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "http/http.h"

/*
 * Bodies that are too large for memory, in files of one folder, which is
 * emptied at start by whoever owns it.  All of them together have a limit, and
 * keep to the room of the disk (core/room.h).
 *
 * Any thread; a spool file belongs to one thread at a time.
 */
struct arena;
struct room;
struct spool;
struct spool_file;

/* all_max in bytes; room NULL: the disk is not looked at. */
struct spool *spool_new(struct arena *arena, const char *folder,
    int64_t all_max, struct room *room);

enum spool_room { SPOOL_ROOM, SPOOL_BUSY, SPOOL_FULL };

/*
 * Begin a file for so many bytes: SPOOL_BUSY if all files together would be too
 * large (later there may be room), SPOOL_FULL if the disk is.  It lives in
 * arena, and is removed with it unless somebody has renamed it.
 */
enum spool_room spool_begin(struct spool *spool, struct arena *arena,
    int64_t id, int64_t bytes, struct spool_file **ret);

/* False, now and from then on, if it cannot be written: the disk is full. */
bool spool_add(struct spool_file *file, struct bytes piece);

/* What it is when all has been added; false if something is missing. */
bool spool_end(struct spool_file *file, struct http_spooled *ret);

#endif
