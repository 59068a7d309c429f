#include "cli/jobs_thread.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "cli/clock.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/log.h"
#include "core/random.h"
#include "core/room.h"
#include "core/watch.h"
#include "http/client.h"
#include "jobs/jobs.h"
#include "people/access.h"
#include "store/store.h"

#define JOBS_AT_A_TIME 100

/*
 * The longest sleep: an operator may set the machine's clock, and a test moves
 * a file's.
 */
#define SLEEP_MOST_US (60 * SECOND_US)
#define SLEEP_MOST_BY_FILE_US (SECOND_US / 5)
#define SLEEP_FAILED_US (5 * SECOND_US)

/* A long job takes what the requests leave of the processors. */
#define LONG_NICE 10

struct jobs_thread;

struct lane_thread {
	struct jobs_thread *all;
	struct home *home;
	enum job_lane lane;
	pthread_t thread;
};

/* Lanes by thread: a few calls to other machines may wait at a time. */
static const enum job_lane lane_of[] = { JOB_QUICK, JOB_LONG, JOB_OUTBOUND,
	JOB_OUTBOUND, JOB_OUTBOUND, JOB_OUTBOUND };

struct jobs_thread {
	struct lane_thread lanes[ARRAY_SIZE(lane_of)];
	size_t started;
	pthread_mutex_t lock; /* of is_planned */
	bool is_planned;
};

static enum fail
plan(struct ctx *ctx)
{
	TRY(jobs_schedule(ctx));
	/* One server has the folder, and with it the SQLite file in it. */
	if (!store_is_postgres(ctx->home->store))
		TRY(jobs_free_leases(ctx));
	return OK;
}

/* By a clock that is not believed nothing is planned and nothing is due. */
static bool
may_plan(const struct home *home)
{
	return home->watch == NULL ||
	       watch_look(home->watch, NULL) == WATCH_RIGHT;
}

/* Before the first job of any lane, whose lease would be freed. */
static enum fail
plan_once(struct ctx *ctx, struct jobs_thread *jobs)
{
	enum fail got = OK;

	(void)pthread_mutex_lock(&jobs->lock);
	if (!jobs->is_planned)
		got = plan(ctx);
	jobs->is_planned = got == OK;
	(void)pthread_mutex_unlock(&jobs->lock);
	return got;
}

static enum fail
plan_and_run(struct ctx *ctx, const struct lane_thread *lane,
    int64_t *ret_next_us)
{
	int count = 0;

	TRY(plan_once(ctx, lane->all));
	return jobs_run_due(ctx, lane->lane, JOBS_AT_A_TIME, &count,
	    ret_next_us);
}

/* How long to sleep after it. */
static int64_t
run_due(struct lane_thread *lane)
{
	const struct folder_clock *clock = lane->home->clock;
	const int64_t most_us =
	    clock->file == NULL ? SLEEP_MOST_US : SLEEP_MOST_BY_FILE_US;
	struct arena *arena = arena_new(0);
	struct random random;
	struct ctx ctx;
	int64_t next_us = 0;
	int64_t sleep_us = SLEEP_FAILED_US;

	if (!may_plan(lane->home)) {
		arena_free(arena);
		return most_us < SLEEP_FAILED_US ? most_us : SLEEP_FAILED_US;
	}
	random_init(&random);
	ctx_init(&ctx, arena, lane->home);
	ctx.random = &random;
	ctx.actor = &access_system;
	ctx.locale = "vi";
	if (plan_and_run(&ctx, lane, &next_us) == OK)
		sleep_us = next_us - lane->home->now_us(lane->home->clock);
	else
		LOG_OFTEN(LOG_ERROR, "jobs.failed", ctx.failure.code,
		    LOG_T("code", ctx.failure.code),
		    LOG_T("message", ctx.failure.message));
	arena_free(arena);
	/* Whoever comes by now and then. */
	log_counted(time_steady_us());
	(void)room_is_full(lane->home->room);
	return sleep_us < most_us ? sleep_us : most_us;
}

/*
 * Linux keeps this value for each thread.  Where it is refused, the jobs only
 * compete with the requests for the processor.
 */
static void
yield_processor(void)
{
	errno = 0;
	if (nice(LONG_NICE) == -1 && errno != 0)
		LOG(LOG_WARN, "jobs.nice", LOG_N("status", errno));
}

static void *
work(void *arg)
{
	struct lane_thread *lane = arg;
	struct jobs *jobs = lane->home->jobs;

	if (lane->lane == JOB_LONG)
		yield_processor();
	while (!jobs_is_stopping(jobs))
		jobs_wait(jobs, lane->lane, run_due(lane));
	return NULL;
}

enum fail
jobs_thread_start(struct ctx *ctx, struct jobs_thread **ret)
{
	struct jobs_thread *jobs = ARENA_NEW(ctx->arena, struct jobs_thread);

	ctx->now_us = ctx->home->now_us(ctx->home->clock);
	(void)pthread_mutex_init(&jobs->lock, NULL);
	if (may_plan(ctx->home))
		TRY(plan_once(ctx, jobs));
	*ret = jobs; /* stopped by the caller even if not all have started */
	for (; jobs->started < ARRAY_SIZE(lane_of); jobs->started++) {
		struct lane_thread *lane = &jobs->lanes[jobs->started];

		lane->all = jobs;
		lane->home = ctx->home;
		lane->lane = lane_of[jobs->started];
		if (pthread_create(&lane->thread, NULL, work, lane) != 0)
			return FAIL(ctx, FAIL_INTERNAL, "serve.thread",
			    "the threads for jobs cannot start");
	}
	return OK;
}

void
jobs_thread_stop(struct jobs_thread *jobs)
{
	if (jobs == NULL)
		return;
	for (size_t i = 0; i < jobs->started; i++)
		jobs_stop(jobs->lanes[i].home->jobs);
	if (jobs->started > 0 && jobs->lanes[0].home->client != NULL)
		client_stop(jobs->lanes[0].home->client);
	for (size_t i = 0; i < jobs->started; i++)
		pthread_join(jobs->lanes[i].thread, NULL);
}
