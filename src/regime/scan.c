/*
 * The fast way back from a report's bytes to its cells: start-up reads every
 * body of the ledger through here, so there is one pass, no allocation and no
 * JSON tree.  What cells_write never makes is refused.
 */
#include <stdint.h>
#include <string.h>

#include "regime/cells.h"

struct scan {
	const uint8_t *at;
	const uint8_t *end;
};

static bool
take(struct scan *s, char c)
{
	if (s->at == s->end || *s->at != (uint8_t)c)
		return false;
	s->at++;
	return true;
}

static bool
take_word(struct scan *s, const char *word, size_t len)
{
	if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
		return false;
	s->at += len;
	return true;
}

#define TAKE_WORD(s, word) take_word((s), (word), sizeof(word) - 1)

/* So many digits are never too large. */
#define DIGITS_SAFE 18

/* What nearly all cells are, a count above zero: only digits, and the quote.
 * Anything else is left to take_decimal(). */
static bool
take_count(struct scan *s, int64_t *ret)
{
	const uint8_t *const end = s->end;
	const uint8_t *at = s->at;
	uint64_t value = 0;

	for (; at != end && (uint8_t)(*at - '0') <= 9; at++)
		value = value * 10 + (uint64_t)(*at - '0');
	if (at == end || *at != '"' || at == s->at ||
	    at - s->at > DIGITS_SAFE || *s->at == '0')
		return false;
	s->at = at + 1;
	*ret = (int64_t)value;
	return true;
}

/*
 * The rest of a decimal text behind its opening quote, with exactly scale
 * digits after the point, and the closing quote.
 */
static bool
take_decimal(struct scan *s, int scale, int64_t *ret)
{
	const uint8_t *at = s->at;
	const uint8_t *const end = s->end;
	const bool minus = at != end && *at == '-';
	const uint8_t *first = NULL;
	const uint8_t *point = NULL;
	uint64_t value = 0;
	uint64_t most = INT64_MAX;

	if (minus) {
		at++;
		most++;
	}
	first = at;
	for (; at != end; at++) {
		const uint64_t digit = (uint64_t)*at - '0';

		if (digit > 9) {
			if (*at != '.' || point != NULL)
				break;
			point = at;
			continue;
		}
		if (value > (most - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	if (at == end || *at != '"' || at == first || first == point)
		return false;
	if (point == NULL ? scale != 0 : at - point - 1 != scale || scale == 0)
		return false;
	/* "0" and "0.5", but not "05"; and zero has no sign. */
	if (*first == '0' && at - first > 1 && first + 1 != point)
		return false;
	if (minus && value == 0)
		return false;
	s->at = at + 1;
	*ret = (int64_t)(minus ? 0 - value : value);
	return true;
}

/* The rest of a text behind its opening quote. */
static bool
skip_text(struct scan *s)
{
	while (s->at != s->end && *s->at != '"') {
		if (*s->at < 0x20)
			return false;
		if (*s->at == '\\' && ++s->at == s->end)
			return false;
		s->at++;
	}
	return take(s, '"');
}

static bool
take_state(struct scan *s, bool remark, uint8_t *ret)
{
	if (TAKE_WORD(s, "none\""))
		*ret = CELL_NONE;
	else if (TAKE_WORD(s, "withheld\""))
		*ret = CELL_WITHHELD;
	else if (remark && TAKE_WORD(s, "missing\""))
		*ret = CELL_MISSING;
	else
		return false;
	return true;
}

/* The rest of an object behind its brace. */
static bool
take_object(struct scan *s, int scale, int64_t *value, uint8_t *state)
{
	bool remark = false;

	if (TAKE_WORD(s, "\"remark\":\"")) {
		remark = true;
		if (!skip_text(s) || !take(s, ','))
			return false;
	}
	if (TAKE_WORD(s, "\"state\":\"")) {
		if (!take_state(s, remark, state))
			return false;
	} else if (remark && TAKE_WORD(s, "\"value\":\"")) {
		*state = CELL_VALUE;
		if (!take_decimal(s, scale, value))
			return false;
	} else {
		return false;
	}
	return take(s, '}');
}

bool
cells_scan(const uint8_t *at, size_t len, const int *scales, size_t cell_count,
    int64_t *values, uint8_t *states)
{
	struct scan s = { at, at + len };

	if (!take(&s, '['))
		return false;
	for (size_t i = 0; i < cell_count; i++) {
		values[i] = 0;
		if (i > 0 && !take(&s, ','))
			return false;
		if (take(&s, '"')) {
			states[i] = CELL_VALUE;
			if (!(scales[i] == 0 && take_count(&s, &values[i])) &&
			    !take_decimal(&s, scales[i], &values[i]))
				return false;
		} else if (TAKE_WORD(&s, "null")) {
			states[i] = CELL_MISSING;
		} else if (!take(&s, '{') || !take_object(&s, scales[i],
						 &values[i], &states[i])) {
			return false;
		}
	}
	return take(&s, ']');
}
