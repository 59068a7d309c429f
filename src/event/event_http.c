#include <assert.h>
#include <string.h>

#include "app/route.h"
#include "core/arena.h"
#include "core/home.h"
#include "core/paging.h"
#include "core/text.h"
#include "event/hub.h"
#include "event/inside.h"
#include "event/slice.h"
#include "event/view.h"
#include "store/within.h"

/* Positions looked at for one answer. */
#define LOOK_MAX 500

struct events_query {
	const char *after;
	struct texts_of types;
	int64_t limit;
	int64_t wait;
};

/* clang-format off */
static const struct shape_field query_fields[] = {
	F_TEXT(struct events_query, after, EVENT_CURSOR_MAX, OPTIONAL,
	    "place to go on from: next or cursor of an answer; start: the first "
	    "that is kept; absent: from now", "\"48214.0\""),
	F_WORDS(struct events_query, types, EVENT_KINDS_MAX, EVENT_NAME_MAX,
	    OPTIONAL, "only these types",
	    "[\"vn.truc.report.signed\",\"vn.truc.report.sent_back\"]"),
	F_LIMIT(struct events_query, EVENT_POLL_MAX),
	F_INT(struct events_query, wait, 0, EVENT_WAIT_MAX_S, OPTIONAL,
	    "seconds to wait for the next event if there is none yet", "25"),
};
static const struct shape query_shape =
    SHAPE("EventsQuery", struct events_query, query_fields);

struct stream_query {
	const char *after;
	struct texts_of types;
};
static const struct shape_field stream_fields[] = {
	F_TEXT(struct stream_query, after, EVENT_CURSOR_MAX, OPTIONAL,
	    "place to go on from, unless Last-Event-ID says another; absent: "
	    "from now", "\"48214.0\""),
	F_WORDS(struct stream_query, types, EVENT_KINDS_MAX, EVENT_NAME_MAX,
	    OPTIONAL, "only these types", "[\"vn.truc.report.signed\"]"),
};
static const struct shape stream_shape =
    SHAPE("EventStreamQuery", struct stream_query, stream_fields);
/* clang-format on */

static enum fail
read_start(struct ctx *ctx, void *arg)
{
	return event_start(ctx, arg);
}

static enum fail
place_of(struct ctx *ctx, const char *after, struct event_cursor *ret)
{
	if (after == NULL) {
		*ret = event_now(ctx->home);
		return OK;
	}
	if (strcmp(after, "start") == 0)
		return tx_within(ctx, TX_READ, read_start, ret);
	return event_cursor_parse(ctx, after, ret);
}

/* The bits of the types' places in the list of all kinds. */
static enum fail
kinds_of(struct ctx *ctx, const struct texts_of *types, uint64_t *ret)
{
	const struct event_kind *const *kinds = ctx->home->events->kinds;
	uint64_t mask = 0;

	for (size_t i = 0; i < types->count; i++) {
		size_t at = 0;

		while (kinds[at] != NULL &&
		       strcmp(kinds[at]->name, types->at[i]) != 0)
			at++;
		if (kinds[at] == NULL)
			fail_invalid(ctx,
			    arena_printf(ctx->arena, "/types/%zu", i),
			    "event.type", "no event is called %s",
			    types->at[i]);
		else
			mask |= UINT64_C(1) << at;
	}
	*ret = mask;
	return fail_valid(ctx);
}

static bool
wants(const struct ctx *ctx, uint64_t mask, const struct event_kind *kind)
{
	const struct event_kind *const *kinds = ctx->home->events->kinds;
	size_t at = 0;

	while (kinds[at] != kind)
		at++;
	return mask == 0 || (mask >> at & 1) != 0;
}

/* What is there already. */
struct look {
	struct event_cursor after;
	uint64_t kinds;
	size_t limit;
	struct event_view *items;
	size_t count;
	struct event_cursor next;
	bool more;
};

static enum fail
look(struct ctx *ctx, void *arg)
{
	struct look *look = arg;
	struct event_page page = { 0 };

	TRY(event_read(ctx, &look->after, LOOK_MAX, &page));
	look->items = ARENA_ARRAY(ctx->arena, look->limit, struct event_view);
	look->next = page.cursor;
	look->more = page.more;
	for (size_t i = 0; i < page.count; i++) {
		bool sees = false;

		if (wants(ctx, look->kinds, page.items[i].kind))
			TRY(event_may_see(ctx, &page.items[i], &sees));
		if (!sees)
			continue;
		if (look->count == look->limit) {
			look->next = page.items[i - 1].cursor;
			look->more = true;
			break;
		}
		event_show(ctx, &page.items[i], &look->items[look->count++]);
	}
	return OK;
}

static enum fail
join(struct ctx *ctx, struct call *call, struct event_wait *wait,
    const char *type)
{
	struct http_stream *stream = NULL;

	if (!call_who(call, &wait->who))
		return FAIL(ctx, FAIL_LOGIN, "access.login",
		    "nobody is signed in");
	TRY(event_hub_join(ctx, wait, &stream));
	/* nginx shall hand on what comes at once. */
	call_answer_header(call, "X-Accel-Buffering", "no");
	return call_answer_stream(ctx, call, type, stream);
}

/* What was pruned will not be there later either: 410 instead of 409. */
static enum fail
gone_if_pruned(struct ctx *ctx, struct call *call, enum fail got)
{
	if (got != OK && text_equal(ctx->failure.code, "event.pruned"))
		call_fail_as(call, 410);
	return got;
}

static enum fail
get_events(struct ctx *ctx, struct call *call)
{
	const struct events_query *query = call_query(call, &query_shape);
	struct event_list *list = ARENA_NEW(ctx->arena, struct event_list);
	struct look seen = { .limit = paging_limit(query->limit) };

	TRY(kinds_of(ctx, &query->types, &seen.kinds));
	TRY(place_of(ctx, query->after, &seen.after));
	TRY(gone_if_pruned(ctx, call, tx_within(ctx, TX_READ, look, &seen)));
	if (query->wait > 0 && seen.count == 0 && !seen.more)
		return join(ctx, call,
		    &(struct event_wait){
			.after = seen.next,
			.kinds = seen.kinds,
			.wait_s = (int)query->wait,
			.limit = (int)seen.limit,
		    },
		    "application/json");
	*list = (struct event_list){
		.items = { seen.items, seen.count },
		.next = event_cursor_text(ctx->arena, seen.next),
		.more = seen.more,
	};
	return call_answer(ctx, call, 200, &event_list_shape, list);
}

/* Is there a way on from this place? */
static enum fail
try_place(struct ctx *ctx, void *arg)
{
	struct event_page page = { 0 };

	return event_read(ctx, arg, 1, &page);
}

static const char stream_type[] = "text/event-stream; charset=utf-8";

static enum fail
get_stream(struct ctx *ctx, struct call *call)
{
	const struct stream_query *query = call_query(call, &stream_shape);
	const char *last = call_header(call, "Last-Event-ID");
	struct event_wait wait = { 0 };

	TRY(kinds_of(ctx, &query->types, &wait.kinds));
	TRY(place_of(ctx, last == NULL || *last == '\0' ? query->after : last,
	    &wait.after));
	TRY(gone_if_pruned(ctx, call,
	    tx_within(ctx, TX_READ, try_place, &wait.after)));
	return join(ctx, call, &wait, stream_type);
}

static const char *const stream_types[] = { stream_type, NULL };
static const struct route_media stream_media = { .types = stream_types };

static const char *const failures[] = { "event.cursor", "event.type",
	"event.pruned", "event.ahead", "event.streams", NULL };

const struct route event_routes[] = {
	{ .method = GET,
	    .path = "/api/v1/events",
	    .permission = "session.own",
	    .query = &query_shape,
	    .out = &event_list_shape,
	    .handle = get_events,
	    .summary = "What happened after a place, in order; waits for the "
		       "next event if asked to.",
	    .failures = failures },
	{ .method = GET,
	    .path = "/api/v1/events/stream",
	    .permission = "session.own",
	    .flags = ROUTE_RAW,
	    .query = &stream_shape,
	    .handle = get_stream,
	    .summary = "The same as a stream of server-sent events "
		       "(text/event-stream) that goes on.",
	    .failures = failures,
	    .media = &stream_media },
	{ 0 },
};
