#include <assert.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/text.h"
#include "jobs/inside.h"
#include "store/store.h"

static void
lane_init(struct lane *lane)
{
	pthread_condattr_t attr;

	(void)pthread_mutex_init(&lane->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&lane->wake, &attr);
	(void)pthread_condattr_destroy(&attr);
}

struct jobs *
jobs_new(const struct job_kind *const *tables)
{
	struct jobs *jobs = calloc(1, sizeof(*jobs));
	size_t count = 0;

	assert(jobs != NULL);
	for (; *tables != NULL; tables++)
		for (const struct job_kind *kind = *tables; kind->name != NULL;
		     kind++) {
			assert(jobs_kind(jobs, kind->name) == NULL);
			assert(count < JOB_KINDS_MAX);
			assert(kind->every_s >= 0 && kind->at_s >= 0);
			assert(kind->at_s == 0 || kind->at_s < kind->every_s);
			jobs->kinds[count++] = kind;
		}
	for (int i = 0; i < JOB_LANES; i++)
		lane_init(&jobs->lanes[i]);
	return jobs;
}

void
jobs_free(struct jobs *jobs)
{
	if (jobs == NULL)
		return;
	for (int i = 0; i < JOB_LANES; i++) {
		(void)pthread_cond_destroy(&jobs->lanes[i].wake);
		(void)pthread_mutex_destroy(&jobs->lanes[i].lock);
	}
	free(jobs);
}

const struct job_kind *
jobs_kind(const struct jobs *jobs, const char *name)
{
	for (size_t i = 0; jobs->kinds[i] != NULL; i++)
		if (text_equal(jobs->kinds[i]->name, name))
			return jobs->kinds[i];
	return NULL;
}

int64_t
jobs_now_us(const struct ctx *ctx)
{
	return ctx->home->now_us(ctx->home->clock);
}

void
lane_look(struct jobs *jobs, enum job_lane lane)
{
	struct lane *at = &jobs->lanes[lane];

	(void)pthread_mutex_lock(&at->lock);
	at->woken = false;
	(void)pthread_mutex_unlock(&at->lock);
}

static void
lane_wake(struct lane *lane)
{
	(void)pthread_mutex_lock(&lane->lock);
	lane->woken = true;
	(void)pthread_cond_broadcast(&lane->wake);
	(void)pthread_mutex_unlock(&lane->lock);
}

void
jobs_wake(struct jobs *jobs, enum job_lane lane)
{
	lane_wake(&jobs->lanes[lane]);
}

void
jobs_plan(struct jobs *jobs, enum job_lane lane, job_plan_fn *plan)
{
	assert(jobs->plan_count < JOB_PLANS_MAX);
	jobs->plans[jobs->plan_count++] = (struct lane_plan){ lane, plan };
}

struct waking {
	struct tx_effect link;
	struct lane *lane;
};

static void
apply_waking(struct tx_effect *self)
{
	lane_wake(((struct waking *)self)->lane);
}

void
lane_stage_wake(struct ctx *ctx, const char *kind)
{
	struct jobs *jobs = ctx->home->jobs;
	const struct job_kind *known = NULL;
	struct waking *waking = NULL;

	if (jobs == NULL)
		return;
	known = jobs_kind(jobs, kind);
	if (known == NULL)
		return; /* of a newer program */
	waking = ARENA_NEW(ctx->arena, struct waking);
	waking->link.apply = apply_waking;
	waking->lane = &jobs->lanes[known->lane];
	tx_stage_effect(ctx, &waking->link);
}

void
jobs_wait(struct jobs *jobs, enum job_lane lane, int64_t most_us)
{
	const int64_t until_us = time_steady_us() + most_us;
	const struct timespec until = { until_us / 1000000,
		until_us % 1000000 * 1000 };
	struct lane *at = &jobs->lanes[lane];

	(void)pthread_mutex_lock(&at->lock);
	while (!at->woken && !jobs_is_stopping(jobs) &&
	       pthread_cond_timedwait(&at->wake, &at->lock, &until) == 0)
		continue;
	(void)pthread_mutex_unlock(&at->lock);
}

void
jobs_stop(struct jobs *jobs)
{
	atomic_store(&jobs->stopping, true);
	for (int i = 0; i < JOB_LANES; i++)
		lane_wake(&jobs->lanes[i]);
}

bool
jobs_is_stopping(struct jobs *jobs)
{
	return atomic_load(&jobs->stopping);
}

void
jobs_stats(struct jobs *jobs, struct jobs_stats *ret)
{
	*ret = (struct jobs_stats){
		.looks = atomic_load(&jobs->looks),
		.done = atomic_load(&jobs->done),
		.failed = atomic_load(&jobs->failed),
		.long_done = atomic_load(&jobs->long_done),
		.long_total = atomic_load(&jobs->long_total),
	};
}
