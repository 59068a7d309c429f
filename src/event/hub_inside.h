#ifndef EVENT_HUB_INSIDE_H
#define EVENT_HUB_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "event/hub.h"

/*
 * What the files of the hub share; nobody else includes this.
 *
 *	hub.c		who comes, start and stop
 *	hub_thread.c	the thread: whose turn it is, and when
 *	hub_hand.c	handing a page of events to those who wait at one place
 */
struct actor;
struct event_list;

/*
 * One who waits.  All but stream and person are the thread's own after joining.
 */
struct event_waiter {
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
	atomic_int count;           /* of waiters, for those who hold no lock */
	atomic_int_fast64_t rounds; /* of the thread, since its start */
	pthread_mutex_t lock;       /* guards what is below */
	pthread_cond_t woken;
	struct event_waiter **waiters; /* streams_max places */
	int waiting;
	bool has_news;
	bool has_people_news;
	bool is_stopping;
};

/* Something was committed: the thread looks at the log.  arg is the hub. */
void event_hub_on_news(void *arg);
int64_t event_hub_heartbeat_us(const struct event_hub *hub);
/* The thread; arg is the hub. */
void *event_hub_work(void *arg);

void event_waiter_free(struct event_waiter *waiter);

/* ---- hub_hand.c, in the thread ---- */

/* Who is it by now?  Nobody: it is let go.  Begins its own transaction. */
NODISCARD enum fail event_waiter_look_up(struct ctx *ctx,
    struct event_waiter *waiter);
/* The answer of a poll, which is over with it. */
void event_waiter_answer(struct ctx *ctx, struct event_waiter *waiter,
    struct event_list *list);
/* Let it go: its place stays with its client; a poll says it in so many words. */
void event_waiter_dismiss(struct ctx *ctx, struct event_waiter *waiter);

/* Some of those who wait at one place, to be served together. */
struct event_group {
	struct event_hub *hub;
	struct event_waiter **waiters;
	int count;
};

/*
 * Give them the next page, in a transaction of its own.  False: the store is
 * busy or away, which is no reason to let anybody go: they stay where they are.
 * If what they wait for was pruned since they joined, they are let go and get
 * event.pruned when they come again.
 */
bool event_group_serve(const struct event_group *group);

#endif
