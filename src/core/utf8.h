#ifndef CORE_UTF8_H
#define CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"

/*
 * Unicode at the border.  utf8proc is behind it.
 */
struct arena;

/* Valid UTF-8 without NUL and without C0/C1 controls but \t and \n. */
bool utf8_is_clean(const char *text, size_t len);

/*
 * NFC of clean text; NULL if the text is not clean.  The result may be the
 * argument itself when it is NFC already.
 */
const char *utf8_nfc(struct arena *arena, const char *text);

/*
 * The search form: NFC, lower case, marks off, đ and ð to d, runs of blanks
 * and punctuation to one blank, trimmed.  "Đường Nguyễn  Huệ" gives "duong
 * nguyen hue".  NULL if the text is not clean.
 */
const char *utf8_fold(struct arena *arena, const char *text);

/*
 * Lower case of the Latin letters Vietnamese is written with; other characters
 * stay.  Of NFC; folding would lose the marks that are compared here.
 */
const char *utf8_lower(struct arena *arena, const char *nfc);

/*
 * Is there anything to be read?  Clean text with a letter or a digit: blanks of
 * any kind, marks, and what is not seen at all say nothing.  web/src/words.ts has
 * the same meaning; tests/corpus/words.json keeps both equal.
 */
bool utf8_says(const char *text);

/*
 * One code point of clean text that has not ended; how many bytes it takes.
 */
size_t utf8_next(const char *at, uint32_t *ret);

/* A blank of any width; tabs and line breaks are none. */
bool utf8_is_blank(uint32_t c);

/*
 * Does a reader see anything of it, or a plain gap?  Not what is ignored by
 * default, what has no shape of its own (marks of direction, joiners, line and
 * paragraph separators), nor what has no agreed one: private, unassigned.
 */
bool utf8_is_seen(uint32_t c);

/* Number of code points of clean text. */
size_t utf8_length(const char *text);

#endif
