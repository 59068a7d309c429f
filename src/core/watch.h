#ifndef CORE_WATCH_H
#define CORE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"

/*
 * Is the machine's clock to be believed?  What is written keeps its time for
 * ever, so a clock that has leapt stops all writing before the first row takes
 * its time.
 *
 * A clock that is set, by hand or by a service, moves against the count of
 * microseconds since the machine began, which also counts while the machine
 * sleeps.  The gap between the two is what is believed.  While the clock is off
 * by more than the bound, nothing is; it is believed again once it is back, or
 * when somebody accepts it.  Steps within the bound are followed slowly, by a
 * thousandth of the time that has passed, so that many of them are no leap.
 *
 * Where no gap is known (the machine began anew), any time is believed that is
 * not before the last one written: after a stop it may be much later.
 *
 * Any thread, after the first three functions.
 */
struct watch;

struct watch_clocks {
	int64_t wall_us;   /* the clock, since 1970 */
	int64_t steady_us; /* since the machine began */
};

enum watch_state {
	WATCH_RIGHT,
	WATCH_LEAPT,  /* forward or back, against the steady count */
	WATCH_BEHIND, /* no gap is known, and it is before what is written */
};

/* What was believed, and when: to go on from after a stop. */
struct watch_mark {
	int64_t steady_us;
	int64_t gap_us; /* wall_us - steady_us */
};

/* read and its clock are asked at each look. */
struct watch *watch_new(void (*read)(void *clock, struct watch_clocks *ret),
    void *clock, int64_t bound_us);
void watch_free(struct watch *watch); /* NULL does nothing */

/* Before the first look: go on from a mark, of the same beginning. */
void watch_go_on(struct watch *watch, const struct watch_mark *mark);
/* Before the first look: no time before this is believed without a mark. */
void watch_not_before(struct watch *watch, int64_t last_us);

/* How it is now, and how far off: against the gap that is believed, or the last
 * time written.  Off may be NULL. */
enum watch_state watch_look(struct watch *watch, int64_t *ret_off_us);

/* What is believed; false while there is nothing. */
bool watch_mark_of(struct watch *watch, struct watch_mark *ret);

/* From now on the clock as it is is believed. */
void watch_accept(struct watch *watch);

/* What was accepted could not be put on record: believed is again what was
 * before, nothing if before is NULL. */
void watch_doubt(struct watch *watch, const struct watch_mark *before);

/*
 * Before something is written by ctx->now_us.  Without a watch in home (a clock
 * that was handed in) everything is OK.
 *	FAIL_BUSY	"clock.leapt" "clock.behind"
 */
NODISCARD enum fail watch_check(struct ctx *ctx);

#endif
