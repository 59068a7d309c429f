#include "hook/event.h"

#include "core/num.h"
#include "event/event.h"
#include "hook/hook.sql.h"
#include "hook/inside.h"
#include "people/access.h"

/* Whoever has the hook. */
static enum fail
may_see(struct ctx *ctx, const struct event *event, bool *ret)
{
	struct sql_hook_rows *row = NULL;
	int64_t id = 0;

	*ret = false;
	if (!num_parse(event->object, 1, INT64_MAX, &id))
		return OK;
	TRY(hook_row(ctx, id, &row));
	*ret = row != NULL &&
	       (row->person_id == ctx->actor->person || ctx->actor->is_system);
	return OK;
}

const struct event_kind hook_events[] = {
	{ HOOK_TESTED, "hook", NULL, NULL, may_see },
	{ 0 },
};
