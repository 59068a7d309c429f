#include "app/slice.h"

#include <string.h>

#include "t_app.h"

/* Slices of the tests: what each was asked to do, in order. */
static char said[64];

static void
note(char c)
{
	const size_t len = strlen(said);

	assert_true(len + 1 < sizeof(said));
	said[len] = c;
	said[len + 1] = '\0';
}

static enum fail
open_a(struct ctx *ctx)
{
	(void)ctx;
	note('a');
	return OK;
}

static enum fail
open_b(struct ctx *ctx)
{
	TRY(fault_step(ctx, "open"));
	note('b');
	return OK;
}

static enum fail
replay_b(struct ctx *ctx)
{
	(void)ctx;
	note('r');
	return OK;
}

static void
close_a(struct home *home)
{
	(void)home;
	note('A');
}

static void
close_b(struct home *home)
{
	(void)home;
	note('B');
}

static enum fail
get_nothing(struct ctx *ctx, struct call *call)
{
	return call_answer_none(ctx, call);
}

static const struct route known_rows[] = {
	{ .path = "/api/v1/a",
	    .permission = "a.read",
	    .handle = get_nothing,
	    .summary = "A." },
	{ 0 },
};
static const struct route unknown_rows[] = {
	{ .path = "/api/v1/b",
	    .permission = "b.write",
	    .handle = get_nothing,
	    .summary = "B." },
	{ 0 },
};
static const struct grant grants[] = { { "a.read", ROLE_CLERK }, { 0 } };

static const struct slice a = {
	.name = "a",
	.routes = (const struct route *const[]){ known_rows, NULL },
	.grants = grants,
	.open = open_a,
	.close = close_a,
};
static const struct slice b = {
	.name = "b",
	.open = open_b,
	.close = close_b,
	.replay = replay_b,
};
static const struct slice typo = {
	.name = "typo",
	.routes = (const struct route *const[]){ unknown_rows, NULL },
};
static const struct slice thief = { .name = "thief", .grants = grants };

static struct t *
start(void **state, const struct slice *const *slices)
{
	struct t *t = *state;

	said[0] = '\0';
	t_people(t, NULL);
	t->home.slices = slices;
	return t;
}

static void
slices_are_opened_in_order_and_closed_in_the_opposite_one(void **state)
{
	static const struct slice *const slices[] = { &a, &b, NULL };
	struct t *t = start(state, slices);

	t_ok(&t->ctx, slices_open(&t->ctx));
	t_ok(&t->ctx, slices_replay(&t->ctx));
	slices_close(&t->home);
	assert_string_equal(said, "abrBA");
}

static void
one_that_cannot_open_stops_the_start_and_is_closed(void **state)
{
	static const struct slice *const slices[] = { &a, &b, NULL };
	struct t *t = start(state, slices);
	struct faults faults = { .at = 1 };

	t->ctx.faults = &faults;
	t_fails(&t->ctx, slices_open(&t->ctx), FAIL_INTERNAL, "fault.injected");
	slices_close(&t->home);
	assert_string_equal(said, "aBA");
}

static void
a_row_with_an_unknown_permission_stops_the_start(void **state)
{
	static const struct slice *const slices[] = { &a, &typo, NULL };
	struct t *t = start(state, slices);

	assert_int_equal(slices_open(&t->ctx), FAIL_INTERNAL);
	assert_string_equal(t->ctx.failure.code, "slice.permission");
	assert_non_null(strstr(t->ctx.failure.message, "/api/v1/b"));
	assert_string_equal(said, "");
}

static void
a_permission_has_one_owner(void **state)
{
	static const struct slice *const slices[] = { &a, &thief, NULL };
	struct t *t = start(state, slices);

	t_fails(&t->ctx, slices_open(&t->ctx), FAIL_INTERNAL,
	    "access.granted_twice");
}

/* What is kept for the process is found by its owner alone. */
static void
a_state_has_one_owner(void **state)
{
	static const char mine[] = "mine";
	static const char yours[] = "yours";
	struct t *t = start(state, NULL);
	int thing = 0;

	assert_null(home_state(&t->home, mine));
	home_keep(&t->home, mine, &thing);
	assert_ptr_equal(home_state(&t->home, mine), &thing);
	assert_null(home_state(&t->home, yours));
	home_keep(&t->home, mine, NULL);
	assert_null(home_state(&t->home, mine));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(
		    slices_are_opened_in_order_and_closed_in_the_opposite_one),
		t_test(one_that_cannot_open_stops_the_start_and_is_closed),
		t_test(a_row_with_an_unknown_permission_stops_the_start),
		t_test(a_permission_has_one_owner),
		t_test(a_state_has_one_owner),
	};

	return t_run(tests);
}
