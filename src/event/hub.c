#include "event/hub.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "codec/shape_json.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/log.h"
#include "core/random.h"
#include "core/text.h"
#include "event/inside.h"
#include "event/view.h"
#include "http/http.h"
#include "people/access.h"
#include "people/people.h"

#define STREAMS 1000
#define PERSON 12
#define HEARTBEAT_S 15
#define SECOND_US INT64_C(1000000)
/* Positions read at once for those who wait at one place. */
#define PAGE 200
/* One after the other, so that a burst of commits is one look at the log. */
#define SPACING_US INT64_C(5000)
/* After a change of people each one who waits is looked up again, so not more
 * often than this. */
#define REVIEW_US SECOND_US
/* A store that has no reader is tried again. */
#define RETRY_US (SECOND_US / 4)
/* A stream with less room than this is full. */
#define ROOM_MIN ((size_t)1024)
#define STACK_BYTES ((size_t)512 * 1024)
#define NEVER INT64_MAX

/*
 * One who waits.  All but stream and person are the thread's own after joining.
 */
struct waiter {
	struct http_stream *stream;
	int64_t person;
	struct credential_id who;
	struct event_cursor at;    /* all before it was handed on */
	struct event_cursor known; /* what its client got last */
	uint64_t kinds;
	int limit;       /* of a poll; 0: a stream */
	int64_t due_us;  /* heartbeat, or the poll's end; steady clock */
	bool is_done;    /* to be let go */
	bool is_visited; /* in this pass */
	const struct actor *actor; /* while its group is served */
};

struct event_hub {
	struct home *home;
	struct event_hub_options options;
	pthread_t thread;
	bool has_thread;
	atomic_int count;     /* of waiters, for those who hold no lock */
	pthread_mutex_t lock; /* guards what is below */
	pthread_cond_t woken;
	struct waiter **waiters; /* streams_max places */
	int waiting;
	bool has_news;
	bool has_people_news;
	bool is_stopping;
};

/* ---- waking ------------------------------------------------------------- */

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

static void
on_news(void *arg)
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

/* ---- handing on --------------------------------------------------------- */

static void
let_go(struct waiter *waiter)
{
	http_stream_end(waiter->stream);
	waiter->is_done = true;
}

static bool
wants(const struct events *events, const struct waiter *waiter,
    const struct event_kind *kind)
{
	for (size_t i = 0; waiter->kinds != 0 && events->kinds[i] != NULL; i++)
		if (events->kinds[i] == kind)
			return (waiter->kinds >> i & 1) != 0;
	return true;
}

/* The answer of a poll, which is over with it. */
static void
answer_poll(struct ctx *ctx, struct waiter *waiter, struct event_list *list)
{
	struct text text;

	text_init(&text, ctx->arena);
	list->next = event_cursor_text(ctx->arena, waiter->at);
	shape_write(&text, &event_list_shape, list);
	(void)http_stream_put(waiter->stream, text_bytes(&text));
	let_go(waiter);
}

/* Its place stays with its client; a poll says it in so many words. */
static void
dismiss(struct ctx *ctx, struct waiter *waiter)
{
	if (waiter->limit > 0)
		answer_poll(ctx, waiter, &(struct event_list){ 0 });
	else
		let_go(waiter);
}

/* A page as it is handed to each of a group. */
struct handing {
	const struct event_page *page;
	struct event_view *views;
	const char **lines; /* for streams; NULL: not made yet */
};

static const char *
line_of(struct ctx *ctx, struct handing *handing, size_t i)
{
	struct text text;

	if (handing->lines[i] != NULL)
		return handing->lines[i];
	text_init(&text, ctx->arena);
	text_addf(&text, "id: %s\ndata: ", handing->views[i].cursor);
	shape_write(&text, &event_shape, &handing->views[i]);
	text_add(&text, "\n\n");
	handing->lines[i] = text_of(&text);
	return handing->lines[i];
}

/* May this one see it, by what it asked for and by its rights? */
static enum fail
is_for(struct ctx *ctx, const struct waiter *waiter, const struct event *event,
    bool *ret)
{
	*ret = false;
	if (!wants(ctx->home->events, waiter, event->kind))
		return OK;
	return event_may_see(ctx, event, ret);
}

static enum fail
hand_to_stream(struct ctx *ctx, struct waiter *waiter, struct handing *handing,
    int64_t due_us)
{
	const struct event_page *page = handing->page;
	const size_t room = http_stream_room(waiter->stream);
	struct event_cursor at = page->cursor;
	struct event_cursor known = waiter->known;
	struct text text;

	text_init(&text, ctx->arena);
	for (size_t i = 0; i < page->count; i++) {
		bool sees = false;

		TRY(is_for(ctx, waiter, &page->items[i], &sees));
		if (!sees)
			continue;

		const char *line = line_of(ctx, handing, i);

		if (text.len + strlen(line) > room) {
			/* The rest when there is room again. */
			at = i == 0 ? waiter->at : page->items[i - 1].cursor;
			break;
		}
		text_add(&text, line);
		known = page->items[i].cursor;
	}
	if (text.len > 0) {
		if (!http_stream_put(waiter->stream, text_bytes(&text)))
			return OK; /* it has gone */
		waiter->due_us = due_us;
	}
	waiter->known = known;
	waiter->at = at;
	return OK;
}

static enum fail
hand_to_poll(struct ctx *ctx, struct waiter *waiter,
    const struct handing *handing)
{
	const struct event_page *page = handing->page;
	struct event_view *items =
	    ARENA_ARRAY(ctx->arena, page->count + 1, struct event_view);
	struct event_list list = { .more = page->more };
	struct event_cursor at = page->cursor;
	size_t count = 0;

	for (size_t i = 0; i < page->count; i++) {
		bool sees = false;

		TRY(is_for(ctx, waiter, &page->items[i], &sees));
		if (!sees)
			continue;
		if (count == (size_t)waiter->limit) {
			at = page->items[i - 1].cursor;
			list.more = true;
			break;
		}
		items[count++] = handing->views[i];
	}
	waiter->at = at;
	list.items = (struct list_of){ items, count };
	if (count > 0)
		answer_poll(ctx, waiter, &list);
	return OK;
}

static int64_t
heartbeat_us(const struct event_hub *hub)
{
	return hub->options.heartbeat_s * SECOND_US;
}

/* Those of all who wait at one place; inside TX_READ. */
struct group {
	struct event_hub *hub;
	struct waiter **waiters;
	int count;
};

static enum fail
hand_on(struct ctx *ctx, const struct group *group,
    const struct event_page *page)
{
	const int64_t due_us = time_steady_us() + heartbeat_us(group->hub);
	struct handing handing = { .page = page };
	struct arena *outer = ctx->arena;
	enum fail got = OK;

	handing.views = ARENA_ARRAY(outer, page->count + 1, struct event_view);
	handing.lines = ARENA_ARRAY(outer, page->count + 1, const char *);
	for (size_t i = 0; i < page->count; i++) {
		event_show(ctx, &page->items[i], &handing.views[i]);
		(void)line_of(ctx, &handing, i);
	}
	for (int i = 0; got == OK && i < group->count; i++) {
		struct waiter *waiter = group->waiters[i];

		if (waiter->is_done)
			continue;
		ctx->arena = arena_child(outer);
		ctx->actor = waiter->actor;
		got = waiter->limit == 0
			  ? hand_to_stream(ctx, waiter, &handing, due_us)
			  : hand_to_poll(ctx, waiter, &handing);
		if (got == OK)
			arena_free(ctx->arena);
		ctx->arena = outer;
		ctx->actor = NULL;
	}
	return got;
}

/* Who is it by now?  Nobody: it is let go. */
static enum fail
look_up(struct ctx *ctx, struct waiter *waiter)
{
	TRY(credential_again(ctx, &waiter->who, &waiter->actor));
	if (waiter->actor == NULL)
		dismiss(ctx, waiter);
	return OK;
}

static enum fail
read_for(struct ctx *ctx, const struct group *group)
{
	struct event_page page = { 0 };
	enum fail got = OK;

	for (int i = 0; i < group->count; i++)
		TRY(look_up(ctx, group->waiters[i]));
	TRY(tx_begin(ctx, TX_READ));
	got = event_read(ctx, &group->waiters[0]->at, PAGE, &page);
	if (got == OK)
		got = hand_on(ctx, group, &page);
	return tx_end(ctx, got);
}

/* ---- the thread --------------------------------------------------------- */

/*
 * A unit of work of the thread.  A store that is busy or away is no reason to
 * let anybody go: their places stay.  Their cursors were good when they joined;
 * what was pruned since is said when they come again.
 */
static bool
serve(const struct group *group)
{
	struct arena *arena = arena_new(0);
	struct random random;
	struct ctx ctx;
	enum fail got = OK;

	random_init(&random);
	ctx_init(&ctx, arena, group->hub->home);
	ctx.random = &random;
	got = read_for(&ctx, group);
	if (got == FAIL_CONFLICT)
		for (int i = 0; i < group->count; i++)
			dismiss(&ctx, group->waiters[i]);
	else if (got != OK)
		LOG(LOG_WARN, "event.failed", LOG_T("code", ctx.failure.code),
		    LOG_T("error", ctx.failure.message));
	arena_free(arena);
	return got == OK || got == FAIL_CONFLICT;
}

/* A copy of who waits, for the thread, without those who are done or gone. */
struct crowd {
	struct waiter **at;
	int count;
	struct waiter **group; /* room for as many */
};

static void
waiter_free(struct waiter *waiter)
{
	http_stream_release(waiter->stream);
	free(waiter);
}

/* With the lock. */
static void
take_crowd(struct event_hub *hub, struct crowd *crowd)
{
	int kept = 0;

	for (int i = 0; i < hub->waiting; i++) {
		struct waiter *waiter = hub->waiters[i];

		if (waiter->is_done || http_stream_is_gone(waiter->stream)) {
			waiter_free(waiter);
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

static bool
lags(const struct waiter *waiter, struct event_cursor end)
{
	return !waiter->is_done && !event_cursor_equal(waiter->at, end);
}

/*
 * Each place once.  Who has no room is passed over until all it has is taken.
 * False if somebody is to be tried again a little later.
 */
static bool
pass(struct event_hub *hub, const struct crowd *crowd, bool *ret_again)
{
	const struct event_cursor end = event_now(hub->home);
	bool all = true;

	*ret_again = false;
	for (int first = 0; first < crowd->count; first++) {
		struct group group = { .hub = hub, .waiters = crowd->group };
		const struct event_cursor at = crowd->at[first]->at;

		for (int i = first; i < crowd->count; i++) {
			struct waiter *waiter = crowd->at[i];

			if (waiter->is_visited || !lags(waiter, end) ||
			    !event_cursor_equal(waiter->at, at))
				continue;
			if (http_stream_room(waiter->stream) < ROOM_MIN &&
			    http_stream_await(waiter->stream, on_news, hub))
				continue;
			waiter->is_visited = true;
			crowd->group[group.count++] = waiter;
		}
		if (group.count == 0)
			continue;
		if (!serve(&group)) {
			all = false;
			continue;
		}
		for (int i = 0; i < group.count; i++)
			if (lags(group.waiters[i], end))
				*ret_again = true;
	}
	return all;
}

static void
tick(struct ctx *ctx, const struct event_hub *hub, struct waiter *waiter,
    int64_t now_us)
{
	const char *beat = ":\n\n";

	if (waiter->limit > 0) {
		answer_poll(ctx, waiter, &(struct event_list){ 0 });
		return;
	}
	if (!event_cursor_equal(waiter->known, waiter->at))
		beat = arena_printf(ctx->arena, "id: %s\n\n",
		    event_cursor_text(ctx->arena, waiter->at));
	if (http_stream_put(waiter->stream, bytes_of_text(beat)))
		waiter->known = waiter->at;
	waiter->due_us = now_us + heartbeat_us(hub);
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
		struct waiter *waiter = crowd->at[i];
		const bool is_due = waiter->due_us <= now_us;
		struct ctx ctx;

		ctx_init(&ctx, arena, hub->home);
		ctx.random = &random;
		if (!waiter->is_done && (is_due || look_at_all))
			(void)look_up(&ctx, waiter);
		if (!waiter->is_done && is_due)
			tick(&ctx, hub, waiter, now_us);
		if (!waiter->is_done && waiter->due_us < next_us)
			next_us = waiter->due_us;
		arena_reset(arena);
	}
	arena_free(arena);
	return next_us;
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

struct round {
	int64_t passed_us;   /* when the last pass began */
	int64_t reviewed_us; /* when all were looked up last */
	int64_t next_us;     /* when something is due */
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
	bool again = false;
	bool all = false;

	round->passed_us = time_steady_us();
	if (is_review)
		round->reviewed_us = round->passed_us;
	all = pass(hub, crowd, &again);
	round->next_us = tick_all(hub, crowd, is_review);
	if (!all && round->passed_us + RETRY_US < round->next_us)
		round->next_us = round->passed_us + RETRY_US;
	if (again)
		round->next_us = round->passed_us;
	/* Somebody is done: the next round lets it go. */
	for (int i = 0; i < crowd->count; i++)
		if (crowd->at[i]->is_done)
			round->next_us = round->passed_us;
}

static void *
work(void *arg)
{
	struct event_hub *hub = arg;
	const size_t most = (size_t)hub->options.streams_max;
	struct arena *arena = arena_new(0);
	struct crowd crowd = { .at = ARENA_ARRAY(arena, most, struct waiter *),
		.group = ARENA_ARRAY(arena, most, struct waiter *) };
	struct round round = { .next_us = NEVER };

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

/* ---- joining ------------------------------------------------------------ */

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
	struct waiter *waiter = calloc(1, sizeof(*waiter));
	bool fits = false;

	assert(waiter != NULL && ctx->actor != NULL);
	*waiter = (struct waiter){
		.stream = http_stream_new(
		    in->wait_s > 0 ? EVENT_POLL_BYTES : EVENT_STREAM_BYTES),
		.person = ctx->actor->person,
		.who = in->who,
		.at = in->after,
		.known = in->after,
		.kinds = in->kinds,
		.limit = in->wait_s > 0 ? in->limit : 0,
		.due_us =
		    time_steady_us() + (in->wait_s > 0 ? in->wait_s * SECOND_US
						       : heartbeat_us(hub)),
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
	waiter_free(waiter);
	return FAIL(ctx, FAIL_BUSY, "event.streams",
	    "%d streams, at most %d and %d of one person", event_hub_count(hub),
	    hub->options.streams_max, hub->options.person_max);
}

int
event_hub_count(struct event_hub *hub)
{
	return atomic_load(&hub->count);
}

/* ---- start and stop ----------------------------------------------------- */

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
	hub->has_thread = pthread_create(&hub->thread, &small, work, hub) == 0;
	(void)pthread_attr_destroy(&small);
	if (!hub->has_thread) {
		event_hub_free(hub);
		return FAIL(ctx, FAIL_INTERNAL, "event.thread",
		    "the thread cannot be made");
	}
	event_listen(ctx->home->events, on_news, hub);
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
			dismiss(&ctx, hub->waiters[i]);
		waiter_free(hub->waiters[i]);
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
	event_unlisten(hub->home->events, on_news, hub);
	people_listen(hub->home->people, NULL, NULL);
	(void)pthread_cond_destroy(&hub->woken);
	(void)pthread_mutex_destroy(&hub->lock);
	free(hub->waiters);
	free(hub);
}
