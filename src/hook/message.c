#include "hook/message.h"

#include <inttypes.h>

#include "codec/shape_json.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/text.h"
#include "event/event.h"
#include "trust/trust.h"

struct data_out {
	const char *object;
	const char *id;
	const int64_t *unit;
	const int64_t *ledger_index;
};
static const struct shape_field data_fields[] = {
	F_TEXT(struct data_out, object, 64, REQUIRED, "What it is about.",
	    "\"report\""),
	F_TEXT(struct data_out, id, EVENT_OBJECT_MAX, REQUIRED, "Its id.",
	    "\"17\""),
	F_OPT_INT(struct data_out, unit, 1, INT64_MAX, "Whose it is.", "5"),
	F_OPT_INT(struct data_out, ledger_index, 0, INT64_MAX,
	    "The ledger entry it is; null: none.", "48213"),
};
static const struct shape data_shape =
    SHAPE("EventData", struct data_out, data_fields);

struct cloud_event {
	const char *specversion;
	const char *id;
	const char *source;
	const char *type;
	const char *subject;
	const char *time;
	const char *datacontenttype;
	const struct data_out *data;
};
static const struct shape_field event_fields[] = {
	F_TEXT(struct cloud_event, specversion, 3, REQUIRED,
	    "Version of CloudEvents.", "\"1.0\""),
	F_TEXT(struct cloud_event, id, EVENT_ID_MAX, REQUIRED,
	    "The event's id.", "\"l48213.9b0c4e71a5d2\""),
	F_TEXT(struct cloud_event, source, 200, REQUIRED, "This installation.",
	    "\"urn:truc:ledger:3f1c\""),
	F_TEXT(struct cloud_event, type, EVENT_NAME_MAX, REQUIRED,
	    "What happened.", "\"vn.truc.report.signed\""),
	F_TEXT(struct cloud_event, subject, 130, REQUIRED, "Object and id.",
	    "\"report/17\""),
	F_TIME(struct cloud_event, time, REQUIRED, "When it happened.",
	    "\"2025-10-02T08:30:00+07:00\""),
	F_TEXT(struct cloud_event, datacontenttype, 40, REQUIRED,
	    "Type of data.", "\"application/json\""),
	F_ONE(struct cloud_event, data, &data_shape, REQUIRED, "The object."),
};
static const struct shape event_shape =
    SHAPE("CloudEvent", struct cloud_event, event_fields);

struct bytes
message_body(struct arena *arena, const struct event *event, const char *source)
{
	const struct data_out data = {
		.object = event->kind->object,
		.id = event->object,
		.unit = event->unit > 0 ? &event->unit : NULL,
		.ledger_index =
		    event->ledger_index >= 0 ? &event->ledger_index : NULL,
	};
	const struct cloud_event out = {
		.specversion = "1.0",
		.id = event->id,
		.source = source,
		.type = event->kind->name,
		.subject = arena_printf(arena, "%s/%s", event->kind->object,
		    event->object),
		.time = time_text(arena, event->at_us),
		.datacontenttype = "application/json",
		.data = &data,
	};
	struct text text;

	text_init(&text, arena);
	shape_write(&text, &event_shape, &out);
	return text_bytes(&text);
}

const char *
message_source(struct arena *arena, const char *origin)
{
	char *text = arena_printf(arena, "urn:%s", origin);

	for (char *at = text; *at != '\0'; at++)
		if (*at == '/')
			*at = ':';
	return text;
}

const char *
message_signature(struct arena *arena, struct bytes secret, const char *id,
    int64_t seconds, struct bytes body)
{
	const struct bytes pieces[] = {
		bytes_of_text(
		    arena_printf(arena, "%s.%" PRId64 ".", id, seconds)),
		body,
	};
	const struct digest code =
	    digest_hmac(secret, pieces, ARRAY_SIZE(pieces));

	return arena_printf(arena, "v1,%s",
	    bytes_base64(arena, digest_bytes(&code)));
}

const char *
message_secret_text(struct arena *arena, struct bytes secret)
{
	return arena_printf(arena, MESSAGE_SECRET_PREFIX "%s",
	    bytes_base64(arena, secret));
}
