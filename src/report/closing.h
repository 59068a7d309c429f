#ifndef REPORT_CLOSING_H
#define REPORT_CLOSING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/shape.h"
#include "org/directory.h"
#include "regime/catalogue.h"

/*
 * Closing a unit's period: the level above its reporters says that this is what
 * it goes on with.  Nothing is locked: what is below may still be sent, amended
 * and accepted, and moves the totals; whatever does so is told as a change since
 * the closing.  Nothing below is open, or a reason is given.  Reopening takes the
 * closing back, with a reason; the period can then be closed again.  Both are
 * ledger entries, their rows are only added.
 *	FAIL_DENIED	"access.denied"		report.review at this very unit
 *	FAIL_CONFLICT	"period.not_open"
 *	FAIL_CONFLICT	"period.open_reports"	closing, and no reason
 *	FAIL_CONFLICT	"period.closed"		closing: already
 *	FAIL_CONFLICT	"period.not_closed"	reopening: it is not
 *	FAIL_INVALID	"report.reason" "form.unknown" "period.unknown" "unit.*"
 */
struct closing_input {
	const char *form;
	const char *period;
	const char *unit;
	const char *reason; /* NULL: none */
};
struct closing;
extern const struct shape closing_shape;
NODISCARD enum fail report_close(struct ctx *ctx,
    const struct closing_input *input, const struct closing **ret);
struct reopening;
extern const struct shape reopening_shape;
NODISCARD enum fail report_reopen(struct ctx *ctx,
    const struct closing_input *input, const struct reopening **ret);

/*
 * What a closing would mean now, or has meant: the deadline, whose report is
 * still open below, who closed and reopened, and what happened below since the
 * last closing.  Needs report.read for the unit; units and acts that the actor
 * may not read are counted and not named.
 *	FAIL_DENIED	"access.denied"
 *	FAIL_INVALID	"form.unknown" "period.unknown" "unit.*"
 */
struct closing_query {
	const char *form;
	const char *period;
	const char *unit;
};
#define CLOSING_UNITS_MAX 500   /* open ones, named */
#define CLOSING_ACTS_MAX 100    /* closings and reopenings, newest first */
#define CLOSING_CHANGES_MAX 200 /* acts below since, newest first */
#define CLOSING_SCAN_MAX 100000 /* of all acts since, looked at */
struct closing_state;
extern const struct shape closing_state_shape;
NODISCARD enum fail report_closing_state(struct ctx *ctx,
    const struct closing_query *query, const struct closing_state **ret);

/*
 * What those above have said of a unit's period: the nearest of them that has
 * closed it, else the nearest that has reopened it; NULL: none has.  Nothing is
 * checked: who may read the unit's report may know.
 */
struct closing_above;
extern const struct shape closing_above_shape;
NODISCARD enum fail closing_above(struct ctx *ctx, const struct form *form,
    const struct period *period, const struct unit *unit,
    const struct closing_above **ret);
/* Is it a closing (no reopening) by this very unit?  NULL: no. */
bool closing_is_by(const struct closing_above *above, int64_t unit);

/* ---- between the files of closings ---------------------------------------- */

#define CLOSE_ACT "close"
#define REOPEN_ACT "reopen"

/* Who owes a report to a unit, and the accepted version, if there is one. */
struct owed_below {
	const struct unit *unit;
	day deadline;
	const struct sql_report_accepted *accepted; /* NULL: it is open */
};
NODISCARD enum fail closing_owed(struct ctx *ctx, const struct form *form,
    const struct period *period, const struct unit *unit,
    struct owed_below **ret, size_t *ret_count);

/* Is the unit below that one, today, at any depth? */
bool closing_is_below(const struct directory *dir, const struct unit *unit,
    const struct unit *top, day on);

#endif
