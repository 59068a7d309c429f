#include "event/view.h"

#include "core/arena.h"
#include "core/day.h"
#include "event/hub.h"

/* clang-format off */
static const struct shape_field event_fields[] = {
	F_TEXT(struct event_view, id, EVENT_ID_MAX, REQUIRED,
	    "the event itself, the same for ever and for everybody",
	    "\"l48213.9b0c4e71a5d2\""),
	F_TEXT(struct event_view, type, EVENT_NAME_MAX, REQUIRED,
	    "what happened", "\"vn.truc.report.signed\""),
	F_TEXT(struct event_view, object, 32, REQUIRED,
	    "kind of the object it happened to", "\"report\""),
	F_TEXT(struct event_view, object_id, EVENT_OBJECT_MAX, REQUIRED,
	    "the object, as in the paths of this API", "\"1702\""),
	F_OPT_INT(struct event_view, unit, 1, INT64_MAX,
	    "unit whose object it is; null: nobody's", "17"),
	F_TIME(struct event_view, at, REQUIRED, "when, RFC 3339 +07:00",
	    "\"2025-09-16T09:12:00+07:00\""),
	F_OPT_INT(struct event_view, ledger_index, 0, INT64_MAX,
	    "ledger entry that it is; null: none", "48213"),
	F_TEXT(struct event_view, cursor, EVENT_CURSOR_MAX, REQUIRED,
	    "place after it, for after or Last-Event-ID; opaque",
	    "\"48214.0\""),
};
const struct shape event_shape =
    SHAPE("Event", struct event_view, event_fields);

static const struct shape_field list_fields[] = {
	F_LIST(struct event_list, items, &event_shape, EVENT_POLL_MAX,
	    "events in order"),
	F_TEXT(struct event_list, next, EVENT_CURSOR_MAX, REQUIRED,
	    "place to go on from, also when items is empty", "\"48214.0\""),
	F_BOOL(struct event_list, more, REQUIRED,
	    "there is more already: ask again at once", "false"),
};
const struct shape event_list_shape =
    SHAPE("EventList", struct event_list, list_fields);
/* clang-format on */

void
event_show(struct ctx *ctx, const struct event *event, struct event_view *ret)
{
	*ret = (struct event_view){
		.id = event->id,
		.type = event->kind->name,
		.object = event->kind->object,
		.object_id = event->object,
		.unit = event->unit == 0 ? NULL : &event->unit,
		.at = time_text(ctx->arena, event->at_us),
		.ledger_index =
		    event->ledger_index < 0 ? NULL : &event->ledger_index,
		.cursor = event_cursor_text(ctx->arena, event->cursor),
	};
}
