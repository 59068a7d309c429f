#include "core/num.h"

#include <stddef.h>

bool
num_parse(const char *text, int64_t lo, int64_t hi, int64_t *ret)
{
	const char *at = text;
	bool negative = false;
	int64_t value = 0;

	if (text == NULL)
		return false;
	if (*at == '-') {
		negative = true;
		at++;
	}
	/* "0" is the only text that begins with a zero. */
	if (*at == '\0' || (*at == '0' && (at[1] != '\0' || negative)))
		return false;
	for (; *at != '\0'; at++) {
		const int64_t digit = *at - '0';

		if (digit < 0 || digit > 9 || !num_mul(value, 10, &value) ||
		    !num_add(value, negative ? -digit : digit, &value))
			return false;
	}
	if (value < lo || value > hi)
		return false;
	*ret = value;
	return true;
}

bool
num_add(int64_t a, int64_t b, int64_t *ret)
{
	int64_t sum = 0;

	if (__builtin_add_overflow(a, b, &sum))
		return false;
	*ret = sum;
	return true;
}

bool
num_mul(int64_t a, int64_t b, int64_t *ret)
{
	int64_t product = 0;

	if (__builtin_mul_overflow(a, b, &product))
		return false;
	*ret = product;
	return true;
}
