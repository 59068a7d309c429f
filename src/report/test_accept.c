#include "report/option.h"
#include "report/t_act.h"

#include <stdlib.h>

#include "core/arena.h"
#include "ledger/ledger.h"

/* Many reports accepted by one request, in units of work of two. */
#define REPORTS 3

static const struct option *const tables[] = { report_option_table, NULL };

struct desk {
	struct t *t;
	struct world *world;
	struct report_outcome items[REPORTS + 1]; /* the last one is unknown */
};

static void
end_options(void *object)
{
	struct t *t = object;

	options_free(t->home.options);
	t->home.options = NULL;
	(void)unsetenv("TRUC_REPORT_ACCEPTED_AT_ONCE");
}

static struct desk
start(void **state)
{
	struct desk desk = { .t = *state };
	struct t *t = desk.t;

	assert_int_equal(setenv("TRUC_REPORT_ACCEPTED_AT_ONCE", "2", 1), 0);
	t_defer(t, end_options, t);
	t_ok(&t->ctx, options_read(&t->ctx, "/nowhere/truc.conf", tables,
			  &t->home.options));
	desk.world = world_new(t);
	for (int i = 0; i < REPORTS; i++)
		desk.items[i].id =
		    world_sent(desk.world, desk.world->commune[i], CELLS_GOOD);
	desk.items[REPORTS].id = 999999;
	world_be(desk.world, desk.world->district[0], "collector");
	return desk;
}

static enum fail
accept_all(struct desk *desk)
{
	return report_accept_many(t_fresh(desk->t), desk->items,
	    ARRAY_SIZE(desk->items));
}

static void
assert_all_accepted(const struct desk *desk)
{
	for (int i = 0; i < REPORTS; i++) {
		assert_true(desk->items[i].ok);
		assert_null(desk->items[i].code);
		assert_state(desk->t, desk->items[i].id, "accepted");
	}
	assert_false(desk->items[REPORTS].ok);
	assert_string_equal(desk->items[REPORTS].code, "report.unknown");
	assert_totals(desk->world, desk->world->nation, "21", "21");
}

static void
each_has_its_outcome_and_a_second_time_changes_nothing(void **state)
{
	struct desk desk = start(state);
	int64_t size = 0;

	t_ok(&desk.t->ctx, accept_all(&desk));
	assert_all_accepted(&desk);
	size = ledger_size(desk.t->home.ledger);
	t_ok(&desk.t->ctx, accept_all(&desk));
	assert_all_accepted(&desk);
	assert_int_equal(ledger_size(desk.t->home.ledger), size);
}

static void
who_may_not_accept_is_not_told_that_it_is_done(void **state)
{
	struct desk desk = start(state);

	t_ok(&desk.t->ctx, accept_all(&desk));
	world_be(desk.world, desk.world->province, "collector");
	t_ok(&desk.t->ctx, accept_all(&desk));
	for (int i = 0; i < REPORTS; i++) {
		assert_false(desk.items[i].ok);
		assert_string_equal(desk.items[i].code, "access.denied");
	}
}

/*
 * Whatever step breaks: whole units of work are done or not, and the same
 * request again does what is left, once.
 */
static void
said_again_after_a_failure_it_accepts_the_rest(void **state)
{
	int64_t done_before[REPORTS + 1] = { 0 };
	struct t *t = *state;
	struct desk desk = start(state);
	const int64_t size = ledger_size(t->home.ledger);

	for (int step = 1;; step++) {
		enum fail got = OK;
		int64_t done = 0;

		t->faults = (struct faults){ .at = step };
		got = accept_all(&desk);
		if (t->faults.fired == 0) {
			t->faults = (struct faults){ 0 };
			t_ok(&t->ctx, got);
			break;
		}
		t->faults = (struct faults){ 0 };
		assert_true(got == FAIL_INTERNAL || got == FAIL_UPSTREAM);
		done = ledger_size(t->home.ledger) - size;
		assert_true(done == 0 || done == 2 || done == REPORTS);
		done_before[done]++;
	}
	assert_true(done_before[0] > 0 && done_before[2] > 0);
	assert_int_equal(ledger_size(t->home.ledger) - size, REPORTS);
	assert_all_accepted(&desk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(each_has_its_outcome_and_a_second_time_changes_nothing),
		t_test(who_may_not_accept_is_not_told_that_it_is_done),
		t_test(said_again_after_a_failure_it_accepts_the_rest),
	};

	return t_run(tests);
}
