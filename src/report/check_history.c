#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/map.h"
#include "core/text.h"
#include "people/audit.h"
#include "people/mac.h"
#include "report/check.h"
#include "report/report.sql.h"

#define PREFIX "report."
#define CLOSE "report.close"
#define REOPEN "report.reopen"

/* An act as the audit has it. */
struct noted {
	const char *action;
	int64_t person;
	int64_t at_us;
	bool has_state; /* not in rows of before the chain */
	int64_t state;
	struct noted *next; /* of the same report */
};

struct history {
	struct noted *next; /* to be compared */
	struct noted *last;
	int64_t revision; /* of the newest act that is bound whole */
};

struct histories {
	struct arena *arena;
	struct arena *scratch;
	struct map *reports;  /* their id to struct history */
	struct map *closings; /* their entry's id to struct noted */
	size_t acts;          /* noted, not yet compared */
	size_t closed;
	size_t rows; /* of reports */
};

static void
add_act(struct histories *all, int64_t report, struct noted *noted)
{
	struct history *history = map_get(all->reports, report);

	if (history == NULL) {
		history = ARENA_NEW(all->arena, struct history);
		map_put(all->reports, report, history);
	}
	if (history->next == NULL)
		history->next = noted;
	else
		history->last->next = noted;
	history->last = noted;
	all->acts++;
}

static void
take(void *arg, const struct audit_kept *row)
{
	struct histories *all = arg;
	struct noted *noted = NULL;

	if (!text_starts(row->action, PREFIX))
		return;
	noted = ARENA_NEW(all->arena, struct noted);
	*noted = (struct noted){
		.action = arena_text(all->arena, row->action),
		.person = row->person,
		.at_us = row->at_us,
		.has_state = row->state != NULL,
		.state = row->state == NULL ? 0 : *row->state,
	};
	if (strcmp(row->action, CLOSE) != 0 &&
	    strcmp(row->action, REOPEN) != 0) {
		add_act(all, row->object, noted);
	} else {
		map_put(all->closings, row->object, noted);
		all->closed++;
	}
}

static bool
is_by(const struct noted *noted, const int64_t *person, int64_t at_us)
{
	return noted->person == (person == NULL ? 0 : *person) &&
	       noted->at_us == at_us;
}

static bool
is_act(struct ctx *ctx, struct arena *scratch, const struct noted *noted,
    const struct sql_report_act_all *row)
{
	const struct sql_report_act_insert_args args = {
		.report = row->report_id,
		.act = row->act,
		.at_us = row->at_us,
		.person = row->person_id,
		.name = row->person_name,
		.version = row->version,
		.revision = row->revision,
		.reason = row->reason,
		.entry = row->entry_id,
	};
	struct arena *outer = ctx->arena;
	struct digest state = { 0 };

	if (strcmp(noted->action + sizeof(PREFIX) - 1, row->act) != 0 ||
	    !is_by(noted, row->person_id, row->at_us))
		return false;
	if (!noted->has_state)
		return true;
	ctx->arena = scratch;
	state = report_act_mac(ctx, &args);
	ctx->arena = outer;
	arena_reset(scratch);
	return noted->state == mac_number(&state);
}

/* The next of its report, which is then compared. */
static bool
is_next(struct ctx *ctx, struct histories *all,
    const struct sql_report_act_all *row)
{
	struct history *history = map_get(all->reports, row->report_id);

	if (history == NULL || history->next == NULL ||
	    !is_act(ctx, all->scratch, history->next, row))
		return false;
	if (history->next->has_state)
		history->revision = row->revision;
	history->next = history->next->next;
	all->acts--;
	return true;
}

static enum fail
compare_acts(struct ctx *ctx, struct histories *all, int64_t *checked)
{
	struct sql_report_act_all row = { 0 };
	struct cursor *cursor = NULL;
	bool more = true;

	TRY(sql_report_act_all_open(ctx, &cursor));
	for (;;) {
		TRY(sql_report_act_all_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		if (!is_next(ctx, all, &row))
			return FAIL(ctx, FAIL_INTERNAL, "report.differs",
			    "report %" PRId64
			    ": the act %s at revision %" PRId64
			    " is not what the audit says",
			    row.report_id, row.act, row.revision);
		++*checked;
	}
}

static enum fail
compare_closings(struct ctx *ctx, struct histories *all, int64_t *checked)
{
	struct sql_closing_state row = { 0 };
	struct cursor *cursor = NULL;
	bool more = true;

	TRY(sql_closing_state_open(ctx, &cursor));
	for (;;) {
		const struct noted *noted = NULL;

		TRY(sql_closing_state_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		noted = map_get(all->closings, row.entry_id);
		if (noted == NULL || !is_by(noted, row.person_id, row.at_us) ||
		    strcmp(noted->action + sizeof(PREFIX) - 1, row.act) != 0)
			return FAIL(ctx, FAIL_INTERNAL, "report.differs",
			    "act %" PRId64 " (%s) of unit %" PRId64
			    " on %s is not what the audit says",
			    row.number, row.act, row.unit_id, row.period);
		all->closed--;
		++*checked;
	}
}

static enum fail
check_row(struct ctx *ctx, void *arg, const struct report_seen *seen)
{
	struct histories *all = arg;
	const struct history *history = map_get(all->reports, seen->id);

	all->rows += history != NULL; /* a paper alone has no history */
	if (seen->stored == NULL || *seen->stored != seen->mac)
		return FAIL(ctx, FAIL_INTERNAL, "report.differs",
		    "report %" PRId64 ": its row at revision %" PRId64
		    " is not as the program wrote it",
		    seen->id, seen->revision);
	if (history != NULL && seen->revision < history->revision)
		return FAIL(ctx, FAIL_INTERNAL, "report.differs",
		    "report %" PRId64 ": its row at revision %" PRId64
		    " is older than its newest act",
		    seen->id, seen->revision);
	return OK;
}

static enum fail
compare_rows(struct ctx *ctx, struct histories *all)
{
	const struct report_visit visit = { check_row, all };

	TRY(report_visit_rows(ctx, &visit));
	if (all->rows != map_count(all->reports))
		return FAIL(ctx, FAIL_INTERNAL, "report.differs",
		    "there are %zu reports with a history, the audit tells "
		    "of %zu",
		    all->rows, map_count(all->reports));
	return OK;
}

enum fail
report_check_history(struct ctx *ctx, int64_t *ret_checked)
{
	struct histories all = {
		.arena = ctx->arena,
		.scratch = arena_child(ctx->arena),
		.reports = map_new(ctx->arena, 1024),
		.closings = map_new(ctx->arena, 64),
	};
	struct audit_end end = { 0 };

	*ret_checked = 0;
	TRY(audit_fold(ctx, take, &all, &end));
	TRY(compare_acts(ctx, &all, ret_checked));
	TRY(compare_closings(ctx, &all, ret_checked));
	if (all.acts != 0 || all.closed != 0)
		return FAIL(ctx, FAIL_INTERNAL, "report.differs",
		    "the audit tells of %zu acts and %zu closings that have no "
		    "row",
		    all.acts, all.closed);
	return compare_rows(ctx, &all);
}
