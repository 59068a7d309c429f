#include "core/num.h"
#include "notify/letter.h"
#include "notify/slice.h"
#include "people/access.h"

/* Whose inbox it is: the object is the person's number. */
static enum fail
may_see(struct ctx *ctx, const struct event *event, bool *ret)
{
	int64_t person = 0;

	*ret = num_parse(event->object, 1, INT64_MAX, &person) &&
	       person == ctx->actor->person;
	return OK;
}

const struct event_kind notify_events[] = {
	{ LETTER_WRITTEN, "inbox", NULL, NULL, may_see },
	{ 0 },
};
