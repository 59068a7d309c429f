#ifndef CENTRE_TRACE_H
#define CENTRE_TRACE_H

#include "core/ctx.h"
#include "core/text.h"

/*
 * From a total down: the reports it rests on, with their ledger entries, and
 * the rows one level below (docs/api.md).
 *
 * Rights: figures.read for the unit.  Reports and children are shown as far as
 * they are in reach themselves.
 */
struct trace_query {
	const char *form;
	const char *period;
	const char *cell; /* "s01.c3" or "all.c3" */
	const char *unit; /* NULL: the root */
	/* NULL or "unit", "total": what is at or below the unit; "other",
	 * "unallocated": those rows of the list under it */
	const char *kind;
	/* NULL, or with other and unallocated: of the list of this level
	 * instead, whose unit is the root */
	const char *level;
	const char *structure;
	const char *as_of;
	const char *basis;
	/* NULL, "json"; "csv", "sheet": the parts alone, in a sheet without
	 * limit all of them */
	const char *format;
	int64_t limit; /* parts; core/paging.h */
	int64_t after; /* so many have been seen */
};

/*
 * Append JSON or CSV; ret_name: what a file of it is called, JSON leaves it.
 * Needs ctx->tx.  Failures as figures_render.  Pages are of one
 * answer as long as as_of is the index of the first.
 */
NODISCARD enum fail trace_render(struct ctx *ctx,
    const struct trace_query *query, struct text *text, const char **ret_name);

#endif
