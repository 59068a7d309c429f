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
 * working paper and immutable versions; it remembers which version is sent and
 * which is accepted.  Two small machines side by side:
 *
 *	work		none, draft, proposed, returned
 *	standing	none, sent, accepted
 *
 * What leads from one to the other is in report/flow.c, drawn in README.md.
 *
 * The state that people see is the paper's while there is one, else that of the
 * version.  An old version counts until a new one is signed (Decree
 * 09/2019/ND-CP: a sent report is changed by a corrected one with a reason).
 *
 * Functions need ctx->tx (TX_WRITE for acts) and return objects in ctx->arena.
 * Rights are checked here, so every door has them:
 *	report.edit, report.sign	for the report's own unit; a divided unit
 *			has one heir that signs (org/heir.h): FAIL_CONFLICT
 *			"report.heir_unnamed", FAIL_DENIED "report.heir_other"
 *	report.review			by the unit directly above, on this day
 *	report.read			the unit itself; those above see what is signed
 * What the actor may not see is FAIL_NOT_FOUND "report.unknown", exactly as
 * what does not exist.  Acts take the revision the caller read; another one is
 * FAIL_STALE "report.stale".  An act that the state does not allow is
 * FAIL_CONFLICT "report.wrong_state".
 *
 * An amendment changes something: one that says what the version that counts
 * says, by value, state and remark however they are written, is neither
 * submitted nor signed, FAIL_CONFLICT "report.unchanged"; whoever began it by
 * mistake drops it.  A sent report gives way to a corrected one; without a
 * correction there would be a version and an acceptance more for nothing.  A
 * report that was sent back, with no version left that counts, may be signed
 * again as it was: nothing that counts is amended, the unit above asked to look
 * again, and a unit whose figures are right must be able to answer so.
 */
struct report;
struct json;

enum report_work { WORK_NONE, WORK_DRAFT, WORK_PROPOSED, WORK_RETURNED };
enum report_standing { STANDING_NONE, STANDING_SENT, STANDING_ACCEPTED };

/* "draft" "proposed" "returned" "sent" "accepted", or "not_started". */
const char *report_state_name(int64_t work, int64_t standing);
extern const char *const report_states[]; /* all of them; NULL-terminated */
/*
 * The state as it may be seen: a paper that is being worked on is the unit's own
 * business, so others see the version that counts while there is one.
 */
const char *report_state_seen(bool own, int64_t work, int64_t standing);

/* What a body of POST /api/v1/reports says. */
struct report_input {
	const char *form;
	const char *period;
	const char *unit;         /* directory_find */
	const struct json *cells; /* object {cell: value}; NULL: none given */
	bool nil; /* nil report: every cell is zero; cells is NULL then */
	const char *reason; /* makes it an amendment of a sent report */
	/* The one the caller read; 0: there was none; NULL: not said. */
	const int64_t *revision;
	struct report *prepared; /* report_prepare's; NULL: none */
};
#define REPORT_REASON_MAX 2000 /* bytes */
#define REPORT_HISTORY_MAX 500 /* acts shown */

/*
 * What of report_open needs no transaction, before the ticket is taken: find the
 * obligation, read the cells.  No right is checked and nothing is decided: if
 * this fails, or the directory or the catalogue has changed since, report_open
 * does it again.
 */
NODISCARD enum fail report_prepare(struct ctx *ctx,
    const struct report_input *input, struct report **ret);

/*
 * Find or open the report of an obligation with a working paper: prefilled with
 * what is carried over from the period before, then overlaid with the input's
 * cells.  *ret_new is whether the report did not exist.  After the first two
 * failures *ret is the report as it is stored, if it exists.
 *	FAIL_STALE	"report.stale"	not at the input's revision
 *	FAIL_CONFLICT	"report.other_writer"	no revision is given, and the
 *			cells on the desk are by somebody else
 *	FAIL_INVALID	"form.unknown" "period.unknown" "unit.*" "cell.*"
 *	FAIL_CONFLICT	"period.not_open"
 *	FAIL_CONFLICT	"report.rule_broken"	a nil report, and the period before
 *			left something open; the cells as field errors
 *	FAIL_CONFLICT	"report.not_owed"	the unit does not owe it
 *	FAIL_CONFLICT	"report.wrong_state"	sent already, and no reason given,
 *			or the paper is with the leader
 */
NODISCARD enum fail report_open(struct ctx *ctx,
    const struct report_input *input, struct report **ret, bool *ret_new);
/* version 0: the working paper if the actor may see it, else the newest one
 * that was sent; n: the n-th version.  FAIL_NOT_FOUND "report.unknown". */
NODISCARD enum fail report_load(struct ctx *ctx, int64_t id, int64_t version,
    struct report **ret);

/*
 * The report that report_open would make, with what is carried over, or the one
 * that there is.  Nothing is written: a new one has id and revision 0, and the
 * input's revision 0 opens it if there still is none.  report.edit; fails as
 * report_open does.
 */
NODISCARD enum fail report_foresee(struct ctx *ctx,
    const struct report_input *input, struct report **ret);

/* The report of an obligation that has one; else FAIL_NOT_FOUND. */
NODISCARD enum fail report_find(struct ctx *ctx,
    const struct report_input *input, struct report **ret);

/* Replace the paper's cells; cells not named become missing.  A paper saved as
 * it was is not written and keeps its revision. */
NODISCARD enum fail report_save(struct ctx *ctx, struct report *report,
    const struct json *cells);
/*
 * FAIL_CONFLICT "report.rule_broken" with the cells as field errors: a blocking
 * rule is broken, or an explain rule without a remark on its cell;
 * "report.unchanged".
 */
NODISCARD enum fail report_submit(struct ctx *ctx, struct report *report);
/* The paper is taken back from the leader: a draft again, as long as it is not
 * signed. */
NODISCARD enum fail report_withdraw(struct ctx *ctx, struct report *report);
/* Sign and send: a new version, a ledger entry "report.sign", new totals. */
NODISCARD enum fail report_sign(struct ctx *ctx, struct report *report);
NODISCARD enum fail report_accept(struct ctx *ctx, struct report *report);

/*
 * Accept what was sent and carries no flags, in units of work of the option
 * report.accepted_at_once; ctx has no transaction.  Each item is given by its
 * id and gets its outcome.  One that is accepted already counts as accepted, so
 * that all may be said again after a failure: what was done before it stays.
 */
struct report_outcome {
	int64_t id;
	bool ok;
	const char *code; /* why not, "report.flagged" among others; or NULL */
};
NODISCARD enum fail report_accept_many(struct ctx *ctx,
    struct report_outcome *items, size_t count);
/* By the own leader (proposed) or by the unit above (sent).  FAIL_INVALID
 * "report.reason": 1 .. REPORT_REASON_MAX bytes that utf8_says. */
NODISCARD enum fail report_send_back(struct ctx *ctx, struct report *report,
    const char *reason);
NODISCARD enum fail report_amend(struct ctx *ctx, struct report *report,
    const char *reason);
/* Give up the amendment on the desk; the version that counts goes on. */
NODISCARD enum fail report_drop(struct ctx *ctx, struct report *report);

/*
 * Acts change the object in memory; report_store writes it once, with its acts
 * and audit rows, if it still is at the given revision (0: a new report).
 *	FAIL_TOO_OFTEN	"report.day_full"	report/bound.h
 */
NODISCARD enum fail report_store(struct ctx *ctx, struct report *report,
    int64_t revision);

/* FAIL_STALE "report.stale" unless the report is at this revision. */
NODISCARD enum fail report_at(struct ctx *ctx, const struct report *report,
    int64_t revision);

int64_t report_id(const struct report *report);
int64_t report_revision(const struct report *report);
int64_t report_flags(const struct report *report);
/* Cells of what is shown that hold a value or none; cells must have been read
 * (after any of save, submit, sign). */
int64_t report_value_count(const struct report *report);

/* The public picture of a report, with cells, findings and allowed actions. */
struct report_view;
extern const struct shape report_shape;
NODISCARD enum fail report_show(struct ctx *ctx, struct report *report,
    const struct report_view **ret);

/* Who did what, oldest first. */
struct report_history;
extern const struct shape report_history_shape;
NODISCARD enum fail report_history(struct ctx *ctx, int64_t id,
    const struct report_history **ret);

/*
 * Feed the cube from the ledger at start; the only reader of all bodies.  Needs
 * TX_READ and must run before the first write.
 *	FAIL_INTERNAL	"report.body"	an entry that this program cannot read
 */
NODISCARD enum fail report_replay(struct ctx *ctx);

#endif
