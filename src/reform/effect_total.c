#include "core/arena.h"
#include "core/decimal.h"
#include "core/home.h"
#include "core/num.h"
#include "cube/cube.h"
#include "org/field.h"
#include "reform/effect_in.h"
#include "regime/field.h"

static const char *const row_kinds[] = { "unit", "unallocated", NULL };

struct amount_item {
	const char *cell;
	const char *change;
};

struct total_item {
	const char *mark;
	const char *form;
	const char *period;
	const char *structure;
	const char *unit;
	const char *unit_name;
	int64_t level;
	const char *kind;
	int64_t expected;
	int64_t reported;
	int64_t reports;
	int64_t cells;
	struct list_of amounts;
};

/* clang-format off */
#define F_CHANGE(f, meaning_) \
	F_INT(struct total_item, f, -CUBE_UNITS_MAX, CUBE_UNITS_MAX, \
	    REQUIRED, meaning_, "-1")

static const struct shape_field amount_fields[] = {
	F_TEXT(struct amount_item, cell, 80, REQUIRED, "the cell",
	    "\"s01.c3\""),
	F_TEXT(struct amount_item, change, DECIMAL_TEXT_MAX, REQUIRED,
	    "by how much its sum changes", "\"-12\""),
};
static const struct shape amount_shape =
    SHAPE("UnitChangeAmount", struct amount_item, amount_fields);

static const struct shape_field fields[] = {
	F_MARK(struct total_item),
	F_FORM(struct total_item, REQUIRED),
	F_PERIOD(struct total_item, period, REQUIRED),
	F_DATE(struct total_item, structure, REQUIRED,
	    "in the structure of this day", "\"2026-01-01\""),
	F_REF(struct total_item, unit, REQUIRED, "whose total"),
	F_UNIT_NAME(struct total_item, unit_name, "its name",
	    "\"Tỉnh Hưng Yên\""),
	F_INT(struct total_item, level, 0, 3, REQUIRED,
	    "0 Government, 1 ministry or province, 2 district, 3 commune",
	    "1"),
	F_ENUM(struct total_item, kind, row_kinds, REQUIRED,
	    "its total, or the part of it that is unallocated under it",
	    "\"unallocated\""),
	F_CHANGE(expected, "more units are expected to report (fewer: below 0)"),
	F_CHANGE(reported, "more of these have reported"),
	F_CHANGE(reports, "more reports count, of basis sent"),
	F_COUNT(struct total_item, cells, "cells whose total changes", "12"),
	F_LIST(struct total_item, amounts, &amount_shape, EFFECT_CELLS_MAX,
	    "the first of them that are sums, and by how much"),
};
const struct shape effect_total_shape =
    SHAPE("UnitChangeTotal", struct total_item, fields);
/* clang-format on */

struct moved_row {
	int64_t expected;
	int64_t reported;
	int64_t reports;
	i128 *sums;    /* by cell */
	bool *touched; /* cells of other aggregations */
};

/* One form and period, in the structures of one day. */
struct totals {
	struct comparison *c;
	const struct form *form;
	const struct form_version *version;
	struct period period;
	day on;
	const struct structure *before;
	const struct structure *after;
	const struct structure *own_before; /* of the period's last day */
	const struct structure *own_after;
	bool *apart; /* by number: the way to the root is another */
	struct moved_row *
	    *rows; /* by number: its total, then its unallocated */
};

/* What a unit adds wherever it counts. */
struct share {
	bool expected;
	bool reported;
	const struct cube_event *sent; /* NULL: nothing counts */
};

static struct moved_row *
row_of(struct totals *t, int number, bool unallocated)
{
	struct moved_row **at = &t->rows[2 * number + unallocated];

	if (*at == NULL) {
		struct arena *arena = t->c->ctx->arena;

		*at = ARENA_NEW(arena, struct moved_row);
		(*at)->sums = ARENA_ARRAY(arena, t->version->cell_count, i128);
		(*at)->touched =
		    ARENA_ARRAY(arena, t->version->cell_count, bool);
	}
	return *at;
}

static void
add_to(struct totals *t, struct moved_row *row, const struct share *share,
    int sign)
{
	row->expected += sign * share->expected;
	row->reported += sign * share->reported;
	if (share->sent == NULL)
		return;
	row->reports += sign;
	for (size_t i = 0; i < t->version->cell_count; i++) {
		if (share->sent->states[i] != CELL_VALUE)
			continue;
		if (form_column_at(t->version, i)->aggregation == AGG_SUM)
			row->sums[i] += sign * (i128)share->sent->values[i];
		else
			row->touched[i] = true;
	}
}

/* Along the way from where it counts to the root. */
static void
add_along(struct totals *t, const struct structure *st, int number,
    const struct share *share, int sign)
{
	const struct placement *place = structure_place(st, number);

	if (place->at < 0)
		return;
	if (!place->whole)
		add_to(t, row_of(t, place->at, true), share, sign);
	for (int at = place->at; at >= 0; at = structure_parent(st, at))
		add_to(t, row_of(t, at, false), share, sign);
}

static bool
owes(const struct totals *t, const struct structure *st,
    const struct directory *dir, int number)
{
	day deadline = 0;

	return (size_t)number < directory_count(dir) &&
	       regime_owes(t->form, st, dir, number, &t->period, &deadline);
}

static bool
is_elsewhere(const struct totals *t, int number)
{
	const struct placement *was = NULL;
	const struct placement *is = structure_place(t->after, number);

	if ((size_t)number >= t->c->old_count)
		return true;
	was = structure_place(t->before, number);
	return was->at != is->at || was->whole != is->whole ||
	       (is->at >= 0 && t->apart[is->at]);
}

static void
look_at(struct totals *t, int number)
{
	struct comparison *c = t->c;
	const bool is_new = (size_t)number >= c->old_count;
	const bool was = owes(t, t->own_before, c->plan->before, number);
	const bool is = owes(t, t->own_after, c->plan->after, number);
	struct cube_event event;
	struct share share = { 0 };

	if (was == is && !is_elsewhere(t, number))
		return;
	if (!is_new &&
	    cube_unit(c->ctx, t->version, &t->period,
		effect_unit(c, number)->id, &event) &&
	    event.act != CUBE_RETURNED)
		share.sent = &event;
	if (share.sent == NULL && !was && !is)
		return;
	share.expected = was;
	share.reported = was && share.sent != NULL;
	if (!is_new)
		add_along(t, t->before, number, &share, -1);
	share.expected = is;
	share.reported = is && share.sent != NULL;
	add_along(t, t->after, number, &share, 1);
}

/* --- what is shown ------------------------------------------------------- */

/* How many cells move; the first of them with their amounts. */
static int64_t
tell_cells(const struct totals *t, const struct moved_row *row,
    struct list_of *ret)
{
	struct arena *arena = t->c->ctx->arena;
	struct amount_item *items =
	    ARENA_ARRAY(arena, EFFECT_CELLS_MAX, struct amount_item);
	size_t shown = 0;
	int64_t cells = 0;

	for (size_t i = 0; i < t->version->cell_count; i++) {
		cells += row->sums[i] != 0 || row->touched[i];
		if (row->sums[i] == 0 || shown == EFFECT_CELLS_MAX)
			continue;
		items[shown++] = (struct amount_item){
			.cell = t->version->cells[i],
			.change = decimal_text(arena, row->sums[i],
			    form_column_at(t->version, i)->scale),
		};
	}
	*ret = (struct list_of){ items, shown };
	return cells;
}

static void
tell(struct totals *t, int number, bool unallocated,
    const struct moved_row *row)
{
	struct comparison *c = t->c;
	const struct unit *unit = effect_unit(c, number);
	struct total_item item = {
		.form = t->form->code,
		.period = period_text(c->ctx->arena, &t->period),
		.structure = day_text(c->ctx->arena, t->on),
		.unit = effect_ref(c, number),
		.unit_name = effect_name(c, number),
		.level = unit_near(unit, t->on)->level,
		.kind = row_kinds[unallocated],
		.expected = row->expected,
		.reported = row->reported,
		.reports = row->reports,
	};

	item.cells = tell_cells(t, row, &item.amounts);
	if (item.cells == 0 && item.expected == 0 && item.reported == 0 &&
	    item.reports == 0)
		return;
	effect_add(c, &c->totals, &effect_total_shape, &item);
}

/* Parents come before children in both. */
static void
find_apart(struct totals *t)
{
	size_t count = 0;
	const int *living = structure_units(t->after, &count);

	for (size_t i = 0; i < count; i++) {
		const int n = living[i];
		const int above = structure_parent(t->after, n);

		t->apart[n] = (size_t)n >= t->c->old_count ||
			      structure_parent(t->before, n) != above ||
			      (above >= 0 && t->apart[above]);
	}
}

static void
totals_of(struct comparison *c, const struct form *form,
    const struct period *period)
{
	const day on = period->to > c->when ? period->to : c->when;
	struct totals t = {
		.c = c,
		.form = form,
		.version = form_for(form, period),
		.period = *period,
		.on = on,
		.before = directory_structure(c->plan->before, on),
		.after = directory_structure(c->plan->after, on),
		.own_before = directory_structure(c->plan->before, period->to),
		.own_after = directory_structure(c->plan->after, period->to),
		.apart = ARENA_ARRAY(c->ctx->arena, c->count + 1, bool),
		.rows = ARENA_ARRAY(c->ctx->arena, 2 * c->count + 2,
		    struct moved_row *),
	};

	find_apart(&t);
	for (size_t i = 0; i < c->count; i++)
		look_at(&t, (int)i);
	for (size_t i = 0; i < c->count; i++)
		for (int k = 0; k < 2; k++)
			if (t.rows[2 * i + (size_t)k] != NULL)
				tell(&t, (int)i, k == 1,
				    t.rows[2 * i + (size_t)k]);
}

enum fail
effect_totals(struct comparison *c)
{
	const struct catalogue *cat = catalogue_now(c->ctx);

	for (size_t f = 0; f < catalogue_count(cat); f++) {
		const struct form *form = catalogue_at(cat, f);
		struct period periods[EFFECT_PERIODS_MAX];
		const size_t count =
		    effect_periods(c, form, periods, EFFECT_PERIODS_MAX);

		for (size_t p = 0; p < count; p++)
			totals_of(c, form, &periods[p]);
	}
	return OK;
}
