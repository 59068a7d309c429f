#include "core/text.h"
#include "jobs/jobs.h"
#include "people/t_people.h"
#include "toy/inside.h"
#include "toy/slice.h"
#include "toy/state.h"
#include "toy/toy.h"
#include "toy/toy.sql.h"
#include "trust/trust.h"

#define UNIT 7

static void
t_toys_end(void *home)
{
	toys_close(home);
}

static void
begin(struct t *t)
{
	t_store(t);
	t_people(t, NULL);
	t_people_ledger(t);
	t_grant(t, toy_slice.grants);
	t->ctx.actor = &access_system;
	t_ok(&t->ctx, toys_open(&t->ctx));
	t_defer(t, t_toys_end, &t->home);
}

static enum fail
make(struct ctx *ctx, void *arg)
{
	struct toy *toy = NULL;

	TRY(toy_make(ctx, UNIT, "Con quay", NULL, &toy));
	*(int64_t *)arg = toy->id;
	return OK;
}

static enum fail
polish(struct ctx *ctx, void *arg)
{
	return toy_polish(ctx, *(int64_t *)arg);
}

static enum fail
break_it(struct ctx *ctx, void *arg)
{
	struct toy *toy = NULL;

	return toy_break(ctx, *(int64_t *)arg, &toy);
}

struct wanted {
	int64_t id;
	int64_t state;
};

static enum fail
look(struct ctx *ctx, void *arg)
{
	const struct wanted *wanted = arg;
	struct toy *toy = NULL;

	TRY(toy_load(ctx, wanted->id, &toy));
	assert_int_equal(toy->state, wanted->state);
	assert_string_equal(toy->state_name, toy_states[wanted->state]);
	return OK;
}

static void
assert_state(struct t *t, int64_t id, int64_t state)
{
	struct wanted wanted = { id, state };

	t_ok(&t->ctx, t_read(t, look, &wanted));
}

static void
a_toy_is_made_and_polished_once(void **state)
{
	struct t *t = *state;
	int64_t id = 0;

	begin(t);
	t_ok(&t->ctx, t_unit(t, make, &id));
	assert_state(t, id, TOY_NEW);
	t_ok(&t->ctx, t_unit(t, polish, &id));
	t_ok(&t->ctx, t_unit(t, polish, &id));
	assert_state(t, id, TOY_POLISHED);
	assert_int_equal(toys_polished(&t->home), 1);
}

static void
a_broken_toy_stays_as_it_is(void **state)
{
	struct t *t = *state;
	int64_t id = 0;

	begin(t);
	t_ok(&t->ctx, t_unit(t, make, &id));
	t_ok(&t->ctx, t_unit(t, break_it, &id));
	t_fails(&t->ctx, t_unit(t, break_it, &id), FAIL_CONFLICT, "toy.state");
	t_ok(&t->ctx, t_unit(t, polish, &id));
	assert_state(t, id, TOY_BROKEN);
}

static void
any_failure_makes_no_toy(void **state)
{
	struct t *t = *state;
	int64_t id = 0;

	begin(t);
	t_each_failure(t, make, &id);
	t_each_failure(t, polish, &id);
}

static enum fail
job_without_a_toy(struct ctx *ctx, void *arg)
{
	struct job job = { .args = "none" };

	(void)arg;
	return toy_jobs[0].run(ctx, &job);
}

static void
a_job_that_names_no_toy_fails(void **state)
{
	struct t *t = *state;

	begin(t);
	t_fails(&t->ctx, t_unit(t, job_without_a_toy, NULL), FAIL_INTERNAL,
	    "toy.job");
}

/* A picture without its blob, which only a hand can write. */
static enum fail
lose_a_picture(struct ctx *ctx, void *arg)
{
	static const uint8_t none[DIGEST_LEN];
	int64_t changed = 0;

	return sql_toy_set_picture(ctx, *(int64_t *)arg,
	    (struct bytes){ none, sizeof(none) }, &changed);
}

static enum fail
check(struct ctx *ctx, void *arg)
{
	struct text said;

	(void)arg;
	text_init(&said, ctx->arena);
	return toy_checks[0].run(ctx, &said);
}

static void
the_doctor_misses_a_lost_picture(void **state)
{
	struct t *t = *state;
	int64_t id = 0;

	begin(t);
	t_ok(&t->ctx, t_unit(t, make, &id));
	t_ok(&t->ctx, t_read(t, check, NULL));
	t_ok(&t->ctx, t_unit(t, lose_a_picture, &id));
	t_fails(&t->ctx, t_read(t, check, NULL), FAIL_INTERNAL, "toy.picture");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_toy_is_made_and_polished_once),
		t_test(a_broken_toy_stays_as_it_is),
		t_test(any_failure_makes_no_toy),
		t_test(a_job_that_names_no_toy_fails),
		t_test(the_doctor_misses_a_lost_picture),
	};

	return t_run(tests);
}
