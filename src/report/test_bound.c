#include "report/bound.h"
#include "report/option.h"
#include "report/t_act.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/day.h"
#include "core/option.h"
#include "people/access.h"

static const struct option *const tables[] = { report_option_table, NULL };

static void
end_bounds(void *object)
{
	struct t *t = object;

	bounds_free(bounds_of(&t->home));
	bounds_attach(&t->home, NULL);
	options_free(t->home.options);
	t->home.options = NULL;
}

/* A world in which one bound is that low. */
static struct world *
world_bounded(struct t *t, const char *name, const char *value)
{
	struct world *w = world_new(t);

	bounds_attach(&t->home, bounds_new());
	t_defer(t, end_bounds, t);
	assert_int_equal(setenv(name, value, 1), 0);
	t_ok(&t->ctx, options_read(&t->ctx, "/nowhere/truc.conf", tables,
			  &t->home.options));
	assert_int_equal(unsetenv(name), 0);
	return w;
}

static struct doing
opened(struct world *w, int commune)
{
	struct doing doing = { .world = w,
		.unit = w->commune[commune],
		.cells = CELLS_GOOD };

	world_be_both(w, w->commune[commune]);
	t_ok(&w->t->ctx, t_unit(w->t, act_open, &doing));
	return doing;
}

/* Other cells each time, so that each is a writing. */
static enum fail
save(struct world *w, struct doing *doing)
{
	static int number;
	static char cells[64];

	(void)snprintf(cells, sizeof(cells), "{'a.c2':'%d'}", ++number);
	doing->cells = cells;
	return t_unit(w->t, act_save, doing);
}

static void
a_report_is_written_so_often_a_day_and_another_one_still(void **state)
{
	struct t *t = *state;
	struct world *w = world_bounded(t, "TRUC_REPORT_SAVES_A_DAY", "3");
	struct doing doing = opened(w, 0);
	uint64_t before = 0;

	t_ok(&t->ctx, save(w, &doing));
	t_ok(&t->ctx, save(w, &doing));
	before = t_digest(t);
	t_fails(&t->ctx, save(w, &doing), FAIL_TOO_OFTEN, "report.day_full");
	t_fails(&t->ctx, t_unit(t, act_submit, &doing), FAIL_CONFLICT,
	    "report.rule_broken");
	assert_true(t_digest(t) == before);
	doing = opened(w, 1);
	t_ok(&t->ctx, save(w, &doing));
}

static void
the_next_day_begins_anew(void **state)
{
	struct t *t = *state;
	struct world *w = world_bounded(t, "TRUC_REPORT_SAVES_A_DAY", "2");
	struct doing doing = opened(w, 0);

	t_ok(&t->ctx, save(w, &doing));
	t_fails(&t->ctx, save(w, &doing), FAIL_TOO_OFTEN, "report.day_full");
	/* 23:59:59.999999 of Vietnam's day, and a moment later. */
	t->clock_us = day_start_us(day_of(2025, 3, 17)) - 1;
	t_fails(&t->ctx, save(w, &doing), FAIL_TOO_OFTEN, "report.day_full");
	t->clock_us++;
	t_ok(&t->ctx, save(w, &doing));
}

static void
what_is_not_written_is_not_counted(void **state)
{
	struct t *t = *state;
	struct world *w = world_bounded(t, "TRUC_REPORT_SAVES_A_DAY", "2");
	struct doing doing = opened(w, 0);

	for (int i = 0; i < 5; i++) {
		t_ok(&t->ctx, t_unit(t, act_save, &doing)); /* as it was */
		doing.revision = 77;
		t_fails(&t->ctx, t_unit(t, act_save, &doing), FAIL_STALE,
		    "report.stale");
		doing.revision = 0;
	}
	t_ok(&t->ctx, save(w, &doing));
	t_fails(&t->ctx, save(w, &doing), FAIL_TOO_OFTEN, "report.day_full");
}

static void
a_person_s_day_ends_for_that_person_alone(void **state)
{
	struct t *t = *state;
	struct world *w =
	    world_bounded(t, "TRUC_REPORT_SAVES_A_DAY_PERSON", "2");
	struct doing doing = opened(w, 0);
	struct actor other = { 0 };

	t_ok(&t->ctx, save(w, &doing));
	t_fails(&t->ctx, save(w, &doing), FAIL_TOO_OFTEN, "report.day_full");
	other = *t->ctx.actor;
	other.person += 1;
	t->ctx.actor = &other;
	t_ok(&t->ctx, save(w, &doing));
}

/* Who has a key is bounded by the key: the person's own day is not used up. */
static void
a_key_has_a_day_of_its_own(void **state)
{
	struct t *t = *state;
	struct world *w = world_bounded(t, "TRUC_REPORT_SAVES_A_DAY_KEY", "1");
	struct doing doing = opened(w, 0);
	struct actor key = *t->ctx.actor;
	const struct actor *person = t->ctx.actor;

	key.token = 5;
	key.by_token = true;
	t->ctx.actor = &key;
	t_ok(&t->ctx, save(w, &doing));
	t_fails(&t->ctx, save(w, &doing), FAIL_TOO_OFTEN, "report.day_full");
	t->ctx.actor = person;
	t_ok(&t->ctx, save(w, &doing));
}

static void
versions_are_counted_apart(void **state)
{
	struct t *t = *state;
	struct world *w = world_bounded(t, "TRUC_REPORT_VERSIONS_A_DAY", "2");
	static const char *const cells[] = { CELLS_MORE, CELLS_GOOD };
	struct doing doing = opened(w, 0);

	doing.reason = "a slip";
	t_ok(&t->ctx, t_unit(t, act_submit, &doing));
	t_ok(&t->ctx, t_unit(t, act_sign, &doing));
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++) {
		t_ok(&t->ctx, t_unit(t, act_amend, &doing));
		doing.cells = cells[i];
		t_ok(&t->ctx, t_unit(t, act_save, &doing));
		t_ok(&t->ctx, t_unit(t, act_submit, &doing));
		if (i == 0)
			t_ok(&t->ctx, t_unit(t, act_sign, &doing));
	}
	t_fails(&t->ctx, t_unit(t, act_sign, &doing), FAIL_TOO_OFTEN,
	    "report.day_full");
	/* The unit above goes on with what it has. */
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, act_accept, &doing));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(
		    a_report_is_written_so_often_a_day_and_another_one_still),
		t_test(the_next_day_begins_anew),
		t_test(what_is_not_written_is_not_counted),
		t_test(a_person_s_day_ends_for_that_person_alone),
		t_test(a_key_has_a_day_of_its_own),
		t_test(versions_are_counted_apart),
	};

	return t_run(tests);
}
