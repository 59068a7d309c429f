#ifndef NOTIFY_FOLLOW_H
#define NOTIFY_FOLLOW_H

#include "core/ctx.h"
#include "jobs/jobs.h"

/*
 * Letters follow the events (event/event.h): a job reads what happened behind
 * its place and writes the letters of it and the new place in one unit of work,
 * so that every event is told of exactly once, whoever dies when.  While nothing
 * happens that anybody is told of, nothing is written.
 */
#define FOLLOW_JOB "notify.follow"

/* job_plan_fn of the lane JOB_QUICK: adds the job when events are behind the
 * place, once a second at most. */
NODISCARD enum fail follow_plan(struct ctx *ctx, int64_t *ret_next_us);

/* The job. */
NODISCARD enum fail follow_run(struct ctx *ctx, struct job *job);

#endif
