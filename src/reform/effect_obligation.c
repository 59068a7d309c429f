#include <string.h>

#include "core/arena.h"
#include "core/text.h"
#include "reform/effect_in.h"
#include "reform/reform.sql.h"
#include "report/field.h"
#include "report/report.h"

static const char *const whats[] = { "begins", "ends", "moves", NULL };

struct obligation_item {
	const char *mark;
	const char *form;
	const char *period;
	const char *unit;
	const char *unit_name;
	const char *what;
	const char *state;
	const int64_t *report;
	struct texts_of acts;
	struct texts_of acts_before;
	const char *above;
	const char *above_before;
};

struct report_item {
	const char *mark;
	int64_t report;
	const char *form;
	const char *period;
	const char *unit;
	const char *unit_name;
	const char *state;
	int64_t version;
	struct texts_of acts;
	const char *above;
	const char *counts_at;
	bool whole;
};

/* clang-format off */
static const struct shape_field obligation_fields[] = {
	F_MARK(struct obligation_item),
	F_FORM(struct obligation_item, REQUIRED),
	F_PERIOD(struct obligation_item, period, REQUIRED),
	F_REF(struct obligation_item, unit, REQUIRED, "who owes it"),
	F_UNIT_NAME(struct obligation_item, unit_name, "its name",
	    "\"Xã Đông Hòa\""),
	F_ENUM(struct obligation_item, what, whats, REQUIRED,
	    "it is owed from then on; it is not any more; others see to it or "
	    "accept it", "\"moves\""),
	F_REPORT_STATE(struct obligation_item, REQUIRED, "how far it has come"),
	F_OPT_INT(struct obligation_item, report, 1, INT64_MAX,
	    "number of the report; null: not begun", "7"),
	F_REFS(struct obligation_item, acts, "whose people see to it afterwards"),
	F_REFS(struct obligation_item, acts_before, "whose people do so until then"),
	F_REF(struct obligation_item, above, OPTIONAL, "who accepts it afterwards"),
	F_REF(struct obligation_item, above_before, OPTIONAL,
	    "who does so until then"),
};
const struct shape effect_obligation_shape =
    SHAPE("UnitChangeObligation", struct obligation_item, obligation_fields);

static const struct shape_field report_fields[] = {
	F_MARK(struct report_item),
	F_ID(struct report_item, report, "number of the report", "7"),
	F_FORM(struct report_item, REQUIRED),
	F_PERIOD(struct report_item, period, REQUIRED),
	F_REF(struct report_item, unit, REQUIRED, "whose it is"),
	F_UNIT_NAME(struct report_item, unit_name, "its name",
	    "\"Xã Đông Hòa\""),
	F_REPORT_STATE(struct report_item, REQUIRED, "how far it has come"),
	F_REPORT_VERSION(struct report_item),
	F_REFS(struct report_item, acts,
	    "whose people work on it afterwards"),
	F_REF(struct report_item, above, OPTIONAL,
	    "who accepts it afterwards"),
	F_REF(struct report_item, counts_at, REQUIRED,
	    "where its figures count afterwards"),
	F_BOOL(struct report_item, whole, REQUIRED,
	    "at that unit itself; false: unallocated under it", "true"),
};
const struct shape effect_report_shape =
    SHAPE("UnitChangeReport", struct report_item, report_fields);
/* clang-format on */

/* --- obligations -------------------------------------------------------------- */

/* One form and period. */
struct obligations {
	struct comparison *c;
	const struct form *form;
	const struct period *period;
	const char *period_id;
	const struct structure *before; /* of the period's own day */
	const struct structure *after;
};

static bool
owes(const struct obligations *d, const struct structure *st,
    const struct directory *dir, int number)
{
	day deadline = 0;

	return (size_t)number < directory_count(dir) &&
	       regime_owes(d->form, st, dir, number, d->period, &deadline);
}

static enum fail
look_at(struct obligations *d, int number)
{
	struct comparison *c = d->c;
	struct arena *arena = c->ctx->arena;
	const bool was = owes(d, d->before, c->plan->before, number);
	const bool is = owes(d, d->after, c->plan->after, number);
	struct sql_reform_report *row = NULL;
	struct obligation_item item = { 0 };
	size_t acts = 0;
	size_t acts_before = 0;
	const int *at = effect_acts(c, c->after, number, &acts);
	const int *at_before = effect_acts(c, c->before, number, &acts_before);

	if ((!was && !is) || (was == is && !c->changed[number]))
		return OK;
	TRY(sql_reform_report(c->ctx, d->form->id, d->period_id,
	    effect_unit(c, number)->id, &row));
	if (was == is && row != NULL && row->work == WORK_NONE &&
	    row->standing == STANDING_ACCEPTED)
		return OK; /* nothing is left to be done */
	item = (struct obligation_item){
		.form = d->form->code,
		.period = d->period_id,
		.unit = effect_ref(c, number),
		.unit_name = effect_name(c, number),
		.what = was == is ? "moves"
			: is      ? "begins"
				  : "ends",
		.state = row == NULL
			     ? report_state_name(WORK_NONE, STANDING_NONE)
			     : report_state_name(row->work, row->standing),
		.report = row == NULL
			      ? NULL
			      : arena_copy(arena, &row->id, sizeof(row->id)),
		.acts = effect_refs(c, at, acts),
		.acts_before = effect_refs(c, at_before, acts_before),
		.above = effect_ref(c, effect_above(c, true, number, c->when)),
		.above_before =
		    effect_ref(c, effect_above(c, false, number, c->when)),
	};
	effect_add(c, &c->obligations, &effect_obligation_shape, &item);
	return OK;
}

static enum fail
obligations_of(struct comparison *c, const struct form *form,
    const struct period *period)
{
	struct obligations d = {
		.c = c,
		.form = form,
		.period = period,
		.period_id = period_text(c->ctx->arena, period),
		.before = directory_structure(c->plan->before, period->to),
		.after = directory_structure(c->plan->after, period->to),
	};

	for (size_t i = 0; i < c->count; i++)
		TRY(look_at(&d, (int)i));
	return OK;
}

enum fail
effect_obligations(struct comparison *c)
{
	const struct catalogue *cat = catalogue_now(c->ctx);

	for (size_t f = 0; f < catalogue_count(cat); f++) {
		const struct form *form = catalogue_at(cat, f);
		struct period periods[EFFECT_PERIODS_MAX];
		const size_t count =
		    effect_periods(c, form, periods, EFFECT_PERIODS_MAX);

		for (size_t p = 0; p < count; p++)
			TRY(obligations_of(c, form, &periods[p]));
	}
	return OK;
}

/* --- reports ------------------------------------------------------------- */

static void
add_report(struct comparison *c, int number,
    const struct sql_reform_reports *row)
{
	const struct form *form =
	    catalogue_form_by_id(catalogue_now(c->ctx), row->form_id);
	const struct placement *place = structure_place(c->after, number);
	size_t acts = 0;
	const int *at = effect_acts(c, c->after, number, &acts);
	struct report_item item = {
		.report = row->id,
		.form = form->code,
		.period = arena_text(c->ctx->arena, row->period),
		.unit = effect_ref(c, number),
		.unit_name = effect_name(c, number),
		.state = report_state_name(row->work, row->standing),
		.version = row->sent_version,
		.acts = effect_refs(c, at, acts),
		.above = effect_ref(c, effect_above(c, true, number, c->when)),
		.counts_at = effect_ref(c, place->at),
		.whole = place->whole,
	};

	if (item.counts_at == NULL)
		item.counts_at = "";
	effect_add(c, &c->reports, &effect_report_shape, &item);
}

static enum fail
reports_of(struct comparison *c, int number)
{
	const struct unit *unit = effect_unit(c, number);
	struct cursor *cursor = NULL;
	struct sql_reform_reports row = { 0 };
	bool more = false;

	TRY(sql_reform_reports_open(c->ctx, unit->id, &cursor));
	for (;;) {
		TRY(sql_reform_reports_next(c->ctx, cursor, &row, &more));
		if (!more)
			return OK;
		if (unit->is_void || row.work != WORK_NONE ||
		    row.standing == STANDING_SENT)
			add_report(c, number, &row);
	}
}

enum fail
effect_reports(struct comparison *c)
{
	for (size_t i = 0; i < c->old_count; i++)
		if (c->changed[i])
			TRY(reports_of(c, (int)i));
	return OK;
}
