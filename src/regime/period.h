#ifndef REGIME_PERIOD_H
#define REGIME_PERIOD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/day.h"

/*
 * Periods come from calendars that are data (Decree 09/2019/ND-CP, Art. 12): a
 * month, quarter, half or year whose cut-off window runs from the day after
 * cutoff_day of the month before to cutoff_day of its last month, both ends
 * inclusive; cutoff_day 0 is the calendar period itself.
 *
 * Ids: "2025-03" month, "2025-Q1" quarter, "2025-H1" half, "2025" year.
 */
enum period_kind { PERIOD_MONTH, PERIOD_QUARTER, PERIOD_HALF, PERIOD_YEAR };

struct calendar {
	enum period_kind kind;
	int cutoff_day; /* 0 .. 28 */
};

struct period {
	struct calendar calendar;
	int year;   /* 2000 .. 2100 */
	int number; /* 1 .. 12, 4, 2 or 1 */
	day from;   /* first day of the window */
	day to;     /* last day, inclusive: the day of the period's structure */
};

/* False if the text is no period of this calendar. */
NODISCARD bool period_parse(const struct calendar *calendar, const char *text,
    struct period *ret);
const char *period_text(struct arena *arena, const struct period *period);
/*
 * An id as people read it, in ctx->locale: "Quý III/2025" or "Q3 2025".  What is
 * no id stays as it is.  web/src/dates.ts says the same.
 */
const char *period_words(struct ctx *ctx, const char *id);
struct period period_next(const struct period *period);
struct period period_previous(const struct period *period);
/* The period whose window holds the day. */
struct period period_of(const struct calendar *calendar, day on);

#endif
