#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "codec/json.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/text.h"
#include "core/utf8.h"
#include "org/heir.h"
#include "people/access.h"
#include "report/body.h"
#include "report/obligation.h"
#include "report/paper.h"
#include "report/place.h"
#include "report/report.sql.h"

/* ---- finding and opening ------------------------------------------------ */

/* Form, period and unit of an obligation, from their names. */
static enum fail
find_obligation(struct ctx *ctx, const struct report_input *input,
    struct report *report)
{
	TRY(obligation_find(ctx, input->form, input->period, &report->form,
	    &report->period));
	report->period_id = period_text(ctx->arena, &report->period);
	return directory_find_at(ctx, directory_now(ctx), "/unit", input->unit,
	    &report->unit);
}

static void
take_row(struct report *report, const struct sql_report_load *row)
{
	report->id = row->id;
	report->revision = row->revision;
	report->work = row->work;
	report->standing = row->standing;
	report->sent_version = row->sent_version;
	report->accepted_version = row->accepted_version;
	report->last_version = row->last_version;
	report->first_sent_us =
	    row->first_sent_us == NULL ? 0 : *row->first_sent_us;
	report->flags = row->flags;
	report->draft = row->draft;
	report->reason = row->reason;
	report->writer = row->writer;
	report->has_mac = row->mac != NULL;
	report->mac = row->mac == NULL ? 0 : *row->mac;
}

/* An act that leaves no trace of its own. */
static enum fail
take_step(struct ctx *ctx, struct report *report, enum report_act act)
{
	struct flow_step step = { 0 };

	TRY(flow_require(ctx, &report_flow, (int)act, report, &step));
	flow_move(&step);
	return OK;
}

/* What was open at the end of the period before is where this one begins. */
static void
carry_over(struct ctx *ctx, struct report *report)
{
	const struct cells *before = paper_previous(ctx, report);

	if (before != NULL)
		rules_carry(report->version, &report->cells, before);
}

static enum fail
fill_paper(struct ctx *ctx, struct report *report, const struct json *cells,
    bool nil)
{
	cells_init(&report->cells, ctx->arena, report->version->cell_count);
	if (nil) {
		for (size_t i = 0; i < report->cells.count; i++)
			report->cells.states[i] = CELL_VALUE;
	}
	if (cells != NULL)
		cells_read(ctx, report->version, cells, "/cells",
		    &report->cells);
	TRY(fail_valid(ctx));
	report->cells_of = report->version;
	report->has_cells = true;
	report->shown = 0;
	return OK;
}

static enum fail begin_amendment(struct ctx *ctx, struct report *report,
    const char *reason);

static bool
brings_cells(const struct report_input *input)
{
	return input->cells != NULL || input->nil;
}

enum fail
report_prepare(struct ctx *ctx, const struct report_input *input,
    struct report **ret)
{
	struct report *report = ARENA_NEW(ctx->arena, struct report);

	report->directory = directory_now(ctx);
	report->catalogue = catalogue_now(ctx);
	TRY(find_obligation(ctx, input, report));
	paper_describe(ctx, report);
	if (report->version != NULL && brings_cells(input))
		TRY(fill_paper(ctx, report, input->cells, input->nil));
	*ret = report;
	return OK;
}

/* What was prepared, if it still holds; else an empty one. */
static struct report *
take_prepared(struct ctx *ctx, const struct report_input *input)
{
	struct report *report = input->prepared;

	/*
	 * The transaction has taken the newest pictures since; those of before
	 * are held by ctx as well, so an address is not given twice.
	 */
	if (report != NULL && report->directory == directory_now(ctx) &&
	    report->catalogue == catalogue_now(ctx))
		return report;
	return ARENA_NEW(ctx->arena, struct report);
}

static void
write_as(struct report *report, const struct actor *actor)
{
	report->writer = &actor->person;
	report->has_changed = true;
}

/* Its row is written once, by report_store, in the state it has by then. */
static enum fail
open_new(struct ctx *ctx, int64_t id, struct report *report)
{
	static const int64_t nobody;

	report->id = id;
	report->is_new = true;
	report->revision = 1;
	report->writer = &nobody;
	return take_step(ctx, report, ACT_OPEN);
}

static enum fail
refuse_unread(struct ctx *ctx, const struct report *report)
{
	return FAIL(ctx, FAIL_CONFLICT, "report.other_writer",
	    "report %" PRId64 " is at revision %" PRId64
	    ", and somebody else wrote it",
	    report->id, report->revision);
}

/* Has the caller read what is on the desk, or was it written by nobody else? */
static bool
has_read(const struct ctx *ctx, const struct report_input *input,
    const struct report *report)
{
	const int64_t *writer = report->writer;

	return input->revision != NULL || report->draft == NULL ||
	       (writer != NULL &&
		   (*writer == 0 || *writer == ctx->actor->person));
}

/* Why it is corrected, said again or otherwise of a paper that is on the desk;
 * of one that corrects nothing there is no reason. */
static enum fail
take_reason(struct ctx *ctx, const struct report_input *input,
    struct report *report)
{
	const char *reason = input->reason;

	if (report->last_version == 0 || reason == NULL || reason[0] == '\0' ||
	    text_equal(reason, report->reason))
		return OK;
	TRY(take_step(ctx, report, ACT_SAVE));
	if (!has_read(ctx, input, report))
		return refuse_unread(ctx, report);
	report->reason = reason;
	report->has_reason = true;
	return OK;
}

/* The report as stored; one that was signed is opened as an amendment. */
static enum fail
find_again(struct ctx *ctx, const struct report_input *input,
    const struct sql_report_load *row, struct report *report)
{
	take_row(report, row);
	TRY(flow_check(ctx, &report_flow, report));
	if (input->revision != NULL)
		TRY(report_at(ctx, report, *input->revision));
	if (report->work != WORK_NONE)
		return take_reason(ctx, input, report);
	if (input->reason == NULL)
		return take_step(ctx, report, ACT_OPEN);
	return brings_cells(input) ? begin_amendment(ctx, report, input->reason)
				   : report_amend(ctx, report, input->reason);
}

static bool
is_at(const struct sql_report_load *row, const struct report_place *place)
{
	return row != NULL && row->form_id == place->form &&
	       text_equal(row->period, place->period) &&
	       row->unit_id == place->unit;
}

/* NULL: there is none. */
static enum fail
find_row(struct ctx *ctx, const struct report *report,
    struct sql_report_load **ret)
{
	const struct report_place place = report_place_of(report);
	int64_t id = 0;

	*ret = NULL;
	TRY(place_find(ctx, &place, &id));
	if (id == 0)
		return OK;
	TRY(sql_report_load(ctx, id, ret));
	if (is_at(*ret, &place))
		return OK;
	/* It was not kept after all. */
	place_forget(ctx, &place);
	*ret = NULL;
	TRY(place_find(ctx, &place, &id));
	return id == 0 ? OK : sql_report_load(ctx, id, ret);
}

/* A report with a paper on the desk, whatever was there before. */
static enum fail
find_or_open(struct ctx *ctx, const struct report_input *input,
    struct report *report, bool *ret_new)
{
	struct sql_report_load *row = NULL;
	int64_t id = 0;

	TRY(find_row(ctx, report, &row));
	*ret_new = row == NULL;
	if (row != NULL)
		return find_again(ctx, input, row, report);
	if (input->revision != NULL && *input->revision != 0)
		return FAIL(ctx, FAIL_STALE, "report.stale",
		    "no report, and revision %" PRId64 " was read",
		    *input->revision);
	TRY(place_next_id(ctx, &id));
	return open_new(ctx, id, report);
}

/* Is what the input brings on the desk already? */
static bool
is_on_desk(struct ctx *ctx, const struct report *report)
{
	struct text text;

	text_init(&text, ctx->arena);
	cells_write(&text, report->version, &report->cells);
	return text_equal(text_of(&text), report->draft);
}

/* Nobody writes over the cells of somebody else without having read them. */
static enum fail
check_writer(struct ctx *ctx, const struct report_input *input,
    const struct report *report)
{
	if (has_read(ctx, input, report) || is_on_desk(ctx, report))
		return OK;
	return refuse_unread(ctx, report);
}

static void
note_broken(struct ctx *ctx, const struct report *report,
    const struct finding *finding)
{
	const struct rule *rule = finding->rule;
	const char *cell = report->version->cells[rule->target];

	fail_invalid(ctx, arena_printf(ctx->arena, "/cells/%s", cell), rule->id,
	    "%s",
	    text_equal(ctx->locale, "en") ? rule->message_en
					  : rule->message_vi);
}

static enum fail
refuse_broken(struct ctx *ctx, size_t broken)
{
	return FAIL(ctx, FAIL_CONFLICT, "report.rule_broken",
	    "%zu rules are broken", broken);
}

/*
 * Who says that nothing happened says as well that nothing was left open by the
 * period before: wrong, however mild the form is with a figure that differs.
 */
static enum fail
check_nil(struct ctx *ctx, struct report *report)
{
	struct finding *findings = NULL;
	size_t count = 0;
	size_t broken = 0;

	TRY(paper_judge(ctx, report, &findings, &count));
	for (size_t i = 0; i < count; i++) {
		if (!findings[i].rule->carry ||
		    findings[i].verdict != RULE_BROKEN)
			continue;
		note_broken(ctx, report, &findings[i]);
		broken++;
	}
	return broken == 0 ? OK : refuse_broken(ctx, broken);
}

/* What the input brings, over what is carried from the period before. */
static enum fail
fill(struct ctx *ctx, const struct report_input *input, struct report *report)
{
	TRY(take_step(ctx, report, ACT_SAVE));
	if (!report->has_cells)
		TRY(fill_paper(ctx, report, input->cells, input->nil));
	carry_over(ctx, report);
	report->has_changed = true;
	if (!brings_cells(input))
		return OK;
	TRY(check_writer(ctx, input, report));
	if (input->nil)
		TRY(check_nil(ctx, report));
	write_as(report, ctx->actor);
	return OK;
}

/* Is there to be a report of this obligation by now? */
static enum fail
check_obligation(struct ctx *ctx, const struct report *report)
{
	if (!report->owed)
		return FAIL(ctx, FAIL_CONFLICT, "report.not_owed",
		    "unit %" PRId64 " does not owe this report",
		    report->unit->id);
	if (!period_is_open(report->form, &report->period, ctx->now_us))
		return FAIL(ctx, FAIL_CONFLICT, "period.not_open",
		    "%s is not open yet", report->period_id);
	return OK;
}

static enum fail
check_reason(struct ctx *ctx, const char *reason)
{
	if (reason == NULL || !utf8_says(reason) ||
	    strlen(reason) > REPORT_REASON_MAX)
		fail_invalid(ctx, "/reason", "report.reason",
		    "a reason of 1 to %d bytes, with a letter or a digit",
		    REPORT_REASON_MAX);
	return fail_valid(ctx);
}

enum fail
report_open(struct ctx *ctx, const struct report_input *input,
    struct report **ret, bool *ret_new)
{
	struct report *report = take_prepared(ctx, input);
	const bool is_prepared = report->unit != NULL;

	if (!is_prepared)
		TRY(find_obligation(ctx, input, report));
	TRY(access_find(ctx, "report.edit", report->unit->id,
	    "report.unknown"));
	/* An empty one says that there is none; an amendment asks for one. */
	if (input->reason != NULL && input->reason[0] != '\0')
		TRY(check_reason(ctx, input->reason));
	TRY(heir_of(ctx, report->unit, &report->heir));
	if (!is_prepared)
		paper_describe(ctx, report);
	TRY(check_obligation(ctx, report));
	*ret = report; /* for who must hear what he did not read */
	TRY(find_or_open(ctx, input, report, ret_new));
	if (*ret_new || brings_cells(input))
		TRY(fill(ctx, input, report));
	return OK;
}

/* Show the paper, or version n with the form version it was made with. */
static enum fail
choose_shown(struct ctx *ctx, struct report *report, int64_t version)
{
	struct sql_report_version_load *row = NULL;

	if (version == 0 && report->work != WORK_NONE &&
	    paper_own(ctx, report)) {
		report->shown = 0;
		return OK;
	}
	if (version == 0)
		version = report->sent_version != 0 ? report->sent_version
						    : report->last_version;
	TRY(sql_report_version_load(ctx, report->id, version, &row));
	if (row == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "report.unknown",
		    "report %" PRId64 " has no version %" PRId64, report->id,
		    version);
	report->shown = version;
	report->entry_id = row->entry_id;
	report->cells_of =
	    catalogue_version(catalogue_now(ctx), row->form_version_id);
	assert(report->cells_of != NULL);
	report->digest = digest_stored(row->digest);
	return OK;
}

enum fail
report_load(struct ctx *ctx, int64_t id, int64_t version, struct report **ret)
{
	struct report *report = ARENA_NEW(ctx->arena, struct report);
	struct sql_report_load *row = NULL;

	TRY(sql_report_load(ctx, id, &row));
	if (row == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "report.unknown",
		    "no report %" PRId64, id);
	report->unit = directory_unit(directory_now(ctx), row->unit_id);
	assert(report->unit != NULL);
	if (!paper_may_review(ctx, report))
		TRY(access_find(ctx, "report.read", row->unit_id,
		    "report.unknown"));
	take_row(report, row);
	TRY(flow_check(ctx, &report_flow, report));
	report->form = catalogue_form_by_id(catalogue_now(ctx), row->form_id);
	assert(report->form != NULL);
	if (!period_parse(&report->form->calendar, row->period,
		&report->period))
		return FAIL(ctx, FAIL_INTERNAL, "report.body",
		    "period %s is none of its form", row->period);
	report->period_id = row->period;
	paper_describe(ctx, report);
	TRY(heir_of(ctx, report->unit, &report->heir));
	TRY(choose_shown(ctx, report, version));
	*ret = report;
	return OK;
}

enum fail
report_find(struct ctx *ctx, const struct report_input *input,
    struct report **ret)
{
	struct report *wanted = ARENA_NEW(ctx->arena, struct report);
	struct sql_report_find *row = NULL;

	TRY(find_obligation(ctx, input, wanted));
	TRY(sql_report_find(ctx, wanted->form->id, wanted->period_id,
	    wanted->unit->id, &row));
	if (row == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "report.unknown",
		    "no report of unit %" PRId64 " for %s", wanted->unit->id,
		    wanted->period_id);
	return report_load(ctx, row->id, 0, ret);
}

enum fail
report_foresee(struct ctx *ctx, const struct report_input *input,
    struct report **ret)
{
	struct report *report = ARENA_NEW(ctx->arena, struct report);
	struct sql_report_find *row = NULL;

	TRY(find_obligation(ctx, input, report));
	TRY(access_find(ctx, "report.edit", report->unit->id,
	    "report.unknown"));
	paper_describe(ctx, report);
	TRY(check_obligation(ctx, report));
	TRY(sql_report_find(ctx, report->form->id, report->period_id,
	    report->unit->id, &row));
	if (row != NULL)
		return report_load(ctx, row->id, 0, ret);
	TRY(heir_of(ctx, report->unit, &report->heir));
	TRY(fill_paper(ctx, report, NULL, false));
	carry_over(ctx, report);
	*ret = report;
	return OK;
}

/* ---- acts --------------------------------------------------------------- */

/* May the act be done?  Then it is noted for report_store. */
static enum fail
begin(struct ctx *ctx, struct report *report, enum report_act act,
    const char *reason, struct flow_step *ret)
{
	ledger_take_moment(ctx);
	TRY(flow_require(ctx, &report_flow, (int)act, report, ret));
	assert(report->act_count < REPORT_ACTS_MAX);
	report->acts[report->act_count++] =
	    (struct pending_act){ .act = act, .reason = reason };
	return OK;
}

enum fail
report_save(struct ctx *ctx, struct report *report, const struct json *cells)
{
	TRY(take_step(ctx, report, ACT_SAVE));
	TRY(fill_paper(ctx, report, cells, false));
	write_as(report, ctx->actor);
	return OK;
}

/* Blocking rules kept, explain rules kept or explained. */
static enum fail
check_rules(struct ctx *ctx, struct report *report)
{
	struct finding *findings = NULL;
	size_t count = 0;
	size_t broken = 0;

	TRY(paper_cells(ctx, report));
	rules_fill(report->version, &report->cells);
	TRY(paper_judge(ctx, report, &findings, &count));
	report->flags = 0;
	for (size_t i = 0; i < count; i++) {
		const struct rule *rule = findings[i].rule;
		const bool explained =
		    report->cells.remarks != NULL &&
		    report->cells.remarks[rule->target] != NULL;

		if (findings[i].verdict != RULE_BROKEN)
			continue;
		if (rule->severity == SEVERITY_BLOCK ||
		    (rule->severity == SEVERITY_EXPLAIN && !explained)) {
			note_broken(ctx, report, &findings[i]);
			broken++;
		} else {
			report->flags++;
		}
	}
	return broken == 0 ? OK : refuse_broken(ctx, broken);
}

/* With computed cells filled in, as they are in what was signed. */
static enum fail
check_changed(struct ctx *ctx, const struct report *report)
{
	bool differs = false;

	TRY(paper_differs(ctx, report, &differs));
	if (differs)
		return OK;
	return FAIL(ctx, FAIL_CONFLICT, "report.unchanged",
	    "report %" PRId64 " says what its version %" PRId64 " says",
	    report->id, report->sent_version);
}

enum fail
report_submit(struct ctx *ctx, struct report *report)
{
	struct flow_step step = { 0 };

	TRY(begin(ctx, report, ACT_SUBMIT, NULL, &step));
	TRY(check_rules(ctx, report));
	TRY(check_changed(ctx, report));
	report->has_changed = true;
	flow_move(&step);
	return OK;
}

enum fail
report_withdraw(struct ctx *ctx, struct report *report)
{
	struct flow_step step = { 0 };

	TRY(begin(ctx, report, ACT_WITHDRAW, NULL, &step));
	flow_move(&step);
	return OK;
}

enum fail
report_sign(struct ctx *ctx, struct report *report)
{
	struct flow_step step = { 0 };

	TRY(begin(ctx, report, ACT_SIGN, report->reason, &step));
	TRY(check_rules(ctx, report));
	TRY(check_changed(ctx, report));
	flow_move(&step);
	report->last_version++;
	report->sent_version = report->last_version;
	report->shown = report->last_version;
	if (report->first_sent_us == 0)
		report->first_sent_us = ctx->now_us;
	report->draft = NULL;
	report->reason = NULL;
	return OK;
}

enum fail
report_accept(struct ctx *ctx, struct report *report)
{
	struct flow_step step = { 0 };

	TRY(begin(ctx, report, ACT_ACCEPT, NULL, &step));
	/* Not the last one, if that was sent back. */
	report->acts[report->act_count - 1].version = report->sent_version;
	flow_move(&step);
	report->accepted_version = report->sent_version;
	return OK;
}

/* The version before counts again; the returned one comes back as a paper. */
static enum fail
return_version(struct ctx *ctx, struct report *report, const char *reason)
{
	struct sql_report_version_load *before = NULL;
	const int64_t returned = report->sent_version;
	struct flow_step step = { 0 };

	TRY(begin(ctx, report, ACT_SEND_BACK, reason, &step));
	report->acts[report->act_count - 1].version = returned;
	TRY(sql_report_version_before(ctx, report->id, returned, &before));
	if (report->work == WORK_NONE) {
		TRY(choose_shown(ctx, report, returned));
		report->has_cells = false;
		TRY(paper_cells(ctx, report));
		report->has_changed = true;
	}
	report->sent_version = before == NULL ? 0 : before->number;
	report->flags = before == NULL ? 0 : before->flags;
	flow_move(&step);
	report->has_cells = false;
	return choose_shown(ctx, report, 0);
}

enum fail
report_send_back(struct ctx *ctx, struct report *report, const char *reason)
{
	struct flow_step step = { 0 };

	TRY(check_reason(ctx, reason));
	if (!flow_allows(ctx, &report_flow, ACT_RETURN, report))
		return return_version(ctx, report, reason);
	TRY(begin(ctx, report, ACT_RETURN, reason, &step));
	flow_move(&step);
	return OK;
}

/* Without cells: those of the sent version, or what the caller brings. */
static enum fail
begin_amendment(struct ctx *ctx, struct report *report, const char *reason)
{
	struct flow_step step = { 0 };

	TRY(check_reason(ctx, reason));
	TRY(begin(ctx, report, ACT_AMEND, reason, &step));
	flow_move(&step);
	write_as(report, ctx->actor);
	report->reason = reason;
	report->shown = 0;
	return OK;
}

enum fail
report_amend(struct ctx *ctx, struct report *report, const char *reason)
{
	const int64_t sent = report->sent_version;

	TRY(begin_amendment(ctx, report, reason));
	TRY(choose_shown(ctx, report, sent));
	report->has_cells = false;
	TRY(paper_cells(ctx, report));
	report->shown = 0;
	return OK;
}

enum fail
report_drop(struct ctx *ctx, struct report *report)
{
	struct sql_report_version_load *counting = NULL;
	struct flow_step step = { 0 };

	TRY(begin(ctx, report, ACT_DROP, NULL, &step));
	TRY(sql_report_version_load(ctx, report->id, report->sent_version,
	    &counting));
	assert(counting != NULL);
	flow_move(&step);
	report->draft = NULL;
	report->reason = NULL;
	report->flags = counting->flags;
	report->has_changed = false;
	report->has_cells = false;
	return choose_shown(ctx, report, 0);
}
