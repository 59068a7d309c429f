#include "app/locale.h"

#include <stdio.h>
#include <string.h>

#include "t.h"

static struct embedded
text_file(const char *name, const char *text)
{
	return (
	    struct embedded){ name, (const unsigned char *)text, strlen(text) };
}

static void
the_built_in_sentences_are_complete(void **state)
{
	struct t *t = *state;
	struct locale *locale = NULL;
	const struct locale_entry *entries = NULL;
	size_t count = 0;

	t_ok(&t->ctx, locale_new(&t->ctx, locale_failures, &locale));
	entries = locale_entries(locale, &count);
	assert_true(count > 40);
	for (size_t i = 0; i < count; i++) {
		assert_true(strlen(entries[i].vi) > 5);
		assert_true(strlen(entries[i].en) > 5);
	}
	for (int kind = FAIL_INVALID; kind <= FAIL_INTERNAL; kind++) {
		char code[40];

		snprintf(code, sizeof(code), "kind.%s",
		    fail_name((enum fail)kind));
		assert_non_null(locale_text(locale, code, "vi"));
	}
	assert_string_equal(locale_text(locale, "kind.stale", "en"),
	    "Changed meanwhile");
	assert_null(locale_text(locale, "no.such", "vi"));
	assert_null(locale_text(NULL, "kind.stale", "vi"));
	locale_free(locale);
}

static void
a_broken_file_stops_the_start(void **state)
{
	static const char *const broken[] = { "[]", "{", "{\"a\":1}",
		"{\"a\":{\"vi\":\"x\"}}", "{\"a\":{\"vi\":\"x\",\"en\":2}}" };
	struct t *t = *state;

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		const struct embedded files[] = { text_file("f", broken[i]),
			{ 0 } };
		struct locale *locale = NULL;

		t_fails(&t->ctx, locale_new(&t->ctx, files, &locale),
		    FAIL_INTERNAL, "locale.broken");
	}
}

static void
two_files_may_not_say_the_same_code(void **state)
{
	static const char one[] = "{\"a\":{\"vi\":\"x\",\"en\":\"y\"}}";
	struct t *t = *state;
	const struct embedded files[] = { text_file("f", one),
		text_file("g", one), { 0 } };
	struct locale *locale = NULL;

	t_fails(&t->ctx, locale_new(&t->ctx, files, &locale), FAIL_INTERNAL,
	    "locale.broken");
}

static void
the_language_is_the_heavier_of_the_two(void **state)
{
	static const struct {
		const char *header;
		const char *want;
	} cases[] = {
		{ NULL, "vi" },
		{ "", "vi" },
		{ "en", "en" },
		{ "EN-us", "en" },
		{ "vi, en", "vi" },
		{ "vi;q=0.5, en;q=0.8", "en" },
		{ "en;q=0.5,vi;q=0.55", "vi" },
		{ "fr, de;q=0.9", "vi" },
		{ "fr, en;q=0.1", "en" },
		{ "en;q=0", "vi" },
		{ "english", "vi" },
		{ "en;q=", "en" },
		{ "en;q=9999999999999999999999", "en" },
		{ ",,;,", "vi" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(locale_pick(cases[i].header),
		    cases[i].want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(the_built_in_sentences_are_complete),
		t_test(a_broken_file_stops_the_start),
		t_test(two_files_may_not_say_the_same_code),
		t_test(the_language_is_the_heavier_of_the_two),
	};

	return t_run(tests);
}
