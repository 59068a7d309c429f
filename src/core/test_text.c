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
		t_test(texts_are_compared_with_null_in_mind),
	};
	return t_run(tests);
}
