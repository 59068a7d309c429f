#ifndef CLI_CLOCK_H
#define CLI_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/home.h"

/*
 * The clock of a folder, and whether it is believed (core/watch.h).
 *
 * It is the machine's.  What is believed of it is kept in DIR/clock: as long as
 * the machine has not begun anew, a stop forgets no leap.  A demonstration lives
 * at the time it was made for: its clock is stopped while no server runs, and
 * goes on from its last entry; it is not watched.  Nor is one that a test hands
 * in, unless it hands in both.
 */
struct folder_clock {
	int64_t offset_us;
	/* Tests: seconds since 1970; "SECONDS SECONDS": those, and since the
	 * machine began. */
	const char *file;
};

/* home->now_us */
int64_t clock_now(void *clock);

/* Of serve and others that tests give a clock; not shown. */
#define ARG_CLOCK \
	{ \
		"clock", "FILE", NULL, NULL, false \
	}

/*
 * Watch home->clock from now on, going on from DIR/clock.  by_ledger: without
 * one of this run of the machine, the last entry is the least it may be.
 *	FAIL_INTERNAL	"file.io"
 */
NODISCARD enum fail clock_watch(struct ctx *ctx, bool by_ledger);
/* Another clock is handed in. */
void clock_unwatch(struct home *home);

/*
 * A server's clock: the file's if it is not NULL.  Watched by the ledger, and
 * kept if it is believed.
 */
NODISCARD enum fail clock_take(struct ctx *ctx, const char *file);

/* Believe it as it is, and keep that.  Fails as file_write. */
NODISCARD enum fail clock_accept(struct ctx *ctx);

#endif
