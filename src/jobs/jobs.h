#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"

/*
 * Work that is done later: a row written in the unit of work that wants it, and
 * a handler that runs in a unit of work of its own.  At least once: a handler
 * whose process dies is run again when its lease ends, so it must be right
 * when it runs twice.  What it writes to the store is written once, because its
 * row goes in the same transaction.  A failing job is tried again after 10 s,
 * 40 s, 160 s ... at most 6 hours, and is a dead letter after its kind's number
 * of tries.
 */

/* A row of the table that cli/assemble.c hands in; the table ends with name
 * NULL. */
struct job_kind {
	const char *name;     /* "report.remind", at most 60 bytes */
	int64_t time_limit_s; /* the lease: who takes longer may run twice */
	int64_t tries_max;
	/* Called with ctx->tx (TX_WRITE); a failure undoes what it did. */
	enum fail (*run)(struct ctx *ctx, const char *args);
};

#define JOB_ARGS_MAX 4000

/*
 * Needs TX_WRITE; the job exists if the unit of work comes through.  args is
 * canonical JSON by custom, for the handler alone.
 */
NODISCARD enum fail job_add(struct ctx *ctx, const char *kind, const char *args,
    int64_t run_at_us, int64_t *ret_id);

/*
 * Run due jobs one by one, each kind in turn, until none is due or most have
 * run; *ret_count tells how many.  ctx has no transaction; its home, actor,
 * dice and faults are those of the jobs, whose clock is home's.  Any number of
 * threads may call it.  A handler's failure is noted in the job's row and the
 * log and is not this function's; one of the store is.
 */
NODISCARD enum fail jobs_run_due(struct ctx *ctx, const struct job_kind *kinds,
    int most, int *ret_count);

/* Dead letters after an id, for the page that shows them. */
struct job_dead {
	int64_t id;
	const char *kind;
	const char *args;
	int64_t tries;
	const char *failure; /* a failure code */
	int64_t dead_at_us;
};
#define JOB_PAGE_MAX 500
NODISCARD enum fail job_dead_list(struct ctx *ctx, int64_t after, int64_t limit,
    struct job_dead **ret, size_t *ret_count);

/* Try a dead letter again from now on.  FAIL_NOT_FOUND "job.unknown". */
NODISCARD enum fail job_restart(struct ctx *ctx, int64_t id);

#endif
