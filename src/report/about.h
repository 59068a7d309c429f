#ifndef REPORT_ABOUT_H
#define REPORT_ABOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/day.h"
#include "org/directory.h"
#include "regime/catalogue.h"

/*
 * What an event of reports is about, for who writes to people of it
 * (notify/README.md).  Asks for no rights, so it is for jobs alone.  Needs
 * ctx->tx.
 */
struct report_about {
	const struct form *form;
	const char *period;
	const struct unit *unit; /* who owes it; of a closing: who closed */
};

/* False: there is no such report. */
NODISCARD enum fail report_about(struct ctx *ctx, int64_t id,
    struct report_about *ret, bool *ret_found);

/* Of a ledger entry "report.close" or "report.reopen", by its index. */
NODISCARD enum fail closing_about(struct ctx *ctx, int64_t index,
    struct report_about *ret);

/* A unit that owes the form for the period. */
struct report_owing {
	const struct unit *unit;
	day deadline;
};

/* Keeps those of them that have no version which counts; *count of them. */
NODISCARD enum fail report_unsent(struct ctx *ctx, const struct form *form,
    const struct period *period, struct report_owing *owing, size_t *count);

/*
 * For doors, with an actor: does the unit's card concern the actor?  May the
 * actor read the unit's reports, or accept them, or is the unit above one whose
 * reports the actor reads?
 */
bool report_concerns(struct ctx *ctx, const struct unit *unit);

#endif
