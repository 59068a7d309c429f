#ifndef CLI_JOBS_THREAD_H
#define CLI_JOBS_THREAD_H

#include "core/ctx.h"

/*
 * The thread that runs due jobs (jobs/jobs.h) beside the server, on its own
 * arena and ctx.  Stopping waits for the job at hand.
 */
struct jobs_thread;

/* FAIL_INTERNAL "serve.thread" */
NODISCARD enum fail jobs_thread_start(struct ctx *ctx,
    struct jobs_thread **ret);
void jobs_thread_stop(struct jobs_thread *thread); /* NULL does nothing */

#endif
