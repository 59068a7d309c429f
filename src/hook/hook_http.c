#include <inttypes.h>

#include "app/table.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/paging.h"
#include "event/event.h"
#include "hook/hook.h"
#include "hook/slice.h"
#include "http/client.h"
#include "people/access.h"

#define CODE_MAX 64

/* ---- in ---- */

static const struct shape_field new_fields[] = {
	F_TEXT(struct hook_new, url, CLIENT_URL_MAX, REQUIRED,
	    "Where to send: http or https, without name and password.",
	    "\"https://may-chu.tinh.gov.vn/truc\""),
	F_TEXT(struct hook_new, events, HOOK_EVENTS_MAX, REQUIRED,
	    "Names of events with blanks between them; * matches any end.",
	    "\"vn.truc.report.* vn.truc.period.closed\""),
	F_ID(struct hook_new, unit, "Unit of the position it acts by.", "17"),
	F_TEXT(struct hook_new, role, 32, REQUIRED, "Role of that position.",
	    "\"clerk\""),
};
static const struct shape new_shape =
    SHAPE("HookNew", struct hook_new, new_fields);

struct page_query {
	int64_t after;
	int64_t limit;
	const char *format;
};
static const struct shape_field page_fields[] = {
	F_AFTER(struct page_query),
	F_LIMIT(struct page_query, HOOK_PAGE_MAX),
	F_FORMAT(struct page_query),
};
static const struct shape page_shape =
    SHAPE("HookPageQuery", struct page_query, page_fields);

/* ---- out ---- */

struct made_out {
	int64_t id;
	const char *secret;
};
static const struct shape_field made_fields[] = {
	F_ID(struct made_out, id, "The hook's id.", "3"),
	F_TEXT(struct made_out, secret, HOOK_SECRET_TEXT_MAX, REQUIRED,
	    "Key of its signatures; it is not shown again.",
	    "\"whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\""),
};
static const struct shape made_shape =
    SHAPE("HookMade", struct made_out, made_fields);

struct hook_out {
	int64_t id;
	const char *owner;
	int64_t unit;
	const char *role;
	bool by_token;
	const char *url;
	const char *events;
	const char *state;
	const char *reason;
	const char *created_at;
	const char *changed_at;
	const char *cursor;
	bool behind;
	int64_t sent;
	const char *sent_at;
	int64_t tries;
	const char *failing_since;
	const char *next_try_at;
	const int64_t *status;
	const char *failure;
	int64_t dead_letters;
};
static const struct shape_field hook_fields[] = {
	F_ID(struct hook_out, id, "Permanent id.", "3"),
	F_TEXT(struct hook_out, owner, 64, REQUIRED, "Login of its owner.",
	    "\"desk-software\""),
	F_ID(struct hook_out, unit, "Unit of the position it acts by.", "17"),
	F_TEXT(struct hook_out, role, 32, REQUIRED, "Role of the position.",
	    "\"clerk\""),
	F_BOOL(struct hook_out, by_token, REQUIRED,
	    "It was made with an API token and ends with it.", "true"),
	F_TEXT(struct hook_out, url, CLIENT_URL_MAX, REQUIRED,
	    "Where it sends.", "\"https://may-chu.tinh.gov.vn/truc\""),
	F_TEXT(struct hook_out, events, HOOK_EVENTS_MAX, REQUIRED,
	    "Names of events.", "\"vn.truc.report.*\""),
	F_ENUM(struct hook_out, state, hook_states, REQUIRED,
	    "active sends; stopped waits for its owner; ended is over.",
	    "\"active\""),
	F_TEXT(struct hook_out, reason, CODE_MAX, OPTIONAL,
	    "Why it was stopped or ended, a code.", "null"),
	F_TIME(struct hook_out, created_at, REQUIRED, "Made at.",
	    "\"2025-10-02T08:30:00+07:00\""),
	F_TIME(struct hook_out, changed_at, REQUIRED,
	    "Last change of its state.", "\"2025-10-02T08:30:00+07:00\""),
	F_TEXT(struct hook_out, cursor, EVENT_CURSOR_MAX, REQUIRED,
	    "The place in the events up to which all is decided.",
	    "\"48213.17\""),
	F_BOOL(struct hook_out, behind, REQUIRED,
	    "Events after its place are still to be looked at.", "false"),
	F_COUNT(struct hook_out, sent, "Events delivered.", "120"),
	F_TIME(struct hook_out, sent_at, OPTIONAL, "Last delivery.",
	    "\"2025-10-02T08:30:00+07:00\""),
	F_COUNT(struct hook_out, tries, "Tries that failed in a row until now.",
	    "0"),
	F_TIME(struct hook_out, failing_since, OPTIONAL, "First of them.",
	    "null"),
	F_TIME(struct hook_out, next_try_at, OPTIONAL,
	    "When it is tried again.", "null"),
	F_OPT_INT(struct hook_out, status, 100, 599,
	    "HTTP status of the last try, if it failed with one.", "503"),
	F_TEXT(struct hook_out, failure, CODE_MAX, OPTIONAL,
	    "Why the last try failed, a code.", "\"client.timeout\""),
	F_COUNT(struct hook_out, dead_letters,
	    "Events that were not delivered.", "0"),
};
static const struct shape hook_shape =
    SHAPE("Hook", struct hook_out, hook_fields);

struct hooks_out {
	struct list_of items;
	const int64_t *next;
};
static const struct shape_field hooks_fields[] = {
	F_LIST(struct hooks_out, items, &hook_shape, HOOK_PAGE_MAX, "By id."),
	F_NEXT(struct hooks_out),
};
static const struct shape hooks_shape =
    SHAPE("HookList", struct hooks_out, hooks_fields);

struct letter_out {
	int64_t id;
	const char *event;
	const char *type;
	const char *object;
	const char *time;
	const char *dead_at;
	int64_t tries;
	const int64_t *status;
	const char *failure;
	bool replaying;
};
static const struct shape_field letter_fields[] = {
	F_ID(struct letter_out, id, "Its id.", "9"),
	F_TEXT(struct letter_out, event, EVENT_ID_MAX, REQUIRED,
	    "Id of the event; empty: events that cannot be read any more.",
	    "\"l48213.9b0c4e71a5d2\""),
	F_TEXT(struct letter_out, type, EVENT_NAME_MAX, REQUIRED,
	    "What happened.", "\"vn.truc.report.signed\""),
	F_TEXT(struct letter_out, object, EVENT_OBJECT_MAX, REQUIRED,
	    "Id of the object.", "\"17\""),
	F_TIME(struct letter_out, time, REQUIRED, "When it happened.",
	    "\"2025-10-02T08:30:00+07:00\""),
	F_TIME(struct letter_out, dead_at, REQUIRED,
	    "When it was given up, or last failed.",
	    "\"2025-10-05T08:30:00+07:00\""),
	F_COUNT(struct letter_out, tries, "Tries that had failed in a row.",
	    "90"),
	F_OPT_INT(struct letter_out, status, 100, 599,
	    "HTTP status of the last try.", "422"),
	F_TEXT(struct letter_out, failure, CODE_MAX, REQUIRED, "Why, a code.",
	    "\"hook.refused\""),
	F_BOOL(struct letter_out, replaying, REQUIRED, "It is sent again soon.",
	    "false"),
};
static const struct shape letter_shape =
    SHAPE("HookDeadLetter", struct letter_out, letter_fields);

struct letters_out {
	struct list_of items;
	const int64_t *next;
};
static const struct shape_field letters_fields[] = {
	F_LIST(struct letters_out, items, &letter_shape, HOOK_PAGE_MAX,
	    "By id."),
	F_NEXT(struct letters_out),
};
static const struct shape letters_shape =
    SHAPE("HookDeadLetterList", struct letters_out, letters_fields);

static const struct table_column hooks_columns[] = {
	{ "id", NULL, NULL },
	{ "owner", NULL, NULL },
	{ "role", NULL, NULL },
	{ "url", NULL, NULL },
	{ "events", NULL, NULL },
	{ "state", NULL, NULL },
	{ "created_at", NULL, NULL },
	{ "sent", NULL, NULL },
	{ "sent_at", NULL, NULL },
	{ "failing_since", NULL, NULL },
	{ "dead_letters", NULL, NULL },
	{ NULL, NULL, NULL },
};
static const struct route_table hooks_table = {
	.name = "hooks",
	.words = "hook.hook",
	.list = "items",
	.columns = hooks_columns,
};

static const struct table_column letters_columns[] = {
	{ "id", NULL, NULL },
	{ "type", NULL, NULL },
	{ "object", NULL, NULL },
	{ "time", NULL, NULL },
	{ "dead_at", NULL, NULL },
	{ "tries", NULL, NULL },
	{ "failure", NULL, NULL },
	{ "replaying", NULL, NULL },
	{ NULL, NULL, NULL },
};
static const struct route_table letters_table = {
	.name = "dead-letters",
	.words = "hook.letter",
	.list = "items",
	.columns = letters_columns,
};

struct replay_out {
	int64_t count;
};
static const struct shape_field replay_fields[] = {
	F_COUNT(struct replay_out, count, "Dead letters that are sent again.",
	    "1"),
};
static const struct shape replay_shape =
    SHAPE("HookReplay", struct replay_out, replay_fields);

/* ---- handlers ---- */

static const char *
time_or_null(struct ctx *ctx, const int64_t *at_us)
{
	return at_us == NULL ? NULL : time_text(ctx->arena, *at_us);
}

static struct hook_out
hook_out_of(struct ctx *ctx, const struct hook *hook)
{
	return (struct hook_out){
		.id = hook->id,
		.owner = hook->owner,
		.unit = hook->unit,
		.role = hook->role,
		.by_token = hook->by_token,
		.url = hook->url,
		.events = hook->events,
		.state = hook->state,
		.reason = hook->reason,
		.created_at = time_text(ctx->arena, hook->created_us),
		.changed_at = time_text(ctx->arena, hook->changed_us),
		.cursor = hook->cursor,
		.behind = hook->is_behind,
		.sent = hook->sent,
		.sent_at = time_or_null(ctx, hook->sent_us),
		.tries = hook->tries,
		.failing_since = time_or_null(ctx, hook->failing_us),
		.next_try_at = time_or_null(ctx, hook->next_us),
		.status = hook->status,
		.failure = hook->failure,
		.dead_letters = hook->dead,
	};
}

static struct letter_out
letter_out_of(struct ctx *ctx, const struct hook_letter *letter)
{
	return (struct letter_out){
		.id = letter->id,
		.event = letter->event,
		.type = letter->name,
		.object = letter->object,
		.time = time_text(ctx->arena, letter->at_us),
		.dead_at = time_text(ctx->arena, letter->dead_us),
		.tries = letter->tries,
		.status = letter->status,
		.failure = letter->failure,
		.replaying = letter->is_asked,
	};
}

static enum fail
post_hook(struct ctx *ctx, struct call *call)
{
	struct made_out *out = ARENA_NEW(ctx->arena, struct made_out);

	TRY(hook_create(ctx, call_body(call, &new_shape), &out->id,
	    &out->secret));
	return call_answer(ctx, call, 201, &made_shape, out);
}

static enum fail
get_hooks(struct ctx *ctx, struct call *call)
{
	const struct page_query *query = call_query(call, &page_shape);
	struct hooks_out *out = ARENA_NEW(ctx->arena, struct hooks_out);
	struct hook_out *items = NULL;
	struct hook_page page = { 0 };

	TRY(hook_list(ctx, query->after, (int64_t)paging_limit(query->limit),
	    &page));
	items = ARENA_ARRAY(ctx->arena, page.count + 1, struct hook_out);
	for (size_t i = 0; i < page.count; i++)
		items[i] = hook_out_of(ctx, &page.items[i]);
	out->items = (struct list_of){ items, page.count };
	out->next = page.next;
	return call_answer(ctx, call, 200, &hooks_shape, out);
}

static enum fail
get_hook(struct ctx *ctx, struct call *call)
{
	struct hook_out *out = ARENA_NEW(ctx->arena, struct hook_out);
	struct hook hook = { 0 };
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(hook_load(ctx, id, &hook));
	*out = hook_out_of(ctx, &hook);
	return call_answer(ctx, call, 200, &hook_shape, out);
}

/* What is done to the hook of the path and has no answer. */
static enum fail
act(struct ctx *ctx, struct call *call,
    enum fail (*run)(struct ctx *ctx, int64_t id))
{
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(run(ctx, id));
	return call_answer_none(ctx, call);
}

static enum fail
delete_hook(struct ctx *ctx, struct call *call)
{
	return act(ctx, call, hook_remove);
}

static enum fail
post_resume(struct ctx *ctx, struct call *call)
{
	return act(ctx, call, hook_resume);
}

static enum fail
post_test(struct ctx *ctx, struct call *call)
{
	const enum fail got = act(ctx, call, hook_test);

	if (got == FAIL_TOO_OFTEN)
		call_answer_header(call, "Retry-After",
		    arena_printf(ctx->arena, "%" PRId64,
			day_left_s(ctx->now_us)));
	return got;
}

static enum fail
get_letters(struct ctx *ctx, struct call *call)
{
	const struct page_query *query = call_query(call, &page_shape);
	struct letters_out *out = ARENA_NEW(ctx->arena, struct letters_out);
	struct letter_out *items = NULL;
	struct hook_letter_page page = { 0 };
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(hook_letter_list(ctx, id, query->after,
	    (int64_t)paging_limit(query->limit), &page));
	items = ARENA_ARRAY(ctx->arena, page.count + 1, struct letter_out);
	for (size_t i = 0; i < page.count; i++)
		items[i] = letter_out_of(ctx, &page.items[i]);
	out->items = (struct list_of){ items, page.count };
	out->next = page.next;
	return call_answer(ctx, call, 200, &letters_shape, out);
}

static enum fail
replay(struct ctx *ctx, struct call *call, int64_t letter)
{
	struct replay_out *out = ARENA_NEW(ctx->arena, struct replay_out);
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(hook_replay(ctx, id, letter, &out->count));
	return call_answer(ctx, call, 202, &replay_shape, out);
}

static enum fail
post_replay(struct ctx *ctx, struct call *call)
{
	int64_t letter = 0;

	TRY(call_path_id(ctx, call, "letter", &letter));
	return replay(ctx, call, letter);
}

static enum fail
post_replay_all(struct ctx *ctx, struct call *call)
{
	return replay(ctx, call, 0);
}

static const char *const new_failures[] = { "client.address_forbidden",
	"client.url", "hook.events", "hook.too_many", "position.unknown",
	NULL };
static const char *const one_failures[] = { "hook.unknown", NULL };
static const char *const remove_failures[] = { "hook.ended", "hook.unknown",
	NULL };
static const char *const resume_failures[] = { "hook.not_stopped",
	"hook.unknown", NULL };
static const char *const active_failures[] = { "hook.not_active",
	"hook.unknown", NULL };
static const char *const test_failures[] = { "hook.day_full", "hook.not_active",
	"hook.unknown", NULL };
static const char *const letter_failures[] = { "hook.letter_unknown",
	"hook.not_active", "hook.unknown", NULL };

const struct route hook_routes[] = {
	/* No key is kept: the answer has a secret. */
	{ .method = POST,
	    .path = "/api/v1/hooks",
	    .permission = "hook.own",
	    .tx = TX_WRITE,
	    .flags = ROUTE_NO_IDEMPOTENCY,
	    .in = &new_shape,
	    .out = &made_shape,
	    .handle = post_hook,
	    .summary = "Have events sent to a URL, from now on.",
	    .failures = new_failures },
	{ .method = GET,
	    .path = "/api/v1/hooks",
	    .permission = "hook.own",
	    .tx = TX_READ,
	    .query = &page_shape,
	    .out = &hooks_shape,
	    .media = &table_media,
	    .table = &hooks_table,
	    .handle = get_hooks,
	    .summary = "One's own hooks; for operators everybody's." },
	{ .method = GET,
	    .path = "/api/v1/hooks/{id}",
	    .permission = "hook.own",
	    .tx = TX_READ,
	    .out = &hook_shape,
	    .handle = get_hook,
	    .summary = "One hook and how its deliveries go.",
	    .failures = one_failures },
	{ .method = DELETE,
	    .path = "/api/v1/hooks/{id}",
	    .permission = "hook.own",
	    .tx = TX_WRITE,
	    .flags = ROUTE_SPARE,
	    .handle = delete_hook,
	    .summary = "End a hook; its dead letters stay to be read.",
	    .failures = remove_failures },
	{ .method = POST,
	    .path = "/api/v1/hooks/{id}/resume",
	    .permission = "hook.own",
	    .tx = TX_WRITE,
	    .handle = post_resume,
	    .summary = "Let a stopped hook go on where it was.",
	    .failures = resume_failures },
	{ .method = POST,
	    .path = "/api/v1/hooks/{id}/test",
	    .permission = "hook.own",
	    .tx = TX_WRITE,
	    .handle = post_test,
	    .summary = "Send an event vn.truc.hook.tested in its turn.",
	    .failures = test_failures },
	{ .method = GET,
	    .path = "/api/v1/hooks/{id}/dead-letters",
	    .permission = "hook.own",
	    .tx = TX_READ,
	    .query = &page_shape,
	    .out = &letters_shape,
	    .media = &table_media,
	    .table = &letters_table,
	    .handle = get_letters,
	    .summary = "Events that a hook did not deliver.",
	    .failures = one_failures },
	{ .method = POST,
	    .path = "/api/v1/hooks/{id}/dead-letters/replay",
	    .permission = "hook.own",
	    .tx = TX_WRITE,
	    .out = &replay_shape,
	    .handle = post_replay_all,
	    .summary = "Send all dead letters of a hook again.",
	    .failures = active_failures },
	{ .method = POST,
	    .path = "/api/v1/hooks/{id}/dead-letters/{letter}/replay",
	    .permission = "hook.own",
	    .tx = TX_WRITE,
	    .out = &replay_shape,
	    .handle = post_replay,
	    .summary = "Send one dead letter again.",
	    .failures = letter_failures },
	{ 0 },
};
