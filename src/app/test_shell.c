#include "app/shell.h"

#include "app/call.h"
#include "app/dispatch.h"
#include "codec/json.h"
#include "core/arena.h"
#include "core/file.h"
#include "t_app.h"

/* A name as somebody hostile would like to be called. */
static const char hostile[] = "</script><b>&\xe2\x80\xa8";

struct named {
	const char *name;
};
/* clang-format off */
static const struct shape_field named_fields[] = {
	F_TEXT(struct named, name, 600000, REQUIRED, "A name.", "\"x\""),
};
static const struct shape named_shape =
    SHAPE("Named", struct named, named_fields);
/* clang-format on */

static enum fail
get_named(struct ctx *ctx, struct call *call)
{
	struct named *out = ARENA_NEW(ctx->arena, struct named);

	out->name = hostile;
	return call_answer(ctx, call, 200, &named_shape, out);
}

static enum fail
get_huge(struct ctx *ctx, struct call *call)
{
	struct named *out = ARENA_NEW(ctx->arena, struct named);
	char *name = arena_alloc(ctx->arena, SHELL_FIRST_MAX + 1, 1);

	memset(name, 'x', SHELL_FIRST_MAX);
	out->name = name;
	return call_answer(ctx, call, 200, &named_shape, out);
}

static enum fail
get_broken(struct ctx *ctx, struct call *call)
{
	(void)call;
	return FAIL(ctx, FAIL_INTERNAL, "test.broken", "on purpose");
}

static const char *const first[] = { "/api/t/huge", "/api/t/broken",
	"/api/t/named", "/api/t/for-admins", "/api/t/nothing", "/here/{id}",
	"/metrics", "/api/t/things/{id}?q={q}&w={w}", NULL };

static const struct route rows[] = {
	{ .method = GET,
	    .path = "/here/{id}",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Page.",
	    .media = &shell_media,
	    .first = first },
	{ .method = GET,
	    .path = "/linked",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = shell_get,
	    .summary = "Page with files.",
	    .media = &shell_media },
	{ .method = GET,
	    .path = "/api/t/named",
	    .permission = "session.own",
	    .out = &named_shape,
	    .handle = get_named,
	    .summary = "Named." },
	{ .method = GET,
	    .path = "/api/t/huge",
	    .permission = "session.own",
	    .out = &named_shape,
	    .handle = get_huge,
	    .summary = "Huge." },
	{ .method = GET,
	    .path = "/api/t/broken",
	    .permission = "session.own",
	    .out = &named_shape,
	    .handle = get_broken,
	    .summary = "Broken." },
	{ .method = GET,
	    .path = "/api/t/for-admins",
	    .permission = "user.manage",
	    .out = &named_shape,
	    .handle = get_named,
	    .summary = "For admins." },
	{ 0 },
};
static const struct slice test_slice = { .name = "test",
	.routes = (const struct route *const[]){ rows, NULL } };
static const struct slice *const slices[] = { &test_slice, &app_slice, NULL };

static struct t_person clerk;

static const char preloads[] = "- vi /assets/door.js\n"
			       "/link vi /assets/other.js\n"
			       "/linked en /assets/en.js\n"
			       "/linked vi /assets/a.js /assets/b\"c.js\n"
			       "\n"
			       "/linked\n";

static void
start(struct t *t)
{
	char path[500];

	snprintf(path, sizeof(path), "%s/index.html", t_folder(t));
	t_ok(&t->ctx, file_write(&t->ctx, path,
			  bytes_of_text("<p>a<!--first-->b"), 0644));
	snprintf(path, sizeof(path), "%s/preload.txt", t_folder(t));
	t_ok(&t->ctx, file_write(&t->ctx, path, bytes_of_text(preloads), 0644));
	t_app_web(t, slices, t_folder(t));
	clerk =
	    (struct t_person){ .login = "clerk", .role = "clerk", .unit = 5 };
	t_person(t, &clerk);
}

static struct http_response
get_page(struct t *t, const char *query)
{
	return t_send(t,
	    (struct t_request){ .path = "/here/7",
		.query = query,
		.headers = { { "Authorization", clerk.bearer } } });
}

static const char *
body_of(struct t *t, const struct http_response *r)
{
	return arena_text_n(t->ctx.arena, (const char *)r->body.at,
	    r->body.len);
}

static void
what_fails_or_is_too_much_is_left_out_and_the_rest_is_there(void **state)
{
	struct t *t = *state;

	start(t);

	struct http_response r = get_page(t, "");
	const char *body = body_of(t, &r);

	assert_int_equal(r.status, 200);
	assert_true(text_starts(body, "<p>a<script type=\"application/json\" "
				      "id=\"first\">{\"lang\":\"vi\","));
	assert_string_equal(body + strlen(body) - 10, "</script>b");
	assert_non_null(strstr(body, "\"/api/v1/session\":{"));
	assert_non_null(strstr(body, "\"/api/t/named\":{"));
	assert_null(strstr(body, "huge"));
	assert_null(strstr(body, "broken"));
	assert_null(strstr(body, "admins"));
	assert_null(strstr(body, "nothing"));
	assert_null(strstr(body, "metrics"));
	assert_null(strstr(body, "/here"));
	assert_string_equal(t_header(&r, "Cache-Control"), "private, no-store");
	assert_null(t_header(&r, "ETag"));
}

static void
nothing_in_an_answer_ends_the_block(void **state)
{
	struct t *t = *state;

	start(t);

	struct http_response r = get_page(t, "q=%3C/script%3E");
	const char *block = strstr(body_of(t, &r), "id=\"first\">") + 11;
	const size_t len = (size_t)(strstr(block, "</script>b") - block);
	const struct json *node = NULL;

	assert_null(memchr(block, '<', len));
	assert_null(memchr(block, '>', len));
	assert_null(memchr(block, '&', len));
	assert_null(memmem(block, len, "\xe2\x80\xa8", 3));
	/* And it is still what was answered. */
	t_ok(&t->ctx,
	    json_parse(&t->ctx, (struct bytes){ (const uint8_t *)block, len },
		&node));
	assert_string_equal(json_get_text(json_get(json_get(node, "answers"),
					      "/api/t/named"),
				"name"),
	    hostile);
}

static void
nobody_gets_no_data_and_the_same_page_again(void **state)
{
	struct t *t = *state;
	char etag[80];

	start(t);

	struct http_response r =
	    t_send(t, (struct t_request){ .path = "/here/7" });

	assert_non_null(strstr(body_of(t, &r),
	    "{\"lang\":\"vi\",\"nobody\":true,\"office\":{\"name\":\"\","
	    "\"telephone\":\"\"},\"answers\":{}}"));
	snprintf(etag, sizeof(etag), "%s", t_header(&r, "ETag"));
	r = t_send(t, (struct t_request){ .path = "/here/8",
			  .headers = { { "If-None-Match", etag } } });
	assert_int_equal(r.status, 304);
	/* Somebody who kept nobody's page gets their own. */
	r = t_send(t, (struct t_request){ .path = "/here/8",
			  .headers = { { "If-None-Match", etag },
			      { "Authorization", clerk.bearer } } });
	assert_int_equal(r.status, 200);
}

/* All at once, in the language of the page, and before its data. */
static void
a_page_links_the_files_of_its_screen(void **state)
{
	struct t *t = *state;
	struct http_response r = { 0 };

	start(t);
	r = t_send(t, (struct t_request){ .path = "/linked",
			  .headers = { { "Authorization", clerk.bearer } } });
	assert_true(text_starts(body_of(t, &r),
	    "<p>a<link rel=\"modulepreload\" href=\"/assets/a.js\">"
	    "<link rel=\"modulepreload\" href=\"/assets/b&quot;c.js\">"
	    "<script "));
	r = t_send(t, (struct t_request){ .path = "/linked" });
	assert_true(text_starts(body_of(t, &r),
	    "<p>a<link rel=\"modulepreload\" href=\"/assets/door.js\">"
	    "<script "));
}

static void
the_client_s_own_file_never_has_data(void **state)
{
	struct t *t = *state;

	start(t);

	struct http_response r =
	    t_send(t, (struct t_request){ .path = "/index.html",
			  .headers = { { "Authorization", clerk.bearer } } });

	assert_string_equal(body_of(t, &r), "<p>a<!--first-->b");
}

static void
an_address_is_filled_from_path_and_query(void **state)
{
	static const struct {
		const char *template;
		const char *query;
		const char *address;
	} cases[] = {
		{ "/a", "x=1", "/a" },
		{ "/a?b=1&c=2", "", "/a?b=1&c=2" },
		{ "/a/{id}", "id=9", "/a/7" },
		{ "/a?x={x}&y={y}&z=1", "", "/a?z=1" },
		{ "/a?x={x}&y={y}&z=1", "x=1", "/a?x=1&z=1" },
		{ "/a?x={x}&y={y}&z=1", "y=2&x=", "/a?y=2&z=1" },
		{ "/a?z=1&x={x}", "", "/a?z=1" },
		{ "/a?z=1&x={x}", "x=%C3%A3%2F%26%3D%3F%23",
		    "/a?z=1&x="
		    "%C3%A3%2F%26"
		    "%3D%3F%23" },
		{ "/a/{x!}", "", NULL },
		{ "/a/{x!}", "x=b/c", "/a/b%2Fc" },
		{ "/a?l=1{-q}", "", "/a?l=1" },
		{ "/a?l=1{-q}", "q=1", NULL },
		{ "/a?l=1{q=all}", "q=all", "/a?l=1" },
		{ "/a?l=1{q=all}", "q=al", NULL },
		{ "/a?l=1{q=all}", "", NULL },
		{ "/a?x={x}", "x=1&x=2", "/a?x=1" },
		{ "/a?x={x}", "x=%zz", "/a" },
		{ "/a/{form@}?p={id}", "form=1", "/a/II.06a%2FX?p=7" },
		{ "/a/{none@}", "none=1", NULL },
		{ "/a/{number@}", "", NULL },
	};
	struct t *t = *state;

	start(t);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ctx *ctx = t_fresh(t);
		const struct http_request request = { .query = cases[i].query };
		const struct call call = { .request = &request,
			.match = { .values = { { "id", "7" } },
			    .value_count = 1 } };
		const struct json *answered = NULL;
		const char *got = NULL;

		t_ok(ctx,
		    json_parse(ctx,
			bytes_of_text("{\"form\":\"II.06a/X\",\"number\":1}"),
			&answered));
		got = shell_address(ctx, &call, answered, cases[i].template);
		assert_true(text_equal(got, cases[i].address));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(
		    what_fails_or_is_too_much_is_left_out_and_the_rest_is_there),
		t_test(nothing_in_an_answer_ends_the_block),
		t_test(nobody_gets_no_data_and_the_same_page_again),
		t_test(a_page_links_the_files_of_its_screen),
		t_test(the_client_s_own_file_never_has_data),
		t_test(an_address_is_filled_from_path_and_query),
	};
	return t_run(tests);
}
