#ifndef HOOK_HOOKS_H
#define HOOK_HOOKS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/day.h"

/*
 * What the hooks of this process share.  Options are read-only
 * after hooks_open; counters are atomic.
 */
struct hooks_options {
	int64_t retry_hours; /* how long an event is tried */
	int64_t letter_days; /* how long letters and ended hooks stay */
	int64_t letters_max; /* dead letters of a hook that stop it */
};

struct hooks {
	struct arena *arena;
	struct hooks_options options;
	const char *source;  /* hook/message.h */
	atomic_bool has_any; /* active ones; else no commit wakes anybody */
	atomic_uint_fast64_t made; /* rises whenever one becomes active */
	atomic_bool is_woken;      /* since the last plan */
	atomic_int_fast64_t sent;
	atomic_int_fast64_t failed; /* tries */
	atomic_int_fast64_t buried;
	/* Test events asked for on a day, by person.  Belong to the holder of
	 * the writer's ticket. */
	day tests_on;
	struct arena *tests_arena;
	struct map *tests;
};

/*
 * At start, with home's events, jobs and ledger there: from now on commits wake
 * the outbound lane where a hook may have to send.
 */
NODISCARD enum fail hooks_open(struct ctx *ctx);
void hooks_close(struct home *home);

/* NULL: not open. */
struct hooks *hooks_of(const struct home *home);

/*
 * ctx->actor asks for a test event.  Needs TX_WRITE; what is taken by a unit of
 * work that is not kept stays taken.
 *	FAIL_TOO_OFTEN	"hook.day_full"		hook.tests_a_day is used up
 */
NODISCARD enum fail hooks_take_test(struct ctx *ctx);

/* When this unit of work is durable there may be something to send. */
void hooks_stage_wake(struct ctx *ctx);

#endif
