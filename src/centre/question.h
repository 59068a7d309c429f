#ifndef CENTRE_QUESTION_H
#define CENTRE_QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "centre/figures.h"
#include "cube/cube.h"

/*
 * A question of figures, read, checked for rights and size, and ready to be put
 * to a source.
 */
struct asked_cell {
	const char *id;     /* "s01.c3" or "all.c3" */
	const char *column; /* "c3" if it sums a column, else NULL */
};

struct asked_period {
	const char *id;
	struct period period;
	const struct form_version *version;
	const struct structure *structure;
	day on;     /* of the structure, as asked */
	int *cells; /* positions, the asked cells' one after the other */
	size_t cell_count;
	size_t *first; /* per asked cell: its first position; and the end */
	const struct form_column **columns; /* per asked cell; NULL: absent */
	const int *units;                   /* if rows are named */
	size_t unit_count;
};

enum asked_format { ASKED_JSON, ASKED_CSV, ASKED_SHEET };

/* What answering will cost, known before anything is added up. */
struct asked_size {
	size_t values;  /* written */
	size_t sums;    /* the same with all.cN taken apart */
	size_t scanned; /* values of single reports, where no view has totals */
};

struct asked {
	const struct figures_query *query;
	const struct form *form;
	const struct directory *dir;
	enum basis basis;
	bool apportion;
	enum asked_format format;
	bool own;      /* each period in its own structure */
	int64_t index; /* INT64_MAX: now */
	const char *structure;
	const char *as_of; /* NULL */
	struct asked_period *periods;
	size_t period_count;
	const struct asked_cell *cells;
	size_t cell_count;
	/* rows: named units, or these */
	int children_of; /* -1 */
	int level;       /* -1 */
	bool show_total;
	struct asked_size size;
};

/* Read and check a query; failures as figures_render. */
NODISCARD enum fail question_read(struct ctx *ctx,
    const struct figures_query *query, struct asked *ret);

/*
 * Is it one of the few that need admission?  Not the nation, not a province's
 * communes, not a table of periods and provinces over ten columns.
 */
bool question_is_large(const struct asked_size *size);

/* As which text; a table for people needs the words of pages. */
enum asked_format question_read_format(struct ctx *ctx, const char *format);

/* One question per period for a source. */
const struct cube_question *question_put(struct ctx *ctx,
    const struct asked *asked);

/* Pieces that the trace reads in the same way.  Faults by fail_invalid(). */
void question_read_when(struct ctx *ctx, const char *as_of,
    const char *structure, const char *basis, struct asked *ret);
NODISCARD enum fail question_directory(struct ctx *ctx, struct asked *ret);
bool question_read_period(struct ctx *ctx, const struct asked *asked,
    const char *pointer, const char *id, struct asked_period *ret);
/* Only its form is looked at; false: the caller says question_no_cell(). */
bool question_read_cell(const char *id, struct asked_cell *ret);
void question_no_cell(struct ctx *ctx, const char *pointer, const char *id);
void question_place_cells(struct ctx *ctx, const struct asked *asked,
    struct asked_period *period);
/* False: nobody lived on that day. */
bool question_structure(const struct asked *asked, struct asked_period *period);
/* May the actor see the figures of the whole nation? */
bool question_nation(const struct ctx *ctx, const struct directory *dir);
/* May the actor see all these units?  For children of an asked unit. */
bool question_may_all(struct ctx *ctx, const struct directory *dir,
    const int *units, size_t count);

#endif
