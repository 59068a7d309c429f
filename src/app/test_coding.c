#include "app/coding.h"
#include "codec/gzip.h"
#include "t_dispatch.h"

static bool
takes(const char *accepted)
{
	const struct http_header header = { "accept-encoding", accepted };
	const struct http_request request = { .headers = &header,
		.header_count = accepted == NULL ? 0 : 1 };

	return coding_takes_gzip(&request);
}

static void
gzip_is_taken_by_those_who_say_so(void **state)
{
	static const char *const yes[] = { "gzip", "GZip", "br, gzip",
		"gzip, deflate, br, zstd", "x-gzip", "gzip;q=1", "gzip; q=0.5",
		"gzip ;Q=0.001 , br", "deflate;q=0,gzip", "*",
		"br;q=0, *;q=0.1", " ,, gzip", "identity, gzip;q=0.2" };
	static const char *const no[] = { NULL, "", "identity", "gzip;q=0",
		"gzip; q=0.0", "gzip;q=0.000,br", "gzip;q=0.,br",
		"br, gzip;q=0, *", "*, gzip;q=0", "*;q=0", "gzipped", "notgzip",
		"gzip;", "gzip;q=", "gzip;q=x", "gzip;level=9", "gzip br", ",",
		"br;q=gzip" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		assert_true(takes(yes[i]));
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		assert_false(takes(no[i]));
}

static void
only_long_texts_vary(void **state)
{
	const size_t size = CODING_PLAIN_MAX + 1;

	(void)state;
	assert_true(coding_varies("application/json", size));
	assert_true(coding_varies("application/problem+json", size));
	assert_true(coding_varies("text/csv; charset=utf-8", size));
	assert_true(coding_varies("text/plain;version=0.0.4", size));
	assert_false(coding_varies("application/json", size - 1));
	assert_false(coding_varies("application/jsonp", size));
	assert_false(coding_varies("image/png", size));
	assert_false(coding_varies("", size));
	assert_false(coding_varies(NULL, size));
}

static struct http_response
table(struct t *t, const char *query, const char *accepted)
{
	return t_send(t, (struct t_request){ .path = "/api/t/table",
			     .query = query,
			     .headers = { { "Accept-Encoding", accepted } } });
}

/* What is known of gzip's bytes: the same text gives the same ones. */
static void
is_gzip_of(struct t *t, const struct http_response *r, struct bytes plain)
{
	struct bytes small = { 0 };

	assert_true(gzip_text(t->ctx.arena, plain, &small));
	assert_true(bytes_equal(r->body, small));
	assert_string_equal(t_header(r, "Content-Encoding"), "gzip");
	assert_string_equal(t_header(r, "Vary"), "Accept-Encoding");
}

static void
a_table_is_gzip_for_who_asks_and_plain_for_who_does_not(void **state)
{
	static const char *const plainly[] = { "", "identity", "gzip;q=0, br" };
	struct t *t = t_dispatch(state);
	struct arena *own AUTO(arena_end) = arena_new(0);
	struct http_response r = { 0 };
	uint8_t *plain = NULL;
	size_t len = 0;

	for (size_t i = 0; i < ARRAY_SIZE(plainly); i++) {
		r = table(t, "n=9", plainly[i]);
		assert_int_equal(r.body.len, 4500);
		assert_null(t_header(&r, "Content-Encoding"));
		assert_string_equal(t_header(&r, "Vary"), "Accept-Encoding");
	}
	len = r.body.len;
	plain = arena_copy(own, r.body.at, len);
	r = table(t, "n=9", "gzip, deflate, br");
	assert_int_equal(r.status, 200);
	is_gzip_of(t, &r, (struct bytes){ plain, len });
	assert_string_equal(t_header(&r, "Content-Type"),
	    "text/csv; charset=utf-8");
}

static void
a_small_table_is_plain_for_everybody(void **state)
{
	struct t *t = t_dispatch(state);
	struct http_response r = table(t, "n=2", "gzip");

	assert_int_equal(r.body.len, 1000);
	assert_null(t_header(&r, "Content-Encoding"));
	assert_null(t_header(&r, "Vary"));
}

static void
what_is_unchanged_says_that_it_varies(void **state)
{
	struct t *t = t_dispatch(state);
	struct http_response r =
	    t_send(t, (struct t_request){ .path = "/api/t/table",
			  .query = "n=9",
			  .headers = { { "Accept-Encoding", "gzip" },
			      { "If-None-Match", "\"5\"" } } });

	assert_int_equal(r.status, 304);
	assert_int_equal(r.body.len, 0);
	assert_null(t_header(&r, "Content-Encoding"));
	assert_string_equal(t_header(&r, "Vary"), "Accept-Encoding");
}

static void
a_long_problem_is_gzip_too(void **state)
{
	static const char query[] = "a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1"
				    "&k=1&l=1&m=1&o=1&p=1&q=1&r=1&s=1&t=1";
	struct t *t = t_dispatch(state);
	struct arena *own AUTO(arena_end) = arena_new(0);
	struct http_response r = table(t, query, NULL);
	const size_t len = r.body.len;
	uint8_t *plain = NULL;

	t_problem(t, &r, 422, "input.invalid");
	assert_in_range(len, CODING_PLAIN_MAX + 1, 100000);
	plain = arena_copy(own, r.body.at, len);
	r = table(t, query, "gzip");
	assert_int_equal(r.status, 422);
	assert_string_equal(t_header(&r, "Content-Type"),
	    "application/problem+json");
	is_gzip_of(t, &r, (struct bytes){ plain, len });
	r = table(t, "n=x", "gzip");
	t_problem(t, &r, 422, "input.invalid");
	assert_null(t_header(&r, "Content-Encoding"));
}

/* Done for one who takes gzip, asked for again by one who does not. */
static void
a_kept_answer_is_kept_plain(void **state)
{
	struct t *t = t_dispatch(state);
	struct arena *own AUTO(arena_end) = arena_new(0);
	const char *body = arena_printf(own, "{\"note\":\"%01500d\"}", 7);
	const char *want =
	    arena_printf(own, "{\"number\":7,\"note\":\"%01500d\"}", 7);
	struct t_request request = { .method = "POST",
		.path = "/api/t/acts",
		.body = body,
		.headers = { { "Authorization", t_clerk.bearer },
		    { "Idempotency-Key", "k" },
		    { "Accept-Encoding", "gzip" } } };
	struct http_response r = t_send(t, request);

	assert_int_equal(r.status, 201);
	is_gzip_of(t, &r, bytes_of_text(want));
	request.headers[2].value = "identity";
	r = t_send(t, request);
	assert_int_equal(r.status, 201);
	assert_true(t_body_is(&r, want));
	request.headers[2].value = "gzip";
	r = t_send(t, request);
	is_gzip_of(t, &r, bytes_of_text(want));
	assert_int_equal(t_acts, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(gzip_is_taken_by_those_who_say_so),
		t_test(only_long_texts_vary),
		t_test(a_table_is_gzip_for_who_asks_and_plain_for_who_does_not),
		t_test(a_small_table_is_plain_for_everybody),
		t_test(what_is_unchanged_says_that_it_varies),
		t_test(a_long_problem_is_gzip_too),
		t_test(a_kept_answer_is_kept_plain),
	};
	return t_run(tests);
}
