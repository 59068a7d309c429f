#include "core/ctx.h"

#include <stddef.h>

#include "core/home.h"
#include "core/pin.h"

void
ctx_init(struct ctx *ctx, struct arena *arena, struct home *home)
{
	*ctx = (struct ctx){ .arena = arena, .home = home, .locale = "vi" };
	ctx->pins = pins_new(arena);
	if (home != NULL && home->now_us != NULL)
		ctx->now_us = home->now_us(home->clock);
}

enum fail
fault_step(struct ctx *ctx, const char *what)
{
	struct faults *faults = ctx->faults;

	if (faults == NULL)
		return OK;
	if (faults->meet != NULL)
		faults->meet(what);
	faults->seen++;
	if (faults->seen != faults->at)
		return OK;
	faults->fired++;
	return FAIL(ctx, FAIL_INTERNAL, "fault.injected", "%s", what);
}
