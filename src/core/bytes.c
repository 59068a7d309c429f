#include "core/bytes.h"

#include <string.h>

#include "core/arena.h"

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct bytes
bytes_of_text(const char *text)
{
	if (text == NULL)
		return (struct bytes){ NULL, 0 };
	return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

bool
bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

const char *
bytes_hex(struct arena *arena, struct bytes in)
{
	char *out = arena_alloc(arena, in.len + 1, 2);

	for (size_t i = 0; i < in.len; i++) {
		out[2 * i] = hex_digits[in.at[i] >> 4];
		out[2 * i + 1] = hex_digits[in.at[i] & 15];
	}
	return out;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
bytes_from_hex(const char *text, uint8_t *out, size_t out_len)
{
	const size_t len = text == NULL ? 0 : strlen(text);

	if (text == NULL || len % 2 != 0 || len / 2 != out_len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (hex_value(text[i]) < 0)
			return false;
	for (size_t i = 0; i < out_len; i++)
		out[i] = (uint8_t)(hex_value(text[2 * i]) * 16 +
				   hex_value(text[2 * i + 1]));
	return true;
}

const char *
bytes_base64(struct arena *arena, struct bytes in)
{
	char *out = arena_alloc(arena, in.len / 3 + 2, 4);
	char *to = out;

	for (size_t i = 0; i < in.len; i += 3) {
		const size_t left = in.len - i;
		const uint32_t group =
		    (uint32_t)in.at[i] << 16 |
		    (left > 1 ? (uint32_t)in.at[i + 1] << 8 : 0) |
		    (left > 2 ? (uint32_t)in.at[i + 2] : 0);

		*to++ = base64_digits[group >> 18];
		*to++ = base64_digits[group >> 12 & 63];
		*to++ = left > 1 ? base64_digits[group >> 6 & 63] : '=';
		*to++ = left > 2 ? base64_digits[group & 63] : '=';
	}
	*to = '\0';
	return out;
}

static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	if (c == '/')
		return 63;
	return -1;
}

/*
 * Strict: padded, without blanks, and the unused bits of the last digit are
 * zero, so that each value has exactly one text.
 */
bool
bytes_from_base64(struct arena *arena, const char *text, struct bytes *ret)
{
	const size_t len = text == NULL ? 0 : strlen(text);
	size_t pad = 0;
	size_t out_len = 0;
	uint8_t *out = NULL;
	uint32_t group = 0;

	if (text == NULL || len % 4 != 0)
		return false;
	if (len > 0 && text[len - 1] == '=')
		pad = text[len - 2] == '=' ? 2 : 1;
	out_len = len / 4 * 3 - pad;
	out = arena_alloc(arena, out_len + 3, 1);
	for (size_t i = 0; i < len; i++) {
		const int value = i >= len - pad ? 0 : base64_value(text[i]);

		if (value < 0)
			return false;
		group = group << 6 | (uint32_t)value;
		if (i % 4 == 3) {
			uint8_t *to = out + i / 4 * 3;

			to[0] = (uint8_t)(group >> 16);
			to[1] = (uint8_t)(group >> 8);
			to[2] = (uint8_t)group;
			group = 0;
		}
	}
	for (size_t i = 0; i < pad; i++)
		if (out[out_len + i] != 0)
			return false;
	*ret = (struct bytes){ out, out_len };
	return true;
}
