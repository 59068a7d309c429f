#include "demo/plan.h"

#include <stdlib.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/random.h"
#include "demo/demo.h"

#define EVENTS_PER_UNIT 7

/* In a thousand. */
enum {
	RATE_MISSING = 12,
	RATE_LATE = 50,
	RATE_SENT_BACK = 25,
	RATE_FLAGGED = 20,
	RATE_AMENDED = 12,
	RATE_LEFT_UNACCEPTED = 5,
};

static bool
happens(struct random *dice, int per_thousand)
{
	return random_below(dice, 1000) < (uint64_t)per_thousand;
}

/* Office hours, to the second. */
static int64_t
some_time(struct random *dice, day on)
{
	return day_start_us(on) + 8 * HOUR_US +
	       (int64_t)random_below(dice, 8 * HOUR_S) * SECOND_US;
}

static void
put(struct demo_plan *plan, const struct form *form, int unit,
    enum demo_what what, int64_t at_us)
{
	plan->events[plan->count++] =
	    (struct demo_event){ at_us, form, unit, what };
}

/* One obligation's story. */
static void
plan_unit(struct demo_plan *plan, const struct form *form, int unit,
    const struct period *period, day deadline, struct random *dice)
{
	const int span = (int)(deadline - period->to);
	int64_t at_us = 0;

	if (happens(dice, RATE_MISSING))
		return;
	plan->reports++;
	at_us = happens(dice, RATE_LATE)
		    ? some_time(dice, deadline + 1 + (int)random_below(dice, 9))
		    : some_time(dice, period->to + (int)random_below(dice,
						       (uint64_t)span + 1));
	if (happens(dice, RATE_SENT_BACK)) {
		put(plan, form, unit, DEMO_FILE_SLIP, at_us);
		at_us += 20 * HOUR_US;
		put(plan, form, unit, DEMO_SEND_BACK, at_us);
		at_us += 5 * HOUR_US;
		put(plan, form, unit, DEMO_REFILE, at_us);
	} else {
		put(plan, form, unit,
		    happens(dice, RATE_FLAGGED) ? DEMO_FILE_FLAG : DEMO_FILE,
		    at_us);
	}
	if (happens(dice, RATE_LEFT_UNACCEPTED))
		return;
	at_us += (int64_t)(6 + random_below(dice, 40)) * HOUR_US;
	put(plan, form, unit, DEMO_ACCEPT, at_us);
	if (happens(dice, RATE_AMENDED)) {
		at_us += (int64_t)(3 + random_below(dice, 18)) * 24 * HOUR_US;
		put(plan, form, unit, DEMO_AMEND, at_us);
		put(plan, form, unit, DEMO_ACCEPT, at_us + 21 * HOUR_US);
	}
}

/* A level closes when the reports of the level below have had their time. */
static void
plan_closing(struct demo_plan *plan, const struct structure *st,
    const struct form *form, int unit, const struct period *period)
{
	static const int days[] = { [LEVEL_NATION] = 16,
		[LEVEL_PROVINCE] = 14,
		[LEVEL_DISTRICT] = 12 };
	const int level = structure_level(st, unit);
	size_t children = 0;

	(void)structure_children(st, unit, &children);
	if (level >= (int)ARRAY_SIZE(days) || children == 0)
		return;
	put(plan, form, unit, DEMO_CLOSE,
	    day_start_us(period->to + days[level]) + 16 * HOUR_US);
}

static int
by_time(const void *a, const void *b)
{
	const struct demo_event *x = a;
	const struct demo_event *y = b;

	if (x->at_us != y->at_us)
		return x->at_us < y->at_us ? -1 : 1;
	return x->unit != y->unit ? x->unit - y->unit
				  : (int)x->what - (int)y->what;
}

static void
plan_form(struct ctx *ctx, struct demo_plan *plan, const struct form *form,
    const struct period *period, int keep_open)
{
	const struct directory *dir = directory_now(ctx);
	const struct structure *st = directory_structure(dir, period->to);
	size_t count = 0;
	const int *units = structure_units(st, &count);

	for (size_t i = 0; i < count; i++) {
		struct random dice;
		day deadline = 0;

		random_seed(&dice,
		    demo_dice(5, (uint64_t)directory_at(dir, units[i])->id,
			(uint64_t)period->to + (uint64_t)form->id));
		if (units[i] != keep_open &&
		    regime_owes(form, st, dir, units[i], period, &deadline))
			plan_unit(plan, form, units[i], period, deadline,
			    &dice);
		/* II.07b is owed by provinces alone: the Government closes. */
		if (form->reporter_count > 1 ||
		    structure_level(st, units[i]) == LEVEL_NATION)
			plan_closing(plan, st, form, units[i], period);
	}
}

struct demo_plan
demo_plan_make(struct ctx *ctx, const char *period_id, int keep_open)
{
	const struct catalogue *cat = catalogue_now(ctx);
	const size_t room = catalogue_count(cat) *
			    directory_count(directory_now(ctx)) *
			    EVENTS_PER_UNIT;
	struct demo_plan plan = {
		.events = ARENA_ARRAY(ctx->arena, room, struct demo_event),
	};

	for (size_t i = 0; i < catalogue_count(cat); i++) {
		const struct form *form = catalogue_at(cat, i);
		struct period period = { 0 };

		if (period_parse(&form->calendar, period_id, &period) &&
		    form_for(form, &period) != NULL)
			plan_form(ctx, &plan, form, &period, keep_open);
	}
	qsort(plan.events, plan.count, sizeof(*plan.events), by_time);
	return plan;
}
