#include <inttypes.h>

#include "core/arena.h"
#include "event/event.h"
#include "ledger/ledger.h"
#include "org/directory.h"
#include "people/access.h"
#include "report/body.h"
#include "report/closing.h"
#include "report/event.h"
#include "report/paper.h"

/*
 * What happens to reports, for those who may read them: what was signed by
 * whoever reads the unit's reports or accepts them, what stays inside the unit
 * by the unit alone.  A report's unit never changes and what was signed once
 * can always be read, so no row is looked at.
 */

static enum fail
report_of(struct ctx *ctx, const struct ledger_entry *entry, const char **ret)
{
	struct body_parts parts = { 0 };

	if (!body_split(entry->body, &parts))
		return FAIL(ctx, FAIL_INTERNAL, "report.body",
		    "ledger entry %" PRId64 " is no report body", entry->index);
	*ret = arena_printf(ctx->arena, "%" PRId64, parts.report);
	return OK;
}

static const struct unit *
unit_of(struct ctx *ctx, const struct event *event)
{
	return directory_unit(directory_now(ctx), event->unit);
}

static enum fail
may_read(struct ctx *ctx, const struct event *event, bool *ret)
{
	const struct unit *unit = unit_of(ctx, event);

	*ret = access_may(ctx, "report.read", event->unit) ||
	       (unit != NULL && paper_place_reviews(ctx, unit));
	return OK;
}

static enum fail
may_work(struct ctx *ctx, const struct event *event, bool *ret)
{
	*ret = paper_place_works(ctx, event->unit);
	return OK;
}

/* Whoever reads the unit's reports, and everybody below whose period it is. */
static enum fail
may_read_period(struct ctx *ctx, const struct event *event, bool *ret)
{
	const struct directory *dir = directory_now(ctx);
	const day today = day_of_us(ctx->now_us);
	const struct actor *actor = ctx->actor;
	const struct unit *top = unit_of(ctx, event);
	bool sees = access_may(ctx, "report.read", event->unit);

	for (size_t i = 0; !sees && i < actor->position_count; i++) {
		const int64_t own = actor->positions[i].unit;
		const struct unit *unit = directory_unit(dir, own);

		sees = unit != NULL && top != NULL &&
		       closing_is_below(dir, unit, top, today) &&
		       access_may(ctx, "report.read", own);
	}
	*ret = sees;
	return OK;
}

const struct event_kind report_events[] = {
	{ "vn.truc.report.signed", "report", "report.sign", report_of,
	    may_read },
	{ "vn.truc.report.accepted", "report", "report.accept", report_of,
	    may_read },
	{ "vn.truc.report.sent_back", "report", "report.send_back", report_of,
	    may_read },
	{ "vn.truc.period.closed", "period", "report.close", NULL,
	    may_read_period },
	{ "vn.truc.period.reopened", "period", "report.reopen", NULL,
	    may_read_period },
	{ "vn.truc.report.submitted", "report", NULL, NULL, may_work },
	{ "vn.truc.report.withdrawn", "report", NULL, NULL, may_work },
	{ "vn.truc.report.returned", "report", NULL, NULL, may_work },
	{ "vn.truc.report.amended", "report", NULL, NULL, may_work },
	{ "vn.truc.report.dropped", "report", NULL, NULL, may_work },
	{ 0 },
};

/* Acts that cross a border are ledger entries, and those are events already. */
static const char *const inside[] = {
	[ACT_OPEN] = NULL,
	[ACT_SAVE] = NULL,
	[ACT_SUBMIT] = "vn.truc.report.submitted",
	[ACT_WITHDRAW] = "vn.truc.report.withdrawn",
	[ACT_RETURN] = "vn.truc.report.returned",
	[ACT_AMEND] = "vn.truc.report.amended",
	[ACT_DROP] = "vn.truc.report.dropped",
	[ACT_SIGN] = NULL,
	[ACT_SEND_BACK] = NULL,
	[ACT_ACCEPT] = NULL,
};

enum fail
report_tell(struct ctx *ctx, const struct report *report, enum report_act act)
{
	if (inside[act] == NULL)
		return OK;
	return event_emit(ctx, inside[act],
	    arena_printf(ctx->arena, "%" PRId64, report->id), report->unit->id);
}
