#include "t.h"

#include <string.h>

#include "core/text.h"

static const char *
by(struct arena *arena, void (*add)(struct text *text, const char *value),
    const char *value)
{
	struct text text = { 0 };

	text_init(&text, arena);
	add(&text, value);
	return text_of(&text);
}

static void
an_untouched_text_is_empty(void **state)
{
	struct t *t = *state;
	struct text text = { 0 };

	text_init(&text, t->arena);
	assert_string_equal(text_of(&text), "");
	assert_int_equal(text_bytes(&text).len, 0);
}

static void
a_text_grows_as_needed(void **state)
{
	struct t *t = *state;
	struct text text = { 0 };

	text_init(&text, t->arena);
	for (int i = 0; i < 10000; i++) {
		text_char(&text, 'a');
		text_add(&text, "bc");
		text_int(&text, i % 10);
	}
	assert_int_equal(text.len, 40000);
	assert_int_equal(strlen(text_of(&text)), 40000);
	assert_memory_equal(text_of(&text) + 39996, "abc9", 5);
}

static void
every_length_meets_the_edge_of_the_room_cleanly(void **state)
{
	struct t *t = *state;

	for (int before = 0; before < 140; before++) {
		for (int width = 60; width < 70; width++) {
			struct text text = { 0 };

			text_init(&text, t->arena);
			for (int i = 0; i < before; i++)
				text_char(&text, '.');
			text_addf(&text, "%*d", width, 5);
			assert_int_equal(strlen(text_of(&text)),
			    before + width);
			assert_int_equal(text.len, before + width);
		}
		(void)t_fresh(t);
	}
}

static void
whole_numbers_are_written_to_their_limits(void **state)
{
	struct t *t = *state;
	struct text text = { 0 };

	text_init(&text, t->arena);
	text_int(&text, INT64_MIN);
	text_int(&text, 0);
	text_int(&text, INT64_MAX);
	assert_string_equal(text_of(&text),
	    "-922337203685477580809223372036854775807");
}

static void
bytes_with_nul_are_kept(void **state)
{
	struct t *t = *state;
	struct text text = { 0 };

	text_init(&text, t->arena);
	text_add_n(&text, "a\0b", 3);
	text_add_n(&text, NULL, 0);
	assert_int_equal(text_bytes(&text).len, 3);
	assert_memory_equal(text_bytes(&text).at, "a\0b", 4);
}

static void
json_strings_are_escaped_as_rfc_8785_wants(void **state)
{
	struct t *t = *state;

	assert_string_equal(by(t->arena, text_json, ""), "\"\"");
	assert_string_equal(by(t->arena, text_json, "\b\t\n\f\r\"\\/"),
	    "\"\\b\\t\\n\\f\\r\\\"\\\\/\"");
	assert_string_equal(by(t->arena, text_json, "\x01\x0f\x1f\x7f"),
	    "\"\\u0001\\u000f\\u001f\x7f\"");
	assert_string_equal(by(t->arena, text_json, "Huế €\xe2\x80\xa8"),
	    "\"Huế €\xe2\x80\xa8\"");
	assert_string_equal(by(t->arena, text_json, "</script>"),
	    "\"</script>\"");
}

static void
csv_fields_are_quoted_when_they_must_be(void **state)
{
	struct t *t = *state;

	assert_string_equal(by(t->arena, text_csv, ""), "");
	assert_string_equal(by(t->arena, text_csv, "Hà Nội"), "Hà Nội");
	assert_string_equal(by(t->arena, text_csv, "a,b"), "\"a,b\"");
	assert_string_equal(by(t->arena, text_csv, "a\"b"), "\"a\"\"b\"");
	assert_string_equal(by(t->arena, text_csv, "a\nb"), "\"a\nb\"");
	assert_string_equal(by(t->arena, text_csv, "a\r\n"), "\"a\r\n\"");
}

static void
csv_fields_that_a_spreadsheet_would_run_are_defused(void **state)
{
	struct t *t = *state;

	assert_string_equal(by(t->arena, text_csv, "=1+1"), "'=1+1");
	assert_string_equal(by(t->arena, text_csv, "+84"), "'+84");
	assert_string_equal(by(t->arena, text_csv, "-1+1"), "'-1+1");
	assert_string_equal(by(t->arena, text_csv, "-"), "'-");
	assert_string_equal(by(t->arena, text_csv, "@SUM(A1)"), "'@SUM(A1)");
	assert_string_equal(by(t->arena, text_csv, "\tx"), "'\tx");
	assert_string_equal(by(t->arena, text_csv, "=A(\"x\")"),
	    "\"'=A(\"\"x\"\")\"");
	assert_string_equal(by(t->arena, text_csv, "\r=1"), "\"'\r=1\"");
	assert_string_equal(by(t->arena, text_csv, "-12.50"), "-12.50");
	assert_string_equal(by(t->arena, text_csv, "a=b"), "a=b");
}

static void
html_has_nothing_of_the_text_but_text(void **state)
{
	struct t *t = *state;

	assert_string_equal(by(t->arena, text_html, ""), "");
	assert_string_equal(by(t->arena, text_html, "Xã Hòa Tiến"),
	    "Xã Hòa Tiến");
	assert_string_equal(by(t->arena, text_html,
				"</td><script>alert(1)</script>"),
	    "&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
	assert_string_equal(by(t->arena, text_html, "\" onload='x' a=&quot;"),
	    "&quot; onload=&#39;x&#39; a=&amp;quot;");
	/* Every byte but NUL: the five are gone, all others are as before. */
	for (int c = 1; c < 256; c++) {
		const char value[] = { (char)c, '\0' };
		const char *out = by(t->arena, text_html, value);

		if (strchr("&<>\"'", c) == NULL) {
			assert_string_equal(out, value);
			continue;
		}
		assert_int_equal(out[0], '&');
		assert_null(strpbrk(out, "<>\"'"));
	}
}

static const char *
script_of(struct t *t, const char *json)
{
	struct text text = { 0 };

	text_init(&text, t->arena);
	text_script(&text, bytes_of_text(json));
	return text_of(&text);
}

static void
json_in_a_page_neither_ends_the_script_nor_changes(void **state)
{
	struct t *t = *state;

	assert_string_equal(script_of(t, ""), "");
	assert_string_equal(script_of(t, "{\"a\":[1,\"Xã\"]}"),
	    "{\"a\":[1,\"Xã\"]}");
	assert_string_equal(script_of(t, "\"</script><!--&\""),
	    "\"\\u003c/script\\u003e\\u003c!--\\u0026\"");
	assert_string_equal(script_of(t, "\"\xe2\x80\xa8\xe2\x80\xa9\""),
	    "\"\\u2028\\u2029\"");
	/* Their neighbours, and a cut one, stay. */
	assert_string_equal(script_of(t, "\"\xe2\x80\xa7\xe2\x80\xaa\""),
	    "\"\xe2\x80\xa7\xe2\x80\xaa\"");
	assert_string_equal(script_of(t, "\xe2\x80"), "\xe2\x80");
	assert_string_equal(script_of(t, "\xe2"), "\xe2");
}

static void
texts_are_compared_with_null_in_mind(void **state)
{
	(void)state;
	assert_true(text_equal(NULL, NULL));
	assert_false(text_equal(NULL, ""));
	assert_false(text_equal("", NULL));
	assert_true(text_equal("a", "a"));
	assert_false(text_equal("a", "A"));
	assert_true(text_starts("report.submit", "report."));
	assert_true(text_starts("x", ""));
	assert_false(text_starts("rep", "report"));
}

static void
a_text_is_split_at_every_mark(void **state)
{
	struct arena *arena = arena_new(0);
	size_t count = 0;
	const char *const *pieces = text_split(arena, ",a,,bc", ',', &count);

	(void)state;
	assert_int_equal(count, 4);
	assert_string_equal(pieces[0], "");
	assert_string_equal(pieces[1], "a");
	assert_string_equal(pieces[2], "");
	assert_string_equal(pieces[3], "bc");
	pieces = text_split(arena, "", ',', &count);
	assert_int_equal(count, 1);
	assert_string_equal(pieces[0], "");
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(an_untouched_text_is_empty),
		t_test(a_text_grows_as_needed),
		t_test(every_length_meets_the_edge_of_the_room_cleanly),
		t_test(whole_numbers_are_written_to_their_limits),
		t_test(bytes_with_nul_are_kept),
		t_test(json_strings_are_escaped_as_rfc_8785_wants),
		t_test(csv_fields_are_quoted_when_they_must_be),
		t_test(csv_fields_that_a_spreadsheet_would_run_are_defused),
		t_test(html_has_nothing_of_the_text_but_text),
		t_test(json_in_a_page_neither_ends_the_script_nor_changes),
		t_test(a_text_is_split_at_every_mark),
		t_test(texts_are_compared_with_null_in_mind),
	};
	return t_run(tests);
}
