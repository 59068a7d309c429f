#ifndef BENCH_CHILD_H
#define BENCH_CHILD_H

#include <stdint.h>
#include <sys/types.h>

#include "core/ctx.h"

/*
 * truc serve as a process of its own, so that the time to start and the memory
 * are those of the real server and not of the bench.
 */
struct bench_child {
	pid_t pid;
	int port;
	int64_t start_us; /* until it said that it is ready */
};

/*
 * Start and wait until it is ready.  FAIL_UPSTREAM "bench.child": it did not
 * start; its own words went to standard error.
 */
NODISCARD enum fail bench_child_start(struct ctx *ctx, const char *data,
    const char *store, struct bench_child *ret);
/* Most memory resident so far, in bytes; 0 if the kernel does not say. */
int64_t bench_child_memory(const struct bench_child *child);
/* Memory resident now. */
int64_t bench_child_resident(const struct bench_child *child);
/* Ask it to stop and wait for it. */
void bench_child_stop(const struct bench_child *child);

#endif
