#ifndef CORE_HOME_H
#define CORE_HOME_H

#include <stdint.h>

/*
 * The process's services, made at start (cli/assemble.c) and read-only after.
 * Each is opaque to all but its owner; a module uses only those that are below
 * it in src/LAYERS.  Any may be NULL in a test that does not need it.
 */
struct store;     /* store/store.h */
struct ledger;    /* ledger/ledger.h */
struct people;    /* people/people.h */
struct metrics;   /* core/metric.h */
struct options;   /* core/option.h */
struct events;    /* event/event.h */
struct event_hub; /* event/hub.h */
struct jobs;      /* jobs/jobs.h */
struct locale;    /* app/locale.h */
struct dispatch;  /* app/dispatch.h */
struct slice;     /* app/slice.h */
struct client;    /* http/client.h */
struct room;      /* core/room.h */
struct watch;     /* core/watch.h */

/*
 * What a module above keeps in memory.  It has one owner, who makes it at start
 * under the address of a constant of his own, and offers one accessor
 * (org_of, cube_of ...) that everybody else calls.
 */
struct home_state {
	const void *owner;
	void *state;
};
#define HOME_STATES_MAX 32

struct home {
	struct store *store;
	struct ledger *ledger;
	struct people *people;
	struct metrics *metrics;
	struct options *options;
	struct events *events;
	struct event_hub *event_hub;
	struct jobs *jobs;
	struct locale *locale;
	struct dispatch *dispatch;
	struct client *client; /* NULL: nothing calls others */
	struct room *room;     /* of the data folder; NULL: not looked at */
	struct home_state states[HOME_STATES_MAX];
	const struct slice *const *slices; /* NULL-terminated */
	int64_t (*now_us)(void *clock); /* the clock; tests and demo set it */
	void *clock;
	struct watch *watch;  /* of the clock; NULL: it was handed in */
	const char *data_dir; /* absolute or relative path of the data folder */
};

/* NULL if the owner keeps nothing.  Any thread; a look at a few pointers. */
void *home_state(const struct home *home, const void *owner);

/* Before the first thread: keep this from now on, or nothing (NULL).  Asserts
 * that there is room. */
void home_keep(struct home *home, const void *owner, void *state);

#endif
