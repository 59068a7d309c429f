#include "event/hub.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/random.h"
#include "event/hub_inside.h"
#include "http/http.h"
#include "people/people.h"

#define STREAMS 1000
#define PERSON 12
#define HEARTBEAT_S 15
#define STACK_BYTES ((size_t)512 * 1024)

/* ---- waking ---- */

static void
wake(struct event_hub *hub, bool *flag)
{
	(void)pthread_mutex_lock(&hub->lock);
	/* Once is enough: the thread looks at all when it comes to it. */
	if (!*flag) {
		*flag = true;
		(void)pthread_cond_signal(&hub->woken);
	}
	(void)pthread_mutex_unlock(&hub->lock);
}

void
event_hub_on_news(void *arg)
{
	struct event_hub *hub = arg;

	if (atomic_load(&hub->count) > 0)
		wake(hub, &hub->has_news);
}

static void
on_people(void *arg)
{
	struct event_hub *hub = arg;

	if (atomic_load(&hub->count) > 0)
		wake(hub, &hub->has_people_news);
}

/* ---- joining ---- */

static int
count_of(const struct event_hub *hub, int64_t person)
{
	int count = 0;

	for (int i = 0; i < hub->waiting; i++)
		if (hub->waiters[i]->person == person &&
		    !http_stream_is_gone(hub->waiters[i]->stream))
			count++;
	return count;
}

/* With the lock.  Those who have gone hold their places until a round. */
static bool
has_place(const struct event_hub *hub, int64_t person)
{
	return !hub->is_stopping && hub->waiting < hub->options.streams_max &&
	       count_of(hub, person) < hub->options.person_max;
}

void
event_waiter_free(struct event_waiter *waiter)
{
	http_stream_release(waiter->stream);
	free(waiter);
}

int64_t
event_hub_heartbeat_us(const struct event_hub *hub)
{
	return hub->options.heartbeat_s * SECOND_US;
}

/* The first thing a stream says: when to come again, and where it is. */
static const char *
greeting(struct ctx *ctx, struct event_cursor at)
{
	/* Not all at once after a restart. */
	const uint64_t more_ms = random_below(ctx->random, 2000);

	return arena_printf(ctx->arena, "retry: %" PRIu64 "\nid: %s\n\n",
	    1000 + more_ms, event_cursor_text(ctx->arena, at));
}

enum fail
event_hub_join(struct ctx *ctx, const struct event_wait *in,
    struct http_stream **ret)
{
	struct event_hub *hub = ctx->home->event_hub;
	struct event_waiter *waiter = calloc(1, sizeof(*waiter));
	bool fits = false;

	assert(waiter != NULL && ctx->actor != NULL);
	*waiter = (struct event_waiter){
		.stream = http_stream_new(
		    in->wait_s > 0 ? EVENT_POLL_BYTES : EVENT_STREAM_BYTES),
		.person = ctx->actor->person,
		.who = in->who,
		.at = in->after,
		.known = in->after,
		.kinds = in->kinds,
		.limit = in->wait_s > 0 ? in->limit : 0,
		.due_us = time_steady_us() +
			  (in->wait_s > 0 ? in->wait_s * SECOND_US
					  : event_hub_heartbeat_us(hub)),
	};
	if (in->wait_s == 0)
		(void)http_stream_put(waiter->stream,
		    bytes_of_text(greeting(ctx, in->after)));
	(void)pthread_mutex_lock(&hub->lock);
	fits = has_place(hub, waiter->person);
	if (fits) {
		hub->waiters[hub->waiting++] = waiter;
		atomic_store(&hub->count, hub->waiting);
		hub->has_news = true;
		(void)pthread_cond_signal(&hub->woken);
		*ret = http_stream_hold(waiter->stream);
	}
	(void)pthread_mutex_unlock(&hub->lock);
	if (fits)
		return OK;
	event_waiter_free(waiter);
	return FAIL(ctx, FAIL_BUSY, "event.streams",
	    "%d streams, at most %d and %d of one person", event_hub_count(hub),
	    hub->options.streams_max, hub->options.person_max);
}

int
event_hub_count(struct event_hub *hub)
{
	return atomic_load(&hub->count);
}

int64_t
event_hub_rounds(struct event_hub *hub)
{
	return atomic_load(&hub->rounds);
}

/* ---- start and stop ---- */

static void
set_defaults(struct event_hub_options *options)
{
	if (options->streams_max == 0)
		options->streams_max = STREAMS;
	if (options->person_max == 0)
		options->person_max = PERSON;
	if (options->heartbeat_s == 0)
		options->heartbeat_s = HEARTBEAT_S;
}

enum fail
event_hub_start(struct ctx *ctx, const struct event_hub_options *options,
    struct event_hub **ret)
{
	struct event_hub *hub = calloc(1, sizeof(*hub));
	pthread_condattr_t steady;
	pthread_attr_t small;

	assert(hub != NULL);
	hub->home = ctx->home;
	hub->options = *options;
	set_defaults(&hub->options);
	hub->waiters =
	    calloc((size_t)hub->options.streams_max, sizeof(*hub->waiters));
	assert(hub->waiters != NULL);
	(void)pthread_mutex_init(&hub->lock, NULL);
	(void)pthread_condattr_init(&steady);
	(void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&hub->woken, &steady);
	(void)pthread_condattr_destroy(&steady);
	(void)pthread_attr_init(&small);
	(void)pthread_attr_setstacksize(&small, STACK_BYTES);
	hub->has_thread =
	    pthread_create(&hub->thread, &small, event_hub_work, hub) == 0;
	(void)pthread_attr_destroy(&small);
	if (!hub->has_thread) {
		event_hub_free(hub);
		return FAIL(ctx, FAIL_INTERNAL, "event.thread",
		    "the thread cannot be made");
	}
	event_listen(ctx->home->events, event_hub_on_news, hub);
	people_listen(ctx->home->people, on_people, hub);
	*ret = hub;
	return OK;
}

void
event_hub_stop(struct event_hub *hub)
{
	struct arena *arena = arena_new(0);
	struct ctx ctx;

	(void)pthread_mutex_lock(&hub->lock);
	hub->is_stopping = true;
	(void)pthread_cond_signal(&hub->woken);
	(void)pthread_mutex_unlock(&hub->lock);
	if (hub->has_thread)
		(void)pthread_join(hub->thread, NULL);
	hub->has_thread = false;
	(void)pthread_mutex_lock(&hub->lock);
	ctx_init(&ctx, arena, hub->home);
	for (int i = 0; i < hub->waiting; i++) {
		if (!hub->waiters[i]->is_done)
			event_waiter_dismiss(&ctx, hub->waiters[i]);
		event_waiter_free(hub->waiters[i]);
	}
	arena_free(arena);
	hub->waiting = 0;
	atomic_store(&hub->count, 0);
	(void)pthread_mutex_unlock(&hub->lock);
}

void
event_hub_free(struct event_hub *hub)
{
	if (hub == NULL)
		return;
	if (hub->has_thread)
		event_hub_stop(hub);
	event_unlisten(hub->home->events, event_hub_on_news, hub);
	people_listen(hub->home->people, NULL, NULL);
	(void)pthread_cond_destroy(&hub->woken);
	(void)pthread_mutex_destroy(&hub->lock);
	free(hub->waiters);
	free(hub);
}
