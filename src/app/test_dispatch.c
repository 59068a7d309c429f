#include <stdlib.h>

#include "app/input.h"
#include "codec/json.h"
#include "core/arena.h"
#include "t_dispatch.h"

static void
a_query_is_read_into_its_shape(void **state)
{
	struct t *t = t_dispatch(state);
	struct http_response r = t_send(t,
	    (struct t_request){ .path = "/api/t/echo",
		.query = "n=3&opt=-5&flag=true&word=%C4%91%C6%B0%E1%BB%9Dng"
			 "&on=2025-07-01" });

	assert_int_equal(r.status, 200);
	assert_true(t_body_is(&r, "{\"n\":3,\"opt\":-5,\"flag\":true,"
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
	struct t *t = t_dispatch(state);
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
a_list_in_a_query_has_commas_between_its_items(void **state)
{
	static const struct {
		const char *query;
		const char *faults; /* of the answer; NULL: it is read */
	} cases[] = {
		{ "words=a,%C4%91,c&numbers=1,9", NULL },
		{ "words=a%2Cb", NULL }, /* quoted or not */
		{ "words=", "/words input.range" },
		{ "words=a,b,c,d", "/words input.too_long" },
		{ "words=a,,c", "/words/1 input.range" },
		{ "words=,a", "/words/0 input.range" },
		{ "words=a,b,abcde", "/words/2 input.too_long" },
		{ "words=a&words=b", "/words input.repeated" },
		{ "words=a&numbers=", NULL },
		{ "words=a&numbers=1,2,3,4", "/numbers input.too_long" },
		{ "words=a&numbers=1,10", "/numbers/1 input.range" },
		{ "words=a&numbers=1,x", "/numbers/1 input.type" },
		{ "words=a&numbers=,1", "/numbers/0 input.type" },
	};
	struct t *t = t_dispatch(state);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct http_response r =
		    t_send(t, (struct t_request){ .path = "/api/t/lists",
				  .query = cases[i].query });
		const struct json *error = NULL;

		if (cases[i].faults == NULL) {
			assert_int_equal(r.status, 200);
			continue;
		}
		error = json_at(json_get(t_problem(t, &r, 422, "input.invalid"),
				    "errors"),
		    0);
		assert_string_equal(arena_printf(t->ctx.arena, "%s %s",
					json_get_text(error, "pointer"),
					json_get_text(error, "code")),
		    cases[i].faults);
	}

	struct http_response r =
	    t_send(t, (struct t_request){ .path = "/api/t/lists",
			  .query = "words=a,%C4%91&numbers=1,9" });

	assert_true(
	    t_body_is(&r, "{\"words\":[\"a\",\"đ\"],\"numbers\":[1,9]}"));
}

static void
a_query_that_is_malformed_or_not_wanted_is_refused(void **state)
{
	struct t *t = t_dispatch(state);
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
	struct t *t = t_dispatch(state);

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
	struct t *t = t_dispatch(state);
	struct http_response r = t_send(t, (struct t_request){ .method = "POST",
					       .path = "/api/t/echo",
					       .body = "{\"n\":3,\n x}" });
	const struct json *doc = t_problem(t, &r, 422, "json.syntax");

	assert_non_null(strstr(json_get_text(doc, "detail"), "(line 2 "));
}

static void
a_body_must_be_json_and_an_empty_one_names_what_is_missing(void **state)
{
	struct t *t = t_dispatch(state);
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

	assert_true(dispatch(ctx, &request, &typed));
	t_problem(t, &typed, 415, "input.media_type");
}

static void
a_body_where_none_belongs_is_refused(void **state)
{
	struct t *t = t_dispatch(state);
	struct http_response r =
	    t_send(t, (struct t_request){ .method = "POST",
			  .path = "/api/t/free",
			  .body = "{\"n\":3}",
			  .headers = { { "Authorization", t_clerk.bearer } } });

	t_problem(t, &r, 422, "input.no_body");
	r = t_send(t, (struct t_request){ .method = "POST",
			  .path = "/api/t/free",
			  .body = "{}",
			  .headers = { { "Authorization", t_clerk.bearer } } });
	assert_int_equal(r.status, 200);
	assert_int_equal(t_acts, 1);
}

static void
a_big_body_passes_only_where_the_row_says_so(void **state)
{
	struct t *t = t_dispatch(state);
	char *body = calloc(1, INPUT_BODY_MAX + 100);
	const char head[] = "{\"note\":\"";

	assert_non_null(body);
	memset(body, 'x', INPUT_BODY_MAX + 90);
	memcpy(body, head, sizeof(head) - 1);
	memcpy(body + INPUT_BODY_MAX + 90, "\"}", 3);

	struct http_response r = t_act(t, "/api/t/acts", body, NULL);

	t_problem(t, &r, 413, "input.too_big");
	assert_int_equal(t_acts, 0);
	r = t_act(t, "/api/t/big", body, NULL);
	assert_int_equal(r.status, 201);
	free(body);
}

/* {"x":[1,1 ...]} */
static const char *
body_of_values(struct arena *arena, size_t values)
{
	struct text body = { 0 };

	text_init(&body, arena);
	text_add(&body, "{\"x\":[1");
	for (size_t i = 3; i < values; i++)
		text_add(&body, ",1");
	text_add(&body, "]}");
	assert_int_equal(json_values_most(text_bytes(&body)), values);
	return text_of(&body);
}

static void
a_body_of_more_values_than_its_shape_has_is_not_parsed(void **state)
{
	struct t *t = t_dispatch(state);
	const size_t most = 6 + INPUT_VALUES_SPARE; /* of five fields */
	struct t_request request = { .method = "POST", .path = "/api/t/echo" };
	struct arena *arena = arena_new(0);
	struct http_response r = { 0 };

	request.body = body_of_values(arena, most);
	r = t_send(t, request);
	t_problem(t, &r, 422, "input.invalid");
	request.body = body_of_values(arena, most + 1);
	r = t_send(t, request);
	t_problem(t, &r, 413, "json.too_big");
	arena_free(arena);
}

static void
unknown_paths_and_methods_are_told_apart(void **state)
{
	static const char *const unknown[] = { "/api/t", "/api/t/things",
		"/api/t/things/", "/api/t/things/4/5", "/api/v9/units",
		"/api/t/echo/", "/api/t//echo" };
	struct t *t = t_dispatch(state);
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
	struct t *t = t_dispatch(state);
	struct ctx *ctx = t_fresh(t);
	struct http_request request = { .method = "GET",
		.path = "/api/t/things/II.06a/VPCP",
		.raw_path = "/api/t/things/II.06a%2FVPCP",
		.query = "",
		.peer = "127.0.0.1" };
	struct http_response r = { 0 };

	assert_true(dispatch(ctx, &request, &r));
	assert_int_equal(r.status, 200);
	assert_true(t_body_is(&r, "{\"number\":0,\"note\":\"II.06a/VPCP\"}"));
	request.raw_path = "/api/t/things/%ff";
	r = (struct http_response){ 0 };
	assert_true(dispatch(t_fresh(t), &request, &r));
	t_problem(t, &r, 404, "route.unknown");
}

static void
each_kind_of_failure_is_a_problem_document(void **state)
{
	struct t *t = t_dispatch(state);

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
		    kind == FAIL_TOO_OFTEN || kind == FAIL_BUSY);
		assert_int_equal(t_header(&r, "WWW-Authenticate") != NULL,
		    kind == FAIL_LOGIN);
	}
}

static void
problems_are_told_in_the_language_of_the_reader(void **state)
{
	struct t *t = t_dispatch(state);
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
	struct t *t = t_dispatch(state);
	struct http_response r =
	    t_act(t, "/api/t/acts", "{\"note\":\"a\"}", NULL);

	assert_int_equal(r.status, 201);
	assert_true(t_body_is(&r, "{\"number\":7,\"note\":\"a\"}"));
	assert_string_equal(t_header(&r, "ETag"), "\"3\"");
	assert_string_equal(t_header(&r, "Location"), "/api/t/acts/7");
}

static void
if_match_must_name_a_version(void **state)
{
	static const char *const bad[] = { NULL, "7", "\"\"", "\"x\"", "*",
		"\"-1\"", "W/\"7\"" };
	struct t *t = t_dispatch(state);

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct http_response r = t_send(t,
		    (struct t_request){ .method = "PUT",
			.path = "/api/t/things/4",
			.headers = { { "Authorization", t_clerk.bearer },
			    { bad[i] == NULL ? NULL : "If-Match", bad[i] } } });

		t_problem(t, &r, 422, "input.if_match");
	}
	struct http_response r =
	    t_send(t, (struct t_request){ .method = "PUT",
			  .path = "/api/t/things/4",
			  .headers = { { "Authorization", t_clerk.bearer },
			      { "If-Match", "\"7\"" } } });

	assert_true(t_body_is(&r, "{\"number\":4,\"note\":\"7\"}"));
	r = t_send(t, (struct t_request){ .method = "PUT",
			  .path = "/api/t/things/0x4",
			  .headers = { { "Authorization", t_clerk.bearer } } });
	t_problem(t, &r, 404, "route.unknown");
}

static void
what_the_reader_has_already_is_not_sent_again(void **state)
{
	struct t *t = t_dispatch(state);
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
	struct t *t = t_dispatch(state);
	struct http_response r =
	    t_send(t, (struct t_request){ .path = "/api/t/people" });

	t_problem(t, &r, 401, "access.login");
	r = t_send(t, (struct t_request){ .path = "/api/t/people",
			  .headers = { { "Authorization", t_clerk.bearer } } });
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
			  .headers = { { "Authorization", t_clerk.bearer } } });
	assert_int_equal(r.status, 204);
	assert_int_equal(r.body.len, 0);
	assert_null(t_header(&r, "Content-Type"));
}

static void
some_rows_are_for_operators_only(void **state)
{
	struct t *t = t_dispatch(state);
	struct http_response r =
	    t_send(t, (struct t_request){ .path = "/metrics" });

	t_problem(t, &r, 404, "route.unknown");
	r = t_send(t,
	    (struct t_request){ .path = "/api/t/here", .query = "n=1" });
	t_problem(t, &r, 404, "route.unknown");
	r = t_send(t,
	    (struct t_request){ .path = "/metrics", .is_local = true });
	assert_int_equal(r.status, 200);
	/* A proxy that passes everything on changes nothing. */
	r = t_send(t, (struct t_request){ .path = "/metrics",
			  .headers = { { "X-Forwarded-For", "127.0.0.1" } } });
	t_problem(t, &r, 404, "route.unknown");
}

static void
operators_get_no_more_than_is_public(void **state)
{
	struct t *t = t_dispatch(state);
	struct http_response r = t_send(t,
	    (struct t_request){ .path = "/healthz", .is_local = true });

	assert_int_equal(r.status, 200);
	r = t_send(t, (struct t_request){ .path = "/api/t/people",
			  .headers = { { "Authorization", t_clerk.bearer } },
			  .is_local = true });
	t_problem(t, &r, 404, "route.unknown");
}

static void
before_the_replay_only_public_rows_answer(void **state)
{
	struct t *t = t_dispatch(state);
	struct http_response r = { 0 };

	dispatch_set_ready(t->home.dispatch, false);
	r = t_act(t, "/api/t/acts", "{\"note\":\"a\"}", NULL);
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
	struct t *t = t_dispatch(state);
	struct http_response r =
	    t_send(t, (struct t_request){ .path = "/api/t/things/4" });

	r = t_send(t, (struct t_request){ .path = "/api/t/none" });
	r = t_send(t,
	    (struct t_request){ .path = "/metrics", .is_local = true });
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
	struct t *t = t_dispatch(state);
	struct http_response r =
	    t_send(t, (struct t_request){ .path = "/password" });

	assert_int_equal(r.status, 200);
	assert_string_equal(t_header(&r, "Content-Type"),
	    "text/html; charset=utf-8");
	r = t_send(t, (struct t_request){ .path = "/main.js" });
	t_problem(t, &r, 404, "route.unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_query_is_read_into_its_shape),
		t_test(all_faults_of_a_query_are_told_at_once),
		t_test(a_list_in_a_query_has_commas_between_its_items),
		t_test(a_query_that_is_malformed_or_not_wanted_is_refused),
		t_test(bad_bodies_are_answered_with_the_place),
		t_test(of_a_broken_body_line_and_column_are_told),
		t_test(
		    a_body_must_be_json_and_an_empty_one_names_what_is_missing),
		t_test(a_body_where_none_belongs_is_refused),
		t_test(a_big_body_passes_only_where_the_row_says_so),
		t_test(a_body_of_more_values_than_its_shape_has_is_not_parsed),
		t_test(unknown_paths_and_methods_are_told_apart),
		t_test(an_encoded_slash_is_no_border_of_segments),
		t_test(each_kind_of_failure_is_a_problem_document),
		t_test(problems_are_told_in_the_language_of_the_reader),
		t_test(what_is_answered_is_rendered_after_the_commit),
		t_test(if_match_must_name_a_version),
		t_test(what_the_reader_has_already_is_not_sent_again),
		t_test(rows_are_for_those_with_the_permission),
		t_test(some_rows_are_for_operators_only),
		t_test(operators_get_no_more_than_is_public),
		t_test(before_the_replay_only_public_rows_answer),
		t_test(requests_are_counted_by_route_and_class),
		t_test(a_page_tells_how_to_build_the_client_if_it_is_missing),
	};
	return t_run(tests);
}
