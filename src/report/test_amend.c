#include "report/t_act.h"

#include "codec/json.h"
#include "org/unit.h"
#include "store/store.h"

/*
 * What is an amendment: something else than the version that counts, however it
 * is written; and a paper that is saved as it was.
 */

/* CELLS_GOOD as it is signed, in other words. */
static const char *const same[] = {
	CELLS_GOOD,
	"{'b.c4':'0.0','b.c3':'0','b.c2':{'value':'0'},'a.c4':'7',"
	"'a.c3':{'value':'4'},'a.c2':3}",
	"{'a.c1':'7','a.c2':'3','a.c3':4,'a.c4':7,'b.c1':0,'b.c2':0,'b.c3':0,"
	"'b.c4':0}",
	"{'a.c2':{'value':'3','remark':''},'a.c3':{'value':'4','remark':null},"
	"'a.c4':'7.0','b.c2':0,'b.c3':0,'b.c4':0}",
};

static const char *const other[] = {
	CELLS_MORE,
	/* A state, a remark, and no longer a value. */
	"{'a.c2':'3','a.c3':'4','a.c4':'7.0','b.c2':0,'b.c3':{'state':'none'},"
	"'b.c4':0}",
	"{'a.c2':'3','a.c3':'4','a.c4':{'value':'7.0','remark':'counted "
	"twice'},'b.c2':0,'b.c3':0,'b.c4':0}",
	"{'a.c2':'3','a.c3':'4','a.c4':'7.0'}",
};

/* An amendment of CELLS_GOOD on the desk of the unit's clerk and leader. */
static struct doing
amending(struct world *w)
{
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.reason = "a slip" };

	doing.id = world_sent(w, w->commune[0], CELLS_GOOD);
	world_be_both(w, w->commune[0]);
	t_ok(&w->t->ctx, t_unit(w->t, act_amend, &doing));
	return doing;
}

/* Refused without a trace. */
static void
assert_refused(struct t *t, enum fail (*run)(struct ctx *, void *),
    struct doing *doing)
{
	const uint64_t before = t_digest(t);

	t_fails(&t->ctx, t_unit(t, run, doing), FAIL_CONFLICT,
	    "report.unchanged");
	assert_true(t_digest(t) == before);
}

static void
an_amendment_that_changes_nothing_is_refused_however_it_is_written(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = amending(w);

	assert_refused(t, act_submit, &doing);
	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		doing.cells = same[i];
		t_ok(&t->ctx, t_unit(t, act_save, &doing));
		assert_refused(t, act_submit, &doing);
	}
}

static void
a_value_a_state_and_a_remark_are_each_a_change(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = amending(w);

	for (size_t i = 0; i < ARRAY_SIZE(other); i++) {
		doing.cells = other[i];
		t_ok(&t->ctx, t_unit(t, act_save, &doing));
		t_ok(&t->ctx, t_unit(t, act_submit, &doing));
		t_ok(&t->ctx, t_unit(t, act_sign, &doing));
		assert_int_equal(json_get_int(act_seen(t, doing.id),
				     "sent_version", 0),
		    (int64_t)i + 2);
		t_ok(&t->ctx, t_unit(t, act_amend, &doing));
	}
}

/* POST /api/v1/reports with a reason: open, submit and sign in one. */
static enum fail
amend_at_once(struct ctx *ctx, void *arg)
{
	const struct doing *doing = arg;
	const struct report_input input = {
		.form = WORLD_FORM,
		.period = WORLD_PERIOD,
		.unit = world_ref(doing->world, doing->unit),
		.cells = doing->cells == NULL ? NULL
					      : world_cells(ctx, doing->cells),
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
one_call_that_changes_nothing_is_refused_and_leaves_no_paper(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.reason = "once more" };

	doing.id = world_sent(w, w->commune[0], CELLS_GOOD);
	world_be_both(w, w->commune[0]);
	assert_refused(t, amend_at_once, &doing); /* no cells at all */
	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		doing.cells = same[i];
		assert_refused(t, amend_at_once, &doing);
	}
	assert_state(t, doing.id, "sent");
	doing.cells = CELLS_MORE;
	t_ok(&t->ctx, t_unit(t, amend_at_once, &doing));
	assert_totals(w, w->nation, "9", "missing");
}

/* The unit stands by its figures: nothing that counts is amended. */
static void
what_was_sent_back_may_be_signed_again_as_it_was(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w, .reason = "is this right?" };

	doing.id = world_sent(w, w->commune[0], CELLS_GOOD);
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, act_send_back, &doing));
	world_be_both(w, w->commune[0]);
	t_ok(&t->ctx, t_unit(t, act_submit, &doing));
	t_ok(&t->ctx, t_unit(t, act_sign, &doing));
	assert_totals(w, w->nation, "7", "missing");
}

/* Compared with what counts now, not with what counted when it was begun. */
static void
a_paper_that_says_what_counts_again_is_not_signed(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = amending(w);

	doing.cells = CELLS_MORE;
	t_ok(&t->ctx, t_unit(t, act_save, &doing));
	t_ok(&t->ctx, t_unit(t, act_submit, &doing));
	t_ok(&t->ctx, t_unit(t, act_sign, &doing));
	/* The third version would be the first again, beside the second. */
	t_ok(&t->ctx, t_unit(t, act_amend, &doing));
	doing.cells = CELLS_GOOD;
	t_ok(&t->ctx, t_unit(t, act_save, &doing));
	t_ok(&t->ctx, t_unit(t, act_submit, &doing));
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, act_send_back, &doing));
	world_be_both(w, w->commune[0]);
	assert_refused(t, act_sign, &doing);
	/* The leader gives it back, the clerk drops it. */
	t_ok(&t->ctx, t_unit(t, act_send_back, &doing));
	t_ok(&t->ctx, t_unit(t, act_drop, &doing));
	assert_state(t, doing.id, "sent");
	assert_totals(w, w->nation, "7", "missing");
}

static void
an_amendment_begun_by_mistake_is_dropped(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = amending(w);
	const struct json *view = NULL;

	doing.cells = "{'a.c2':'3','a.c3':'4','a.c4':{'value':'6.5',"
		      "'remark':'late dossiers'}}";
	t_ok(&t->ctx, t_unit(t, act_save, &doing));
	t_ok(&t->ctx, t_unit(t, act_submit, &doing));
	t_ok(&t->ctx, t_unit(t, act_send_back, &doing));
	t_each_failure(t, act_drop, &doing);
	view = act_seen(t, doing.id);
	assert_string_equal(json_get_text(view, "state"), "sent");
	assert_int_equal(json_get_int(view, "version", 0), 1);
	assert_null(json_get_text(view, "reason"));
	/* Those of the version that counts, not of the paper. */
	assert_int_equal(json_get_int(view, "flags", -1), 0);
	t_fails(&t->ctx, t_unit(t, act_drop, &doing), FAIL_CONFLICT,
	    "report.wrong_state");
	t_ok(&t->ctx, t_unit(t, act_amend, &doing));
	assert_string_equal(json_text(json_at(json_get(act_seen(t, doing.id),
						  "cells"),
				0)),
	    "7");
}

/* ---- a paper saved as it was -------------------------------------------- */

static void
a_paper_saved_as_it_was_is_not_written(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = "{'a.c2':'3','a.c4':'7.0'}" };
	uint64_t before = 0;
	int64_t revision = 0;

	world_be(w, w->commune[0], "clerk");
	t_ok(&t->ctx, t_unit(t, act_open, &doing));
	before = t_digest(t);
	revision = json_get_int(act_seen(t, doing.id), "revision", 0);

	t_ok(&t->ctx, t_unit(t, act_save, &doing));
	doing.cells = "{'a.c4':7,'a.c2':{'value':'3'},'a.c1':null}";
	t_ok(&t->ctx, t_unit(t, act_save, &doing));
	t_ok(&t->ctx, t_unit(t, act_open, &doing));
	assert_false(doing.is_new);
	doing.cells = NULL; /* only looked for */
	t_ok(&t->ctx, t_unit(t, act_open, &doing));
	assert_true(t_digest(t) == before);
	assert_int_equal(json_get_int(act_seen(t, doing.id), "revision", 0),
	    revision);

	doing.cells = "{'a.c2':'3','a.c4':{'value':'7.0','remark':'r'}}";
	t_ok(&t->ctx, t_unit(t, act_save, &doing));
	assert_true(t_digest(t) != before);
}

/* Who is stale hears so, whatever he saves. */
static void
the_same_cells_at_another_revision_are_stale(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = CELLS_GOOD };

	world_be(w, w->commune[0], "clerk");
	t_ok(&t->ctx, t_unit(t, act_open, &doing));
	doing.revision = json_get_int(act_seen(t, doing.id), "revision", 0) - 1;
	t_fails(&t->ctx, t_unit(t, act_save, &doing), FAIL_STALE,
	    "report.stale");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(
		    an_amendment_that_changes_nothing_is_refused_however_it_is_written),
		t_test(a_value_a_state_and_a_remark_are_each_a_change),
		t_test(
		    one_call_that_changes_nothing_is_refused_and_leaves_no_paper),
		t_test(what_was_sent_back_may_be_signed_again_as_it_was),
		t_test(a_paper_that_says_what_counts_again_is_not_signed),
		t_test(an_amendment_begun_by_mistake_is_dropped),
		t_test(a_paper_saved_as_it_was_is_not_written),
		t_test(the_same_cells_at_another_revision_are_stale),
	};

	return t_run(tests);
}
