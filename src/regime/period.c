#include "regime/period.h"

#include <assert.h>
#include <string.h>

#include "core/arena.h"
#include "core/text.h"

#define YEAR_FIRST 2000
#define YEAR_LAST 2100

/* What a kind's ids look like, and how many months one period has. */
static const struct kind_row {
	enum period_kind kind;
	int months;
	const char *mark; /* between year and number */
	int digits;       /* of the number; 0: a year has none */
} kinds[] = {
	{ PERIOD_MONTH, 1, "-", 2 },
	{ PERIOD_QUARTER, 3, "-Q", 1 },
	{ PERIOD_HALF, 6, "-H", 1 },
	{ PERIOD_YEAR, 12, "", 0 },
};

static const struct kind_row *
kind_of(const struct calendar *calendar)
{
	const size_t at = (size_t)calendar->kind;

	assert(at < ARRAY_SIZE(kinds) && kinds[at].kind == calendar->kind);
	assert(calendar->cutoff_day >= 0 && calendar->cutoff_day <= 28);
	return &kinds[at];
}

/* The day before a window's first day: the cut-off of the month before. */
static day
cutoff_before(int cutoff_day, int year, int month)
{
	if (cutoff_day == 0)
		return day_of(year, month, 1) - 1;
	if (month == 1)
		return day_of(year - 1, 12, cutoff_day);
	return day_of(year, month - 1, cutoff_day);
}

static struct period
period_make(const struct calendar *calendar, int year, int number)
{
	const int months = kind_of(calendar)->months;
	const int first = (number - 1) * months + 1;
	const int last = number * months;
	struct period period = { .calendar = *calendar,
		.year = year,
		.number = number };

	period.from = cutoff_before(calendar->cutoff_day, year, first) + 1;
	if (calendar->cutoff_day == 0)
		period.to = day_of(year, last, day_month_length(year, last));
	else
		period.to = day_of(year, last, calendar->cutoff_day);
	return period;
}

/* Exactly count digits; false otherwise. */
static bool
take_digits(const char **at, int count, int *ret)
{
	int value = 0;

	for (int i = 0; i < count; i++) {
		const char c = (*at)[i];

		if (c < '0' || c > '9')
			return false;
		value = value * 10 + (c - '0');
	}
	*at += count;
	*ret = value;
	return true;
}

bool
period_parse(const struct calendar *calendar, const char *text,
    struct period *ret)
{
	const struct kind_row *kind = kind_of(calendar);
	const size_t mark = strlen(kind->mark);
	int year = 0;
	int number = 1;

	if (!take_digits(&text, 4, &year) || year < YEAR_FIRST ||
	    year > YEAR_LAST)
		return false;
	if (strncmp(text, kind->mark, mark) != 0)
		return false;
	text += mark;
	if (kind->digits > 0 && !take_digits(&text, kind->digits, &number))
		return false;
	if (*text != '\0' || number < 1 || number > 12 / kind->months)
		return false;
	*ret = period_make(calendar, year, number);
	return true;
}

const char *
period_text(struct arena *arena, const struct period *period)
{
	const struct kind_row *kind = kind_of(&period->calendar);

	if (kind->digits == 0)
		return arena_printf(arena, "%04d", period->year);
	return arena_printf(arena, "%04d%s%0*d", period->year, kind->mark,
	    kind->digits, period->number);
}

struct period
period_next(const struct period *period)
{
	const int last = 12 / kind_of(&period->calendar)->months;

	if (period->number == last)
		return period_make(&period->calendar, period->year + 1, 1);
	return period_make(&period->calendar, period->year, period->number + 1);
}

struct period
period_previous(const struct period *period)
{
	const int last = 12 / kind_of(&period->calendar)->months;

	if (period->number == 1)
		return period_make(&period->calendar, period->year - 1, last);
	return period_make(&period->calendar, period->year, period->number - 1);
}

struct period
period_of(const struct calendar *calendar, day on)
{
	const int months = kind_of(calendar)->months;
	int year = 0;
	int month = 0;
	int mday = 0;

	day_split(on, &year, &month, &mday);
	/* Behind the cut-off a day counts for the month that follows. */
	if (calendar->cutoff_day != 0 && mday > calendar->cutoff_day)
		month++;
	if (month > 12) {
		year++;
		month = 1;
	}
	return period_make(calendar, year, (month - 1) / months + 1);
}

static bool
is_of(const char *id, const char *pattern)
{
	for (; *pattern != '\0'; id++, pattern++)
		if (*pattern == '#' ? *id < '0' || *id > '9' : *id != *pattern)
			return false;
	return *id == '\0';
}

const char *
period_words(struct ctx *ctx, const char *id)
{
	static const char *const roman[] = { "I", "II", "III", "IV" };
	const bool english = text_equal(ctx->locale, "en");
	const char *part = strlen(id) > 5 ? id + 5 : id;

	if (is_of(id, "####"))
		return english ? id : arena_printf(ctx->arena, "Năm %s", id);
	if (is_of(id, "####-Q#") && part[1] >= '1' && part[1] <= '4')
		return english ? arena_printf(ctx->arena, "%s %.4s", part, id)
			       : arena_printf(ctx->arena, "Quý %s/%.4s",
				     roman[part[1] - '1'], id);
	if (is_of(id, "####-H#"))
		return arena_printf(ctx->arena,
		    english ? "%s half of %.4s" : "6 tháng %s năm %.4s",
		    part[1] == '1' ? english ? "First" : "đầu"
		    : english      ? "Second"
				   : "cuối",
		    id);
	if (is_of(id, "####-##"))
		return arena_printf(ctx->arena,
		    english ? "%s/%.4s" : "Tháng %s/%.4s",
		    english || part[0] != '0' ? part : part + 1, id);
	return id;
}
