#include "cli/jobs_thread.h"

#include <pthread.h>
#include <time.h>

#include "cli/upkeep.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/log.h"
#include "core/random.h"
#include "jobs/jobs.h"
#include "people/access.h"

#define LOOK_EVERY_US INT64_C(5000000)
#define JOBS_AT_A_TIME 100

struct jobs_thread {
	struct home *home;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t stop;
	bool is_stopping;
	int64_t upkeep_us; /* when the next nightly jobs are due */
};

static enum fail
plan_and_run(struct ctx *ctx, struct jobs_thread *jobs)
{
	int count = 0;

	if (ctx->now_us >= jobs->upkeep_us) {
		TRY(upkeep_add(ctx));
		jobs->upkeep_us = upkeep_next_us(ctx->now_us);
	}
	return jobs_run_due(ctx, upkeep_kinds, JOBS_AT_A_TIME, &count);
}

static void
run_due(struct jobs_thread *jobs)
{
	struct arena *arena = arena_new(0);
	struct random random;
	struct ctx ctx;

	random_init(&random);
	ctx_init(&ctx, arena, jobs->home);
	ctx.random = &random;
	ctx.actor = &access_system;
	ctx.locale = "vi";
	ctx.now_us = jobs->home->now_us(jobs->home->clock);
	if (plan_and_run(&ctx, jobs) != OK)
		LOG(LOG_ERROR, "jobs.failed", LOG_T("code", ctx.failure.code),
		    LOG_T("message", ctx.failure.message));
	arena_free(arena);
}

static void *
work(void *arg)
{
	struct jobs_thread *jobs = arg;
	struct timespec until;
	int64_t until_us = 0;

	pthread_mutex_lock(&jobs->lock);
	while (!jobs->is_stopping) {
		pthread_mutex_unlock(&jobs->lock);
		run_due(jobs);
		pthread_mutex_lock(&jobs->lock);
		until_us = time_steady_us() + LOOK_EVERY_US;
		until = (struct timespec){ until_us / 1000000,
			until_us % 1000000 * 1000 };
		while (!jobs->is_stopping && pthread_cond_timedwait(&jobs->stop,
						 &jobs->lock, &until) == 0)
			continue;
	}
	pthread_mutex_unlock(&jobs->lock);
	return NULL;
}

enum fail
jobs_thread_start(struct ctx *ctx, struct jobs_thread **ret)
{
	struct jobs_thread *jobs = ARENA_NEW(ctx->arena, struct jobs_thread);
	pthread_condattr_t attr;

	jobs->home = ctx->home;
	jobs->upkeep_us = upkeep_next_us(ctx->home->now_us(ctx->home->clock));
	pthread_mutex_init(&jobs->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&jobs->stop, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&jobs->thread, NULL, work, jobs) != 0)
		return FAIL(ctx, FAIL_INTERNAL, "serve.thread",
		    "the thread for jobs cannot start");
	*ret = jobs;
	return OK;
}

void
jobs_thread_stop(struct jobs_thread *jobs)
{
	if (jobs == NULL)
		return;
	pthread_mutex_lock(&jobs->lock);
	jobs->is_stopping = true;
	pthread_cond_signal(&jobs->stop);
	pthread_mutex_unlock(&jobs->lock);
	pthread_join(jobs->thread, NULL);
	pthread_cond_destroy(&jobs->stop);
	pthread_mutex_destroy(&jobs->lock);
}
