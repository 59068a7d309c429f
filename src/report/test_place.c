#include "report/place.h"

#include "report/report.sql.h"
#include "report/t_act.h"

/*
 * What is known in memory of reports and their places may be wrong in two ways: a
 * unit of work was not kept, or somebody else has written.
 */

static enum fail
open_and_fail(struct ctx *ctx, void *arg)
{
	TRY(act_open(ctx, arg));
	return FAIL(ctx, FAIL_CONFLICT, "test.no", "not this one");
}

static struct doing
doing_of(struct world *w, int commune)
{
	return (struct doing){ .world = w,
		.unit = w->commune[commune],
		.cells = CELLS_GOOD };
}

static void
a_report_that_was_opened_is_found(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = doing_of(w, 0);
	int64_t first = 0;

	world_be_both(w, w->commune[0]);
	t_ok(&t->ctx, t_unit(t, act_open, &doing));
	assert_true(doing.is_new);
	first = doing.id;
	t_ok(&t->ctx, t_unit(t, act_open, &doing));
	assert_false(doing.is_new);
	assert_int_equal(doing.id, first);
}

static void
a_place_taken_by_a_unit_that_failed_is_free_again(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing doing = doing_of(w, 0);

	world_be_both(w, w->commune[0]);
	t_fails(&t->ctx, t_unit(t, open_and_fail, &doing), FAIL_CONFLICT,
	    "test.no");
	t_ok(&t->ctx, t_unit(t, act_open, &doing));
	assert_true(doing.is_new);
	assert_state(t, doing.id, "draft");
}

/* SQLite gives its id again. */
static void
a_place_that_leads_to_anothers_report_is_free(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing lost = doing_of(w, 0);
	struct doing other = doing_of(w, 1);
	struct doing again = doing_of(w, 0);

	world_be_both(w, w->commune[0]);
	t_fails(&t->ctx, t_unit(t, open_and_fail, &lost), FAIL_CONFLICT,
	    "test.no");
	world_be_both(w, w->commune[1]);
	t_ok(&t->ctx, t_unit(t, act_open, &other));
	assert_int_equal(other.id, lost.id);
	world_be_both(w, w->commune[0]);
	t_ok(&t->ctx, t_unit(t, act_open, &again));
	assert_true(again.is_new);
	assert_int_not_equal(again.id, other.id);
}

/* As another process would. */
static enum fail
insert_behind(struct ctx *ctx, void *arg)
{
	struct doing *doing = arg;
	struct world *w = doing->world;
	struct sql_report_load *like = NULL;

	TRY(sql_report_load(ctx, doing->id, &like));
	return sql_report_insert(ctx, &(struct sql_report_insert_args){
					  .id = 500,
					  .form = like->form_id,
					  .period = like->period,
					  .unit = w->commune[1],
					  .work = like->work,
					  .revision = 1,
					  .draft = like->draft,
					  .draft_form = like->draft_form_id,
				      });
}

static void
a_report_that_came_from_elsewhere_is_found_at_the_second_try(void **state)
{
	struct t *t = *state;
	struct world *w = world_new(t);
	struct doing known = doing_of(w, 0);
	struct doing behind = doing_of(w, 1);

	world_be_both(w, w->commune[0]);
	t_ok(&t->ctx, t_unit(t, act_open, &known));
	t_ok(&t->ctx, t_unit(t, insert_behind, &known));
	world_be_both(w, w->commune[1]);
	t_fails(&t->ctx, t_unit(t, act_open, &behind), FAIL_CONFLICT,
	    "store.constraint");
	t_ok(&t->ctx, t_unit(t, act_open, &behind));
	assert_false(behind.is_new);
	assert_int_equal(behind.id, 500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_report_that_was_opened_is_found),
		t_test(a_place_taken_by_a_unit_that_failed_is_free_again),
		t_test(a_place_that_leads_to_anothers_report_is_free),
		t_test(
		    a_report_that_came_from_elsewhere_is_found_at_the_second_try),
	};

	return t_run(tests);
}
