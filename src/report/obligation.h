#ifndef REPORT_OBLIGATION_H
#define REPORT_OBLIGATION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/shape.h"
#include "org/directory.h"
#include "regime/catalogue.h"

/*
 * Obligations: who owes which form for which period (derived by regime), and
 * how far it has come (known by report).  Nothing here is stored.  Three lists:
 *
 * mine		what the actor's own units owe, with the open obligations of the
 *		abolished units they succeed, and what waits for the actor's
 *		acceptance: all of the newest open period, and of every older
 *		one what is open, however long ago (from the option
 *		report.owed_since on).  What is older comes after, each by
 *		period, the newest first, form and name.  form, period and unit narrow it.
 * unit		one form and period: its own report and those of the units that
 *		are wholly in its place today, then those it accepts, by name
 *		(core/name_order.h).
 * under	one form and period: whoever owes it at the unit or below it, at
 *		any level: as many as figures expect of it.  By the name of the
 *		unit above, then their own.  level narrows it.
 *
 * The last two need report.read for the unit.  Counts are of what the list has
 * before state, late, missing, todo and age are looked at.
 *	FAIL_INVALID	"form.unknown" "period.unknown" "unit.*"
 */
struct obligation_query {
	bool mine;
	const char *form;
	const char *period;
	const char *unit;
	const char *under;
	const int64_t *level;
	const char *q;      /* unit_text_read; NULL: all */
	const char *state;  /* only these; NULL: all */
	bool late;          /* only late ones */
	bool missing;       /* only where no version counts */
	bool todo;          /* only what the actor can act on now */
	const char *age;    /* one of obligation_ages; NULL: all */
	int64_t limit;      /* 0: PAGING_USUAL */
	int64_t after;      /* how many have been seen */
	const char *format; /* app/table.h */
};
extern const char *const obligation_ages[]; /* "current" "older" NULL */

struct obligation_list;
extern const struct shape obligation_list_shape;
NODISCARD enum fail obligation_list(struct ctx *ctx,
    const struct obligation_query *query, const struct obligation_list **ret);

/*
 * Units whose reports this unit accepts on a day: those directly below
 * it, and abolished ones that are so by succession.
 * Dense numbers, by area code.
 */
const int *obligation_below(struct ctx *ctx, const struct directory *dir,
    const struct unit *unit, day on, size_t *ret_count);

/* Form and period by name, faults noted at /form and /period. */
NODISCARD enum fail obligation_find(struct ctx *ctx, const char *form_code,
    const char *period_id, const struct form **ret_form,
    struct period *ret_period);

#endif
