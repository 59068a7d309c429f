#ifndef CORE_HOME_H
#define CORE_HOME_H

#include <stdint.h>

/*
 * The process's services, made by cli/assemble.c at start and read-only after.
 * Each is opaque to all but its owner; a module uses only those that stand
 * under it in src/LAYERS.  Any may be NULL in a test that does not need it.
 */
struct store;     /* store/store.h */
struct ledger;    /* ledger/ledger.h */
struct people;    /* people/people.h */
struct metrics;   /* core/metric.h */
struct events;    /* event/event.h */
struct event_hub; /* event/hub.h */
struct org;       /* org/directory.h */
struct regime;    /* regime/catalogue.h */
struct cube;      /* cube/cube.h */
struct locale;    /* app/locale.h */
struct dispatch;  /* app/dispatch.h */
struct slice;     /* app/slice.h */
struct jobs;      /* jobs/jobs.h */
struct admission; /* centre/admission.h */

struct home {
	struct store *store;
	struct ledger *ledger;
	struct people *people;
	struct metrics *metrics;
	struct events *events;
	struct event_hub *event_hub;
	struct org *org;
	struct regime *regime;
	struct cube *cube;
	struct locale *locale;
	struct dispatch *dispatch;
	struct admission *admission;
	struct jobs *jobs;
	const struct slice *const *slices; /* NULL-terminated */
	int64_t (*now_us)(void *clock); /* the clock; tests and demo set it */
	void *clock;
	const char *data_dir; /* absolute or relative path of the data folder */
};

#endif
