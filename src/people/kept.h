#ifndef PEOPLE_KEPT_H
#define PEOPLE_KEPT_H

#include <stdint.h>

#include "core/ctx.h"
#include "core/text.h"
#include "people/tally.h"
#include "trust/trust.h"

/*
 * What no ledger entry tells: persons with their positions, tokens, sessions.
 * An act on a person or a token notes in the audit in what state it left it, a
 * MAC over the row (people/mac.h); a session has its own.
 */

/* The act's audit row, after the rows are as the act leaves them.  object is
 * the person of kept_note_person, the token of kept_note_token. */
NODISCARD enum fail kept_note_person(struct ctx *ctx, const char *action,
    int64_t unit, int64_t person, const char *detail);
NODISCARD enum fail kept_note_token(struct ctx *ctx, const char *action,
    int64_t token, const char *detail);

/*
 * For truc doctor: is the audit the one that was written, to its newest row, and
 * every person, token and session as it was left?  Says what was compared.
 * Needs TX_READ.
 *	FAIL_INTERNAL	"audit.broken"	with the row
 *	FAIL_INTERNAL	"people.differs" with the person, token or session
 */
NODISCARD enum fail kept_check(struct ctx *ctx, struct text *said);

/*
 * At start, for who writes; begins its own transactions.  Is the newest row of
 * the audit the one that the checkpoint names?  Data of before the chain are
 * taken as they are, once, in one unit of work: the audit gets a row for each
 * person and token, every session its MAC; adopt is called for what is above.
 * The same of rows whose sum no checkpoint has (people/tally.h).
 *	FAIL_INTERNAL	"audit.broken"
 */
struct kept_above {
	enum fail (*adopt)(struct ctx *ctx);      /* NULL: nothing */
	enum fail (*adopt_rows)(struct ctx *ctx); /* the same */
	tally_all_fn *tally;
};
NODISCARD enum fail kept_start(struct ctx *ctx, const struct kept_above *above);

/* Sessions and what was refused (people/tally.h). */
NODISCARD enum fail kept_tally(struct ctx *ctx, struct tally *tally,
    struct text *said);

#endif
