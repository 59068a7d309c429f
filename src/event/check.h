#ifndef EVENT_CHECK_H
#define EVENT_CHECK_H

#include "core/ctx.h"

struct text;

/*
 * For `truc doctor`: have the rows of events numbers without a gap, and places
 * among the ledger's entries that only grow?  Needs TX_READ.
 *	FAIL_INTERNAL	"event.order"
 */
NODISCARD enum fail event_check(struct ctx *ctx, struct text *said);

#endif
