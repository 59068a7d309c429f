#include "core/utf8.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "core/arena.h"
#include "core/text.h"

/* The longest case folding and decomposition of one code point. */
#define FOLDED_MAX 32

/*
 * One code point of len bytes that are left; its length, or 0 if it is not
 * valid UTF-8 (RFC 3629): over-long, a surrogate, over U+10FFFF, cut short.
 */
static size_t
decode(const unsigned char *at, size_t len, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t need = 0;
	uint32_t value = 0;

	if (at[0] < 0x80) {
		*ret = at[0];
		return 1;
	}
	if (at[0] >= 0xc2 && at[0] < 0xe0)
		need = 2;
	else if (at[0] >= 0xe0 && at[0] < 0xf0)
		need = 3;
	else if (at[0] >= 0xf0 && at[0] < 0xf5)
		need = 4;
	if (need == 0 || need > len)
		return 0;
	value = at[0] & (0x7fu >> need);
	for (size_t i = 1; i < need; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (at[i] & 0x3fu);
	}
	if (value < least[need] || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*ret = value;
	return need;
}

static bool
is_control(uint32_t c)
{
	return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0);
}

/* Eight bytes from ' ' to '~', looked at in one step: most of what is stored. */
static bool
is_plain(const unsigned char *at)
{
	static const uint64_t each = 0x0101010101010101u;
	uint64_t word = 0;
	uint64_t delete = 0;

	memcpy(&word, at, sizeof(word));
	delete = word ^ 0x7f * each;
	/* A byte under the one that is taken away borrows its high bit. */
	return ((word | (word - 0x20 * each) | (delete - each)) &
		   0x80 * each) == 0;
}

bool
utf8_is_clean(const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t i = 0;

	while (i < len) {
		uint32_t c = 0;
		size_t step = 0;

		if (len - i >= sizeof(uint64_t) && is_plain(at + i)) {
			i += sizeof(uint64_t);
			continue;
		}
		if (at[i] >= 0x20 && at[i] < 0x7f) {
			i++;
			continue;
		}
		step = decode(at + i, len - i, &c);
		if (step == 0 || is_control(c))
			return false;
		i += step;
	}
	return true;
}

/*
 * True for code points that neither change in NFC nor meet what comes before
 * them: all of Vietnamese in its composed form.  A test compares it with
 * utf8proc.
 */
static bool
is_steady(uint32_t c)
{
	return c < 0x300 || (c >= 0x1e00 && c < 0x1f00) ||
	       (c >= 0x2010 && c < 0x2060) || c == 0x20ab;
}

/* What a single pass can find out about a text. */
enum look { LOOK_UNCLEAN, LOOK_STEADY, LOOK_OTHER };

static enum look
look_at(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t left = strlen(text);
	enum look look = LOOK_STEADY;

	while (left > 0) {
		uint32_t c = 0;
		const size_t step = decode(at, left, &c);

		if (step == 0 || is_control(c))
			return LOOK_UNCLEAN;
		if (!is_steady(c))
			look = LOOK_OTHER;
		at += step;
		left -= step;
	}
	return look;
}

const char *
utf8_nfc(struct arena *arena, const char *text)
{
	utf8proc_uint8_t *composed = NULL;
	utf8proc_ssize_t len = 0;
	const char *out = text;

	switch (look_at(text)) {
	case LOOK_UNCLEAN:
		return NULL;
	case LOOK_STEADY:
		return text;
	case LOOK_OTHER:
		break;
	}
	len = utf8proc_map((const utf8proc_uint8_t *)text, 0, &composed,
	    UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	assert(len >= 0 && composed != NULL);
	if (strcmp((const char *)composed, text) != 0)
		out = arena_text_n(arena, (const char *)composed, (size_t)len);
	free(composed);
	return out;
}

static bool
is_word(utf8proc_int32_t c)
{
	const utf8proc_category_t category = utf8proc_category(c);

	return category >= UTF8PROC_CATEGORY_LU &&
	       category <= UTF8PROC_CATEGORY_NO;
}

/* But for the four that are letters by their category and blank by design. */
static bool
is_letter_or_digit(uint32_t c)
{
	const utf8proc_category_t category =
	    utf8proc_category((utf8proc_int32_t)c);

	return ((category >= UTF8PROC_CATEGORY_LU &&
		    category <= UTF8PROC_CATEGORY_LO) ||
		   (category >= UTF8PROC_CATEGORY_ND &&
		       category <= UTF8PROC_CATEGORY_NO)) &&
	       c != 0x115f && c != 0x1160 && c != 0x3164 && c != 0xffa0;
}

bool
utf8_says(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t left = strlen(text);
	bool says = false;

	while (left > 0) {
		uint32_t c = 0;
		const size_t step = decode(at, left, &c);

		if (step == 0 || is_control(c))
			return false;
		says = says || is_letter_or_digit(c);
		at += step;
		left -= step;
	}
	return says;
}

size_t
utf8_next(const char *at, uint32_t *ret)
{
	const size_t step =
	    decode((const unsigned char *)at, strnlen(at, 4), ret);

	assert(step > 0);
	return step;
}

bool
utf8_is_blank(uint32_t c)
{
	return utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_ZS;
}

/* The braille pattern without dots is a symbol that shows nothing. */
bool
utf8_is_seen(uint32_t c)
{
	const utf8proc_property_t *property =
	    utf8proc_get_property((utf8proc_int32_t)c);

	if (property->ignorable || c == 0x2800)
		return false;
	switch ((int)property->category) {
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return false;
	default:
		return true;
	}
}

/* A blank before the next word, but none at the start. */
static void
add_folded(struct text *out, bool *gap, utf8proc_int32_t c)
{
	utf8proc_uint8_t utf8[4];

	if (c == 0x111 || c == 0xf0)
		c = 'd';
	if (!is_word(c)) {
		*gap = true;
		return;
	}
	if (*gap && out->len > 0)
		text_char(out, ' ');
	*gap = false;
	text_add_n(out, (const char *)utf8,
	    (size_t)utf8proc_encode_char(c, utf8));
}

const char *
utf8_fold(struct arena *arena, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t left = strlen(text);
	struct text out = { 0 };
	bool gap = false;

	text_init(&out, arena);
	while (left > 0) {
		utf8proc_int32_t parts[FOLDED_MAX];
		utf8proc_ssize_t count = 0;
		uint32_t c = 0;
		int class = UTF8PROC_BOUNDCLASS_START;
		const size_t step = decode(at, left, &c);

		if (step == 0 || is_control(c))
			return NULL;
		count = utf8proc_decompose_char((utf8proc_int32_t)c, parts,
		    FOLDED_MAX,
		    UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD |
			UTF8PROC_STRIPMARK,
		    &class);
		assert(count >= 0 && count <= FOLDED_MAX);
		for (utf8proc_ssize_t i = 0; i < count; i++)
			add_folded(&out, &gap, parts[i]);
		at += step;
		left -= step;
	}
	return text_of(&out);
}

size_t
utf8_length(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		if (((unsigned char)*text & 0xc0) != 0x80)
			count++;
	return count;
}

const char *
utf8_lower(struct arena *arena, const char *nfc)
{
	const size_t len = strlen(nfc);
	char *low = arena_text_n(arena, nfc, len);
	unsigned char *at = (unsigned char *)low;

	for (size_t i = 0; i < len; i++) {
		const unsigned char c = at[i];

		if (c >= 'A' && c <= 'Z') {
			at[i] = (unsigned char)(c + ('a' - 'A'));
		} else if (c == 0xc3 && at[i + 1] <= 0x9e &&
			   at[i + 1] != 0x97) {
			at[++i] |=
			    0x20; /* U+00C0 to U+00DE, not the times sign */
		} else if ((c == 0xc4 && at[i + 1] <= 0xb7) ||
			   (c == 0xc5 && at[i + 1] >= 0x8a &&
			       at[i + 1] <= 0xb7) ||
			   (c == 0xc6 && at[i + 1] == 0xa0)) {
			at[++i] |= 1; /* Ă Đ Ĩ, Ũ, Ơ: pairs, upper case even */
		} else if (c == 0xc6 && at[i + 1] == 0xaf) {
			at[++i] = 0xb0; /* Ư, the odd one */
		} else if (c == 0xe1 &&
			   ((at[i + 1] == 0xba && at[i + 2] >= 0xa0) ||
			       at[i + 1] == 0xbb)) {
			at[i + 2] |= 1; /* U+1EA0 to U+1EF9: pairs again */
			i += 2;
		}
	}
	return low;
}
