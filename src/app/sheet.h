#ifndef APP_SHEET_H
#define APP_SHEET_H

#include <stdbool.h>

#include "core/ctx.h"
#include "core/text.h"

/*
 * A table as CSV for people: it is opened in a spreadsheet, by a double click,
 * and must say there what the screen said.  So it begins with a byte order mark;
 * in Vietnamese the mark of decimals is a comma and cells end with a semicolon,
 * in English with a point and a comma; groups of digits have no mark, which a
 * machine set to the other convention would take for decimals.  What is a text
 * stays one: codes of digits, what looks like a day, and what would begin a
 * formula get an apostrophe in front.
 *
 * Cells follow one another; sheet_end ends the row.
 */
struct sheet {
	struct text *out;
	bool english;
	bool begun; /* the row has a cell */
};

/* In the language ctx->locale. */
void sheet_begin(const struct ctx *ctx, struct sheet *sheet, struct text *out);
void sheet_text(struct sheet *sheet, const char *value); /* NULL: empty */
/* Decimal text, "-1234.5"; NULL: empty. */
void sheet_number(struct sheet *sheet, const char *decimal);
void sheet_count(struct sheet *sheet, int64_t value);
/* "2025-07-01" as 01/07/2025 or 1 Jul 2025; NULL: empty. */
void sheet_day(struct sheet *sheet, const char *on);
/* "2025-07-01T10:42:07+07:00" as 01/07/2025 10:42; NULL: empty. */
void sheet_instant(struct sheet *sheet, const char *at);
void sheet_end(struct sheet *sheet);
/* A row of the foot: what it is, and a text. */
void sheet_fact(struct sheet *sheet, const char *term, const char *value);

/* "Bộ, tỉnh 2025" as bo-tinh-2025: a part of a file's name. */
const char *sheet_file(struct arena *arena, const char *text);

#endif
