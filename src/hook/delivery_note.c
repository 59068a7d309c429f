#include "core/arena.h"
#include "core/text.h"
#include "hook/delivery.h"
#include "hook/hook.h"
#include "hook/hook.sql.h"
#include "hook/hooks.h"
#include "hook/inside.h"

static const int64_t *
or_null(const int64_t *number)
{
	return *number == 0 ? NULL : number;
}

/* False: the hook is no longer this job's, and nothing was written. */
static enum fail
advance(struct ctx *ctx, const struct delivery *d, bool *ret_held)
{
	const struct sql_hook_advance_args args = {
		.id = d->hook,
		.was = d->job->id,
		.job = d->is_over ? NULL : &d->job->id,
		.ledger = d->cursor.ledger,
		.number = d->cursor.number,
		.sent = d->sent,
		.sent_us = d->sent > 0 ? &ctx->now_us : NULL,
		.tries = d->tries,
		.failing_us = or_null(&d->failing_us),
		.next_us = d->next_us,
		.status = or_null(&d->status),
		.failure = d->failure,
	};
	int64_t changed = 0;

	TRY(hook_leave(ctx, d->hook));
	TRY(sql_hook_advance(ctx, &args, &changed));
	*ret_held = changed == 1;
	if (changed == 0)
		TRY(sql_hook_let_go(ctx, d->hook, d->job->id, &changed));
	return hook_enter(ctx, d->hook);
}

enum fail
delivery_let_go(struct ctx *ctx, void *arg)
{
	const struct delivery *d = arg;
	int64_t changed = 0;

	TRY(hook_leave(ctx, d->hook));
	TRY(sql_hook_let_go(ctx, d->hook, d->job->id, &changed));
	return hook_enter(ctx, d->hook);
}

enum fail
delivery_note(struct ctx *ctx, void *arg)
{
	bool held = false;

	return advance(ctx, arg, &held);
}

/* A hook that this unit of work holds; ended by somebody else: nothing. */
static enum fail
move_hook(struct ctx *ctx, const struct delivery *d, enum hook_event event,
    const char *why)
{
	struct sql_hook_rows *row = NULL;
	struct hook_at at = { 0 };
	int64_t changed = 0;

	TRY(hook_row(ctx, d->hook, &row));
	if (row == NULL)
		return OK;
	TRY(hook_step(ctx, row, event, &at));
	TRY(hook_leave(ctx, d->hook));
	TRY(event == HOOK_STOP
		? sql_hook_stop(ctx, d->hook, row->state, hook_states[at.state],
		      why, ctx->now_us, &changed)
		: sql_hook_end(ctx, d->hook, row->state, hook_states[at.state],
		      why, ctx->now_us, &changed));
	return hook_enter(ctx, d->hook);
}

static enum fail
bury(struct ctx *ctx, struct delivery *d,
    const struct sql_letter_insert_args *letter)
{
	struct sql_letter_insert *made = NULL;
	struct sql_hook_bury *hook = NULL;
	bool held = false;

	TRY(advance(ctx, d, &held));
	if (!held)
		return OK;
	TRY(sql_letter_insert(ctx, letter, &made));
	TRY(letter_enter(ctx, made->id));
	TRY(hook_leave(ctx, d->hook));
	TRY(sql_hook_bury(ctx, d->hook, &hook));
	TRY(hook_enter(ctx, d->hook));
	if (hook->dead < d->hooks->options.letters_max)
		return OK;
	return move_hook(ctx, d, HOOK_STOP, "hook.too_many_letters");
}

enum fail
delivery_bury(struct ctx *ctx, void *arg)
{
	struct delivery *d = arg;
	const struct sql_letter_insert_args letter = {
		.hook = d->hook,
		.event = d->event->id,
		.name = d->event->kind->name,
		.object = d->event->object,
		.at = d->event->at_us,
		.ledger = d->before.ledger,
		.number = d->before.number,
		.dead_us = ctx->now_us,
		.tries = d->tries,
		.status = or_null(&d->status),
		.failure = d->failure,
	};

	return bury(ctx, d, &letter);
}

enum fail
delivery_bury_gap(struct ctx *ctx, void *arg)
{
	struct delivery *d = arg;
	const struct sql_letter_insert_args letter = {
		.hook = d->hook,
		.event = "",
		.name = "",
		.object = "",
		.at = ctx->now_us,
		.ledger = d->before.ledger,
		.number = d->before.number,
		.dead_us = ctx->now_us,
		.failure = d->why,
	};

	return bury(ctx, d, &letter);
}

enum fail
delivery_stop_hook(struct ctx *ctx, void *arg)
{
	struct delivery *d = arg;
	bool held = false;

	TRY(advance(ctx, d, &held));
	return held ? move_hook(ctx, d, HOOK_STOP, d->failure) : OK;
}

enum fail
delivery_end_hook(struct ctx *ctx, void *arg)
{
	struct delivery *d = arg;
	bool held = false;

	TRY(advance(ctx, d, &held));
	return held ? move_hook(ctx, d, HOOK_END, d->why) : OK;
}

/* The next letter that is asked for keeps the hook's mark. */
static enum fail
count_letter(struct ctx *ctx, const struct delivery *d, int64_t gone)
{
	struct sql_letter_next *more = NULL;
	int64_t changed = 0;

	TRY(sql_letter_next(ctx, d->hook, &more));
	TRY(hook_leave(ctx, d->hook));
	TRY(sql_hook_replayed(ctx, d->hook, gone, more != NULL, &changed));
	return hook_enter(ctx, d->hook);
}

enum fail
delivery_drop_letter(struct ctx *ctx, void *arg)
{
	struct delivery *d = arg;
	bool held = false;
	int64_t gone = 0;

	TRY(advance(ctx, d, &held));
	if (!held)
		return OK;
	TRY(letter_leave(ctx, d->letter->id));
	TRY(sql_letter_gone(ctx, d->letter->id, &gone));
	return count_letter(ctx, d, gone);
}

enum fail
delivery_keep_letter(struct ctx *ctx, void *arg)
{
	struct delivery *d = arg;
	bool held = false;
	int64_t changed = 0;

	TRY(advance(ctx, d, &held));
	if (!held)
		return OK;
	TRY(letter_leave(ctx, d->letter->id));
	TRY(sql_letter_failed(ctx, d->letter->id, d->letter->tries + 1,
	    or_null(&d->status), d->failure, ctx->now_us, &changed));
	TRY(letter_enter(ctx, d->letter->id));
	return count_letter(ctx, d, 0);
}
