#include "core/day.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "core/arena.h"

#define YEAR_FIRST 1900 /* of texts */
#define YEAR_LAST 9999

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int
day_month_length(int year, int month)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };

	assert(month >= 1 && month <= 12);
	return month == 2 && is_leap(year) ? 29 : lengths[month - 1];
}

/* Days from 0001-01-01 to the first day of a year. */
static int32_t
days_before_year(int year)
{
	const int past = year - 1;

	return past * 365 + past / 4 - past / 100 + past / 400;
}

day
day_of(int year, int month, int mday)
{
	day d = 0;

	assert(year >= 1 && year <= YEAR_LAST);
	assert(month >= 1 && month <= 12);
	assert(mday >= 1 && mday <= day_month_length(year, month));
	d = days_before_year(year) - days_before_year(1970) + mday - 1;
	for (int m = 1; m < month; m++)
		d += day_month_length(year, m);
	return d;
}

void
day_split(day d, int *ret_year, int *ret_month, int *ret_mday)
{
	const int32_t since = d + days_before_year(1970);
	int32_t left = 0;
	int year = 0;
	int month = 1;

	assert(d <= DAY_OPEN && since >= 0);
	/* 400 years are 146097 days; the guess is at most one too small. */
	year = (int)((int64_t)since * 400 / 146097) + 1;
	if (days_before_year(year + 1) <= since)
		year++;
	else if (days_before_year(year) > since)
		year--;
	left = since - days_before_year(year);
	while (month < 12 && left >= day_month_length(year, month)) {
		left -= day_month_length(year, month);
		month++;
	}
	*ret_year = year;
	*ret_month = month;
	*ret_mday = left + 1;
}

/* count digits at text as a number, or -1. */
static int
digits(const char *text, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

bool
day_parse(const char *text, day *ret)
{
	int year = 0;
	int month = 0;
	int mday = 0;

	if (text == NULL || strlen(text) != 10 || text[4] != '-' ||
	    text[7] != '-')
		return false;
	year = digits(text, 4);
	month = digits(text + 5, 2);
	mday = digits(text + 8, 2);
	if (year < YEAR_FIRST || month < 1 || month > 12 || mday < 1 ||
	    mday > day_month_length(year, month))
		return false;
	/* "Still" is no day: a span that ends there, or asks for it, has none. */
	if (day_of(year, month, mday) >= DAY_OPEN)
		return false;
	*ret = day_of(year, month, mday);
	return true;
}

const char *
day_text(struct arena *arena, day d)
{
	int year = 0;
	int month = 0;
	int mday = 0;

	day_split(d, &year, &month, &mday);
	return arena_printf(arena, "%04d-%02d-%02d", year, month, mday);
}

/* Division that rounds down, for instants before 1970. */
static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

day
day_of_us(int64_t at_us)
{
	return (day)floor_div(at_us + DAY_OFFSET_US, DAY_US);
}

int64_t
day_start_us(day d)
{
	return (int64_t)d * DAY_US - DAY_OFFSET_US;
}

int64_t
day_left_s(int64_t at_us)
{
	return (day_start_us(day_of_us(at_us) + 1) - at_us) / SECOND_US + 1;
}

const char *
time_text(struct arena *arena, int64_t at_us)
{
	const day d = day_of_us(at_us);
	const int second = (int)((at_us - day_start_us(d)) / SECOND_US);

	return arena_printf(arena, "%sT%02d:%02d:%02d+07:00",
	    day_text(arena, d), second / 3600, second / 60 % 60, second % 60);
}

/* "08:30" or -1: minutes of a day. */
static int
minutes_of(const char *at)
{
	const int hour = digits(at, 2);
	const int minute = hour < 0 || at[2] != ':' ? -1 : digits(at + 3, 2);

	return minute < 0 || hour > 23 || minute > 59 ? -1 : hour * 60 + minute;
}

/* ".25" in microseconds, 0 without a point; -1 if it is none.  *at moves on. */
static int64_t
fraction_of(const char **at)
{
	int64_t us = 0;
	int64_t unit = SECOND_US;

	if (**at != '.')
		return 0;
	for (++*at; **at >= '0' && **at <= '9'; ++*at) {
		unit /= 10;
		us += (**at - '0') * unit;
		if (unit == 0)
			return -1;
	}
	return unit == SECOND_US ? -1 : us;
}

/* "Z", "+07:00": how far its clocks are ahead, false if it is none. */
static bool
offset_of(const char *at, int64_t *ret_us)
{
	const bool is_utc = strcmp(at, "Z") == 0;
	int minutes = 0;

	if (!is_utc) {
		if (*at != '+' && *at != '-')
			return false;
		minutes = minutes_of(at + 1);
		if (minutes < 0 || at[6] != '\0')
			return false;
	}
	*ret_us = (*at == '-' ? -1 : 1) * minutes * 60 * SECOND_US;
	return true;
}

bool
time_parse(const char *text, int64_t *ret_us)
{
	const size_t day_len = strlen("2025-07-01");
	const char *at = text + day_len;
	char date[sizeof("2025-07-01")] = "";
	int minutes = 0;
	int seconds = 0;
	int64_t fraction = 0;
	int64_t ahead = 0;
	int64_t at_us = 0;
	day d = 0;

	if (strnlen(text, day_len) < day_len || *at != 'T')
		return false;
	memcpy(date, text, day_len);
	minutes = minutes_of(++at);
	if (!day_parse(date, &d) || minutes < 0 || at[5] != ':')
		return false;
	seconds = digits(at + 6, 2);
	if (seconds < 0 || seconds > 59)
		return false;
	at += 8;
	fraction = fraction_of(&at);
	if (fraction < 0 || !offset_of(at, &ahead))
		return false;
	at_us = (int64_t)d * DAY_US + (minutes * 60 + seconds) * SECOND_US +
		fraction - ahead;
	/* Far west or east it may be another day here: one that has no text. */
	d = day_of_us(at_us);
	if (d < day_of(YEAR_FIRST, 1, 1) || d >= DAY_OPEN)
		return false;
	*ret_us = at_us;
	return true;
}

static int64_t
clock_us(clockid_t clock)
{
	struct timespec now = { 0 };
	const int got = clock_gettime(clock, &now);

	assert(got == 0);
	return (int64_t)now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

int64_t
time_now_us(void)
{
	return clock_us(CLOCK_REALTIME);
}

int64_t
time_steady_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

int64_t
time_boot_us(void)
{
	return clock_us(CLOCK_BOOTTIME);
}
