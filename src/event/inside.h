#ifndef EVENT_INSIDE_H
#define EVENT_INSIDE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "event/event.h"
#include "people/tally.h"

/*
 * What the files of event/ share.  Nobody else includes this.
 */
struct event_listener {
	void (*news)(void *arg);
	void *arg;
};

struct events {
	struct arena *arena;
	struct ledger *ledger;
	const struct event_kind *const *kinds; /* NULL-terminated */
	/* The batch leader's own: the last number it gave, and whether a commit
	 * did not come through since it was read from the table. */
	int64_t numbered;
	bool unsure;
	pthread_mutex_t lock;    /* guards what is below */
	struct event_cursor end; /* what may be shown */
	struct event_listener listeners[EVENT_LISTENERS_MAX];
	size_t listener_count;
};

/* The rows as the checkpoint's sum counts them (people/tally.h). */
struct sql_event_add_args;
void event_row(struct tally *tally, const struct sql_event_add_args *row);
NODISCARD enum fail event_rows(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally);

#endif
