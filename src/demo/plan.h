#ifndef DEMO_PLAN_H
#define DEMO_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "org/directory.h"
#include "regime/catalogue.h"

/*
 * What happens in one period of the demonstration, in the order of time: who
 * files when, what is accepted or sent back, corrected, amended, closed - and
 * what never comes.
 */
enum demo_what {
	DEMO_FILE,
	DEMO_FILE_SLIP, /* with a slip that will be sent back */
	DEMO_FILE_FLAG, /* with a slip that only raises a flag */
	DEMO_ACCEPT,
	DEMO_SEND_BACK,
	DEMO_REFILE,
	DEMO_AMEND,
	DEMO_CLOSE,
};

struct demo_event {
	int64_t at_us;
	const struct form *form;
	int unit; /* dense number */
	enum demo_what what;
};

struct demo_plan {
	struct demo_event *events;
	size_t count;
	size_t reports; /* that are filed */
};

/* Events of all forms for the period with this id, in ctx->arena.  keep_open is
 * a unit that files nothing (dense number, -1: none). */
struct demo_plan demo_plan_make(struct ctx *ctx, const char *period_id,
    int keep_open);

#endif
