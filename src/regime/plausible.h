#ifndef REGIME_PLAUSIBLE_H
#define REGIME_PLAUSIBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "regime/catalogue.h"
#include "regime/cells.h"

/*
 * Is a figure plausible, beside what the unit reported before?  Pure arithmetic
 * on whole numbers: no clock, no store, no failure.
 *
 * For each cell that the form's version asks it of, at most three figures are
 * held against: the last period's, that of the same period a year ago, and the
 * usual one: the median of the known ones among the unit's own periods, if at
 * least PLAUSIBLE_PERIODS_LEAST are known (of an even number the lower in the
 * middle).  From these follow the least and the greatest figure that need no
 * explanation, once, before anything is typed:
 *
 *	near a figure r		|v - r| < floor, or v is less than ratio times
 *				r and r less than ratio times v (r < 0: the
 *				same of -v and -r)
 *	near the usual one m	also |v - m| <= z * 1.4826 * d, cut to a whole number,
 *				d the median of all |h - m| (of an even number
 *				the upper): z robust deviations
 *
 * low and high are the ends of all of it together, within the column's range: a
 * figure between two that were there is no surprise.  A figure that holds no
 * value, or has nothing to be held against, is not judged.
 *
 * The browser judges by low and high alone (web/src/rules.ts), so the verdict is
 * the same in both; tests/corpus/rules/plausible.json and a model in Python
 * (tests/regime/plausible.py) hold all of them together.
 */
#define PLAUSIBLE_PERIODS_LEAST 4
#define PLAUSIBLE_PERIODS_MAX 24
#define PLAUSIBLE_RATIO_LEAST 110  /* hundredths */
#define PLAUSIBLE_RATIO_MAX 100000 /* hundredths */
#define PLAUSIBLE_Z_MAX 1000       /* tenths */

/* What is known of a unit before the period, in the version's order of cells;
 * newest first, NULL where nothing is known. */
struct past {
	const struct cells *const *periods;
	size_t count;
	size_t year; /* which one is of a year ago: 1, 2, 4 or 12 periods */
};

struct reference {
	bool known;
	int64_t value;
};

struct expected {
	const struct rule *rule;
	int64_t low;
	int64_t high;
	struct reference last;
	struct reference year;
	struct reference usual;
};

/* How many periods a version looks back; 0: it asks nothing. */
size_t plausible_reach(const struct form_version *version, size_t year);

/* What each cell is expected to hold; cells of which nothing is known are left
 * out.  In the version's order. */
size_t plausible_expect(struct arena *arena, const struct form_version *version,
    const struct past *history, const struct expected **ret);

/* The verdict on one of them; expected is the first of last, year and usual that
 * is known. */
struct finding plausible_judge(const struct form_version *version,
    const struct expected *expected, const struct cells *cells);

#endif
