#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/paging.h"
#include "core/text.h"
#include "org/heir.h"
#include "people/access.h"
#include "report/field.h"
#include "report/obligation.h"
#include "report/paper.h"
#include "report/report.sql.h"

struct obligation {
	const char *form;
	const char *form_name_vi;
	const char *form_name_en;
	const char *period;
	int64_t unit;
	const char *unit_name;
	int64_t level;
	const char *deadline;
	int64_t days_left;
	const char *state;
	bool late;
	const int64_t *report;
	int64_t version;
	const char *sent_at;
	int64_t flags;
	bool closed;
	const char *next;
};

struct obligation_counts {
	int64_t all;
	int64_t not_started;
	int64_t draft;
	int64_t proposed;
	int64_t returned;
	int64_t sent;
	int64_t accepted;
	int64_t late;
};

struct obligation_list {
	struct list_of items;
	const int64_t *next;
	const struct obligation_counts *counts;
};

static const char *const nexts[] = { "fill", "submit", "sign", "review",
	"name_heir", "none", NULL };

/* clang-format off */
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
	F_REPORT_DEADLINE(struct obligation, REQUIRED),
	F_INT(struct obligation, days_left, -100000, 100000, REQUIRED,
	    "days until the deadline; negative: overdue by so many", "2"),
	F_REPORT_STATE(struct obligation, REQUIRED, "how far it has come"),
	F_REPORT_LATE(struct obligation),
	F_OPT_INT(struct obligation, report, 1, INT64_MAX,
	    "number of the report; null: not begun", "7"),
	F_REPORT_VERSION(struct obligation),
	F_REPORT_SENT_AT(struct obligation),
	F_REPORT_FLAGS(struct obligation),
	F_BOOL(struct obligation, closed, REQUIRED,
	    "the unit that accepts it has closed the period", "false"),
	F_ENUM(struct obligation, next, nexts, REQUIRED,
	    "what this person may do with it now", "\"fill\""),
};
static const struct shape obligation_shape =
    SHAPE("Obligation", struct obligation, obligation_fields);

#define COUNT(f) F_INT(struct obligation_counts, f, 0, INT64_MAX, REQUIRED, \
	"obligations in this state, whatever filter is set", "3")
static const struct shape_field counts_fields[] = {
	COUNT(all), COUNT(not_started), COUNT(draft), COUNT(proposed),
	COUNT(returned), COUNT(sent), COUNT(accepted), COUNT(late),
};
static const struct shape counts_shape =
    SHAPE("ObligationCounts", struct obligation_counts, counts_fields);

static const struct shape_field list_fields[] = {
	F_LIST(struct obligation_list, items, &obligation_shape, PAGING_MOST,
	    "obligations: own ones nearest deadline first; below a unit by "
	    "area code"),
	F_NEXT(struct obligation_list),
	F_ONE(struct obligation_list, counts, &counts_shape, REQUIRED,
	    "how many there are in each state"),
};
const struct shape obligation_list_shape =
    SHAPE("ObligationList", struct obligation_list, list_fields);
/* clang-format on */

/* ---- whom it concerns --------------------------------------------------- */

struct below {
	const struct directory *dir;
	day on;
};

static int
by_code(const void *a, const void *b, void *arg)
{
	const struct below *below = arg;
	const struct unit *x = directory_at(below->dir, *(const int *)a);
	const struct unit *y = directory_at(below->dir, *(const int *)b);
	const int order =
	    strcmp(unit_area_code(x, below->on), unit_area_code(y, below->on));

	return order != 0 ? order : (x->id > y->id) - (x->id < y->id);
}

const int *
obligation_below(struct ctx *ctx, const struct directory *dir,
    const struct unit *unit, day on, size_t *ret_count)
{
	const size_t all = directory_count(dir);
	int *found = ARENA_ARRAY(ctx->arena, all, int);
	struct below below = { dir, on };
	size_t count = 0;

	for (size_t i = 0; i < all; i++) {
		if (directory_above(dir, (int)i, on) == unit->number)
			found[count++] = (int)i;
	}
	qsort_r(found, count, sizeof(*found), by_code, &below);
	*ret_count = count;
	return found;
}

/* A unit and the abolished ones whose open obligations its people act on. */
static void
add_own(struct ctx *ctx, const struct directory *dir, const struct unit *unit,
    int64_t place, bool *seen)
{
	const day today = day_of_us(ctx->now_us);

	if (seen[unit->number] ||
	    !org_reach(ctx, place, unit->id, today, false))
		return;
	seen[unit->number] = true;
	for (size_t i = 0; i < unit->predecessor_count; i++) {
		const struct unit *before =
		    directory_at(dir, unit->predecessors[i]);

		/* Successions go forward in time, so this ends. */
		if (before->to < unit->to)
			add_own(ctx, dir, before, place, seen);
	}
}

enum fail
obligation_find(struct ctx *ctx, const char *form_code, const char *period_id,
    const struct form **ret_form, struct period *ret_period)
{
	const struct form *form = catalogue_form(catalogue_now(ctx), form_code);

	if (form == NULL)
		fail_invalid(ctx, "/form", "form.unknown", "no form %s",
		    form_code);
	else if (!period_parse(&form->calendar, period_id, ret_period))
		fail_invalid(ctx, "/period", "period.unknown",
		    "%s is no period of this form", period_id);
	*ret_form = form;
	return fail_valid(ctx);
}

/* ---- the list ----------------------------------------------------------- */

struct builder {
	struct ctx *ctx;
	const struct directory *dir;
	day today;
	struct obligation *items;
	size_t count;
	size_t room;
	struct obligation_counts counts;
};

static void
count_state(struct builder *builder, const struct obligation *obligation)
{
	struct obligation_counts *counts = &builder->counts;
	int64_t *const by_state[] = { &counts->not_started, &counts->draft,
		&counts->proposed, &counts->returned, &counts->sent,
		&counts->accepted };

	counts->all++;
	counts->late += obligation->late;
	for (size_t i = 0; i < ARRAY_SIZE(by_state); i++)
		*by_state[i] += text_equal(report_states[i], obligation->state);
}

static void
push(struct builder *builder, const struct obligation *obligation)
{
	if (builder->count == builder->room) {
		const size_t room = builder->room == 0 ? 64 : 2 * builder->room;
		struct obligation *items =
		    ARENA_ARRAY(builder->ctx->arena, room, struct obligation);

		if (builder->count > 0)
			memcpy(items, builder->items,
			    builder->count * sizeof(*items));
		builder->items = items;
		builder->room = room;
	}
	builder->items[builder->count++] = *obligation;
	count_state(builder, obligation);
}

/* What a paper that is proposed waits for. */
struct signing {
	int64_t heir; /* heir_of */
	bool waits;   /* for the unit above to name who signs */
};

static enum fail
signing_of(struct builder *builder, const struct sql_report_brief *row,
    const struct unit *unit, struct signing *ret)
{
	*ret = (struct signing){ 0 };
	if (row == NULL || row->work != WORK_PROPOSED)
		return OK;
	TRY(heir_of(builder->ctx, unit, &ret->heir));
	ret->waits =
	    ret->heir == 0 &&
	    structure_divided(directory_structure(builder->dir, builder->today),
		unit->number);
	return OK;
}

static const char *
next_below(struct ctx *ctx, const struct sql_report_brief *row,
    const struct unit *unit, const struct signing *signing)
{
	if (signing->waits && heir_may_name(ctx, unit))
		return "name_heir";
	return row != NULL && row->standing == STANDING_SENT ? "review"
							     : "none";
}

static const char *
next_own(struct ctx *ctx, const struct sql_report_brief *row,
    const struct unit *unit, const struct signing *signing)
{
	const int64_t work = row == NULL ? WORK_NONE : row->work;

	if (work == WORK_PROPOSED)
		return access_may(ctx, "report.sign", unit->id) &&
			       heir_acts(ctx, "report.sign", unit,
				   signing->heir)
			   ? "sign"
			   : "none";
	if (row != NULL && work == WORK_NONE && row->standing != STANDING_NONE)
		return "none";
	return access_may(ctx, "report.edit", unit->id) ? "fill" : "none";
}

/*
 * One obligation.  Those below show what has been sent; what they are still
 * working on is their own business.
 */
static struct obligation
describe(struct builder *builder, const struct form *form,
    const struct period *period, const struct unit *unit,
    const struct sql_report_brief *row, day deadline)
{
	struct ctx *ctx = builder->ctx;
	const struct unit_version *version = unit_on(unit, period->to);
	const int64_t sent_us = row == NULL || row->first_sent_us == NULL
				    ? ctx->now_us
				    : *row->first_sent_us;
	struct obligation obligation = {
		.form = form->code,
		.form_name_vi = form->name_vi,
		.form_name_en = form->name_en,
		.period = period_text(ctx->arena, period),
		.unit = unit->id,
		.unit_name = unit_name(unit, period->to),
		.level = version == NULL ? 0 : version->level,
		.deadline = day_text(ctx->arena, deadline),
		.days_left = deadline - builder->today,
		.state = report_state_name(WORK_NONE, STANDING_NONE),
		.late = regime_is_late(deadline, sent_us),
	};

	if (row == NULL)
		return obligation;
	obligation.report = &row->id;
	obligation.version = row->sent_version;
	obligation.flags = row->flags;
	if (row->first_sent_us != NULL)
		obligation.sent_at = time_text(ctx->arena, *row->first_sent_us);
	return obligation;
}

static enum fail
is_closed(struct builder *builder, const struct form *form,
    const struct period *period, const struct unit *unit, bool *ret)
{
	struct ctx *ctx = builder->ctx;
	const int above =
	    directory_above(builder->dir, unit->number, builder->today);
	struct sql_closing_find *row = NULL;

	if (above >= 0)
		TRY(sql_closing_find(ctx, form->id,
		    period_text(ctx->arena, period),
		    directory_at(builder->dir, above)->id, &row));
	*ret = row != NULL;
	return OK;
}

enum take { TAKE_ALL, TAKE_OPEN, TAKE_WAITING };

static enum fail
add(struct builder *builder, const struct form *form,
    const struct period *period, int number, bool below, enum take take)
{
	struct ctx *ctx = builder->ctx;
	const struct unit *unit = directory_at(builder->dir, number);
	struct sql_report_brief *row = NULL;
	struct obligation obligation;
	struct signing signing;
	day deadline = 0;

	if (!regime_owes(form, directory_structure(builder->dir, period->to),
		builder->dir, number, period, &deadline))
		return OK;
	TRY(sql_report_brief(ctx, form->id, period_text(ctx->arena, period),
	    unit->id, &row));
	if (take == TAKE_OPEN && row != NULL && row->work == WORK_NONE &&
	    row->standing == STANDING_ACCEPTED)
		return OK;
	TRY(signing_of(builder, row, unit, &signing));
	if (take == TAKE_WAITING && !signing.waits &&
	    (row == NULL || row->standing != STANDING_SENT))
		return OK;
	obligation = describe(builder, form, period, unit, row, deadline);
	if (row != NULL)
		obligation.state =
		    report_state_seen(!below, row->work, row->standing);
	obligation.next = below ? next_below(ctx, row, unit, &signing)
				: next_own(ctx, row, unit, &signing);
	TRY(is_closed(builder, form, period, unit, &obligation.closed));
	push(builder, &obligation);
	return OK;
}

/* The newest period of a form that is open for reporting. */
static struct period
newest_open(const struct form *form, int64_t now_us)
{
	struct period period = period_of(&form->calendar, day_of_us(now_us));

	while (!period_is_open(form, &period, now_us) && period.year > 2000)
		period = period_previous(&period);
	return period;
}

/* What one position of the actor brings: its own obligations, and what waits
 * below. */
static enum fail
add_position(struct builder *builder, const struct form *form,
    const struct position *position, bool *seen)
{
	struct ctx *ctx = builder->ctx;
	const struct unit *place = directory_unit(builder->dir, position->unit);
	struct period period = newest_open(form, ctx->now_us);
	const int *below = NULL;
	size_t below_count = 0;

	if (place == NULL)
		return OK;
	if (access_role_has(ctx, position->role, "report.edit") ||
	    access_role_has(ctx, position->role, "report.sign"))
		add_own(ctx, builder->dir, place, position->unit, seen);
	if (access_role_has(ctx, position->role, "report.review"))
		below = obligation_below(ctx, builder->dir, place,
		    builder->today, &below_count);
	for (int back = 0; back < OBLIGATION_PERIODS_BACK; back++) {
		for (size_t i = 0; i < directory_count(builder->dir); i++) {
			if (seen[i])
				TRY(add(builder, form, &period, (int)i, false,
				    back == 0 ? TAKE_ALL : TAKE_OPEN));
		}
		for (size_t i = 0; i < below_count; i++)
			TRY(add(builder, form, &period, below[i], true,
			    TAKE_WAITING));
		period = period_previous(&period);
	}
	return OK;
}

static int
by_deadline(const void *a, const void *b)
{
	const struct obligation *x = a;
	const struct obligation *y = b;
	const int order = strcmp(x->deadline, y->deadline);

	return order != 0 ? order : (x->unit > y->unit) - (x->unit < y->unit);
}

static enum fail
list_mine(struct builder *builder, const struct obligation_query *query)
{
	struct ctx *ctx = builder->ctx;
	const struct catalogue *cat = catalogue_now(ctx);

	TRY(access_any(ctx, "report.read"));
	for (size_t f = 0; f < catalogue_count(cat); f++) {
		const struct form *form = catalogue_at(cat, f);

		if (query->form != NULL && !text_equal(query->form, form->code))
			continue;
		for (size_t i = 0; i < ctx->actor->position_count; i++) {
			bool *seen = ARENA_ARRAY(ctx->arena,
			    directory_count(builder->dir), bool);

			TRY(add_position(builder, form,
			    &ctx->actor->positions[i], seen));
		}
	}
	if (builder->count > 0)
		qsort(builder->items, builder->count, sizeof(struct obligation),
		    by_deadline);
	return OK;
}

static enum fail
list_unit(struct builder *builder, const struct obligation_query *query)
{
	struct ctx *ctx = builder->ctx;
	const struct form *form = NULL;
	const struct unit *unit = NULL;
	struct period period = { 0 };
	const int *below = NULL;
	size_t count = 0;
	const char *need = query->unit == NULL     ? "unit"
			   : query->form == NULL   ? "form"
			   : query->period == NULL ? "period"
						   : NULL;

	if (need != NULL)
		fail_invalid(ctx, arena_printf(ctx->arena, "/%s", need),
		    "input.missing", "mine=true, or form, period and unit");
	TRY(fail_valid(ctx));
	TRY(obligation_find(ctx, query->form, query->period, &form, &period));
	TRY(directory_find_at(ctx, builder->dir, "/unit", query->unit, &unit));
	TRY(access_unit(ctx, "report.read", unit->id));
	TRY(add(builder, form, &period, unit->number, false, TAKE_ALL));
	below =
	    obligation_below(ctx, builder->dir, unit, builder->today, &count);
	for (size_t i = 0; i < count; i++) {
		const struct unit *u = directory_at(builder->dir, below[i]);

		/* Who speaks for the unit alone sees no other's reports. */
		if (access_may(ctx, "report.read", u->id) ||
		    paper_place_reviews(ctx, u))
			TRY(add(builder, form, &period, below[i], true,
			    TAKE_ALL));
	}
	return OK;
}

/* A position held twice, or two roles in one unit, shows a obligation once. */
static void
drop_repeated(struct builder *builder)
{
	size_t kept = 0;

	memset(&builder->counts, 0, sizeof(builder->counts));
	for (size_t i = 0; i < builder->count; i++) {
		const struct obligation *obligation = &builder->items[i];
		bool repeated = false;

		for (size_t k = kept; k > 0 && !repeated; k--) {
			const struct obligation *other = &builder->items[k - 1];

			if (!text_equal(other->deadline, obligation->deadline))
				break;
			repeated =
			    other->unit == obligation->unit &&
			    text_equal(other->form, obligation->form) &&
			    text_equal(other->period, obligation->period);
		}
		if (repeated)
			continue;
		builder->items[kept] = *obligation;
		count_state(builder, &builder->items[kept++]);
	}
	builder->count = kept;
}

static const struct obligation_list *
page(struct builder *builder, const struct obligation_query *query)
{
	struct arena *arena = builder->ctx->arena;
	const size_t limit = paging_limit(query->limit);
	struct obligation_list *list = ARENA_NEW(arena, struct obligation_list);
	struct obligation *items =
	    ARENA_ARRAY(arena, limit + 1, struct obligation);
	int64_t *next = NULL;
	int64_t seen = 0;
	size_t count = 0;

	for (size_t i = 0; i < builder->count; i++) {
		const struct obligation *obligation = &builder->items[i];

		if (query->state != NULL &&
		    !text_equal(query->state, obligation->state))
			continue;
		if (seen++ < query->after)
			continue;
		if (count == limit) {
			next = ARENA_NEW(arena, int64_t);
			*next = query->after + (int64_t)limit;
			break;
		}
		items[count++] = *obligation;
	}
	list->items = (struct list_of){ items, count };
	list->next = next;
	list->counts =
	    arena_copy(arena, &builder->counts, sizeof(builder->counts));
	return list;
}

enum fail
obligation_list(struct ctx *ctx, const struct obligation_query *query,
    const struct obligation_list **ret)
{
	struct builder builder = {
		.ctx = ctx,
		.dir = directory_now(ctx),
		.today = day_of_us(ctx->now_us),
	};

	if (query->mine) {
		TRY(list_mine(&builder, query));
		drop_repeated(&builder);
	} else {
		TRY(list_unit(&builder, query));
	}
	*ret = page(&builder, query);
	return OK;
}
