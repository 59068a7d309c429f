#ifndef CLI_IMPORT_H
#define CLI_IMPORT_H

#include "core/ctx.h"

/* The ministries built into the program (data/ministries.json).  Needs
 * TX_WRITE; failures are those of import_ministries. */
struct import_ministries;
NODISCARD enum fail import_official_ministries(struct ctx *ctx,
    struct import_ministries *ret);

#endif
