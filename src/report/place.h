#ifndef REPORT_PLACE_H
#define REPORT_PLACE_H

#include <stdint.h>

#include "core/ctx.h"

/*
 * Which obligations have a report, in memory: those of a form and period are read
 * when one of them is first asked for, so that a new report asks the store
 * nothing.  Belongs to the holder of the writer's ticket: what takes a
 * ctx needs TX_WRITE.  Failures are the store's.
 *
 * This process is the only one that adds reports.  It may still be wrong: a place
 * that was taken by a unit of work that was not kept afterwards leads to no row,
 * or to another's (place_forget then), and a report of another process makes the
 * row break its key.  Without places (a test) the store is asked each time.
 */
struct places;
struct home;

struct report_place {
	int64_t form;
	const char *period;
	int64_t unit;
};

struct report;
struct report_place report_place_of(const struct report *report);

struct places *places_new(void);
void places_free(struct places *places); /* NULL does nothing */
/* Keep them for the process; NULL: none. */
void places_attach(struct home *home, struct places *places);
struct places *places_of(const struct home *home);

/* The report's id; 0: there is none. */
NODISCARD enum fail place_find(struct ctx *ctx,
    const struct report_place *place, int64_t *ret);
/* The id of the next new report; the same until one has taken it. */
NODISCARD enum fail place_next_id(struct ctx *ctx, int64_t *ret);
/* A report of this id is about to be written there. */
void place_take(struct ctx *ctx, const struct report_place *place, int64_t id);
/* Read those of its form and period again when they are asked for. */
void place_forget(struct ctx *ctx, const struct report_place *place);

#endif
