#ifndef REPORT_CHECK_H
#define REPORT_CHECK_H

#include "core/ctx.h"
#include "people/mac.h"
#include "people/tally.h"

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
 * What the ledger does not tell: the MACs (people/mac.h) of an act's row, which its row of
 * the audit notes, and of a report's row, which is in it, paper and all.
 */
struct sql_report_act_insert_args;
struct sql_report_insert_args;
struct digest report_act_mac(struct ctx *ctx,
    const struct sql_report_act_insert_args *row);
int64_t report_row_mac(struct ctx *ctx,
    const struct sql_report_insert_args *row);

/*
 * Does every report's history say what the audit says, act by act: what, who and
 * when, and since the audit is a chain all else of the row?  Who closed a
 * period?  Is each report's row the one that this program wrote, and not one of
 * before its newest act?  Needs TX_READ.
 *	FAIL_INTERNAL	"report.differs" with the report, or the closed period
 *	FAIL_INTERNAL	"audit.broken"
 */
NODISCARD enum fail report_check_history(struct ctx *ctx, int64_t *ret_checked);

/* A row as the checkpoint's sum counts it (people/tally.h), with the MAC in it. */
void report_row(struct tally *tally, int64_t id, const int64_t *stored);
NODISCARD enum fail report_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally);

/* Each report's row, with the MAC that it should have. */
struct report_seen {
	int64_t id;
	int64_t revision;
	int64_t mac;
	const int64_t *stored; /* NULL: it has none */
};
struct report_visit {
	enum fail (
	    *row)(struct ctx *ctx, void *arg, const struct report_seen *seen);
	void *arg;
};
NODISCARD enum fail report_visit_rows(struct ctx *ctx,
    const struct report_visit *visit);

/* The MAC for rows as they are: for all of before there was one, and for one
 * that was made again.  Need TX_WRITE. */
NODISCARD enum fail report_adopt(struct ctx *ctx);
NODISCARD enum fail report_adopt_one(struct ctx *ctx, int64_t id);

/*
 * For truc rebuild: make the states of reports and versions again from the
 * ledger; *ret_fixed rows were wrong.  Papers are not touched.  Needs TX_WRITE.
 */
NODISCARD enum fail report_rebuild(struct ctx *ctx, int64_t *ret_fixed);

#endif
