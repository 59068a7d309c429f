#ifndef DEMO_TRIAL_H
#define DEMO_TRIAL_H

#include <stdint.h>

#include "core/ctx.h"
#include "core/random.h"
#include "regime/plausible.h"

/*
 * What a form's rules find in figures with known slips, and how many honest
 * reports they disturb: for `truc test-plausible`.
 *
 * A slip counts if it changes a cell by at least three times, and the cell or
 * what is put there is at least 20; a cell of which nothing is known before is
 * left alone.  Of a report that is flagged without a slip none is made.
 */
enum slip_kind {
	SLIP_TEN,       /* a cell times ten */
	SLIP_THOUSAND,  /* a cell times a thousand */
	SLIP_TWO_CELLS, /* two cells of a row swapped */
	SLIP_COLUMNS,   /* two columns swapped in all rows */
	SLIP_TWO_ROWS,  /* two neighbouring rows swapped */
	SLIP_ROWS,      /* all rows pasted one row further down */
	SLIP_KINDS,
};

struct trial {
	const struct form_version *version;
	struct random dice;
	int64_t honest;
	int64_t flagged;  /* of these */
	int64_t unjudged; /* reports of which nothing is known before */
	struct {
		int64_t made;
		int64_t alone; /* found by plausibility */
		int64_t found; /* by any rule of the form */
	} slips[SLIP_KINDS];
};

/* One honest report, beside what came before it. */
void trial_report(struct ctx *ctx, struct trial *trial,
    const struct cells *honest, const struct past *past);

/* One line of JSON. */
void trial_print(const struct trial *trial);

/* Figures of a statistical office: TRUC's columns indicator, item, area, year,
 * value.  One form for each indicator; its areas report its items every year. */
NODISCARD enum fail trial_stats(struct ctx *ctx, const char *path,
    struct trial *trial);

#endif
