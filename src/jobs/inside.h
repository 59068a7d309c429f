#ifndef JOBS_INSIDE_H
#define JOBS_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "core/ctx.h"
#include "jobs/jobs.h"
#include "people/tally.h"

/*
 * What the files of jobs/ share.  Nobody else includes this.
 */

/* Where a lane's thread sleeps. */
struct lane {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool woken; /* a job was added since the last look; under lock */
};

struct lane_plan {
	enum job_lane lane;
	job_plan_fn *run;
};

struct jobs {
	const struct job_kind *kinds[JOB_KINDS_MAX + 1]; /* ends with NULL */
	struct lane_plan plans[JOB_PLANS_MAX];
	size_t plan_count;
	struct lane lanes[JOB_LANES];
	atomic_bool stopping;
	atomic_int_fast64_t looks;
	atomic_int_fast64_t done;
	atomic_int_fast64_t failed;
	atomic_int_fast64_t long_done;
	atomic_int_fast64_t long_total;
};

/* Kinds of newer programs may be among the rows. */
#define KINDS_READ_MAX (3 * JOB_KINDS_MAX)

/* NULL: of a newer program. */
const struct job_kind *jobs_kind(const struct jobs *jobs, const char *name);

/* The lane is about to look: what is added from now on wakes it again. */
void lane_look(struct jobs *jobs, enum job_lane lane);

/* When this unit of work is durable, wake the kind's lane. */
void lane_stage_wake(struct ctx *ctx, const char *kind);

/* Plan the job of a schedule that is due at at_us, unless another has. */
NODISCARD enum fail schedule_plan(struct ctx *ctx, const struct job_kind *kind,
    int64_t at_us);

/*
 * Bring back the jobs of a kind that wait for a time further off than any can
 * be: a clock that has been put back since has set it.  last_us: of its last.
 */
NODISCARD enum fail jobs_bring_back(struct ctx *ctx,
    const struct job_kind *kind, int64_t last_us, bool *ret_changed);

/* The rows as the checkpoint's sum counts them (people/tally.h): before a change
 * and after it. */
NODISCARD enum fail job_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally);
NODISCARD enum fail job_leave(struct ctx *ctx, int64_t id);
NODISCARD enum fail job_enter(struct ctx *ctx, int64_t id);

/* Now by home's clock. */
int64_t jobs_now_us(const struct ctx *ctx);

#endif
