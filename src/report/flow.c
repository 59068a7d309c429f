#include <inttypes.h>

#include "app/flow.h"
#include "core/arena.h"
#include "org/heir.h"
#include "people/access.h"
#include "report/paper.h"

/*
 * The two state machines of a report: the paper on the desk and the version
 * that counts.  They are two and not one over the pairs, because most acts
 * concern one of them and the five that concern both (open, sign, send back,
 * amend, drop) are easier to read as two short rows than as rows for twelve pairs.
 */

static bool
unit_may(struct ctx *ctx, const char *permission, const void *object)
{
	const struct report *report = object;

	return access_may(ctx, permission, report->unit->id);
}

static enum fail
unit_refuse(struct ctx *ctx, const char *permission, const char *act,
    const void *object)
{
	const struct report *report = object;

	(void)act;
	return access_unit(ctx, permission, report->unit->id);
}

static const struct flow_by unit = { "the unit itself", unit_may, unit_refuse };

/* Heirs of a divided unit make a paper together; one of them decides on it. */
static bool
signer_may(struct ctx *ctx, const char *permission, const void *object)
{
	const struct report *report = object;

	return access_may(ctx, permission, report->unit->id) &&
	       heir_acts(ctx, permission, report->unit, report->heir);
}

static enum fail
signer_refuse(struct ctx *ctx, const char *permission, const char *act,
    const void *object)
{
	const struct report *report = object;

	TRY(access_unit(ctx, permission, report->unit->id));
	if (report->heir == 0)
		return FAIL(ctx, FAIL_CONFLICT, "report.heir_unnamed",
		    "unit %" PRId64 " is divided, and nobody is named to %s",
		    report->unit->id, act);
	return FAIL(ctx, FAIL_DENIED, "report.heir_other",
	    "unit %" PRId64 " is named to %s for unit %" PRId64, report->heir,
	    act, report->unit->id);
}

static const struct flow_by signer = { "who signs for the unit", signer_may,
	signer_refuse };

static bool
above_may(struct ctx *ctx, const char *permission, const void *object)
{
	const struct report *report = object;

	return org_above_holds(ctx, permission, report->unit);
}

static enum fail
above_refuse(struct ctx *ctx, const char *permission, const char *act,
    const void *object)
{
	(void)permission;
	(void)object;
	return FAIL(ctx, FAIL_DENIED, "access.denied",
	    "only the unit directly above may %s", act);
}

static const struct flow_by above = { "the unit directly above", above_may,
	above_refuse };

/* In the order in which answers offer them. */
static const struct flow_event acts[] = {
	[ACT_OPEN] = { "open", NULL, NULL, NULL, false, NULL },
	[ACT_SAVE] = { "save", "save", "draft", "PUT", false, NULL },
	[ACT_SUBMIT] = { "submit", "submit", "submit", "POST", false, NULL },
	[ACT_WITHDRAW] = { "withdraw", "withdraw", "withdraw", "POST", false,
	    NULL },
	[ACT_SIGN] = { "sign", "sign", "sign", "POST", false, NULL },
	[ACT_ACCEPT] = { "accept", "accept", "accept", "POST", false, NULL },
	[ACT_RETURN] = { "return", "send_back", "send-back", "POST", true,
	    NULL },
	[ACT_SEND_BACK] = { "send_back", "send_back", "send-back", "POST", true,
	    NULL },
	[ACT_AMEND] = { "amend", "amend", "amend", "POST", true, NULL },
	[ACT_DROP] = { "drop", "drop", "drop", "POST", false, NULL },
	{ 0 },
};

static const char *
say(struct ctx *ctx, const void *object)
{
	const struct report *report = object;

	return arena_printf(ctx->arena, "report %" PRId64 " is %s", report->id,
	    report_state_name(report->work, report->standing));
}

#define IN(state) FLOW_IN(state)

/* ---- the version that counts -------------------------------------------- */

const char *const report_standings[] = {
	[STANDING_NONE] = "none",
	[STANDING_SENT] = "sent",
	[STANDING_ACCEPTED] = "accepted",
	NULL,
};

/* That of the version which counts when a later one was sent back. */
static int64_t
standing_before(const void *object)
{
	const struct report *report = object;

	if (report->sent_version == 0)
		return STANDING_NONE;
	return report->sent_version == report->accepted_version
		   ? STANDING_ACCEPTED
		   : STANDING_SENT;
}

#define ANY_STANDING \
	(IN(STANDING_NONE) | IN(STANDING_SENT) | IN(STANDING_ACCEPTED))

static const struct flow_row version_rows[] = {
	{ IN(STANDING_NONE), ACT_OPEN, FLOW_STAYS, "report.edit", &unit, NULL },
	{ ANY_STANDING, ACT_SIGN, IN(STANDING_SENT), "report.sign", &signer,
	    NULL },
	{ IN(STANDING_SENT), ACT_ACCEPT, IN(STANDING_ACCEPTED), "report.review",
	    &above, NULL },
	{ IN(STANDING_SENT), ACT_SEND_BACK, ANY_STANDING, "report.review",
	    &above, standing_before },
	{ IN(STANDING_SENT) | IN(STANDING_ACCEPTED), ACT_AMEND, FLOW_STAYS,
	    "report.edit", &unit, NULL },
	{ IN(STANDING_SENT) | IN(STANDING_ACCEPTED), ACT_DROP, FLOW_STAYS,
	    "report.edit", &unit, NULL },
	{ 0 },
};

static const char *
version_broken(const void *object)
{
	const struct report *report = object;
	const int64_t sent = report->sent_version;
	const int64_t accepted = report->accepted_version;

	if (accepted < 0 || accepted > sent || sent > report->last_version)
		return "accepted <= sent <= last does not hold";
	if (report->standing != standing_before(report))
		return "the versions say otherwise";
	if ((report->last_version == 0) != (report->first_sent_us == 0))
		return "signed, and never sent, or the other way round";
	return NULL;
}

static const struct flow version = {
	.name = "version",
	.states = report_standings,
	.events = acts,
	.rows = version_rows,
	.state = offsetof(struct report, standing),
	.say = say,
	.broken = version_broken,
};

/* ---- the paper ---------------------------------------------------------- */

static const char *const works[] = {
	[WORK_NONE] = "none",
	[WORK_DRAFT] = "draft",
	[WORK_PROPOSED] = "proposed",
	[WORK_RETURNED] = "returned",
	NULL,
};

static const struct flow_row paper_rows[] = {
	{ IN(WORK_NONE), ACT_OPEN, IN(WORK_DRAFT), "report.edit", &unit, NULL },
	{ IN(WORK_DRAFT) | IN(WORK_RETURNED), ACT_SAVE, FLOW_STAYS,
	    "report.edit", &unit, NULL },
	{ IN(WORK_DRAFT) | IN(WORK_RETURNED), ACT_SUBMIT, IN(WORK_PROPOSED),
	    "report.edit", &unit, NULL },
	/* Also one that was returned before: its clerks work on it again. */
	{ IN(WORK_PROPOSED), ACT_WITHDRAW, IN(WORK_DRAFT), "report.edit", &unit,
	    NULL },
	{ IN(WORK_PROPOSED), ACT_SIGN, IN(WORK_NONE), "report.sign", &signer,
	    NULL },
	{ IN(WORK_PROPOSED), ACT_RETURN, IN(WORK_RETURNED), "report.sign",
	    &signer, NULL },
	/* The version sent back becomes a paper; an amendment on the desk
	 * stays what it is. */
	{ IN(WORK_NONE), ACT_SEND_BACK, IN(WORK_RETURNED), "report.review",
	    &above, NULL },
	{ IN(WORK_DRAFT) | IN(WORK_PROPOSED) | IN(WORK_RETURNED), ACT_SEND_BACK,
	    FLOW_STAYS, "report.review", &above, NULL },
	{ IN(WORK_NONE), ACT_AMEND, IN(WORK_DRAFT), "report.edit", &unit,
	    NULL },
	/* Never what has no version beside it: that is still owed. */
	{ IN(WORK_DRAFT) | IN(WORK_RETURNED), ACT_DROP, IN(WORK_NONE),
	    "report.edit", &unit, NULL },
	{ 0 },
};

static const char *
paper_broken(const void *object)
{
	const struct report *report = object;
	const bool has_cells = report->draft != NULL || report->has_changed;

	if (report->work == WORK_NONE && report->draft != NULL)
		return "a draft without a paper";
	if (report->work != WORK_NONE && !has_cells)
		return "a paper without a draft";
	if (report->work == WORK_NONE && report->standing == STANDING_NONE)
		return "neither paper nor version";
	return NULL;
}

const struct flow report_flow = {
	.name = "paper",
	.states = works,
	.events = acts,
	.rows = paper_rows,
	.state = offsetof(struct report, work),
	.beside = &version,
	.wrong_state = "report.wrong_state",
	.say = say,
	.broken = paper_broken,
};

const char *const report_states[] = { "not_started", "draft", "proposed",
	"returned", "sent", "accepted", NULL };

const char *
report_state_name(int64_t work, int64_t standing)
{
	if (work != WORK_NONE)
		return works[work];
	return standing == STANDING_NONE ? "not_started"
					 : report_standings[standing];
}

const char *
report_state_seen(bool own, int64_t work, int64_t standing)
{
	return report_state_name(own || standing == STANDING_NONE ? work
								  : WORK_NONE,
	    standing);
}
