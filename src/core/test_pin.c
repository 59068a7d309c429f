#include "t.h"

#include "core/pin.h"

static const char first[] = "first";
static const char second[] = "second";

struct picture {
	int unpinned;
};

static void
unpin(void *picture)
{
	((struct picture *)picture)->unpinned++;
}

static void
each_owner_has_his_own_picture(void **state)
{
	struct t *t = *state;
	struct picture a = { 0 };
	struct picture b = { 0 };

	assert_null(pin_current(&t->ctx, first));
	pin_keep(&t->ctx, first, &a, unpin);
	assert_null(pin_current(&t->ctx, second));
	pin_keep(&t->ctx, second, &b, NULL);
	assert_ptr_equal(pin_current(&t->ctx, first), &a);
	assert_ptr_equal(pin_current(&t->ctx, second), &b);
	assert_int_equal(a.unpinned, 0);
	(void)t_fresh(t);
	assert_null(pin_current(&t->ctx, first));
	assert_int_equal(a.unpinned, 1);
	assert_int_equal(b.unpinned, 0);
}

static void
a_renewed_one_is_taken_again_and_held_once(void **state)
{
	struct t *t = *state;
	struct picture a = { 0 };
	struct picture b = { 0 };

	pin_keep(&t->ctx, first, &a, unpin);
	pin_renew(&t->ctx);
	assert_null(pin_current(&t->ctx, first));
	/* The same again: the second pin is given back at once. */
	pin_keep(&t->ctx, first, &a, unpin);
	assert_int_equal(a.unpinned, 1);
	assert_ptr_equal(pin_current(&t->ctx, first), &a);
	/* Another: the older stays held, as somebody may look at it. */
	pin_renew(&t->ctx);
	pin_keep(&t->ctx, first, &b, unpin);
	assert_int_equal(a.unpinned, 1);
	assert_int_equal(b.unpinned, 0);
	assert_ptr_equal(pin_current(&t->ctx, first), &b);
	(void)t_fresh(t);
	assert_int_equal(a.unpinned, 2);
	assert_int_equal(b.unpinned, 1);
}

static void
a_picture_outlives_an_arena_that_ctx_had_for_a_while(void **state)
{
	struct t *t = *state;
	struct arena *outer = t->ctx.arena;
	struct picture a = { 0 };

	t->ctx.arena = arena_child(outer);
	pin_keep(&t->ctx, first, &a, unpin);
	arena_free(t->ctx.arena);
	t->ctx.arena = outer;
	assert_int_equal(a.unpinned, 0);
	assert_ptr_equal(pin_current(&t->ctx, first), &a);
	(void)t_fresh(t);
	assert_int_equal(a.unpinned, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(each_owner_has_his_own_picture),
		t_test(a_renewed_one_is_taken_again_and_held_once),
		t_test(a_picture_outlives_an_arena_that_ctx_had_for_a_while),
	};
	return t_run(tests);
}
