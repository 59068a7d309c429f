#ifndef ORG_HEIR_H
#define ORG_HEIR_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/shape.h"
#include "org/directory.h"

/*
 * A unit is divided, and each heir has a part of it (structure_divided): all of
 * them may prepare something in its name, one of them decides.  Which one is said
 * by the unit directly above it, from a day on, with the act that says so and a
 * reason.  A naming holds until another one; what was decided before stays.
 * One heir of the whole (a merger, another name) needs no naming.
 *
 * A naming is one ledger entry, "unit.heir", with a canonical body:
 *
 *	{"act":..,"from":day,"heir":id,"reason":..,"unit":id}
 */
#define HEIR_ACT_MAX 200 /* characters */
#define HEIR_ACT_BYTES (4 * HEIR_ACT_MAX)
#define HEIR_REASON_MAX 2000 /* bytes */
#define HEIR_AHEAD_DAYS 366  /* a naming says nothing of days after these */
#define HEIR_NAMINGS_MAX 100 /* of one unit */

/*
 * Who decides for the unit today: the heir named last, while it is still one of
 * those who have a part and is not divided itself.  0: nobody is named; or the
 * unit is not divided, and nobody need be.  Needs ctx->tx.
 */
NODISCARD enum fail heir_of(struct ctx *ctx, const struct unit *unit,
    int64_t *ret);

/*
 * May the actor decide in the name of the unit, where heir is what heir_of
 * gives?  permission is the one the decision needs.  True if the unit is not
 * divided: then its rights are those of everybody who takes its place
 * (access_unit), and this is asked beside them.
 */
bool heir_acts(struct ctx *ctx, const char *permission, const struct unit *unit,
    int64_t heir);

/* May the actor say who decides: unit.heir at the unit directly above it. */
bool heir_may_name(struct ctx *ctx, const struct unit *unit);

/*
 * Needs TX_WRITE.
 *	FAIL_DENIED	"access.denied"		the unit directly above alone
 *	FAIL_CONFLICT	"unit.not_divided"	on that day
 *	FAIL_CONFLICT	"unit.heir_named"	it is the one on that day
 *	FAIL_CONFLICT	"unit.heirs_full"	HEIR_NAMINGS_MAX
 *	FAIL_INVALID, at its place:
 *	"unit.ref" "unit.unknown" "unit.code_needs_date"
 *	"unit.not_heir"		not one that has a part of it on that day
 *	"unit.heir_day"		before its end, or over HEIR_AHEAD_DAYS ahead
 *	"unit.heir_act"		not 1 .. HEIR_ACT_MAX clean characters
 *	"unit.heir_reason"	not 1 .. HEIR_REASON_MAX bytes that utf8_says
 */
struct heir_input {
	const char *heir;   /* directory_find */
	const char *from;   /* a day; NULL: today */
	const char *act;    /* "12/QĐ-UBND" */
	const char *reason; /* why this one */
};
struct naming;
extern const struct shape naming_shape;
NODISCARD enum fail heir_name(struct ctx *ctx, const char *unit,
    const struct heir_input *in, const struct naming **ret);

/* Those who have a part of a unit today, and who was named.  Needs ctx->tx.
 *	"unit.ref" "unit.unknown" "unit.code_needs_date" */
struct heirs;
extern const struct shape heirs_shape;
NODISCARD enum fail heirs_list(struct ctx *ctx, const char *unit,
    const struct heirs **ret);

/*
 * Is each row what its ledger entry says, and has each entry its row?  Needs
 * TX_READ.
 *	FAIL_INTERNAL	"unit.differs", and those of ledger_read_kinds
 */
NODISCARD enum fail heir_check(struct ctx *ctx, int64_t *ret_checked);

#endif
