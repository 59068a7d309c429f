#ifndef REPORT_PAST_H
#define REPORT_PAST_H

#include <stddef.h>

#include "core/ctx.h"
#include "regime/plausible.h"
#include "report/paper.h"

/*
 * What is known of a report's unit before its period, for plausibility
 * (regime/plausible.h): its own figures, and those of whoever it was made of.
 *
 * The area of a unit in an earlier period are the units of its level whose
 * amounts are wholly at it in the structure of the report's own period
 * (structure_place).  Their figures are added up, cell by cell, where the
 * column's aggregation is a sum or there is only one of them.  Nothing is known
 * of a period
 *	where one of these has nothing that counts: a part is no figure;
 *	where a unit of which only a part came here was alive: its amounts are
 *	unallocated.
 * A cell is known if it holds a value in one of them and is withheld or missing
 * in none.
 */
#define PAST_AREA_MAX 128 /* units that one was made of; more: not known */

/* Asked of the cube once for a report; NULL and 0 if its version asks nothing. */
size_t past_expect(struct ctx *ctx, struct report *report,
    const struct expected **ret);

#endif
