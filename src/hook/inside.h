#ifndef HOOK_INSIDE_H
#define HOOK_INSIDE_H

#include <stdint.h>

#include "core/ctx.h"

/* What the files of hook/ share.  Asks for no rights. */
struct sql_hook_rows;

/* NULL: there is none. */
NODISCARD enum fail hook_row(struct ctx *ctx, int64_t id,
    struct sql_hook_rows **ret);

#endif
