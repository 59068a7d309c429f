#ifndef BLOB_INSIDE_H
#define BLOB_INSIDE_H

#include <stdint.h>

#include "core/bytes.h"
#include "core/ctx.h"
#include "people/tally.h"
#include "trust/trust.h"

/*
 * The file of an upload, DIR/upload/ID, open and locked: one request at a time
 * is at an upload.  No transaction is open.
 */
#define UPLOAD_OWNER "upload" /* its kind among the references of a blob */

/* Of the file; *ret is closed by the caller.  FAIL_BUSY "upload.busy". */
enum fail upload_file_open(struct ctx *ctx, int64_t id, int *ret);
/* Room on the disk for so many bytes, given back by room_give (core/room.h).
 * FAIL_BUSY "spool.full". */
enum fail upload_room_take(struct ctx *ctx, size_t bytes);
/*
 * Write at offset, behind which nothing counts, and flush.  What failed is cut
 * off again.  FAIL_BUSY "spool.full".
 */
enum fail upload_file_add(struct ctx *ctx, int fd, int64_t offset,
    struct bytes bytes);
/* FAIL_CONFLICT "upload.differs" */
enum fail upload_file_compare(struct ctx *ctx, int fd, int64_t offset,
    struct bytes bytes);
enum fail upload_file_sum(struct ctx *ctx, int fd, int64_t bytes,
    struct digest *ret);
/* Bytes that are there; 0 for a new one. */
enum fail upload_file_bytes(struct ctx *ctx, int fd, int64_t *ret);
/* A second name in the spool, which may be given away. */
enum fail upload_file_link(struct ctx *ctx, int64_t id, const char **ret);
enum fail upload_file_empty(struct ctx *ctx, int fd);
void upload_file_remove(struct ctx *ctx, int64_t id);

/* The rows as the checkpoint's sum counts them (people/tally.h); those of what
 * was given up by person. */
NODISCARD enum fail upload_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally);
NODISCARD enum fail upload_ended_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally);
/* Before a change, and after it. */
NODISCARD enum fail upload_leave(struct ctx *ctx, int64_t id);
NODISCARD enum fail upload_enter(struct ctx *ctx, int64_t id);

#endif
