#include "t.h"

#include "core/decimal.h"

struct known {
	const char *text;
	int scale;
	int64_t value;
	const char *written; /* NULL: as text */
};

static const struct known known[] = {
	{ "0", 0, 0, NULL },
	{ "7", 0, 7, NULL },
	{ "-7", 0, -7, NULL },
	{ "0", 2, 0, "0.00" },
	{ "0.5", 2, 50, "0.50" },
	{ "-0.05", 2, -5, NULL },
	{ "-12.50", 2, -1250, NULL },
	{ "12.5", 2, 1250, "12.50" },
	{ "0.000001", 6, 1, NULL },
	{ "-0.000001", 6, -1, NULL },
	{ "9223372036854775807", 0, INT64_MAX, NULL },
	{ "-9223372036854775808", 0, INT64_MIN, NULL },
	{ "9223372036854.775807", 6, INT64_MAX, NULL },
	{ "-9223372036854.775808", 6, INT64_MIN, NULL },
	{ "92233720368547758.07", 2, INT64_MAX, NULL },
};

static void
decimals_come_back_at_their_scale(void **state)
{
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		const struct known *k = &known[i];
		int64_t value = 1;

		if (!decimal_parse(k->text, k->scale, &value))
			t_fail("\"%s\" was refused", k->text);
		assert_int_equal(value, k->value);
		assert_string_equal(decimal_text(t->arena, value, k->scale),
		    k->written == NULL ? k->text : k->written);
	}
}

static void
what_is_no_decimal_is_refused(void **state)
{
	static const char *const wrong[] = { "", "-", "+1", " 1", "1 ", "1e2",
		"00", "01", "-01", "00.5", ".5", "-.5", "5.", "5.-1", "1.234",
		"1.2.3", "-0", "-0.0", "-0.00", "1,5", "--1", "0x1", "1.5a",
		"92233720368547758.08", "-92233720368547758.09",
		"99999999999999999999", "100000000000000000000000000000000000",
		"99999999999999999999999999999999999999999999999999999999999",
		"\xd9\xa1", "NaN" };
	int64_t value = 42;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (decimal_parse(wrong[i], 2, &value))
			t_fail("\"%s\" was accepted", wrong[i]);
	assert_false(decimal_parse(NULL, 2, &value));
	assert_false(decimal_parse("1.0", 0, &value));
	assert_false(decimal_parse("9223372036854775808", 0, &value));
	assert_false(decimal_parse("-9223372036854775809", 0, &value));
	assert_int_equal(value, 42);
}

/* The nation's totals are summed in 128 bits and must be printed whole. */
static void
the_widest_sums_are_written_whole(void **state)
{
	const i128 most = (i128)(~(i128)0 ^ (i128)1 << 126 << 1);
	const i128 least = -most - 1;
	char out[DECIMAL_TEXT_MAX];

	(void)state;
	decimal_format(out, most, 0);
	assert_string_equal(out, "170141183460469231731687303715884105727");
	decimal_format(out, least, 0);
	assert_string_equal(out, "-170141183460469231731687303715884105728");
	decimal_format(out, least, 6);
	assert_string_equal(out, "-170141183460469231731687303715884.105728");
	decimal_format(out, (i128)INT64_MAX + 1, 1);
	assert_string_equal(out, "922337203685477580.8");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(decimals_come_back_at_their_scale),
		t_test(what_is_no_decimal_is_refused),
		t_test(the_widest_sums_are_written_whole),
	};
	return t_run(tests);
}
