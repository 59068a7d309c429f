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
 * how far it has come (known by report).  Nothing here is stored.
 *
 * mine: what the actor's own units owe, with the open obligations of the abolished
 * units they succeed, and what waits for the actor's acceptance.  Otherwise one
 * form and period for a unit: its own report and those it accepts; needs
 * report.read for the unit.
 *	FAIL_INVALID	"form.unknown" "period.unknown" "unit.*"
 */
struct obligation_query {
	bool mine;
	const char *form;
	const char *period;
	const char *unit;
	const char *state; /* only these; NULL: all */
	int64_t limit;     /* 0: PAGING_USUAL */
	int64_t after;     /* how many have been seen */
};
#define OBLIGATION_PERIODS_BACK 8

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

/*
 * Close a unit's period: the level above its reporters says that this is what
 * it goes on with.  Nothing below is open, or a reason is given.
 *	FAIL_DENIED	"access.denied"		report.review at this very unit
 *	FAIL_CONFLICT	"period.not_open"
 *	FAIL_CONFLICT	"period.open_reports"	and no reason
 *	FAIL_CONFLICT	"period.closed"		already
 *	FAIL_INVALID	"form.unknown" "period.unknown" "unit.*"
 */
struct closing_input {
	const char *form;
	const char *period;
	const char *unit;
	const char *reason; /* NULL: none */
};
struct closing;
extern const struct shape closing_shape;
NODISCARD enum fail report_close(struct ctx *ctx,
    const struct closing_input *input, const struct closing **ret);

/* Form and period by name, faults noted at /form and /period. */
NODISCARD enum fail obligation_find(struct ctx *ctx, const char *form_code,
    const char *period_id, const struct form **ret_form,
    struct period *ret_period);

#endif
