#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/random.h"
#include "event/hub_inside.h"
#include "event/view.h"
#include "http/http.h"

/*
 * The hub's thread sleeps until there is news or something is due.  A round
 * takes a copy of all who wait, passes over the log with them, and ticks.
 */

/* One after the other, so that a burst of commits is one look at the log. */
#define SPACING_US INT64_C(5000)
/* After a change of people each one who waits is looked up again, so not more
 * often than this. */
#define REVIEW_US SECOND_US
/* A store that has no reader is tried again, and so is a place that nothing was
 * read from though it is not the end; each time twice as late. */
#define RETRY_US (SECOND_US / 4)
#define RETRY_MOST_US (8 * SECOND_US)
/* A stream with less room than this is full. */
#define ROOM_MIN ((size_t)1024)
#define NEVER INT64_MAX

/* ---- those who wait ---- */

/* A copy of who waits, for the thread, without those who are done or gone. */
struct crowd {
	struct event_waiter **at;
	int count;
	struct event_waiter **group; /* room for as many */
};

/* With the lock. */
static void
take_crowd(struct event_hub *hub, struct crowd *crowd)
{
	int kept = 0;

	for (int i = 0; i < hub->waiting; i++) {
		struct event_waiter *waiter = hub->waiters[i];

		if (waiter->is_done || http_stream_is_gone(waiter->stream)) {
			event_waiter_free(waiter);
			continue;
		}
		waiter->is_visited = false;
		hub->waiters[kept++] = waiter;
	}
	hub->waiting = kept;
	atomic_store(&hub->count, kept);
	memcpy(crowd->at, hub->waiters, (size_t)kept * sizeof(*crowd->at));
	crowd->count = kept;
}

/* ---- passes over the log ---- */

static bool
lags(const struct event_waiter *waiter, struct event_cursor end)
{
	return !waiter->is_done && !event_cursor_equal(waiter->at, end);
}

/* What is left after a pass. */
enum rest {
	REST_NONE,  /* all are at the end, or have no room */
	REST_STUCK, /* somebody could not be served, or did not move */
	REST_MORE,  /* somebody moved, and there is more */
};

static enum rest
rest_of(const struct event_group *group, struct event_cursor was,
    struct event_cursor end)
{
	enum rest rest = REST_NONE;

	for (int i = 0; i < group->count; i++) {
		const struct event_waiter *waiter = group->waiters[i];

		if (!lags(waiter, end))
			continue;
		if (!event_cursor_equal(waiter->at, was))
			return REST_MORE;
		rest = REST_STUCK;
	}
	return rest;
}

/*
 * Each place once.  Who has no room is passed over until all it has is taken.
 */
static enum rest
pass(struct event_hub *hub, const struct crowd *crowd)
{
	const struct event_cursor end = event_now(hub->home);
	enum rest most = REST_NONE;

	for (int first = 0; first < crowd->count; first++) {
		struct event_group group = { .hub = hub,
			.waiters = crowd->group };
		const struct event_cursor at = crowd->at[first]->at;
		enum rest rest = REST_STUCK;

		for (int i = first; i < crowd->count; i++) {
			struct event_waiter *waiter = crowd->at[i];

			if (waiter->is_visited || !lags(waiter, end) ||
			    !event_cursor_equal(waiter->at, at))
				continue;
			if (http_stream_room(waiter->stream) < ROOM_MIN &&
			    http_stream_await(waiter->stream, event_hub_on_news,
				hub))
				continue;
			waiter->is_visited = true;
			crowd->group[group.count++] = waiter;
		}
		if (group.count == 0)
			continue;
		if (event_group_serve(&group))
			rest = rest_of(&group, at, end);
		if (rest > most)
			most = rest;
	}
	return most;
}

/* ---- what is due ---- */

static void
tick(struct ctx *ctx, const struct event_hub *hub, struct event_waiter *waiter,
    int64_t now_us)
{
	const char *beat = ":\n\n";

	if (waiter->limit > 0) {
		event_waiter_answer(ctx, waiter, &(struct event_list){ 0 });
		return;
	}
	if (!event_cursor_equal(waiter->known, waiter->at))
		beat = arena_printf(ctx->arena, "id: %s\n\n",
		    event_cursor_text(ctx->arena, waiter->at));
	if (http_stream_put(waiter->stream, bytes_of_text(beat)))
		waiter->known = waiter->at;
	waiter->due_us = now_us + event_hub_heartbeat_us(hub);
}

/*
 * Heartbeats and ends of polls; those whose time has come, or all after a
 * change of people, are looked up.  Gives when the next is due.
 */
static int64_t
tick_all(struct event_hub *hub, const struct crowd *crowd, bool look_at_all)
{
	const int64_t now_us = time_steady_us();
	struct arena *arena = arena_new(0);
	struct random random;
	int64_t next_us = NEVER;

	random_init(&random);
	for (int i = 0; i < crowd->count; i++) {
		struct event_waiter *waiter = crowd->at[i];
		const bool is_due = waiter->due_us <= now_us;
		struct ctx ctx;

		ctx_init(&ctx, arena, hub->home);
		ctx.random = &random;
		/* Who cannot be looked up now is so the next time. */
		if (!waiter->is_done && (is_due || look_at_all) &&
		    event_waiter_look_up(&ctx, waiter) != OK)
			fail_clear(&ctx);
		if (!waiter->is_done && is_due)
			tick(&ctx, hub, waiter, now_us);
		if (!waiter->is_done && waiter->due_us < next_us)
			next_us = waiter->due_us;
		arena_reset(arena);
	}
	arena_free(arena);
	return next_us;
}

/* ---- rounds ---- */

struct round {
	int64_t passed_us;   /* when the last pass began */
	int64_t reviewed_us; /* when all were looked up last */
	int64_t next_us;     /* when something is due */
	int64_t retry_us;    /* how long to wait for who is stuck */
};

/* With the lock: when is there something to do? */
static int64_t
begin_us(const struct event_hub *hub, const struct round *round)
{
	int64_t at_us = round->next_us;

	if (hub->has_news && round->passed_us + SPACING_US < at_us)
		at_us = round->passed_us + SPACING_US;
	if (hub->has_people_news && round->reviewed_us + REVIEW_US < at_us)
		at_us = round->reviewed_us + REVIEW_US;
	return at_us;
}

static void
run_round(struct event_hub *hub, struct crowd *crowd, struct round *round,
    bool is_review)
{
	enum rest rest = REST_NONE;

	atomic_fetch_add(&hub->rounds, 1);
	round->passed_us = time_steady_us();
	if (is_review)
		round->reviewed_us = round->passed_us;
	rest = pass(hub, crowd);
	round->next_us = tick_all(hub, crowd, is_review);
	if (rest != REST_STUCK)
		round->retry_us = RETRY_US;
	else if (round->passed_us + round->retry_us < round->next_us)
		round->next_us = round->passed_us + round->retry_us;
	if (rest == REST_STUCK && round->retry_us < RETRY_MOST_US)
		round->retry_us *= 2;
	if (rest == REST_MORE)
		round->next_us = round->passed_us;
	/* Somebody is done: the next round lets it go. */
	for (int i = 0; i < crowd->count; i++)
		if (crowd->at[i]->is_done)
			round->next_us = round->passed_us;
}

/* With the lock. */
static void
wait_until(struct event_hub *hub, int64_t until_us)
{
	const struct timespec until = { .tv_sec = until_us / SECOND_US,
		.tv_nsec = until_us % SECOND_US * 1000 };

	if (until_us == NEVER)
		(void)pthread_cond_wait(&hub->woken, &hub->lock);
	else
		(void)pthread_cond_timedwait(&hub->woken, &hub->lock, &until);
}

void *
event_hub_work(void *arg)
{
	struct event_hub *hub = arg;
	const size_t most = (size_t)hub->options.streams_max;
	struct arena *arena = arena_new(0);
	struct crowd crowd = { .at = ARENA_ARRAY(arena, most,
				   struct event_waiter *),
		.group = ARENA_ARRAY(arena, most, struct event_waiter *) };
	struct round round = { .next_us = NEVER, .retry_us = RETRY_US };

	(void)pthread_mutex_lock(&hub->lock);
	while (!hub->is_stopping) {
		const int64_t at_us = begin_us(hub, &round);
		bool is_review = false;

		if (at_us > time_steady_us()) {
			wait_until(hub, at_us);
			continue;
		}
		is_review = hub->has_people_news &&
			    round.reviewed_us + REVIEW_US <= time_steady_us();
		hub->has_news = false;
		if (is_review)
			hub->has_people_news = false;
		take_crowd(hub, &crowd);
		(void)pthread_mutex_unlock(&hub->lock);
		run_round(hub, &crowd, &round, is_review);
		(void)pthread_mutex_lock(&hub->lock);
	}
	(void)pthread_mutex_unlock(&hub->lock);
	arena_free(arena);
	return NULL;
}
