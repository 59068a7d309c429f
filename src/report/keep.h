#ifndef REPORT_KEEP_H
#define REPORT_KEEP_H

#include "core/ctx.h"
#include "core/text.h"
#include "jobs/jobs.h"

/*
 * The cube's snapshot in the data folder, DIR/snapshot/cube (cube/snapshot.h),
 * on either engine.  It is written once a day, when the server stops, after a
 * rebuild and after the demonstration; a start goes on from it.  Whoever deletes
 * it loses the seconds of one replay.
 */

/*
 * Feed the cube at start: from the snapshot and what the ledger says since, or
 * from the whole ledger if there is none that is whole and was made of this
 * ledger's history.  Logs which, and why one was ignored.  Needs TX_READ and
 * must run before the first write, on an empty cube.
 *	fails as report_replay does
 */
NODISCARD enum fail report_start(struct ctx *ctx);

/*
 * Write a snapshot as of now, unless the newest is of a ledger of this size or
 * the ledger is empty.
 * Beside readers and writers; no transaction.
 *	FAIL_BUSY	"cube.behind"
 *	FAIL_INTERNAL	"file.io"
 */
NODISCARD enum fail report_keep(struct ctx *ctx);

/* Remove it and write a new one, of a full replay.  For truc rebuild; no
 * transaction, an empty cube. */
NODISCARD enum fail report_keep_anew(struct ctx *ctx);

/*
 * For truc doctor, in a TX_READ, with a cube that was replayed in full: would a
 * start from the snapshot hold the same?  Appends what was found.
 *	FAIL_INTERNAL	"report.snapshot"	it holds something else
 */
NODISCARD enum fail report_check_kept(struct ctx *ctx, struct text *said);

/*
 * How near the fullest form and period is to what the cube holds of one
 * ("cube.full"), for truc doctor, on the same cube.  The server says so in its log at
 * every start and once a day from four fifths on, weeks before at the most that
 * one key may sign in a day.
 */
NODISCARD enum fail report_check_limits(struct ctx *ctx, struct text *said);

extern const struct job_kind report_jobs[];

#endif
