#ifndef REPORT_T_REPORT_H
#define REPORT_T_REPORT_H

#include "t_store.h"

#include "people/t_people.h"
#include "report/report.h"

/*
 * A small country for the tests of this slice: Government - one province -
 * two districts - three communes each, and a neighbouring province with one
 * commune; a quarterly form of two rows and four columns, c1 = c2 + c3 (block,
 * computes), c4 (explain: equals c1), and c2 carried from c3 of the period
 * before (note).  The clock is at 2025-03-16.
 */
struct world {
	struct t *t;
	int64_t nation;
	int64_t province;
	int64_t neighbour;
	int64_t district[2];
	int64_t commune[6];
	int64_t stranger; /* a commune of the neighbour */
};
#define WORLD_FORM "T.01"
#define WORLD_PERIOD "2025-Q1"

struct world *world_new(struct t *t);

/* From now on this person acts: one position. */
void world_be(struct world *world, int64_t unit, const char *role);
/* ... who is clerk and leader of the unit. */
void world_be_both(struct world *world, int64_t unit);

/* "17", as the API takes a unit. */
const char *world_ref(struct world *world, int64_t unit);

/* Cells from JSON with ' for ". */
const struct json *world_cells(struct ctx *ctx, const char *quoted);

/* File, submit and sign in one unit of work as clerk and leader; the id. */
int64_t world_sent(struct world *world, int64_t unit, const char *cells);

/* Total of a cell for a unit at the period's own structure, as decimal text
 * ("missing" and "none" as such). */
const char *world_total(struct world *world, int64_t unit, const char *cell,
    int basis);

#endif
