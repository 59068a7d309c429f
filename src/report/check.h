#ifndef REPORT_CHECK_H
#define REPORT_CHECK_H

#include "core/ctx.h"

/*
 * A row has the time when its unit of work began; its entry got its own inside
 * the commit, behind others that were before it: at most so much later.
 */
#define REPORT_ACT_US_MAX (INT64_C(3600) * 1000000)

/*
 * For truc doctor: does every report's row say what the ledger says?  Form,
 * period and unit, which version is sent, which accepted, which were returned, when it was first
 * signed; and no version without its entry.  Needs TX_READ.
 *	FAIL_INTERNAL	"report.differs" with the report in the message
 */
NODISCARD enum fail report_check(struct ctx *ctx, int64_t *ret_checked);

/*
 * Do the acts that crossed a border and the closings say what their ledger
 * entries say, each entry by one row?  Whose name signed, of which version, why,
 * and when.  Needs TX_READ.
 *	FAIL_INTERNAL	"report.differs" with the report, or the closed period
 */
NODISCARD enum fail report_check_acts(struct ctx *ctx, int64_t *ret_checked);

/*
 * For truc rebuild: make the states of reports and versions again from the
 * ledger; *ret_fixed rows were wrong.  Papers are not touched.  Needs TX_WRITE.
 */
NODISCARD enum fail report_rebuild(struct ctx *ctx, int64_t *ret_fixed);

#endif
