#ifndef TOY_STATE_H
#define TOY_STATE_H

#include <stdint.h>

#include "core/ctx.h"

/* What toy keeps in memory: how many were polished since the start. */
NODISCARD enum fail toys_open(struct ctx *ctx);
void toys_close(struct home *home);

/* Any thread. */
void toys_count_polished(const struct home *home);
int64_t toys_polished(const struct home *home);

#endif
