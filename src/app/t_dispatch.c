#include "t_dispatch.h"

#include "core/arena.h"
#include "people/audit.h"

/* A slice of the test's own: every kind of row and of failure. */
struct echo {
	int64_t n;
	const int64_t *opt;
	bool flag;
	const char *word;
	const char *on;
};
/* clang-format off */
static const struct shape_field echo_fields[] = {
	F_INT(struct echo, n, 1, 9, REQUIRED, "A digit.", "3"),
	F_OPT_INT(struct echo, opt, -5, 5, "Perhaps.", "0"),
	F_BOOL(struct echo, flag, OPTIONAL, "Yes or no.", "true"),
	F_TEXT(struct echo, word, 12, OPTIONAL, "A word.", "\"a\""),
	F_DATE(struct echo, on, OPTIONAL, "A day.", "\"2025-07-01\""),
};
static const struct shape echo_shape = SHAPE("Echo", struct echo, echo_fields);

struct lists {
	struct texts_of words;
	struct ints_of numbers;
};
static const struct shape_field lists_fields[] = {
	F_WORDS(struct lists, words, 3, 4, REQUIRED, "Words.", "[\"a\"]"),
	F_INTS(struct lists, numbers, 0, 3, 1, 9, OPTIONAL, "Digits.", "[1]"),
};
static const struct shape lists_shape =
    SHAPE("Lists", struct lists, lists_fields);

struct act_in {
	const char *note;
};
static const struct shape_field act_in_fields[] = {
	F_TEXT(struct act_in, note, 2000000, REQUIRED, "Why.", "\"so\""),
};
static const struct shape act_in_shape =
    SHAPE("ActIn", struct act_in, act_in_fields);

struct act_out {
	int64_t number;
	const char *note;
};
static const struct shape_field act_out_fields[] = {
	F_INT(struct act_out, number, -1, 999, REQUIRED, "Of the act.", "7"),
	F_TEXT(struct act_out, note, 2000000, REQUIRED, "Why.", "\"so\""),
};
static const struct shape act_out_shape =
    SHAPE("ActOut", struct act_out, act_out_fields);
/* clang-format on */

static const char table_type[] = "text/csv; charset=utf-8";

atomic_int t_acts;

static enum fail
get_echo(struct ctx *ctx, struct call *call)
{
	return call_answer(ctx, call, 200, &echo_shape,
	    call_query(call, &echo_shape));
}

static enum fail
get_lists(struct ctx *ctx, struct call *call)
{
	return call_answer(ctx, call, 200, &lists_shape,
	    call_query(call, &lists_shape));
}

static enum fail
post_echo(struct ctx *ctx, struct call *call)
{
	return call_answer(ctx, call, 200, &echo_shape,
	    call_body(call, &echo_shape));
}

/* As the ledger does it: the number is known after the commit only. */
struct numbering {
	struct tx_effect effect;
	struct act_out *out;
};

static void
give_number(struct tx_effect *self)
{
	((struct numbering *)(void *)self)->out->number = 7;
}

static enum fail
post_act(struct ctx *ctx, struct call *call)
{
	const struct act_in *in = call_body(call, &act_in_shape);
	struct act_out *out = ARENA_NEW(ctx->arena, struct act_out);
	struct numbering *numbering = ARENA_NEW(ctx->arena, struct numbering);

	t_acts++;
	*out = (struct act_out){ -1, in->note };
	TRY(audit_note(ctx, "test.act", 0, t_acts, NULL));
	numbering->effect.apply = give_number;
	numbering->out = out;
	tx_stage_effect(ctx, &numbering->effect);
	if (strcmp(in->note, "conflict") == 0)
		return FAIL(ctx, FAIL_CONFLICT, "report.wrong_state", "no");
	call_answer_etag(ctx, call, 3);
	call_answer_header(call, "Location", "/api/t/acts/7");
	return call_answer(ctx, call, 201, &act_out_shape, out);
}

static enum fail
post_free(struct ctx *ctx, struct call *call)
{
	struct act_out *out = ARENA_NEW(ctx->arena, struct act_out);

	t_acts++;
	*out = (struct act_out){ t_acts, "free" };
	return call_answer(ctx, call, 200, &act_out_shape, out);
}

static enum fail
put_thing(struct ctx *ctx, struct call *call)
{
	struct act_out *out = ARENA_NEW(ctx->arena, struct act_out);
	int64_t version = 0;

	TRY(call_path_id(ctx, call, "id", &out->number));
	TRY(call_if_match(ctx, call, &version));
	out->note = arena_printf(ctx->arena, "%lld", (long long)version);
	return call_answer(ctx, call, 200, &act_out_shape, out);
}

static enum fail
get_thing(struct ctx *ctx, struct call *call)
{
	struct act_out *out = ARENA_NEW(ctx->arena, struct act_out);

	out->note = call_path(call, "id");
	call_answer_etag(ctx, call, 12);
	return call_answer(ctx, call, 200, &act_out_shape, out);
}

/* A table of n times five hundred bytes. */
static enum fail
get_table(struct ctx *ctx, struct call *call)
{
	const struct echo *in = call_query(call, &echo_shape);
	struct text text = { 0 };

	text_init(&text, ctx->arena);
	for (int64_t i = 0; i < in->n; i++)
		text_addf(&text, "%-498s\r\n", "11,22");
	call_answer_etag(ctx, call, 5);
	return call_answer_raw(ctx, call, 200, table_type, text_bytes(&text));
}

static enum fail
get_failure(struct ctx *ctx, struct call *call)
{
	int64_t kind = 0;

	TRY(call_path_id(ctx, call, "kind", &kind));
	return FAIL(ctx, (enum fail)kind, "test.secret_code", "secret %d",
	    (int)kind);
}

static enum fail
delete_thing(struct ctx *ctx, struct call *call)
{
	return call_answer_none(ctx, call);
}

static const struct route_media table_media = {
	.types = (const char *const[]){ table_type, NULL },
};

const struct route t_rows[] = {
	{ .method = GET,
	    .path = "/api/t/echo",
	    .flags = ROUTE_PUBLIC,
	    .query = &echo_shape,
	    .out = &echo_shape,
	    .handle = get_echo,
	    .summary = "Echo." },
	{ .method = GET,
	    .path = "/api/t/lists",
	    .flags = ROUTE_PUBLIC,
	    .query = &lists_shape,
	    .out = &lists_shape,
	    .handle = get_lists,
	    .summary = "Echo." },
	{ .method = POST,
	    .path = "/api/t/echo",
	    .flags = ROUTE_PUBLIC,
	    .in = &echo_shape,
	    .out = &echo_shape,
	    .handle = post_echo,
	    .summary = "Echo." },
	{ .method = POST,
	    .path = "/api/t/acts",
	    .permission = "session.own",
	    .tx = TX_WRITE,
	    .in = &act_in_shape,
	    .out = &act_out_shape,
	    .handle = post_act,
	    .summary = "Act." },
	{ .method = POST,
	    .path = "/api/t/big",
	    .permission = "session.own",
	    .tx = TX_WRITE,
	    .flags = ROUTE_BIG,
	    .in = &act_in_shape,
	    .out = &act_out_shape,
	    .handle = post_act,
	    .summary = "Act." },
	{ .method = POST,
	    .path = "/api/t/free",
	    .permission = "session.own",
	    .out = &act_out_shape,
	    .handle = post_free,
	    .summary = "Act." },
	{ .method = GET,
	    .path = "/api/t/things/{id}",
	    .tx = TX_READ,
	    .flags = ROUTE_PUBLIC,
	    .out = &act_out_shape,
	    .handle = get_thing,
	    .summary = "Thing." },
	{ .method = PUT,
	    .path = "/api/t/things/{id}",
	    .permission = "session.own",
	    .tx = TX_READ,
	    .out = &act_out_shape,
	    .handle = put_thing,
	    .summary = "Thing." },
	{ .method = DELETE,
	    .path = "/api/t/things/{id}",
	    .permission = "session.own",
	    .handle = delete_thing,
	    .summary = "Thing." },
	{ .method = GET,
	    .path = "/api/t/failures/{kind}",
	    .tx = TX_READ,
	    .flags = ROUTE_PUBLIC,
	    .out = &act_out_shape,
	    .handle = get_failure,
	    .summary = "Fail." },
	{ .method = GET,
	    .path = "/api/t/here",
	    .flags = ROUTE_PUBLIC | ROUTE_LOCAL,
	    .query = &echo_shape,
	    .out = &echo_shape,
	    .handle = get_echo,
	    .summary = "Here." },
	{ .method = GET,
	    .path = "/api/t/people",
	    .permission = "user.manage",
	    .tx = TX_READ,
	    .out = &act_out_shape,
	    .handle = get_thing,
	    .summary = "People." },
	{ .method = GET,
	    .path = "/api/t/table",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW,
	    .query = &echo_shape,
	    .handle = get_table,
	    .summary = "Table.",
	    .media = &table_media },
	{ 0 },
};
static const struct route *const tables[] = { t_rows, NULL };
static const struct slice test_slice = { .name = "test", .routes = tables };
static const struct slice *const slices[] = { &test_slice, &app_slice, NULL };

struct t_person t_clerk;

struct t *
t_dispatch(void **state)
{
	struct t *t = *state;

	t_acts = 0;
	t_app(t, slices);
	t_clerk =
	    (struct t_person){ .login = "clerk", .role = "clerk", .unit = 5 };
	t_person(t, &t_clerk);
	return t;
}

/* An act with a key, as the t_clerk. */
struct http_response
t_act(struct t *t, const char *path, const char *body, const char *key)
{
	return t_send(t, (struct t_request){ .method = "POST",
			     .path = path,
			     .body = body,
			     .headers = { { "Authorization", t_clerk.bearer },
				 { "Idempotency-Key", key } } });
}

bool
t_body_is(const struct http_response *r, const char *text)
{
	return bytes_equal(r->body, bytes_of_text(text));
}
