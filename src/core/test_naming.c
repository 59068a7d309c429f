#include "t.h"

#include <string.h>

#include "core/naming.h"
#include "core/utf8.h"

static const char *const names[] = { "a", "7", "Xã Tân Hòa", "Đắk Lắk",
	"- Trong đó", "+ Cấp xã", "(4)", "4=5+6", "A (B), “C” – D", "1/2 & 3",
	"Chi cục 1", "a-b", "Nguyễn Thị Ánh", "№ 5", "1654–1687/NQ-UBTVQH15" };

/* What is no name, and a word of why. */
static const struct fault {
	const char *text;
	const char *why;
} not_names[] = {
	{ "", "letter or a digit" },
	{ "-", "letter or a digit" },
	{ "…", "letter or a digit" },
	{ "a\nb", "character 2, U+000A" },
	{ "a\tb", "line break or a tab" },
	{ "a\rb", "control" },
	{ "a\x01", "control" },
	{ "a\xc2\x85", "control" },
	{ "\xff", "UTF-8" },
	{ "a\xe2\x80\xa8z", "U+2028" },
	{ "a\xe2\x80\xa9z", "U+2029" },
	{ " a", "at the start" },
	{ "a ", "at the end" },
	{ "a  b", "character 3, U+0020, is a second blank" },
	{ "a\xc2\xa0z", "U+00A0, is another blank" },
	{ "a\xe2\x80\x89z", "U+2009" },
	{ "a\xe3\x80\x80z", "U+3000" },
	{ "a\xc2\xad", "U+00AD, is not seen" },
	{ "a\xe2\x80\x8bz", "U+200B" },
	{ "a\xe2\x80\x8dz", "U+200D" },
	{ "a\xe2\x80\xaez", "U+202E" },
	{ "a\xe2\x81\xa6z", "U+2066" },
	{ "\xef\xbb\xbf"
	  "a",
	    "character 1, U+FEFF" },
	{ "a\xcd\x8fz", "U+034F" },
	{ "a\xe3\x85\xa4z", "U+3164" },
	{ "a\xe2\xa0\x80z", "U+2800" },
	{ "a\xef\xb8\x8f", "U+FE0F" },
	{ "a\xee\x80\x80", "U+E000" },
	{ "a\xcd\xb8", "U+0378" },
	{ "a\xf3\xa0\x81\x81", "U+E0041" },
	{ "=1+1", "formula" },
	{ "@SUM(1)", "formula" },
	{ "+1", "formula" },
	{ "-1", "formula" },
	{ "-cmd", "formula" },
};

static const char *const codes[] = { "a", "7", "II.06a/VPCP/KSTT", "KSTT-06",
	"06/BC-ĐP", "a_b", "01201", "Ệ1", "Ươ", "X" };

static const struct fault not_codes[] = {
	{ "", "at its end" },
	{ "../x", "character 1, U+002E" },
	{ "a/../x", "character 3, U+002E" },
	{ "a..b", "character 3" },
	{ "a//b", "character 3" },
	{ "/a", "character 1" },
	{ "a/", "at its end" },
	{ "a.", "at its end" },
	{ "-a", "character 1" },
	{ "=1+1", "character 1, U+003D" },
	{ "a+1", "character 2, U+002B" },
	{ "@a", "character 1" },
	{ "a b", "character 2, U+0020" },
	{ "a\nb", "U+000A" },
	{ "a\xc2\xa0z", "U+00A0" },
	{ "a\xe2\x80\x8bz", "U+200B" },
	{ "a\xe2\x80\x91z", "U+2011" },  /* a hyphen that looks the same */
	{ "\xd0\xa5.1", "U+0425" },      /* Cyrillic Kha, looks as X */
	{ "\xe2\x85\xa1.06", "U+2161" }, /* Roman II as one letter */
	{ "\xef\xbc\x91", "U+FF11" },    /* a wide 1 */
	{ "e\xcc\x81", "U+0301" },       /* not composed */
	{ "a:b", "U+003A" },
	{ "a,b", "U+002C" },
	{ "a\"b", "U+0022" },
	{ "a\\b", "U+005C" },
	{ "a%2e", "U+0025" },
	{ "a\x7f", "control" },
	{ "\xc3", "UTF-8" },
};

static void
check_faults(struct t *t, const struct fault *all, size_t count,
    const char *(*judge)(struct arena *, const char *))
{
	for (size_t i = 0; i < count; i++) {
		const char *why = judge(t->arena, all[i].text);

		if (why == NULL || strstr(why, all[i].why) == NULL)
			t_fail("%zu: %s instead of %s", i,
			    why == NULL ? "nothing" : why, all[i].why);
	}
}

static void
a_name_is_one_line_that_is_seen(void **state)
{
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (naming_name_fault(t->arena, names[i]) != NULL)
			t_fail("%s: %s", names[i],
			    naming_name_fault(t->arena, names[i]));
	check_faults(t, not_names, ARRAY_SIZE(not_names), naming_name_fault);
}

static void
a_code_is_letters_and_digits_with_single_marks_between(void **state)
{
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (naming_code_fault(t->arena, codes[i]) != NULL)
			t_fail("%s: %s", codes[i],
			    naming_code_fault(t->arena, codes[i]));
	check_faults(t, not_codes, ARRAY_SIZE(not_codes), naming_code_fault);
}

/* So two codes differ in the bytes that a reader sees, or in case. */
static void
a_code_is_composed_as_it_is(void **state)
{
	struct t *t = *state;

	for (uint32_t c = 0x80; c < 0x2000; c++) {
		const char text[] = { (char)(c < 0x800 ? 0xc0 | c >> 6
						       : 0xe0 | c >> 12),
			(char)(c < 0x800 ? 0x80 | (c & 0x3f)
					 : 0x80 | (c >> 6 & 0x3f)),
			(char)(c < 0x800 ? 0 : 0x80 | (c & 0x3f)), '\0' };

		if (naming_code_fault(t->arena, text) == NULL)
			assert_string_equal(utf8_nfc(t->arena, text), text);
	}
}

static void
codes_are_alike_whatever_their_case(void **state)
{
	static const struct pair {
		const char *a;
		const char *b;
		bool alike;
	} pairs[] = {
		{ "II.06a/VPCP", "ii.06A/vpcp", true },
		{ "Đ-1", "đ-1", true },
		{ "ƯỚ1", "ướ1", true },
		{ "a", "a", true },
		{ "Đ-1", "D-1", false },
		{ "a.1", "a-1", false },
		{ "a1", "a", false },
	};
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		assert_int_equal(naming_alike(t->arena, pairs[i].a, pairs[i].b),
		    pairs[i].alike);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_name_is_one_line_that_is_seen),
		t_test(a_code_is_letters_and_digits_with_single_marks_between),
		t_test(a_code_is_composed_as_it_is),
		t_test(codes_are_alike_whatever_their_case),
	};

	return t_run(tests);
}
