#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/shape.h"
#include "regime/cells.h"

/*
 * A report answers one obligation: (form, period, unit).  It has at most one
 * working draft and immutable versions, and remembers its sent and its accepted
 * version (architecture.md 6, the table of acts).
 *
 *	draft --submit--> proposed --sign--> sent --accept--> accepted
 *	  ^------send_back----+                |
 *	  +------------------send_back---------+   amend: a new draft beside it
 *
 * Functions need ctx->tx; what they return lives in ctx->arena; rights are
 * checked here.  A report the actor may not see is FAIL_NOT_FOUND
 * "report.unknown", as one that does not exist.  Every editable report has a
 * version counter "revision", raised by each change; stale is FAIL_STALE
 * "report.stale".
 */
struct report;
extern const struct shape report_shape;      /* with cells and findings */
extern const struct shape report_item_shape; /* a line of a list */

/* What a body of PUT draft or POST reports says. */
struct report_input {
	const char *form;
	const char *period;
	const char *unit;         /* directory_find */
	const struct json *cells; /* NULL: none given */
	bool nil;                 /* nil report: every cell 0 */
	const char *reason;       /* of an amendment */
};

/*
 * Find or open the report and its draft.
 *	FAIL_INVALID	"form.unknown", "period.unknown", "unit.*", "cell.*"
 *	FAIL_CONFLICT	"period.not_open"
 *	FAIL_CONFLICT	"report.not_owed"	no obligation
 *	FAIL_CONFLICT	"report.unit_abolished"	(its successor's people act
 *			on open duties of periods that unit lived through)
 *	FAIL_CONFLICT	"report.wrong_state"
 */
NODISCARD enum fail report_open(struct ctx *ctx,
    const struct report_input *input, struct report **ret);
NODISCARD enum fail report_load(struct ctx *ctx, int64_t id,
    struct report **ret);

/* Replace the draft's cells.  The other clerk's save is FAIL_STALE. */
NODISCARD enum fail report_save(struct ctx *ctx, struct report *report,
    int64_t revision, const struct json *cells);
/* FAIL_CONFLICT "report.rule_broken" with the rules as field errors;
 * FAIL_CONFLICT "report.unexplained" a broken explain rule without remark. */
NODISCARD enum fail report_submit(struct ctx *ctx, struct report *report,
    int64_t revision);
NODISCARD enum fail report_sign(struct ctx *ctx, struct report *report,
    int64_t revision);
NODISCARD enum fail report_accept(struct ctx *ctx, struct report *report,
    int64_t revision);
/* reason: 1 .. 2000 bytes, else FAIL_INVALID "report.reason". */
NODISCARD enum fail report_send_back(struct ctx *ctx, struct report *report,
    int64_t revision, const char *reason);
NODISCARD enum fail report_amend(struct ctx *ctx, struct report *report,
    int64_t revision, const char *reason);

/*
 * Close a unit's period: nothing below is open, or a reason is given.
 *	FAIL_CONFLICT	"period.open_reports"	and no reason
 *	FAIL_CONFLICT	"period.closed"		already
 */
NODISCARD enum fail report_close(struct ctx *ctx, const char *form,
    const char *period, const char *unit, const char *reason);

/*
 * Rebuild the cube from the ledger at start: the only reader of report bodies
 * there.  Needs TX_READ.
 */
NODISCARD enum fail report_replay(struct ctx *ctx);

#endif
