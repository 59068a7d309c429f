#ifndef PEOPLE_ENDED_H
#define PEOPLE_ENDED_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "trust/trust.h"

/*
 * Sessions that were ended and might still count by their time: a row of one that
 * is put back into the table signs nobody in.  In memory; at start it is read from
 * the rows of the audit which ended them.  Any thread.
 */
struct ended;
struct ended *ended_new(void);
void ended_free(struct ended *ended); /* NULL does nothing */

/* name: session_name (people/session_row.h). */
bool ended_has(const struct home *home, const struct digest *name);
/* From the commit on.  Needs TX_WRITE. */
void ended_stage(struct ctx *ctx, const struct digest *name);
/* Those of the time that a session may live.  Needs TX_READ. */
NODISCARD enum fail ended_load(struct ctx *ctx);

/* Is it such a row of the audit? */
bool ended_is_of(const char *action);

#endif
