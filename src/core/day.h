#ifndef CORE_DAY_H
#define CORE_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/attr.h"

/*
 * A legal day is the number of days since 1970-01-01 in Viet Nam's civil time
 * (UTC+07:00, no summer time).  Stored and sent as "2025-07-01".
 * Half-open spans [from, to) use DAY_OPEN for "still".
 */
struct arena;
typedef int32_t day;

#define DAY_OPEN ((day)2932896) /* 9999-12-31: no day that can be named */
/* In the microseconds of every …_us and the seconds of every …_s. */
#define SECOND_US INT64_C(1000000)
#define HOUR_US (3600 * SECOND_US)
#define DAY_US (24 * HOUR_US)
#define HOUR_S INT64_C(3600)
#define DAY_S (24 * HOUR_S)
#define DAY_OFFSET_US INT64_C(25200000000) /* +07:00 */

/* "2025-07-01", an existing day of 1900-01-01 to 9999-12-30; false otherwise. */
NODISCARD bool day_parse(const char *text, day *ret);
const char *day_text(struct arena *arena, day d);
day day_of(int year, int month, int mday); /* asserts the day exists */
void day_split(day d, int *ret_year, int *ret_month, int *ret_mday);
int day_month_length(int year, int month);

/* The legal day an instant falls on, and the instant (UTC) a day begins at. */
day day_of_us(int64_t at_us);
int64_t day_start_us(day d);
/* Seconds from an instant until the next legal day has begun. */
int64_t day_left_s(int64_t at_us);

/* RFC 3339 in +07:00 with microseconds left out: "2025-07-01T08:30:00+07:00". */
const char *time_text(struct arena *arena, int64_t at_us);

/*
 * An instant of RFC 3339 on such a day of ours: "2025-07-01T01:30:00Z",
 * "2025-07-01T08:30:00.25+07:00"; capital T and Z, at most 6 digits of a second,
 * no leap second.  False, and *ret_us as it was, for anything else.
 */
NODISCARD bool time_parse(const char *text, int64_t *ret_us);

/* The machine's clock; only cli/ and tests' default clock call it. */
int64_t time_now_us(void);
/* A clock that never goes back, for durations only. */
int64_t time_steady_us(void);
/* The same, counted since the machine began, also while it sleeps. */
int64_t time_boot_us(void);

#endif
