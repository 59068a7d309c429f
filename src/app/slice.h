#ifndef APP_SLICE_H
#define APP_SLICE_H

#include "app/route.h"
#include "core/metric.h"

struct event_kind; /* event/event.h */

/*
 * A slice's table of contents.  cli/assemble.c lists all slices.
 */
struct slice {
	const char *name;
	const struct route *const *routes; /* tables, each ending with path
					      NULL; the list ends with NULL */
	const struct gauge *gauges;        /* ends with name NULL; NULL: none */
	const struct event_kind *events;   /* ends with name NULL; NULL: none */
};

#endif
