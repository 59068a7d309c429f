#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"
#include "core/bytes.h"

/*
 * A growing text in an arena.  text_of gives the finished NUL-terminated text;
 * it stays valid until the next addition.  Escaping is always a separate,
 * named function.
 */
struct arena;

struct text {
	struct arena *arena;
	char *at;
	size_t len;
	size_t room;
};

void text_init(struct text *text, struct arena *arena);
/* Make room for more bytes, so that adding them does not move the text. */
void text_reserve(struct text *text, size_t more);
void text_add(struct text *text, const char *more);
void text_add_n(struct text *text, const char *more, size_t len);
void text_addf(struct text *text, const char *format, ...) PRINTF(2, 3);
void text_char(struct text *text, char c);
void text_int(struct text *text, long long value);
const char *text_of(const struct text *text);
struct bytes text_bytes(const struct text *text);

/* A JSON string with its quotes, escaped as RFC 8785 wants it. */
void text_json(struct text *text, const char *value);
/*
 * A CSV field by RFC 4180; a field that begins like a formula (= + - @, tab,
 * CR) is defused by a leading apostrophe, except a plain negative figure.
 */
void text_csv(struct text *text, const char *value);

/*
 * The one escaping for HTML: & < > " ' become references, so that value is safe
 * as text between tags and inside an attribute's quotes, single or double.  It
 * does not make an address or a script of it harmless: those are never made of
 * somebody's text.
 */
void text_html(struct text *text, const char *value);
/*
 * JSON (a whole value, not a string's content) as the content of <script
 * type="application/json">: < > & U+2028 and U+2029, which JSON has inside
 * strings only, become \u escapes.  The value read stays the same, and nothing
 * in it ends the element or begins a comment.
 */
void text_script(struct text *text, struct bytes json);

bool text_equal(const char *a, const char *b); /* NULL equals only NULL */
bool text_starts(const char *text, const char *prefix);

/* What is between marks, in arena: a piece more than there are marks. */
const char *const *text_split(struct arena *arena, const char *text, char mark,
    size_t *ret_count);

#endif
