#include "t.h"

#include <stdint.h>
#include <string.h>

struct note {
	char order[8];
	size_t count;
};

struct mark {
	struct note *note;
	char name;
};

static void
write_down(void *object)
{
	const struct mark *mark = object;

	mark->note->order[mark->note->count++] = mark->name;
}

static void
memory_is_zeroed_and_aligned(void **state)
{
	struct t *t = *state;

	for (size_t size = 0; size < 9000; size += 13) {
		unsigned char *at = arena_alloc(t->arena, size, 1);

		assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(at[i], 0);
		memset(at, 0xff, size);
	}
}

static void
memory_is_zeroed_again_after_a_reset(void **state)
{
	AUTO(arena_end) struct arena *arena = arena_new(0);

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 200; i++) {
			unsigned char *at = arena_alloc(arena, 100, 1);

			for (size_t j = 0; j < 100; j++)
				assert_int_equal(at[j], 0);
			memset(at, 0xff, 100);
		}
		assert_int_equal(arena_used(arena), 20000);
		arena_reset(arena);
		assert_int_equal(arena_used(arena), 0);
	}
}

static void
objects_do_not_overlap(void **state)
{
	struct t *t = *state;
	unsigned char *parts[500];

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		parts[i] = arena_alloc(t->arena, i * 7 + 1, 1);
		memset(parts[i], (int)(i % 251), i * 7 + 1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		for (size_t j = 0; j < i * 7 + 1; j++)
			assert_int_equal(parts[i][j], i % 251);
}

static void
a_big_object_has_a_block_of_its_own(void **state)
{
	struct t *t = *state;
	char *small = arena_text(t->arena, "before");
	char *big = arena_alloc(t->arena, 3, 1024 * 1024);
	char *after = arena_text(t->arena, "after");

	memset(big, 'x', (size_t)3 * 1024 * 1024);
	assert_string_equal(small, "before");
	assert_string_equal(after, "after");
	assert_true(arena_used(t->arena) > (size_t)3 * 1024 * 1024);
}

static void
deferred_ends_run_newest_first(void **state)
{
	struct note note = { .count = 0 };
	struct mark a = { &note, 'a' };
	struct mark b = { &note, 'b' };
	struct mark c = { &note, 'c' };
	struct arena *arena = arena_new(0);

	(void)state;
	arena_defer(arena, write_down, &a);
	arena_defer(arena, write_down, &b);
	arena_defer(arena, write_down, &c);
	arena_reset(arena);
	assert_string_equal(note.order, "cba");
	arena_free(arena);
	assert_string_equal(note.order, "cba");
}

static void
a_child_ends_before_what_its_parent_deferred(void **state)
{
	struct note note = { .count = 0 };
	struct mark parent = { &note, 'p' };
	struct mark first = { &note, '1' };
	struct mark second = { &note, '2' };
	struct arena *arena = arena_new(0);

	(void)state;
	arena_defer(arena_child(arena), write_down, &first);
	arena_defer(arena_child(arena), write_down, &second);
	arena_defer(arena, write_down, &parent);
	arena_free(arena);
	assert_string_equal(note.order, "21p");
}

static void
children_may_be_freed_in_any_order(void **state)
{
	for (int skip = 0; skip < 3; skip++) {
		struct arena *arena = arena_new(0);
		struct arena *children[3];

		for (size_t i = 0; i < 3; i++) {
			children[i] = arena_child(arena);
			(void)arena_text(children[i], "held");
		}
		for (int i = 0; i < 3; i++)
			if (i != skip)
				arena_end(&children[i]);
		(void)arena_text(children[skip], "still usable");
		arena_free(arena);
	}
	(void)state;
}

static void
passing_the_soft_limit_is_remembered(void **state)
{
	AUTO(arena_end) struct arena *arena = arena_new(1000);

	(void)state;
	(void)arena_alloc(arena, 1000, 1);
	assert_false(arena_over(arena));
	(void)arena_alloc(arena, 1, 1);
	assert_true(arena_over(arena));
	arena_reset(arena);
	assert_false(arena_over(arena));
}

static void
a_child_may_use_what_its_parent_has_left(void **state)
{
	AUTO(arena_end) struct arena *arena = arena_new(1000);
	struct arena *child = NULL;

	(void)state;
	(void)arena_alloc(arena, 900, 1);
	child = arena_child(arena);
	(void)arena_alloc(child, 100, 1);
	assert_false(arena_over(child));
	(void)arena_alloc(child, 100, 1);
	assert_true(arena_over(child));
}

static void
no_limit_is_never_over(void **state)
{
	AUTO(arena_end) struct arena *arena = arena_new(0);

	(void)state;
	(void)arena_alloc(arena, 1, 5000000);
	assert_false(arena_over(arena));
	assert_false(arena_over(arena_child(arena)));
}

static void
texts_are_copied_and_null_stays_null(void **state)
{
	struct t *t = *state;
	char from[] = "sổ cái";
	char *copy = arena_text(t->arena, from);

	from[0] = 'x';
	assert_string_equal(copy, "sổ cái");
	assert_null(arena_text(t->arena, NULL));
	assert_string_equal(arena_text_n(t->arena, "abcdef", 3), "abc");
	assert_string_equal(arena_text_n(t->arena, NULL, 0), "");
	assert_memory_equal(arena_copy(t->arena, "a\0b", 3), "a\0b", 3);
}

static void
a_printed_text_may_be_longer_than_any_guess(void **state)
{
	struct t *t = *state;

	for (int width = 250; width < 262; width++) {
		const char *text = arena_printf(t->arena, "%*d", width, 7);

		assert_int_equal(strlen(text), width);
		assert_int_equal(text[width - 1], '7');
	}
	assert_string_equal(arena_printf(t->arena, "%s-%d", "a", 1), "a-1");
}

static void
freeing_nothing_does_nothing(void **state)
{
	struct arena *none = NULL;

	(void)state;
	arena_free(NULL);
	arena_end(&none);
	assert_null(none);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(memory_is_zeroed_and_aligned),
		t_test(memory_is_zeroed_again_after_a_reset),
		t_test(objects_do_not_overlap),
		t_test(a_big_object_has_a_block_of_its_own),
		t_test(deferred_ends_run_newest_first),
		t_test(a_child_ends_before_what_its_parent_deferred),
		t_test(children_may_be_freed_in_any_order),
		t_test(passing_the_soft_limit_is_remembered),
		t_test(a_child_may_use_what_its_parent_has_left),
		t_test(no_limit_is_never_over),
		t_test(texts_are_copied_and_null_stays_null),
		t_test(a_printed_text_may_be_longer_than_any_guess),
		t_test(freeing_nothing_does_nothing),
	};
	return t_run(tests);
}
