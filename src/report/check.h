#ifndef REPORT_CHECK_H
#define REPORT_CHECK_H

#include "core/ctx.h"

/*
 * For truc doctor: does every report's row say what the ledger says?  Which
 * version is sent, which accepted, which were returned, when it was first
 * signed; and no version without its entry.  Needs TX_READ.
 *	FAIL_INTERNAL	"report.differs" with the report in the message
 */
NODISCARD enum fail report_check(struct ctx *ctx, int64_t *ret_checked);

/*
 * For truc rebuild: make the states of reports and versions again from the
 * ledger; *ret_fixed rows were wrong.  Papers are not touched.  Needs TX_WRITE.
 */
NODISCARD enum fail report_rebuild(struct ctx *ctx, int64_t *ret_fixed);

#endif
