#ifndef NOTIFY_CARD_H
#define NOTIFY_CARD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"

/*
 * The contact card of a unit: whom to call about its reports.  The unit's own
 * people keep it (card.keep); it is read by whoever sees a late or returned
 * report of the unit, and by those below, whose reports it may return
 * (report_concerns).  To anybody else it is not there.
 *	FAIL_NOT_FOUND	"card.unknown"	no such unit, or it does not concern
 *	FAIL_DENIED	"access.denied"	keeping: not of this unit
 *	FAIL_STALE	"card.stale"	another revision than the one read
 *	FAIL_INVALID	"card.text"	a line break, or nothing to be read in
 *					any of them
 */
#define CARD_NAME_MAX 200 /* bytes */
#define CARD_TELEPHONE_MAX 40

struct card {
	const char *reporter; /* who fills in the reports; "" where not said */
	const char *signer;
	const char *telephone;
	const char *hours;
	int64_t revision; /* 0: there is no card yet */
	int64_t changed_us;
	bool may_keep; /* ctx->actor */
};

NODISCARD enum fail card_read(struct ctx *ctx, int64_t unit, struct card *ret);
/* Needs TX_WRITE; revision is the one that was read. */
NODISCARD enum fail card_keep(struct ctx *ctx, int64_t unit, int64_t revision,
    const struct card *card);

#endif
