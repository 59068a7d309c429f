#ifndef REPORT_BOUND_H
#define REPORT_BOUND_H

#include <stdint.h>

#include "core/ctx.h"

/*
 * What one day takes, of Vietnam's days: papers written and versions signed of
 * one report, by one person who is signed in, and by one key (token).  So nobody,
 * and no key that got lost, fills the disk or a limit of the cube for everybody
 * else.  The options (report/option.h) are far above a deadline day's work and
 * say how that was reckoned.
 *
 * Counted in memory, some bytes for each report written that day.  A restart,
 * which no caller can bring about, begins the day anew; the options say so.  What is
 * taken by a unit of work that is not kept stays taken.  Belongs to the holder
 * of the writer's ticket.  Commands are not counted, nor is anything without
 * bounds (a test).
 */
enum bound_act { BOUND_SAVE, BOUND_SIGN, BOUND_ACTS };

struct bounds;
struct home;

struct bounds *bounds_new(void);
void bounds_free(struct bounds *bounds); /* NULL does nothing */
/* Keep them for the process; NULL: none. */
void bounds_attach(struct home *home, struct bounds *bounds);
struct bounds *bounds_of(const struct home *home);

/*
 * ctx->actor does that to the report.  Needs TX_WRITE.
 *	FAIL_TOO_OFTEN	"report.day_full"	the day's number is used up
 */
NODISCARD enum fail bound_take(struct ctx *ctx, int64_t report,
    enum bound_act act);

#endif
