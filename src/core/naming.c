#include "core/naming.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/arena.h"
#include "core/text.h"
#include "core/utf8.h"

/* "character 5, U+200B, is not seen" */
static const char *
at_place(struct arena *arena, size_t place, uint32_t c, const char *what)
{
	return arena_printf(arena, "character %zu, U+%04X, %s", place,
	    (unsigned)c, what);
}

/* As a spreadsheet would take it; "- Trong đó" begins a line of a form. */
static bool
begins_formula(const char *text)
{
	if (text[0] == '=' || text[0] == '@')
		return true;
	return (text[0] == '+' || text[0] == '-') && text[1] != ' ';
}

/* What a name may not have inside; NULL: it may have c behind before. */
static const char *
name_forbids(uint32_t c, uint32_t before)
{
	if (c == '\t' || c == '\n' || c == 0x2028 || c == 0x2029)
		return "is a line break or a tab";
	if (c == ' ' && (before == ' ' || before == 0))
		return before == 0 ? "is a blank at the start"
				   : "is a second blank";
	if (c != ' ' && utf8_is_blank(c))
		return "is another blank than the plain one";
	if (!utf8_is_seen(c))
		return "is not seen";
	return NULL;
}

const char *
naming_name_fault(struct arena *arena, const char *text)
{
	const char *at = text;
	uint32_t before = 0;
	uint32_t c = 0;

	if (!utf8_is_clean(text, strlen(text)))
		return "no control characters, and valid UTF-8";
	for (size_t place = 1; *at != '\0'; place++, before = c) {
		const char *forbidden = NULL;

		at += utf8_next(at, &c);
		forbidden = name_forbids(c, before);
		if (forbidden != NULL)
			return at_place(arena, place, c, forbidden);
	}
	if (before == ' ')
		return "a blank at the end";
	if (!utf8_says(text))
		return "a letter or a digit, so that there is something to "
		       "read";
	if (begins_formula(text))
		return "begins as a formula of a spreadsheet";
	return NULL;
}

/* ASCII, Latin-1, Latin Extended-A, the horned o and u, and the Vietnamese block. */
static bool
is_code_letter(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= 0xc0 && c < 0x180 && c != 0xd7 && c != 0xf7) ||
	       c == 0x1a0 || c == 0x1a1 || c == 0x1af || c == 0x1b0 ||
	       (c >= 0x1ea0 && c < 0x1efa);
}

static bool
is_code_mark(uint32_t c)
{
	return c == '.' || c == '/' || c == '-' || c == '_';
}

const char *
naming_code_fault(struct arena *arena, const char *text)
{
	const char *at = text;
	bool after_mark = true;
	uint32_t c = 0;

	if (!utf8_is_clean(text, strlen(text)))
		return "no control characters, and valid UTF-8";
	for (size_t place = 1; *at != '\0'; place++) {
		at += utf8_next(at, &c);
		if (is_code_mark(c) && after_mark)
			return at_place(arena, place, c,
			    "stands where a letter or a digit must");
		if (!is_code_mark(c) && !is_code_letter(c) &&
		    (c < '0' || c > '9'))
			return at_place(arena, place, c,
			    "is no letter, no digit and none of . / - _");
		after_mark = is_code_mark(c);
	}
	return after_mark ? "a letter or a digit at its end" : NULL;
}

bool
naming_alike(struct arena *arena, const char *a, const char *b)
{
	return text_equal(utf8_lower(arena, a), utf8_lower(arena, b));
}
