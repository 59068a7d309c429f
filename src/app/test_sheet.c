#include "t.h"

#include <string.h>

#include "app/sheet.h"

static struct sheet
begin(struct t *t, const char *language, struct text *out)
{
	struct sheet sheet = { 0 };

	t->ctx.locale = language;
	text_init(out, t->arena);
	sheet_begin(&t->ctx, &sheet, out);
	return sheet;
}

static void
a_vietnamese_table_has_a_mark_semicolons_and_commas(void **state)
{
	struct t *t = *state;
	struct text out;
	struct sheet sheet = begin(t, "vi", &out);

	sheet_text(&sheet, "Xã \"A\"; B");
	sheet_number(&sheet, "0.125");
	sheet_number(&sheet, "-1234567");
	sheet_count(&sheet, 7);
	sheet_day(&sheet, "2025-07-01");
	sheet_instant(&sheet, "2025-07-01T10:42:07+07:00");
	sheet_text(&sheet, NULL);
	sheet_end(&sheet);
	sheet_fact(&sheet, "a", "b");
	assert_string_equal(text_of(&out),
	    "\xef\xbb\xbf\"Xã \"\"A\"\"; B\";\"0,125\";-1234567;7;01/07/2025;"
	    "01/07/2025 10:42;\r\n\"a\";\"b\"\r\n");
}

static void
an_english_table_has_commas_points_and_names_of_months(void **state)
{
	struct t *t = *state;
	struct text out;
	struct sheet sheet = begin(t, "en", &out);

	sheet_number(&sheet, "0.125");
	sheet_number(&sheet, NULL);
	sheet_day(&sheet, "2025-12-14");
	sheet_instant(&sheet, "2025-01-09T00:02:00+07:00");
	sheet_end(&sheet);
	assert_string_equal(text_of(&out),
	    "\xef\xbb\xbf"
	    "0.125,,14 Dec 2025,9 Jan 2025 00:02\r\n");
}

/* What a spreadsheet would read as a number, a day or a formula. */
static void
what_is_a_text_stays_one(void **state)
{
	static const char *const kept[] = { "00123", "1/2", "2025-11", "1E5",
		"-1", "=1+1", "@x", "+84 24", "- Trong đó", "12.30", "MAR1",
		"sep-25", "1-Sep", "12 Dec 2025", "1DEC", "10:30 PM", "9 am",
		"TRUE", "false", "1,5", "10%" };
	static const char *const plain[] = { "Xã A", "II.06a/VPCP/KSTT",
		"Quý III/2025", "12 hồ sơ", "Mai", "a=b", "01A", "12 An", "Mar",
		"1-Sep-x" };
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(kept) + ARRAY_SIZE(plain); i++) {
		const bool is_kept = i < ARRAY_SIZE(kept);
		const char *value =
		    is_kept ? kept[i] : plain[i - ARRAY_SIZE(kept)];
		struct text out;
		struct sheet sheet = begin(t, "vi", &out);

		sheet_text(&sheet, value);
		assert_string_equal(text_of(&out) + 3,
		    arena_printf(t->arena, "\"%s%s\"", is_kept ? "'" : "",
			value));
	}
}

static void
a_file_has_a_name_of_plain_letters(void **state)
{
	struct t *t = *state;

	assert_string_equal(sheet_file(t->arena, "Tổng hợp; Quý III/2025 7"),
	    "tong-hop-quy-iii-2025-7");
	assert_string_equal(sheet_file(t->arena, "../.. 字"), "---");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_vietnamese_table_has_a_mark_semicolons_and_commas),
		t_test(an_english_table_has_commas_points_and_names_of_months),
		t_test(what_is_a_text_stays_one),
		t_test(a_file_has_a_name_of_plain_letters),
	};

	return t_run(tests);
}
