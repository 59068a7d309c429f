#ifndef BENCH_PLAIN_H
#define BENCH_PLAIN_H

#include "bench/world.h"
#include "core/ctx.h"
#include "core/num.h"

/*
 * The same work in plain SQL on the same store (bench.sql): no rights, no rules,
 * no history, no ledger, no HTTP.
 */
struct bench_plain {
	int64_t report_us; /* one report and the totals above it, p50 */
	int64_t report_p99_us;
	int64_t reports_a_second; /* many clients, group commit */
	int64_t nation_us;
	int64_t pivot_us;
	int64_t structure_us;
	int64_t everything_us; /* every value read once */
	int64_t bytes;         /* of the table of values */
	i128 nation_check;     /* what was added up, as in loop.h */
	i128 pivot_check;
	i128 structure_check;
};

/* Makes its tables in ctx->home->store, which must have none of these names. */
NODISCARD enum fail bench_plain(struct ctx *ctx,
    const struct bench_world *world, int clients, int64_t most_us,
    struct bench_plain *ret);

/* What the store holds; begins its own transaction. */
NODISCARD enum fail bench_store_bytes(struct ctx *ctx, int64_t *ret);

#endif
