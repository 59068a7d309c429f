#include "report/t_act.h"

#include <inttypes.h>
#include <string.h>

#include "org/heir.h"
#include "org/unit.h"
#include "store/store.h"

/*
 * A commune that has reported is divided between two others, with the clock a
 * month later: both prepare an amendment, the one that the district has named
 * signs it.
 */
#define DIVISION day_of(2025, 4, 1)

struct division {
	struct world *world;
	int64_t old;
	int64_t heirs[2];
	struct doing doing;
};

static enum fail
divide(struct ctx *ctx, void *arg)
{
	const struct division *d = arg;
	struct unit_batch *batch = NULL;

	TRY(unit_batch_new(ctx, "test", &batch));
	unit_batch_end(batch, d->old, DIVISION);
	for (int i = 0; i < 2; i++)
		unit_batch_succession(batch, d->old, d->heirs[i], DIVISION,
		    "part", "1/NQ");
	return unit_batch_record(ctx, batch, "unit.import", 0);
}

static void
be_system(struct world *w)
{
	w->t->ctx.actor = &access_system;
}

/* Accepted and then divided; an amendment of the first heir is proposed. */
static struct division
proposed(struct world *w)
{
	struct division d = { .world = w,
		.old = w->commune[0],
		.heirs = { w->commune[1], w->commune[2] } };
	struct t *t = w->t;

	d.doing = (struct doing){ .world = w,
		.unit = d.old,
		.cells = CELLS_MORE,
		.reason = "a slip" };
	d.doing.id = world_sent(w, d.old, CELLS_GOOD);
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, act_accept, &d.doing));
	be_system(w);
	t_ok(&t->ctx, t_unit(t, divide, &d));
	t->clock_us = day_start_us(DIVISION + 1);
	world_be_both(w, d.heirs[0]);
	t_ok(&t->ctx, t_unit(t, act_amend, &d.doing));
	t_ok(&t->ctx, t_unit(t, act_save, &d.doing));
	t_ok(&t->ctx, t_unit(t, act_submit, &d.doing));
	return d;
}

struct naming_act {
	const struct division *division;
	int heir;
};

static enum fail
name(struct ctx *ctx, void *arg)
{
	const struct naming_act *act = arg;
	struct world *w = act->division->world;
	const struct naming *naming = NULL;

	return heir_name(ctx, world_ref(w, act->division->old),
	    &(struct heir_input){
		.heir = arena_printf(ctx->arena, "%" PRId64,
		    act->division->heirs[act->heir]),
		.act = "12/QĐ-UBND",
		.reason = "keeps the files",
	    },
	    &naming);
}

static void
name_heir(struct division *d, int heir)
{
	struct naming_act act = { d, heir };
	struct t *t = d->world->t;

	world_be(d->world, d->world->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, name, &act));
}

static bool
offers(struct t *t, int64_t id, const char *name)
{
	const struct json *actions = json_get(act_seen(t, id), "actions");

	for (size_t i = 0; i < json_count(actions); i++)
		if (strcmp(json_get_text(json_at(actions, i), "name"), name) ==
		    0)
			return true;
	return false;
}

static void
assert_refused(struct division *d, enum fail kind, const char *code)
{
	struct t *t = d->world->t;
	const uint64_t before = t_digest(t);

	t_fails(&t->ctx, t_unit(t, act_sign, &d->doing), kind, code);
	assert_true(t_digest(t) == before);
	assert_false(offers(t, d->doing.id, "sign"));
	assert_false(offers(t, d->doing.id, "send_back"));
}

static int64_t
version(struct t *t, int64_t id)
{
	return json_get_int(act_seen(t, id), "sent_version", 0);
}

static void
nobody_signs_for_a_divided_unit_until_its_heir_is_named(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct division d = proposed(w);

	for (int i = 0; i < 2; i++) {
		world_be_both(w, d.heirs[i]);
		assert_refused(&d, FAIL_CONFLICT, "report.heir_unnamed");
	}
	/* Those of the unit that is gone do not, either. */
	world_be_both(w, d.old);
	assert_refused(&d, FAIL_CONFLICT, "report.heir_unnamed");
	name_heir(&d, 1);
	world_be_both(w, d.old);
	assert_refused(&d, FAIL_DENIED, "report.heir_other");
	world_be_both(w, d.heirs[0]);
	assert_refused(&d, FAIL_DENIED, "report.heir_other");
	world_be(w, d.heirs[1], "clerk");
	t_fails(&t->ctx, t_unit(t, act_sign, &d.doing), FAIL_DENIED,
	    "access.denied");
	world_be_both(w, d.heirs[1]);
	assert_true(offers(t, d.doing.id, "sign"));
	t_ok(&t->ctx, t_unit(t, act_sign, &d.doing));
	assert_int_equal(version(t, d.doing.id), 2);
	assert_totals(w, w->nation, "9", "7");
	/* Acceptance stays with the unit above. */
	t_fails(&t->ctx, t_unit(t, act_accept, &d.doing), FAIL_DENIED,
	    "access.denied");
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, act_accept, &d.doing));
	assert_totals(w, w->nation, "9", "9");
}

/* Also the named one gives a proposal back, and nobody else. */
static void
who_decides_gives_back_too(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct division d = proposed(w);

	name_heir(&d, 1);
	world_be_both(w, d.heirs[0]);
	t_fails(&t->ctx, t_unit(t, act_send_back, &d.doing), FAIL_DENIED,
	    "access.denied");
	world_be_both(w, d.heirs[1]);
	t_ok(&t->ctx, t_unit(t, act_send_back, &d.doing));
	assert_state(t, d.doing.id, "returned");
	world_be_both(w, d.heirs[0]);
	t_ok(&t->ctx, t_unit(t, act_submit, &d.doing));
}

/* One call does it all, or nothing of it. */
static enum fail
file_at_once(struct ctx *ctx, void *arg)
{
	const struct doing *doing = arg;
	const struct report_input input = {
		.form = WORLD_FORM,
		.period = WORLD_PERIOD,
		.unit = world_ref(doing->world, doing->unit),
		.cells = world_cells(ctx, CELLS_MORE),
		.reason = doing->reason,
	};
	struct report *report = NULL;
	bool is_new = false;

	TRY(report_open(ctx, &input, &report, &is_new));
	TRY(report_submit(ctx, report));
	TRY(report_sign(ctx, report));
	return report_store(ctx, report, report_revision(report));
}

static void
one_call_signs_no_divided_unit_either(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct division d = proposed(w);
	uint64_t before = 0;

	name_heir(&d, 1);
	world_be_both(w, d.heirs[1]);
	t_ok(&t->ctx, t_unit(t, act_sign, &d.doing));
	before = t_digest(t);
	d.doing.cells = CELLS_GOOD;
	world_be_both(w, d.heirs[0]);
	t_fails(&t->ctx, t_unit(t, file_at_once, &d.doing), FAIL_CONFLICT,
	    "report.unchanged");
	assert_true(t_digest(t) == before);
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, act_send_back, &d.doing));
	before = t_digest(t);
	world_be_both(w, d.heirs[0]);
	t_fails(&t->ctx, t_unit(t, file_at_once, &d.doing), FAIL_DENIED,
	    "report.heir_other");
	assert_true(t_digest(t) == before);
	world_be_both(w, d.heirs[1]);
	t_ok(&t->ctx, t_unit(t, file_at_once, &d.doing));
	assert_int_equal(version(t, d.doing.id), 3);
}

/* What was signed stays; what is signed from now on is the other's. */
static void
another_naming_changes_nothing_that_was_signed(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct division d = proposed(w);

	name_heir(&d, 0);
	world_be_both(w, d.heirs[0]);
	t_ok(&t->ctx, t_unit(t, act_sign, &d.doing));
	name_heir(&d, 1);
	assert_int_equal(version(t, d.doing.id), 2);
	assert_totals(w, w->nation, "9", "7");
	world_be_both(w, d.heirs[0]);
	t_ok(&t->ctx, t_unit(t, act_amend, &d.doing));
	d.doing.cells = CELLS_GOOD;
	t_ok(&t->ctx, t_unit(t, act_save, &d.doing));
	t_ok(&t->ctx, t_unit(t, act_submit, &d.doing));
	assert_refused(&d, FAIL_DENIED, "report.heir_other");
	world_be_both(w, d.heirs[1]);
	t_ok(&t->ctx, t_unit(t, act_sign, &d.doing));
	assert_int_equal(version(t, d.doing.id), 3);
}

/* Two heirs have read the same paper: one of them is stale. */
static void
of_two_heirs_at_once_one_is_stale(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct division d = proposed(w);

	name_heir(&d, 0);
	world_be_both(w, d.heirs[0]);
	t_ok(&t->ctx, t_unit(t, act_send_back, &d.doing));
	d.doing.revision = json_get_int(act_seen(t, d.doing.id), "revision", 0);
	d.doing.cells = CELLS_MORE;
	t_ok(&t->ctx, t_unit(t, act_submit, &d.doing));
	world_be_both(w, d.heirs[1]);
	t_fails(&t->ctx, t_unit(t, act_submit, &d.doing), FAIL_CONFLICT,
	    "report.wrong_state");
	world_be_both(w, d.heirs[0]);
	t_fails(&t->ctx, t_unit(t, act_sign, &d.doing), FAIL_STALE,
	    "report.stale");
	d.doing.revision++;
	t_ok(&t->ctx, t_unit(t, act_sign, &d.doing));
}

static enum fail
merge(struct ctx *ctx, void *arg)
{
	const struct division *d = arg;
	struct unit_batch *batch = NULL;

	TRY(unit_batch_new(ctx, "test", &batch));
	unit_batch_end(batch, d->old, DIVISION);
	unit_batch_succession(batch, d->old, d->heirs[0], DIVISION, "whole",
	    "1/NQ");
	return unit_batch_record(ctx, batch, "unit.import", 0);
}

static void
an_heir_of_the_whole_signs_as_before(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct division d = { .world = w,
		.old = w->commune[0],
		.heirs = { w->commune[1] } };

	d.doing = (struct doing){ .world = w,
		.cells = CELLS_MORE,
		.reason = "a slip" };
	d.doing.id = world_sent(w, d.old, CELLS_GOOD);
	be_system(w);
	t_ok(&t->ctx, t_unit(t, merge, &d));
	t->clock_us = day_start_us(DIVISION + 1);
	world_be_both(w, d.heirs[0]);
	t_ok(&t->ctx, t_unit(t, act_amend, &d.doing));
	t_ok(&t->ctx, t_unit(t, act_save, &d.doing));
	t_ok(&t->ctx, t_unit(t, act_submit, &d.doing));
	t_ok(&t->ctx, t_unit(t, act_sign, &d.doing));
	assert_int_equal(version(t, d.doing.id), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(nobody_signs_for_a_divided_unit_until_its_heir_is_named),
		t_test(who_decides_gives_back_too),
		t_test(one_call_signs_no_divided_unit_either),
		t_test(another_naming_changes_nothing_that_was_signed),
		t_test(of_two_heirs_at_once_one_is_stale),
		t_test(an_heir_of_the_whole_signs_as_before),
	};

	return t_run(tests);
}
