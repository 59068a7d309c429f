#include "t.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "core/utf8.h"

static void
valid_text_is_clean(void **state)
{
	static const char *const texts[] = { "", "a\tb\n", "Tỉnh Đắk Lắk",
		"\xc2\xa0", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
		"\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_true(utf8_is_clean(texts[i], strlen(texts[i])));
}

static void
broken_utf8_is_not_clean(void **state)
{
	static const char *const texts[] = {
		"\x80", "\xbf", "a\x80",                /* lone continuation */
		"\xc0\x80", "\xc1\xbf",                 /* over-long */
		"\xe0\x80\x80", "\xe0\x9f\xbf",         /* over-long */
		"\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", /* over-long */
		"\xed\xa0\x80", "\xed\xbf\xbf",         /* surrogates */
		"\xed\xa0\x81\xed\xb0\x80",             /* CESU-8 pair */
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", /* over U+10FFFF */
		"\xfe", "\xff", "\xc3", "\xe1\xbb",
		"\xf0\x9f\x98",                    /* cut short */
		"\xc3(", "\xe1(\xbb", "\xe1\xbb(", /* broken inside */
	};
	struct t *t = *state;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (utf8_is_clean(texts[i], strlen(texts[i])))
			t_fail("text %zu was taken for clean", i);
		assert_null(utf8_nfc(t->arena, texts[i]));
		assert_null(utf8_fold(t->arena, texts[i]));
	}
}

static void
control_characters_and_nul_are_not_clean(void **state)
{
	struct t *t = *state;

	assert_false(utf8_is_clean("a\0b", 3));
	assert_false(utf8_is_clean("\0", 1));
	for (int c = 1; c < 0x20; c++) {
		const char text[] = { (char)c, '\0' };
		const bool allowed = c == '\t' || c == '\n';

		assert_int_equal(utf8_is_clean(text, 1), allowed);
		assert_int_equal(utf8_nfc(t->arena, text) != NULL, allowed);
	}
	assert_false(utf8_is_clean("\x7f", 1));
	assert_false(utf8_is_clean("\xc2\x80", 2));
	assert_false(utf8_is_clean("\xc2\x9f", 2));
}

/* Eight bytes are looked at together: no byte hides among others. */
static void
a_byte_is_judged_alike_at_every_place(void **state)
{
	(void)state;
	for (int c = 0; c < 0x100; c++) {
		const bool allowed =
		    (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\n';

		for (size_t at = 0; at < 24; at++) {
			char text[24];

			memset(text, ' ' + (int)at, sizeof(text));
			text[at] = (char)c;
			assert_int_equal(utf8_is_clean(text, sizeof(text)),
			    allowed);
		}
	}
}

static void
a_length_cuts_a_character_visibly(void **state)
{
	(void)state;
	assert_true(utf8_is_clean("ế", 3));
	assert_false(utf8_is_clean("ế", 2));
	assert_false(utf8_is_clean("ế", 1));
	assert_true(utf8_is_clean("ế", 0));
}

static void
composed_text_comes_back_as_itself(void **state)
{
	struct t *t = *state;
	const char *const same[] = { "", "ascii only", "Đường Nguyễn Huệ",
		"50.000 ₫ – “một”", "日本", "ẵẳỷỹ" };

	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		assert_ptr_equal(utf8_nfc(t->arena, same[i]), same[i]);
}

static void
decomposed_vietnamese_is_composed(void **state)
{
	struct t *t = *state;

	/* e + circumflex + acute, in both orders of typing. */
	assert_string_equal(utf8_nfc(t->arena, "Hue\xcc\x82\xcc\x81"), "Huế");
	assert_string_equal(utf8_nfc(t->arena, "Hu\xc3\xaa\xcc\x81"), "Huế");
	/* o + horn + dot below, whose classes are reordered. */
	assert_string_equal(utf8_nfc(t->arena, "o\xcc\x9b\xcc\xa3"), "ợ");
	assert_string_equal(utf8_nfc(t->arena, "o\xcc\xa3\xcc\x9b"), "ợ");
	/* The Kelvin and ohm signs are other letters in disguise. */
	assert_string_equal(utf8_nfc(t->arena, "\xe2\x84\xaa"), "K");
}

/* The quick pass must never call steady what NFC would change. */
static void
the_quick_pass_agrees_with_the_library(void **state)
{
	static const int before[] = { 'a', 'o', 0x1a1, 0x1b0, 0xea, 0x1ea1,
		0x111, ' ' };
	struct t *t = *state;

	for (int c = 0xa0; c < 0x3400; c++) {
		utf8proc_uint8_t text[16] = { 0 };
		utf8proc_ssize_t len = 0;
		AUTO(arena_end) struct arena *arena = arena_child(t->arena);

		len = utf8proc_encode_char(before[c % 8], text);
		(void)utf8proc_encode_char(c, text + len);
		for (int i = 0; i < 2; i++) {
			utf8proc_uint8_t *wanted = utf8proc_NFC(text + i * len);

			assert_string_equal(utf8_nfc(arena,
						(const char *)text + i * len),
			    (const char *)wanted);
			free(wanted);
		}
	}
}

static void
vietnamese_is_folded_for_search(void **state)
{
	struct t *t = *state;
	static const char *const folds[][2] = {
		{ "Đường Nguyễn  Huệ", "duong nguyen hue" },
		{ "Ðắk Lắk", "dak lak" }, /* U+00D0, as some keyboards type */
		{ "ðăng", "dang" },
		{ "\xc4\x90\xe1\xba\xaf", "da" },
		{ "Hue\xcc\x82\xcc\x81", "hue" },
		{ "  -- TP. Hồ Chí Minh, (Q.1) ", "tp ho chi minh q 1" },
		{ "ƯỚC/ƠN", "uoc on" },
		{ "a\t\nb\xc2\xa0"
		  "c\xe3\x80\x80"
		  "d",
		    "a b c d" },
		{ "ẨN ẪN ẬN", "an an an" },
		{ "Straße", "strasse" },
		{ "\xcc\x81", "" },
		{ "", "" },
		{ " .,;! ", "" },
		{ "x\xe2\x80\x93y", "x y" },
		{ "Quý III/2025", "quy iii 2025" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(folds); i++)
		assert_string_equal(utf8_fold(t->arena, folds[i][0]),
		    folds[i][1]);
}

static void
folding_twice_changes_nothing(void **state)
{
	struct t *t = *state;

	for (int c = 0xa0; c < 0x11000; c++) {
		utf8proc_uint8_t text[8] = { 0 };
		AUTO(arena_end) struct arena *arena = arena_child(t->arena);
		const char *once = NULL;

		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		(void)utf8proc_encode_char(c, text);
		once = utf8_fold(arena, (const char *)text);
		assert_non_null(once);
		if (strcmp(utf8_fold(arena, once), once) != 0)
			t_fail("U+%04X folds differently twice", (unsigned)c);
	}
}

static void
length_counts_code_points(void **state)
{
	(void)state;
	assert_int_equal(utf8_length(""), 0);
	assert_int_equal(utf8_length("Huế"), 3);
	assert_int_equal(utf8_length("Hue\xcc\x82\xcc\x81"), 5);
	assert_int_equal(utf8_length("\xf0\x9f\x98\x80"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(valid_text_is_clean),
		t_test(broken_utf8_is_not_clean),
		t_test(control_characters_and_nul_are_not_clean),
		t_test(a_byte_is_judged_alike_at_every_place),
		t_test(a_length_cuts_a_character_visibly),
		t_test(composed_text_comes_back_as_itself),
		t_test(decomposed_vietnamese_is_composed),
		t_test(the_quick_pass_agrees_with_the_library),
		t_test(vietnamese_is_folded_for_search),
		t_test(folding_twice_changes_nothing),
		t_test(length_counts_code_points),
	};
	return t_run(tests);
}
