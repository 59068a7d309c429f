#include "core/turnstile.h"

#include "t.h"

/* Who was called, in order. */
static struct turnstile_turn *called[8];
static int called_count;

static void
note(struct turnstile_turn *self)
{
	called[called_count++] = self;
}

static const struct turnstile_limits two_of_three = { .places = 2,
	.queue = 3,
	.share = 2,
	.wait_us = INT64_MAX / 2 };

static struct turnstile *
full(struct turnstile_turn in[2])
{
	struct turnstile *turnstile = turnstile_new();

	called_count = 0;
	for (int i = 0; i < 2; i++) {
		in[i] = (struct turnstile_turn){ .called = note };
		assert_false(turnstile_enter(turnstile, &two_of_three, &in[i]));
		assert_true(in[i].has_place);
	}
	return turnstile;
}

static void
leave(struct turnstile *turnstile, struct turnstile_turn *turn)
{
	turnstile_leave(turnstile, &two_of_three, turn);
}

static void
who_waits_is_called_in_the_order_of_coming(void **state)
{
	struct turnstile_turn in[2];
	struct turnstile_turn first = { .whose = 1, .called = note };
	struct turnstile_turn second = { .whose = 2, .called = note };
	struct turnstile *turnstile = full(in);

	(void)state;
	assert_true(turnstile_enter(turnstile, &two_of_three, &first));
	assert_true(turnstile_enter(turnstile, &two_of_three, &second));
	assert_int_equal(turnstile_waiting(turnstile), 2);
	assert_int_equal(called_count, 0);
	leave(turnstile, &in[1]);
	assert_int_equal(called_count, 1);
	assert_ptr_equal(called[0], &first);
	assert_true(first.has_place);
	/* Given up twice is given up once. */
	leave(turnstile, &in[1]);
	assert_int_equal(called_count, 1);
	leave(turnstile, &first);
	assert_ptr_equal(called[1], &second);
	leave(turnstile, &in[0]);
	leave(turnstile, &second);
	assert_int_equal(turnstile_waiting(turnstile), 0);
	turnstile_free(turnstile);
}

static void
a_full_queue_and_a_full_share_of_it_refuse(void **state)
{
	struct turnstile_turn in[2];
	struct turnstile_turn own[3] = { { .whose = 1, .called = note },
		{ .whose = 1, .called = note },
		{ .whose = 1, .called = note } };
	struct turnstile_turn other[2] = { { .whose = 2, .called = note },
		{ .whose = 3, .called = note } };
	struct turnstile *turnstile = full(in);

	(void)state;
	assert_true(turnstile_enter(turnstile, &two_of_three, &own[0]));
	assert_true(turnstile_enter(turnstile, &two_of_three, &own[1]));
	assert_false(turnstile_enter(turnstile, &two_of_three, &own[2]));
	assert_false(own[2].has_place);
	assert_true(turnstile_enter(turnstile, &two_of_three, &other[0]));
	assert_false(turnstile_enter(turnstile, &two_of_three, &other[1]));
	leave(turnstile, &in[0]);
	leave(turnstile, &in[1]);
	leave(turnstile, &own[0]);
	leave(turnstile, &own[1]);
	leave(turnstile, &own[2]); /* it never had one */
	leave(turnstile, &other[0]);
	assert_int_equal(called_count, 3);
	turnstile_free(turnstile);
}

static void
who_cannot_be_called_does_not_wait(void **state)
{
	struct turnstile_turn in[2];
	struct turnstile_turn deaf = { 0 };
	struct turnstile *turnstile = full(in);

	(void)state;
	assert_false(turnstile_enter(turnstile, &two_of_three, &deaf));
	assert_false(deaf.has_place);
	leave(turnstile, &in[0]);
	assert_false(turnstile_enter(turnstile, &two_of_three, &deaf));
	assert_true(deaf.has_place);
	leave(turnstile, &deaf);
	leave(turnstile, &in[1]);
	turnstile_free(turnstile);
}

static void
who_waited_too_long_is_called_without_a_place(void **state)
{
	/* Nobody may wait: whoever did is late. */
	const struct turnstile_limits now = { .places = 2,
		.queue = 3,
		.share = 3,
		.wait_us = -1 };
	struct turnstile_turn in[2];
	struct turnstile_turn late[2] = { { .whose = 1, .called = note },
		{ .whose = 2, .called = note } };
	struct turnstile *turnstile = full(in);

	(void)state;
	assert_true(turnstile_enter(turnstile, &now, &late[0]));
	assert_true(turnstile_enter(turnstile, &now, &late[1]));
	turnstile_leave(turnstile, &now, &in[0]);
	assert_int_equal(called_count, 2);
	assert_false(late[0].has_place);
	assert_false(late[1].has_place);
	leave(turnstile, &in[1]);
	turnstile_free(turnstile);
}

static void
more_places_are_taken_by_those_who_wait(void **state)
{
	struct turnstile_limits more = two_of_three;
	struct turnstile_turn in[2];
	struct turnstile_turn wait[3] = { { .whose = 1, .called = note },
		{ .whose = 2, .called = note },
		{ .whose = 3, .called = note } };
	struct turnstile_turn late = { .whose = 4, .called = note };
	struct turnstile *turnstile = full(in);

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(
		    turnstile_enter(turnstile, &two_of_three, &wait[i]));
	more.places = 4;
	more.queue = 4;
	/* Nobody overtakes. */
	assert_true(turnstile_enter(turnstile, &more, &late));
	turnstile_leave(turnstile, &more, &in[0]);
	assert_int_equal(called_count, 3);
	turnstile_leave(turnstile, &more, &in[1]);
	assert_ptr_equal(called[3], &late);
	for (int i = 0; i < 3; i++)
		leave(turnstile, &wait[i]);
	leave(turnstile, &late);
	turnstile_free(turnstile);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(who_waits_is_called_in_the_order_of_coming),
		t_test(a_full_queue_and_a_full_share_of_it_refuse),
		t_test(who_cannot_be_called_does_not_wait),
		t_test(who_waited_too_long_is_called_without_a_place),
		t_test(more_places_are_taken_by_those_who_wait),
	};

	return t_run(tests);
}
