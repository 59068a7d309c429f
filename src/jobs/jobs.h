#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "store/store.h"

/*
 * Work that is done later: a row written in the unit of work that wants it, and
 * a handler of its kind that runs when it is due.  At least once: a handler
 * whose process dies is run again when its lease ends, so it must be right
 * when it runs twice.  A failing job is tried again after 10 s, 40 s, 160 s ...
 * at most 6 hours, and is a dead letter after its kind's number of tries.
 *
 * The kind says which transaction the handler finds:
 *	TX_WRITE	the writer's ticket is held while it runs, so only for
 *			what takes milliseconds.  What it writes is written
 *			exactly once: the row's end is in the same unit of work.
 *	TX_READ		one snapshot of a reader.  No writer waits, but a
 *			snapshot of minutes keeps the log from being reset.
 *	TX_NONE		none: it begins short ones itself, and holds none while
 *			it calls another machine.  For what takes long, too.
 * Of the last two the row is ended in a unit of work of its own afterwards: who
 * dies between the work and the end does the work again.
 */
struct jobs; /* the kinds, and who waits for work; any thread */

/*
 * Each lane has threads of its own (cli/jobs_thread.h), so that a long job never
 * delays a quick one, nor one that waits for another machine either.  Quick and
 * long jobs run one by one; outbound ones a few at a time, so that a machine
 * that hangs does not delay what goes to others.
 */
enum job_lane { JOB_QUICK, JOB_LONG, JOB_OUTBOUND };
#define JOB_LANES 3

/* What a handler gets.  It lives in the handler's arena. */
struct job {
	int64_t id;
	const char *args; /* as given to job_add */
	int64_t tries;    /* this one is counted */
	const struct job_kind *kind;
	int64_t lease_us;  /* until then the row is this handler's */
	int64_t shown_us;  /* clock's time of the last job_progress */
	int64_t steady_us; /* the same by the steady clock */
	int64_t step_us;   /* steady clock's when its step began */
};

struct text;

/* A row of a module's table; the table ends with name NULL. */
struct job_kind {
	const char *name; /* "report.remind", at most 60 bytes */
	enum job_lane lane;
	enum tx_mode tx;
	int64_t time_limit_s; /* the lease: who takes longer without
				 job_progress may run twice */
	int64_t tries_max;
	/* With ctx->tx as tx says; a failure undoes what ctx->tx did. */
	enum fail (*run)(struct ctx *ctx, struct job *job);
	/*
	 * By itself, with the arguments "{}": whenever so many seconds have
	 * passed since 1970-01-01T00:00:00+07:00 plus at_s.  0: never.  So a
	 * day's seconds and 7200 mean daily at 02:00 +07:00.
	 */
	int64_t every_s;
	int64_t at_s; /* under every_s */
};

#define JOB_ARGS_MAX 4000
#define JOB_KINDS_MAX 200

/*
 * All kinds of the program, from a list of tables that ends with NULL; the
 * tables outlive it.  A name is there once.  For home->jobs.
 */
struct jobs *jobs_new(const struct job_kind *const *tables);
void jobs_free(struct jobs *jobs); /* NULL does nothing */

/*
 * Needs TX_WRITE; the job exists if the unit of work comes through, and then
 * its lane's thread hears of it.  kind is one of home->jobs (if there is one);
 * args is canonical JSON by custom, for the handler alone.  run_at_us is at most
 * JOB_AHEAD_S from now: what is further off counts as set by a clock that has
 * been put back, and is due.
 */
#define JOB_AHEAD_S 3600
NODISCARD enum fail job_add(struct ctx *ctx, const char *kind, const char *args,
    int64_t run_at_us, int64_t *ret_id);

/*
 * Make the rows of the schedules follow home->jobs; ctx has no transaction.  At
 * start.  Writes only what differs.  What is planned stays planned: what was
 * missed while no server ran runs once, soon.
 */
NODISCARD enum fail jobs_schedule(struct ctx *ctx);

/*
 * At start, before the first lane, of a process that alone may have jobs of this
 * store: what one before it had at work when it died is due now, instead of at
 * the end of its lease.  The try counts, so that a job which kills its process is
 * given up like one that fails.  ctx has no transaction; writes only if there is
 * one.
 */
NODISCARD enum fail jobs_free_leases(struct ctx *ctx);

/* The first instant after now_us at which such a schedule is due. */
int64_t schedule_next_us(int64_t every_s, int64_t at_s, int64_t now_us);

/*
 * Run due jobs of a lane one by one, each kind in turn, until none is due or
 * most have run; *ret_count is how many, *ret_next_us when the next one is
 * due (INT64_MAX: none is known).  A schedule that is due adds its job and moves
 * on in one unit of work, unless the last one is still there.  One query asks
 * for all kinds and schedules; while nothing is due nothing is written.  ctx has
 * no transaction; its home, actor, dice and faults are those of the jobs, whose
 * clock is home's.  Any number of threads may call it.  A handler's failure is
 * noted in the job's row and the log and is not this function's; one of the
 * store is.
 */
NODISCARD enum fail jobs_run_due(struct ctx *ctx, enum job_lane lane, int most,
    int *ret_count, int64_t *ret_next_us);

/*
 * For a handler with TX_NONE, between its transactions: done of total steps
 * (0: nobody knows how many) are behind it, and the lease begins anew.  Cheap to
 * call often: the row is written once a second; /metrics shows each call of the
 * long lane.  Sets ctx->now_us.
 *
 * A job of the long lane sleeps here for as long as it worked since the last call
 * (at most 50 ms), so that it never has more than half of a processor and of the
 * disk; its steps should take a few milliseconds each.
 *	FAIL_STALE	"job.lease_lost"	it is another's: stop at once
 *	FAIL_BUSY	"job.stopping"		the server stops: return this;
 *						the job runs again later and the
 *						try is not counted
 */
NODISCARD enum fail job_progress(struct ctx *ctx, struct job *job, int64_t done,
    int64_t total);

/*
 * At start: have plan(ctx, &next_us) called whenever the lane looks for work.
 * It adds the jobs of what is due by rows of its owner's, such as a hook that is
 * behind; ctx has no transaction, and while nothing is due it writes nothing.
 * next_us is when it wants to be asked again, if nobody wakes the lane before
 * (INT64_MAX: never).  Any of the lane's threads calls it, several at a time.
 */
#define JOB_PLANS_MAX 8
typedef enum fail job_plan_fn(struct ctx *ctx, int64_t *ret_next_us);
void jobs_plan(struct jobs *jobs, enum job_lane lane, job_plan_fn *plan);

/* Have the lane look now: a plan may find something.  Any thread; waits for
 * nothing but a short lock. */
void jobs_wake(struct jobs *jobs, enum job_lane lane);

/*
 * Sleep until a job of the lane is added, jobs_stop, or most_us (of the steady
 * clock) have passed.  At once if one was added since the lane's last
 * jobs_run_due began.
 */
void jobs_wait(struct jobs *jobs, enum job_lane lane, int64_t most_us);

/* From now on jobs_wait does not wait and handlers hear "job.stopping". */
void jobs_stop(struct jobs *jobs);
bool jobs_is_stopping(struct jobs *jobs);

/* Counters for /metrics, since the start. */
struct jobs_stats {
	int64_t looks; /* queries whether something is due */
	int64_t done;
	int64_t failed; /* tries */
	/* Of the long job at work; 0 while there is none. */
	int64_t long_done;
	int64_t long_total;
};
void jobs_stats(struct jobs *jobs, struct jobs_stats *ret);

#define JOB_PAGE_MAX 500

/* Is there a job of this number: waiting, at work or given up? */
NODISCARD enum fail job_is_there(struct ctx *ctx, int64_t id, bool *ret);

/*
 * Of the doctor (app/slice.h, struct check): the rows of the schedules are as
 * the kinds of home->jobs want them, and each is next due at one of its times
 * within a round from now.  A folder that no server has had yet has none.
 *	FAIL_INTERNAL	"job.schedule"
 */
NODISCARD enum fail jobs_check(struct ctx *ctx, struct text *said);

/* Jobs at work after an id.  done and total as the handler last said. */
struct job_running {
	int64_t id;
	const char *kind;
	const char *args;
	int64_t tries;
	int64_t done;
	int64_t total;
	int64_t lease_us;
};
NODISCARD enum fail job_running_list(struct ctx *ctx, int64_t after,
    int64_t limit, struct job_running **ret, size_t *ret_count);

struct job_schedule {
	const char *kind;
	int64_t every_s;
	int64_t at_s;
	int64_t next_us;
};
/* All of them, by kind. */
NODISCARD enum fail job_schedule_list(struct ctx *ctx,
    struct job_schedule **ret, size_t *ret_count);

/* Dead letters after an id, for the page that shows them. */
struct job_dead {
	int64_t id;
	const char *kind;
	const char *args;
	int64_t tries;
	const char *failure; /* a failure code */
	int64_t dead_at_us;
};
NODISCARD enum fail job_dead_list(struct ctx *ctx, int64_t after, int64_t limit,
    struct job_dead **ret, size_t *ret_count);

/* Try a dead letter again from now on.  FAIL_NOT_FOUND "job.unknown". */
NODISCARD enum fail job_restart(struct ctx *ctx, int64_t id);

#endif
