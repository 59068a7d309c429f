#include "t.h"

#include "http/http.h"
#include "http/inside.h"
#include "http/router.h"

static void
a_query_is_split_and_decoded(void **state)
{
	struct t *t = *state;
	struct path_value *pairs = NULL;
	size_t count = 0;

	assert_true(router_query(t->arena,
	    "q=Hu%E1%BA%BF+2&unit=area:01@2025-07-01&empty=&alone&a=b=c", 10,
	    &pairs, &count));
	assert_int_equal(count, 5);
	assert_string_equal(pairs[0].name, "q");
	assert_string_equal(pairs[0].value, "Huế 2");
	assert_string_equal(pairs[1].value, "area:01@2025-07-01");
	assert_string_equal(pairs[2].value, "");
	assert_string_equal(pairs[3].name, "alone");
	assert_string_equal(pairs[3].value, "");
	assert_string_equal(pairs[4].value, "b=c");
}

static void
an_empty_query_has_no_pairs(void **state)
{
	struct t *t = *state;
	struct path_value *pairs = NULL;
	size_t count = 9;

	assert_true(router_query(t->arena, "", 0, &pairs, &count));
	assert_int_equal(count, 0);
}

static void
broken_queries_are_refused(void **state)
{
	static const char *const broken[] = { "&", "a=1&", "&a=1", "=1", "a=%",
		"a=%4", "a=%4g", "%zz=1", "a=%00", "a=%ff", "a=%c0%af", "a=%0d",
		"a=1&&b=2", "a=%ed%a0%80" };
	struct t *t = *state;
	struct path_value *pairs = NULL;
	size_t count = 9;

	for (size_t i = 0; i < ARRAY_SIZE(broken); i++)
		if (router_query(t->arena, broken[i], 10, &pairs, &count))
			t_fail("\"%s\" was accepted", broken[i]);
	assert_int_equal(count, 9);
}

static void
a_query_has_at_most_so_many_pairs(void **state)
{
	struct t *t = *state;
	struct path_value *pairs = NULL;
	size_t count = 0;

	assert_true(router_query(t->arena, "a=1&b=2", 2, &pairs, &count));
	assert_false(router_query(t->arena, "a=1&b=2&c=3", 2, &pairs, &count));
}

static void
both_forms_of_vietnamese_arrive_alike(void **state)
{
	struct t *t = *state;

	assert_string_equal(uri_decode(t->arena, "Hue%CC%82%CC%81", 15, false),
	    "Huế");
	assert_string_equal(uri_decode(t->arena, "Hu%E1%BA%BF", 11, false),
	    "Huế");
	assert_string_equal(uri_decode(t->arena, "a+b", 3, false), "a+b");
	assert_string_equal(uri_decode(t->arena, "a+b", 3, true), "a b");
	assert_string_equal(uri_decode(t->arena, "a%2Fb%2fc", 9, false),
	    "a/b/c");
	assert_string_equal(uri_decode(t->arena, "%2541", 5, false), "%41");
	assert_null(uri_decode(t->arena, "%41", 2, false));
	assert_string_equal(uri_decode(t->arena, "", 0, false), "");
}

static void
headers_are_found_in_any_case(void **state)
{
	static const struct http_header headers[] = { { "Host", "a" },
		{ "X-One", "1" }, { "x-one", "2" } };
	const struct http_request request = { .headers = headers,
		.header_count = ARRAY_SIZE(headers) };

	(void)state;
	assert_string_equal(http_header(&request, "x-ONE"), "1");
	assert_string_equal(http_header(&request, "host"), "a");
	assert_null(http_header(&request, "X-On"));
}

static bool
passes(const char *name, const char *value)
{
	const struct http_header headers[] = { { "Host", "a" },
		{ name, value } };
	const struct http_request request = { .headers = headers,
		.header_count = ARRAY_SIZE(headers) };

	return gate_passes(&request, true);
}

static void
the_gate_knows_tokens_codings_and_controls(void **state)
{
	(void)state;
	assert_true(passes("X-A_1!#$%&'*+.^`|~", "any thing, \t \xc4\x91"));
	assert_true(passes("Transfer-Encoding", "Chunked"));
	assert_true(passes("Content-Length", "5"));
	assert_false(passes("", "x"));
	assert_false(passes("A B", "x"));
	assert_false(passes("A ", "x"));
	assert_false(passes("A:", "x"));
	assert_false(passes("\xc4\x91", "x"));
	assert_false(passes("A", "x\ry"));
	assert_false(passes("A", "\x01"));
	assert_false(passes("A", "\x7f"));
	assert_false(passes("host", "b"));
	assert_false(passes("Transfer-Encoding", "gzip"));
	assert_false(passes("Transfer-Encoding", "chunked, chunked"));
	assert_false(passes("Transfer-Encoding", " chunked"));
	assert_true(passes("Content-Length", "9223372036854775807"));
	assert_false(passes("Content-Length", "9223372036854775808"));
	assert_false(passes("Content-Length", ""));
	assert_false(passes("Content-Length", "05"));
	assert_false(passes("Content-Length", "+5"));
	assert_false(passes("Content-Length", "-0"));
	assert_false(passes("Content-Length", "5,5"));
	assert_false(passes("Content-Length", "5 5"));
}

static void
an_old_request_may_have_no_host(void **state)
{
	const struct http_request request = { .header_count = 0 };

	(void)state;
	assert_true(gate_passes(&request, false));
	assert_false(gate_passes(&request, true));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_query_is_split_and_decoded),
		t_test(an_empty_query_has_no_pairs),
		t_test(broken_queries_are_refused),
		t_test(a_query_has_at_most_so_many_pairs),
		t_test(both_forms_of_vietnamese_arrive_alike),
		t_test(headers_are_found_in_any_case),
		t_test(the_gate_knows_tokens_codings_and_controls),
		t_test(an_old_request_may_have_no_host),
	};
	return t_run(tests);
}
