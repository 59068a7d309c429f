#ifndef EVENT_VIEW_H
#define EVENT_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "core/shape.h"
#include "event/event.h"

/*
 * What is answered about events, by the routes and in streams.
 */
struct event_view {
	const char *id;
	const char *type;
	const char *object;
	const char *object_id;
	const int64_t *unit;
	const char *at;
	const int64_t *ledger_index;
	const char *cursor;
};
extern const struct shape event_shape;

struct event_list {
	struct list_of items; /* struct event_view */
	const char *next;
	bool more;
};
extern const struct shape event_list_shape;

/* Points into event, which must stay. */
void event_show(struct ctx *ctx, const struct event *event,
    struct event_view *ret);

#endif
