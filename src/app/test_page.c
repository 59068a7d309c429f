#include "app/page.h"

#include "app/call.h"
#include "core/arena.h"
#include "core/file.h"
#include "t_app.h"

static const struct slice *const slices[] = { &app_slice, NULL };

/* The n-th hostile text: each would break out of one place of a page. */
static const char *const hostile[] = { "</title><script>alert(1)</script>",
	"\" onmouseover=\"alert(1)", "' onfocus='alert(1)", "</main></body>",
	"<!--", "&lt;script&gt;", "]]>", "javascript:alert(1)" };

static const char *
text_of_page(struct t *t, struct bytes body)
{
	return arena_text_n(t->ctx.arena, (const char *)body.at, body.len);
}

static int
count(const char *text, const char *part)
{
	int n = 0;

	for (; (text = strstr(text, part)) != NULL; text++)
		n++;
	return n;
}

static void
no_text_becomes_a_tag_or_an_attribute(void **state)
{
	struct t *t = *state;

	t_app(t, slices);
	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		struct ctx *ctx = t_fresh(t);
		struct page page = { 0 };
		struct page plain = { 0 };

		page_begin(ctx, &page, hostile[i], hostile[i], hostile[i]);
		page_element(&page, "p", NULL, hostile[i]);
		page_fact(&page, hostile[i], hostile[i]);
		page_end(ctx, &page);
		page_begin(ctx, &plain, "x", "x", "x");
		page_element(&plain, "p", NULL, "x");
		page_fact(&plain, "x", "x");
		page_end(ctx, &plain);

		const char *got = text_of(&page.out);
		const char *want = text_of(&plain.out);

		/* As many tags, quotes and comments as with an "x". */
		assert_int_equal(count(got, "<"), count(want, "<"));
		assert_int_equal(count(got, ">"), count(want, ">"));
		assert_int_equal(count(got, "\""), count(want, "\""));
		assert_int_equal(count(got, "'"), 0);
		assert_int_equal(count(got, "<script"), 0);
	}
}

static struct http_response
as_browser(struct t *t, const char *method, const char *path)
{
	return t_send(t,
	    (struct t_request){ .method = method,
		.path = path,
		.headers = { { "Accept", "text/html,*/*;q=0.8" } } });
}

static void
a_failure_is_a_page_for_a_browser_and_a_problem_for_the_api(void **state)
{
	struct t *t = *state;

	t_app(t, slices);

	struct http_response r = as_browser(t, "GET", "/nowhere<b>");
	const char *body = text_of_page(t, r.body);

	assert_int_equal(r.status, 404);
	assert_string_equal(t_header(&r, "Content-Type"), page_type);
	assert_string_equal(t_header(&r, "Cache-Control"), "no-store");
	assert_string_equal(t_header(&r, "Content-Security-Policy"),
	    PAGE_POLICY);
	assert_non_null(strstr(body, "data-code=\"route.unknown\""));
	assert_non_null(strstr(body, " 41</p>")); /* the request's id */
	assert_null(strstr(body, "nowhere<b>"));

	r = as_browser(t, "GET", "/api/v1/nowhere");
	t_problem(t, &r, 404, "route.unknown");
	r = t_send(t, (struct t_request){ .path = "/nowhere" });
	t_problem(t, &r, 404, "route.unknown");
	r = as_browser(t, "POST", "/about");
	assert_int_equal(r.status, 405);
	assert_string_equal(t_header(&r, "Allow"), "GET");
	assert_non_null(
	    strstr(text_of_page(t, r.body), "data-code=\"route.method\""));
}

static void
the_language_is_that_of_the_link_or_the_cookie(void **state)
{
	static const struct {
		const char *query;
		const char *cookie;
		const char *lang;
	} cases[] = { { "", "a=b", "vi" }, { "", "truc_lang=en", "en" },
		{ "lang=en", "truc_lang=vi", "en" },
		{ "lang=vi", "truc_lang=en", "vi" },
		{ "lang=<x>", "a=b", "vi" } };
	struct t *t = *state;

	t_app(t, slices);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct http_response r =
		    t_send(t, (struct t_request){ .path = "/about",
				  .query = cases[i].query,
				  .headers = { { "Cookie", cases[i].cookie },
				      { "Accept-Language", "en" } } });
		const char *body = text_of_page(t, r.body);
		const char *set = t_header(&r, "Set-Cookie");
		char want[40];

		assert_int_equal(r.status, 200);
		snprintf(want, sizeof(want), "<html lang=\"%s\">",
		    cases[i].lang);
		assert_non_null(strstr(body, want));
		if (cases[i].query[0] == '\0') {
			assert_null(set);
			continue;
		}
		snprintf(want, sizeof(want), "truc_lang=%s; Path=/",
		    cases[i].lang);
		assert_true(text_starts(set, want));
	}
}

/* Both languages of each word, and no word without a page. */
static void
every_word_is_there_in_both_languages(void **state)
{
	struct t *t = *state;
	struct locale *words = NULL;
	size_t n = 0;
	const struct locale_entry *entries = NULL;

	t_ok(&t->ctx, locale_new(&t->ctx, locale_pages, &words));
	t_defer(t, t_free_locale, words);
	entries = locale_entries(words, &n);
	assert_true(n > 20);
	for (size_t i = 0; i < n; i++) {
		assert_true(strlen(entries[i].vi) > 0);
		assert_true(strlen(entries[i].en) > 0);
		assert_string_not_equal(entries[i].vi, entries[i].en);
	}
}

static struct http_response
post_form(struct t *t, const char *path, const char *body, struct http_header a,
    struct http_header b)
{
	/* t_send says application/json of a body; the last one counts not. */
	return t_send(t, (struct t_request){ .method = "POST",
			     .path = path,
			     .form = body,
			     .headers = { { "Accept", "text/html" }, a, b } });
}

static void
a_form_is_taken_from_our_own_page_only(void **state)
{
	static const struct {
		struct http_header a;
		struct http_header b;
		bool is_ours;
	} cases[] = {
		{ { "Sec-Fetch-Site", "same-origin" }, { 0 }, true },
		{ { "Sec-Fetch-Site", "cross-site" }, { 0 }, false },
		{ { "Sec-Fetch-Site", "same-site" }, { 0 }, false },
		{ { "Sec-Fetch-Site", "none" }, { 0 }, false },
		{ { "Host", "truc.vn" }, { "Origin", "https://truc.vn" },
		    true },
		{ { "Host", "truc.vn" }, { "Origin", "https://evil.vn" },
		    false },
		{ { "Host", "truc.vn" },
		    { "Origin", "https://truc.vn.evil.vn" }, false },
		{ { "Host", "truc.vn" }, { "Origin", "null" }, false },
		{ { "Host", "truc.vn" }, { 0 }, false },
		{ { "Sec-Fetch-Site", "cross-site" },
		    { "Origin", "https://truc.vn" }, false },
	};
	struct t *t = *state;

	t_app(t, slices);

	struct t_person clerk = { .login = "clerk",
		.role = "clerk",
		.unit = 5 };

	t_person(t, &clerk);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct http_response r = post_form(t, "/sign-in",
		    "login=nobody&password=long+enough", cases[i].a,
		    cases[i].b);

		assert_null(t_header(&r, "Set-Cookie"));
		assert_int_equal(r.status, cases[i].is_ours ? 401 : 403);
		assert_non_null(strstr(text_of_page(t, r.body),
		    cases[i].is_ours ? "data-code=\"session.refused\""
				     : "data-code=\"access.csrf\""));
	}
}

static void
a_malformed_form_is_refused_with_its_place(void **state)
{
	static const struct http_header ours = { "Sec-Fetch-Site",
		"same-origin" };
	static const struct {
		const char *body;
		int status;
	} cases[] = { { "login=a", 422 }, { "", 422 }, { "login=%zz", 422 },
		{ "login=a&login=b&password=c", 422 },
		{ "login=a&password=b&more=c", 422 } };
	struct t *t = *state;

	t_app(t, slices);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct http_response r = post_form(t, "/sign-in", cases[i].body,
		    ours, (struct http_header){ 0 });

		assert_int_equal(r.status, cases[i].status);
	}

	struct http_response r =
	    t_send(t, (struct t_request){ .method = "POST",
			  .path = "/sign-in",
			  .body = "{\"login\":\"a\",\"password\":\"b\"}",
			  .headers = { ours } });

	t_problem(t, &r, 415, "input.media_type");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(no_text_becomes_a_tag_or_an_attribute),
		t_test(
		    a_failure_is_a_page_for_a_browser_and_a_problem_for_the_api),
		t_test(the_language_is_that_of_the_link_or_the_cookie),
		t_test(every_word_is_there_in_both_languages),
		t_test(a_form_is_taken_from_our_own_page_only),
		t_test(a_malformed_form_is_refused_with_its_place),
	};
	return t_run(tests);
}
