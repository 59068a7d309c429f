#ifndef CUBE_ANSWER_H
#define CUBE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "cube/cube.h"
#include "cube/slab.h"

/*
 * Which rows a question asks for, and where their numbers are gathered.
 */
struct answer_plan {
	const struct cube_question *question;
	const int *cells;            /* positions */
	const enum aggregation *how; /* by cell asked */
	size_t cell_count;
	bool sums;        /* all are sums */
	const int *units; /* a row each */
	size_t unit_count;
	int top;          /* the unit of the total */
	const int *above; /* units over the rows: what is there is
			     other or unallocated */
	size_t above_count;
	bool rest; /* has rows other and unallocated */
};

void answer_plan_make(struct ctx *ctx, const struct cube_question *question,
    struct answer_plan *ret);

/* A grid of numbers behind the rows of an answer. */
struct grid {
	struct cube_row *rows;
	size_t count;
	size_t cells;
	i128 *totals;
	uint32_t *values;
	uint32_t *nones;
	uint32_t *withhelds;
	uint8_t *marks;     /* NULL unless the question apportions */
	int64_t *signed_at; /* NULL unless a column takes the last value */
	int64_t *changed;   /* per row */
};

void grid_make(struct ctx *ctx, const struct answer_plan *plan,
    struct grid *ret);
/* Positions of the rows that follow the units' own. */
size_t grid_other(const struct answer_plan *plan);
size_t grid_unallocated(const struct answer_plan *plan);
size_t grid_total(const struct answer_plan *plan);

/* Add a report to a row, cell by cell, by the columns' aggregations. */
void grid_add(struct grid *grid, size_t row, const struct answer_plan *plan,
    const struct slab *slab, const struct leaf *leaf);
/* One cell of it, the j-th asked. */
void grid_add_cell(struct grid *grid, size_t row, size_t j,
    const struct answer_plan *plan, const struct slab *slab,
    const struct leaf *leaf);

/* Who had been closed by index, onto the rows; needs grid->changed. */
void grid_close(struct ctx *ctx, struct grid *grid,
    const struct answer_plan *plan, const struct slab *slab,
    size_t closing_count, int64_t index);

/*
 * The long way: from the leaves alone, as of any index, with any aggregation and
 * with apportioning.  Takes the slab's lock only to count.  slab may be NULL:
 * nobody reported.
 */
void scan_answer(struct ctx *ctx, const struct answer_plan *plan,
    struct slab *slab, int64_t index, struct grid *grid);

#endif
