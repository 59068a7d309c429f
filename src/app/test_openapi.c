#include "app/openapi.h"

#include "core/file.h"
#include "t_app.h"

static const struct slice *const slices[] = { &app_slice, NULL };

static const struct json *
description(struct t *t)
{
	struct http_response r =
	    t_send(t, (struct t_request){ .path = "/openapi.json" });

	assert_int_equal(r.status, 200);
	assert_string_equal(t_header(&r, "Content-Type"), "application/json");
	return t_json(t, &r);
}

static void
every_row_is_described_with_its_shapes(void **state)
{
	struct t *t = *state;

	t_app(t, slices);

	const struct json *doc = description(t);
	const struct json *paths = json_get(doc, "paths");
	const struct json *session = json_get(paths, "/api/v1/session");
	const struct json *post = json_get(session, "post");

	assert_string_equal(json_get_text(doc, "openapi"), "3.1.0");
	for (const struct route *const *r = app_slice.routes; *r != NULL; r++)
		for (const struct route *row = *r; row->path != NULL; row++)
			assert_non_null(json_get(paths, row->path));
	assert_int_equal(json_count(session), 3);
	assert_string_equal(json_get_text(post, "operationId"), "post_session");
	assert_string_equal(json_text(json_at(json_get(post, "x-failures"), 0)),
	    "session.refused");
}

/* Follow every "$ref" of the document. */
static void
check_refs(const struct json *root, const struct json *node)
{
	const char *ref = json_get_text(node, "$ref");
	static const char prefix[] = "#/components/schemas/";

	if (ref != NULL) {
		assert_true(text_starts(ref, prefix));
		assert_non_null(
		    json_get(json_get(json_get(root, "components"), "schemas"),
			ref + strlen(prefix)));
	}
	if (json_type(node) != JSON_IS_OBJECT &&
	    json_type(node) != JSON_IS_ARRAY)
		return;
	for (size_t i = 0; i < json_count(node); i++)
		check_refs(root, json_at(node, i));
}

static void
every_reference_has_its_schema(void **state)
{
	struct t *t = *state;

	t_app(t, slices);

	const struct json *doc = description(t);
	const struct json *schemas =
	    json_get(json_get(doc, "components"), "schemas");

	check_refs(doc, doc);
	assert_non_null(json_get(schemas, "Problem"));
	/* Nested ones too. */
	assert_non_null(json_get(schemas, "Position"));
}

static void
who_may_call_is_told(void **state)
{
	struct t *t = *state;

	t_app(t, slices);

	const struct json *paths = json_get(description(t), "paths");
	const struct json *session = json_get(paths, "/api/v1/session");

	assert_int_equal(json_count(
			     json_get(json_get(session, "post"), "security")),
	    0);
	assert_null(json_get(json_get(session, "get"), "security"));
	assert_string_equal(json_get_text(json_get(session, "get"),
				"x-permission"),
	    "session.own");
}

static const char *
header_const(const struct json *answer, const char *name)
{
	return json_get_text(json_get(json_get(json_get(answer, "headers"),
					  name),
				 "schema"),
	    "const");
}

static void
types_headers_and_slice_are_those_of_the_row(void **state)
{
	struct t *t = *state;

	t_app(t, slices);

	const struct json *doc = description(t);
	const struct json *paths = json_get(doc, "paths");
	const struct json *metrics =
	    json_get(json_get(paths, "/metrics"), "get");
	const struct json *self =
	    json_get(json_get(paths, "/openapi.json"), "get");
	const struct json *answer =
	    json_get(json_get(metrics, "responses"), "2XX");

	assert_non_null(json_get(json_get(answer, "content"), "text/plain"));
	assert_string_equal(header_const(answer, "Content-Security-Policy"),
	    ROUTE_POLICY_DATA);
	assert_null(header_const(answer, "Cache-Control"));
	answer = json_get(json_get(self, "responses"), "2XX");
	assert_non_null(
	    json_get(json_get(answer, "content"), "application/json"));
	assert_string_equal(header_const(answer, "Cache-Control"), "no-cache");
	assert_string_equal(json_text(json_at(json_get(self, "tags"), 0)),
	    "app");
	assert_string_equal(json_get_text(json_at(json_get(doc, "tags"), 0),
				"name"),
	    "app");
	assert_int_equal(json_count(json_get(doc, "tags")), 1);
}

static void
the_description_is_sent_again_only_if_it_is_another(void **state)
{
	struct t *t = *state;

	t_app(t, slices);

	struct http_response first =
	    t_send(t, (struct t_request){ .path = "/openapi.json" });
	char tag[80];

	assert_string_equal(t_header(&first, "Cache-Control"), "no-cache");
	snprintf(tag, sizeof(tag), "%s", t_header(&first, "ETag"));

	struct http_response again =
	    t_send(t, (struct t_request){ .path = "/openapi.json",
			  .headers = { { "If-None-Match", tag } } });

	assert_int_equal(again.status, 304);
	assert_int_equal(again.body.len, 0);
}

/* Each code a row may answer has its sentences. */
static void
every_failure_named_by_a_row_is_explained(void **state)
{
	struct t *t = *state;

	t_app(t, slices);
	for (const struct route *const *table = app_slice.routes;
	     *table != NULL; table++)
		for (const struct route *row = *table; row->path != NULL; row++)
			for (const char *const *code = row->failures;
			     code != NULL && *code != NULL; code++)
				assert_non_null(
				    locale_text(t->home.locale, *code, "en"));
	assert_non_null(
	    json_get(json_get(description(t), "x-failures"), "access.csrf"));
}

static void
write_file(struct t *t, const char *name, const char *content)
{
	char path[500];

	snprintf(path, sizeof(path), "%s/%s", t_folder(t), name);
	t_ok(&t->ctx, file_write(&t->ctx, path, bytes_of_text(content), 0644));
}

static void
make_site(struct t *t)
{
	char path[500];

	snprintf(path, sizeof(path), "%s/assets", t_folder(t));
	t_ok(&t->ctx, file_folder(&t->ctx, path));
	write_file(t, "index.html", "<p>trang</p>");
	write_file(t, "assets/a1.js", "let a");
	write_file(t, "assets/a1.js.gz", "zipped");
	write_file(t, ".hidden", "secret");
	t_app_web(t, slices, t_folder(t));
}

static void
assert_body(const struct http_response *r, const char *text)
{
	assert_true(bytes_equal(r->body, bytes_of_text(text)));
}

static void
the_clients_pages_and_files_are_served(void **state)
{
	struct t *t = *state;

	make_site(t);

	struct http_response r =
	    t_send(t, (struct t_request){ .path = "/password" });

	assert_body(&r, "<p>trang</p>");
	assert_string_equal(t_header(&r, "Cache-Control"), "private, no-cache");
	r = t_send(t, (struct t_request){ .path = "/index.html" });
	assert_body(&r, "<p>trang</p>");
	assert_string_equal(t_header(&r, "Cache-Control"), "no-cache");
	r = t_send(t, (struct t_request){ .path = "/assets/a1.js" });
	assert_body(&r, "let a");
	assert_string_equal(t_header(&r, "Content-Type"),
	    "text/javascript; charset=utf-8");
	assert_non_null(strstr(t_header(&r, "Cache-Control"), "immutable"));
	assert_string_equal(t_header(&r, "Vary"), "Accept-Encoding");
	r = t_send(t, (struct t_request){ .path = "/assets/a1.js",
			  .headers = { { "Accept-Encoding", "br, gzip" } } });
	assert_body(&r, "zipped");
	assert_string_equal(t_header(&r, "Content-Encoding"), "gzip");
}

static void
nothing_but_the_clients_files_is_served(void **state)
{
	static const char *const paths[] = { "/.hidden", "/no.js",
		"/../index.html", "/assets/../.hidden", "index.html",
		"/nowhere" };
	struct t *t = *state;
	struct http_response r = { 0 };

	make_site(t);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		r = t_send(t, (struct t_request){ .path = paths[i] });
		t_problem(t, &r, 404, "route.unknown");
	}
	r = t_send(t, (struct t_request){ .method = "POST", .path = "/" });
	t_problem(t, &r, 404, "route.unknown");
}

static void
a_page_that_did_not_change_is_not_sent_again(void **state)
{
	struct t *t = *state;
	char etag[80];
	struct http_response r = { 0 };

	make_site(t);
	r = t_send(t, (struct t_request){ .path = "/password" });
	snprintf(etag, sizeof(etag), "%s", t_header(&r, "ETag"));
	r = t_send(t, (struct t_request){ .path = "/password",
			  .headers = { { "If-None-Match", etag } } });
	assert_int_equal(r.status, 304);
	assert_int_equal(r.body.len, 0);
	assert_string_equal(t_header(&r, "ETag"), etag);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(every_row_is_described_with_its_shapes),
		t_test(every_reference_has_its_schema),
		t_test(who_may_call_is_told),
		t_test(types_headers_and_slice_are_those_of_the_row),
		t_test(the_description_is_sent_again_only_if_it_is_another),
		t_test(every_failure_named_by_a_row_is_explained),
		t_test(the_clients_pages_and_files_are_served),
		t_test(nothing_but_the_clients_files_is_served),
		t_test(a_page_that_did_not_change_is_not_sent_again),
	};

	return t_run(tests);
}
