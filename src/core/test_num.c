#include "t.h"

#include "core/num.h"

static void
whole_numbers_are_read_within_their_bounds(void **state)
{
	int64_t got = 0;

	(void)state;
	assert_true(num_parse("0", 0, 0, &got));
	assert_int_equal(got, 0);
	assert_true(num_parse("-1", -1, 1, &got));
	assert_int_equal(got, -1);
	assert_true(num_parse("9223372036854775807", 0, INT64_MAX, &got));
	assert_int_equal(got, INT64_MAX);
	assert_true(num_parse("-9223372036854775808", INT64_MIN, 0, &got));
	assert_int_equal(got, INT64_MIN);
}

static void
everything_else_is_refused_and_leaves_the_result(void **state)
{
	static const char *const wrong[] = { "", "-", "+1", " 1", "1 ", "01",
		"-0", "-01", "00", "1.0", "1e3", "0x10", "--1", "1-", "1\n",
		"9223372036854775808", "-9223372036854775809",
		"18446744073709551616", "99999999999999999999999", "\xc2\xb9",
		"a" };
	int64_t got = 5;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (num_parse(wrong[i], INT64_MIN, INT64_MAX, &got))
			t_fail("\"%s\" was accepted", wrong[i]);
	assert_false(num_parse(NULL, 0, 9, &got));
	assert_false(num_parse("10", 0, 9, &got));
	assert_false(num_parse("-1", 0, 9, &got));
	assert_int_equal(got, 5);
}

static void
sums_and_products_refuse_to_overflow(void **state)
{
	int64_t got = 5;

	(void)state;
	assert_false(num_add(INT64_MAX, 1, &got));
	assert_false(num_add(INT64_MIN, -1, &got));
	assert_false(num_mul(INT64_MIN, -1, &got));
	assert_false(num_mul(INT64_MAX / 2, 3, &got));
	assert_int_equal(got, 5);
	assert_true(num_add(INT64_MAX, INT64_MIN, &got));
	assert_int_equal(got, -1);
	assert_true(num_mul(-3, 7, &got));
	assert_int_equal(got, -21);
	assert_true(num_add(got, 21, &got));
	assert_int_equal(got, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(whole_numbers_are_read_within_their_bounds),
		t_test(everything_else_is_refused_and_leaves_the_result),
		t_test(sums_and_products_refuse_to_overflow),
	};
	return t_run(tests);
}
