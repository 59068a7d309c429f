#include "centre/admission.h"

#include <assert.h>
#include <stdlib.h>

#include "core/day.h"
#include "core/home.h"
#include "core/turnstile.h"
#include "people/access.h"

const struct option centre_option_table[] = {
	[CENTRE_LARGE] = OPT_INT("figures.large_at_once", 1, 1, 64, "",
	    OPTION_RELOAD,
	    "Large questions of figures at work at the same time; each keeps "
	    "a reader of the database and a processor. At most half of the "
	    "processors, so that others do not feel them."),
	[CENTRE_QUEUE] =
	    OPT_INT("figures.queue", 64, 1, 20000, "", OPTION_RELOAD,
		"Large questions that may wait for a place among these; less "
		"than http.queue, as they count among those waiting there."),
	[CENTRE_QUEUE_SHARE] = OPT_INT("figures.queue_share", 8, 1, 20000, "",
	    OPTION_RELOAD, "Of these, those of one person."),
	[CENTRE_WAIT] = OPT_INT("figures.wait", 20, 1, 300, "s", OPTION_RELOAD,
	    "How long a large question waits for a place at most; then it is "
	    "told to come again."),
	{ 0 },
};

struct admission {
	struct turnstile *line;
};

struct admission *
admission_new(void)
{
	struct admission *admission = calloc(1, sizeof(*admission));

	assert(admission != NULL);
	admission->line = turnstile_new();
	return admission;
}

void
admission_free(struct admission *admission)
{
	if (admission == NULL)
		return;
	turnstile_free(admission->line);
	free(admission);
}

static const char owner[] = "admission";

void
admission_attach(struct home *home, struct admission *admission)
{
	home_keep(home, owner, admission);
}

struct admission *
admission_of(const struct home *home)
{
	return home_state(home, owner);
}

static struct turnstile_limits
limits_of(const struct home *home)
{
	const struct option *table = centre_option_table;

	return (struct turnstile_limits){
		.places = option_int(home, &table[CENTRE_LARGE]),
		.queue = option_int(home, &table[CENTRE_QUEUE]),
		.share = option_int(home, &table[CENTRE_QUEUE_SHARE]),
		.wait_us = option_int(home, &table[CENTRE_WAIT]) * SECOND_US,
	};
}

bool
admission_enter(struct ctx *ctx, struct turnstile_turn *turn)
{
	const struct turnstile_limits limits = limits_of(ctx->home);

	turn->whose = (uint64_t)ctx->actor->person;
	return turnstile_enter(admission_of(ctx->home)->line, &limits, turn);
}

void
admission_leave(struct ctx *ctx, struct turnstile_turn *turn)
{
	const struct turnstile_limits limits = limits_of(ctx->home);

	turnstile_leave(admission_of(ctx->home)->line, &limits, turn);
}
