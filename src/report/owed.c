#include "report/owed.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/map.h"
#include "core/name_order.h"
#include "core/text.h"
#include "org/heir.h"
#include "people/access.h"
#include "report/field.h"
#include "report/paper.h"
#include "report/report.sql.h"

#define OWED_HEIRS_MAX 500

struct inheritor {
	int64_t unit;
	const char *name;
};

static const char *const nexts[] = { "fill", "submit", "sign", "review",
	"name_heir", "none", NULL };

/* clang-format off */
static const struct shape_field inheritor_fields[] = {
	F_ID(struct inheritor, unit, "a unit that took its place", "1204"),
	F_UNIT_NAME(struct inheritor, name, "its name today",
	    "\"Xã Hòa Tiến\""),
};
static const struct shape inheritor_shape =
    SHAPE("Inheritor", struct inheritor, inheritor_fields);

static const struct shape_field obligation_fields[] = {
	F_FORM(struct obligation, REQUIRED),
	F_TEXT(struct obligation, form_name_vi, 500, REQUIRED,
	    "its name in Vietnamese", "\"Tình hình, kết quả giải quyết TTHC\""),
	F_TEXT(struct obligation, form_name_en, 500, REQUIRED,
	    "its name in English",
	    "\"Handling of procedures\""),
	F_PERIOD(struct obligation, period, REQUIRED),
	F_ID(struct obligation, unit, "unit that owes it", "1204"),
	F_REPORT_UNIT_NAME(struct obligation),
	F_INT(struct obligation, level, 0, 3, REQUIRED,
	    "0 Government, 1 province or ministry, 2 district, 3 commune", "3"),
	F_OPT_INT(struct obligation, above, 1, INT64_MAX,
	    "unit that accepts it today; null: nobody is above", "17"),
	F_TEXT(struct obligation, above_name, UNIT_NAME_MAX, OPTIONAL,
	    "its name today", "\"Tỉnh Hưng Yên\""),
	F_DATE(struct obligation, unit_ended, OPTIONAL,
	    "first day without the unit, if it is no more: the obligation is "
	    "inherited from it by those who took its place; null: it is there",
	    "\"2025-07-01\""),
	F_LIST(struct obligation, inherited_by, &inheritor_shape, OWED_HEIRS_MAX,
	    "who took the place of a unit that is no more"),
	F_REPORT_DEADLINE(struct obligation, REQUIRED),
	F_INT(struct obligation, days_left, -100000, 100000, REQUIRED,
	    "days until the deadline; negative: overdue by so many", "2"),
	F_REPORT_STATE(struct obligation, REQUIRED, "how far it has come"),
	F_REPORT_LATE(struct obligation),
	F_INT(struct obligation, days_late, 0, 100000, REQUIRED,
	    "days after the deadline: of the first signing, or until today; 0: "
	    "not late", "12"),
	F_BOOL(struct obligation, older, REQUIRED,
	    "a newer period of the form is open already", "false"),
	F_OPT_INT(struct obligation, report, 1, INT64_MAX,
	    "number of the report; null: not begun", "7"),
	F_REPORT_VERSION(struct obligation),
	F_REPORT_SENT_AT(struct obligation),
	F_REPORT_FLAGS(struct obligation),
	F_BOOL(struct obligation, closed, REQUIRED,
	    "the unit that accepts it has closed the period", "false"),
	F_ONE(struct obligation, closing, &closing_above_shape, OPTIONAL,
	    "what those above have said of the period: who has closed it or "
	    "reopened it last; null: nobody"),
	F_ENUM(struct obligation, next, nexts, REQUIRED,
	    "what this person may do with it now", "\"fill\""),
};
const struct shape obligation_shape =
    SHAPE("Obligation", struct obligation, obligation_fields);
/* clang-format on */

struct owed
owed_new(struct ctx *ctx)
{
	return (struct owed){
		.ctx = ctx,
		.dir = directory_now(ctx),
		.today = day_of_us(ctx->now_us),
	};
}

struct period
owed_newest(const struct form *form, int64_t now_us)
{
	struct period period = period_of(&form->calendar, day_of_us(now_us));

	while (!period_is_open(form, &period, now_us) && period.year > 2000)
		period = period_previous(&period);
	return period;
}

/* ---- what there is ------------------------------------------------------- */

/* One unit that owes the form, and its report. */
struct due {
	const struct unit *unit;
	day deadline;
	const struct sql_report_briefs *row; /* NULL: not begun */
};

/* One call of owed_add: a form and period. */
struct adding {
	struct owed *owed;
	const struct form *form;
	const struct period *period;
	const char *period_id;
	const struct owed_of *of;
	bool older;
	struct map *above; /* struct above by dense number */
};

/* The unit that accepts some of them. */
struct above {
	const struct unit *unit;
	const char *name;
	const char *key;
	const struct closing_above *closing; /* of the period */
};

static int
by_id(const void *a, const void *b)
{
	const struct due *x = a;
	const struct due *y = b;

	return (x->unit->id > y->unit->id) - (x->unit->id < y->unit->id);
}

/* Units with fewer numbers between them are read together. */
#define OWED_GAP 100

/* Those from first on whose ids are near each other. */
static size_t
run_from(const struct due *dues, size_t first, size_t count)
{
	size_t end = first + 1;

	while (end < count &&
	       dues[end].unit->id - dues[end - 1].unit->id < OWED_GAP)
		end++;
	return end;
}

static enum fail
read_run(struct adding *adding, struct due *dues, size_t count)
{
	struct ctx *ctx = adding->owed->ctx;
	struct cursor *cursor = NULL;
	struct sql_report_briefs row = { 0 };
	bool more = false;
	size_t at = 0;

	TRY(sql_report_briefs_open(ctx, adding->form->id, adding->period_id,
	    dues[0].unit->id, dues[count - 1].unit->id, &cursor));
	TRY(sql_report_briefs_next(ctx, cursor, &row, &more));
	while (more) {
		while (at < count && dues[at].unit->id < row.unit_id)
			at++;
		if (at < count && dues[at].unit->id == row.unit_id) {
			struct sql_report_briefs *kept =
			    arena_copy(ctx->arena, &row, sizeof(row));

			if (row.first_sent_us != NULL)
				kept->first_sent_us =
				    arena_copy(ctx->arena, row.first_sent_us,
					sizeof(*row.first_sent_us));
			dues[at].row = kept;
		}
		TRY(sql_report_briefs_next(ctx, cursor, &row, &more));
	}
	return OK;
}

/* Who of them owes it, with the reports there are. */
static enum fail
find_dues(struct adding *adding, struct due **ret, size_t *ret_count)
{
	const struct owed_of *of = adding->of;
	const struct directory *dir = adding->owed->dir;
	const struct structure *st =
	    directory_structure(dir, adding->period->to);
	struct due *dues =
	    ARENA_ARRAY(adding->owed->ctx->arena, of->count, struct due);
	size_t count = 0;

	for (size_t i = 0; i < of->count; i++) {
		struct due due = { .unit = directory_at(dir, of->units[i]) };

		if (regime_owes(adding->form, st, dir, of->units[i],
			adding->period, &due.deadline))
			dues[count++] = due;
	}
	if (count > 0)
		qsort(dues, count, sizeof(*dues), by_id);
	for (size_t first = 0; first < count;) {
		const size_t end = run_from(dues, first, count);

		TRY(read_run(adding, dues + first, end - first));
		first = end;
	}
	*ret = dues;
	*ret_count = count;
	return OK;
}

/* ---- what it waits for --------------------------------------------------- */

/* What a paper that is proposed waits for. */
struct signing {
	int64_t heir; /* heir_of */
	bool waits;   /* for the unit above to name who signs */
};

static enum fail
signing_of(struct owed *owed, const struct due *due, struct signing *ret)
{
	*ret = (struct signing){ 0 };
	if (due->row == NULL || due->row->work != WORK_PROPOSED)
		return OK;
	TRY(heir_of(owed->ctx, due->unit, &ret->heir));
	ret->waits =
	    ret->heir == 0 &&
	    structure_divided(directory_structure(owed->dir, owed->today),
		due->unit->number);
	return OK;
}

static bool
is_taken(const struct adding *adding, const struct due *due,
    const struct signing *signing)
{
	switch (adding->of->take) {
	case OWED_OPEN:
		return due->row == NULL || due->row->work != WORK_NONE ||
		       due->row->standing != STANDING_ACCEPTED;
	case OWED_WAITING:
		return signing->waits ||
		       (due->row != NULL &&
			   due->row->standing == STANDING_SENT);
	case OWED_ALL:
		break;
	}
	return true;
}

static const char *
next_below(struct ctx *ctx, const struct due *due,
    const struct signing *signing)
{
	if (signing->waits && heir_may_name(ctx, due->unit))
		return "name_heir";
	return due->row != NULL && due->row->standing == STANDING_SENT
		   ? "review"
		   : "none";
}

static const char *
next_own(struct ctx *ctx, const struct due *due, const struct signing *signing)
{
	const struct unit *unit = due->unit;
	const int64_t work = due->row == NULL ? WORK_NONE : due->row->work;

	if (work == WORK_PROPOSED)
		return access_may(ctx, "report.sign", unit->id) &&
			       heir_acts(ctx, "report.sign", unit,
				   signing->heir)
			   ? "sign"
			   : "none";
	if (due->row != NULL && work == WORK_NONE &&
	    due->row->standing != STANDING_NONE)
		return "none";
	return access_may(ctx, "report.edit", unit->id) ? "fill" : "none";
}

/* ---- a row --------------------------------------------------------------- */

/* NULL: nobody is above. */
static enum fail
find_above(struct adding *adding, const struct unit *unit,
    const struct above **ret)
{
	struct owed *owed = adding->owed;
	const int number =
	    directory_above(owed->dir, unit->number, owed->today);
	struct above *above =
	    number < 0 ? NULL : map_get(adding->above, number);

	*ret = above;
	if (number < 0 || above != NULL)
		return OK;
	above = ARENA_NEW(owed->ctx->arena, struct above);
	above->unit = directory_at(owed->dir, number);
	above->name = unit_name(above->unit, owed->today);
	above->key = name_order_key(owed->ctx->arena, above->name);
	TRY(closing_above(owed->ctx, adding->form, adding->period, unit,
	    &above->closing));
	map_put(adding->above, number, above);
	*ret = above;
	return OK;
}

/* Whose obligation it was, and who has it now. */
static void
tell_heirs(struct owed *owed, const struct unit *unit,
    struct obligation *obligation)
{
	struct ctx *ctx = owed->ctx;
	struct inheritor *heirs = NULL;
	size_t count = 0;
	const int *instead = NULL;

	if (unit->to > owed->today)
		return;
	instead =
	    structure_substitutes(directory_structure(owed->dir, owed->today),
		unit->number, &count);
	count = count < OWED_HEIRS_MAX ? count : OWED_HEIRS_MAX;
	heirs = ARENA_ARRAY(ctx->arena, count, struct inheritor);
	for (size_t i = 0; i < count; i++) {
		const struct unit *heir = directory_at(owed->dir, instead[i]);

		heirs[i] = (struct inheritor){ heir->id,
			unit_name(heir, owed->today) };
	}
	obligation->unit_ended = day_text(ctx->arena, unit->to);
	obligation->inherited_by = (struct list_of){ heirs, count };
}

/* How late it was, or is. */
static void
tell_time(struct owed *owed, const struct due *due,
    struct obligation *obligation)
{
	const struct sql_report_briefs *row = due->row;
	const int64_t sent_us = row == NULL || row->first_sent_us == NULL
				    ? owed->ctx->now_us
				    : *row->first_sent_us;

	obligation->deadline = day_text(owed->ctx->arena, due->deadline);
	obligation->days_left = due->deadline - owed->today;
	obligation->late = regime_is_late(due->deadline, sent_us);
	if (obligation->late)
		obligation->days_late = day_of_us(sent_us) - due->deadline;
}

static struct obligation
describe(struct adding *adding, const struct due *due)
{
	struct owed *owed = adding->owed;
	struct ctx *ctx = owed->ctx;
	const struct unit *unit = due->unit;
	const struct unit_version *version = unit_on(unit, adding->period->to);
	const struct sql_report_briefs *row = due->row;
	struct obligation obligation = {
		.form = adding->form->code,
		.form_name_vi = adding->form->name_vi,
		.form_name_en = adding->form->name_en,
		.period = adding->period_id,
		.unit = unit->id,
		.unit_name = unit_name(unit, adding->period->to),
		.level = version == NULL ? 0 : version->level,
		.older = adding->older,
		.state = report_state_name(WORK_NONE, STANDING_NONE),
		.to = adding->period->to,
		.own = adding->of->own,
		.above_key = "",
		.number = unit->number,
	};

	obligation.key = name_order_key(ctx->arena, obligation.unit_name);
	tell_time(owed, due, &obligation);
	tell_heirs(owed, unit, &obligation);
	if (row == NULL)
		return obligation;
	obligation.state =
	    report_state_seen(adding->of->own, row->work, row->standing);
	obligation.report = &row->id;
	obligation.version = row->sent_version;
	obligation.flags = row->flags;
	if (row->first_sent_us != NULL)
		obligation.sent_at = time_text(ctx->arena, *row->first_sent_us);
	return obligation;
}

static void
push(struct owed *owed, const struct obligation *obligation)
{
	if (owed->count == owed->room) {
		const size_t room = owed->room == 0 ? 64 : 2 * owed->room;
		struct obligation *items =
		    ARENA_ARRAY(owed->ctx->arena, room, struct obligation);

		if (owed->count > 0)
			memcpy(items, owed->items,
			    owed->count * sizeof(*items));
		owed->items = items;
		owed->room = room;
	}
	owed->items[owed->count++] = *obligation;
}

static enum fail
add(struct adding *adding, const struct due *due)
{
	struct owed *owed = adding->owed;
	struct ctx *ctx = owed->ctx;
	const struct above *above = NULL;
	struct obligation obligation;
	struct signing signing;

	TRY(signing_of(owed, due, &signing));
	if (!is_taken(adding, due, &signing))
		return OK;
	TRY(find_above(adding, due->unit, &above));
	obligation = describe(adding, due);
	if (above != NULL) {
		obligation.above = &above->unit->id;
		obligation.above_name = above->name;
		obligation.above_key = above->key;
		obligation.closing = above->closing;
		obligation.closed =
		    closing_is_by(above->closing, above->unit->id);
	}
	obligation.next = adding->of->own ? next_own(ctx, due, &signing)
					  : next_below(ctx, due, &signing);
	push(owed, &obligation);
	return OK;
}

enum fail
owed_add(struct owed *owed, const struct form *form,
    const struct period *period, const struct owed_of *of)
{
	struct adding adding = {
		.owed = owed,
		.form = form,
		.period = period,
		.period_id = period_text(owed->ctx->arena, period),
		.of = of,
		.older = period->to < owed_newest(form, owed->ctx->now_us).to,
		.above = map_new(owed->ctx->arena, 64),
	};
	struct due *dues = NULL;
	size_t count = 0;

	TRY(find_dues(&adding, &dues, &count));
	for (size_t i = 0; i < count; i++)
		TRY(add(&adding, &dues[i]));
	return OK;
}
