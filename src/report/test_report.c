#include "report/paper.h"
#include "report/t_act.h"

#include "codec/json.h"
#include "core/day.h"
#include "org/unit.h"
#include "store/store.h"

/* ---- the main job ------------------------------------------------------- */

static void
a_signature_changes_every_total_above_at_once(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = CELLS_GOOD };

	world_be(w, w->commune[0], "clerk");
	t_ok(&t->ctx, t_unit(t, act_open, &doing));
	assert_true(doing.is_new);
	assert_state(t, doing.id, "draft");
	t_ok(&t->ctx, t_unit(t, act_submit, &doing));
	assert_state(t, doing.id, "proposed");
	assert_totals(w, w->nation, "missing", "missing");

	world_be(w, w->commune[0], "leader");
	t_ok(&t->ctx, t_unit(t, act_sign, &doing));
	assert_state(t, doing.id, "sent");
	assert_totals(w, w->commune[0], "7", "missing");
	assert_totals(w, w->district[0], "7", "missing");
	assert_totals(w, w->province, "7", "missing");
	assert_totals(w, w->nation, "7", "missing");
	assert_totals(w, w->district[1], "missing", "missing");

	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, act_accept, &doing));
	assert_state(t, doing.id, "accepted");
	assert_totals(w, w->nation, "7", "7");
}

static void
only_the_unit_directly_above_accepts(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w };
	const int64_t not_above[] = { w->province, w->nation, w->commune[0] };

	doing.id = world_sent(w, w->commune[0], CELLS_GOOD);
	for (size_t i = 0; i < ARRAY_SIZE(not_above); i++) {
		world_be(w, not_above[i], "collector");
		t_fails(&t->ctx, t_unit(t, act_accept, &doing), FAIL_DENIED,
		    "access.denied");
	}
	world_be(w, w->district[1], "collector");
	t_fails(&t->ctx, t_unit(t, act_accept, &doing), FAIL_NOT_FOUND,
	    "report.unknown");
}

static void
a_foreign_report_looks_like_none(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = CELLS_GOOD,
		.reason = "why" };
	struct looking looking = { 0 };
	static enum fail (*const acts[])(struct ctx *, void *) = { act_save,
		act_submit, act_sign, act_accept, act_send_back, act_amend,
		act_open };

	doing.id = world_sent(w, w->commune[0], CELLS_GOOD);
	looking.id = doing.id;
	world_be_both(w, w->stranger);
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++)
		t_fails(&t->ctx, t_unit(t, acts[i], &doing), FAIL_NOT_FOUND,
		    "report.unknown");
	t_fails(&t->ctx, t_read(t, act_look, &looking), FAIL_NOT_FOUND,
	    "report.unknown");
	doing.id = looking.id = 999;
	t_fails(&t->ctx, t_read(t, act_look, &looking), FAIL_NOT_FOUND,
	    "report.unknown");
}

static void
a_clerk_does_not_sign_and_a_leader_does_not_edit_for_others(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = CELLS_GOOD };

	world_be(w, w->commune[0], "clerk");
	t_ok(&t->ctx, t_unit(t, act_open, &doing));
	t_ok(&t->ctx, t_unit(t, act_submit, &doing));
	t_fails(&t->ctx, t_unit(t, act_sign, &doing), FAIL_DENIED,
	    "access.denied");
}

static void
what_is_not_signed_is_the_units_own_business(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = CELLS_GOOD,
		.reason = "a slip" };
	struct looking looking = { 0 };

	world_be(w, w->commune[0], "clerk");
	t_ok(&t->ctx, t_unit(t, act_open, &doing));
	looking.id = doing.id;
	world_be(w, w->district[0], "collector");
	t_fails(&t->ctx, t_read(t, act_look, &looking), FAIL_NOT_FOUND,
	    "report.unknown");

	/* During an amendment those above go on seeing what was signed. */
	world_be_both(w, w->commune[0]);
	t_ok(&t->ctx, t_unit(t, act_submit, &doing));
	t_ok(&t->ctx, t_unit(t, act_sign, &doing));
	t_ok(&t->ctx, t_unit(t, act_amend, &doing));
	doing.cells = CELLS_MORE;
	t_ok(&t->ctx, t_unit(t, act_save, &doing));
	world_be(w, w->district[0], "collector");
	assert_string_equal(json_text(json_at(json_get(act_seen(t, doing.id),
						  "cells"),
				0)),
	    "7");
}

/* ---- rules and input ---------------------------------------------------- */

static void
a_broken_rule_keeps_a_report_from_the_leader(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = "{'a.c1':'8','a.c2':'3','a.c3':'4'}" };

	world_be(w, w->commune[0], "clerk");
	t_ok(&t->ctx, t_unit(t, act_open, &doing));
	assert_int_equal(t_unit(t, act_submit, &doing), FAIL_CONFLICT);
	assert_string_equal(t->ctx.failure.code, "report.rule_broken");
	assert_string_equal(t->ctx.failure.fields->pointer, "/cells/a.c1");
	assert_state(t, doing.id, "draft");
}

/* As POST /api/v1/reports with sign does it; the rounds of judging. */
struct counting {
	struct world *world;
	const char *cells; /* saved between submitting and signing, or NULL */
	int rounds;
};

static enum fail
file_at_once(struct ctx *ctx, void *arg)
{
	struct counting *counting = arg;
	struct world *w = counting->world;
	const struct report_input input = {
		.form = WORLD_FORM,
		.period = WORLD_PERIOD,
		.unit = world_ref(w, w->commune[0]),
		.cells = world_cells(ctx, CELLS_GOOD),
	};
	const struct report_view *view = NULL;
	struct report *report = NULL;
	bool is_new = false;

	TRY(report_open(ctx, &input, &report, &is_new));
	if (counting->cells != NULL) {
		TRY(report_show(ctx, report, &view));
		TRY(report_save(ctx, report,
		    world_cells(ctx, counting->cells)));
	}
	TRY(report_submit(ctx, report));
	TRY(report_sign(ctx, report));
	TRY(report_store(ctx, report, report_revision(report)));
	TRY(report_show(ctx, report, &view));
	counting->rounds = report->judged.rounds;
	return OK;
}

static void
the_rules_are_judged_once_for_the_same_cells(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct counting counting = { .world = w };

	world_be_both(w, w->commune[0]);
	t_ok(&t->ctx, t_unit(t, file_at_once, &counting));
	assert_int_equal(counting.rounds, 1);
}

static void
other_cells_are_judged_anew(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct counting counting = { .world = w, .cells = CELLS_MORE };

	world_be_both(w, w->commune[0]);
	t_ok(&t->ctx, t_unit(t, file_at_once, &counting));
	/* What was shown as a draft, and what was signed. */
	assert_int_equal(counting.rounds, 2);
}

/* The judgement of good cells does not cover bad ones. */
static void
a_rule_broken_after_the_first_look_is_found(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct counting counting = { .world = w,
		.cells = "{'a.c1':'8','a.c2':'3','a.c3':'4'}" };

	world_be_both(w, w->commune[0]);
	t_fails(&t->ctx, t_unit(t, file_at_once, &counting), FAIL_CONFLICT,
	    "report.rule_broken");
}

static void
an_explain_rule_wants_a_remark(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = "{'a.c2':'3','a.c3':'4','a.c4':'6.5'}" };

	world_be(w, w->commune[0], "clerk");
	t_ok(&t->ctx, t_unit(t, act_open, &doing));
	t_fails(&t->ctx, t_unit(t, act_submit, &doing), FAIL_CONFLICT,
	    "report.rule_broken");
	doing.cells = "{'a.c2':'3','a.c3':'4','a.c4':{"
		      "'value':'6.5','remark':'late dossiers'}}";
	t_ok(&t->ctx, t_unit(t, act_save, &doing));
	t_ok(&t->ctx, t_unit(t, act_submit, &doing));
	world_be(w, w->commune[0], "leader");
	t_ok(&t->ctx, t_unit(t, act_sign, &doing));
	assert_int_equal(json_get_int(act_seen(t, doing.id), "flags", -1), 1);
}

static void
bad_cells_change_nothing(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = CELLS_GOOD };
	static const char *const bad[] = { "{'a.c2':'1e400'}", "{'x.c2':'1'}",
		"{'a.c2':'NaN'}", "{'a.c2':'1000001'}", "{'a.c2':'1.5'}",
		"{'a.c2':true}", "{'a.c2':{'state':'what'}}", "[1]",
		"{'a.c2':'-1'}", "{'a.c2':1.5}" };
	uint64_t before = 0;

	world_be(w, w->commune[0], "clerk");
	t_ok(&t->ctx, t_unit(t, act_open, &doing));
	before = t_digest(t);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		doing.cells = bad[i];
		t_fails(&t->ctx, t_unit(t, act_save, &doing), FAIL_INVALID,
		    "input.invalid");
		assert_true(t_digest(t) == before);
	}
}

static void
a_stale_save_tells_so_and_changes_nothing(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing one = { .world = w,
		.unit = w->commune[0],
		.cells = CELLS_GOOD };
	struct doing two = { .world = w };
	uint64_t before = 0;

	world_be(w, w->commune[0], "clerk");
	t_ok(&t->ctx, t_unit(t, act_open, &one));
	two.id = one.id;
	two.cells = CELLS_MORE;
	two.revision = json_get_int(act_seen(t, one.id), "revision", 0);
	one.cells = "{'a.c2':'3'}";
	t_ok(&t->ctx, t_unit(t, act_save, &one));
	before = t_digest(t);
	t_fails(&t->ctx, t_unit(t, act_save, &two), FAIL_STALE, "report.stale");
	assert_true(t_digest(t) == before);
}

static void
what_is_not_owed_or_not_open_is_refused(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->nation,
		.cells = CELLS_GOOD };

	t_fails(&t->ctx, t_unit(t, act_open, &doing), FAIL_CONFLICT,
	    "report.not_owed");
	world_be(w, w->commune[0], "clerk");
	doing.unit = w->commune[0];
	doing.period = "2025-Q2";
	t_fails(&t->ctx, t_unit(t, act_open, &doing), FAIL_CONFLICT,
	    "period.not_open");
	doing.period = "2025-13";
	t_fails(&t->ctx, t_unit(t, act_open, &doing), FAIL_INVALID,
	    "input.invalid");
}

static void
the_same_report_twice_is_a_conflict_and_with_a_reason_an_amendment(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = CELLS_MORE };
	const int64_t id = world_sent(w, w->commune[0], CELLS_GOOD);

	world_be(w, w->commune[0], "clerk");
	t_fails(&t->ctx, t_unit(t, act_open, &doing), FAIL_CONFLICT,
	    "report.wrong_state");
	doing.reason = "a slip";
	t_ok(&t->ctx, t_unit(t, act_open, &doing));
	assert_false(doing.is_new);
	assert_int_equal(doing.id, id);
	assert_state(t, id, "draft");
}

static void
the_next_period_starts_with_what_was_open(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.period = "2025-Q2" };

	(void)world_sent(w, w->commune[0], CELLS_GOOD);
	t->clock_us = day_start_us(day_of(2025, 6, 15));
	world_be(w, w->commune[0], "clerk");
	t_ok(&t->ctx, t_unit(t, act_open, &doing));
	/* b.c2 too: zero is a value. */
	assert_string_equal(json_text(json_at(json_get(act_seen(t, doing.id),
						  "cells"),
				1)),
	    "4");
	assert_string_equal(json_text(json_at(json_get(act_seen(t, doing.id),
						  "cells"),
				5)),
	    "0");
	assert_string_equal(json_text(json_at(json_get(act_seen(t, doing.id),
						  "previous"),
				0)),
	    "7");
	doing.cells = "{'a.c2':'3','a.c3':'1','a.c4':'4.0','b.c2':0,'b.c3':0,"
		      "'b.c4':0}";
	t_ok(&t->ctx, t_unit(t, act_save, &doing));
	t_ok(&t->ctx, t_unit(t, act_submit, &doing));
	world_be(w, w->commune[0], "leader");
	t_ok(&t->ctx, t_unit(t, act_sign, &doing));
	assert_int_equal(json_get_int(act_seen(t, doing.id), "flags", -1), 1);
}

/* ---- back and forth ----------------------------------------------------- */

static void
a_returned_first_version_leaves_the_totals(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.reason = "too high",
		.cells = CELLS_MORE };

	doing.id = world_sent(w, w->commune[0], CELLS_GOOD);
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, act_send_back, &doing));
	assert_totals(w, w->nation, "missing", "missing");
	/* Who sent it back still reads why. */
	assert_string_equal(json_get_text(act_seen(t, doing.id), "reason"),
	    "too high");

	world_be_both(w, w->commune[0]);
	assert_state(t, doing.id, "returned");
	assert_string_equal(json_get_text(act_seen(t, doing.id), "reason"),
	    "too high");
	t_ok(&t->ctx, t_unit(t, act_save, &doing));
	t_ok(&t->ctx, t_unit(t, act_submit, &doing));
	t_ok(&t->ctx, t_unit(t, act_sign, &doing));
	assert_totals(w, w->nation, "9", "missing");
}

static void
a_returned_amendment_falls_back_to_the_accepted_version(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.reason = "why",
		.cells = CELLS_MORE };

	doing.id = world_sent(w, w->commune[0], CELLS_GOOD);
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, act_accept, &doing));
	world_be_both(w, w->commune[0]);
	t_ok(&t->ctx, t_unit(t, act_amend, &doing));
	assert_totals(w, w->nation, "7", "7");
	t_ok(&t->ctx, t_unit(t, act_save, &doing));
	t_ok(&t->ctx, t_unit(t, act_submit, &doing));
	t_ok(&t->ctx, t_unit(t, act_sign, &doing));
	assert_totals(w, w->nation, "9", "7");
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, act_send_back, &doing));
	assert_totals(w, w->nation, "7", "7");
	assert_string_equal(json_get_text(act_seen(t, doing.id), "standing"),
	    "accepted");
}

static void
a_version_that_was_returned_does_not_count_again(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.reason = "why",
		.cells = CELLS_MORE };

	doing.id = world_sent(w, w->commune[0], CELLS_GOOD);
	for (int round = 0; round < 2; round++) {
		world_be(w, w->district[0], "collector");
		t_ok(&t->ctx, t_unit(t, act_send_back, &doing));
		assert_totals(w, w->nation, "missing", "missing");
		world_be_both(w, w->commune[0]);
		t_ok(&t->ctx, t_unit(t, act_submit, &doing));
		t_ok(&t->ctx, t_unit(t, act_sign, &doing));
	}
	assert_totals(w, w->nation, "7", "missing");
}

static void
a_leader_gives_the_paper_back(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = CELLS_GOOD,
		.reason = "look at column 3" };

	world_be_both(w, w->commune[0]);
	t_ok(&t->ctx, t_unit(t, act_open, &doing));
	t_ok(&t->ctx, t_unit(t, act_submit, &doing));
	t_ok(&t->ctx, t_unit(t, act_send_back, &doing));
	assert_state(t, doing.id, "returned");
	t_fails(&t->ctx, t_unit(t, act_sign, &doing), FAIL_CONFLICT,
	    "report.wrong_state");
	doing.reason = "";
	t_ok(&t->ctx, t_unit(t, act_submit, &doing));
	t_fails(&t->ctx, t_unit(t, act_send_back, &doing), FAIL_INVALID,
	    "input.invalid");
}

static void
an_abolished_units_obligation_is_acted_on_by_its_heir(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = CELLS_GOOD };

	t->ctx.actor = &access_system;
	t->clock_us = day_start_us(day_of(2025, 4, 2));
	(void)t_fresh(t);
	{
		struct ctx *ctx = &t->ctx;

		t_ok(ctx, tx_begin(ctx, TX_WRITE));
		t_ok(ctx, unit_abolish(ctx, w->commune[0], day_of(2025, 4, 1)));
		t_ok(ctx, unit_succession_add(ctx, w->commune[0], w->commune[1],
			      day_of(2025, 4, 1), SUCCESSION_WHOLE, "act"));
		t_ok(ctx, tx_end(ctx, OK));
	}
	world_be_both(w, w->commune[1]);
	t_ok(&t->ctx, t_unit(t, act_open, &doing));
	t_ok(&t->ctx, t_unit(t, act_submit, &doing));
	t_ok(&t->ctx, t_unit(t, act_sign, &doing));
	assert_totals(w, w->commune[0], "7", "missing");
	doing.period = "2025-Q2";
	t->clock_us = day_start_us(day_of(2025, 6, 15));
	t_fails(&t->ctx, t_unit(t, act_open, &doing), FAIL_CONFLICT,
	    "report.not_owed");
}

/* Prepared by a picture in which the unit was still there. */
static void
what_was_prepared_before_the_units_changed_is_not_used(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct ctx *ctx = &t->ctx;
	const struct actor *both = NULL;
	struct report_input input = { .form = WORLD_FORM,
		.period = WORLD_PERIOD };
	struct report *report = NULL;
	bool is_new = false;

	world_be_both(w, w->commune[0]);
	(void)t_fresh(t);
	both = ctx->actor;
	input.unit = world_ref(w, w->commune[0]);
	input.cells = world_cells(ctx, CELLS_GOOD);
	t_ok(ctx, report_prepare(ctx, &input, &input.prepared));

	t_ok(ctx, tx_begin(ctx, TX_WRITE));
	t_ok(ctx, report_open(ctx, &input, &report, &is_new));
	assert_ptr_equal(report, input.prepared);
	assert_int_equal(report_value_count(report), 6);
	assert_int_equal(tx_end(ctx, FAIL_CONFLICT), FAIL_CONFLICT);
	t_ok(ctx, report_prepare(ctx, &input, &input.prepared));

	ctx->actor = &access_system;
	t_ok(ctx, tx_begin(ctx, TX_WRITE));
	t_ok(ctx, unit_abolish(ctx, w->commune[0], day_of(2025, 3, 10)));
	t_ok(ctx, tx_end(ctx, OK));
	ctx->actor = both;
	t_ok(ctx, tx_begin(ctx, TX_WRITE));
	assert_true(report_open(ctx, &input, &report, &is_new) != OK);
	assert_string_equal(ctx->failure.code, "report.not_owed");
	assert_int_equal(tx_end(ctx, FAIL_CONFLICT), FAIL_CONFLICT);
}

/* ---- breaking every step ------------------------------------------------ */

static void
every_act_survives_the_failure_of_each_of_its_steps(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = CELLS_MORE,
		.reason = "why" };

	world_be_both(w, w->commune[0]);
	t_each_failure(t, act_open, &doing);
	doing.cells = CELLS_GOOD;
	t_each_failure(t, act_save, &doing);
	t_each_failure(t, act_submit, &doing);
	t_each_failure(t, act_sign, &doing);
	assert_totals(w, w->nation, "7", "missing");
	world_be(w, w->district[0], "collector");
	t_each_failure(t, act_send_back, &doing);
	world_be_both(w, w->commune[0]);
	t_ok(&t->ctx, t_unit(t, act_submit, &doing));
	t_ok(&t->ctx, t_unit(t, act_sign, &doing));
	world_be(w, w->district[0], "collector");
	t_each_failure(t, act_accept, &doing);
	assert_totals(w, w->nation, "7", "7");
	world_be_both(w, w->commune[0]);
	t_each_failure(t, act_amend, &doing);
	world_be(w, w->district[0], "collector");
	doing.unit = w->district[0];
	t_each_failure(t, act_close, &doing);
	t_each_failure(t, act_reopen, &doing);
	assert_totals(w, w->nation, "7", "7");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_signature_changes_every_total_above_at_once),
		t_test(only_the_unit_directly_above_accepts),
		t_test(a_foreign_report_looks_like_none),
		t_test(
		    a_clerk_does_not_sign_and_a_leader_does_not_edit_for_others),
		t_test(what_is_not_signed_is_the_units_own_business),
		t_test(a_broken_rule_keeps_a_report_from_the_leader),
		t_test(the_rules_are_judged_once_for_the_same_cells),
		t_test(other_cells_are_judged_anew),
		t_test(a_rule_broken_after_the_first_look_is_found),
		t_test(an_explain_rule_wants_a_remark),
		t_test(bad_cells_change_nothing),
		t_test(a_stale_save_tells_so_and_changes_nothing),
		t_test(what_is_not_owed_or_not_open_is_refused),
		t_test(
		    the_same_report_twice_is_a_conflict_and_with_a_reason_an_amendment),
		t_test(the_next_period_starts_with_what_was_open),
		t_test(a_returned_first_version_leaves_the_totals),
		t_test(a_returned_amendment_falls_back_to_the_accepted_version),
		t_test(a_version_that_was_returned_does_not_count_again),
		t_test(a_leader_gives_the_paper_back),
		t_test(an_abolished_units_obligation_is_acted_on_by_its_heir),
		t_test(what_was_prepared_before_the_units_changed_is_not_used),
		t_test(every_act_survives_the_failure_of_each_of_its_steps),
	};
	return t_run(tests);
}
