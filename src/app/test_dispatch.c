#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "app/audit.h"
#include "app/idempotency.h"
#include "app/input.h"
#include "core/arena.h"
#include "t_app.h"

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

static atomic_int acts;

static enum fail
get_echo(struct ctx *ctx, struct call *call)
{
	return answer(ctx, call, 200, &echo_shape,
	    call_query(call, &echo_shape));
}

static enum fail
post_echo(struct ctx *ctx, struct call *call)
{
	return answer(ctx, call, 200, &echo_shape,
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

	acts++;
	*out = (struct act_out){ -1, in->note };
	TRY(audit_note(ctx, "test.act", 0, acts, NULL));
	numbering->effect.apply = give_number;
	numbering->out = out;
	tx_stage_effect(ctx, &numbering->effect);
	if (strcmp(in->note, "conflict") == 0)
		return FAIL(ctx, FAIL_CONFLICT, "report.wrong_state", "no");
	answer_etag(ctx, call, 3);
	answer_header(call, "Location", "/api/t/acts/7");
	return answer(ctx, call, 201, &act_out_shape, out);
}

static enum fail
post_free(struct ctx *ctx, struct call *call)
{
	struct act_out *out = ARENA_NEW(ctx->arena, struct act_out);

	acts++;
	*out = (struct act_out){ acts, "free" };
	return answer(ctx, call, 200, &act_out_shape, out);
}

static enum fail
put_thing(struct ctx *ctx, struct call *call)
{
	struct act_out *out = ARENA_NEW(ctx->arena, struct act_out);
	int64_t version = 0;

	TRY(call_path_id(ctx, call, "id", &out->number));
	TRY(call_if_match(ctx, call, &version));
	out->note = arena_printf(ctx->arena, "%lld", (long long)version);
	return answer(ctx, call, 200, &act_out_shape, out);
}

static enum fail
get_thing(struct ctx *ctx, struct call *call)
{
	struct act_out *out = ARENA_NEW(ctx->arena, struct act_out);

	out->note = call_path(call, "id");
	answer_etag(ctx, call, 12);
	return answer(ctx, call, 200, &act_out_shape, out);
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
	return answer_none(ctx, call);
}

static const struct route rows[] = {
	{ GET, "/api/t/echo", NULL, TX_NONE, ROUTE_PUBLIC, &echo_shape, NULL,
	    &echo_shape, get_echo, "Echo.", NULL },
	{ POST, "/api/t/echo", NULL, TX_NONE, ROUTE_PUBLIC, NULL, &echo_shape,
	    &echo_shape, post_echo, "Echo.", NULL },
	{ POST, "/api/t/acts", "session.own", TX_WRITE, 0, NULL, &act_in_shape,
	    &act_out_shape, post_act, "Act.", NULL },
	{ POST, "/api/t/big", "session.own", TX_WRITE, ROUTE_BIG, NULL,
	    &act_in_shape, &act_out_shape, post_act, "Act.", NULL },
	{ POST, "/api/t/free", "session.own", TX_NONE, 0, NULL, NULL,
	    &act_out_shape, post_free, "Act.", NULL },
	{ GET, "/api/t/things/{id}", NULL, TX_READ, ROUTE_PUBLIC, NULL, NULL,
	    &act_out_shape, get_thing, "Thing.", NULL },
	{ PUT, "/api/t/things/{id}", "session.own", TX_READ, 0, NULL, NULL,
	    &act_out_shape, put_thing, "Thing.", NULL },
	{ DELETE, "/api/t/things/{id}", "session.own", TX_NONE, 0, NULL, NULL,
	    NULL, delete_thing, "Thing.", NULL },
	{ GET, "/api/t/failures/{kind}", NULL, TX_READ, ROUTE_PUBLIC, NULL,
	    NULL, &act_out_shape, get_failure, "Fail.", NULL },
	{ GET, "/api/t/here", NULL, TX_NONE, ROUTE_PUBLIC | ROUTE_LOOPBACK,
	    &echo_shape, NULL, &echo_shape, get_echo, "Here.", NULL },
	{ GET, "/api/t/people", "user.manage", TX_READ, 0, NULL, NULL,
	    &act_out_shape, get_thing, "People.", NULL },
	{ 0 },
};
static const struct route *const tables[] = { rows, NULL };
static const struct slice test_slice = { "test", tables };
static const struct slice *const slices[] = { &test_slice, &app_slice, NULL };

static struct t_person clerk;

static struct t *
start(void **state)
{
	struct t *t = *state;

	acts = 0;
	t_app(t, slices);
	clerk =
	    (struct t_person){ .login = "clerk", .role = "clerk", .unit = 5 };
	t_person(t, &clerk);
	return t;
}

/* An act with a key, as the clerk. */
static struct http_response
act_with_key(struct t *t, const char *path, const char *body, const char *key)
{
	return t_send(t, (struct t_request){ .method = "POST",
			     .path = path,
			     .body = body,
			     .headers = { { "Authorization", clerk.bearer },
				 { "Idempotency-Key", key } } });
}

static bool
body_is(const struct http_response *r, const char *text)
{
	return bytes_equal(r->body, bytes_of_text(text));
}

static void
a_query_is_read_into_its_shape(void **state)
{
	struct t *t = start(state);
	struct http_response r = t_send(t,
	    (struct t_request){ .path = "/api/t/echo",
		.query = "n=3&opt=-5&flag=true&word=%C4%91%C6%B0%E1%BB%9Dng"
			 "&on=2025-07-01" });

	assert_int_equal(r.status, 200);
	assert_true(body_is(&r, "{\"n\":3,\"opt\":-5,\"flag\":true,"
				"\"word\":\"đường\",\"on\":\"2025-07-01\"}"));
	assert_string_equal(t_header(&r, "Content-Type"), "application/json");
	assert_string_equal(t_header(&r, "Cache-Control"), "no-store");
	assert_string_equal(t_header(&r, "X-Content-Type-Options"), "nosniff");
	assert_non_null(strstr(t_header(&r, "Content-Security-Policy"),
	    "frame-ancestors 'none'"));
}

static void
all_faults_of_a_query_are_told_at_once(void **state)
{
	struct t *t = start(state);
	struct http_response r = t_send(t,
	    (struct t_request){ .path = "/api/t/echo",
		.query = "n=10&opt=x&flag=yes&word=0123456789abc&on=2025-02-30"
			 "&more=1&n=3" });
	const struct json *doc = t_problem(t, &r, 422, "input.invalid");
	const struct json *errors = json_get(doc, "errors");
	static const char *const want[] = { "/n input.repeated",
		"/more input.unknown", "/n input.range", "/opt input.type",
		"/flag input.type", "/word input.too_long", "/on input.date" };

	assert_int_equal(json_count(errors), ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		const struct json *error = json_at(errors, i);

		assert_string_equal(arena_printf(t->ctx.arena, "%s %s",
					json_get_text(error, "pointer"),
					json_get_text(error, "code")),
		    want[i]);
		assert_non_null(json_get_text(error, "message"));
	}
}

static void
a_query_that_is_malformed_or_not_wanted_is_refused(void **state)
{
	struct t *t = start(state);
	struct http_response r = t_send(t,
	    (struct t_request){ .path = "/api/t/echo", .query = "n=%zz" });

	t_problem(t, &r, 422, "input.query");
	r = t_send(t,
	    (struct t_request){ .path = "/api/t/echo", .query = "n=%00" });
	t_problem(t, &r, 422, "input.query");
	r = t_send(t,
	    (struct t_request){ .path = "/api/t/things/4", .query = "n=3" });
	t_problem(t, &r, 422, "input.invalid");
	r = t_send(t,
	    (struct t_request){ .path = "/api/t/echo", .query = "flag=true" });
	t_problem(t, &r, 422, "input.invalid");
}

static void
bad_bodies_are_answered_with_the_place(void **state)
{
	static const struct {
		const char *body;
		const char *code;
		const char *pointer; /* NULL: no field */
	} cases[] = {
		{ "{\"n\":3,\"n\":4}", "json.syntax", NULL },
		{ "{\"n\":NaN}", "json.syntax", NULL },
		{ "{\"n\":1e400}", "json.syntax", NULL },
		{ "{\"n\":3} x", "json.syntax", NULL },
		{ "[]", "input.invalid", "" },
		{ "{\"n\":\"3\"}", "input.invalid", "/n" },
		{ "{\"n\":3.5}", "input.invalid", "/n" },
		{ "{\"n\":3,\"a/b\":1}", "input.invalid", "/a~1b" },
		{ "{\"n\":3,\"word\":\"\\u0000\"}", "json.text", NULL },
		{ "{\"n\":3,\"word\":\"\xff\"}", "json.syntax", NULL },
		{ "{}", "input.invalid", "/n" },
	};
	struct t *t = start(state);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct http_response r =
		    t_send(t, (struct t_request){ .method = "POST",
				  .path = "/api/t/echo",
				  .body = cases[i].body });
		const struct json *doc = t_json(t, &r);
		const struct json *errors = json_get(doc, "errors");

		assert_int_equal(r.status, 422);
		assert_string_equal(json_get_text(doc, "code"), cases[i].code);
		assert_int_equal(json_count(errors),
		    cases[i].pointer == NULL ? 0 : 1);
		if (cases[i].pointer == NULL)
			continue;
		assert_string_equal(json_get_text(json_at(errors, 0),
					"pointer"),
		    cases[i].pointer);
	}
}

static void
of_a_broken_body_line_and_column_are_told(void **state)
{
	struct t *t = start(state);
	struct http_response r = t_send(t, (struct t_request){ .method = "POST",
					       .path = "/api/t/echo",
					       .body = "{\"n\":3,\n x}" });
	const struct json *doc = t_problem(t, &r, 422, "json.syntax");

	assert_non_null(strstr(json_get_text(doc, "detail"), "(line 2 "));
}

static void
a_body_must_be_json_and_an_empty_one_names_what_is_missing(void **state)
{
	struct t *t = start(state);
	struct http_response r = t_send(t,
	    (struct t_request){ .method = "POST", .path = "/api/t/echo" });
	const struct json *doc = t_problem(t, &r, 422, "input.invalid");

	assert_string_equal(json_get_text(json_at(json_get(doc, "errors"), 0),
				"code"),
	    "input.missing");
	struct ctx *ctx = t_fresh(t);
	const struct http_header form = { "Content-Type", "text/plain" };
	const struct http_request request = { .method = "POST",
		.path = "/api/t/echo",
		.query = "",
		.headers = &form,
		.header_count = 1,
		.body = bytes_of_text("{\"n\":3}"),
		.peer = "127.0.0.1" };
	struct http_response typed = { 0 };

	dispatch(ctx, &request, &typed);
	t_problem(t, &typed, 415, "input.media_type");
}

static void
a_body_where_none_belongs_is_refused(void **state)
{
	struct t *t = start(state);
	struct http_response r =
	    t_send(t, (struct t_request){ .method = "POST",
			  .path = "/api/t/free",
			  .body = "{\"n\":3}",
			  .headers = { { "Authorization", clerk.bearer } } });

	t_problem(t, &r, 422, "input.no_body");
	r = t_send(t, (struct t_request){ .method = "POST",
			  .path = "/api/t/free",
			  .body = "{}",
			  .headers = { { "Authorization", clerk.bearer } } });
	assert_int_equal(r.status, 200);
	assert_int_equal(acts, 1);
}

static void
a_big_body_passes_only_where_the_row_says_so(void **state)
{
	struct t *t = start(state);
	char *body = calloc(1, INPUT_BODY_MAX + 100);
	const char head[] = "{\"note\":\"";

	assert_non_null(body);
	memset(body, 'x', INPUT_BODY_MAX + 90);
	memcpy(body, head, sizeof(head) - 1);
	memcpy(body + INPUT_BODY_MAX + 90, "\"}", 3);

	struct http_response r = act_with_key(t, "/api/t/acts", body, NULL);

	t_problem(t, &r, 413, "input.too_big");
	assert_int_equal(acts, 0);
	r = act_with_key(t, "/api/t/big", body, NULL);
	assert_int_equal(r.status, 201);
	free(body);
}

static void
unknown_paths_and_methods_are_told_apart(void **state)
{
	static const char *const unknown[] = { "/api/t", "/api/t/things",
		"/api/t/things/", "/api/t/things/4/5", "/api/v9/units",
		"/api/t/echo/", "/api/t//echo" };
	struct t *t = start(state);
	struct http_response r = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		r = t_send(t, (struct t_request){ .path = unknown[i] });
		t_problem(t, &r, 404, "route.unknown");
	}
	r = t_send(t,
	    (struct t_request){ .method = "POST", .path = "/api/t/things/4" });
	t_problem(t, &r, 405, "route.method");
	assert_string_equal(t_header(&r, "Allow"), "GET, PUT, DELETE");
	r = t_send(t,
	    (struct t_request){ .method = "BREW", .path = "/api/t/things/4" });
	t_problem(t, &r, 405, "route.method");
	r = t_send(t,
	    (struct t_request){ .method = "HEAD", .path = "/api/t/things/4" });
	assert_int_equal(r.status, 200);
}

static void
an_encoded_slash_is_no_border_of_segments(void **state)
{
	struct t *t = start(state);
	struct ctx *ctx = t_fresh(t);
	struct http_request request = { .method = "GET",
		.path = "/api/t/things/II.06a/VPCP",
		.raw_path = "/api/t/things/II.06a%2FVPCP",
		.query = "",
		.peer = "127.0.0.1" };
	struct http_response r = { 0 };

	dispatch(ctx, &request, &r);
	assert_int_equal(r.status, 200);
	assert_true(body_is(&r, "{\"number\":0,\"note\":\"II.06a/VPCP\"}"));
	request.raw_path = "/api/t/things/%ff";
	r = (struct http_response){ 0 };
	dispatch(t_fresh(t), &request, &r);
	t_problem(t, &r, 404, "route.unknown");
}

static void
each_kind_of_failure_is_a_problem_document(void **state)
{
	struct t *t = start(state);

	for (int kind = FAIL_INVALID; kind <= FAIL_INTERNAL; kind++) {
		char path[60];

		snprintf(path, sizeof(path), "/api/t/failures/%d", kind);
		struct http_response r =
		    t_send(t, (struct t_request){ .path = path });
		const struct json *doc = t_problem(t, &r,
		    fail_status((enum fail)kind), "test.secret_code");

		assert_int_equal(json_get_int(doc, "request_id", 0), 41);
		assert_string_equal(json_get_text(doc, "type"),
		    "/openapi.json#/x-failures/test.secret_code");
		assert_non_null(json_get_text(doc, "title"));
		/* The message of the log stays there. */
		assert_null(strstr(json_get_text(doc, "detail"), "secret "));
		assert_int_equal(json_count(json_get(doc, "errors")), 0);
		assert_int_equal(t_header(&r, "Retry-After") != NULL,
		    kind == FAIL_BUSY);
		assert_int_equal(t_header(&r, "WWW-Authenticate") != NULL,
		    kind == FAIL_LOGIN);
	}
}

static void
problems_are_told_in_the_language_of_the_reader(void **state)
{
	struct t *t = start(state);
	struct http_response r =
	    t_send(t, (struct t_request){ .path = "/api/t/none" });

	assert_string_equal(json_get_text(t_json(t, &r), "title"),
	    "Không tìm thấy");
	assert_string_equal(t_header(&r, "Content-Language"), "vi");
	r = t_send(t,
	    (struct t_request){ .path = "/api/t/none",
		.headers = { { "Accept-Language", "en-GB,vi;q=0.5" } } });
	assert_string_equal(json_get_text(t_json(t, &r), "title"), "Not found");
}

static void
what_is_answered_is_rendered_after_the_commit(void **state)
{
	struct t *t = start(state);
	struct http_response r =
	    act_with_key(t, "/api/t/acts", "{\"note\":\"a\"}", NULL);

	assert_int_equal(r.status, 201);
	assert_true(body_is(&r, "{\"number\":7,\"note\":\"a\"}"));
	assert_string_equal(t_header(&r, "ETag"), "\"3\"");
	assert_string_equal(t_header(&r, "Location"), "/api/t/acts/7");
}

static void
the_same_key_answers_the_same_without_acting_again(void **state)
{
	struct t *t = start(state);
	struct http_response r =
	    act_with_key(t, "/api/t/acts", "{\"note\":\"a\"}", "k 1");
	const uint64_t before = t_digest(t);

	assert_int_equal(r.status, 201);
	r = act_with_key(t, "/api/t/acts", "{\"note\":\"a\"}", "k 1");
	assert_int_equal(r.status, 201);
	/* The number that was known only after the commit is kept too. */
	assert_true(body_is(&r, "{\"number\":7,\"note\":\"a\"}"));
	assert_string_equal(t_header(&r, "ETag"), "\"3\"");
	assert_string_equal(t_header(&r, "Location"), "/api/t/acts/7");
	assert_string_equal(t_header(&r, "Content-Type"), "application/json");
	assert_string_equal(t_header(&r, "Idempotency-Replayed"), "true");
	assert_int_equal(acts, 1);
	assert_true(t_digest(t) == before);
}

static void
a_key_of_another_request_is_refused(void **state)
{
	struct t *t = start(state);
	struct http_response r =
	    act_with_key(t, "/api/t/acts", "{\"note\":\"a\"}", "k");

	assert_int_equal(r.status, 201);
	r = act_with_key(t, "/api/t/acts", "{\"note\":\"b\"}", "k");
	t_problem(t, &r, 409, "idempotency.reused");
	r = act_with_key(t, "/api/t/big", "{\"note\":\"a\"}", "k");
	t_problem(t, &r, 409, "idempotency.reused");
	assert_int_equal(acts, 1);
}

static void
keys_belong_to_persons(void **state)
{
	struct t *t = start(state);
	struct t_person other = { .login = "other" };
	struct http_response r =
	    act_with_key(t, "/api/t/acts", "{\"note\":\"a\"}", "k");

	assert_int_equal(r.status, 201);
	t_person(t, &other);
	r = t_send(t, (struct t_request){ .method = "POST",
			  .path = "/api/t/acts",
			  .body = "{\"note\":\"b\"}",
			  .headers = { { "Authorization", other.bearer },
			      { "Idempotency-Key", "k" } } });
	assert_int_equal(r.status, 201);
	assert_int_equal(acts, 2);
}

static void
a_key_is_kept_for_seven_days(void **state)
{
	struct t *t = start(state);
	struct http_response r =
	    act_with_key(t, "/api/t/acts", "{\"note\":\"a\"}", "k");

	assert_int_equal(r.status, 201);
	t->clock_us += IDEMPOTENCY_LIFE_US;
	r = act_with_key(t, "/api/t/acts", "{\"note\":\"a\"}", "k");
	assert_int_equal(acts, 1);
	t->clock_us += 1;
	r = act_with_key(t, "/api/t/acts", "{\"note\":\"b\"}", "k");
	assert_int_equal(r.status, 201);
	assert_int_equal(acts, 2);
}

static void
a_failed_act_keeps_no_answer(void **state)
{
	struct t *t = start(state);
	const uint64_t before = t_digest(t);
	struct http_response r =
	    act_with_key(t, "/api/t/acts", "{\"note\":\"conflict\"}", "k");

	t_problem(t, &r, 409, "report.wrong_state");
	assert_true(t_digest(t) == before);
	r = act_with_key(t, "/api/t/acts", "{\"note\":\"conflict\"}", "k");
	t_problem(t, &r, 409, "report.wrong_state");
	assert_int_equal(acts, 2);
}

static void
a_row_without_transaction_keeps_its_answer_too(void **state)
{
	struct t *t = start(state);
	struct http_response r = act_with_key(t, "/api/t/free", NULL, "k");

	assert_int_equal(r.status, 200);
	r = act_with_key(t, "/api/t/free", NULL, "k");
	assert_true(body_is(&r, "{\"number\":1,\"note\":\"free\"}"));
	assert_int_equal(acts, 1);
}

static void
a_key_that_cannot_be_printed_is_refused(void **state)
{
	static const char *const bad[] = { "", "a\tb", "é",
		"0123456789012345678901234567890123456789"
		"0123456789012345678901234" };
	struct t *t = start(state);

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct http_response r =
		    act_with_key(t, "/api/t/acts", "{\"note\":\"a\"}", bad[i]);

		t_problem(t, &r, 422, "idempotency.key");
	}
	assert_int_equal(acts, 0);
}

static void
a_key_whose_request_still_runs_is_told_to_come_back(void **state)
{
	struct t *t = start(state);
	struct running *running = running_new();
	const struct actor actor = { .person = 1, .login = "a" };
	const struct http_header header = { "Idempotency-Key", "k" };
	const struct http_request request = { .method = "POST",
		.path = "/x",
		.query = "",
		.headers = &header,
		.header_count = 1 };
	struct call first = { .request = &request, .match.route = &rows[2] };
	struct call second = first;
	struct ctx *ctx = t_fresh(t);

	ctx->actor = &actor;
	t_ok(ctx, idempotency_enter(ctx, &first, running));
	t_fails(ctx, idempotency_enter(ctx, &second, running), FAIL_BUSY,
	    "idempotency.running");
	idempotency_leave(ctx, &second, running);
	idempotency_leave(ctx, &first, running);
	t_ok(ctx, idempotency_enter(ctx, &second, running));
	idempotency_leave(ctx, &second, running);
	ctx->actor = NULL;
	running_free(running);
}

static void
if_match_must_name_a_version(void **state)
{
	static const char *const bad[] = { NULL, "7", "\"\"", "\"x\"", "*",
		"\"-1\"", "W/\"7\"" };
	struct t *t = start(state);

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct http_response r = t_send(t,
		    (struct t_request){ .method = "PUT",
			.path = "/api/t/things/4",
			.headers = { { "Authorization", clerk.bearer },
			    { bad[i] == NULL ? NULL : "If-Match", bad[i] } } });

		t_problem(t, &r, 422, "input.if_match");
	}
	struct http_response r =
	    t_send(t, (struct t_request){ .method = "PUT",
			  .path = "/api/t/things/4",
			  .headers = { { "Authorization", clerk.bearer },
			      { "If-Match", "\"7\"" } } });

	assert_true(body_is(&r, "{\"number\":4,\"note\":\"7\"}"));
	r = t_send(t, (struct t_request){ .method = "PUT",
			  .path = "/api/t/things/0x4",
			  .headers = { { "Authorization", clerk.bearer } } });
	t_problem(t, &r, 404, "route.unknown");
}

static void
what_the_reader_has_already_is_not_sent_again(void **state)
{
	struct t *t = start(state);
	struct http_response r =
	    t_send(t, (struct t_request){ .path = "/api/t/things/4",
			  .headers = { { "If-None-Match", "\"12\"" } } });

	assert_int_equal(r.status, 304);
	assert_int_equal(r.body.len, 0);
	r = t_send(t, (struct t_request){ .path = "/api/t/things/4",
			  .headers = { { "If-None-Match", "\"11\"" } } });
	assert_int_equal(r.status, 200);
}

static void
rows_are_for_those_with_the_permission(void **state)
{
	struct t *t = start(state);
	struct http_response r =
	    t_send(t, (struct t_request){ .path = "/api/t/people" });

	t_problem(t, &r, 401, "access.login");
	r = t_send(t, (struct t_request){ .path = "/api/t/people",
			  .headers = { { "Authorization", clerk.bearer } } });
	t_problem(t, &r, 403, "access.denied");
	r = t_send(t,
	    (struct t_request){ .path = "/api/t/people",
		.headers = { { "Authorization", "Bearer truc_00" } } });
	t_problem(t, &r, 401, "token.unknown");
	r = t_send(t, (struct t_request){ .path = "/api/t/people",
			  .headers = { { "Authorization", "Basic YTpi" } } });
	t_problem(t, &r, 401, "token.unknown");
	r = t_send(t, (struct t_request){ .method = "DELETE",
			  .path = "/api/t/things/4",
			  .headers = { { "Authorization", clerk.bearer } } });
	assert_int_equal(r.status, 204);
	assert_int_equal(r.body.len, 0);
	assert_null(t_header(&r, "Content-Type"));
}

static void
some_rows_are_for_the_own_machine_only(void **state)
{
	struct t *t = start(state);
	struct http_response r =
	    t_send(t, (struct t_request){ .path = "/api/t/here",
			  .query = "n=1",
			  .is_far = true });

	t_problem(t, &r, 403, "route.loopback");
	r = t_send(t,
	    (struct t_request){ .path = "/api/t/here", .query = "n=1" });
	assert_int_equal(r.status, 200);
	r = t_send(t, (struct t_request){ .path = "/metrics", .is_far = true });
	t_problem(t, &r, 403, "route.loopback");
	/* What a proxy on this machine asks, it asks for somebody else. */
	r = t_send(t, (struct t_request){ .path = "/metrics",
			  .headers = { { "X-Forwarded-For", "127.0.0.1" } } });
	t_problem(t, &r, 403, "route.loopback");
}

static void
before_the_replay_only_public_rows_answer(void **state)
{
	struct t *t = start(state);
	struct http_response r = { 0 };

	dispatch_set_ready(t->home.dispatch, false);
	r = act_with_key(t, "/api/t/acts", "{\"note\":\"a\"}", NULL);
	t_problem(t, &r, 503, "server.starting");
	r = t_send(t, (struct t_request){ .path = "/readyz" });
	t_problem(t, &r, 503, "server.starting");
	r = t_send(t, (struct t_request){ .path = "/healthz" });
	assert_int_equal(r.status, 200);
	dispatch_set_ready(t->home.dispatch, true);
	r = t_send(t, (struct t_request){ .path = "/readyz" });
	assert_int_equal(r.status, 200);
}

static void
requests_are_counted_by_route_and_class(void **state)
{
	struct t *t = start(state);
	struct http_response r =
	    t_send(t, (struct t_request){ .path = "/api/t/things/4" });

	r = t_send(t, (struct t_request){ .path = "/api/t/none" });
	r = t_send(t, (struct t_request){ .path = "/metrics" });
	assert_int_equal(r.status, 200);

	const char *text =
	    arena_text_n(t->ctx.arena, (const char *)r.body.at, r.body.len);

	assert_non_null(
	    strstr(text, "truc_http_requests_total{method=\"GET\","
			 "route=\"/api/t/things/{id}\",class=\"2xx\"} 1\n"));
	assert_non_null(strstr(text,
	    "truc_http_requests_total{method=\"any\",route=\"other\","
	    "class=\"4xx\"} 1\n"));
	assert_non_null(
	    strstr(text, "truc_http_request_seconds_count{method=\"GET\","
			 "route=\"/api/t/things/{id}\"} 1\n"));
	assert_non_null(strstr(text, "\ntruc_store_commits_total "));
}

static void
a_page_tells_how_to_build_the_client_if_it_is_missing(void **state)
{
	struct t *t = start(state);
	struct http_response r = t_send(t, (struct t_request){ .path = "/" });

	assert_int_equal(r.status, 200);
	assert_string_equal(t_header(&r, "Content-Type"),
	    "text/html; charset=utf-8");
	r = t_send(t, (struct t_request){ .path = "/main.js" });
	t_problem(t, &r, 404, "route.unknown");
}

#define THREADS 8
#define KEYS 20

/* Send each key until it is answered; every answer must be the act's. */
static void *
send_all_keys(void *arg)
{
	struct t *t = arg;
	const char *body = "{\"note\":\"a\"}";
	char key[20];
	const struct http_header headers[] = {
		{ "Content-Type", "application/json" },
		{ "Authorization", clerk.bearer },
		{ "Idempotency-Key", key },
	};
	const struct http_request request = { .method = "POST",
		.path = "/api/t/acts",
		.query = "",
		.headers = headers,
		.header_count = ARRAY_SIZE(headers),
		.body = bytes_of_text(body),
		.peer = "127.0.0.1" };
	intptr_t good = 0;

	for (int i = 0; i < KEYS; i++) {
		int status = 503;

		snprintf(key, sizeof(key), "k%d", i);
		while (status == 503) {
			struct arena *arena = arena_new(0);
			struct http_response r = { 0 };

			dispatch_handle(&t->home, arena, &request, &r);
			status = r.status;
			good += status == 201 &&
				body_is(&r, "{\"number\":7,\"note\":\"a\"}");
			arena_free(arena);
		}
	}
	return (void *)good;
}

static void
many_threads_with_one_key_act_once(void **state)
{
	struct t *t = start(state);
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
				     send_all_keys, t),
		    0);
	for (int i = 0; i < THREADS; i++) {
		void *good = NULL;

		pthread_join(threads[i], &good);
		assert_int_equal((intptr_t)good, KEYS);
	}
	assert_int_equal(acts, KEYS);
}

/* A keyed act under every failure of the store: either nothing happened, or all
 * of it did and repeating shows it. */
static void
an_act_broken_anywhere_leaves_nothing_or_all(void **state)
{
	struct t *t = start(state);
	struct http_response r =
	    act_with_key(t, "/api/t/acts", "{\"note\":\"warm\"}", NULL);
	int step = 1;

	assert_int_equal(r.status, 201);
	for (; step < T_STEPS_MAX; step++) {
		const uint64_t before = t_digest(t);
		char key[20];

		snprintf(key, sizeof(key), "key %d", step);
		t->faults = (struct faults){ .at = step };
		r = act_with_key(t, "/api/t/acts", "{\"note\":\"a\"}", key);
		if (t->faults.fired == 0)
			break;
		t->faults = (struct faults){ 0 };
		if (r.status == 201) /* only the final text could not be kept */
			continue;
		assert_int_equal(r.status, 500);
		assert_true(t_digest(t) == before);
	}
	t->faults = (struct faults){ 0 };
	assert_int_equal(r.status, 201);
	assert_true(step > 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_query_is_read_into_its_shape),
		t_test(all_faults_of_a_query_are_told_at_once),
		t_test(a_query_that_is_malformed_or_not_wanted_is_refused),
		t_test(bad_bodies_are_answered_with_the_place),
		t_test(of_a_broken_body_line_and_column_are_told),
		t_test(
		    a_body_must_be_json_and_an_empty_one_names_what_is_missing),
		t_test(a_body_where_none_belongs_is_refused),
		t_test(a_big_body_passes_only_where_the_row_says_so),
		t_test(unknown_paths_and_methods_are_told_apart),
		t_test(an_encoded_slash_is_no_border_of_segments),
		t_test(each_kind_of_failure_is_a_problem_document),
		t_test(problems_are_told_in_the_language_of_the_reader),
		t_test(what_is_answered_is_rendered_after_the_commit),
		t_test(the_same_key_answers_the_same_without_acting_again),
		t_test(a_key_of_another_request_is_refused),
		t_test(keys_belong_to_persons),
		t_test(a_key_is_kept_for_seven_days),
		t_test(a_failed_act_keeps_no_answer),
		t_test(a_row_without_transaction_keeps_its_answer_too),
		t_test(a_key_that_cannot_be_printed_is_refused),
		t_test(a_key_whose_request_still_runs_is_told_to_come_back),
		t_test(if_match_must_name_a_version),
		t_test(what_the_reader_has_already_is_not_sent_again),
		t_test(rows_are_for_those_with_the_permission),
		t_test(some_rows_are_for_the_own_machine_only),
		t_test(before_the_replay_only_public_rows_answer),
		t_test(requests_are_counted_by_route_and_class),
		t_test(a_page_tells_how_to_build_the_client_if_it_is_missing),
		t_test(many_threads_with_one_key_act_once),
		t_test(an_act_broken_anywhere_leaves_nothing_or_all),
	};

	return t_run(tests);
}
