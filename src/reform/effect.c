#include "reform/effect_in.h"

#include <inttypes.h>
#include <string.h>

#include "codec/shape_json.h"
#include "core/arena.h"
#include "core/home.h"
#include "ledger/ledger.h"
#include "report/owed.h"

/* clang-format off */
#define COUNT(f, meaning_) \
	F_COUNT(struct effect_counts, f, meaning_, "3")
static const struct shape_field counts_fields[] = {
	COUNT(units, "units that are others afterwards"),
	COUNT(obligations, "obligations that begin, end or move"),
	COUNT(reports, "reports that are touched"),
	COUNT(positions, "positions whose rights are others afterwards"),
	COUNT(totals, "rows of totals that move"),
};
static const struct shape counts_shape =
    SHAPE("UnitChangeCounts", struct effect_counts, counts_fields);

static const struct shape_field effect_fields[] = {
	F_COUNT(struct effect, index,
	    "entries of the ledger that it was made with", "48213"),
	F_TEXT(struct effect, digest, 64, REQUIRED,
	    "of all that it shows; applying names it",
	    "\"5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef\""),
	F_BOOL(struct effect, complete, REQUIRED,
	    "all items are listed; else the counts say how many there are",
	    "true"),
	F_ONE(struct effect, counts, &counts_shape, REQUIRED,
	    "how many items there are"),
	F_LIST(struct effect, units, &effect_unit_shape, EFFECT_MOST,
	    "units that begin, end or are changed"),
	F_LIST(struct effect, obligations, &effect_obligation_shape, EFFECT_MOST,
	    "obligations that begin, end or move"),
	F_LIST(struct effect, reports, &effect_report_shape, EFFECT_MOST,
	    "reports that others work on or accept afterwards"),
	F_LIST(struct effect, positions, &effect_position_shape, EFFECT_MOST,
	    "positions whose rights are others afterwards"),
	F_LIST(struct effect, totals, &effect_total_shape, EFFECT_MOST,
	    "rows of totals, and by how much they move"),
};
const struct shape effect_shape =
    SHAPE("UnitChangePreview", struct effect, effect_fields);
/* clang-format on */

/* --- for the parts ------------------------------------------------------- */

const struct unit *
effect_unit(const struct comparison *c, int number)
{
	return directory_at(c->plan->after, number);
}

const char *
effect_name(const struct comparison *c, int number)
{
	return unit_name(effect_unit(c, number), c->when);
}

const char *
effect_ref(const struct comparison *c, int number)
{
	return number < 0 ? NULL
			  : plan_ref(c->ctx->arena, c->plan,
				effect_unit(c, number)->id);
}

struct texts_of
effect_refs(const struct comparison *c, const int *numbers, size_t count)
{
	const size_t shown = count < EFFECT_REFS_MAX ? count : EFFECT_REFS_MAX;
	const char **refs = ARENA_ARRAY(c->ctx->arena, shown + 1, const char *);

	for (size_t i = 0; i < shown; i++)
		refs[i] = effect_ref(c, numbers[i]);
	return (struct texts_of){ refs, shown };
}

const int *
effect_acts(const struct comparison *c, const struct structure *st, int number,
    size_t *ret_count)
{
	*ret_count = 0;
	if (st == c->before && (size_t)number >= c->old_count)
		return NULL;
	return structure_substitutes(st, number, ret_count);
}

int
effect_above(const struct comparison *c, bool after, int number, day on)
{
	if (!after && (size_t)number >= c->old_count)
		return -1;
	return directory_above(after ? c->plan->after : c->plan->before, number,
	    on);
}

static void
add_line(struct comparison *c, const char *mark, const char *text)
{
	if (c->line_count == c->line_room) {
		const size_t room = c->line_room * 2 + 64;
		struct effect_line *more =
		    ARENA_ARRAY(c->ctx->arena, room, struct effect_line);

		if (c->line_count > 0)
			memcpy(more, c->lines, c->line_count * sizeof(*more));
		c->lines = more;
		c->line_room = room;
	}
	c->lines[c->line_count++] = (struct effect_line){ mark, text };
}

void
effect_add(struct comparison *c, struct effect_part *part,
    const struct shape *shape, void *item)
{
	struct arena *arena = c->ctx->arena;
	const char **mark = item; /* the first member of each */
	struct digest digest = { 0 };

	*mark = "";
	c->line.len = 0;
	text_add(&c->line, shape->name);
	shape_write(&c->line, shape, item);
	digest = digest_of(text_bytes(&c->line));
	*mark =
	    arena_text_n(arena, digest_hex(arena, &digest), EFFECT_MARK_LEN);
	digest_add(c->run, digest_bytes(&digest));
	add_line(c, *mark, arena_text(arena, text_of(&c->line)));
	if (part->count++ >= EFFECT_MOST)
		return;
	part->size = shape->size;
	if (part->count > part->room) {
		const size_t room = part->room == 0 ? 32 : part->room * 2;
		char *at = arena_alloc(arena, room, part->size);

		if (part->room > 0)
			memcpy(at, part->at, part->room * part->size);
		part->at = at;
		part->room = room;
	}
	memcpy(part->at + (part->count - 1) * part->size, item, part->size);
}

size_t
effect_periods(const struct comparison *c, const struct form *form,
    struct period *ret, size_t most)
{
	const struct period newest = owed_newest(form, c->ctx->now_us);
	struct period period = newest;
	size_t count = 0;

	if (c->when > newest.to)
		period = period_of(&form->calendar, c->when);
	for (; count < most && period.year > 2000;
	     period = period_previous(&period)) {
		if (period.to < newest.to && period.to < c->plan->from)
			break;
		if (form_for(form, &period) != NULL)
			ret[count++] = period;
	}
	return count;
}

/* --- what is compared ---------------------------------------------------- */

static bool
same_numbers(const int *a, size_t a_count, const int *b, size_t b_count)
{
	return a_count == b_count &&
	       (a_count == 0 || memcmp(a, b, a_count * sizeof(*a)) == 0);
}

static bool
is_changed(const struct comparison *c, int number)
{
	size_t was_count = 0;
	size_t is_count = 0;
	const int *was = effect_acts(c, c->before, number, &was_count);
	const int *is = effect_acts(c, c->after, number, &is_count);

	return !same_numbers(was, was_count, is, is_count) ||
	       effect_above(c, false, number, c->when) !=
		   effect_above(c, true, number, c->when);
}

static struct comparison *
comparison_new(struct ctx *ctx, const struct reform_plan *plan)
{
	struct comparison *c = ARENA_NEW(ctx->arena, struct comparison);
	const day today = day_of_us(ctx->now_us);

	c->ctx = ctx;
	c->plan = plan;
	c->when = plan->to > today ? plan->to : today;
	c->count = directory_count(plan->after);
	c->old_count = directory_count(plan->before);
	c->before = directory_structure(plan->before, c->when);
	c->after = directory_structure(plan->after, c->when);
	c->changed = ARENA_ARRAY(ctx->arena, c->count + 1, bool);
	c->run = digest_begin(ctx->arena);
	text_init(&c->line, ctx->arena);
	for (size_t i = 0; i < c->count; i++)
		c->changed[i] = is_changed(c, (int)i);
	return c;
}

static struct list_of
listed(const struct effect_part *part)
{
	return (struct list_of){ part->at,
		part->count < EFFECT_MOST ? part->count : EFFECT_MOST };
}

enum fail
effect_of(struct ctx *ctx, const struct reform_plan *plan,
    const struct effect **ret)
{
	struct effect *effect = ARENA_NEW(ctx->arena, struct effect);
	struct effect_counts *counts =
	    ARENA_NEW(ctx->arena, struct effect_counts);
	struct comparison *c = comparison_new(ctx, plan);
	struct digest digest = { 0 };

	effect->index = ledger_size(ctx->home->ledger);
	TRY(effect_units(c));
	TRY(effect_obligations(c));
	TRY(effect_reports(c));
	TRY(effect_positions(c));
	TRY(effect_totals(c));
	digest = digest_sum(c->run);
	*counts = (struct effect_counts){
		.units = (int64_t)c->units.count,
		.obligations = (int64_t)c->obligations.count,
		.reports = (int64_t)c->reports.count,
		.positions = (int64_t)c->positions.count,
		.totals = (int64_t)c->totals.count,
	};
	effect->digest = digest_hex(ctx->arena, &digest);
	effect->counts = counts;
	effect->units = listed(&c->units);
	effect->obligations = listed(&c->obligations);
	effect->reports = listed(&c->reports);
	effect->positions = listed(&c->positions);
	effect->totals = listed(&c->totals);
	effect->complete = c->units.count <= EFFECT_MOST &&
			   c->obligations.count <= EFFECT_MOST &&
			   c->reports.count <= EFFECT_MOST &&
			   c->positions.count <= EFFECT_MOST &&
			   c->totals.count <= EFFECT_MOST;
	effect->lines = c->lines;
	effect->line_count = c->line_count;
	*ret = effect;
	return OK;
}
