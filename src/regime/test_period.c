#include "t.h"

#include <string.h>

#include "regime/period.h"

static const struct calendar month14 = { PERIOD_MONTH, 14 };
static const struct calendar quarter14 = { PERIOD_QUARTER, 14 };
static const struct calendar half14 = { PERIOD_HALF, 14 };
static const struct calendar year14 = { PERIOD_YEAR, 14 };

static void
expect_window(struct t *t, const struct calendar *calendar, const char *id,
    const char *from, const char *to)
{
	struct period period = { 0 };

	if (!period_parse(calendar, id, &period))
		t_fail("%s is refused", id);
	assert_string_equal(period_text(t->arena, &period), id);
	assert_string_equal(day_text(t->arena, period.from), from);
	assert_string_equal(day_text(t->arena, period.to), to);
}

/* Decree 09/2019/ND-CP, Art. 12. */
static void
windows_are_those_of_the_decree(void **state)
{
	struct t *t = *state;

	expect_window(t, &month14, "2025-07", "2025-06-15", "2025-07-14");
	expect_window(t, &quarter14, "2025-Q1", "2024-12-15", "2025-03-14");
	expect_window(t, &quarter14, "2025-Q2", "2025-03-15", "2025-06-14");
	expect_window(t, &quarter14, "2025-Q3", "2025-06-15", "2025-09-14");
	expect_window(t, &quarter14, "2025-Q4", "2025-09-15", "2025-12-14");
	expect_window(t, &half14, "2025-H1", "2024-12-15", "2025-06-14");
	expect_window(t, &half14, "2025-H2", "2025-06-15", "2025-12-14");
	expect_window(t, &year14, "2025", "2024-12-15", "2025-12-14");
}

static void
the_first_month_begins_in_the_year_before(void **state)
{
	struct t *t = *state;

	expect_window(t, &month14, "2025-01", "2024-12-15", "2025-01-14");
	expect_window(t, &month14, "2000-01", "1999-12-15", "2000-01-14");
}

static void
cutoff_zero_is_the_calendar_period(void **state)
{
	struct t *t = *state;
	const struct calendar month = { PERIOD_MONTH, 0 };
	const struct calendar quarter = { PERIOD_QUARTER, 0 };
	const struct calendar half = { PERIOD_HALF, 0 };
	const struct calendar year = { PERIOD_YEAR, 0 };

	expect_window(t, &month, "2025-02", "2025-02-01", "2025-02-28");
	expect_window(t, &month, "2024-02", "2024-02-01", "2024-02-29");
	expect_window(t, &month, "2100-02", "2100-02-01", "2100-02-28");
	expect_window(t, &month, "2025-12", "2025-12-01", "2025-12-31");
	expect_window(t, &quarter, "2024-Q1", "2024-01-01", "2024-03-31");
	expect_window(t, &half, "2025-H2", "2025-07-01", "2025-12-31");
	expect_window(t, &year, "2000", "2000-01-01", "2000-12-31");
}

static void
a_cutoff_on_the_28th_reaches_around_february(void **state)
{
	struct t *t = *state;
	const struct calendar month = { PERIOD_MONTH, 28 };

	expect_window(t, &month, "2025-02", "2025-01-29", "2025-02-28");
	expect_window(t, &month, "2025-03", "2025-03-01", "2025-03-28");
	expect_window(t, &month, "2024-03", "2024-02-29", "2024-03-28");
}

static void
what_is_no_period_of_the_calendar_is_refused(void **state)
{
	const struct refused {
		const struct calendar *calendar;
		const char *text;
	} refused[] = {
		{ &month14, "" },
		{ &month14, "2025" },
		{ &month14, "2025-00" },
		{ &month14, "2025-13" },
		{ &month14, "2025-1" },
		{ &month14, "2025-001" },
		{ &month14, "2025-Q1" },
		{ &month14, "2025-01 " },
		{ &month14, " 2025-01" },
		{ &month14, "2025-0a" },
		{ &month14, "1999-12" },
		{ &month14, "2101-01" },
		{ &month14, "+025-01" },
		{ &quarter14, "2025-Q0" },
		{ &quarter14, "2025-Q5" },
		{ &quarter14, "2025-q1" },
		{ &quarter14, "2025-Q" },
		{ &quarter14, "2025-Q11" },
		{ &quarter14, "2025-H1" },
		{ &quarter14, "2025-01" },
		{ &quarter14, "20250Q1" },
		{ &half14, "2025-H0" },
		{ &half14, "2025-H3" },
		{ &half14, "2025-Q1" },
		{ &year14, "2025-" },
		{ &year14, "2025-01" },
		{ &year14, "20250" },
		{ &year14, "202" },
		{ &year14, "20x5" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct period period = { .year = -1 };

		if (period_parse(refused[i].calendar, refused[i].text, &period))
			t_fail("\"%s\" is taken", refused[i].text);
		assert_int_equal(period.year, -1);
	}
}

static void
the_first_and_last_years_are_taken(void **state)
{
	struct period period = { 0 };

	(void)state;
	assert_true(period_parse(&year14, "2000", &period));
	assert_int_equal(period.year, 2000);
	assert_true(period_parse(&year14, "2100", &period));
	assert_int_equal(period.year, 2100);
}

/*
 * Each day of ten years, with leap years and year ends, for every kind and a
 * choice of cut-offs: the day is in its period's window, next begins the day
 * after, and the id comes back.
 */
static void
expect_tiling(struct t *t, const struct calendar *calendar)
{
	const day first = day_of(2019, 1, 1);
	const day last = day_of(2029, 1, 1);
	struct period at = period_of(calendar, first);

	for (day d = first; d < last; d++) {
		const struct period period = period_of(calendar, d);
		const struct period next = period_next(&period);
		const struct period back = period_previous(&next);

		if (d > at.to)
			at = period_next(&at);
		assert_true(period.from <= d && d <= period.to);
		assert_memory_equal(&period, &at, sizeof(at));
		assert_int_equal(next.from, period.to + 1);
		assert_memory_equal(&period, &back, sizeof(back));
		if (d == period.to) {
			struct period again = { 0 };

			assert_true(period_parse(calendar,
			    period_text(t->arena, &period), &again));
			assert_memory_equal(&period, &again, sizeof(again));
		}
	}
}

static void
every_day_of_ten_years_lies_in_exactly_one_window(void **state)
{
	struct t *t = *state;
	static const int cutoffs[] = { 0, 1, 14, 15, 20, 27, 28 };
	static const enum period_kind kinds[] = { PERIOD_MONTH, PERIOD_QUARTER,
		PERIOD_HALF, PERIOD_YEAR };

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
		for (size_t c = 0; c < ARRAY_SIZE(cutoffs); c++)
			expect_tiling(t,
			    &(struct calendar){ kinds[k], cutoffs[c] });
}

static void
the_days_around_the_reform_lie_in_the_third_quarter(void **state)
{
	struct t *t = *state;
	const struct period before = period_of(&quarter14, day_of(2025, 6, 14));
	const struct period eve = period_of(&quarter14, day_of(2025, 6, 30));
	const struct period first = period_of(&quarter14, day_of(2025, 7, 1));

	assert_string_equal(period_text(t->arena, &before), "2025-Q2");
	assert_string_equal(period_text(t->arena, &eve), "2025-Q3");
	assert_string_equal(period_text(t->arena, &first), "2025-Q3");
}

/* As formatPeriod says it on the screens (web/test/i18n.test.mjs). */
static void
a_period_is_said_in_words(void **state)
{
	static const struct {
		const char *id;
		const char *vi;
		const char *en;
	} said[] = {
		{ "2025-Q4", "Quý IV/2025", "Q4 2025" },
		{ "2025-H1", "6 tháng đầu năm 2025", "First half of 2025" },
		{ "2025-H2", "6 tháng cuối năm 2025", "Second half of 2025" },
		{ "2025-03", "Tháng 3/2025", "03/2025" },
		{ "2025-11", "Tháng 11/2025", "11/2025" },
		{ "2025", "Năm 2025", "2025" },
		{ "2025-Q5", "2025-Q5", "2025-Q5" },
		{ "", "", "" },
	};
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		t->ctx.locale = "vi";
		assert_string_equal(period_words(&t->ctx, said[i].id),
		    said[i].vi);
		t->ctx.locale = "en";
		assert_string_equal(period_words(&t->ctx, said[i].id),
		    said[i].en);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(windows_are_those_of_the_decree),
		t_test(the_first_month_begins_in_the_year_before),
		t_test(cutoff_zero_is_the_calendar_period),
		t_test(a_cutoff_on_the_28th_reaches_around_february),
		t_test(what_is_no_period_of_the_calendar_is_refused),
		t_test(the_first_and_last_years_are_taken),
		t_test(every_day_of_ten_years_lies_in_exactly_one_window),
		t_test(the_days_around_the_reform_lie_in_the_third_quarter),
		t_test(a_period_is_said_in_words),
	};

	return t_run(tests);
}
