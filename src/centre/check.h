#ifndef CENTRE_CHECK_H
#define CENTRE_CHECK_H

#include "core/ctx.h"
#include "core/text.h"

/*
 * For truc doctor: do the cube's tables equal a recount from the ledger?  The
 * last periods of every form, both bases, by the first level.  Fills the cube
 * first.  Needs TX_READ; appends what was compared.
 *	FAIL_INTERNAL	"doctor.cube" with the table in the message
 */
NODISCARD enum fail check_cube(struct ctx *ctx, struct text *said);

#endif
