#include "core/decimal.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "core/arena.h"

/* 19 digits fill an int64; more are out of range before they are summed. */
#define DIGITS_MAX 19

bool
decimal_parse(const char *text, int scale, int64_t *ret)
{
	const char *at = text;
	bool negative = false;
	i128 value = 0;
	int whole = 0;
	int places = 0;

	assert(scale >= 0 && scale <= DECIMAL_SCALE_MAX);
	if (text == NULL)
		return false;
	if (*at == '-') {
		negative = true;
		at++;
	}
	for (; *at >= '0' && *at <= '9' && whole <= DIGITS_MAX; at++) {
		if (whole == 1 && value == 0)
			return false;
		value = value * 10 + (*at - '0');
		whole++;
	}
	if (whole == 0 || whole > DIGITS_MAX)
		return false;
	if (*at == '.') {
		at++;
		for (; *at >= '0' && *at <= '9' && places < scale; at++) {
			value = value * 10 + (*at - '0');
			places++;
		}
		if (places == 0)
			return false;
	}
	if (*at != '\0' || (negative && value == 0))
		return false;
	for (; places < scale; places++)
		value *= 10;
	if (negative)
		value = -value;
	if (value < INT64_MIN || value > INT64_MAX)
		return false;
	*ret = (int64_t)value;
	return true;
}

void
decimal_format(char out[DECIMAL_TEXT_MAX], i128 value, int scale)
{
	char reversed[DECIMAL_TEXT_MAX];
	const bool negative = value < 0;
	size_t len = 0;
	int written = 0;

	assert(scale >= 0 && scale <= DECIMAL_SCALE_MAX);
	/* Digits are taken with their sign: the least i128 has no positive. */
	while (value != 0 || written <= scale) {
		const int digit = (int)(value % 10);

		reversed[len++] = (char)('0' + (digit < 0 ? -digit : digit));
		value /= 10;
		written++;
		if (written == scale)
			reversed[len++] = '.';
	}
	if (negative)
		reversed[len++] = '-';
	for (size_t i = 0; i < len; i++)
		out[i] = reversed[len - 1 - i];
	out[len] = '\0';
}

const char *
decimal_text(struct arena *arena, i128 value, int scale)
{
	char out[DECIMAL_TEXT_MAX];

	decimal_format(out, value, scale);
	return arena_text(arena, out);
}
