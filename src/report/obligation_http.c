#include "app/table.h"
#include "core/paging.h"
#include "regime/period.h"
#include "report/closing.h"
#include "report/field.h"
#include "report/list.h"
#include "report/obligation.h"
#include "report/slice.h"

/* clang-format off */
static const struct shape_field query_fields[] = {
	F_BOOL(struct obligation_query, mine, OPTIONAL,
	    "what this person's units owe and what waits for acceptance",
	    "true"),
	F_FORM(struct obligation_query, OPTIONAL),
	F_PERIOD(struct obligation_query, period, OPTIONAL),
	F_UNIT_REF(struct obligation_query, unit, OPTIONAL,
	    "with mine: only what this unit owes; else this unit's own "
	    "obligation and those it accepts; needs form and period", "\"17\""),
	F_UNIT_REF(struct obligation_query, under, OPTIONAL,
	    "in place of unit: what is owed at this unit and below it, at any "
	    "level", "\"17\""),
	F_OPT_INT(struct obligation_query, level, 0, 3,
	    "with under: only units that were of this level in the period",
	    "3"),
	F_TEXT(struct obligation_query, q, 200, OPTIONAL,
	    "only units with this in the name, with or without diacritics, or "
	    "with this code", "\"hoa tien\""),
	F_REPORT_STATE(struct obligation_query, OPTIONAL,
	    "only obligations in this state"),
	F_BOOL(struct obligation_query, late, OPTIONAL,
	    "only those sent after the deadline or overdue now", "true"),
	F_BOOL(struct obligation_query, missing, OPTIONAL,
	    "only those of which no version is sent", "true"),
	F_BOOL(struct obligation_query, todo, OPTIONAL,
	    "only those this person can act on now", "true"),
	F_ENUM(struct obligation_query, age, obligation_ages, OPTIONAL,
	    "current: of the newest open period of their form; older: left "
	    "over from those before", "\"current\""),
	F_LIMIT(struct obligation_query, PAGING_MOST),
	F_AFTER(struct obligation_query),
	F_FORMAT(struct obligation_query),
};
static const struct shape query_shape =
    SHAPE("ObligationQuery", struct obligation_query, query_fields);
/* clang-format on */

static const struct table_column columns[] = {
	{ "unit_name", NULL, NULL },
	{ "above_name", NULL, NULL },
	{ "unit_ended", NULL, NULL },
	{ "form", NULL, NULL },
	{ "form_name_vi", "form_name_en", NULL },
	{ "period", NULL, period_words },
	{ "deadline", NULL, NULL },
	{ "days_left", NULL, NULL },
	{ "state", NULL, NULL },
	{ "late", NULL, NULL },
	{ "days_late", NULL, NULL },
	{ "sent_at", NULL, NULL },
	{ "flags", NULL, NULL },
	{ "closed", NULL, NULL },
	{ NULL, NULL, NULL },
};
static const struct route_table table = {
	.name = "obligations",
	.words = "report.obligation",
	.list = "items",
	.columns = columns,
};

static enum fail
get_obligations(struct ctx *ctx, struct call *call)
{
	const struct obligation_list *list = NULL;

	TRY(obligation_list(ctx, call_query(call, &query_shape), &list));
	return call_answer(ctx, call, 200, &obligation_list_shape, list);
}

/* clang-format off */
static const struct shape_field closing_fields[] = {
	F_FORM(struct closing_input, REQUIRED),
	F_PERIOD(struct closing_input, period, REQUIRED),
	F_UNIT_REF(struct closing_input, unit, REQUIRED,
	    "unit whose period is closed", "\"17\""),
	F_REPORT_REASON(struct closing_input, OPTIONAL,
	    "why it is closed although reports are open",
	    "\"Xã đảo mất liên lạc do bão\""),
};
static const struct shape closing_in_shape =
    SHAPE("ClosingInput", struct closing_input, closing_fields);
/* clang-format on */

static enum fail
post_closing(struct ctx *ctx, struct call *call)
{
	const struct closing *closing = NULL;

	TRY(report_close(ctx, call_body(call, &closing_in_shape), &closing));
	return call_answer(ctx, call, 201, &closing_shape, closing);
}

/* clang-format off */
static const struct shape_field reopening_fields[] = {
	F_FORM(struct closing_input, REQUIRED),
	F_PERIOD(struct closing_input, period, REQUIRED),
	F_UNIT_REF(struct closing_input, unit, REQUIRED,
	    "unit whose period is reopened", "\"17\""),
	F_REPORT_REASON(struct closing_input, REQUIRED,
	    "why the closing is taken back",
	    "\"Sở Tư pháp điều chỉnh số liệu\""),
};
static const struct shape reopening_in_shape =
    SHAPE("ReopeningInput", struct closing_input, reopening_fields);

static const struct shape_field state_fields[] = {
	F_FORM(struct closing_query, REQUIRED),
	F_PERIOD(struct closing_query, period, REQUIRED),
	F_UNIT_REF(struct closing_query, unit, REQUIRED,
	    "unit whose period it is", "\"17\""),
};
static const struct shape state_query_shape =
    SHAPE("ClosingQuery", struct closing_query, state_fields);
/* clang-format on */

static enum fail
post_reopening(struct ctx *ctx, struct call *call)
{
	const struct reopening *reopening = NULL;

	TRY(report_reopen(ctx, call_body(call, &reopening_in_shape),
	    &reopening));
	return call_answer(ctx, call, 201, &reopening_shape, reopening);
}

static enum fail
get_closing(struct ctx *ctx, struct call *call)
{
	const struct closing_state *state = NULL;

	TRY(report_closing_state(ctx, call_query(call, &state_query_shape),
	    &state));
	return call_answer(ctx, call, 200, &closing_state_shape, state);
}

const struct route obligation_routes[] = {
	{ .method = GET,
	    .path = "/api/v1/obligations",
	    .permission = "report.read",
	    .tx = TX_READ,
	    .query = &query_shape,
	    .out = &obligation_list_shape,
	    .media = &table_media,
	    .table = &table,
	    .handle = get_obligations,
	    .summary = "Who owes which report, and how far it has come.",
	    .failures = (const char *const[]){ "form.unknown", "period.unknown",
		"unit.ref", "unit.unknown", "unit.code_needs_date",
		"access.denied", NULL } },
	{ .method = POST,
	    .path = "/api/v1/closings",
	    .permission = "report.review",
	    .tx = TX_WRITE,
	    .in = &closing_in_shape,
	    .out = &closing_shape,
	    .handle = post_closing,
	    .summary = "Close a unit's period for the level below it.",
	    .failures = (const char *const[]){ "form.unknown", "period.unknown",
		"report.reason", "period.not_open", "period.open_reports",
		"period.closed", "unit.ref", "unit.unknown", "access.denied",
		NULL } },
	{ .method = POST,
	    .path = "/api/v1/closings/reopen",
	    .permission = "report.review",
	    .tx = TX_WRITE,
	    .in = &reopening_in_shape,
	    .out = &reopening_shape,
	    .handle = post_reopening,
	    .summary = "Take a closing back, with a reason.",
	    .failures = (const char *const[]){ "form.unknown", "period.unknown",
		"report.reason", "period.not_open", "period.not_closed",
		"unit.ref", "unit.unknown", "access.denied", NULL } },
	{ .method = GET,
	    .path = "/api/v1/closings",
	    .permission = "report.read",
	    .tx = TX_READ,
	    .query = &state_query_shape,
	    .out = &closing_state_shape,
	    .handle = get_closing,
	    .summary = "What a closing would mean, or has meant: who is open, "
		       "what has changed since.",
	    .failures = (const char *const[]){ "form.unknown", "period.unknown",
		"unit.ref", "unit.unknown", "access.denied", NULL } },
	{ 0 },
};
