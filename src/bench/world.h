#ifndef BENCH_WORLD_H
#define BENCH_WORLD_H

#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/text.h"
#include "people/access.h"

/*
 * The country that truc bench measures on: synthetic units in three levels
 * below the Government, one monthly form of 15 rows by 5 columns whose first
 * column is the sum of the others (a blocking rule a row), and figures that are
 * straight lines of unit and month, so that C and SQL make the same ones.
 */
#define BENCH_FORM "BENCH"
#define BENCH_ROWS 15
#define BENCH_COLUMNS 5
#define BENCH_CELLS (BENCH_ROWS * BENCH_COLUMNS)
#define BENCH_MONTHS_MAX 12  /* that are filled before anything is measured */
#define BENCH_MONTHS_MORE 24 /* behind them, for the reports over HTTP */
#define BENCH_FIRST_DAY "2020-01-01" /* of units and form */
/* From here on each district is in the next province. */
#define BENCH_OTHER_STRUCTURE "2025-01-01"

struct bench_commune {
	int64_t id;
	size_t district;
	struct actor actor; /* its one person, who writes and signs */
	struct position position;
	const char *token;
};

/* Lives in the arena of bench_world_new; never moves. */
struct bench_world {
	size_t provinces;
	size_t districts;
	size_t count; /* communes */
	int months;
	struct bench_commune *communes;
	int64_t *province_ids;
	int64_t nation_id;
	const char *centre_token; /* of somebody who sees the nation */
	int64_t half_size;        /* of the ledger in the last month's middle */
	int64_t offset_us;        /* of the clock from the machine's */
};

/* Sizes of the levels above follow from the number of communes. */
struct bench_world *bench_world_new(struct ctx *ctx, size_t communes,
    int months);

/* The province of a district, before and after BENCH_OTHER_STRUCTURE. */
size_t bench_province(const struct bench_world *world, size_t district);
size_t bench_other_province(const struct bench_world *world, size_t district);

/* "2022-01" for month 0. */
const char *bench_period(struct arena *arena, int month);

/* The figure a commune (by number) gives; month from 0, any cell. */
int64_t bench_value(size_t commune, int month, int cell);
/* value = slope * (commune % BENCH_KINDS) + step * (month + 1) */
#define BENCH_KINDS 97
int64_t bench_slope(int cell);
int64_t bench_step(int cell);

/* The object {cell: value} of a report. */
void bench_cells(struct text *text, size_t commune, int month);

int64_t bench_now(void *world);

/* Units, form, people and tokens; then the reports of all months, in batches. */
NODISCARD enum fail bench_lay(struct ctx *ctx, struct bench_world *world);
NODISCARD enum fail bench_fill(struct ctx *ctx, struct bench_world *world);

#endif
