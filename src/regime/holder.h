#ifndef REGIME_HOLDER_H
#define REGIME_HOLDER_H

#include "core/ctx.h"
#include "regime/catalogue.h"

/*
 * Inside this module: making a catalogue from the tables and handing it over.
 */

/* Read all tables into a new catalogue; FAIL_INTERNAL "form.stored". */
NODISCARD enum fail catalogue_read(struct ctx *ctx, struct catalogue **ret);
void catalogue_free(struct catalogue *cat); /* NULL does nothing */

/*
 * Make it the newest one; regime owns it from here.  Callers are one at a time:
 * start-up, or the effects of a commit.
 */
void regime_adopt(struct regime *regime, struct catalogue *cat);

#endif
