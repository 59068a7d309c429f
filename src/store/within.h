#ifndef STORE_WITHIN_H
#define STORE_WITHIN_H

#include "core/ctx.h"
#include "store/store.h"

/*
 * Run one short unit of work of its own; ctx has no open transaction.  For what
 * must not hold the writer's ticket meanwhile, such as hashing a password
 * between reading a person and writing a session.
 */
NODISCARD enum fail tx_within(struct ctx *ctx, enum tx_mode mode,
    enum fail (*run)(struct ctx *ctx, void *arg), void *arg);
/* The same where ctx says it all. */
NODISCARD enum fail tx_run(struct ctx *ctx, enum tx_mode mode,
    enum fail (*run)(struct ctx *ctx));

#endif
