#ifndef NOTIFY_LADDER_H
#define NOTIFY_LADDER_H

#include "core/ctx.h"
#include "jobs/jobs.h"

/*
 * The job that reminds, daily at 07:00: who owes a report and has no version that
 * counts gets a letter on each rung of the form's ladder (notify/book.h).  A
 * rung is taken by a unique row in the unit of work that writes its letters.
 * Whatever days no server ran, only the newest rung that has come since the last
 * day looked at is told of, and those before LADDER_REACH_DAYS not at all.
 */
#define LADDER_REACH_DAYS 31

NODISCARD enum fail ladder_run(struct ctx *ctx, struct job *job);

#endif
