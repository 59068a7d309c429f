#ifndef CLI_JOBS_THREAD_H
#define CLI_JOBS_THREAD_H

#include "core/ctx.h"

/*
 * The threads that run due jobs (jobs/jobs.h) beside the server, one or a few a
 * lane, each with an arena and ctx of its own.  They sleep until the next job is
 * due or one is added.  Stopping waits for the jobs at hand; long ones hear of it
 * when they next say how far they are.
 */
struct jobs_thread;

/*
 * Makes the schedules first.  What it gives is stopped by the caller even if it
 * fails.
 *	FAIL_INTERNAL	"serve.thread"
 */
NODISCARD enum fail jobs_thread_start(struct ctx *ctx,
    struct jobs_thread **ret);
void jobs_thread_stop(struct jobs_thread *thread); /* NULL does nothing */

#endif
