#include "store/within.h"

#include <assert.h>
#include <stddef.h>

enum fail
tx_within(struct ctx *ctx, enum tx_mode mode,
    enum fail (*run)(struct ctx *ctx, void *arg), void *arg)
{
	assert(ctx->tx == NULL);
	TRY(tx_begin(ctx, mode));
	return tx_end(ctx, run(ctx, arg));
}

enum fail
tx_run(struct ctx *ctx, enum tx_mode mode, enum fail (*run)(struct ctx *ctx))
{
	assert(ctx->tx == NULL);
	TRY(tx_begin(ctx, mode));
	return tx_end(ctx, run(ctx));
}
