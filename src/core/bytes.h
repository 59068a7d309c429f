#ifndef CORE_BYTES_H
#define CORE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"

/* Bytes with a length.  Text is char *, bytes are this. */
struct bytes {
	const uint8_t *at;
	size_t len;
};

struct arena;

/* The bytes of a text without its NUL; not copied. */
struct bytes bytes_of_text(const char *text);
bool bytes_equal(struct bytes a, struct bytes b);

/* Lower-case hexadecimal; what follows is made in arena. */
const char *bytes_hex(struct arena *arena, struct bytes in);
/* False if text is not hexadecimal of exactly out_len bytes. */
NODISCARD bool bytes_from_hex(const char *text, uint8_t *out, size_t out_len);

/* RFC 4648 section 4, with padding. */
const char *bytes_base64(struct arena *arena, struct bytes in);
NODISCARD bool bytes_from_base64(struct arena *arena, const char *text,
    struct bytes *ret);

#endif
