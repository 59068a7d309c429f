#include <inttypes.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/text.h"
#include "core/utf8.h"
#include "cube/cube.h"
#include "ledger/ledger.h"
#include "people/access.h"
#include "people/audit.h"
#include "report/closing.h"
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

struct reopening {
	const char *form;
	const char *period;
	int64_t unit;
	const char *at;
	const char *reason;
	const int64_t *ledger_index;
};

static const struct shape_field reopening_fields[] = {
	F_FORM(struct reopening, REQUIRED),
	F_PERIOD(struct reopening, period, REQUIRED),
	F_ID(struct reopening, unit, "unit whose period is reopened", "17"),
	F_TIME(struct reopening, at, REQUIRED, "when, RFC 3339 +07:00",
	    "\"2025-09-22T09:00:00+07:00\""),
	F_REPORT_REASON(struct reopening, REQUIRED,
	    "why the closing is taken back",
	    "\"Sở Tư pháp điều chỉnh số liệu\""),
	F_OPT_INT(struct reopening, ledger_index, 0, INT64_MAX,
	    "ledger entry of the reopening", "48377"),
};
const struct shape reopening_shape =
    SHAPE("Reopening", struct reopening, reopening_fields);
/* clang-format on */

/* ---- what it rests on ------------------------------------------------------ */

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
    const struct period *period, const struct owed_below *owed, size_t count,
    struct sql_report_accepted **ret, size_t *ret_count)
{
	struct sql_report_accepted_args args = {
		.form = form->id,
		.period = period_text(ctx->arena, period),
		.low = INT64_MAX,
		.accepted = STANDING_ACCEPTED,
		.limit = (int64_t)directory_count(directory_now(ctx)),
	};

	for (size_t i = 0; i < count; i++) {
		const int64_t id = owed[i].unit->id;

		args.low = id < args.low ? id : args.low;
		args.high = id > args.high ? id : args.high;
	}
	return sql_report_accepted(ctx, &args, ret, ret_count);
}

enum fail
closing_owed(struct ctx *ctx, const struct form *form,
    const struct period *period, const struct unit *unit,
    struct owed_below **ret, size_t *ret_count)
{
	const struct directory *dir = directory_now(ctx);
	const struct structure *st = directory_structure(dir, period->to);
	struct sql_report_accepted *rows = NULL;
	size_t row_count = 0;
	size_t below_count = 0;
	const int *below = obligation_below(ctx, dir, unit,
	    day_of_us(ctx->now_us), &below_count);
	struct owed_below *owed =
	    ARENA_ARRAY(ctx->arena, below_count + 1, struct owed_below);
	size_t count = 0;

	for (size_t i = 0; i < below_count; i++) {
		owed[count].unit = directory_at(dir, below[i]);
		if (regime_owes(form, st, dir, below[i], period,
			&owed[count].deadline))
			count++;
	}
	TRY(read_accepted(ctx, form, period, owed, count, &rows, &row_count));
	for (size_t i = 0; i < count && row_count > 0; i++)
		owed[i].accepted = bsearch(&owed[i].unit->id, rows, row_count,
		    sizeof(*rows), by_unit);
	*ret = owed;
	*ret_count = count;
	return OK;
}

/* The reports it rests on, as [id, version, digest of the body]. */
static enum fail
gather(struct ctx *ctx, const struct form *form, const struct period *period,
    const struct unit *unit, struct text *reports, struct closing *closing)
{
	struct owed_below *owed = NULL;
	size_t count = 0;

	TRY(closing_owed(ctx, form, period, unit, &owed, &count));
	for (size_t i = 0; i < count; i++) {
		const struct sql_report_accepted *row = owed[i].accepted;

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

/* ---- the acts --------------------------------------------------------------- */

/* One act on its way, of either kind. */
struct doing {
	const char *act;
	const struct form *form;
	struct period period;
	const char *period_id;
	const struct unit *unit;
	const char *reason;
	int64_t number; /* among the unit's acts on this form and period */
	struct ledger_entry *entry;
};

/* Who closes may have none; given where none is needed, it says something as
 * well. */
static enum fail
check_reason(struct ctx *ctx, const struct doing *doing)
{
	const bool may_lack = text_equal(doing->act, CLOSE_ACT);

	if (doing->reason == NULL ? !may_lack : !utf8_says(doing->reason))
		fail_invalid(ctx, "/reason", "report.reason",
		    "a reason has a letter or a digit");
	return fail_valid(ctx);
}

/* Odd acts close, even ones reopen: as the key's check has it. */
static enum fail
check_state(struct ctx *ctx, struct doing *doing)
{
	const bool closes = text_equal(doing->act, CLOSE_ACT);
	struct sql_closing_acts *last = NULL;
	size_t count = 0;

	if (form_for(doing->form, &doing->period) == NULL ||
	    !period_is_open(doing->form, &doing->period, ctx->now_us))
		return FAIL(ctx, FAIL_CONFLICT, "period.not_open",
		    "%s is not open yet", doing->period_id);
	TRY(sql_closing_acts(ctx, doing->form->id, doing->period_id,
	    doing->unit->id, 1, &last, &count));
	doing->number = count == 0 ? 1 : last->number + 1;
	if (closes && doing->number % 2 == 0)
		return FAIL(ctx, FAIL_CONFLICT, "period.closed", "closed at %s",
		    time_text(ctx->arena, last->at_us));
	if (!closes && doing->number % 2 == 1)
		return FAIL(ctx, FAIL_CONFLICT, "period.not_closed",
		    "%s is not closed", doing->period_id);
	return OK;
}

static enum fail
begin(struct ctx *ctx, const struct closing_input *input, const char *act,
    struct doing *ret)
{
	const char *reason =
	    text_equal(input->reason, "") ? NULL : input->reason;

	*ret = (struct doing){ .act = act, .reason = reason };
	ledger_take_moment(ctx);
	TRY(obligation_find(ctx, input->form, input->period, &ret->form,
	    &ret->period));
	ret->period_id = period_text(ctx->arena, &ret->period);
	TRY(directory_find_at(ctx, directory_now(ctx), "/unit", input->unit,
	    &ret->unit));
	if (!org_holds(ctx, "report.review", ret->unit->id))
		return FAIL(ctx, FAIL_DENIED, "access.denied",
		    "only unit %" PRId64
		    " itself may close or reopen its period",
		    ret->unit->id);
	TRY(check_reason(ctx, ret));
	return check_state(ctx, ret);
}

static struct bytes
act_body(struct ctx *ctx, const struct doing *doing, const char *reports)
{
	const struct form_version *version =
	    form_for(doing->form, &doing->period);
	struct text text;

	text_init(&text, ctx->arena);
	text_addf(&text, "{\"form\":\"%s\",\"period\":",
	    digest_hex(ctx->arena, &version->digest));
	text_json(&text, doing->period_id);
	if (doing->reason != NULL) {
		text_add(&text, ",\"reason\":");
		text_json(&text, doing->reason);
	}
	if (reports != NULL)
		text_addf(&text, ",\"reports\":[%s]", reports);
	text_addf(&text, ",\"unit\":%" PRId64 "}", doing->unit->id);
	return text_bytes(&text);
}

static enum fail
record(struct ctx *ctx, struct doing *doing, enum cube_act act,
    const char *reports)
{
	const char *kind =
	    act == CUBE_CLOSED ? "report.close" : "report.reopen";
	const int64_t person = ctx->actor->person;
	int64_t changed = 0;

	TRY(ledger_append(ctx, kind, doing->unit->id,
	    act_body(ctx, doing, reports), &doing->entry));
	TRY(cube_stage(ctx, form_for(doing->form, &doing->period),
	    &doing->period,
	    &(struct cube_event){ .act = act, .unit = doing->unit->id },
	    doing->entry));
	TRY(sql_closing_insert(ctx,
	    &(struct sql_closing_insert_args){
		.form = doing->form->id,
		.period = doing->period_id,
		.unit = doing->unit->id,
		.number = doing->number,
		.act = doing->act,
		.at_us = ctx->now_us,
		.person = person == 0 ? NULL : &person,
		.reason = doing->reason,
		.entry = doing->entry->id,
	    },
	    &changed));
	return audit_note(ctx, kind, doing->unit->id, doing->entry->id,
	    doing->period_id);
}

enum fail
report_close(struct ctx *ctx, const struct closing_input *input,
    const struct closing **ret)
{
	struct closing *closing = ARENA_NEW(ctx->arena, struct closing);
	struct doing doing;
	struct text reports;

	TRY(begin(ctx, input, CLOSE_ACT, &doing));
	*closing = (struct closing){
		.form = doing.form->code,
		.period = doing.period_id,
		.unit = doing.unit->id,
		.at = time_text(ctx->arena, ctx->now_us),
		.reason = doing.reason,
	};
	text_init(&reports, ctx->arena);
	TRY(gather(ctx, doing.form, &doing.period, doing.unit, &reports,
	    closing));
	if (closing->open > 0 && doing.reason == NULL)
		return FAIL(ctx, FAIL_CONFLICT, "period.open_reports",
		    "%" PRId64 " obligations are open", closing->open);
	TRY(record(ctx, &doing, CUBE_CLOSED, text_of(&reports)));
	closing->ledger_index = &doing.entry->index;
	*ret = closing;
	return OK;
}

enum fail
report_reopen(struct ctx *ctx, const struct closing_input *input,
    const struct reopening **ret)
{
	struct reopening *reopening = ARENA_NEW(ctx->arena, struct reopening);
	struct doing doing;

	TRY(begin(ctx, input, REOPEN_ACT, &doing));
	TRY(record(ctx, &doing, CUBE_REOPENED, NULL));
	*reopening = (struct reopening){
		.form = doing.form->code,
		.period = doing.period_id,
		.unit = doing.unit->id,
		.at = time_text(ctx->arena, ctx->now_us),
		.reason = doing.reason,
		.ledger_index = &doing.entry->index,
	};
	*ret = reopening;
	return OK;
}
