#ifndef BLOB_UPLOAD_H
#define BLOB_UPLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/shape.h"
#include "trust/trust.h"

/*
 * A file that a person is sending: announced by length and SHA-256, sent in
 * steps in order, or whole, then complete: a blob that is held for the person
 * until a slice takes it or it expires.
 *
 *	begin -> part, part ... -> complete -> taken
 *	         or whole ---------^
 *
 * What was answered is on disk.  An upload is its person's alone: for everybody
 * else it is "upload.unknown", like one that never was.  Nobody learns whether
 * the content was there before.
 *
 * Codes, besides those of store/blob.h:
 *	FAIL_NOT_FOUND	"upload.unknown"
 *	FAIL_BUSY	"upload.busy"		another request is at this upload
 *	FAIL_INVALID	"upload.too_large"	more bytes than a file may have
 *	FAIL_CONFLICT	"upload.too_many"	of this person
 *	FAIL_CONFLICT	"upload.given_up"	with what was given up of late
 *	FAIL_CONFLICT	"upload.complete"	nothing is added to it any more
 *	FAIL_CONFLICT	"upload.gap"		begins behind what is there
 *	FAIL_CONFLICT	"upload.differs"	repeats other bytes
 *	FAIL_CONFLICT	"upload.incomplete"	bytes are missing
 *	FAIL_INVALID	"upload.step"		no whole steps
 *	FAIL_INVALID	"upload.length"		more bytes than announced, or fewer
 *	FAIL_INVALID	"upload.digest"		another content than announced
 *	FAIL_BUSY	"spool.full"		the disk is full; nothing is left
 */
#define UPLOAD_STEP INT64_C(262144) /* parts are whole steps, but the last */
#define UPLOAD_PART_MAX (4 * UPLOAD_STEP) /* bytes of a part */
/* What the options of blob/option.h may be raised to. */
#define UPLOAD_BYTES_MAX (INT64_C(1) << 40) /* of an upload */
#define UPLOADS_MAX 1000                    /* of a person at a time */

/* How long an upload is kept since it was last seen. */
int64_t upload_life_us(const struct home *home);

/* As its owner sees it. */
struct upload {
	int64_t id;
	int64_t bytes;
	const char *sha256;
	int64_t received;
	bool complete;
	const char *expires_at;
	/* Not shown: */
	struct digest digest;
};
extern const struct shape upload_shape;

/* Needs TX_WRITE. */
NODISCARD enum fail upload_begin(struct ctx *ctx, int64_t bytes,
    const struct digest *digest, struct upload **ret);

/* Need a transaction; list gives all of ctx->actor, at most UPLOADS_MAX. */
NODISCARD enum fail upload_load(struct ctx *ctx, int64_t id,
    struct upload **ret);
NODISCARD enum fail upload_list(struct ctx *ctx, struct upload **ret,
    size_t *ret_count);

/*
 * The following write files and make transactions of their own: ctx has none.
 *
 * Bytes at an offset.  What is there already must be equal, so a part may be
 * repeated; the rest is added.
 */
NODISCARD enum fail upload_part(struct ctx *ctx, int64_t id, int64_t offset,
    struct bytes bytes, struct upload **ret);

/* All is there: compare it with what was announced.  If it differs, all that
 * was received is dropped and may be sent again.  Twice is once. */
NODISCARD enum fail upload_complete(struct ctx *ctx, int64_t id,
    struct upload **ret);

/* May a whole content of this length be sent?  In a transaction. */
NODISCARD enum fail upload_may_send(struct ctx *ctx, int64_t id, int64_t bytes);
/* The whole at once: a file of the spool folder, which is taken, with its
 * length and SHA-256.  What was received in parts is dropped. */
NODISCARD enum fail upload_whole(struct ctx *ctx, int64_t id, const char *path,
    int64_t bytes, const struct digest *digest, struct upload **ret);
/* The same for one in memory. */
NODISCARD enum fail upload_whole_bytes(struct ctx *ctx, int64_t id,
    struct bytes bytes, struct upload **ret);

/* The bytes of one that was complete count for its person until they are off
 * the disk (blob.idle). */
NODISCARD enum fail upload_end(struct ctx *ctx, int64_t id);

/*
 * For the slice that wants it, in its own TX_WRITE: the complete upload becomes
 * a reference of this owner (store/blob.h) and is an upload no more.
 */
NODISCARD enum fail upload_take(struct ctx *ctx, int64_t id, const char *kind,
    int64_t owner, struct digest *ret_digest, int64_t *ret_bytes);

/* Forget uploads not seen since before_us, at most so many, and files of
 * DIR/upload without a row.  No transaction. */
#define UPLOADS_EXPIRE_MAX 100
NODISCARD enum fail uploads_expire(struct ctx *ctx, int64_t before_us,
    size_t *ret_count);
NODISCARD enum fail uploads_sweep(struct ctx *ctx, size_t *ret_count);
/* Forget what was given up so long ago that it counts no more. */
NODISCARD enum fail uploads_forget_ended(struct ctx *ctx);

#endif
