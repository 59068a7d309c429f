#ifndef APP_READS_H
#define APP_READS_H

#include "app/route.h"
#include "core/ctx.h"
#include "core/home.h"

/*
 * What one person reads at once.  A question keeps a reader of the database and
 * a processor while it is answered, and whoever asks many heavy ones shall not
 * keep others from theirs.  So each person has a few places (reads.at_once) and
 * waits for them in a line of the own (core/turnstile.h), which holds no worker.
 * Lines are shared by a number of the person: rarely, two have one.
 *
 * Any thread.
 */
struct reads;
struct reads *reads_new(void);
void reads_free(struct reads *reads); /* NULL does nothing */

/* Of a row that only reads (TX_READ) and has no turn of its own, for somebody
 * signed in. */
extern const struct route_turn reads_turn;

/* Before the row is run: FAIL_TOO_OFTEN "reads.busy" if it had to wait and
 * could not, or too long. */
NODISCARD enum fail reads_check(struct ctx *ctx, struct call *call);

#endif
