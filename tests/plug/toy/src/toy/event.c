#include "people/access.h"
#include "toy/slice.h"
#include "toy/toy.h"

/* Whoever may see the toys of the unit. */
static enum fail
may_see(struct ctx *ctx, const struct event *event, bool *ret)
{
	*ret = access_may(ctx, "toy.see", event->unit);
	return OK;
}

const struct event_kind toy_events[] = {
	{ TOY_MADE, "toy", NULL, NULL, may_see },
	{ 0 },
};

/* A picture is read by whoever may see its toy. */
static enum fail
may_read_picture(struct ctx *ctx, int64_t id, bool *ret)
{
	struct toy *toy = NULL;
	const enum fail got = toy_load(ctx, id, &toy);

	*ret = got == OK;
	if (got != FAIL_NOT_FOUND && got != FAIL_DENIED)
		return got;
	fail_clear(ctx);
	return OK;
}

const struct blob_owner toy_pictures[] = {
	{ TOY_BLOB, may_read_picture },
	{ 0 },
};
