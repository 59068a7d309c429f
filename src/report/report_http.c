#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "app/page.h"
#include "app/table.h"
#include "codec/json.h"
#include "core/arena.h"
#include "core/paging.h"
#include "core/text.h"
#include "people/access.h"
#include "regime/definition.h"
#include "regime/period.h"
#include "report/bound.h"
#include "report/field.h"
#include "report/list.h"
#include "report/report.h"
#include "report/slice.h"

#define CELLS_IN_SCHEMA \
	"{\"type\":\"object\",\"additionalProperties\":{\"oneOf\":[" \
	"{\"type\":\"string\",\"description\":\"a decimal number\"}," \
	"{\"type\":\"integer\"}," \
	"{\"type\":\"null\",\"description\":\"missing\"}," \
	"{\"type\":\"object\",\"properties\":{" \
	"\"state\":{\"enum\":[\"none\",\"missing\",\"withheld\"]}," \
	"\"value\":{\"type\":\"string\"}," \
	"\"remark\":{\"type\":\"string\",\"maxLength\":2000}}}]}}"
#define CELLS_IN_EXAMPLE \
	"{\"s01.c4\":\"12\",\"s01.c5\":{\"state\":\"none\"},\"s01.c6\":null}"

struct report_in {
	const char *form;
	const char *period;
	const char *unit;
	const struct json *cells;
	bool nil;
	const char *reason;
	const struct json *submit; /* false is not absent */
	bool sign;
};

/* clang-format off */
static const struct shape_field report_in_fields[] = {
	F_FORM(struct report_in, REQUIRED),
	F_PERIOD(struct report_in, period, REQUIRED),
	F_UNIT_REF(struct report_in, unit, REQUIRED,
	    "unit that reports: its id, or scheme:code@date",
	    "\"area:20200@2025-07-01\""),
	F_JSON(struct report_in, cells, OPTIONAL, CELLS_IN_SCHEMA,
	    "cells by id; those not named are missing", CELLS_IN_EXAMPLE),
	F_BOOL(struct report_in, nil, OPTIONAL,
	    "nil report: nothing happened, every cell is zero; without "
	    "cells, and only if the period before left nothing open",
	    "false"),
	F_REPORT_REASON(struct report_in, OPTIONAL,
	    "why a sent report is amended", "\"Số liệu cột 8 nhập nhầm\""),
	F_JSON(struct report_in, submit, OPTIONAL, "{\"type\":\"boolean\"}",
	    "also hand it to the leader; not false together with sign",
	    "true"),
	F_BOOL(struct report_in, sign, OPTIONAL,
	    "also submit, sign and send it", "true"),
};
static const struct shape report_in_shape =
    SHAPE("ReportInput", struct report_in, report_in_fields);
/* clang-format on */

static_assert(CELL_REMARK_MAX == 2000, "as CELLS_IN_SCHEMA says");
/* A cell is an object with value or state, and perhaps a remark. */
static_assert(SHAPE_JSON_VALUES > 4 * DEFINITION_CELLS_MAX, "all cells fit");

static enum fail
answer_report(struct ctx *ctx, struct call *call, int status,
    struct report *report)
{
	const struct report_view *view = NULL;

	TRY(report_show(ctx, report, &view));
	call_answer_etag(ctx, call, report_revision(report));
	return call_answer(ctx, call, status, &report_shape, view);
}

/* Written, or the day's bounds are used up: then it is the sender who waits, for
 * tomorrow. */
static enum fail
store(struct ctx *ctx, struct call *call, struct report *report,
    int64_t revision)
{
	const enum fail got = report_store(ctx, report, revision);

	if (got == FAIL_TOO_OFTEN)
		call_answer_header(call, "Retry-After",
		    arena_printf(ctx->arena, "%" PRId64,
			day_left_s(ctx->now_us)));
	return got;
}

static struct report_input
input_of(const struct call *call)
{
	const struct report_in *in = call_body(call, &report_in_shape);

	return (struct report_input){
		.form = in->form,
		.period = in->period,
		.unit = in->unit,
		.cells = in->cells,
		.nil = in->nil,
		.reason = in->reason,
		.prepared = call_prepared(call),
	};
}

static enum fail
prepare_report(struct ctx *ctx, struct call *call)
{
	const struct report_input input = input_of(call);
	struct report *report = NULL;

	TRY(report_prepare(ctx, &input, &report));
	call_prepare(call, report);
	return OK;
}

static bool
is_unread(const struct ctx *ctx, enum fail got)
{
	return got == FAIL_CONFLICT &&
	       text_equal(ctx->failure.code, "report.other_writer");
}

/* Whoever has not read what is on the desk hears at which revision it is. */
static enum fail
open_as_read(struct ctx *ctx, struct call *call, struct report **ret,
    bool *ret_new)
{
	struct report_input input = input_of(call);
	int64_t revision = 0;
	enum fail got = OK;

	if (call_header(call, "If-Match") != NULL) {
		TRY(call_if_match(ctx, call, &revision));
		input.revision = &revision;
	}
	got = report_open(ctx, &input, ret, ret_new);
	if (*ret != NULL && (got == FAIL_STALE || is_unread(ctx, got)))
		call_fail_at(call, report_revision(*ret));
	return got;
}

/* Two members do not say different things: whoever wrote the one did not mean
 * the other. */
static enum fail
check_members(struct ctx *ctx, const struct report_in *in)
{
	const bool is_given = in->submit != NULL;

	if (is_given && json_type(in->submit) != JSON_IS_BOOL)
		fail_invalid(ctx, "/submit", "input.type", "true or false");
	else if (is_given && in->sign && !json_bool(in->submit))
		fail_invalid(ctx, "/submit", "report.two_answers",
		    "what is signed is submitted");
	if (in->nil && in->cells != NULL)
		fail_invalid(ctx, "/nil", "report.two_answers",
		    "a nil report has no cells of its own");
	return fail_valid(ctx);
}

/* One call for the first integrator: open, fill, submit, sign and send. */
static enum fail
post_report(struct ctx *ctx, struct call *call)
{
	const struct report_in *in = call_body(call, &report_in_shape);
	struct report *report = NULL;
	bool is_new = false;

	TRY(check_members(ctx, in));
	TRY(open_as_read(ctx, call, &report, &is_new));
	if (in->sign || (in->submit != NULL && json_bool(in->submit)))
		TRY(report_submit(ctx, report));
	if (in->sign)
		TRY(report_sign(ctx, report));
	TRY(store(ctx, call, report, report_revision(report)));
	return answer_report(ctx, call, is_new ? 201 : 200, report);
}

struct new_query {
	const char *form;
	const char *period;
	const char *unit;
};

/* clang-format off */
static const struct shape_field new_query_fields[] = {
	F_FORM(struct new_query, REQUIRED),
	F_PERIOD(struct new_query, period, REQUIRED),
	F_UNIT_REF(struct new_query, unit, REQUIRED,
	    "unit that reports: its id, or scheme:code@date",
	    "\"area:20200@2025-07-01\""),
};
static const struct shape new_query_shape =
    SHAPE("ReportNewQuery", struct new_query, new_query_fields);
/* clang-format on */

static enum fail
get_new(struct ctx *ctx, struct call *call)
{
	const struct new_query *query = call_query(call, &new_query_shape);
	const struct report_input input = {
		.form = query->form,
		.period = query->period,
		.unit = query->unit,
	};
	struct report *report = NULL;

	TRY(report_foresee(ctx, &input, &report));
	return answer_report(ctx, call, 200, report);
}

struct report_query {
	const int64_t *version;
};

/* clang-format off */
static const struct shape_field report_query_fields[] = {
	F_OPT_INT(struct report_query, version, 1, 1000000,
	    "a signed version instead of the working paper or the newest one",
	    "1"),
};
static const struct shape report_query_shape =
    SHAPE("ReportQuery", struct report_query, report_query_fields);
/* clang-format on */

static enum fail
get_report(struct ctx *ctx, struct call *call)
{
	const struct report_query *query =
	    call_query(call, &report_query_shape);
	struct report *report = NULL;
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(report_load(ctx, id, query->version == NULL ? 0 : *query->version,
	    &report));
	return answer_report(ctx, call, 200, report);
}

static const char *
say_act(struct ctx *ctx, const char *act)
{
	return page_code(ctx, "report.history.act", act);
}

static const struct table_column history_columns[] = {
	{ "act", NULL, say_act },
	{ "at", NULL, NULL },
	{ "person", NULL, NULL },
	{ "version", NULL, NULL },
	{ "reason", NULL, NULL },
	{ "ledger_index", NULL, table_ordinal },
	{ NULL, NULL, NULL },
};
static const struct route_table history_table = {
	.name = "history",
	.words = "report.history",
	.list = "items",
	.columns = history_columns,
};

static enum fail
get_history(struct ctx *ctx, struct call *call)
{
	const struct report_history *history = NULL;
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(report_history(ctx, id, &history));
	return call_answer(ctx, call, 200, &report_history_shape, history);
}

/* ---- acts --------------------------------------------------------------- */

/* The report of the path, and the revision the caller read. */
static enum fail
begin(struct ctx *ctx, struct call *call, struct report **ret,
    int64_t *ret_revision)
{
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(report_load(ctx, id, 0, ret));
	return call_if_match(ctx, call, ret_revision);
}

/*
 * What an act came to, for a caller who read this revision.  Who may not do it
 * hears that, whatever he read; of all others who is stale hears that, and not
 * what the act says of a report that he has not seen.
 */
static enum fail
judge(struct ctx *ctx, struct call *call, const struct report *report,
    int64_t revision, enum fail got)
{
	if (got == FAIL_DENIED || got == FAIL_NOT_FOUND ||
	    report_revision(report) == revision)
		return got;
	if (got != OK)
		fail_clear(ctx);
	call_fail_at(call, report_revision(report));
	return report_at(ctx, report, revision);
}

struct draft_in {
	const struct json *cells;
};

/* clang-format off */
static const struct shape_field draft_in_fields[] = {
	F_JSON(struct draft_in, cells, REQUIRED, CELLS_IN_SCHEMA,
	    "cells by id; those not named become missing", CELLS_IN_EXAMPLE),
};
static const struct shape draft_in_shape =
    SHAPE("DraftInput", struct draft_in, draft_in_fields);
/* clang-format on */

static enum fail
put_draft(struct ctx *ctx, struct call *call)
{
	const struct draft_in *in = call_body(call, &draft_in_shape);
	struct report *report = NULL;
	int64_t revision = 0;

	TRY(begin(ctx, call, &report, &revision));
	TRY(judge(ctx, call, report, revision,
	    report_save(ctx, report, in->cells)));
	TRY(store(ctx, call, report, revision));
	return answer_report(ctx, call, 200, report);
}

static enum fail
act(struct ctx *ctx, struct call *call,
    enum fail (*run)(struct ctx *ctx, struct report *report))
{
	struct report *report = NULL;
	int64_t revision = 0;

	TRY(begin(ctx, call, &report, &revision));
	TRY(judge(ctx, call, report, revision, run(ctx, report)));
	TRY(store(ctx, call, report, revision));
	return answer_report(ctx, call, 200, report);
}

static enum fail
post_submit(struct ctx *ctx, struct call *call)
{
	return act(ctx, call, report_submit);
}

static enum fail
post_withdraw(struct ctx *ctx, struct call *call)
{
	return act(ctx, call, report_withdraw);
}

static enum fail
post_sign(struct ctx *ctx, struct call *call)
{
	return act(ctx, call, report_sign);
}

static enum fail
post_accept(struct ctx *ctx, struct call *call)
{
	return act(ctx, call, report_accept);
}

struct reason_in {
	const char *reason;
};

/* clang-format off */
static const struct shape_field reason_in_fields[] = {
	F_REPORT_REASON(struct reason_in, REQUIRED,
	    "why, in words the other side can act on",
	    "\"Cột 6 chưa khớp kỳ trước\""),
};
static const struct shape reason_in_shape =
    SHAPE("ReasonInput", struct reason_in, reason_in_fields);
/* clang-format on */

static enum fail
act_with_reason(struct ctx *ctx, struct call *call,
    enum fail (
	*run)(struct ctx *ctx, struct report *report, const char *reason))
{
	const struct reason_in *in = call_body(call, &reason_in_shape);
	struct report *report = NULL;
	int64_t revision = 0;

	TRY(begin(ctx, call, &report, &revision));
	TRY(judge(ctx, call, report, revision, run(ctx, report, in->reason)));
	TRY(store(ctx, call, report, revision));
	return answer_report(ctx, call, 200, report);
}

static enum fail
post_send_back(struct ctx *ctx, struct call *call)
{
	return act_with_reason(ctx, call, report_send_back);
}

static enum fail
post_amend(struct ctx *ctx, struct call *call)
{
	return act_with_reason(ctx, call, report_amend);
}

static enum fail
post_drop(struct ctx *ctx, struct call *call)
{
	return act(ctx, call, report_drop);
}

/* ---- lists -------------------------------------------------------------- */

/* clang-format off */
static const struct shape_field list_query_fields[] = {
	F_TEXT(struct report_list_query, form, 64, OPTIONAL,
	    "only this form", "\"II.06a/VPCP/KSTT\""),
	F_TEXT(struct report_list_query, period, 16, OPTIONAL,
	    "only this period", "\"2025-Q3\""),
	F_UNIT_REF(struct report_list_query, unit, OPTIONAL,
	    "only this unit: its id, or scheme:code@date", "\"1204\""),
	F_UNIT_REF(struct report_list_query, children_of, OPTIONAL,
	    "only units whose reports this unit accepts", "\"17\""),
	F_REPORT_STATE(struct report_list_query, OPTIONAL,
	    "only reports in this state"),
	F_TEXT(struct report_list_query, q, 200, OPTIONAL,
	    "only units with this in the name, with or without diacritics, or "
	    "with this code", "\"hoa tien\""),
	F_BOOL(struct report_list_query, late, OPTIONAL,
	    "only those first signed after the deadline, or unsigned and "
	    "overdue", "true"),
	F_LIMIT(struct report_list_query, PAGING_MOST),
	F_AFTER(struct report_list_query),
	F_FORMAT(struct report_list_query),
};
static const struct shape list_query_shape =
    SHAPE("ReportListQuery", struct report_list_query, list_query_fields);
/* clang-format on */

static const struct table_column list_columns[] = {
	{ "id", NULL, NULL },
	{ "unit_name", NULL, NULL },
	{ "form", NULL, NULL },
	{ "period", NULL, period_words },
	{ "state", NULL, NULL },
	{ "version", NULL, NULL },
	{ "sent_at", NULL, NULL },
	{ "late", NULL, NULL },
	{ "flags", NULL, NULL },
	{ NULL, NULL, NULL },
};
static const struct route_table list_table = {
	.name = "reports",
	.words = "report.list",
	.list = "items",
	.columns = list_columns,
};

static enum fail
get_reports(struct ctx *ctx, struct call *call)
{
	const struct report_list *list = NULL;

	TRY(report_list(ctx, call_query(call, &list_query_shape), &list));
	return call_answer(ctx, call, 200, &report_list_shape, list);
}

struct accept_in {
	struct ints_of ids;
};

struct accept_out {
	struct list_of items;
};

#define ACCEPT_MAX 500

/* clang-format off */
static const struct shape_field accept_in_fields[] = {
	F_INTS(struct accept_in, ids, 1, ACCEPT_MAX, 1, INT64_MAX, REQUIRED,
	    "reports to accept, 1 to 500", "[7,8]"),
};
static const struct shape accept_in_shape =
    SHAPE("AcceptInput", struct accept_in, accept_in_fields);

static const struct shape_field outcome_fields[] = {
	F_COUNT(struct report_outcome, id, "number of the report", "7"),
	F_BOOL(struct report_outcome, ok, REQUIRED, "whether it is accepted",
	    "true"),
	F_TEXT(struct report_outcome, code, 64, OPTIONAL,
	    "why not: a failure code, or report.flagged when a rule asks for "
	    "a look first", "\"report.flagged\""),
};
static const struct shape outcome_shape =
    SHAPE("AcceptOutcome", struct report_outcome, outcome_fields);

static const struct shape_field accept_out_fields[] = {
	F_LIST(struct accept_out, items, &outcome_shape, ACCEPT_MAX,
	    "one for each id, in the same order"),
};
static const struct shape accept_out_shape =
    SHAPE("AcceptOutcomes", struct accept_out, accept_out_fields);
/* clang-format on */

static enum fail
post_accept_many(struct ctx *ctx, struct call *call)
{
	const struct accept_in *in = call_body(call, &accept_in_shape);
	struct accept_out *out = ARENA_NEW(ctx->arena, struct accept_out);
	const size_t count = in->ids.count;
	struct report_outcome *items =
	    ARENA_ARRAY(ctx->arena, count, struct report_outcome);

	for (size_t i = 0; i < count; i++)
		items[i].id = in->ids.at[i];
	TRY(report_accept_many(ctx, items, count));
	out->items = (struct list_of){ items, count };
	return call_answer(ctx, call, 200, &accept_out_shape, out);
}

#define FAILURES(...) \
	(const char *const[]) \
	{ \
		__VA_ARGS__, NULL \
	}
#define PAPER_FAILURES ACT_FAILURES, "report.day_full"
#define ACT_FAILURES \
	"report.unknown", "report.stale", "report.wrong_state", \
	    "access.denied", "input.if_match"

const struct route report_routes[] = {
	{ .method = POST,
	    .path = "/api/v1/reports",
	    .permission = "report.edit",
	    .tx = TX_WRITE,
	    .flags = ROUTE_MAY_MATCH,
	    .in = &report_in_shape,
	    .out = &report_shape,
	    .prepare = prepare_report,
	    .handle = post_report,
	    .summary = "Open, fill, submit or sign a report in one call. With "
		       "a reason it amends what was sent, and must change it. "
		       "If-Match names the revision that was read, \"0\" that "
		       "there was none; without it nobody writes over somebody "
		       "else's cells.",
	    .failures = FAILURES("input.if_match", "report.stale",
		"report.other_writer", "form.unknown", "period.unknown",
		"period.not_open", "unit.ref", "unit.unknown",
		"unit.code_needs_date", "report.unknown", "report.not_owed",
		"report.wrong_state", "report.rule_broken", "report.unchanged",
		"report.day_full", "report.reason", "report.two_answers",
		"report.heir_unnamed", "report.heir_other", "access.denied",
		"cell.unknown", "cell.type", "cell.number", "cell.scale",
		"cell.range", "cell.state", "cell.remark") },
	{ .method = GET,
	    .path = "/api/v1/reports",
	    .permission = "report.read",
	    .tx = TX_READ,
	    .query = &list_query_shape,
	    .out = &report_list_shape,
	    .media = &table_media,
	    .table = &list_table,
	    .handle = get_reports,
	    .summary = "Reports that this person may see, oldest first.",
	    .failures = FAILURES("form.unknown", "unit.ref", "unit.unknown") },
	{ .method = POST,
	    .path = "/api/v1/reports/accept",
	    .permission = "report.review",
	    .tx = TX_NONE, /* units of work of its own */
	    .in = &accept_in_shape,
	    .out = &accept_out_shape,
	    .handle = post_accept_many,
	    .summary =
		"Accept many reports that carry no flags, some at a time. "
		"What was accepted stays so if the request breaks off; "
		"sent again, it accepts the rest and answers ok for "
		"those." },
	{ .method = GET,
	    .path = "/api/v1/reports/new",
	    .permission = "report.edit",
	    .tx = TX_READ,
	    .query = &new_query_shape,
	    .out = &report_shape,
	    .handle = get_new,
	    .summary =
		"The report of an obligation as it would be opened, with "
		"what is carried over; nothing is written. One that is "
		"there already is given as it is.",
	    .failures = FAILURES("form.unknown", "period.unknown",
		"period.not_open", "unit.ref", "unit.unknown",
		"unit.code_needs_date", "report.unknown", "report.not_owed") },
	{ .method = GET,
	    .path = "/api/v1/reports/{id}",
	    .permission = "report.read",
	    .tx = TX_READ,
	    .query = &report_query_shape,
	    .out = &report_shape,
	    .handle = get_report,
	    .summary = "One report: the working paper or a signed version.",
	    .failures = FAILURES("report.unknown") },
	{ .method = GET,
	    .path = "/api/v1/reports/{id}/history",
	    .permission = "report.read",
	    .tx = TX_READ,
	    .query = &table_query_shape,
	    .out = &report_history_shape,
	    .media = &table_media,
	    .table = &history_table,
	    .handle = get_history,
	    .summary = "Who did what to a report, oldest first.",
	    .failures = FAILURES("report.unknown") },
	{ .method = PUT,
	    .path = "/api/v1/reports/{id}/draft",
	    .permission = "report.edit",
	    .tx = TX_WRITE,
	    .in = &draft_in_shape,
	    .out = &report_shape,
	    .handle = put_draft,
	    .summary = "Replace the cells of the working paper. Saved as it "
		       "was, it keeps its revision.",
	    .failures = FAILURES(PAPER_FAILURES, "cell.unknown", "cell.type") },
	{ .method = POST,
	    .path = "/api/v1/reports/{id}/submit",
	    .permission = "report.edit",
	    .tx = TX_WRITE,
	    .out = &report_shape,
	    .handle = post_submit,
	    .summary = "Hand the working paper to the leader. An amendment "
		       "must say something else than the version that counts.",
	    .failures = FAILURES(PAPER_FAILURES, "report.rule_broken",
		"report.unchanged") },
	{ .method = POST,
	    .path = "/api/v1/reports/{id}/withdraw",
	    .permission = "report.edit",
	    .tx = TX_WRITE,
	    .out = &report_shape,
	    .handle = post_withdraw,
	    .summary = "Take the working paper back from the leader: a draft "
		       "again, as long as it is not signed.",
	    .failures = FAILURES(PAPER_FAILURES) },
	{ .method = POST,
	    .path = "/api/v1/reports/{id}/sign",
	    .permission = "report.sign",
	    .tx = TX_WRITE,
	    .out = &report_shape,
	    .handle = post_sign,
	    .summary = "Sign the report and send it. An amendment must say "
		       "something else than the version that counts.",
	    .failures = FAILURES(PAPER_FAILURES, "report.rule_broken",
		"report.unchanged", "report.heir_unnamed",
		"report.heir_other") },
	{ .method = POST,
	    .path = "/api/v1/reports/{id}/accept",
	    .permission = "report.review",
	    .tx = TX_WRITE,
	    .out = &report_shape,
	    .handle = post_accept,
	    .summary = "Accept what a unit below has sent.",
	    .failures = FAILURES(ACT_FAILURES) },
	{ .method = POST,
	    .path = "/api/v1/reports/{id}/send-back",
	    .permission = "report.read",
	    .tx = TX_WRITE,
	    .in = &reason_in_shape,
	    .out = &report_shape,
	    .handle = post_send_back,
	    .summary =
		"Give it back with a reason: the leader the paper, the unit above the sent version.",
	    .failures = FAILURES(PAPER_FAILURES, "report.reason") },
	{ .method = POST,
	    .path = "/api/v1/reports/{id}/amend",
	    .permission = "report.edit",
	    .tx = TX_WRITE,
	    .in = &reason_in_shape,
	    .out = &report_shape,
	    .handle = post_amend,
	    .summary = "Begin a corrected version of a sent report.",
	    .failures = FAILURES(PAPER_FAILURES, "report.reason") },
	{ .method = POST,
	    .path = "/api/v1/reports/{id}/drop",
	    .permission = "report.edit",
	    .tx = TX_WRITE,
	    .flags = ROUTE_SPARE,
	    .out = &report_shape,
	    .handle = post_drop,
	    .summary = "Give up an amendment that is not signed; the sent "
		       "version goes on counting.",
	    .failures = FAILURES(PAPER_FAILURES) },
	{ 0 },
};
