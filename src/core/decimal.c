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

/* Digits from the last one on, each with the sign of the value. */
struct digits {
	char reversed[DECIMAL_TEXT_MAX];
	size_t len;
	int written;
	int scale;
};

static void
put_digit(struct digits *digits, int digit)
{
	digits->reversed[digits->len++] =
	    (char)('0' + (digit < 0 ? -digit : digit));
	digits->written++;
	if (digits->written == digits->scale)
		digits->reversed[digits->len++] = '.';
}

void
decimal_format(char out[DECIMAL_TEXT_MAX], i128 value, int scale)
{
	struct digits digits = { .scale = scale };
	const bool negative = value < 0;
	int64_t rest = 0;

	assert(scale >= 0 && scale <= DECIMAL_SCALE_MAX);
	/* The least i128 has no positive; most values are short, and a machine
	 * divides 64 bits many times faster. */
	for (; value < INT64_MIN || value > INT64_MAX; value /= 10)
		put_digit(&digits, (int)(value % 10));
	for (rest = (int64_t)value; rest != 0 || digits.written <= scale;
	     rest /= 10)
		put_digit(&digits, (int)(rest % 10));
	if (negative)
		digits.reversed[digits.len++] = '-';
	for (size_t i = 0; i < digits.len; i++)
		out[i] = digits.reversed[digits.len - 1 - i];
	out[digits.len] = '\0';
}

const char *
decimal_text(struct arena *arena, i128 value, int scale)
{
	char out[DECIMAL_TEXT_MAX];

	decimal_format(out, value, scale);
	return arena_text(arena, out);
}
