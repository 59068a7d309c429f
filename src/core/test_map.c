#include "t.h"

#include "core/map.h"

static int things[20000];

static void
an_empty_map_finds_nothing(void **state)
{
	struct t *t = *state;
	const struct map *map = map_new(t->arena, 0);

	assert_null(map_get(map, 0));
	assert_null(map_get_text(map, ""));
	assert_int_equal(map_count(map), 0);
}

static void
numbers_are_found_through_every_growth(void **state)
{
	struct t *t = *state;
	struct map *map = map_new(t->arena, 0);

	for (int i = 0; i < 20000; i++) {
		map_put(map, (int64_t)i * 4096 - 100000, &things[i]);
		assert_int_equal(map_count(map), i + 1);
	}
	for (int i = 0; i < 20000; i++)
		assert_ptr_equal(map_get(map, (int64_t)i * 4096 - 100000),
		    &things[i]);
	assert_null(map_get(map, 1));
	assert_null(map_get(map, INT64_MAX));
}

static void
texts_are_found_through_every_growth(void **state)
{
	struct t *t = *state;
	struct map *map = map_new(t->arena, 100);

	for (int i = 0; i < 5000; i++)
		map_put_text(map, arena_printf(t->arena, "xã-%d", i),
		    &things[i]);
	for (int i = 0; i < 5000; i++)
		assert_ptr_equal(map_get_text(map,
				     arena_printf(t->arena, "xã-%d", i)),
		    &things[i]);
	assert_null(map_get_text(map, "xã-5000"));
	assert_null(map_get_text(map, "xa-1"));
	assert_int_equal(map_count(map), 5000);
}

static void
a_later_put_replaces(void **state)
{
	struct t *t = *state;
	struct map *map = map_new(t->arena, 4);

	map_put(map, INT64_MIN, &things[0]);
	map_put(map, INT64_MIN, &things[1]);
	map_put_text(map, "", &things[2]);
	map_put_text(map, "", &things[3]);
	assert_ptr_equal(map_get(map, INT64_MIN), &things[1]);
	assert_ptr_equal(map_get_text(map, ""), &things[3]);
	assert_int_equal(map_count(map), 2);
}

static void
a_text_of_digits_is_not_the_number(void **state)
{
	struct t *t = *state;
	struct map *map = map_new(t->arena, 0);

	map_put(map, 1, &things[0]);
	map_put_text(map, "1", &things[1]);
	assert_ptr_equal(map_get(map, 1), &things[0]);
	assert_ptr_equal(map_get_text(map, "1"), &things[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(an_empty_map_finds_nothing),
		t_test(numbers_are_found_through_every_growth),
		t_test(texts_are_found_through_every_growth),
		t_test(a_later_put_replaces),
		t_test(a_text_of_digits_is_not_the_number),
	};
	return t_run(tests);
}
