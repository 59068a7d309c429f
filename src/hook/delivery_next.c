#include <inttypes.h>

#include "core/arena.h"
#include "core/text.h"
#include "hook/delivery.h"
#include "hook/event.h"
#include "hook/hook.h"
#include "hook/hook.sql.h"
#include "hook/hooks.h"
#include "hook/inside.h"
#include "hook/message.h"
#include "hook/pattern.h"
#include "people/access.h"
#include "people/standing.h"

#define READ_AT_A_TIME 100 /* positions of the order */
#define PAGES_AT_A_TIME 20 /* in one snapshot */

const char hook_unreadable[] = "hook.unreadable";

static bool
is_wanted(struct ctx *ctx, const struct sql_hook_rows *row,
    const struct event *event)
{
	if (text_equal(event->kind->name, HOOK_TESTED))
		return text_equal(event->object,
		    arena_printf(ctx->arena, "%" PRId64, row->id));
	return pattern_matches(row->events, event->kind->name);
}

/* Read into the page's arena; failures that say what is missing are NEXT_GAP. */
static enum fail
read_events(struct ctx *ctx, struct delivery *d, struct event_cursor after,
    size_t most, struct event_page *ret)
{
	struct arena *outer = ctx->arena;
	enum fail got = OK;

	ctx->arena = d->page_arena;
	got = event_read(ctx, &after, most, ret);
	ctx->arena = outer;
	if (got != FAIL_CONFLICT)
		return got;
	d->next = NEXT_GAP;
	d->why = ctx->failure.code;
	fail_clear(ctx);
	return OK;
}

static enum fail
read_page(struct ctx *ctx, struct delivery *d)
{
	arena_reset(d->page_arena);
	d->has_page = false;
	d->page_at = 0;
	d->page = (struct event_page){ 0 };
	TRY(read_events(ctx, d, d->cursor, READ_AT_A_TIME, &d->page));
	d->has_page = d->next != NEXT_GAP;
	return OK;
}

/* The first of the page from here on that is wanted and may be read. */
static enum fail
look_through(struct ctx *ctx, struct delivery *d,
    const struct sql_hook_rows *row)
{
	for (; d->page_at < d->page.count; d->page_at++) {
		const struct event *event = &d->page.items[d->page_at];
		bool may_see = false;

		if (is_wanted(ctx, row, event))
			TRY(event_may_see(ctx, event, &may_see));
		if (may_see) {
			d->next = NEXT_SEND;
			d->event = event;
			return OK;
		}
		d->cursor = event->cursor;
	}
	d->cursor = d->page.cursor;
	return OK;
}

static enum fail
next_in_turn(struct ctx *ctx, struct delivery *d,
    const struct sql_hook_rows *row)
{
	d->next = NEXT_NOTHING;
	for (int pages = 0; pages < PAGES_AT_A_TIME; pages++) {
		if (!d->has_page || d->page_at >= d->page.count)
			TRY(read_page(ctx, d));
		if (d->next == NEXT_GAP)
			return OK;
		TRY(look_through(ctx, d, row));
		if (d->next == NEXT_SEND || !d->page.more)
			return OK;
	}
	return OK;
}

/* A letter is the place before its event, which is read again. */
static enum fail
next_letter(struct ctx *ctx, struct delivery *d)
{
	struct sql_letter_next *letter = NULL;
	struct event_page page = { 0 };
	bool may_see = false;

	TRY(sql_letter_next(ctx, d->hook, &letter));
	d->letter = letter;
	if (letter == NULL)
		return OK;
	d->next = NEXT_NOTHING;
	TRY(read_events(ctx, d,
	    (struct event_cursor){ letter->ledger, letter->number }, 1, &page));
	if (d->next == NEXT_GAP)
		return OK;
	if (page.count == 1 && text_equal(page.items->id, letter->event))
		TRY(event_may_see(ctx, page.items, &may_see));
	d->next = may_see ? NEXT_SEND : NEXT_GAP;
	d->why = hook_unreadable;
	d->event = page.items;
	return OK;
}

/* As the hook's row says; then only the job knows better. */
static void
begin(struct delivery *d, const struct sql_hook_rows *row)
{
	d->is_begun = true;
	d->cursor = (struct event_cursor){ row->ledger, row->number };
	d->tries = row->tries;
	d->failing_us = row->failing_us == NULL ? 0 : *row->failing_us;
	d->status = row->status == NULL ? 0 : *row->status;
	d->failure = arena_text(d->job_arena, row->failure);
}

static enum fail
next_for(struct ctx *ctx, struct delivery *d, const struct sql_hook_rows *row)
{
	d->letter = NULL;
	if (row->replay)
		TRY(next_letter(ctx, d));
	if (d->letter == NULL)
		TRY(next_in_turn(ctx, d, row));
	if (d->next == NEXT_SEND)
		d->body = message_body(ctx->arena, d->event, d->hooks->source);
	return OK;
}

enum fail
delivery_next(struct ctx *ctx, void *arg)
{
	struct delivery *d = arg;
	const struct actor *outer = ctx->actor;
	struct sql_hook_rows *row = NULL;
	struct actor *actor = NULL;
	enum fail got = OK;

	d->next = NEXT_LOST;
	TRY(hook_row(ctx, d->hook, &row));
	if (row == NULL || row->job_id == NULL || *row->job_id != d->job->id ||
	    !text_equal(row->state, hook_states[HOOK_ACTIVE]))
		return OK;
	if (!d->is_begun)
		begin(d, row);
	d->url = row->url;
	d->secret = *row->secret;
	d->resumed_us = row->resumed_us;

	const struct standing standing = { row->person_id,
		row->token_id == NULL ? 0 : *row->token_id, row->unit_id,
		row->role, row->granted_us };

	d->next = NEXT_END;
	TRY(standing_actor(ctx, &standing, &actor, &d->why));
	if (actor == NULL)
		return OK;
	ctx->actor = actor;
	got = next_for(ctx, d, row);
	ctx->actor = outer;
	return got;
}

enum fail
delivery_after_gap(struct ctx *ctx, void *arg)
{
	struct delivery *d = arg;

	if (text_equal(d->why, "event.pruned"))
		return event_start(ctx, &d->cursor);
	d->cursor = event_now(ctx->home);
	return OK;
}
