#include "people/mac.h"

#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "people/state.h"

#define INT_BYTES 8

/* What a field begins with. */
#define FIELD_NONE 'n'
#define FIELD_INT 'i'
#define FIELD_BYTES 'b'

void
mac_begin(struct ctx *ctx, struct mac *mac, const char *purpose)
{
	mac_begin_in(ctx->arena, &ctx->home->people->secret, mac, purpose);
}

void
mac_begin_in(struct arena *arena, const struct digest *secret, struct mac *mac,
    const char *purpose)
{
	mac->secret = digest_bytes(secret);
	text_init(&mac->text, arena);
	text_reserve(&mac->text, 256);
	text_add(&mac->text, purpose);
	text_char(&mac->text, '.');
}

static void
add_field(struct mac *mac, char kind, int64_t value)
{
	char bytes[1 + INT_BYTES] = { kind };

	for (int i = 0; i < INT_BYTES; i++)
		bytes[1 + i] =
		    (char)((uint64_t)value >> (8 * (INT_BYTES - 1 - i)) & 0xFF);
	text_add_n(&mac->text, bytes, sizeof(bytes));
}

void
mac_int(struct mac *mac, int64_t value)
{
	add_field(mac, FIELD_INT, value);
}

void
mac_int_maybe(struct mac *mac, const int64_t *value)
{
	if (value == NULL)
		text_char(&mac->text, FIELD_NONE);
	else
		mac_int(mac, *value);
}

void
mac_bytes(struct mac *mac, struct bytes value)
{
	add_field(mac, FIELD_BYTES, (int64_t)value.len);
	text_add_n(&mac->text, (const char *)value.at, value.len);
}

void
mac_text(struct mac *mac, const char *value)
{
	if (value == NULL)
		text_char(&mac->text, FIELD_NONE);
	else
		mac_bytes(mac, bytes_of_text(value));
}

struct digest
mac_end(const struct mac *mac)
{
	const struct bytes all = text_bytes(&mac->text);

	return digest_hmac(mac->secret, &all, 1);
}

bool
mac_is(const struct bytes *stored, const struct digest *mac)
{
	unsigned differs = 0;

	if (stored == NULL || stored->len != DIGEST_LEN)
		return false;
	for (size_t i = 0; i < DIGEST_LEN; i++)
		differs |= (unsigned)(stored->at[i] ^ mac->at[i]);
	return differs == 0;
}

int64_t
mac_number(const struct digest *mac)
{
	uint64_t number = 0;

	for (int i = 0; i < INT_BYTES; i++)
		number = number << 8 | mac->at[i];
	return (int64_t)number;
}
