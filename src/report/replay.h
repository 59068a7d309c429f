#ifndef REPORT_REPLAY_H
#define REPORT_REPLAY_H

#include <stdint.h>

#include "core/ctx.h"

/*
 * report_replay of the entries from an index on; the cube has those before.
 * Reads the kinds that move totals and no others.
 */
NODISCARD enum fail replay_from(struct ctx *ctx, int64_t from);

#endif
