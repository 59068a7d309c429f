#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/decimal.h"
#include "core/name_order.h"
#include "core/text.h"
#include "cube/cube.h"
#include "ledger/ledger.h"
#include "people/access.h"
#include "report/closing.h"
#include "report/field.h"
#include "report/obligation.h"
#include "report/paper.h"
#include "report/report.sql.h"

static const char *const acts[] = { CLOSE_ACT, REOPEN_ACT, NULL };

struct open_unit {
	int64_t unit;
	const char *unit_name;
	const char *state;
	const char *key; /* Not shown: what it is sorted by. */
};

struct act_row {
	const char *act;
	const char *at;
	const char *reason;
	const int64_t *ledger_index;
};

struct change {
	const char *act;
	const char *at;
	int64_t report;
	int64_t unit;
	const char *unit_name;
	int64_t version;
	const char *person;
	const char *reason;
	const int64_t *ledger_index;
};

struct moved_total {
	const char *cell;
	const char *before;
	const char *now;
};

struct closing_state {
	const char *form;
	const char *period;
	int64_t unit;
	const char *unit_name;
	bool closed;
	const char *deadline;
	bool early;
	int64_t expected;
	int64_t accepted;
	int64_t open;
	struct list_of open_units;
	struct list_of acts;
	int64_t changed;
	struct list_of changes;
	struct list_of totals;
};

struct closing_above {
	int64_t unit;
	const char *unit_name;
	bool closed;
	const char *at;
	const char *reason;
};

/* clang-format off */
static const struct shape_field open_fields[] = {
	F_ID(struct open_unit, unit, "unit whose report is still open", "1204"),
	F_REPORT_UNIT_NAME(struct open_unit),
	F_REPORT_STATE(struct open_unit, REQUIRED, "how far it has come"),
};
static const struct shape open_shape =
    SHAPE("OpenUnit", struct open_unit, open_fields);

static const struct shape_field act_fields[] = {
	F_ENUM(struct act_row, act, acts, REQUIRED, "what was done",
	    "\"close\""),
	F_TIME(struct act_row, at, REQUIRED, "when, RFC 3339 +07:00",
	    "\"2025-09-19T16:00:00+07:00\""),
	F_REPORT_REASON(struct act_row, OPTIONAL, "the reason given",
	    "\"Xã đảo mất liên lạc do bão\""),
	F_OPT_INT(struct act_row, ledger_index, 0, INT64_MAX,
	    "its ledger entry", "48213"),
};
static const struct shape act_shape =
    SHAPE("ClosingAct", struct act_row, act_fields);

static const struct shape_field change_fields[] = {
	F_TEXT(struct change, act, 32, REQUIRED, "sign, accept or send_back",
	    "\"sign\""),
	F_TIME(struct change, at, REQUIRED, "when, RFC 3339 +07:00",
	    "\"2025-09-20T09:12:00+07:00\""),
	F_ID(struct change, report, "number of the report", "7"),
	F_REPORT_UNIT(struct change),
	F_REPORT_UNIT_NAME(struct change),
	F_COUNT(struct change, version, "version the act was about", "2"),
	F_TEXT(struct change, person, 200, OPTIONAL,
	    "who; null: the system", "\"Nguyễn Thị Hoa\""),
	F_REPORT_REASON(struct change, OPTIONAL, "the reason given",
	    "\"Số liệu cột 8 nhập nhầm\""),
	F_OPT_INT(struct change, ledger_index, 0, INT64_MAX,
	    "its ledger entry", "48301"),
};
static const struct shape change_shape =
    SHAPE("ChangeSinceClosing", struct change, change_fields);

static const struct shape_field total_fields[] = {
	F_TEXT(struct moved_total, cell, 64, REQUIRED, "the cell",
	    "\"s01.c3\""),
	F_TEXT(struct moved_total, before, 48, OPTIONAL,
	    "the total when it was closed, decimal text; null: no value",
	    "\"1204\""),
	F_TEXT(struct moved_total, now, 48, OPTIONAL,
	    "the total now; null: no value", "\"1210\""),
};
static const struct shape total_shape =
    SHAPE("TotalSinceClosing", struct moved_total, total_fields);

static const struct shape_field state_fields[] = {
	F_FORM(struct closing_state, REQUIRED),
	F_PERIOD(struct closing_state, period, REQUIRED),
	F_ID(struct closing_state, unit, "unit whose period it is", "17"),
	F_UNIT_NAME(struct closing_state, unit_name, "its name",
	    "\"Thành phố Đà Nẵng\""),
	F_BOOL(struct closing_state, closed, REQUIRED,
	    "it is closed, and not reopened since", "false"),
	F_DATE(struct closing_state, deadline, OPTIONAL,
	    "the latest deadline below; null: nobody owes anything",
	    "\"2025-09-17\""),
	F_BOOL(struct closing_state, early, REQUIRED,
	    "that day has not ended yet", "false"),
	F_COUNT(struct closing_state, expected, "reports owed to the unit",
	    "163"),
	F_COUNT(struct closing_state, accepted, "of these, accepted", "160"),
	F_COUNT(struct closing_state, open, "of these, not accepted yet", "3"),
	F_LIST(struct closing_state, open_units, &open_shape,
	    CLOSING_UNITS_MAX, "whose they are, as far as one may see them"),
	F_LIST(struct closing_state, acts, &act_shape, CLOSING_ACTS_MAX,
	    "closings and reopenings, newest first"),
	F_COUNT(struct closing_state, changed,
	    "acts on reports below since the last closing that one may see",
	    "2"),
	F_LIST(struct closing_state, changes, &change_shape,
	    CLOSING_CHANGES_MAX, "these, newest first"),
	F_LIST(struct closing_state, totals, &total_shape, 20000,
	    "totals of the unit (of what was sent) that are no longer what "
	    "they were at the last closing"),
};
const struct shape closing_state_shape =
    SHAPE("ClosingState", struct closing_state, state_fields);

static const struct shape_field above_fields[] = {
	F_ID(struct closing_above, unit, "unit that closed its period", "17"),
	F_UNIT_NAME(struct closing_above, unit_name, "its name today",
	    "\"Thành phố Đà Nẵng\""),
	F_BOOL(struct closing_above, closed, REQUIRED,
	    "true: it is closed; false: it was, and has been reopened",
	    "true"),
	F_TIME(struct closing_above, at, REQUIRED,
	    "when it was closed or reopened, RFC 3339 +07:00",
	    "\"2025-09-19T16:00:00+07:00\""),
	F_REPORT_REASON(struct closing_above, OPTIONAL, "the reason given",
	    "\"Xã đảo mất liên lạc do bão\""),
};
const struct shape closing_above_shape =
    SHAPE("ClosingAbove", struct closing_above, above_fields);
/* clang-format on */

/* ---- those above --------------------------------------------------------- */

/* Levels above a commune: a district, a province, the Government. */
#define CLOSING_ABOVE_MAX 3

static size_t
find_above(const struct directory *dir, const struct unit *unit, day on,
    const struct unit *ret[CLOSING_ABOVE_MAX])
{
	size_t count = 0;
	int above = directory_above(dir, unit->number, on);

	while (above >= 0 && count < CLOSING_ABOVE_MAX) {
		ret[count++] = directory_at(dir, above);
		above = directory_above(dir, above, on);
	}
	return count;
}

bool
closing_is_below(const struct directory *dir, const struct unit *unit,
    const struct unit *top, day on)
{
	const struct unit *above[CLOSING_ABOVE_MAX];
	const size_t count = find_above(dir, unit, on, above);

	for (size_t i = 0; i < count; i++)
		if (above[i] == top)
			return true;
	return false;
}

static const struct sql_closing_newest *
newest_of(const struct sql_closing_newest *rows, size_t count,
    const struct unit *unit, const char *act)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].unit_id == unit->id && text_equal(rows[i].act, act))
			return &rows[i];
	return NULL;
}

enum fail
closing_above(struct ctx *ctx, const struct form *form,
    const struct period *period, const struct unit *unit,
    const struct closing_above **ret)
{
	const day today = day_of_us(ctx->now_us);
	const struct unit *above[CLOSING_ABOVE_MAX];
	const size_t count = find_above(directory_now(ctx), unit, today, above);
	struct sql_closing_newest_args args = { .form = form->id,
		.period = period_text(ctx->arena, period),
		.a = count > 0 ? above[0]->id : 0,
		.b = count > 1 ? above[1]->id : 0,
		.c = count > 2 ? above[2]->id : 0,
		.limit = CLOSING_ABOVE_MAX };
	struct sql_closing_newest *rows = NULL;
	struct closing_above *found = NULL;
	size_t row_count = 0;

	*ret = NULL;
	TRY(sql_closing_newest(ctx, &args, &rows, &row_count));
	for (size_t k = 0; row_count > 0 && k < 2 * count; k++) {
		const struct unit *by = above[k % count];
		const struct sql_closing_newest *row =
		    newest_of(rows, row_count, by, acts[k / count]);

		if (row == NULL)
			continue;
		found = ARENA_NEW(ctx->arena, struct closing_above);
		*found = (struct closing_above){
			.unit = by->id,
			.unit_name = unit_name(by, today),
			.closed = k < count,
			.at = time_text(ctx->arena, row->at_us),
			.reason = row->reason,
		};
		*ret = found;
		break;
	}
	return OK;
}

bool
closing_is_by(const struct closing_above *above, int64_t unit)
{
	return above != NULL && above->closed && above->unit == unit;
}

/* ---- the state ----------------------------------------------------------- */

struct showing {
	const struct form *form;
	const struct period *period;
	const struct unit *unit;
	struct closing_state *state;
};

/* Who speaks for a unit alone sees no other's reports. */
static bool
may_see(struct ctx *ctx, const struct unit *unit)
{
	return access_may(ctx, "report.read", unit->id) ||
	       paper_place_reviews(ctx, unit);
}

static enum fail
show_open(struct ctx *ctx, const struct showing *showing,
    const struct owed_below *owed, struct open_unit *ret)
{
	const int64_t id = owed->unit->id;
	struct sql_report_briefs row = { 0 };
	struct cursor *cursor = NULL;
	bool more = true;

	*ret = (struct open_unit){
		.unit = id,
		.unit_name = unit_name(owed->unit, showing->period->to),
		.state = report_state_name(WORK_NONE, STANDING_NONE),
	};
	ret->key = name_order_key(ctx->arena, ret->unit_name);
	TRY(sql_report_briefs_open(ctx, showing->form->id,
	    showing->state->period, id, id, &cursor));
	for (;;) {
		TRY(sql_report_briefs_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		ret->state = report_state_seen(false, row.work, row.standing);
	}
}

/* As every list of units has them. */
static int
compare_open(const void *a, const void *b)
{
	const struct open_unit *x = a;
	const struct open_unit *y = b;
	const int names = strcmp(x->key, y->key);

	return names != 0 ? names : (x->unit > y->unit) - (x->unit < y->unit);
}

static enum fail
show_owed(struct ctx *ctx, const struct showing *showing)
{
	struct closing_state *state = showing->state;
	struct open_unit *units =
	    ARENA_ARRAY(ctx->arena, CLOSING_UNITS_MAX, struct open_unit);
	struct owed_below *owed = NULL;
	size_t count = 0;
	size_t named = 0;
	day deadline = 0;

	TRY(closing_owed(ctx, showing->form, showing->period, showing->unit,
	    &owed, &count));
	for (size_t i = 0; i < count; i++) {
		deadline =
		    owed[i].deadline > deadline ? owed[i].deadline : deadline;
		if (owed[i].accepted != NULL) {
			state->accepted++;
			continue;
		}
		state->open++;
		if (named < CLOSING_UNITS_MAX && may_see(ctx, owed[i].unit))
			TRY(show_open(ctx, showing, &owed[i], &units[named++]));
	}
	qsort(units, named, sizeof(*units), compare_open);
	state->expected = (int64_t)count;
	state->open_units = (struct list_of){ units, named };
	if (count > 0)
		state->deadline = day_text(ctx->arena, deadline);
	state->early = count > 0 && !regime_is_late(deadline, ctx->now_us);
	return OK;
}

/* The acts; the last closing's ledger entry, NULL if there was none. */
static enum fail
show_acts(struct ctx *ctx, const struct showing *showing,
    const struct ledger_entry **ret_closed)
{
	struct sql_closing_acts *rows = NULL;
	struct act_row *out = NULL;
	size_t count = 0;

	*ret_closed = NULL;
	TRY(sql_closing_acts(ctx, showing->form->id, showing->state->period,
	    showing->unit->id, CLOSING_ACTS_MAX, &rows, &count));
	out = ARENA_ARRAY(ctx->arena, count + 1, struct act_row);
	for (size_t i = 0; i < count; i++) {
		struct ledger_entry *entry = NULL;

		TRY(ledger_load(ctx, rows[i].entry_id, &entry));
		if (*ret_closed == NULL && text_equal(rows[i].act, CLOSE_ACT))
			*ret_closed = entry;
		out[i] = (struct act_row){
			.act = rows[i].act,
			.at = time_text(ctx->arena, rows[i].at_us),
			.reason = rows[i].reason,
			.ledger_index = &entry->index,
		};
	}
	showing->state->acts = (struct list_of){ out, count };
	showing->state->closed =
	    count > 0 && text_equal(rows[0].act, CLOSE_ACT);
	return OK;
}

/* The range of ids of the units below, at any depth. */
static void
find_range(const struct showing *showing, const struct directory *dir, day on,
    struct sql_report_since_args *args)
{
	args->low = INT64_MAX;
	for (size_t i = 0; i < directory_count(dir); i++) {
		const struct unit *unit = directory_at(dir, (int)i);

		if (!closing_is_below(dir, unit, showing->unit, on))
			continue;
		args->low = unit->id < args->low ? unit->id : args->low;
		args->high = unit->id > args->high ? unit->id : args->high;
	}
}

/* Its entry, where it is to be named or the instant alone does not tell whether
 * it came after the closing. */
static enum fail
add_change(struct ctx *ctx, const struct showing *showing,
    const struct sql_report_since *row, const struct ledger_entry *closed,
    struct change *out)
{
	struct closing_state *state = showing->state;
	const struct unit *unit =
	    directory_unit(directory_now(ctx), row->unit_id);
	struct ledger_entry *entry = NULL;

	if (state->changes.count < CLOSING_CHANGES_MAX ||
	    row->at_us == closed->at_us) {
		TRY(ledger_load(ctx, *row->entry_id, &entry));
		if (entry->index <= closed->index)
			return OK;
	}
	state->changed++;
	if (state->changes.count == CLOSING_CHANGES_MAX)
		return OK;
	out[state->changes.count++] = (struct change){
		.act = row->act,
		.at = time_text(ctx->arena, row->at_us),
		.report = row->id,
		.unit = unit->id,
		.unit_name = unit_name(unit, showing->period->to),
		.version = row->version,
		.person = row->person_name,
		.reason = row->reason,
		.ledger_index = &entry->index,
	};
	return OK;
}

static enum fail
show_changes(struct ctx *ctx, const struct showing *showing,
    const struct ledger_entry *closed)
{
	const struct directory *dir = directory_now(ctx);
	const day today = day_of_us(ctx->now_us);
	struct change *out =
	    ARENA_ARRAY(ctx->arena, CLOSING_CHANGES_MAX, struct change);
	struct sql_report_since_args args = {
		.form = showing->form->id,
		.period = showing->state->period,
		.since_us = closed->at_us,
		.limit = CLOSING_SCAN_MAX,
	};
	struct sql_report_since *rows = NULL;
	size_t count = 0;

	find_range(showing, dir, today, &args);
	TRY(sql_report_since(ctx, &args, &rows, &count));
	showing->state->changes = (struct list_of){ out, 0 };
	for (size_t i = 0; i < count; i++) {
		const struct unit *unit = directory_unit(dir, rows[i].unit_id);

		if (unit != NULL && may_see(ctx, unit) &&
		    closing_is_below(dir, unit, showing->unit, today))
			TRY(add_change(ctx, showing, &rows[i], closed, out));
	}
	return OK;
}

static const char *
total_text(struct ctx *ctx, const struct form_version *version,
    const struct cube_row *row, size_t cell)
{
	if (cube_row_state(row, cell) != CELL_VALUE)
		return NULL;
	return decimal_text(ctx->arena, row->totals[cell],
	    version->columns[cell % version->column_count].scale);
}

/* Both in the structure of today, so that only reports make a difference. */
static enum fail
show_totals(struct ctx *ctx, const struct showing *showing,
    const struct ledger_entry *closed)
{
	const struct directory *dir = directory_now(ctx);
	const struct form_version *version =
	    form_for(showing->form, showing->period);
	struct cube_question question = {
		.version = version,
		.period = *showing->period,
		.dir = dir,
		.structure = directory_structure(dir, day_of_us(ctx->now_us)),
		.basis = BASIS_SENT,
		.index = closed->index,
		.units = &showing->unit->number,
		.unit_count = 1,
		.children_of = -1,
		.level = -1,
	};
	struct moved_total *out =
	    ARENA_ARRAY(ctx->arena, version->cell_count, struct moved_total);
	struct cube_row *before = NULL;
	struct cube_row *now = NULL;
	size_t row_count = 0;
	size_t count = 0;
	int64_t index = 0;

	TRY(cube_ask(ctx, &question, &before, &row_count, &index));
	question.index = INT64_MAX;
	TRY(cube_ask(ctx, &question, &now, &row_count, &index));
	for (size_t i = 0; i < version->cell_count; i++) {
		const struct moved_total total = { version->cells[i],
			total_text(ctx, version, before, i),
			total_text(ctx, version, now, i) };

		if (!text_equal(total.before, total.now))
			out[count++] = total;
	}
	showing->state->totals = (struct list_of){ out, count };
	return OK;
}

enum fail
report_closing_state(struct ctx *ctx, const struct closing_query *query,
    const struct closing_state **ret)
{
	struct closing_state *state =
	    ARENA_NEW(ctx->arena, struct closing_state);
	const struct ledger_entry *closed = NULL;
	const struct form *form = NULL;
	const struct unit *unit = NULL;
	struct period period = { 0 };
	struct showing showing;

	TRY(obligation_find(ctx, query->form, query->period, &form, &period));
	TRY(directory_find_at(ctx, directory_now(ctx), "/unit", query->unit,
	    &unit));
	TRY(access_unit(ctx, "report.read", unit->id));
	*state = (struct closing_state){
		.form = form->code,
		.period = period_text(ctx->arena, &period),
		.unit = unit->id,
		.unit_name = unit_name(unit, day_of_us(ctx->now_us)),
	};
	showing = (struct showing){ form, &period, unit, state };
	TRY(show_owed(ctx, &showing));
	TRY(show_acts(ctx, &showing, &closed));
	if (closed != NULL) {
		TRY(show_changes(ctx, &showing, closed));
		TRY(show_totals(ctx, &showing, closed));
	}
	*ret = state;
	return OK;
}
