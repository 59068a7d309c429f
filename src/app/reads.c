#include "app/reads.h"

#include <assert.h>
#include <stdlib.h>

#include "app/call.h"
#include "app/dispatch.h"
#include "app/option.h"
#include "core/day.h"
#include "core/turnstile.h"
#include "people/access.h"

#define LINES 1024

struct reads {
	struct turnstile *lines[LINES];
};

struct reads *
reads_new(void)
{
	struct reads *reads = calloc(1, sizeof(*reads));

	assert(reads != NULL);
	for (size_t i = 0; i < LINES; i++)
		reads->lines[i] = turnstile_new();
	return reads;
}

void
reads_free(struct reads *reads)
{
	if (reads == NULL)
		return;
	for (size_t i = 0; i < LINES; i++)
		turnstile_free(reads->lines[i]);
	free(reads);
}

static struct turnstile *
line_of(const struct ctx *ctx, const struct turnstile_turn *turn)
{
	return dispatch_reads(ctx->home->dispatch)->lines[turn->whose % LINES];
}

static struct turnstile_limits
limits_of(const struct home *home)
{
	const struct option *table = app_option_table;
	const int64_t queue = option_int(home, &table[APP_READS_QUEUE]);

	return (struct turnstile_limits){
		.places = option_int(home, &table[APP_READS]),
		.queue = queue,
		.share = queue,
		.wait_us = option_int(home, &table[APP_READS_WAIT]) * SECOND_US,
	};
}

static bool
enter(struct ctx *ctx, struct call *call, struct turnstile_turn *turn)
{
	const struct turnstile_limits limits = limits_of(ctx->home);

	(void)call;
	turn->whose = (uint64_t)ctx->actor->person;
	return turnstile_enter(line_of(ctx, turn), &limits, turn);
}

static void
leave(struct ctx *ctx, struct turnstile_turn *turn)
{
	const struct turnstile_limits limits = limits_of(ctx->home);

	turnstile_leave(line_of(ctx, turn), &limits, turn);
}

const struct route_turn reads_turn = { .enter = enter, .leave = leave };

enum fail
reads_check(struct ctx *ctx, struct call *call)
{
	const struct turnstile_turn *turn = &call->turn;

	/* Another's turn, or none: it was never asked. */
	if (call->match.route->turn != NULL || turn->whose == 0 ||
	    turn->has_place)
		return OK;
	return FAIL(ctx, FAIL_TOO_OFTEN, "reads.busy",
	    "too many questions of this person are at work or wait");
}
