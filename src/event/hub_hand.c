#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "codec/shape_json.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/log.h"
#include "core/random.h"
#include "core/text.h"
#include "event/hub_inside.h"
#include "event/inside.h"
#include "event/view.h"
#include "http/http.h"
#include "people/access.h"

/*
 * A page of events is read once for all who wait at one place; each one's rights
 * are asked for each event.
 */

/* Positions read at once for those who wait at one place. */
#define PAGE 200

/* ---- letting go ---- */

static void
let_go(struct event_waiter *waiter)
{
	http_stream_end(waiter->stream);
	waiter->is_done = true;
}

void
event_waiter_answer(struct ctx *ctx, struct event_waiter *waiter,
    struct event_list *list)
{
	struct text text;

	text_init(&text, ctx->arena);
	list->next = event_cursor_text(ctx->arena, waiter->at);
	shape_write(&text, &event_list_shape, list);
	(void)http_stream_put(waiter->stream, text_bytes(&text));
	let_go(waiter);
}

void
event_waiter_dismiss(struct ctx *ctx, struct event_waiter *waiter)
{
	if (waiter->limit > 0)
		event_waiter_answer(ctx, waiter, &(struct event_list){ 0 });
	else
		let_go(waiter);
}

enum fail
event_waiter_look_up(struct ctx *ctx, struct event_waiter *waiter)
{
	TRY(credential_again(ctx, &waiter->who, &waiter->actor));
	if (waiter->actor == NULL)
		event_waiter_dismiss(ctx, waiter);
	return OK;
}

/* ---- one waiter ---- */

/* A page as it is handed to each of a group. */
struct handing {
	const struct event_page *page;
	struct event_view *views;
	const char **lines; /* for streams */
};

static const char *
line_of(struct arena *arena, const struct event_view *view)
{
	struct text text;

	text_init(&text, arena);
	text_addf(&text, "id: %s\ndata: ", view->cursor);
	shape_write(&text, &event_shape, view);
	text_add(&text, "\n\n");
	return text_of(&text);
}

static bool
wants(const struct events *events, const struct event_waiter *waiter,
    const struct event_kind *kind)
{
	for (size_t i = 0; waiter->kinds != 0 && events->kinds[i] != NULL; i++)
		if (events->kinds[i] == kind)
			return (waiter->kinds >> i & 1) != 0;
	return true;
}

/* May this one see it, by what it asked for and by its rights? */
static enum fail
is_for(struct ctx *ctx, const struct event_waiter *waiter,
    const struct event *event, bool *ret)
{
	*ret = false;
	if (!wants(ctx->home->events, waiter, event->kind))
		return OK;
	return event_may_see(ctx, event, ret);
}

static enum fail
hand_to_stream(struct ctx *ctx, struct event_waiter *waiter,
    const struct handing *handing, int64_t due_us)
{
	const struct event_page *page = handing->page;
	const size_t room = http_stream_room(waiter->stream);
	struct event_cursor at = page->cursor;
	struct event_cursor known = waiter->known;
	struct text text;

	text_init(&text, ctx->arena);
	for (size_t i = 0; i < page->count; i++) {
		bool sees = false;

		TRY(is_for(ctx, waiter, &page->items[i], &sees));
		if (!sees)
			continue;

		const char *line = handing->lines[i];

		if (text.len + strlen(line) > room) {
			/* The rest when there is room again. */
			at = i == 0 ? waiter->at : page->items[i - 1].cursor;
			break;
		}
		text_add(&text, line);
		known = page->items[i].cursor;
	}
	if (text.len > 0) {
		if (!http_stream_put(waiter->stream, text_bytes(&text)))
			return OK; /* it has gone */
		waiter->due_us = due_us;
	}
	waiter->known = known;
	waiter->at = at;
	return OK;
}

static enum fail
hand_to_poll(struct ctx *ctx, struct event_waiter *waiter,
    const struct handing *handing)
{
	const struct event_page *page = handing->page;
	struct event_view *items =
	    ARENA_ARRAY(ctx->arena, page->count + 1, struct event_view);
	struct event_list list = { .more = page->more };
	struct event_cursor at = page->cursor;
	size_t count = 0;

	for (size_t i = 0; i < page->count; i++) {
		bool sees = false;

		TRY(is_for(ctx, waiter, &page->items[i], &sees));
		if (!sees)
			continue;
		if (count == (size_t)waiter->limit) {
			at = page->items[i - 1].cursor;
			list.more = true;
			break;
		}
		items[count++] = handing->views[i];
	}
	waiter->at = at;
	list.items = (struct list_of){ items, count };
	if (count > 0)
		event_waiter_answer(ctx, waiter, &list);
	return OK;
}

/* ---- a group ---- */

static enum fail
hand_on(struct ctx *ctx, const struct event_group *group,
    const struct event_page *page)
{
	const int64_t due_us =
	    time_steady_us() + event_hub_heartbeat_us(group->hub);
	struct handing handing = { .page = page };
	struct arena *outer = ctx->arena;
	enum fail got = OK;

	handing.views = ARENA_ARRAY(outer, page->count + 1, struct event_view);
	handing.lines = ARENA_ARRAY(outer, page->count + 1, const char *);
	for (size_t i = 0; i < page->count; i++) {
		event_show(ctx, &page->items[i], &handing.views[i]);
		handing.lines[i] = line_of(outer, &handing.views[i]);
	}
	for (int i = 0; got == OK && i < group->count; i++) {
		struct event_waiter *waiter = group->waiters[i];

		if (waiter->is_done)
			continue;
		ctx->arena = arena_child(outer);
		ctx->actor = waiter->actor;
		got = waiter->limit == 0
			  ? hand_to_stream(ctx, waiter, &handing, due_us)
			  : hand_to_poll(ctx, waiter, &handing);
		if (got == OK)
			arena_free(ctx->arena);
		ctx->arena = outer;
		ctx->actor = NULL;
	}
	return got;
}

static enum fail
read_for(struct ctx *ctx, const struct event_group *group)
{
	struct event_page page = { 0 };
	enum fail got = OK;

	for (int i = 0; i < group->count; i++)
		TRY(event_waiter_look_up(ctx, group->waiters[i]));
	TRY(tx_begin(ctx, TX_READ));
	got = event_read(ctx, &group->waiters[0]->at, PAGE, &page);
	if (got == OK)
		got = hand_on(ctx, group, &page);
	return tx_end(ctx, got);
}

bool
event_group_serve(const struct event_group *group)
{
	struct arena *arena = arena_new(0);
	struct random random;
	struct ctx ctx;
	enum fail got = OK;

	random_init(&random);
	ctx_init(&ctx, arena, group->hub->home);
	ctx.random = &random;
	got = read_for(&ctx, group);
	if (got == FAIL_CONFLICT) /* pruned, or a later state's */
		for (int i = 0; i < group->count; i++)
			event_waiter_dismiss(&ctx, group->waiters[i]);
	else if (got != OK)
		LOG_OFTEN(LOG_WARN, "event.failed", ctx.failure.code,
		    LOG_T("code", ctx.failure.code),
		    LOG_T("error", ctx.failure.message));
	arena_free(arena);
	return got == OK || got == FAIL_CONFLICT;
}
