#include "t.h"

#include "core/day.h"

static void
known_days_have_their_numbers(void **state)
{
	(void)state;
	assert_int_equal(day_of(1970, 1, 1), 0);
	assert_int_equal(day_of(1969, 12, 31), -1);
	assert_int_equal(day_of(2000, 2, 29), 11016);
	assert_int_equal(day_of(2025, 7, 1), 20270);
	assert_int_equal(day_of(1900, 1, 1), -25567);
	assert_int_equal(day_of(9999, 12, 31), DAY_OPEN);
}

static void
every_day_splits_into_what_made_it(void **state)
{
	int year = 1;
	int month = 1;
	int mday = 1;

	(void)state;
	for (day d = day_of(1, 1, 1); d <= DAY_OPEN; d++) {
		int got_year = 0;
		int got_month = 0;
		int got_mday = 0;

		day_split(d, &got_year, &got_month, &got_mday);
		if (got_year != year || got_month != month || got_mday != mday)
			t_fail("day %d is %d-%d-%d, not %d-%d-%d", d, year,
			    month, mday, got_year, got_month, got_mday);
		if (mday < day_month_length(year, month)) {
			mday++;
		} else {
			mday = 1;
			year += month == 12;
			month = month % 12 + 1;
		}
	}
	assert_int_equal(year, 10000);
}

static void
months_know_leap_years(void **state)
{
	(void)state;
	assert_int_equal(day_month_length(2024, 2), 29);
	assert_int_equal(day_month_length(2025, 2), 28);
	assert_int_equal(day_month_length(1900, 2), 28);
	assert_int_equal(day_month_length(2000, 2), 29);
	assert_int_equal(day_month_length(2025, 4), 30);
	assert_int_equal(day_month_length(2025, 12), 31);
}

static void
texts_of_days_come_back(void **state)
{
	static const char *const texts[] = { "1900-01-01", "1969-12-31",
		"1970-01-01", "2000-02-29", "2024-02-29", "2025-07-01",
		"9999-12-30" };
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		day d = 0;

		assert_true(day_parse(texts[i], &d));
		assert_string_equal(day_text(t->arena, d), texts[i]);
	}
}

static void
days_that_do_not_exist_are_refused(void **state)
{
	static const char *const texts[] = { "", "2025", "2025-07",
		"1899-12-31", "0000-01-01", "10000-01-01", "2025-00-10",
		"2025-13-10", "2025-02-29", "1900-02-29", "2025-04-31",
		"2025-01-00", "2025-01-32", "2025-1-01", "2025-01-1",
		"2025/01/01", "2025-01-01 ", " 2025-01-01", "2025-01-0a",
		"20a5-01-01", "+025-01-01", "-025-01-01",
		"2025-01-01T00:00:00Z", "2025-0\xc3\xa9-01", "9999-12-31" };
	day d = 77;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (day_parse(texts[i], &d))
			t_fail("\"%s\" was accepted", texts[i]);
	assert_false(day_parse(NULL, &d));
	assert_int_equal(d, 77);
}

static void
a_legal_day_begins_at_midnight_in_viet_nam(void **state)
{
	const day d = day_of(2025, 7, 1);
	const int64_t start = day_start_us(d);

	(void)state;
	assert_int_equal(start, INT64_C(1751302800000000));
	assert_int_equal(day_of_us(start), d);
	assert_int_equal(day_of_us(start - 1), d - 1);
	assert_int_equal(day_of_us(start + DAY_US - 1), d);
	assert_int_equal(day_of_us(start + DAY_US), d + 1);
}

static void
instants_before_1970_fall_on_the_right_day(void **state)
{
	(void)state;
	assert_int_equal(day_of_us(0), 0);
	assert_int_equal(day_of_us(-DAY_OFFSET_US), 0);
	assert_int_equal(day_of_us(-DAY_OFFSET_US - 1), -1);
	assert_int_equal(day_of_us(-DAY_OFFSET_US - DAY_US), -1);
	assert_int_equal(day_of_us(-DAY_OFFSET_US - DAY_US - 1), -2);
}

static void
instants_are_written_in_civil_time(void **state)
{
	struct t *t = *state;

	assert_string_equal(time_text(t->arena, 0),
	    "1970-01-01T07:00:00+07:00");
	assert_string_equal(time_text(t->arena, t->clock_us + 999999),
	    "2025-07-15T09:00:00+07:00");
	assert_string_equal(time_text(t->arena, -DAY_OFFSET_US - 1),
	    "1969-12-31T23:59:59+07:00");
	assert_string_equal(time_text(t->arena, day_start_us(DAY_OPEN)),
	    "9999-12-31T00:00:00+07:00");
}

static void
an_instant_is_read_whatever_its_offset(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} good[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01T07:00:00+07:00", 0 },
		{ "1969-12-31T23:59:59.999999Z", -1 },
		{ "1969-12-31T12:00:00.5-12:00", 500000 },
		{ "2025-07-01T00:00:00+07:00", INT64_C(1751302800000000) },
		{ "2025-06-30T17:00:00.000Z", INT64_C(1751302800000000) },
		{ "2025-07-01T05:45:00+12:45", INT64_C(1751302800000000) },
		{ "2024-02-29T23:59:59.000001-00:00",
		    INT64_C(1709251199000001) },
	};
	static const char *const bad[] = { "", "Z", "2025-07-01", "2025-07-01T",
		"2025-07-01T08:30", "2025-07-01T08:30Z", "2025-07-01T08:30:00",
		"2025-07-01 08:30:00Z", "2025-07-01t08:30:00Z",
		"2025-07-01T08:30:00z", "2025-02-29T08:30:00Z",
		"2025-07-01T24:00:00Z", "2025-07-01T08:60:00Z",
		"2025-07-01T08:30:60Z", "2025-07-01T8:30:00Z",
		"2025-07-01T08:30:00.Z", "2025-07-01T08:30:00.1234567Z",
		"2025-07-01T08:30:00,5Z", "2025-07-01T08:30:00+7:00",
		"2025-07-01T08:30:00+0700", "2025-07-01T08:30:00+07",
		"2025-07-01T08:30:00+24:00", "2025-07-01T08:30:00+07:60",
		"2025-07-01T08:30:00+07:00 ", "2025-07-01T08:30:00ZZ",
		" 2025-07-01T08:30:00Z", "2025-07-01T08:30:0:Z",
		"1899-12-31T08:30:00Z", "2025-07-01T-8:30:00Z",
		"9999-12-31T08:30:00+07:00", "9999-12-30T23:59:59-23:59",
		"9999-12-30T17:00:00Z", "1900-01-01T00:00:00+07:01" };
	struct t *t = *state;
	int64_t us = 0;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_true(time_parse(good[i].text, &us));
		assert_int_equal(us, good[i].us);
	}
	us = 17;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		/* In a block of its own length: nothing after it is read. */
		assert_false(time_parse(arena_text(t->arena, bad[i]), &us));
		assert_int_equal(us, 17);
	}
	/* What we write we read, to the second. */
	for (int i = 0; i < 1000; i++) {
		const int64_t at =
		    INT64_C(-2208000000000000) + i * INT64_C(255591000123457);

		assert_true(time_parse(time_text(t->arena, at), &us));
		assert_true(us <= at && at - us < 1000000);
	}
}

static void
the_clocks_run_forward(void **state)
{
	const int64_t steady = time_steady_us();

	(void)state;
	assert_true(time_now_us() > day_start_us(day_of(2024, 1, 1)));
	assert_true(time_steady_us() >= steady);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(known_days_have_their_numbers),
		t_test(every_day_splits_into_what_made_it),
		t_test(months_know_leap_years),
		t_test(texts_of_days_come_back),
		t_test(days_that_do_not_exist_are_refused),
		t_test(a_legal_day_begins_at_midnight_in_viet_nam),
		t_test(instants_before_1970_fall_on_the_right_day),
		t_test(instants_are_written_in_civil_time),
		t_test(an_instant_is_read_whatever_its_offset),
		t_test(the_clocks_run_forward),
	};
	return t_run(tests);
}
