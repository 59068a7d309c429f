#ifndef BLOB_RIGHT_H
#define BLOB_RIGHT_H

#include <stdbool.h>

#include "core/ctx.h"
#include "trust/trust.h"

/*
 * Who may read a blob: whoever may read one of the rows that refer to it, by the
 * word of the slice that owns it (app/slice.h).  In a transaction.  At most
 * BLOB_REFS_MAX references are asked about; a slice with more serves its files
 * itself.  An unknown blob is none that may be read.
 */
#define BLOB_REFS_MAX 10000
NODISCARD enum fail blob_may_read(struct ctx *ctx, const struct digest *digest,
    bool *ret);

/*
 * A refusal takes this long from when it was asked, so that its time does not
 * reveal whether there is such a blob.  No transaction.
 */
#define BLOB_REFUSAL_US 10000
void blob_refusal_wait(int64_t asked_us);

#endif
