#include "hook/hook.h"

#include <assert.h>
#include <inttypes.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/paging.h"
#include "core/random.h"
#include "core/text.h"
#include "event/event.h"
#include "hook/event.h"
#include "hook/hook.sql.h"
#include "hook/hook_client.h"
#include "hook/hooks.h"
#include "hook/inside.h"
#include "hook/message.h"
#include "hook/option.h"
#include "hook/pattern.h"
#include "people/access.h"
#include "people/audit.h"
#include "people/standing.h"
#include "store/store.h"

static const char own[] = "hook.own";

/* ---- reading ------------------------------------------------------------ */

static struct hook
hook_of(struct ctx *ctx, const struct sql_hook_rows *row)
{
	const struct event_cursor at = { row->ledger, row->number };
	const bool is_active = text_equal(row->state, hook_states[HOOK_ACTIVE]);

	return (struct hook){
		.id = row->id,
		.owner = row->login,
		.unit = row->unit_id,
		.role = row->role,
		.by_token = row->token_id != NULL,
		.url = row->url,
		.events = row->events,
		.state = row->state,
		.reason = row->reason,
		.created_us = row->created_us,
		.changed_us = row->changed_us,
		.cursor = event_cursor_text(ctx->arena, at),
		.is_behind = !event_cursor_equal(at, event_now(ctx->home)),
		.sent = row->sent,
		.sent_us = row->sent_us,
		.tries = row->tries,
		.failing_us = row->failing_us,
		.next_us = is_active && row->tries > 0 ? &row->next_us : NULL,
		.status = row->status,
		.failure = row->failure,
		.dead = row->dead,
	};
}

enum fail
hook_row(struct ctx *ctx, int64_t id, struct sql_hook_rows **ret)
{
	struct sql_hook_rows *rows = NULL;
	size_t count = 0;

	TRY(sql_hook_rows(ctx, NULL, id - 1, 1, &rows, &count));
	*ret = count == 1 && rows->id == id ? rows : NULL;
	return OK;
}

/* For whoever may see it; others do not learn that it is there. */
static enum fail
find(struct ctx *ctx, int64_t id, const char *others,
    struct sql_hook_rows **ret)
{
	struct sql_hook_rows *row = NULL;

	TRY(access_any(ctx, own));
	TRY(hook_row(ctx, id, &row));
	if (row == NULL || (row->person_id != ctx->actor->person &&
			       (others == NULL || !access_may(ctx, others, 0))))
		return FAIL(ctx, FAIL_NOT_FOUND, "hook.unknown",
		    "no hook %" PRId64, id);
	*ret = row;
	return OK;
}

enum fail
hook_load(struct ctx *ctx, int64_t id, struct hook *ret)
{
	struct sql_hook_rows *row = NULL;

	TRY(find(ctx, id, "ops.read", &row));
	*ret = hook_of(ctx, row);
	return OK;
}

enum fail
hook_list(struct ctx *ctx, int64_t after, int64_t limit, struct hook_page *ret)
{
	struct sql_hook_rows *rows = NULL;
	struct hook *list = NULL;
	size_t count = 0;
	bool all = false;

	assert(limit >= 1 && limit <= HOOK_PAGE_MAX);
	TRY(access_any(ctx, own));
	all = access_may(ctx, "ops.read", 0);
	TRY(sql_hook_rows(ctx, all ? NULL : &ctx->actor->person, after,
	    limit + 1, &rows, &count));
	*ret = (struct hook_page){
		.next = paging_cut(limit, &count) ? &rows[count - 1].id : NULL
	};
	list = ARENA_ARRAY(ctx->arena, count + 1, struct hook);
	for (size_t i = 0; i < count; i++)
		list[i] = hook_of(ctx, &rows[i]);
	ret->items = list;
	ret->count = count;
	return OK;
}

/* ---- changing ----------------------------------------------------------- */

static enum fail
check_new(struct ctx *ctx, const struct hook_new *in)
{
	struct sql_hook_count_of *of = NULL;

	hook_judge_url(ctx, "/url", in->url);
	pattern_check(ctx, "/events", in->events);
	TRY(fail_valid(ctx));
	TRY(sql_hook_count_of(ctx, ctx->actor->person, &of));
	if (of->count >=
	    option_int(ctx->home, &hook_option_table[HOOK_A_PERSON]))
		return FAIL(ctx, FAIL_CONFLICT, "hook.too_many",
		    "%s has %" PRId64 " hooks", ctx->actor->login, of->count);
	return OK;
}

enum fail
hook_create(struct ctx *ctx, const struct hook_new *in, int64_t *ret_id,
    const char **ret_secret)
{
	const struct event_cursor now = event_now(ctx->home);
	struct standing standing = { 0 };
	struct sql_hook_insert *made = NULL;
	struct random random; /* never ctx's, which a demo seeds */
	uint8_t secret[HOOK_SECRET_BYTES];
	const struct bytes key = { secret, sizeof(secret) };

	TRY(access_any(ctx, own));
	TRY(check_new(ctx, in));
	TRY(standing_take(ctx, in->unit, in->role, &standing));
	random_init(&random);
	random_bytes(&random, secret, sizeof(secret));

	const struct sql_hook_insert_args row = {
		.person = standing.person,
		.token = standing.token == 0 ? NULL : &standing.token,
		.unit = standing.unit,
		.role = standing.role,
		.granted = standing.granted_us,
		.url = in->url,
		.events = in->events,
		.secret = key,
		.at = ctx->now_us,
		.ledger = now.ledger,
		.number = now.number,
	};

	TRY(sql_hook_insert(ctx, &row, &made));
	TRY(hook_enter(ctx, made->id));
	TRY(audit_note(ctx, "hook.create", in->unit, made->id, in->url));
	hooks_stage_wake(ctx);
	*ret_secret = message_secret_text(ctx->arena, key);
	*ret_id = made->id;
	return OK;
}

enum fail
hook_remove(struct ctx *ctx, int64_t id)
{
	struct sql_hook_rows *row = NULL;
	struct hook_at at = { 0 };
	int64_t changed = 0;

	TRY(find(ctx, id, "hook.manage", &row));
	TRY(hook_step(ctx, row, HOOK_REMOVE, &at));
	TRY(hook_leave(ctx, id));
	TRY(sql_hook_end(ctx, id, row->state, hook_states[at.state],
	    "hook.removed", ctx->now_us, &changed));
	TRY(hook_enter(ctx, id));
	if (changed == 0)
		return FAIL(ctx, FAIL_CONFLICT, "hook.ended",
		    "hook %" PRId64 " has ended", id);
	return audit_note(ctx, "hook.remove", row->unit_id, id, NULL);
}

enum fail
hook_resume(struct ctx *ctx, int64_t id)
{
	struct sql_hook_rows *row = NULL;
	struct hook_at at = { 0 };
	int64_t changed = 0;

	TRY(find(ctx, id, NULL, &row));
	TRY(hook_step(ctx, row, HOOK_RESUME, &at));
	TRY(hook_leave(ctx, id));
	TRY(sql_hook_resume(ctx, id, row->state, hook_states[at.state],
	    ctx->now_us, &changed));
	TRY(hook_enter(ctx, id));
	if (changed == 0)
		return FAIL(ctx, FAIL_CONFLICT, "hook.not_stopped",
		    "hook %" PRId64 " is %s", id, row->state);
	hooks_stage_wake(ctx);
	return audit_note(ctx, "hook.resume", row->unit_id, id, NULL);
}

/* For an event that leaves the state as it is. */
static enum fail
find_for(struct ctx *ctx, int64_t id, enum hook_event event,
    struct sql_hook_rows **ret)
{
	struct hook_at at = { 0 };

	TRY(find(ctx, id, NULL, ret));
	return hook_step(ctx, *ret, event, &at);
}

enum fail
hook_test(struct ctx *ctx, int64_t id)
{
	struct sql_hook_rows *row = NULL;

	TRY(find_for(ctx, id, HOOK_TEST, &row));
	TRY(hooks_take_test(ctx));
	return event_emit(ctx, HOOK_TESTED,
	    arena_printf(ctx->arena, "%" PRId64, id), row->unit_id);
}

/* ---- dead letters ------------------------------------------------------- */

enum fail
hook_letter_list(struct ctx *ctx, int64_t id, int64_t after, int64_t limit,
    struct hook_letter_page *ret)
{
	struct sql_hook_rows *row = NULL;
	struct sql_letter_page *rows = NULL;
	struct hook_letter *list = NULL;
	size_t count = 0;

	assert(limit >= 1 && limit <= HOOK_PAGE_MAX);
	TRY(find(ctx, id, "ops.read", &row));
	TRY(sql_letter_page(ctx, id, after, limit + 1, &rows, &count));
	*ret = (struct hook_letter_page){
		.next = paging_cut(limit, &count) ? &rows[count - 1].id : NULL
	};
	list = ARENA_ARRAY(ctx->arena, count + 1, struct hook_letter);
	for (size_t i = 0; i < count; i++)
		list[i] = (struct hook_letter){
			.id = rows[i].id,
			.event = rows[i].event,
			.name = rows[i].name,
			.object = rows[i].object,
			.at_us = rows[i].at_us,
			.dead_us = rows[i].dead_us,
			.tries = rows[i].tries,
			.status = rows[i].status,
			.failure = rows[i].failure,
			.is_asked = rows[i].replay_us != NULL,
		};
	ret->items = list;
	ret->count = count;
	return OK;
}

enum fail
hook_replay(struct ctx *ctx, int64_t id, int64_t letter, int64_t *ret_count)
{
	struct sql_hook_rows *row = NULL;
	int64_t asked = 0;
	int64_t changed = 0;

	TRY(find_for(ctx, id, HOOK_REPLAY, &row));
	TRY(letter == 0 ? hook_letters_leave(ctx, id)
			: letter_leave(ctx, letter));
	TRY(sql_letter_ask(ctx, id, letter == 0 ? NULL : &letter, ctx->now_us,
	    &asked));
	TRY(letter == 0 ? hook_letters_enter(ctx, id)
			: letter_enter(ctx, letter));
	if (letter != 0 && asked == 0)
		return FAIL(ctx, FAIL_NOT_FOUND, "hook.letter_unknown",
		    "hook %" PRId64 " has no letter %" PRId64
		    " that can be sent",
		    id, letter);
	*ret_count = asked;
	if (asked == 0)
		return OK;
	TRY(hook_leave(ctx, id));
	TRY(sql_hook_ask_replay(ctx, id, &changed));
	TRY(hook_enter(ctx, id));
	hooks_stage_wake(ctx);
	return audit_note(ctx, "hook.replay", row->unit_id, id, NULL);
}
