#include "jobs/t_jobs.h"

#include <pthread.h>
#include <time.h>

#include "core/day.h"
#include "core/text.h"
#include "jobs/upkeep.h"
#include "ledger/t_ledger.h"

#define ENTRIES 20
#define LIMIT_S 60

static enum fail
append(struct ctx *ctx, void *arg)
{
	struct ledger_entry *entry = NULL;

	for (int i = 0; i < *(const int *)arg; i++)
		TRY(ledger_append(ctx, "report.sign", 7,
		    bytes_of_text("{\"value\":1}"), &entry));
	return OK;
}

static enum fail
count_entries(struct ctx *ctx, void *arg)
{
	bool more = true;
	struct ledger_reader *reader = NULL;
	struct ledger_entry entry = { 0 };

	TRY(ledger_read(ctx, 0, INT64_MAX, &reader));
	for (int *count = arg;; (*count)++) {
		TRY(ledger_next(ctx, reader, &entry, &more));
		if (!more)
			return OK;
	}
}

/* Where the walk stops in the middle of a step, and the others. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	bool inside;   /* the walk is within its transaction */
	bool released; /* the others have done what they wanted */
	bool waited_in_vain;
} stop = { .lock = PTHREAD_MUTEX_INITIALIZER,
	.moved = PTHREAD_COND_INITIALIZER };

/* With the lock.  False: nobody came in time. */
static bool
wait_for(const bool *what)
{
	struct timespec until = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += LIMIT_S;
	while (!*what)
		if (pthread_cond_timedwait(&stop.moved, &stop.lock, &until) !=
		    0)
			return false;
	return true;
}

static void
stop_inside(const char *what)
{
	if (!text_equal(what, "ledger_between"))
		return;
	(void)pthread_mutex_lock(&stop.lock);
	stop.inside = true;
	(void)pthread_cond_signal(&stop.moved);
	stop.waited_in_vain = !wait_for(&stop.released);
	(void)pthread_mutex_unlock(&stop.lock);
}

struct walker {
	struct home *home;
	int ran;
	enum fail got;
};

static void *
walk(void *arg)
{
	struct walker *walker = arg;
	struct arena *arena = arena_new(0);
	struct faults faults = { .meet = stop_inside };
	struct random random;
	struct ctx ctx;
	int64_t next_us = 0;

	random_seed(&random, 2);
	ctx_init(&ctx, arena, walker->home);
	ctx.random = &random;
	ctx.faults = &faults;
	walker->got = jobs_run_due(&ctx, JOB_LONG, 1, &walker->ran, &next_us);
	arena_free(arena);
	return NULL;
}

/*
 * More writers than a batch has places and more readers than the pool has: each
 * comes through while the walk is in the middle of its reading.
 */
static void
nobody_waits_for_a_walk_that_stops_in_the_middle(void **state)
{
	struct t *t = *state;
	struct walker walker = { .home = &t->home };
	struct jobs_stats stats = { 0 };
	int one = 1;
	int many = ENTRIES;
	int seen = 0;
	pthread_t thread;

	t_ledger_open(t);
	t_jobs_set(t, upkeep_kinds);
	t_ok(&t->ctx, jobs_schedule(&t->ctx));
	t_ok(&t->ctx, t_unit(t, append, &many));
	t->clock_us += DAY_US;
	assert_int_equal(pthread_create(&thread, NULL, walk, &walker), 0);
	(void)pthread_mutex_lock(&stop.lock);
	assert_true(wait_for(&stop.inside));
	(void)pthread_mutex_unlock(&stop.lock);

	for (int i = 0; i < ENTRIES; i++) {
		t_ok(&t->ctx, t_unit(t, append, &one));
		seen = 0;
		t_ok(&t->ctx, t_read(t, count_entries, &seen));
		assert_int_equal(seen, ENTRIES + i + 1);
	}

	(void)pthread_mutex_lock(&stop.lock);
	stop.released = true;
	(void)pthread_cond_signal(&stop.moved);
	(void)pthread_mutex_unlock(&stop.lock);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_false(stop.waited_in_vain);
	assert_int_equal(walker.got, OK);
	assert_int_equal(walker.ran, 1);
	jobs_stats(t->home.jobs, &stats);
	assert_int_equal(stats.done, 1);
	assert_int_equal(stats.failed, 0);
	t_ledger_close(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(nobody_waits_for_a_walk_that_stops_in_the_middle),
	};

	return t_run(tests);
}
