#ifndef CODEC_JSON_H
#define CODEC_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/ctx.h"

/*
 * JSON from outside (RFC 8259), read strictly: valid UTF-8 without NUL, no
 * repeated keys, no NaN, depth at most JSON_DEPTH_MAX, one value and nothing
 * behind it.  Texts are normalised to NFC.  Nodes live in
 * ctx->arena.  jansson is behind it.
 *	FAIL_INVALID	"json.syntax"	with line and column in the message
 *	FAIL_INVALID	"json.mark"	it begins with a byte order mark, which
 *			RFC 8259 leaves out
 *	FAIL_INVALID	"json.nul"	a NUL byte, anywhere: behind a number the
 *			library would skip it
 *	FAIL_INVALID	"json.text"	a text holds \u0000 or control characters
 *	FAIL_TOO_BIG	"json.depth"
 *	FAIL_TOO_BIG	"json.too_big"	the arena's soft limit is passed
 * A number that fits no int64 (20 digits, 1e400) is "json.syntax".  Keys are
 * normalised like texts, and two that become equal by it count as repeated.
 * Cost: a 132-cell report of 2 kB takes about 20 us.
 */
struct json;
#define JSON_DEPTH_MAX 64

enum json_type {
	JSON_IS_NULL,
	JSON_IS_BOOL,
	JSON_IS_INT,
	JSON_IS_REAL, /* kept only to be refused: no doubles in figures */
	JSON_IS_TEXT,
	JSON_IS_ARRAY,
	JSON_IS_OBJECT,
};

NODISCARD enum fail json_parse(struct ctx *ctx, struct bytes in,
    const struct json **ret);

/*
 * At most so many values are in the text, as its brackets and commas say; keys
 * count with their values.  Takes no memory: each value takes some 200 bytes
 * while it is parsed, so who reads what others send asks first.
 */
size_t json_values_most(struct bytes in);

enum json_type json_type(const struct json *node);
bool json_bool(const struct json *node);        /* asserts the type */
int64_t json_int(const struct json *node);      /* asserts the type */
const char *json_text(const struct json *node); /* asserts the type */
size_t json_count(const struct json *node);     /* of an array or object */
/* Array item or object member by position, in the order of the source. */
const struct json *json_at(const struct json *node, size_t i);
const char *json_key(const struct json *node, size_t i);
/*
 * Member by key; NULL if absent or node is no object.  A large object is indexed
 * at the first look-up, in the arena of its parse, so a tree belongs to one
 * thread at a time.
 */
const struct json *json_get(const struct json *node, const char *key);
/* Shorthands for our own files: NULL / fallback if absent or of another type.
 */
const char *json_get_text(const struct json *node, const char *key);
int64_t json_get_int(const struct json *node, const char *key,
    int64_t fallback);

/* base with one more step, a key, as a JSON pointer (RFC 6901); in arena. */
const char *json_pointer(struct arena *arena, const char *base,
    const char *key);

/*
 * RFC 8785: members sorted by UTF-16 code units, no blanks, shortest escapes.
 * FAIL_INVALID "json.real" if a real number is inside, or a whole one beyond
 * 2^53 - 1, which readers that know only doubles would read as another.
 */
NODISCARD enum fail json_canonical(struct ctx *ctx, const struct json *node,
    struct bytes *ret);

/*
 * Append node in the order of the source, without blanks.  A real is written
 * as null: it was kept only to be refused.
 */
struct text;
void json_write(struct text *out, const struct json *node);

#endif
