#ifndef APP_TABLE_H
#define APP_TABLE_H

#include <stdbool.h>

#include "app/locale.h"
#include "app/route.h"
#include "core/shape.h"

/*
 * A list as a table.  A GET row whose answer is a list names a route_table and has
 * F_FORMAT in its query; then it answers, besides JSON,
 *	csv	for programs (RFC 4180): the item's fields by their names, a line an
 *		item, of the page that was asked for; what has parts of its own is
 *		left out.  Days and instants as in JSON, yes and no as 1 and 0.
 *		Is there more, the header Link has the next page
 *	sheet	for people (app/sheet.h): the columns below, their heads and what
 *		is chosen from a list in words, all pages up to TABLE_ROWS_MAX
 *		(with a limit: that page), and a foot that says what it is and
 *		when it was made.  Its language is the one picked on our pages, else
 *		that of Accept-Language
 */
#define TABLE_ROWS_MAX 20000

struct table_column {
	const char *field;   /* of the item */
	const char *english; /* the field that says it in English; NULL: same */
	/* A code in words, in ctx->locale; NULL: by its type. */
	const char *(*say)(struct ctx *ctx, const char *value);
};
/* As say: of an index counted from 0 the number that people count from 1. */
const char *table_ordinal(struct ctx *ctx, const char *value);

/*
 * Words are keys of locale/pages: WORDS.title, WORDS.FIELD for the head of a
 * column, and of an F_ENUM WORDS.FIELD.VALUE.
 */
struct route_table {
	const char *name;  /* of the file for programs: "reports" */
	const char *words; /* "report.table" */
	const char *list;  /* the answer's field: "items" */
	const struct table_column *columns; /* ends with field NULL */
};

extern const char *const table_formats[];
extern const char table_type[];
extern const struct route_media table_media; /* of rows with a table */

/* clang-format off */
#define F_FORMAT(st) \
	F_ENUM(st, format, table_formats, OPTIONAL, \
	    "json; csv: a table for programs; sheet: one for people, in words, " \
	    "with the marks of their language", "\"json\"")
/* clang-format on */

/* The query of a list that has no other parameters. */
struct table_query {
	const char *format;
};
extern const struct shape table_query_shape;

/*
 * Have the words what the rows' tables need?  Better at start than when somebody
 * asks for the table.  FAIL_INTERNAL "locale.broken".
 */
NODISCARD enum fail table_check(struct ctx *ctx,
    const struct route *const *rows, size_t count, const struct locale *words);

/* Does the query ask for a table for people? */
bool table_is_sheet(const struct call *call);

/*
 * Run the handler of a row with a table, for further pages again, and make what it
 * answers the table that was asked for.  In the transaction of the row.  For people
 * each page has an arena of its own, which ends with it: nothing of it may be
 * left in ctx or in the call.
 */
NODISCARD enum fail table_answer(struct ctx *ctx, struct call *call);

#endif
