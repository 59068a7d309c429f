#ifndef STORE_BLOB_H
#define STORE_BLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "trust/trust.h"

/*
 * Bytes too large for a row: files of the data folder named by their SHA-256,
 * DIR/blob/ab/cdef..., the same on both engines.  A row of blob says that the
 * file is there, rows of blob_ref say who needs it: the slice's word for the
 * owner and the owner's id.  Equal contents are stored once; nobody is told.
 *
 *	blob_put	file in place, held by the unit of work's arena
 *	blob_add	in a writing transaction: its row and a reference
 *	...		commit
 *
 * What must never be is a reference without its file.  So the file is on disk
 * under its name before the row is written, and it is removed only after its
 * row is gone, if nobody holds it.  What may be left by a crash is a file
 * without a row, which blob_sweep removes.
 *
 * Any thread.  Files are written and removed while no transaction is open.
 */
#define BLOB_KIND_MAX 40 /* bytes of an owner's kind; asserted */

/*
 * For the process that writes, once at start: make DIR/blob, its 256 folders
 * and DIR/spool, and empty DIR/spool.
 *	FAIL_INTERNAL	"file.io"
 */
NODISCARD enum fail blob_start(struct ctx *ctx);

/* A folder of the data folder in which files for blob_put are written. */
const char *blob_spool(struct ctx *ctx);

/*
 * A blob whose file is in place and stays there until ctx->arena ends, with or
 * without a row.
 */
struct blob_hold;

/*
 * Move the file at path, which has been written whole and has this length and
 * digest, into its place, and make it durable.  path is on the same file system
 * (blob_spool) and is gone after OK; after a failure it may be.  The cost does
 * not depend on whether the same content is there already.  No transaction; in
 * a TX_WRITE all writers wait for the disk, and a store in memory waits for
 * ever if blobs are forgotten meanwhile.
 *	FAIL_INTERNAL	"file.io"
 *	FAIL_INTERNAL	"blob.damaged"	its length is another
 */
NODISCARD enum fail blob_put(struct ctx *ctx, const char *path,
    const struct digest *digest, int64_t bytes, struct blob_hold **ret);

/* The same for bytes in memory that have this digest. */
NODISCARD enum fail blob_put_bytes(struct ctx *ctx, struct bytes bytes,
    const struct digest *digest, struct blob_hold **ret);

/*
 * In a writing transaction: this owner needs it from now on.  blob_add is for
 * one that was put in this unit of work; blob_refer for one that has a row.
 * Twice is once.
 *	FAIL_NOT_FOUND	"blob.unknown"
 */
NODISCARD enum fail blob_add(struct ctx *ctx, const struct blob_hold *hold,
    const char *kind, int64_t id);
NODISCARD enum fail blob_refer(struct ctx *ctx, const struct digest *digest,
    const char *kind, int64_t id);

/* The owner needs it no more; one that nobody needs is idle.  OK if he never
 * did. */
NODISCARD enum fail blob_release(struct ctx *ctx, const struct digest *digest,
    const char *kind, int64_t id);

/* In a transaction: its length, -1 if there is no row. */
NODISCARD enum fail blob_bytes(struct ctx *ctx, const struct digest *digest,
    int64_t *ret);

/* In a transaction: who needs it, after this owner ("" and 0 at first). */
struct blob_ref {
	const char *kind;
	int64_t id;
};
NODISCARD enum fail blob_refs(struct ctx *ctx, const struct digest *digest,
    const struct blob_ref *after, size_t most, struct blob_ref **ret,
    size_t *ret_count);

/* In a transaction: what owners of a kind need, after this (zero at first). */
struct blob_kept {
	int64_t id;
	struct digest digest;
};
NODISCARD enum fail blob_kept_for(struct ctx *ctx, const char *kind,
    const struct blob_kept *after, size_t most, struct blob_kept **ret,
    size_t *ret_count);

/*
 * In a transaction: its file, open for reading.  The caller closes *ret_fd.  It
 * can be read to its end whatever happens to the blob.
 *	FAIL_NOT_FOUND	"blob.unknown"	no row
 *	FAIL_INTERNAL	"blob.missing"	a row, and no file
 *	FAIL_INTERNAL	"blob.damaged"	a file of another length
 */
NODISCARD enum fail blob_open(struct ctx *ctx, const struct digest *digest,
    int *ret_fd, int64_t *ret_bytes);

/*
 * Forget what has been idle since before_us or longer, at most so many: the
 * row, and after the commit the file; and free what was replaced by then.  Nothing is done while somebody copies
 * the folder (blob_lock).  No transaction.
 */
#define BLOB_FORGET_MAX 200
NODISCARD enum fail blob_forget_idle(struct ctx *ctx, int64_t before_us,
    size_t most, size_t *ret_count);

/*
 * Remove files without a row from one of the BLOB_PARTS folders, which are left
 * by a crash.  Not while somebody copies the folder.  No transaction.
 */
#define BLOB_PARTS 256
NODISCARD enum fail blob_sweep(struct ctx *ctx, int part, size_t *ret_count);

/*
 * For backup, beside a running server: until unlocked no blob is forgotten.
 * Waits for a round of forgetting.  *ret is closed by the caller; -1: the
 * folder has no blobs.
 *	FAIL_INTERNAL	"file.io"
 */
NODISCARD enum fail blob_lock(struct ctx *ctx, const char *data, int *ret);

/* In a transaction: the rows in order of digest, after this one (NULL: first). */
struct blob_row {
	struct digest digest;
	int64_t bytes;
	bool is_idle;
	bool is_referred;
};
NODISCARD enum fail blob_rows(struct ctx *ctx, const struct digest *after,
    size_t most, struct blob_row **ret, size_t *ret_count);
NODISCARD enum fail blob_totals(struct ctx *ctx, int64_t *ret_count,
    int64_t *ret_bytes);
/* Has each blob that is referred to its row?  FAIL_INTERNAL "blob.missing" */
NODISCARD enum fail blob_check_refs(struct ctx *ctx);

/*
 * Read a blob's file in the data folder data and compare it with its row.
 *	FAIL_INTERNAL	"blob.missing", "blob.damaged", "file.io"
 */
NODISCARD enum fail blob_check(struct ctx *ctx, const char *data,
    const struct blob_row *row);

/*
 * Copy it into another data folder, checked while it is copied; durable when
 * blob_copied has been called after the last one.  Fails as blob_check.
 */
NODISCARD enum fail blob_copy(struct ctx *ctx, const char *from, const char *to,
    const struct blob_row *row);
NODISCARD enum fail blob_copied(struct ctx *ctx, const char *to);

/* Call seen for each file of DIR/blob: its digest, NULL if it has no such
 * name.  For the doctor. */
NODISCARD enum fail blob_walk(struct ctx *ctx, const char *data, int part,
    enum fail (*seen)(struct ctx *ctx, void *arg, const char *name,
	const struct digest *digest),
    void *arg);

#endif
