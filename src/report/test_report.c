#include "report/t_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "codec/json.h"
#include "codec/shape_json.h"
#include "core/day.h"
#include "core/text.h"
#include "cube/cube.h"
#include "ledger/ledger.h"
#include "org/unit.h"
#include "report/body.h"
#include "report/check.h"
#include "report/duty.h"
#include "report/list.h"
#include "store/query.h"

#define GOOD "{'a.c2':'3','a.c3':'4','a.c4':'7.0','b.c2':0,'b.c3':0,'b.c4':0}"
#define MORE "{'a.c2':'5','a.c3':'4','a.c4':'9.0','b.c2':0,'b.c3':0,'b.c4':0}"

/* ---- running one act ---------------------------------------------------- */

struct doing {
	struct world *world;
	int64_t id;
	int64_t unit;
	const char *cells;
	const char *reason;
	const char *period;
	int64_t revision;
	bool is_new;
};

static enum fail
store(struct ctx *ctx, struct report *report, struct doing *doing)
{
	TRY(report_store(ctx, report,
	    doing->revision != 0 ? doing->revision : report_revision(report)));
	doing->id = report_id(report);
	return OK;
}

static enum fail
open_only(struct ctx *ctx, void *arg)
{
	struct doing *doing = arg;
	const struct report_input input = {
		.form = WORLD_FORM,
		.period = doing->period == NULL ? WORLD_PERIOD : doing->period,
		.unit = world_ref(doing->world, doing->unit),
		.cells = doing->cells == NULL ? NULL
					      : world_cells(ctx, doing->cells),
		.reason = doing->reason,
	};
	struct report *report = NULL;

	TRY(report_open(ctx, &input, &report, &doing->is_new));
	return store(ctx, report, doing);
}

static enum fail
save(struct ctx *ctx, void *arg)
{
	struct doing *doing = arg;
	struct report *report = NULL;

	TRY(report_load(ctx, doing->id, 0, &report));
	TRY(report_save(ctx, report, world_cells(ctx, doing->cells)));
	return store(ctx, report, doing);
}

#define ACT(name, call) \
	static enum fail name(struct ctx *ctx, void *arg) \
	{ \
		struct doing *doing = arg; \
		struct report *report = NULL; \
\
		TRY(report_load(ctx, doing->id, 0, &report)); \
		TRY(call); \
		return store(ctx, report, doing); \
	}
ACT(submit, report_submit(ctx, report))
ACT(sign, report_sign(ctx, report))
ACT(accept, report_accept(ctx, report))
ACT(send_back, report_send_back(ctx, report, doing->reason))
ACT(amend, report_amend(ctx, report, doing->reason))

static enum fail
close_period(struct ctx *ctx, void *arg)
{
	struct doing *doing = arg;
	const struct closing_input input = {
		.form = WORLD_FORM,
		.period = doing->period == NULL ? WORLD_PERIOD : doing->period,
		.unit = world_ref(doing->world, doing->unit),
		.reason = doing->reason,
	};
	const struct closing *closing = NULL;

	return report_close(ctx, &input, &closing);
}

/* The public picture as JSON text, for looking into. */
struct looking {
	int64_t id;
	int64_t version;
	const struct json *view;
};

static enum fail
look(struct ctx *ctx, void *arg)
{
	struct looking *looking = arg;
	const struct report_view *view = NULL;
	struct report *report = NULL;
	struct text text;

	TRY(report_load(ctx, looking->id, looking->version, &report));
	TRY(report_show(ctx, report, &view));
	text_init(&text, ctx->arena);
	shape_write(&text, &report_shape, view);
	return json_parse(ctx, text_bytes(&text), &looking->view);
}

static const struct json *
seen(struct t *t, int64_t id)
{
	struct looking looking = { .id = id };

	t_ok(&t->ctx, t_read(t, look, &looking));
	return looking.view;
}

static void
assert_state(struct t *t, int64_t id, const char *state)
{
	assert_string_equal(json_get_text(seen(t, id), "state"), state);
}

static void
assert_totals(struct world *w, int64_t unit, const char *sent,
    const char *accepted)
{
	assert_string_equal(world_total(w, unit, "a.c1", BASIS_SENT), sent);
	assert_string_equal(world_total(w, unit, "a.c1", BASIS_ACCEPTED),
	    accepted);
}

/* ---- the main job ------------------------------------------------------- */

static void
a_signature_changes_every_total_above_at_once(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = GOOD };

	world_be(w, w->commune[0], "clerk");
	t_ok(&t->ctx, t_unit(t, open_only, &doing));
	assert_true(doing.is_new);
	assert_state(t, doing.id, "draft");
	t_ok(&t->ctx, t_unit(t, submit, &doing));
	assert_state(t, doing.id, "proposed");
	assert_totals(w, w->nation, "missing", "missing");

	world_be(w, w->commune[0], "leader");
	t_ok(&t->ctx, t_unit(t, sign, &doing));
	assert_state(t, doing.id, "sent");
	assert_totals(w, w->commune[0], "7", "missing");
	assert_totals(w, w->district[0], "7", "missing");
	assert_totals(w, w->province, "7", "missing");
	assert_totals(w, w->nation, "7", "missing");
	assert_totals(w, w->district[1], "missing", "missing");

	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, accept, &doing));
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

	doing.id = world_sent(w, w->commune[0], GOOD);
	for (size_t i = 0; i < ARRAY_SIZE(not_above); i++) {
		world_be(w, not_above[i], "collector");
		t_fails(&t->ctx, t_unit(t, accept, &doing), FAIL_DENIED,
		    "access.denied");
	}
	world_be(w, w->district[1], "collector");
	t_fails(&t->ctx, t_unit(t, accept, &doing), FAIL_NOT_FOUND,
	    "report.unknown");
}

static void
a_foreign_report_looks_like_none(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = GOOD,
		.reason = "why" };
	struct looking looking = { 0 };
	static enum fail (*const acts[])(struct ctx *, void *) = { save, submit,
		sign, accept, send_back, amend, open_only };

	doing.id = world_sent(w, w->commune[0], GOOD);
	looking.id = doing.id;
	world_be_both(w, w->stranger);
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++)
		t_fails(&t->ctx, t_unit(t, acts[i], &doing), FAIL_NOT_FOUND,
		    "report.unknown");
	t_fails(&t->ctx, t_read(t, look, &looking), FAIL_NOT_FOUND,
	    "report.unknown");
	doing.id = looking.id = 999;
	t_fails(&t->ctx, t_read(t, look, &looking), FAIL_NOT_FOUND,
	    "report.unknown");
}

static void
a_clerk_does_not_sign_and_a_leader_does_not_edit_for_others(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = GOOD };

	world_be(w, w->commune[0], "clerk");
	t_ok(&t->ctx, t_unit(t, open_only, &doing));
	t_ok(&t->ctx, t_unit(t, submit, &doing));
	t_fails(&t->ctx, t_unit(t, sign, &doing), FAIL_DENIED, "access.denied");
}

static void
what_is_not_signed_is_the_units_own_business(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = GOOD,
		.reason = "a slip" };
	struct looking looking = { 0 };

	world_be(w, w->commune[0], "clerk");
	t_ok(&t->ctx, t_unit(t, open_only, &doing));
	looking.id = doing.id;
	world_be(w, w->district[0], "collector");
	t_fails(&t->ctx, t_read(t, look, &looking), FAIL_NOT_FOUND,
	    "report.unknown");

	/* During an amendment those above go on seeing what was signed. */
	world_be_both(w, w->commune[0]);
	t_ok(&t->ctx, t_unit(t, submit, &doing));
	t_ok(&t->ctx, t_unit(t, sign, &doing));
	t_ok(&t->ctx, t_unit(t, amend, &doing));
	doing.cells = MORE;
	t_ok(&t->ctx, t_unit(t, save, &doing));
	world_be(w, w->district[0], "collector");
	assert_string_equal(json_text(
				json_at(json_get(seen(t, doing.id), "cells"),
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
	t_ok(&t->ctx, t_unit(t, open_only, &doing));
	assert_int_equal(t_unit(t, submit, &doing), FAIL_CONFLICT);
	assert_string_equal(t->ctx.failure.code, "report.rule_broken");
	assert_string_equal(t->ctx.failure.fields->pointer, "/cells/a.c1");
	assert_state(t, doing.id, "draft");
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
	t_ok(&t->ctx, t_unit(t, open_only, &doing));
	t_fails(&t->ctx, t_unit(t, submit, &doing), FAIL_CONFLICT,
	    "report.rule_broken");
	doing.cells = "{'a.c2':'3','a.c3':'4','a.c4':{"
		      "'value':'6.5','remark':'late dossiers'}}";
	t_ok(&t->ctx, t_unit(t, save, &doing));
	t_ok(&t->ctx, t_unit(t, submit, &doing));
	world_be(w, w->commune[0], "leader");
	t_ok(&t->ctx, t_unit(t, sign, &doing));
	assert_int_equal(json_get_int(seen(t, doing.id), "flags", -1), 1);
}

static void
bad_cells_change_nothing(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = GOOD };
	static const char *const bad[] = { "{'a.c2':'1e400'}", "{'x.c2':'1'}",
		"{'a.c2':'NaN'}", "{'a.c2':'1000001'}", "{'a.c2':'1.5'}",
		"{'a.c2':true}", "{'a.c2':{'state':'what'}}", "[1]",
		"{'a.c2':'-1'}", "{'a.c2':1.5}" };
	uint64_t before = 0;

	world_be(w, w->commune[0], "clerk");
	t_ok(&t->ctx, t_unit(t, open_only, &doing));
	before = t_digest(t);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		doing.cells = bad[i];
		t_fails(&t->ctx, t_unit(t, save, &doing), FAIL_INVALID,
		    "input.invalid");
		assert_true(t_digest(t) == before);
	}
}

static void
a_stale_save_tells_so_and_changes_nothing(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing one = { .world = w, .unit = w->commune[0], .cells = GOOD };
	struct doing two = { .world = w };
	uint64_t before = 0;

	world_be(w, w->commune[0], "clerk");
	t_ok(&t->ctx, t_unit(t, open_only, &one));
	two.id = one.id;
	two.cells = MORE;
	two.revision = json_get_int(seen(t, one.id), "revision", 0);
	t_ok(&t->ctx, t_unit(t, save, &one));
	before = t_digest(t);
	t_fails(&t->ctx, t_unit(t, save, &two), FAIL_STALE, "report.stale");
	assert_true(t_digest(t) == before);
}

static void
what_is_not_owed_or_not_open_is_refused(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w, .unit = w->nation, .cells = GOOD };

	t_fails(&t->ctx, t_unit(t, open_only, &doing), FAIL_CONFLICT,
	    "report.not_owed");
	world_be(w, w->commune[0], "clerk");
	doing.unit = w->commune[0];
	doing.period = "2025-Q2";
	t_fails(&t->ctx, t_unit(t, open_only, &doing), FAIL_CONFLICT,
	    "period.not_open");
	doing.period = "2025-13";
	t_fails(&t->ctx, t_unit(t, open_only, &doing), FAIL_INVALID,
	    "input.invalid");
}

static void
the_same_report_twice_is_a_conflict_and_with_a_reason_an_amendment(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = MORE };
	const int64_t id = world_sent(w, w->commune[0], GOOD);

	world_be(w, w->commune[0], "clerk");
	t_fails(&t->ctx, t_unit(t, open_only, &doing), FAIL_CONFLICT,
	    "report.wrong_state");
	doing.reason = "a slip";
	t_ok(&t->ctx, t_unit(t, open_only, &doing));
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

	(void)world_sent(w, w->commune[0], GOOD);
	t->clock_us = day_start_us(day_of(2025, 6, 15));
	world_be(w, w->commune[0], "clerk");
	t_ok(&t->ctx, t_unit(t, open_only, &doing));
	/* b.c2 too: zero is a value. */
	assert_string_equal(json_text(
				json_at(json_get(seen(t, doing.id), "cells"),
				    1)),
	    "4");
	assert_string_equal(json_text(
				json_at(json_get(seen(t, doing.id), "cells"),
				    5)),
	    "0");
	assert_string_equal(json_text(
				json_at(json_get(seen(t, doing.id), "previous"),
				    0)),
	    "7");
	doing.cells = "{'a.c2':'3','a.c3':'1','a.c4':'4.0','b.c2':0,'b.c3':0,"
		      "'b.c4':0}";
	t_ok(&t->ctx, t_unit(t, save, &doing));
	t_ok(&t->ctx, t_unit(t, submit, &doing));
	world_be(w, w->commune[0], "leader");
	t_ok(&t->ctx, t_unit(t, sign, &doing));
	assert_int_equal(json_get_int(seen(t, doing.id), "flags", -1), 1);
}

/* ---- back and forth ----------------------------------------------------- */

static void
a_returned_first_version_leaves_the_totals(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.reason = "too high",
		.cells = MORE };

	doing.id = world_sent(w, w->commune[0], GOOD);
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, send_back, &doing));
	assert_totals(w, w->nation, "missing", "missing");

	world_be_both(w, w->commune[0]);
	assert_state(t, doing.id, "returned");
	assert_string_equal(json_get_text(seen(t, doing.id), "reason"),
	    "too high");
	t_ok(&t->ctx, t_unit(t, save, &doing));
	t_ok(&t->ctx, t_unit(t, submit, &doing));
	t_ok(&t->ctx, t_unit(t, sign, &doing));
	assert_totals(w, w->nation, "9", "missing");
}

static void
a_returned_amendment_falls_back_to_the_accepted_version(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w, .reason = "why", .cells = MORE };

	doing.id = world_sent(w, w->commune[0], GOOD);
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, accept, &doing));
	world_be_both(w, w->commune[0]);
	t_ok(&t->ctx, t_unit(t, amend, &doing));
	assert_totals(w, w->nation, "7", "7");
	t_ok(&t->ctx, t_unit(t, save, &doing));
	t_ok(&t->ctx, t_unit(t, submit, &doing));
	t_ok(&t->ctx, t_unit(t, sign, &doing));
	assert_totals(w, w->nation, "9", "7");
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, send_back, &doing));
	assert_totals(w, w->nation, "7", "7");
	assert_string_equal(json_get_text(seen(t, doing.id), "standing"),
	    "accepted");
}

static void
a_version_that_was_returned_does_not_count_again(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w, .reason = "why", .cells = MORE };

	doing.id = world_sent(w, w->commune[0], GOOD);
	for (int round = 0; round < 2; round++) {
		world_be(w, w->district[0], "collector");
		t_ok(&t->ctx, t_unit(t, send_back, &doing));
		assert_totals(w, w->nation, "missing", "missing");
		world_be_both(w, w->commune[0]);
		t_ok(&t->ctx, t_unit(t, submit, &doing));
		t_ok(&t->ctx, t_unit(t, sign, &doing));
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
		.cells = GOOD,
		.reason = "look at column 3" };

	world_be_both(w, w->commune[0]);
	t_ok(&t->ctx, t_unit(t, open_only, &doing));
	t_ok(&t->ctx, t_unit(t, submit, &doing));
	t_ok(&t->ctx, t_unit(t, send_back, &doing));
	assert_state(t, doing.id, "returned");
	t_fails(&t->ctx, t_unit(t, sign, &doing), FAIL_CONFLICT,
	    "report.wrong_state");
	doing.reason = "";
	t_ok(&t->ctx, t_unit(t, submit, &doing));
	t_fails(&t->ctx, t_unit(t, send_back, &doing), FAIL_INVALID,
	    "input.invalid");
}

static void
an_abolished_units_duty_is_acted_on_by_its_heir(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = GOOD };

	t->ctx.actor = &access_system;
	t->clock_us = day_start_us(day_of(2025, 4, 2));
	(void)t_fresh(t);
	{
		struct ctx *ctx = &t->ctx;

		t_ok(ctx, tx_begin(ctx, TX_WRITE));
		t_ok(ctx, unit_abolish(ctx, w->commune[0], day_of(2025, 4, 1)));
		t_ok(ctx, succession_add(ctx, w->commune[0], w->commune[1],
			      day_of(2025, 4, 1), SUCCESSION_WHOLE, "act"));
		t_ok(ctx, tx_end(ctx, OK));
	}
	world_be_both(w, w->commune[1]);
	t_ok(&t->ctx, t_unit(t, open_only, &doing));
	t_ok(&t->ctx, t_unit(t, submit, &doing));
	t_ok(&t->ctx, t_unit(t, sign, &doing));
	assert_totals(w, w->commune[0], "7", "missing");
	doing.period = "2025-Q2";
	t->clock_us = day_start_us(day_of(2025, 6, 15));
	t_fails(&t->ctx, t_unit(t, open_only, &doing), FAIL_CONFLICT,
	    "report.not_owed");
}

/* ---- what stays --------------------------------------------------------- */

static enum fail
replay(struct ctx *ctx, void *arg)
{
	(void)arg;
	return report_replay(ctx);
}

static void
a_replay_of_the_ledger_gives_the_same_totals(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w, .reason = "why", .cells = MORE };
	char before[3][2][16];
	const int64_t units[] = { w->nation, w->district[0], w->commune[0] };
	struct cube *built = NULL;

	doing.id = world_sent(w, w->commune[0], GOOD);
	(void)world_sent(w, w->commune[1], MORE);
	(void)world_sent(w, w->commune[4], MORE);
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, accept, &doing));
	world_be_both(w, w->commune[0]);
	t_ok(&t->ctx, t_unit(t, amend, &doing));
	t_ok(&t->ctx, t_unit(t, submit, &doing));
	t_ok(&t->ctx, t_unit(t, sign, &doing));
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, send_back, &doing));
	for (size_t u = 0; u < ARRAY_SIZE(units); u++)
		for (int b = 0; b < 2; b++)
			snprintf(before[u][b], sizeof(before[u][b]), "%s",
			    world_total(w, units[u], "a.c1", b));
	built = t->home.cube;
	t->home.cube = cube_new();
	t_ok(&t->ctx, t_read(t, replay, NULL));
	for (size_t u = 0; u < ARRAY_SIZE(units); u++)
		for (int b = 0; b < 2; b++)
			assert_string_equal(world_total(w, units[u], "a.c1", b),
			    before[u][b]);
	cube_free(t->home.cube);
	t->home.cube = built;
}

static enum fail
check(struct ctx *ctx, void *arg)
{
	return report_check(ctx, arg);
}

static enum fail
rebuild(struct ctx *ctx, void *arg)
{
	return report_rebuild(ctx, arg);
}

/* Rows that the ledger does not bear out. */
static enum fail
falsify(struct ctx *ctx, void *arg)
{
	static const struct store_query report = {
		.name = "test_falsify_report",
		.sqlite = "UPDATE report SET standing = 1, sent_version = 1 "
			  "WHERE sent_version = 0",
	};
	static const struct store_query version = {
		.name = "test_falsify_version",
		.sqlite = "UPDATE report_version SET returned = FALSE",
	};
	int64_t changed = 0;

	(void)arg;
	TRY(store_change(ctx, &report, NULL, &changed));
	return store_change(ctx, &version, NULL, &changed);
}

static void
a_rebuild_puts_right_what_the_ledger_does_not_bear_out(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w, .reason = "why", .cells = MORE };
	uint64_t before = 0;
	int64_t count = 0;

	doing.id = world_sent(w, w->commune[0], GOOD);
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, send_back, &doing));
	(void)world_sent(w, w->commune[1], GOOD);
	t_ok(&t->ctx, t_read(t, check, &count));
	assert_int_equal(count, 2);
	before = t_digest(t);
	t_ok(&t->ctx, t_unit(t, falsify, NULL));
	t_fails(&t->ctx, t_read(t, check, &count), FAIL_INTERNAL,
	    "report.differs");
	t_ok(&t->ctx, t_unit(t, rebuild, &count));
	assert_int_equal(count, 1);
	t_ok(&t->ctx, t_read(t, check, &count));
	assert_true(t_digest(t) == before);
	t_each_failure(t, rebuild, &count);
	assert_int_equal(count, 0);
}

static void
a_body_is_canonical_and_splits_into_its_parts(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct ledger_reader *reader = NULL;
	struct ledger_entry entry = { 0 };
	struct ctx *ctx = NULL;
	bool more = true;
	int bodies = 0;
	struct doing doing = { .world = w,
		.reason = "\"quoted\" \\ back\nslash ợ" };

	doing.id = world_sent(w, w->commune[0], GOOD);
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, send_back, &doing));
	ctx = t_fresh(t);
	t_ok(ctx, tx_begin(ctx, TX_READ));
	t_ok(ctx, ledger_read(ctx, 0, ledger_size(t->home.ledger), &reader));
	for (;;) {
		const struct json *node = NULL;
		struct bytes canonical = { 0 };
		struct body_parts parts = { 0 };

		t_ok(ctx, ledger_next(ctx, reader, &entry, &more));
		if (!more)
			break;
		if (!text_starts(entry.kind, "report."))
			continue;
		t_ok(ctx, json_parse(ctx, entry.body, &node));
		t_ok(ctx, json_canonical(ctx, node, &canonical));
		assert_true(bytes_equal(entry.body, canonical));
		assert_true(body_split(entry.body, &parts));
		assert_int_equal(parts.unit, w->commune[0]);
		assert_int_equal(parts.report, doing.id);
		assert_int_equal(parts.version, 1);
		bodies++;
		/* Cut anywhere, it is no body. */
		for (size_t len = 0; len < entry.body.len; len++)
			assert_false(
			    body_split((struct bytes){ entry.body.at, len },
				&parts));
	}
	t_ok(ctx, tx_end(ctx, OK));
	assert_int_equal(bodies, 2);
}

static void
history_tells_who_did_what(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	const struct report_history *history = NULL;
	const struct json *node = NULL;
	struct text text;
	struct ctx *ctx = NULL;
	const int64_t id = world_sent(w, w->commune[0], GOOD);

	world_be(w, w->commune[0], "clerk");
	ctx = t_fresh(t);
	t_ok(ctx, tx_begin(ctx, TX_READ));
	t_ok(ctx, report_history(ctx, id, &history));
	t_ok(ctx, tx_end(ctx, OK));
	text_init(&text, ctx->arena);
	shape_write(&text, &report_history_shape, history);
	t_ok(ctx, json_parse(ctx, text_bytes(&text), &node));
	node = json_get(node, "items");
	assert_int_equal(json_count(node), 2);
	assert_string_equal(json_get_text(json_at(node, 0), "act"), "submit");
	assert_string_equal(json_get_text(json_at(node, 1), "act"), "sign");
	assert_string_equal(json_get_text(json_at(node, 1), "person"),
	    "Nguyễn Thị Hoa");
	assert_true(json_get_int(json_at(node, 1), "ledger_index", -1) > 0);
}

/* ---- closing ------------------------------------------------------------ */

static void
a_period_closes_with_nothing_open_or_with_a_reason(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w, .unit = w->district[0] };

	world_be(w, w->province, "collector");
	t_fails(&t->ctx, t_unit(t, close_period, &doing), FAIL_DENIED,
	    "access.denied");
	world_be(w, w->district[0], "collector");
	t_fails(&t->ctx, t_unit(t, close_period, &doing), FAIL_CONFLICT,
	    "period.open_reports");
	for (int i = 0; i < 3; i++) {
		struct doing one = { .world = w };

		one.id = world_sent(w, w->commune[i], GOOD);
		t_ok(&t->ctx, t_unit(t, accept, &one));
	}
	t_ok(&t->ctx, t_unit(t, close_period, &doing));
	t_fails(&t->ctx, t_unit(t, close_period, &doing), FAIL_CONFLICT,
	    "period.closed");
	doing.unit = w->district[1];
	doing.reason = "storm";
	world_be(w, w->district[1], "collector");
	t_ok(&t->ctx, t_unit(t, close_period, &doing));
	doing.period = "2025-Q2";
	t_fails(&t->ctx, t_unit(t, close_period, &doing), FAIL_CONFLICT,
	    "period.not_open");
}

/* ---- lists -------------------------------------------------------------- */

static const struct json *
duties(struct t *t, const struct duty_query *query)
{
	const struct duty_list *list = NULL;
	const struct json *node = NULL;
	struct text text;
	struct ctx *ctx = t_fresh(t);

	t_ok(ctx, tx_begin(ctx, TX_READ));
	t_ok(ctx, duty_list(ctx, query, &list));
	t_ok(ctx, tx_end(ctx, OK));
	text_init(&text, ctx->arena);
	shape_write(&text, &duty_list_shape, list);
	t_ok(ctx, json_parse(ctx, text_bytes(&text), &node));
	return node;
}

static int64_t
count_of(const struct json *list, const char *state)
{
	return json_get_int(json_get(list, "counts"), state, -1);
}

static void
my_work_shows_own_duties_and_what_waits_below(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	const struct duty_query mine = { .mine = true, .limit = 100 };
	const struct json *list = NULL;
	const struct json *first = NULL;

	world_be(w, w->commune[0], "clerk");
	list = duties(t, &mine);
	first = json_at(json_get(list, "items"), 0);
	/* Eight periods back, all open; the oldest comes first. */
	assert_int_equal(count_of(list, "all"), DUTY_PERIODS_BACK);
	assert_int_equal(count_of(list, "late"), DUTY_PERIODS_BACK - 1);
	assert_string_equal(json_get_text(first, "period"), "2023-Q2");
	assert_string_equal(json_get_text(first, "next"), "fill");

	(void)world_sent(w, w->commune[1], GOOD);
	world_be(w, w->district[0], "collector");
	list = duties(t, &mine);
	assert_int_equal(count_of(list, "all"), 1);
	first = json_at(json_get(list, "items"), 0);
	assert_string_equal(json_get_text(first, "next"), "review");
	assert_int_equal(json_get_int(first, "unit", 0), w->commune[1]);
	world_be(w, w->district[1], "collector");
	assert_int_equal(count_of(duties(t, &mine), "all"), 0);
}

static void
a_collector_sees_who_sent_and_who_did_not(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct duty_query query = { .form = WORLD_FORM,
		.period = WORLD_PERIOD,
		.limit = 2 };
	const struct json *list = NULL;
	const struct duty_list *none = NULL;
	struct ctx *ctx = NULL;

	(void)world_sent(w, w->commune[1], GOOD);
	world_be(w, w->district[0], "collector");
	query.unit = "area:district-D0@2025-01-01";
	list = duties(t, &query);
	/* The district's own and three communes. */
	assert_int_equal(count_of(list, "all"), 4);
	assert_int_equal(count_of(list, "sent"), 1);
	assert_int_equal(count_of(list, "not_started"), 3);
	assert_int_equal(json_count(json_get(list, "items")), 2);
	query.after = json_get_int(list, "next", 0);
	list = duties(t, &query);
	assert_int_equal(json_count(json_get(list, "items")), 2);
	assert_true(json_type(json_get(list, "next")) == JSON_IS_NULL);
	query.after = 0;
	query.state = "sent";
	list = duties(t, &query);
	assert_int_equal(json_count(json_get(list, "items")), 1);

	world_be(w, w->stranger, "clerk");
	ctx = t_fresh(t);
	t_ok(ctx, tx_begin(ctx, TX_READ));
	t_fails(ctx, duty_list(ctx, &query, &none), FAIL_DENIED,
	    "access.denied");
	t_ok(ctx, tx_end(ctx, OK));
}

static const struct json *
reports(struct t *t, const struct report_list_query *query)
{
	const struct report_list *list = NULL;
	const struct json *node = NULL;
	struct text text;
	struct ctx *ctx = t_fresh(t);

	t_ok(ctx, tx_begin(ctx, TX_READ));
	t_ok(ctx, report_list(ctx, query, &list));
	t_ok(ctx, tx_end(ctx, OK));
	text_init(&text, ctx->arena);
	shape_write(&text, &report_list_shape, list);
	t_ok(ctx, json_parse(ctx, text_bytes(&text), &node));
	return json_get(node, "items");
}

static void
a_list_holds_only_what_one_may_see(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	const struct report_list_query all = { 0 };
	struct report_list_query below = { 0 };
	struct doing draft = { .world = w,
		.unit = w->commune[2],
		.cells = GOOD };

	(void)world_sent(w, w->commune[0], GOOD);
	(void)world_sent(w, w->commune[4], GOOD);
	world_be(w, w->commune[2], "clerk");
	t_ok(&t->ctx, t_unit(t, open_only, &draft));
	assert_int_equal(json_count(reports(t, &all)), 1);
	world_be(w, w->commune[0], "clerk");
	assert_int_equal(json_count(reports(t, &all)), 1);
	world_be(w, w->stranger, "clerk");
	assert_int_equal(json_count(reports(t, &all)), 0);
	world_be(w, w->province, "collector");
	assert_int_equal(json_count(reports(t, &all)), 2);
	below.children_of = "area:district-D1@2025-01-01";
	assert_int_equal(json_count(reports(t, &below)), 1);
}

/* ---- breaking every step ------------------------------------------------ */

static void
every_act_survives_the_failure_of_each_of_its_steps(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->commune[0],
		.cells = GOOD,
		.reason = "why" };

	world_be_both(w, w->commune[0]);
	t_each_failure(t, open_only, &doing);
	t_each_failure(t, save, &doing);
	t_each_failure(t, submit, &doing);
	t_each_failure(t, sign, &doing);
	assert_totals(w, w->nation, "7", "missing");
	world_be(w, w->district[0], "collector");
	t_each_failure(t, send_back, &doing);
	world_be_both(w, w->commune[0]);
	t_ok(&t->ctx, t_unit(t, submit, &doing));
	t_ok(&t->ctx, t_unit(t, sign, &doing));
	world_be(w, w->district[0], "collector");
	t_each_failure(t, accept, &doing);
	assert_totals(w, w->nation, "7", "7");
	world_be_both(w, w->commune[0]);
	t_each_failure(t, amend, &doing);
	world_be(w, w->district[0], "collector");
	doing.unit = w->district[0];
	t_each_failure(t, close_period, &doing);
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
		t_test(an_abolished_units_duty_is_acted_on_by_its_heir),
		t_test(a_replay_of_the_ledger_gives_the_same_totals),
		t_test(a_rebuild_puts_right_what_the_ledger_does_not_bear_out),
		t_test(a_body_is_canonical_and_splits_into_its_parts),
		t_test(history_tells_who_did_what),
		t_test(a_period_closes_with_nothing_open_or_with_a_reason),
		t_test(my_work_shows_own_duties_and_what_waits_below),
		t_test(a_collector_sees_who_sent_and_who_did_not),
		t_test(a_list_holds_only_what_one_may_see),
		t_test(every_act_survives_the_failure_of_each_of_its_steps),
	};

	return t_run(tests);
}
