#ifndef ORG_SEARCH_H
#define ORG_SEARCH_H

#include <stddef.h>

#include "core/ctx.h"
#include "core/day.h"
#include "org/directory.h"

/*
 * Units by name: "duong nguyen hue" finds "Đường Nguyễn Huệ" in either Unicode
 * form.  Both sides are folded (core/utf8.h); the best comes first: names that
 * contain the query with its own diacritics, then whole names, beginnings of
 * the name, beginnings of a word, anything inside; then by level, name
 * (core/name_order.h), code.  Units directly below one are by level and name, too;
 * with neither the order is that of the hierarchy.
 *
 * "tp. thu duc", "P. 10", "TP.HCM" are found in full, too; i and y are alike; and
 * a unit's own code of that day is a whole name.
 */
struct unit_query {
	const char *text; /* NULL or nothing but blanks: all */
	int level;        /* -1: any */
	int parent;       /* dense number, direct children only; -1: any */
	day on;           /* alive on this day */
	size_t after;     /* hits to leave out */
	size_t limit;
};

/*
 * *ret holds *ret_count dense numbers in ctx->arena, *ret_more is whether there
 * are others behind them.  About 1 ms for the whole country.
 *	FAIL_INVALID	"unit.query"	not clean text
 */
NODISCARD enum fail unit_search(struct ctx *ctx, const struct directory *dir,
    const struct unit_query *query, const int **ret, size_t *ret_count,
    bool *ret_more);

/*
 * A text to be found, for the lists of others: does the name that the unit has on
 * a day fit, or is it a code of that day?  Nothing but blanks fits all.
 *	FAIL_INVALID	"unit.query"	not clean text
 */
struct unit_text;
NODISCARD enum fail unit_text_read(struct ctx *ctx, const char *text,
    const struct unit_text **ret);
bool unit_text_fits(struct arena *arena, const struct unit_text *text,
    const struct unit *unit, day on);

#endif
