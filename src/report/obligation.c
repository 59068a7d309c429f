#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/paging.h"
#include "core/text.h"
#include "org/search.h"
#include "people/access.h"
#include "report/field.h"
#include "report/obligation.h"
#include "report/option.h"
#include "report/owed.h"
#include "report/paper.h"

struct obligation_counts {
	int64_t all;
	int64_t not_started;
	int64_t draft;
	int64_t proposed;
	int64_t returned;
	int64_t sent;
	int64_t accepted;
	int64_t late;
	int64_t missing;
	int64_t todo;
	int64_t older;
};

struct obligation_list {
	struct list_of items;
	const int64_t *next;
	const struct obligation_counts *counts;
};

const char *const obligation_ages[] = { "current", "older", NULL };

/* clang-format off */
#define COUNT(f) F_INT(struct obligation_counts, f, 0, INT64_MAX, REQUIRED, \
	"so many of the list, whatever state, late, missing, todo and age say", "3")
static const struct shape_field counts_fields[] = {
	COUNT(all), COUNT(not_started), COUNT(draft), COUNT(proposed),
	COUNT(returned), COUNT(sent), COUNT(accepted), COUNT(late),
	COUNT(missing), COUNT(todo), COUNT(older),
};
static const struct shape counts_shape =
    SHAPE("ObligationCounts", struct obligation_counts, counts_fields);

static const struct shape_field list_fields[] = {
	F_LIST(struct obligation_list, items, &obligation_shape, PAGING_MOST,
	    "obligations: mine of the newest open periods, then older ones, by "
	    "period, the newest first, and name; of a unit "
	    "its own, then those below by name; under one by the unit above, "
	    "then by name"),
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

/* What of the list is asked for, read. */
struct wish {
	const struct obligation_query *query;
	const struct form *form; /* NULL: any */
	const struct unit *unit; /* NULL: any; of under, too */
	const struct unit_text *text;
};

static int
compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* What the actor can do something about first: an obligation that two of his
 * positions bring is shown once. */
static int
by_identity(const struct obligation *x, const struct obligation *y)
{
	int order = compare(x->unit, y->unit);

	if (order == 0)
		order =
		    text_equal(x->next, "none") - text_equal(y->next, "none");
	return order != 0 ? order : y->own - x->own;
}

static int
by_period(const void *a, const void *b)
{
	const struct obligation *x = a;
	const struct obligation *y = b;
	int order = x->older - y->older;

	if (order == 0)
		order = compare(y->to, x->to);
	if (order == 0)
		order = strcmp(x->form, y->form);
	if (order == 0)
		order = strcmp(x->period, y->period);
	if (order == 0)
		order = strcmp(x->key, y->key);
	return order != 0 ? order : by_identity(x, y);
}

static int
own_by_name(const void *a, const void *b)
{
	const struct obligation *x = a;
	const struct obligation *y = b;
	int order = y->own - x->own;

	if (order == 0)
		order = strcmp(x->key, y->key);
	return order != 0 ? order : by_identity(x, y);
}

static int
by_above(const void *a, const void *b)
{
	const struct obligation *x = a;
	const struct obligation *y = b;
	int order = strcmp(x->above_key, y->above_key);

	if (order == 0)
		order = strcmp(x->key, y->key);
	return order != 0 ? order : by_identity(x, y);
}

static void
sort(struct owed *owed, int (*by)(const void *, const void *))
{
	if (owed->count > 0)
		qsort(owed->items, owed->count, sizeof(*owed->items), by);
}

/* What one position of the actor may bring, whatever form and period. */
struct concern {
	int *own;
	size_t own_count;
	const int *below;
	size_t below_count;
};

static struct concern
concern_of(struct owed *owed, const struct position *position)
{
	struct ctx *ctx = owed->ctx;
	const size_t all = directory_count(owed->dir);
	const struct unit *place = directory_unit(owed->dir, position->unit);
	struct concern concern = { 0 };
	bool *seen = NULL;

	if (place == NULL)
		return concern;
	if (access_role_has(ctx, position->role, "report.edit") ||
	    access_role_has(ctx, position->role, "report.sign")) {
		seen = ARENA_ARRAY(ctx->arena, all, bool);
		concern.own = ARENA_ARRAY(ctx->arena, all, int);
		add_own(ctx, owed->dir, place, position->unit, seen);
	}
	for (size_t i = 0; seen != NULL && i < all; i++)
		if (seen[i])
			concern.own[concern.own_count++] = (int)i;
	if (access_role_has(ctx, position->role, "report.review"))
		concern.below = obligation_below(ctx, owed->dir, place,
		    owed->today, &concern.below_count);
	return concern;
}

static bool
is_asked(struct ctx *ctx, const struct wish *wish, const struct period *period)
{
	return wish->query->period == NULL ||
	       text_equal(wish->query->period, period_text(ctx->arena, period));
}

/* The newest open period, and what is left of all before it. */
static enum fail
add_form(struct owed *owed, const struct wish *wish, const struct form *form,
    const struct concern *concern)
{
	struct ctx *ctx = owed->ctx;
	const struct period newest = owed_newest(form, ctx->now_us);
	const int since =
	    (int)option_int(ctx->home, &report_option_table[REPORT_OWED_SINCE]);
	struct owed_of own = { .units = concern->own,
		.count = concern->own_count,
		.own = true };
	const struct owed_of below = { .units = concern->below,
		.count = concern->below_count,
		.take = OWED_WAITING };

	for (struct period period = newest;
	     period.year >= since && period.to >= form->versions[0].from;
	     period = period_previous(&period)) {
		own.take = period.to == newest.to ? OWED_ALL : OWED_OPEN;
		if (!is_asked(ctx, wish, &period))
			continue;
		TRY(owed_add(owed, form, &period, &own));
		TRY(owed_add(owed, form, &period, &below));
	}
	return OK;
}

static enum fail
list_mine(struct owed *owed, const struct wish *wish)
{
	struct ctx *ctx = owed->ctx;
	const struct catalogue *cat = catalogue_now(ctx);

	TRY(access_any(ctx, "report.read"));
	for (size_t i = 0; i < ctx->actor->position_count; i++) {
		const struct concern concern =
		    concern_of(owed, &ctx->actor->positions[i]);

		for (size_t f = 0; f < catalogue_count(cat); f++) {
			const struct form *form = catalogue_at(cat, f);

			if (wish->form == NULL || wish->form == form)
				TRY(add_form(owed, wish, form, &concern));
		}
	}
	sort(owed, by_period);
	return OK;
}

/* Who speaks for a unit alone sees no other's reports. */
static bool
may_see(struct ctx *ctx, const struct unit *unit)
{
	return access_may(ctx, "report.read", unit->id) ||
	       paper_place_reviews(ctx, unit);
}

/* Those of some units that the actor may see. */
static enum fail
add_seen(struct owed *owed, const struct wish *wish,
    const struct period *period, const int *units, size_t count, bool own)
{
	int *seen = ARENA_ARRAY(owed->ctx->arena, count, int);
	struct owed_of of = { .units = seen, .own = own };

	for (size_t i = 0; i < count; i++)
		if (may_see(owed->ctx, directory_at(owed->dir, units[i])))
			seen[of.count++] = units[i];
	return owed_add(owed, wish->form, period, &of);
}

/* The unit, and those that are wholly in its place today. */
static const int *
units_own(struct owed *owed, const struct unit *unit,
    const struct period *period, size_t *ret_count)
{
	const struct structure *today =
	    directory_structure(owed->dir, owed->today);
	size_t living = 0;
	const int *all =
	    structure_units(directory_structure(owed->dir, period->to),
		&living);
	int *found = ARENA_ARRAY(owed->ctx->arena, living, int);
	size_t count = 0;

	for (size_t i = 0; i < living; i++) {
		const struct placement *place = structure_place(today, all[i]);

		if (all[i] == unit->number ||
		    (place->whole && place->at == unit->number))
			found[count++] = all[i];
	}
	*ret_count = count;
	return found;
}

/* Is it counted at the unit or below it: in the structure of the period if the
 * unit was there, else where it is today. */
static bool
is_under(const struct owed *owed, const struct structure *st, int number,
    const struct unit *unit)
{
	if (structure_level(st, unit->number) >= 0)
		return structure_below(st, unit->number, number);
	st = directory_structure(owed->dir, owed->today);
	return structure_below(st, unit->number,
	    structure_place(st, number)->at);
}

static const int *
units_under(struct owed *owed, const struct wish *wish,
    const struct period *period, size_t *ret_count)
{
	const struct structure *st = directory_structure(owed->dir, period->to);
	size_t living = 0;
	const int *all = structure_units(st, &living);
	int *found = ARENA_ARRAY(owed->ctx->arena, living, int);
	size_t count = 0;

	for (size_t i = 0; i < living; i++)
		if (is_under(owed, st, all[i], wish->unit))
			found[count++] = all[i];
	*ret_count = count;
	return found;
}

/* One form and period, of a unit and others. */
static enum fail
list_unit(struct owed *owed, const struct wish *wish)
{
	struct ctx *ctx = owed->ctx;
	const struct obligation_query *query = wish->query;
	const bool under = query->under != NULL;
	struct period period = { 0 };
	const int *own = NULL;
	const int *others = NULL;
	size_t own_count = 0;
	size_t count = 0;

	if (!period_parse(&wish->form->calendar, query->period, &period))
		return OK; /* read_wish has found it */
	TRY(access_unit(ctx, "report.read", wish->unit->id));
	own = units_own(owed, wish->unit, &period, &own_count);
	others = under ? units_under(owed, wish, &period, &count)
		       : obligation_below(ctx, owed->dir, wish->unit,
			     owed->today, &count);
	TRY(add_seen(owed, wish, &period, own, own_count, true));
	TRY(add_seen(owed, wish, &period, others, count, false));
	sort(owed, under ? by_above : own_by_name);
	return OK;
}

/* ---- what of it is asked for --------------------------------------------- */

/* The list is mine, or of one form and period for one unit. */
static void
check_kind(struct ctx *ctx, const struct obligation_query *query)
{
	const char *need = query->unit == NULL && query->under == NULL ? "unit"
			   : query->form == NULL                       ? "form"
			   : query->period == NULL ? "period"
						   : NULL;

	if (query->under != NULL && (query->mine || query->unit != NULL))
		fail_invalid(ctx, "/under", "input.unknown",
		    "one of mine, unit and under");
	else if (query->level != NULL && query->under == NULL)
		fail_invalid(ctx, "/level", "input.unknown", "only with under");
	if (!query->mine && need != NULL)
		fail_invalid(ctx, arena_printf(ctx->arena, "/%s", need),
		    "input.missing", "mine=true, or form, period and unit");
}

static enum fail
read_wish(struct owed *owed, const struct obligation_query *query,
    struct wish *ret)
{
	struct ctx *ctx = owed->ctx;
	const struct catalogue *cat = catalogue_now(ctx);
	const char *unit = query->under != NULL ? query->under : query->unit;

	*ret = (struct wish){ .query = query };
	check_kind(ctx, query);
	TRY(fail_valid(ctx));
	if (query->form != NULL) {
		ret->form = catalogue_form(cat, query->form);
		if (ret->form == NULL)
			fail_invalid(ctx, "/form", "form.unknown", "no form %s",
			    query->form);
	}
	TRY(fail_valid(ctx));
	if (query->period != NULL &&
	    !catalogue_has_period(cat, query->form, query->period))
		fail_invalid(ctx, "/period", "period.unknown",
		    "%s is no period of %s", query->period,
		    query->form == NULL ? "any form" : query->form);
	TRY(fail_valid(ctx));
	if (unit != NULL)
		TRY(directory_find_at(ctx, owed->dir,
		    query->under != NULL ? "/under" : "/unit", unit,
		    &ret->unit));
	return query->q == NULL ? OK
				: unit_text_read(ctx, query->q, &ret->text);
}

/* Is it of the list that is counted? */
static bool
is_counted(struct owed *owed, const struct wish *wish,
    const struct obligation *obligation)
{
	const struct unit *unit = directory_at(owed->dir, obligation->number);

	if (wish->query->mine && wish->unit != NULL &&
	    wish->unit->id != obligation->unit)
		return false;
	if (wish->query->level != NULL &&
	    *wish->query->level != obligation->level)
		return false;
	return wish->text == NULL || unit_text_fits(owed->ctx->arena,
					 wish->text, unit, obligation->to);
}

/* Is it of the part that is shown? */
static bool
is_shown(const struct obligation_query *query,
    const struct obligation *obligation)
{
	if (query->state != NULL &&
	    !text_equal(query->state, obligation->state))
		return false;
	if (query->age != NULL &&
	    text_equal(query->age, "older") != obligation->older)
		return false;
	return (!query->late || obligation->late) &&
	       (!query->missing || obligation->version == 0) &&
	       (!query->todo || !text_equal(obligation->next, "none"));
}

static void
count_one(struct obligation_counts *counts, const struct obligation *obligation)
{
	int64_t *const by_state[] = { &counts->not_started, &counts->draft,
		&counts->proposed, &counts->returned, &counts->sent,
		&counts->accepted };

	counts->all++;
	counts->late += obligation->late;
	counts->missing += obligation->version == 0;
	counts->todo += !text_equal(obligation->next, "none");
	counts->older += obligation->older;
	for (size_t i = 0; i < ARRAY_SIZE(by_state); i++)
		*by_state[i] += text_equal(report_states[i], obligation->state);
}

/* A position held twice, or two roles in one unit, shows an obligation once. */
static bool
is_repeated(const struct owed *owed, size_t i)
{
	const struct obligation *x = i == 0 ? NULL : &owed->items[i - 1];
	const struct obligation *y = &owed->items[i];

	return x != NULL && x->unit == y->unit &&
	       text_equal(x->form, y->form) && text_equal(x->period, y->period);
}

static const struct obligation_list *
page(struct owed *owed, const struct wish *wish)
{
	struct arena *arena = owed->ctx->arena;
	const struct obligation_query *query = wish->query;
	const size_t limit = paging_limit(query->limit);
	struct obligation_list *list = ARENA_NEW(arena, struct obligation_list);
	struct obligation_counts *counts =
	    ARENA_NEW(arena, struct obligation_counts);
	struct obligation *items = ARENA_ARRAY(arena, limit, struct obligation);
	int64_t *next = ARENA_NEW(arena, int64_t);
	int64_t seen = 0;
	size_t count = 0;

	for (size_t i = 0; i < owed->count; i++) {
		const struct obligation *obligation = &owed->items[i];

		if (is_repeated(owed, i) || !is_counted(owed, wish, obligation))
			continue;
		count_one(counts, obligation);
		if (!is_shown(query, obligation) || seen++ < query->after)
			continue;
		if (count < limit)
			items[count++] = *obligation;
		else
			list->next = next;
	}
	*next = query->after + (int64_t)limit;
	list->items = (struct list_of){ items, count };
	list->counts = counts;
	return list;
}

enum fail
obligation_list(struct ctx *ctx, const struct obligation_query *query,
    const struct obligation_list **ret)
{
	struct owed owed = owed_new(ctx);
	struct wish wish;

	TRY(read_wish(&owed, query, &wish));
	TRY(query->mine ? list_mine(&owed, &wish) : list_unit(&owed, &wish));
	*ret = page(&owed, &wish);
	return OK;
}
