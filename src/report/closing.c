#include <inttypes.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/text.h"
#include "core/utf8.h"
#include "cube/cube.h"
#include "ledger/ledger.h"
#include "people/access.h"
#include "people/audit.h"
#include "report/field.h"
#include "report/obligation.h"
#include "report/paper.h"
#include "report/report.sql.h"

struct closing {
	const char *form;
	const char *period;
	int64_t unit;
	const char *at;
	const char *reason;
	int64_t reports;
	int64_t open;
	const int64_t *ledger_index;
};

/* clang-format off */
static const struct shape_field closing_fields[] = {
	F_FORM(struct closing, REQUIRED),
	F_PERIOD(struct closing, period, REQUIRED),
	F_ID(struct closing, unit, "unit whose period is closed", "17"),
	F_TIME(struct closing, at, REQUIRED, "when, RFC 3339 +07:00",
	    "\"2025-09-19T16:00:00+07:00\""),
	F_REPORT_REASON(struct closing, OPTIONAL,
	    "why it was closed with reports still open",
	    "\"Xã đảo mất liên lạc do bão\""),
	F_COUNT(struct closing, reports, "accepted reports that it rests on",
	    "163"),
	F_COUNT(struct closing, open, "obligations that were open", "0"),
	F_OPT_INT(struct closing, ledger_index, 0, INT64_MAX,
	    "ledger entry of the closing", "48213"),
};
const struct shape closing_shape =
    SHAPE("Closing", struct closing, closing_fields);
/* clang-format on */

/* The accepted reports of units, by unit. */
struct accepted {
	struct sql_report_accepted *rows;
	size_t count;
};

static int
by_unit(const void *key, const void *row)
{
	const int64_t unit = *(const int64_t *)key;
	const int64_t of = ((const struct sql_report_accepted *)row)->unit_id;

	return (unit > of) - (unit < of);
}

/* In one query, so that few moments pass under the ticket: those in the range
 * of ids of the units below. */
static enum fail
read_accepted(struct ctx *ctx, const struct form *form,
    const struct closing *closing, const struct directory *dir,
    const int *below, size_t count, struct accepted *ret)
{
	struct sql_report_accepted_args args = {
		.form = form->id,
		.period = closing->period,
		.low = INT64_MAX,
		.accepted = STANDING_ACCEPTED,
		.limit = (int64_t)directory_count(dir),
	};

	for (size_t i = 0; i < count; i++) {
		const int64_t id = directory_at(dir, below[i])->id;

		args.low = id < args.low ? id : args.low;
		args.high = id > args.high ? id : args.high;
	}
	return sql_report_accepted(ctx, &args, &ret->rows, &ret->count);
}

/* The reports it rests on, as [id, version, digest of the body]. */
static enum fail
gather(struct ctx *ctx, const struct form *form, const struct period *period,
    const struct unit *unit, struct text *reports, struct closing *closing)
{
	const struct directory *dir = directory_now(ctx);
	const struct structure *st = directory_structure(dir, period->to);
	struct accepted accepted = { 0 };
	size_t count = 0;
	const int *below =
	    obligation_below(ctx, dir, unit, day_of_us(ctx->now_us), &count);
	day deadline = 0;

	TRY(read_accepted(ctx, form, closing, dir, below, count, &accepted));
	for (size_t i = 0; i < count; i++) {
		const int64_t id = directory_at(dir, below[i])->id;
		const struct sql_report_accepted *row = NULL;

		if (!regime_owes(form, st, dir, below[i], period, &deadline))
			continue;
		if (accepted.count > 0)
			row = bsearch(&id, accepted.rows, accepted.count,
			    sizeof(*accepted.rows), by_unit);
		if (row == NULL) {
			closing->open++;
			continue;
		}
		text_addf(reports, "%s[%" PRId64 ",%" PRId64 ",\"%s\"]",
		    closing->reports == 0 ? "" : ",", row->id, row->number,
		    bytes_hex(ctx->arena, row->digest));
		closing->reports++;
	}
	return OK;
}

static struct bytes
closing_body(struct ctx *ctx, const struct form_version *version,
    const struct closing *closing, const struct text *reports)
{
	struct text text;

	text_init(&text, ctx->arena);
	text_addf(&text, "{\"form\":\"%s\",\"period\":",
	    digest_hex(ctx->arena, &version->digest));
	text_json(&text, closing->period);
	if (closing->reason != NULL) {
		text_add(&text, ",\"reason\":");
		text_json(&text, closing->reason);
	}
	text_addf(&text, ",\"reports\":[%s],\"unit\":%" PRId64 "}",
	    text_of(reports), closing->unit);
	return text_bytes(&text);
}

static enum fail
check(struct ctx *ctx, const struct form *form, const struct period *period,
    const struct closing *closing)
{
	struct sql_closing_find *before = NULL;

	if (form_for(form, period) == NULL ||
	    !period_is_open(form, period, ctx->now_us))
		return FAIL(ctx, FAIL_CONFLICT, "period.not_open",
		    "%s is not open yet", closing->period);
	TRY(sql_closing_find(ctx, form->id, closing->period, closing->unit,
	    &before));
	if (before != NULL)
		return FAIL(ctx, FAIL_CONFLICT, "period.closed", "closed at %s",
		    time_text(ctx->arena, before->at_us));
	return OK;
}

static enum fail
record(struct ctx *ctx, const struct form *form, const struct period *period,
    struct closing *closing, const struct text *reports)
{
	const struct form_version *version = form_for(form, period);
	const int64_t person = ctx->actor->person;
	struct ledger_entry *entry = NULL;
	int64_t changed = 0;

	TRY(ledger_append(ctx, "report.close", closing->unit,
	    closing_body(ctx, version, closing, reports), &entry));
	closing->ledger_index = &entry->index;
	TRY(cube_stage(ctx, version, period,
	    &(struct cube_event){ .act = CUBE_CLOSED, .unit = closing->unit },
	    entry));
	TRY(sql_closing_insert(ctx,
	    &(struct sql_closing_insert_args){
		.form = form->id,
		.period = closing->period,
		.unit = closing->unit,
		.at_us = ctx->now_us,
		.person = person == 0 ? NULL : &person,
		.reason = closing->reason,
		.entry = entry->id,
	    },
	    &changed));
	return audit_note(ctx, "report.close", closing->unit, entry->id,
	    closing->period);
}

/* Given where none is needed, it says something as well. */
static enum fail
check_reason(struct ctx *ctx, const char *reason)
{
	if (reason != NULL && !utf8_says(reason))
		fail_invalid(ctx, "/reason", "report.reason",
		    "a reason has a letter or a digit");
	return fail_valid(ctx);
}

enum fail
report_close(struct ctx *ctx, const struct closing_input *input,
    const struct closing **ret)
{
	struct closing *closing = ARENA_NEW(ctx->arena, struct closing);
	const char *reason =
	    text_equal(input->reason, "") ? NULL : input->reason;
	const struct form *form = NULL;
	const struct unit *unit = NULL;
	struct period period = { 0 };
	struct text reports;

	ledger_take_moment(ctx);
	TRY(obligation_find(ctx, input->form, input->period, &form, &period));
	TRY(directory_find_at(ctx, directory_now(ctx), "/unit", input->unit,
	    &unit));
	if (!org_holds(ctx, "report.review", unit->id))
		return FAIL(ctx, FAIL_DENIED, "access.denied",
		    "only unit %" PRId64 " itself may close its period",
		    unit->id);
	*closing = (struct closing){
		.form = form->code,
		.period = period_text(ctx->arena, &period),
		.unit = unit->id,
		.at = time_text(ctx->arena, ctx->now_us),
		.reason = reason,
	};
	TRY(check_reason(ctx, reason));
	TRY(check(ctx, form, &period, closing));
	text_init(&reports, ctx->arena);
	TRY(gather(ctx, form, &period, unit, &reports, closing));
	if (closing->open > 0 && reason == NULL)
		return FAIL(ctx, FAIL_CONFLICT, "period.open_reports",
		    "%" PRId64 " obligations are open", closing->open);
	TRY(record(ctx, form, &period, closing, &reports));
	*ret = closing;
	return OK;
}
