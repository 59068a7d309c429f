#ifndef CLI_FORMS_H
#define CLI_FORMS_H

#include "core/ctx.h"

/*
 * Publish the forms built into the program (data/forms); arg is not used.
 * Needs TX_WRITE.  Failures are those of regime_publish.
 */
NODISCARD enum fail forms_publish(struct ctx *ctx, const void *arg);

/* The same without their end: for figures of more years than they hold, which
 * are generated. */
NODISCARD enum fail forms_publish_for_ever(struct ctx *ctx);

#endif
