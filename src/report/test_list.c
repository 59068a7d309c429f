#include "report/t_act.h"

#include "codec/json.h"
#include "codec/shape_json.h"
#include "core/text.h"
#include "ledger/ledger.h"
#include "report/list.h"
#include "report/obligation.h"

static void
history_tells_who_did_what(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	const struct report_history *history = NULL;
	const struct json *node = NULL;
	struct text text;
	struct ctx *ctx = NULL;
	const int64_t id = world_sent(w, w->commune[0], CELLS_GOOD);

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
	t_fails(&t->ctx, t_unit(t, act_close, &doing), FAIL_DENIED,
	    "access.denied");
	world_be(w, w->district[0], "collector");
	t_fails(&t->ctx, t_unit(t, act_close, &doing), FAIL_CONFLICT,
	    "period.open_reports");
	for (int i = 0; i < 3; i++) {
		struct doing one = { .world = w };

		one.id = world_sent(w, w->commune[i], CELLS_GOOD);
		t_ok(&t->ctx, t_unit(t, act_accept, &one));
	}
	t_ok(&t->ctx, t_unit(t, act_close, &doing));
	t_fails(&t->ctx, t_unit(t, act_close, &doing), FAIL_CONFLICT,
	    "period.closed");
	doing.unit = w->district[1];
	doing.reason = "storm";
	world_be(w, w->district[1], "collector");
	t_ok(&t->ctx, t_unit(t, act_close, &doing));
	doing.period = "2025-Q2";
	t_fails(&t->ctx, t_unit(t, act_close, &doing), FAIL_CONFLICT,
	    "period.not_open");
}

static void
a_closing_is_taken_back_with_a_reason(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = { .world = w,
		.unit = w->district[0],
		.reason = "storm" };

	world_be(w, w->district[0], "collector");
	t_fails(&t->ctx, t_unit(t, act_reopen, &doing), FAIL_CONFLICT,
	    "period.not_closed");
	t_ok(&t->ctx, t_unit(t, act_close, &doing));
	world_be(w, w->province, "collector");
	t_fails(&t->ctx, t_unit(t, act_reopen, &doing), FAIL_DENIED,
	    "access.denied");
	world_be(w, w->district[0], "collector");
	doing.reason = NULL;
	t_fails(&t->ctx, t_unit(t, act_reopen, &doing), FAIL_INVALID,
	    "input.invalid");
	doing.reason = "corrected";
	t_ok(&t->ctx, t_unit(t, act_reopen, &doing));
	t_fails(&t->ctx, t_unit(t, act_reopen, &doing), FAIL_CONFLICT,
	    "period.not_closed");
	t_ok(&t->ctx, t_unit(t, act_close, &doing));
}

/* ---- lists -------------------------------------------------------------- */

static const struct json *
obligations(struct t *t, const struct obligation_query *query)
{
	const struct obligation_list *list = NULL;
	const struct json *node = NULL;
	struct text text;
	struct ctx *ctx = t_fresh(t);

	t_ok(ctx, tx_begin(ctx, TX_READ));
	t_ok(ctx, obligation_list(ctx, query, &list));
	t_ok(ctx, tx_end(ctx, OK));
	text_init(&text, ctx->arena);
	shape_write(&text, &obligation_list_shape, list);
	t_ok(ctx, json_parse(ctx, text_bytes(&text), &node));
	return node;
}

static int64_t
count_of(const struct json *list, const char *state)
{
	return json_get_int(json_get(list, "counts"), state, -1);
}

static void
my_work_shows_own_obligations_and_what_waits_below(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	const struct obligation_query mine = { .mine = true, .limit = 100 };
	const struct json *list = NULL;
	const struct json *first = NULL;

	world_be(w, w->commune[0], "clerk");
	list = obligations(t, &mine);
	first = json_at(json_get(list, "items"), 0);
	/* All periods since the form holds, the newest first. */
	assert_int_equal(count_of(list, "all"), 21);
	assert_int_equal(count_of(list, "late"), 20);
	assert_int_equal(count_of(list, "older"), 20);
	assert_int_equal(count_of(list, "todo"), 21);
	assert_string_equal(json_get_text(first, "period"), "2025-Q1");
	assert_string_equal(json_get_text(first, "next"), "fill");

	(void)world_sent(w, w->commune[1], CELLS_GOOD);
	world_be(w, w->district[0], "collector");
	list = obligations(t, &mine);
	assert_int_equal(count_of(list, "all"), 1);
	first = json_at(json_get(list, "items"), 0);
	assert_string_equal(json_get_text(first, "next"), "review");
	assert_int_equal(json_get_int(first, "unit", 0), w->commune[1]);
	world_be(w, w->district[1], "collector");
	assert_int_equal(count_of(obligations(t, &mine), "all"), 0);
}

static void
a_collector_sees_who_sent_and_who_did_not(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct obligation_query query = { .form = WORLD_FORM,
		.period = WORLD_PERIOD,
		.limit = 2 };
	const struct json *list = NULL;
	const struct obligation_list *none = NULL;
	struct ctx *ctx = NULL;

	(void)world_sent(w, w->commune[1], CELLS_GOOD);
	world_be(w, w->district[0], "collector");
	query.unit = "area:district-D0@2025-01-01";
	list = obligations(t, &query);
	/* The district's own and three communes. */
	assert_int_equal(count_of(list, "all"), 4);
	assert_int_equal(count_of(list, "sent"), 1);
	assert_int_equal(count_of(list, "not_started"), 3);
	assert_int_equal(json_count(json_get(list, "items")), 2);
	query.after = json_get_int(list, "next", 0);
	list = obligations(t, &query);
	assert_int_equal(json_count(json_get(list, "items")), 2);
	assert_true(json_type(json_get(list, "next")) == JSON_IS_NULL);
	query.after = 0;
	query.state = "sent";
	list = obligations(t, &query);
	assert_int_equal(json_count(json_get(list, "items")), 1);

	world_be(w, w->stranger, "clerk");
	ctx = t_fresh(t);
	t_ok(ctx, tx_begin(ctx, TX_READ));
	t_fails(ctx, obligation_list(ctx, &query, &none), FAIL_DENIED,
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
		.cells = CELLS_GOOD };

	(void)world_sent(w, w->commune[0], CELLS_GOOD);
	(void)world_sent(w, w->commune[4], CELLS_GOOD);
	world_be(w, w->commune[2], "clerk");
	t_ok(&t->ctx, t_unit(t, act_open, &draft));
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(history_tells_who_did_what),
		t_test(a_period_closes_with_nothing_open_or_with_a_reason),
		t_test(a_closing_is_taken_back_with_a_reason),
		t_test(my_work_shows_own_obligations_and_what_waits_below),
		t_test(a_collector_sees_who_sent_and_who_did_not),
		t_test(a_list_holds_only_what_one_may_see),
	};
	return t_run(tests);
}
