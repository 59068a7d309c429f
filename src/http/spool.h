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
 * leave SPOOL_SPARE of the disk free for the database.
 *
 * Any thread; a spool file belongs to one thread at a time.
 */
#define SPOOL_SPARE (INT64_C(64) << 20)

struct arena;
struct spool;
struct spool_file;

/* folder is kept; all_max in bytes. */
struct spool *spool_new(struct arena *arena, const char *folder,
    int64_t all_max);

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
