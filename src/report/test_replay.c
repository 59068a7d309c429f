#include "report/t_act.h"

#include <stdio.h>

#include "codec/json.h"
#include "core/text.h"
#include "cube/cube.h"
#include "ledger/ledger.h"
#include "report/body.h"
#include "report/check.h"
#include "store/query.h"

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
	struct doing doing = { .world = w,
		.reason = "why",
		.cells = CELLS_MORE };
	char before[3][2][16];
	const int64_t units[] = { w->nation, w->district[0], w->commune[0] };
	struct cube *built = NULL;

	doing.id = world_sent(w, w->commune[0], CELLS_GOOD);
	(void)world_sent(w, w->commune[1], CELLS_MORE);
	(void)world_sent(w, w->commune[4], CELLS_MORE);
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, act_accept, &doing));
	world_be_both(w, w->commune[0]);
	t_ok(&t->ctx, t_unit(t, act_amend, &doing));
	t_ok(&t->ctx, t_unit(t, act_save, &doing));
	t_ok(&t->ctx, t_unit(t, act_submit, &doing));
	t_ok(&t->ctx, t_unit(t, act_sign, &doing));
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, act_send_back, &doing));
	for (size_t u = 0; u < ARRAY_SIZE(units); u++)
		for (int b = 0; b < 2; b++)
			snprintf(before[u][b], sizeof(before[u][b]), "%s",
			    world_total(w, units[u], "a.c1", b));
	built = cube_of(&t->home);
	cube_attach(&t->home, cube_new());
	t_ok(&t->ctx, t_read(t, replay, NULL));
	for (size_t u = 0; u < ARRAY_SIZE(units); u++)
		for (int b = 0; b < 2; b++)
			assert_string_equal(world_total(w, units[u], "a.c1", b),
			    before[u][b]);
	cube_free(cube_of(&t->home));
	cube_attach(&t->home, built);
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
	struct doing doing = { .world = w,
		.reason = "why",
		.cells = CELLS_MORE };
	uint64_t before = 0;
	int64_t count = 0;

	doing.id = world_sent(w, w->commune[0], CELLS_GOOD);
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, act_send_back, &doing));
	(void)world_sent(w, w->commune[1], CELLS_GOOD);
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

	doing.id = world_sent(w, w->commune[0], CELLS_GOOD);
	world_be(w, w->district[0], "collector");
	t_ok(&t->ctx, t_unit(t, act_send_back, &doing));
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_replay_of_the_ledger_gives_the_same_totals),
		t_test(a_rebuild_puts_right_what_the_ledger_does_not_bear_out),
		t_test(a_body_is_canonical_and_splits_into_its_parts),
	};
	return t_run(tests);
}
