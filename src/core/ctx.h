#ifndef CORE_CTX_H
#define CORE_CTX_H

#include <stdint.h>

#include "core/fail.h"

/*
 * The context of one unit of work: a request, a job step, a command, a test.
 * Everything a domain function needs from the outside comes through it, so
 * tests own the clock, the dice and the failures.  At most 12 fields; slices
 * add none.  A ctx belongs to one thread.
 */
struct arena;
struct tx;
struct actor;
struct home;
struct faults;
struct random;
struct pins;

struct ctx {
	struct arena *arena;       /* freed at the end of the unit of work */
	struct home *home;         /* the process's services, core/home.h */
	struct tx *tx;             /* the open transaction, NULL if none */
	const struct actor *actor; /* people/access.h; NULL: nobody */
	struct random *random;     /* source of ids and salts */
	struct faults *faults;     /* NULL, or a test's wish to fail */
	struct pins *pins;         /* pictures it works by, core/pin.h */
	int64_t now_us;            /* read once, microseconds UTC */
	int64_t request_id;        /* for logs and problem documents */
	const char *locale;        /* "vi" or "en" */
	struct failure failure;
};

/*
 * Start ctx for a new unit of work on an arena, which is neither reset nor freed
 * before ctx is done with.  now_us is read from the home's clock if there is
 * one, the locale is "vi"; everything else is empty.
 */
void ctx_init(struct ctx *ctx, struct arena *arena, struct home *home);

/*
 * Name a step that can fail in the real world (a write, a flush, an upstream
 * call).  Without a test's wish it is OK; else FAIL_INTERNAL "fault.injected".
 */
NODISCARD enum fail fault_step(struct ctx *ctx, const char *what);

/*
 * A test's wish: fail step number at (1 is the next), and ask if it fired; or
 * have meet called at each step, by the thread that is there, which may wait for
 * what others do meanwhile.
 */
struct faults {
	int at;
	int seen;
	int fired;
	void (*meet)(const char *what); /* NULL: nobody */
};

#endif
