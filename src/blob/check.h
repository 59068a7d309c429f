#ifndef BLOB_CHECK_H
#define BLOB_CHECK_H

#include "core/ctx.h"
#include "core/text.h"

/*
 * For the doctor: each complete upload has the file that it says, and no file
 * is kept for an upload that is not there.  In a transaction.
 *	FAIL_INTERNAL	"upload.row"
 */
NODISCARD enum fail uploads_check(struct ctx *ctx, struct text *said);

#endif
