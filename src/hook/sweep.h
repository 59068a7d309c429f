#ifndef HOOK_SWEEP_H
#define HOOK_SWEEP_H

#include "core/ctx.h"

/*
 * Once a day: end hooks whose person, token or position ended while there was
 * nothing to send, and forget letters and ended hooks that are older than the
 * option says.  A job without transaction.
 */
struct job;
NODISCARD enum fail hook_sweep(struct ctx *ctx, struct job *job);

#endif
