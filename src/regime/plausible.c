#include "regime/plausible.h"

#include <assert.h>
#include <stdlib.h>

/* From the least to the greatest; empty until the first. */
struct span {
	bool any;
	i128 low;
	i128 high;
};

static bool
asks(const struct plausible *plausible, enum against what)
{
	return (plausible->against & (1U << what)) != 0;
}

size_t
plausible_reach(const struct form_version *version, size_t year)
{
	size_t reach = 0;

	for (size_t i = 0; i < version->plausible_count; i++) {
		const struct plausible *p = &version->plausible[i];
		const size_t own = (size_t)p->periods;

		if (reach < own)
			reach = own;
		if (asks(p, AGAINST_LAST) && reach < 1)
			reach = 1;
		if (asks(p, AGAINST_YEAR) && reach < year)
			reach = year;
	}
	return reach;
}

static i128
least(i128 a, i128 b)
{
	return a < b ? a : b;
}

static i128
most(i128 a, i128 b)
{
	return a > b ? a : b;
}

static void
widen(struct span *span, i128 low, i128 high)
{
	span->low = span->any ? least(span->low, low) : low;
	span->high = span->any ? most(span->high, high) : high;
	span->any = true;
}

/* What is near a figure: 64 bits times a ratio stay far below 128. */
static void
take_near(struct span *span, const struct rule *rule, i128 figure)
{
	const i128 ratio = rule->plausible->ratio;
	const i128 r = figure < 0 ? -figure : figure;
	const i128 high = most((ratio * r + 99) / 100, r + rule->floor) - 1;
	const i128 low = least(100 * r / ratio, r - rule->floor) + 1;

	if (figure < 0)
		widen(span, -high, -low);
	else
		widen(span, low, high);
}

static struct reference
known_at(const struct past *history, size_t ago, int cell)
{
	const struct cells *cells =
	    ago > history->count ? NULL : history->periods[ago - 1];

	if (cells == NULL || cells->states[cell] != CELL_VALUE)
		return (struct reference){ 0 };
	return (struct reference){ true, cells->values[cell] };
}

static int
compare(const void *a, const void *b)
{
	const i128 *x = a;
	const i128 *y = b;

	return (*x > *y) - (*x < *y);
}

/* The median of the unit's own figures, and z deviations around it. */
static struct reference
take_usual(struct span *span, const struct rule *rule,
    const struct past *history)
{
	const struct plausible *plausible = rule->plausible;
	i128 of[PLAUSIBLE_PERIODS_MAX];
	i128 usual = 0;
	i128 width = 0;
	size_t n = 0;

	assert(plausible->periods <= PLAUSIBLE_PERIODS_MAX);
	for (size_t ago = 1; ago <= (size_t)plausible->periods; ago++) {
		const struct reference one =
		    known_at(history, ago, rule->target);

		if (one.known)
			of[n++] = one.value;
	}
	if (n < PLAUSIBLE_PERIODS_LEAST)
		return (struct reference){ 0 };
	qsort(of, n, sizeof(*of), compare);
	usual = of[(n - 1) / 2];
	for (size_t i = 0; i < n; i++)
		of[i] = of[i] < usual ? usual - of[i] : of[i] - usual;
	qsort(of, n, sizeof(*of), compare);
	/* A deviation of 65 bits, 14 of the factor and 10 of z. */
	width = of[n / 2] * 14826 * plausible->z / 100000;
	take_near(span, rule, usual);
	widen(span, usual - width, usual + width);
	return (struct reference){ true, (int64_t)usual };
}

static int64_t
within(const struct form_column *column, i128 value)
{
	return value < column->lo   ? column->lo
	       : value > column->hi ? column->hi
				    : (int64_t)value;
}

static bool
expect(const struct form_version *version, const struct rule *rule,
    const struct past *history, struct expected *ret)
{
	const struct plausible *plausible = rule->plausible;
	const struct form_column *column =
	    form_column_at(version, (size_t)rule->target);
	struct span span = { 0 };

	*ret = (struct expected){ .rule = rule };
	if (asks(plausible, AGAINST_LAST))
		ret->last = known_at(history, 1, rule->target);
	if (asks(plausible, AGAINST_YEAR))
		ret->year = known_at(history, history->year, rule->target);
	if (asks(plausible, AGAINST_HISTORY))
		ret->usual = take_usual(&span, rule, history);
	if (ret->last.known)
		take_near(&span, rule, ret->last.value);
	if (ret->year.known)
		take_near(&span, rule, ret->year.value);
	ret->low = within(column, span.low);
	ret->high = within(column, span.high);
	return span.any;
}

size_t
plausible_expect(struct arena *arena, const struct form_version *version,
    const struct past *history, const struct expected **ret)
{
	struct expected *out =
	    ARENA_ARRAY(arena, version->expect_count, struct expected);
	size_t n = 0;

	for (size_t i = 0; i < version->expect_count; i++)
		if (expect(version, &version->expects[i], history, &out[n]))
			n++;
	*ret = out;
	return n;
}

struct finding
plausible_judge(const struct form_version *version,
    const struct expected *expected, const struct cells *cells)
{
	const struct rule *rule = expected->rule;
	const int64_t value = cells->values[rule->target];
	struct finding out = {
		.rule = rule,
		.scale = form_column_at(version, (size_t)rule->target)->scale,
	};

	if (cells->states[rule->target] != CELL_VALUE)
		return out;
	out.expected = expected->last.known   ? expected->last.value
		       : expected->year.known ? expected->year.value
					      : expected->usual.value;
	out.verdict = value < expected->low || value > expected->high
			  ? RULE_BROKEN
			  : RULE_KEPT;
	return out;
}
