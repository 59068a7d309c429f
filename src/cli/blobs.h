#ifndef CLI_BLOBS_H
#define CLI_BLOBS_H

#include <stdint.h>

#include "core/ctx.h"
#include "core/text.h"

/*
 * The files of a data folder beside its database (store/blob.h), for backup,
 * restore and doctor.  All of them go by the rows that ctx->home->store has, and
 * show their progress on stderr.
 */

/*
 * Copy what the rows name from one data folder into another one, each compared
 * with its digest.  What nobody refers to may be missing.
 *	FAIL_INTERNAL	"blob.missing", "blob.damaged", "file.io"
 */
NODISCARD enum fail blobs_copy(struct ctx *ctx, const char *from,
    const char *to);

/* Remove what was copied into a folder that is given up. */
void blobs_remove(struct ctx *ctx, const char *data);

/*
 * For the doctor, in a transaction: every file that something refers to is
 * there and has its length and digest; each that has not is reported, then the
 * first is the failure.  Files without a row are counted in said.
 */
NODISCARD enum fail blobs_check(struct ctx *ctx, struct text *said);

#endif
