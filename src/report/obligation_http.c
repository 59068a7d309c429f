#include "app/route.h"
#include "report/list.h"
#include "report/obligation.h"
#include "report/slice.h"

/* clang-format off */
static const struct shape_field query_fields[] = {
	F_BOOL(struct obligation_query, mine, OPTIONAL,
	    "what this person's units owe and what waits for acceptance",
	    "true"),
	F_TEXT(struct obligation_query, form, 64, OPTIONAL, "code of the form",
	    "\"II.06a/VPCP/KSTT\""),
	F_TEXT(struct obligation_query, period, 16, OPTIONAL, "period of the form",
	    "\"2025-Q3\""),
	F_TEXT(struct obligation_query, unit, 80, OPTIONAL,
	    "this unit's own obligation and those it accepts; needs form and "
	    "period", "\"17\""),
	F_ENUM(struct obligation_query, state, report_list_states, OPTIONAL,
	    "only obligations in this state", "\"sent\""),
	F_INT(struct obligation_query, limit, 1, 500, OPTIONAL,
	    "most items in the answer; default 100", "100"),
	F_INT(struct obligation_query, after, 0, INT64_MAX, OPTIONAL,
	    "next of the page before", "100"),
};
static const struct shape query_shape =
    SHAPE("ObligationQuery", struct obligation_query, query_fields);
/* clang-format on */

static enum fail
get_obligations(struct ctx *ctx, struct call *call)
{
	const struct obligation_query *asked = call_query(call, &query_shape);
	struct obligation_query query = *asked;
	const struct obligation_list *list = NULL;

	if (query.limit == 0)
		query.limit = LIST_DEFAULT;
	TRY(obligation_list(ctx, &query, &list));
	return call_answer(ctx, call, 200, &obligation_list_shape, list);
}

/* clang-format off */
static const struct shape_field closing_fields[] = {
	F_TEXT(struct closing_input, form, 64, REQUIRED, "code of the form",
	    "\"II.06a/VPCP/KSTT\""),
	F_TEXT(struct closing_input, period, 16, REQUIRED,
	    "period of the form", "\"2025-Q3\""),
	F_TEXT(struct closing_input, unit, 80, REQUIRED,
	    "unit whose period is closed", "\"17\""),
	F_TEXT(struct closing_input, reason, 2000, OPTIONAL,
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

const struct route obligation_routes[] = {
	{ .method = GET,
	    .path = "/api/v1/obligations",
	    .permission = "report.read",
	    .tx = TX_READ,
	    .query = &query_shape,
	    .out = &obligation_list_shape,
	    .handle = get_obligations,
	    .summary = "Who owes which report, and how far it has come.",
	    .failures = (const char *const[]){ "form.unknown", "period.unknown",
		"unit.ref", "unit.unknown", "access.denied", NULL } },
	{ .method = POST,
	    .path = "/api/v1/closings",
	    .permission = "report.review",
	    .tx = TX_WRITE,
	    .in = &closing_in_shape,
	    .out = &closing_shape,
	    .handle = post_closing,
	    .summary = "Close a unit's period for the level below it.",
	    .failures = (const char *const[]){ "form.unknown", "period.unknown",
		"period.not_open", "period.open_reports", "period.closed",
		"unit.ref", "unit.unknown", "access.denied", NULL } },
	{ 0 },
};
