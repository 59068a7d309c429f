#include <string.h>

#include "core/arena.h"
#include "core/bytes.h"
#include "core/utf8.h"
#include "http/inside.h"

const char *
uri_decode(struct arena *arena, const char *text, size_t len, bool is_form)
{
	char *out = arena_alloc(arena, len + 1, 1);
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		char digits[3] = { 0 };
		uint8_t byte = 0;

		if (text[i] == '+' && is_form) {
			out[used++] = ' ';
			continue;
		}
		if (text[i] != '%') {
			out[used++] = text[i];
			continue;
		}
		if (len - i < 3)
			return NULL;
		memcpy(digits, text + i + 1, 2);
		if (!bytes_from_hex(digits, &byte, 1))
			return NULL;
		out[used++] = (char)byte;
		i += 2;
	}
	return strlen(out) == used ? utf8_nfc(arena, out) : NULL;
}
