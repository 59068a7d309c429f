#include "core/watch.h"

#include "core/day.h"
#include "t.h"

#define BOUND (60 * SECOND_US)
#define BEGAN INT64_C(1752544800000000)

/* Two clocks that the test owns. */
static void
read_both(void *clock, struct watch_clocks *ret)
{
	*ret = *(const struct watch_clocks *)clock;
}

static void
end(void *watch)
{
	watch_free(watch);
}

static struct watch *
watch_on(struct t *t, struct watch_clocks *now)
{
	struct watch *watch = watch_new(read_both, now, BOUND);

	t_defer(t, end, watch);
	t->home.watch = watch;
	return watch;
}

static struct watch_clocks
begun(void)
{
	return (struct watch_clocks){ BEGAN, 1000 * SECOND_US };
}

/* Time passes as it should. */
static void
pass(struct watch_clocks *now, int64_t us)
{
	now->wall_us += us;
	now->steady_us += us;
}

static void
seen(struct watch *watch, enum watch_state wanted, int64_t off_us)
{
	int64_t off = 0;

	assert_int_equal(watch_look(watch, &off), wanted);
	assert_int_equal(off, off_us);
}

static void
a_clock_that_runs_or_sleeps_is_believed(void **state)
{
	struct watch_clocks now = begun();
	struct watch *watch = watch_on(*state, &now);

	seen(watch, WATCH_RIGHT, 0);
	/* The steady count goes on while the machine sleeps. */
	pass(&now, 90 * DAY_US);
	seen(watch, WATCH_RIGHT, 0);
}

static void
a_leap_is_over_once_the_clock_is_back(void **state)
{
	static const int64_t leaps[] = { BOUND + 1, -BOUND - 1, HOUR_US,
		-HOUR_US, 3650 * DAY_US, -3650 * DAY_US };
	struct watch_clocks now = begun();
	struct watch *watch = watch_on(*state, &now);

	seen(watch, WATCH_RIGHT, 0);
	for (size_t i = 0; i < ARRAY_SIZE(leaps); i++) {
		now.wall_us += leaps[i];
		seen(watch, WATCH_LEAPT, leaps[i]);
		/* It becomes no better by waiting. */
		pass(&now, 400 * DAY_US);
		seen(watch, WATCH_LEAPT, leaps[i]);
		now.wall_us -= leaps[i];
		seen(watch, WATCH_RIGHT, 0);
	}
}

static void
a_leap_that_nobody_saw_begin_is_one_after_a_quiet_day(void **state)
{
	struct watch_clocks now = begun();
	struct watch *watch = watch_on(*state, &now);

	seen(watch, WATCH_RIGHT, 0);
	pass(&now, DAY_US);
	now.wall_us += HOUR_US;
	seen(watch, WATCH_LEAPT, HOUR_US);
	now.wall_us -= HOUR_US;
	seen(watch, WATCH_RIGHT, 0);
}

static void
small_steps_are_followed_a_thousandth_at_a_time(void **state)
{
	struct watch_clocks now = begun();
	struct watch *watch = watch_on(*state, &now);

	seen(watch, WATCH_RIGHT, 0);
	/* A step a day, each half of the bound: never a leap. */
	for (int i = 0; i < 100; i++) {
		pass(&now, DAY_US);
		now.wall_us += BOUND / 2;
		seen(watch, WATCH_RIGHT, BOUND / 2);
		pass(&now, SECOND_US);
		seen(watch, WATCH_RIGHT, 0);
	}
	/* The same steps at once are one. */
	now.wall_us += BOUND / 2;
	seen(watch, WATCH_RIGHT, BOUND / 2);
	now.wall_us += BOUND / 2 + 1;
	seen(watch, WATCH_LEAPT, BOUND + 1);
}

static void
often_looked_at_it_follows_as_well(void **state)
{
	struct watch_clocks now = begun();
	struct watch *watch = watch_on(*state, &now);
	int64_t off = 0;

	seen(watch, WATCH_RIGHT, 0);
	now.wall_us += SECOND_US;
	/* 2,000 s in steps of 100 ms. */
	for (int i = 0; i < 20000; i++) {
		pass(&now, SECOND_US / 10);
		assert_int_equal(watch_look(watch, &off), WATCH_RIGHT);
	}
	assert_int_equal(off, 0);
}

static void
without_a_gap_only_a_time_before_the_last_one_is_doubted(void **state)
{
	struct watch_clocks now = begun();
	struct watch *watch = watch_on(*state, &now);
	struct watch_mark mark = { 0 };

	watch_not_before(watch, BEGAN + HOUR_US);
	seen(watch, WATCH_BEHIND, -HOUR_US);
	assert_false(watch_mark_of(watch, &mark));
	/* Put right, by far more than the bound. */
	now.wall_us += 30 * DAY_US;
	seen(watch, WATCH_RIGHT, 0);
	assert_true(watch_mark_of(watch, &mark));
	/* From here on a leap is one. */
	now.wall_us -= 30 * DAY_US;
	seen(watch, WATCH_LEAPT, -30 * DAY_US);
}

static void
a_stop_forgets_no_leap(void **state)
{
	struct watch_clocks now = begun();
	struct watch *watch = watch_on(*state, &now);
	struct watch_mark mark = { 0 };

	seen(watch, WATCH_RIGHT, 0);
	assert_true(watch_mark_of(watch, &mark));
	watch = watch_on(*state, &now);
	pass(&now, HOUR_US);
	now.wall_us += DAY_US;
	watch_go_on(watch, &mark);
	watch_not_before(watch, BEGAN);
	seen(watch, WATCH_LEAPT, DAY_US);
}

static void
what_is_accepted_is_believed(void **state)
{
	struct watch_clocks now = begun();
	struct watch *watch = watch_on(*state, &now);

	seen(watch, WATCH_RIGHT, 0);
	now.wall_us += DAY_US;
	seen(watch, WATCH_LEAPT, DAY_US);
	watch_accept(watch);
	seen(watch, WATCH_RIGHT, 0);
	now.wall_us -= DAY_US;
	seen(watch, WATCH_LEAPT, -DAY_US);
}

static void
nothing_is_written_by_a_clock_that_is_off(void **state)
{
	struct t *t = *state;
	struct watch_clocks now = begun();
	struct ctx *ctx = &t->ctx;

	ctx->now_us = now.wall_us;
	/* A clock that was handed in has no watch. */
	t_ok(ctx, watch_check(ctx));
	watch_not_before(watch_on(t, &now), BEGAN + HOUR_US);
	t_fails(ctx, watch_check(ctx), FAIL_BUSY, "clock.behind");
	now.wall_us = ctx->now_us = BEGAN + HOUR_US;
	t_ok(ctx, watch_check(ctx));
	now.wall_us += DAY_US;
	t_fails(ctx, watch_check(ctx), FAIL_BUSY, "clock.leapt");
	/* Who began meanwhile has a time that was never so. */
	ctx->now_us = now.wall_us;
	now.wall_us -= DAY_US;
	t_fails(ctx, watch_check(ctx), FAIL_BUSY, "clock.leapt");
	/* Who began before and waited is well. */
	ctx->now_us = now.wall_us;
	pass(&now, HOUR_US);
	t_ok(ctx, watch_check(ctx));
}

static void
an_acceptance_that_is_taken_back_leaves_what_was(void **state)
{
	struct watch_clocks now = begun();
	struct watch *watch = watch_on(*state, &now);
	struct watch_mark before = { 0 };

	seen(watch, WATCH_RIGHT, 0);
	assert_true(watch_mark_of(watch, &before));
	now.wall_us += DAY_US;
	seen(watch, WATCH_LEAPT, DAY_US);
	watch_accept(watch);
	watch_doubt(watch, &before);
	seen(watch, WATCH_LEAPT, DAY_US);
	now.wall_us -= DAY_US;
	seen(watch, WATCH_RIGHT, 0);
}

static void
without_a_gap_before_there_is_none_afterwards(void **state)
{
	struct watch_clocks now = begun();
	struct watch *watch = watch_on(*state, &now);

	watch_not_before(watch, BEGAN + DAY_US);
	seen(watch, WATCH_BEHIND, -DAY_US);
	watch_accept(watch);
	watch_doubt(watch, NULL);
	seen(watch, WATCH_BEHIND, -DAY_US);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_clock_that_runs_or_sleeps_is_believed),
		t_test(a_leap_is_over_once_the_clock_is_back),
		t_test(a_leap_that_nobody_saw_begin_is_one_after_a_quiet_day),
		t_test(small_steps_are_followed_a_thousandth_at_a_time),
		t_test(often_looked_at_it_follows_as_well),
		t_test(
		    without_a_gap_only_a_time_before_the_last_one_is_doubted),
		t_test(a_stop_forgets_no_leap),
		t_test(what_is_accepted_is_believed),
		t_test(an_acceptance_that_is_taken_back_leaves_what_was),
		t_test(without_a_gap_before_there_is_none_afterwards),
		t_test(nothing_is_written_by_a_clock_that_is_off),
	};
	return t_run(tests);
}
