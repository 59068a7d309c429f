#ifndef BENCH_LOOP_H
#define BENCH_LOOP_H

#include <stdint.h>

#include "bench/world.h"
#include "core/num.h"

/*
 * What the machine can do at best: bare loops over one dense array of all
 * figures, without rights, coverage, history, locks or text; and the disk.
 */
struct bench_leaves;

/* In ctx->arena; the array itself goes with it. */
struct bench_leaves *bench_leaves_new(struct ctx *ctx,
    const struct bench_world *world);

/* Medians in microseconds; *ret_check is a sum, so that no loop is left out. */
int64_t bench_loop_nation(const struct bench_leaves *leaves, i128 *ret_check);
/* The first cell of ten rows, by province, for all months. */
int64_t bench_loop_pivot(const struct bench_leaves *leaves, i128 *ret_check);
/* All cells of all months, by province of the other structure. */
int64_t bench_loop_structure(const struct bench_leaves *leaves,
    i128 *ret_check);
/* Add every figure once. */
int64_t bench_loop_all(const struct bench_leaves *leaves, i128 *ret_check);

/*
 * The median time to overwrite 4 kB of a file in the folder and have it on
 * disk (fdatasync).  FAIL_INTERNAL "file.io".
 */
NODISCARD enum fail bench_flush(struct ctx *ctx, const char *folder,
    int64_t *ret_us);

#endif
