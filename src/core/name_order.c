#include "core/name_order.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "core/arena.h"
#include "core/text.h"
#include "core/utf8.h"

/* Each letter in order, in lower case; and those with tones. */
static const char plain[] = "a__bcd_e_fghijklmno__pqrstu_vwxyz";
static const struct {
	size_t place; /* in the order */
	const char *tones;
} letters[] = {
	{ 0, "a à ả ã á ạ" },
	{ 1, "ă ằ ẳ ẵ ắ ặ" },
	{ 2, "â ầ ẩ ẫ ấ ậ" },
	{ 6, "đ" },
	{ 7, "e è ẻ ẽ é ẹ" },
	{ 8, "ê ề ể ễ ế ệ" },
	{ 12, "i ì ỉ ĩ í ị" },
	{ 18, "o ò ỏ õ ó ọ" },
	{ 19, "ô ồ ổ ỗ ố ộ" },
	{ 20, "ơ ờ ở ỡ ớ ợ" },
	{ 26, "u ù ủ ũ ú ụ" },
	{ 27, "ư ừ ử ữ ứ ự" },
	{ 31, "y ỳ ỷ ỹ ý ỵ" },
};
/* What is neither, lowest first. */
static const char marks[] = " \t\n_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

/* What is compared first.  Bytes of other letters are above all of these. */
enum weight {
	WEIGHT_END = 1,
	WEIGHT_MARK,
	WEIGHT_NUMBER = 0x30,
	WEIGHT_LETTER,
};
_Static_assert(WEIGHT_MARK + sizeof(marks) < WEIGHT_NUMBER, "marks fit below");
_Static_assert(WEIGHT_LETTER + sizeof(plain) < 0x80, "letters fit below");

static size_t
bytes_of(const char *at)
{
	size_t len = 1;

	while (((unsigned char)at[len] & 0xc0) == 0x80)
		len++;
	return len;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The tone of the letter of some bytes, if that is in the row; else -1. */
static int
tone_in(const char *row, const char *at, size_t len)
{
	for (int tone = 0; *row != '\0'; tone++) {
		const size_t its = bytes_of(row);

		if (its == len && memcmp(row, at, len) == 0)
			return tone;
		row += its + (row[its] == ' ');
	}
	return -1;
}

/* A letter's place in the order and its tone; false: it is none. */
static bool
find_letter(const char *at, size_t len, size_t *ret_place, int *ret_tone)
{
	const char *found = NULL;

	*ret_tone = 0;
	if (len == 1) {
		found = *at >= 'a' && *at <= 'z' ? strchr(plain, *at) : NULL;
		*ret_place = found == NULL ? 0 : (size_t)(found - plain);
		return found != NULL;
	}
	for (size_t i = 0; i < ARRAY_SIZE(letters); i++) {
		*ret_place = letters[i].place;
		*ret_tone = tone_in(letters[i].tones, at, len);
		if (*ret_tone >= 0)
			return true;
	}
	*ret_tone = 0;
	return false;
}

/* Longer numbers are greater, without zeros in front. */
static size_t
add_number(struct text *key, const char *at)
{
	const size_t len = strspn(at, "0123456789");
	const size_t zeros = strspn(at, "0");
	const size_t left = len - (zeros < len ? zeros : len);

	text_char(key, WEIGHT_NUMBER);
	text_char(key, (char)(1 + (left < 0x7e ? left : 0x7e)));
	text_add_n(key, at + len - left, left);
	return len;
}

/* One character, or one number; how many bytes it has. */
static size_t
add_one(struct text *key, struct text *tones, const char *at)
{
	static const char quote[] = "’";
	const size_t len = bytes_of(at);
	const char mark = strncmp(at, quote, strlen(quote)) == 0 ? '\'' : *at;
	const char *found = NULL;
	size_t place = 0;
	int tone = 0;

	if (is_digit(*at)) {
		text_char(tones, '0');
		return add_number(key, at);
	}
	if (find_letter(at, len, &place, &tone))
		text_char(key, (char)(WEIGHT_LETTER + place));
	else if ((found = strchr(marks, mark)) != NULL)
		text_char(key, (char)(WEIGHT_MARK + (found - marks)));
	else
		text_add_n(key, at, len);
	text_char(tones, (char)('0' + tone));
	return len;
}

const char *
name_order_key(struct arena *arena, const char *name)
{
	const char *nfc = utf8_nfc(arena, name);
	const char *lower = NULL; /* as many bytes */
	struct text key = { 0 };
	struct text tones = { 0 };
	struct text cases = { 0 };

	assert(nfc != NULL);
	lower = utf8_lower(arena, nfc);
	text_init(&key, arena);
	text_init(&tones, arena);
	text_init(&cases, arena);
	for (size_t at = 0, len = 0; lower[at] != '\0'; at += len) {
		len = add_one(&key, &tones, lower + at);
		text_char(&cases,
		    memcmp(nfc + at, lower + at, len) == 0 ? '0' : '1');
	}
	text_char(&key, WEIGHT_END);
	text_add(&key, text_of(&tones));
	text_char(&key, WEIGHT_END);
	text_add(&key, text_of(&cases));
	return text_of(&key);
}
