#ifndef BENCH_START_H
#define BENCH_START_H

#include <stdint.h>

#include "bench/table.h"
#include "core/ctx.h"

/*
 * How long a folder's server takes to start from the cube's snapshot, and what it
 * then holds, beside one SHA-256 pass over that snapshot and a server on an empty
 * folder.
 */
struct bench_start {
	int64_t start_us; /* median of three */
	int64_t sum_us;   /* one pass over the snapshot, median of three */
	int64_t resident; /* bytes after the start, less an empty folder's */
	int64_t values;   /* reported, that count */
};

/*
 * data is a folder with a snapshot of its whole ledger (its server was stopped
 * well); empty is a path at which an empty folder can be made.
 *	FAIL_UPSTREAM	"bench.child"
 *	FAIL_NOT_FOUND	"file.missing"	there is no snapshot
 */
NODISCARD enum fail bench_start(struct ctx *ctx, const char *data,
    const char *store, const char *empty, struct bench_start *ret);

/* Start at most 2 s or three passes, whichever is more; 1.5 x 8 bytes a value. */
void bench_start_rows(const struct bench_start *start,
    struct bench_table *table);

#endif
