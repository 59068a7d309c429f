#ifndef PEOPLE_SESSION_ROW_H
#define PEOPLE_SESSION_ROW_H

#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "people/tally.h"
#include "trust/trust.h"

/*
 * How a session's row comes and goes; only files of people/ include this.  Each
 * end is a row of the audit whose state names the session, so that a row which is
 * put back is known for one that has ended (people/ended.h).
 */
struct sql_session_find;

/* What stays the same from its beginning to its end. */
struct digest session_name(struct ctx *ctx, const struct sql_session_find *row);

NODISCARD enum fail session_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally); /* a tally_fn */
NODISCARD enum fail sign_in_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally); /* the same of sign_in */

/* With the row of the audit, action of its person. */
NODISCARD enum fail session_row_end(struct ctx *ctx,
    const struct sql_session_find *row, const char *action);
/* All of a person but one (0: all). */
NODISCARD enum fail session_row_end_others(struct ctx *ctx, int64_t person,
    int64_t but);
/* Those that are too old to count, without the audit: their time says it. */
NODISCARD enum fail session_row_forget_old(struct ctx *ctx, int64_t before_us);

#endif
