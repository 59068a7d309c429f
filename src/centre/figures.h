#ifndef CENTRE_FIGURES_H
#define CENTRE_FIGURES_H

#include "core/ctx.h"
#include "core/shape.h"
#include "core/text.h"

/*
 * Figures: a question in text parameters, lists among them, answered as a table
 * in JSON, or CSV for programs or people (docs/api.md).  The same question can be put to the cube
 * (figures_render) or to the ledger itself (fold.h); both answers are the same
 * bytes.
 *
 * Rights: figures.read for every row.  units and children_of need it for the
 * units asked (and, for children_of, the children); level, and the nation's
 * total under units, need it for the whole nation, else the rows are those of
 * the level within the actor's reach, without a total.
 */
struct figures_query {
	const char *form;
	struct texts_of periods; /* "2025-Q1" "2025-Q2" */
	struct texts_of cells;   /* "s01.c3"; none: all.* of all columns */
	/* Exactly one of these three. */
	struct texts_of units;
	const char *children_of;
	const char *level;     /* "0" to "3" */
	const char *structure; /* NULL, "own", or a day */
	const char *as_of;     /* NULL, a ledger size, or a day */
	const char *basis;     /* NULL, "sent", "accepted" */
	const char *apportion; /* NULL, "none", "equal" */
	const char *format;    /* NULL, "json", "csv"; over HTTP "sheet" */
};

#define FIGURES_PERIODS_MAX 40
#define FIGURES_CELLS_MAX 200
#define FIGURES_UNITS_MAX 500 /* named in a list */
#define FIGURES_ROWS_MAX 12000
#define FIGURES_VALUES_MAX 1000000 /* rows x periods x cells */
#define FIGURES_SUMS_MAX 3000000   /* the same with all.cN taken apart */
#define FIGURES_BYTES_MAX ((size_t)64 * 1024 * 1024)

/* Is it one of the few that need a place (admission.h)?  Needs ctx->tx; failures
 * as figures_render. */
NODISCARD enum fail figures_weigh(struct ctx *ctx,
    const struct figures_query *query, bool *ret_large);

/*
 * Append the answer.  Needs ctx->tx.
 *	FAIL_INVALID	"input.invalid" with the parameters, or their items, at
 *			fault:
 *		"form.unknown" "period.unknown" "form.no_version"
 *		"figures.periods" "figures.cell" "figures.rows" "figures.level"
 *		"figures.structure" "figures.as_of" "figures.choice"
 *	FAIL_INVALID, FAIL_NOT_FOUND	"unit.*"
 *	FAIL_TOO_BIG	"figures.too_big"
 *	FAIL_LOGIN, FAIL_DENIED		"access.*"
 */
NODISCARD enum fail figures_render(struct ctx *ctx,
    const struct figures_query *query, struct text *text);

/*
 * The same for who asks over HTTP, with or without a place.  ret_name: what a file
 * of it is called; JSON leaves it.
 *	FAIL_BUSY	"figures.busy"	a large one without a place
 */
NODISCARD enum fail figures_answer(struct ctx *ctx,
    const struct figures_query *query, bool has_place, struct text *text,
    const char **ret_name);

#endif
