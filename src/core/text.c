#include "core/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/arena.h"

#define ROOM_LEAST 64

void
text_init(struct text *text, struct arena *arena)
{
	*text = (struct text){ .arena = arena };
}

void
text_reserve(struct text *text, size_t more)
{
	size_t room = text->room < ROOM_LEAST ? ROOM_LEAST : text->room;
	char *at = NULL;

	if (text->len + more < text->room)
		return;
	assert(more < SIZE_MAX / 4 && text->len < SIZE_MAX / 4);
	while (room <= text->len + more)
		room *= 2;
	at = arena_alloc(text->arena, room, 1);
	if (text->len > 0)
		memcpy(at, text->at, text->len);
	text->at = at;
	text->room = room;
}

void
text_add_n(struct text *text, const char *more, size_t len)
{
	text_reserve(text, len);
	if (len > 0)
		memcpy(text->at + text->len, more, len);
	text->len += len;
	text->at[text->len] = '\0';
}

void
text_add(struct text *text, const char *more)
{
	text_add_n(text, more, strlen(more));
}

void
text_char(struct text *text, char c)
{
	if (text->len + 1 >= text->room)
		text_reserve(text, 1);
	text->at[text->len++] = c;
	text->at[text->len] = '\0';
}

void
text_addf(struct text *text, const char *format, ...)
{
	va_list args;
	int len = 0;

	text_reserve(text, ROOM_LEAST);
	va_start(args, format);
	len = vsnprintf(text->at + text->len, text->room - text->len, format,
	    args);
	va_end(args);
	assert(len >= 0);
	if ((size_t)len >= text->room - text->len) {
		text_reserve(text, (size_t)len);
		va_start(args, format);
		len = vsnprintf(text->at + text->len, text->room - text->len,
		    format, args);
		va_end(args);
		assert(len >= 0);
	}
	text->len += (size_t)len;
}

void
text_int(struct text *text, long long value)
{
	char out[24];
	char *at = out + sizeof(out);
	/* The least value has no opposite of its own type. */
	unsigned long long rest = value < 0 ? 0 - (unsigned long long)value
					    : (unsigned long long)value;

	do {
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		*--at = '-';
	text_add_n(text, at, (size_t)(out + sizeof(out) - at));
}

const char *
text_of(const struct text *text)
{
	return text->at == NULL ? "" : text->at;
}

struct bytes
text_bytes(const struct text *text)
{
	return (struct bytes){ (const uint8_t *)text_of(text), text->len };
}

static void
json_escape(struct text *text, unsigned char c)
{
	switch (c) {
	case '"':
		text_add_n(text, "\\\"", 2);
		break;
	case '\\':
		text_add_n(text, "\\\\", 2);
		break;
	case '\b':
		text_add_n(text, "\\b", 2);
		break;
	case '\t':
		text_add_n(text, "\\t", 2);
		break;
	case '\n':
		text_add_n(text, "\\n", 2);
		break;
	case '\f':
		text_add_n(text, "\\f", 2);
		break;
	case '\r':
		text_add_n(text, "\\r", 2);
		break;
	default:
		text_addf(text, "\\u%04x", (unsigned)c);
		break;
	}
}

void
text_json(struct text *text, const char *value)
{
	const char *from = value;
	const char *at = value;

	text_char(text, '"');
	for (; *at != '\0'; at++) {
		const unsigned char c = (unsigned char)*at;

		if (c >= ' ' && c != '"' && c != '\\')
			continue;
		text_add_n(text, from, (size_t)(at - from));
		json_escape(text, c);
		from = at + 1;
	}
	text_add_n(text, from, (size_t)(at - from));
	text_char(text, '"');
}

/*
 * Spreadsheets run a cell that begins like this.  A plain negative figure is
 * none: other programs must be able to read it as a number.
 */
static bool
is_formula(const char *value)
{
	if (*value == '\0' || strchr("=+-@\t\r", *value) == NULL)
		return false;
	if (*value != '-' || value[1] == '\0')
		return true;
	return value[1 + strspn(value + 1, "0123456789.")] != '\0';
}

void
text_csv(struct text *text, const char *value)
{
	const bool quoted = strpbrk(value, ",;\"\r\n") != NULL;

	if (quoted)
		text_char(text, '"');
	if (is_formula(value))
		text_char(text, '\'');
	for (; *value != '\0'; value++) {
		if (*value == '"')
			text_char(text, '"');
		text_char(text, *value);
	}
	if (quoted)
		text_char(text, '"');
}

static const char *
html_reference(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	default:
		return "&#39;";
	}
}

void
text_html(struct text *text, const char *value)
{
	while (*value != '\0') {
		const size_t len = strcspn(value, "&<>\"'");

		text_add_n(text, value, len);
		value += len;
		if (*value != '\0')
			text_add(text, html_reference(*value++));
	}
}

/* U+2028 and U+2029 are E2 80 A8 and E2 80 A9. */
static bool
is_line_separator(struct bytes json, size_t at)
{
	return json.len - at >= 3 && json.at[at] == 0xe2 &&
	       json.at[at + 1] == 0x80 && (json.at[at + 2] | 1) == 0xa9;
}

void
text_script(struct text *text, struct bytes json)
{
	size_t from = 0;

	for (size_t at = 0; at < json.len; at++) {
		const uint8_t c = json.at[at];
		const bool is_separator =
		    c == 0xe2 && is_line_separator(json, at);

		if (c != '<' && c != '>' && c != '&' && !is_separator)
			continue;
		text_add_n(text, (const char *)json.at + from, at - from);
		if (is_separator) {
			text_addf(text, "\\u20%02x", json.at[at + 2] - 0x80u);
			at += 2;
		} else {
			text_addf(text, "\\u%04x", (unsigned)c);
		}
		from = at + 1;
	}
	text_add_n(text, (const char *)json.at + from, json.len - from);
}

bool
text_equal(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

bool
text_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

const char *const *
text_split(struct arena *arena, const char *text, char mark, size_t *ret_count)
{
	const char **pieces = NULL;
	size_t count = 1;

	for (const char *at = text; *at != '\0'; at++)
		count += *at == mark;
	pieces = ARENA_ARRAY(arena, count, const char *);
	for (size_t i = 0; i < count; i++) {
		const char *end = strchrnul(text, mark);

		pieces[i] = arena_text_n(arena, text, (size_t)(end - text));
		text = end + 1;
	}
	*ret_count = count;
	return pieces;
}
