#include "bench/plain.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "bench/bench.sql.h"
#include "bench/client.h"
#include "cli/program.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/random.h"
#include "people/access.h"
#include "store/store.h"

#define ALONE 200 /* reports of a single client */
#define REPEAT 3  /* questions: each takes up to seconds */
#define ROWS_MAX 1000000
#define PIVOT_CELLS (10 * BENCH_COLUMNS)
#define PROVINCE_BASE 100000 /* numbers of levels in bench_total */
#define NATION_NUMBER 200000

static enum fail
make_tables(struct ctx *ctx, const void *arg)
{
	const struct bench_world *world = arg;
	int64_t n = 0;

	TRY(sql_bench_make_units(ctx, &n));
	TRY(sql_bench_make_cells(ctx, &n));
	TRY(sql_bench_make_values(ctx, &n));
	TRY(sql_bench_make_totals(ctx, &n));
	for (int cell = 0; cell < BENCH_CELLS; cell++)
		TRY(sql_bench_cell_add(ctx, cell, bench_slope(cell),
		    bench_step(cell), &n));
	for (size_t i = 0; i < world->count; i++) {
		const size_t district = world->communes[i].district;

		TRY(sql_bench_unit_add(ctx, world->communes[i].id, (int64_t)i,
		    (int64_t)district, (int64_t)bench_province(world, district),
		    (int64_t)bench_other_province(world, district), &n));
	}
	return OK;
}

static enum fail
fill_month(struct ctx *ctx, const void *arg)
{
	int64_t changed = 0;

	return sql_bench_fill_period(ctx, *(const int *)arg, BENCH_KINDS,
	    &changed);
}

static enum fail
fill(struct ctx *ctx, const struct bench_world *world)
{
	for (int month = 0; month < world->months; month++) {
		fprintf(stderr, "\r  the same in plain SQL: %d of %d months",
		    month + 1, world->months);
		TRY(program_unit(ctx, fill_month, &month));
	}
	fputc('\n', stderr);
	return OK;
}

/* ---- reports ------------------------------------------------------------- */

struct filing {
	const struct bench_world *world;
	size_t n; /* of the reports behind the filled months */
};

static enum fail
file_report(struct ctx *ctx, const void *arg)
{
	const struct filing *filing = arg;
	const struct bench_world *world = filing->world;
	const struct bench_commune *commune =
	    &world->communes[filing->n % world->count];
	const int64_t period =
	    world->months + (int64_t)(filing->n / world->count);
	const int64_t above[] = { (int64_t)commune->district,
		PROVINCE_BASE +
		    (int64_t)bench_province(world, commune->district),
		NATION_NUMBER };
	int64_t changed = 0;

	TRY(sql_bench_report_add(ctx, period, commune->id, BENCH_KINDS,
	    &changed));
	for (size_t i = 0; i < ARRAY_SIZE(above); i++)
		TRY(sql_bench_total_add(ctx, period, commune->id, above[i],
		    &changed));
	return OK;
}

static enum fail
file_alone(struct ctx *ctx, const struct bench_world *world,
    struct bench_plain *ret)
{
	struct filing filing = { .world = world };
	int64_t times_us[ALONE] = { 0 };

	for (; filing.n < ALONE; filing.n++) {
		const int64_t from_us = time_steady_us();

		TRY(program_unit(ctx, file_report, &filing));
		times_us[filing.n] = time_steady_us() - from_us;
	}
	bench_sort(times_us, ALONE);
	ret->report_us = bench_percentile(times_us, ALONE, 50);
	ret->report_p99_us = bench_percentile(times_us, ALONE, 99);
	return OK;
}

/* What the clients of the load share. */
struct crowd {
	struct home *home;
	const struct bench_world *world;
	int64_t until_us;
	_Atomic size_t next;
	_Atomic int64_t done;
	_Atomic int failed;
};

static void *
file_many(void *arg)
{
	struct crowd *crowd = arg;
	struct arena *arena = arena_new(0);
	struct random random;
	struct ctx ctx;
	enum fail got = OK;

	ctx_init(&ctx, arena, crowd->home);
	random_init(&random);
	ctx.random = &random;
	ctx.actor = &access_system;
	while (got == OK && time_steady_us() < crowd->until_us) {
		const struct filing filing = { crowd->world,
			atomic_fetch_add(&crowd->next, 1) };

		got = program_unit(&ctx, file_report, &filing);
		if (got == OK)
			atomic_fetch_add(&crowd->done, 1);
	}
	if (got != OK)
		atomic_store(&crowd->failed, 1);
	arena_free(arena);
	return NULL;
}

static enum fail
file_together(struct ctx *ctx, const struct bench_world *world, int clients,
    int64_t most_us, struct bench_plain *ret)
{
	pthread_t *threads =
	    ARENA_ARRAY(ctx->arena, (size_t)clients, pthread_t);
	const int64_t from_us = time_steady_us();
	struct crowd crowd = { .home = ctx->home, .world = world };
	int started = 0;

	crowd.until_us = from_us + most_us;
	atomic_init(&crowd.next, ALONE);
	while (started < clients &&
	       pthread_create(&threads[started], NULL, file_many, &crowd) == 0)
		started++;
	for (int i = 0; i < started; i++)
		(void)pthread_join(threads[i], NULL);
	if (started < clients || atomic_load(&crowd.failed) != 0)
		return FAIL(ctx, FAIL_INTERNAL, "bench.sql",
		    "the clients in plain SQL did not come through");
	ret->reports_a_second =
	    atomic_load(&crowd.done) * 1000000 / (time_steady_us() - from_us);
	return OK;
}

/* ---- questions ----------------------------------------------------------- */

struct question {
	const struct bench_world *world;
	i128 check;
};

static enum fail
ask_nation(struct ctx *ctx, struct question *question)
{
	struct sql_bench_nation *rows = NULL;
	size_t count = 0;

	TRY(sql_bench_nation(ctx, question->world->months - 1, ROWS_MAX, &rows,
	    &count));
	for (size_t i = 0; i < count; i++)
		question->check += rows[i].value;
	return OK;
}

static enum fail
ask_pivot(struct ctx *ctx, struct question *question)
{
	struct sql_bench_pivot *rows = NULL;
	size_t count = 0;

	TRY(sql_bench_pivot(ctx, question->world->months, BENCH_COLUMNS,
	    PIVOT_CELLS, ROWS_MAX, &rows, &count));
	for (size_t i = 0; i < count; i++)
		question->check += rows[i].value;
	return OK;
}

static enum fail
ask_structure(struct ctx *ctx, struct question *question)
{
	struct sql_bench_other *rows = NULL;
	size_t count = 0;

	TRY(sql_bench_other(ctx, question->world->months, ROWS_MAX, &rows,
	    &count));
	for (size_t i = 0; i < count; i++)
		question->check += rows[i].value;
	return OK;
}

static enum fail
ask_everything(struct ctx *ctx, struct question *question)
{
	struct sql_bench_everything *row = NULL;

	TRY(sql_bench_everything(ctx, &row));
	question->check = row->value;
	return OK;
}

static enum fail
ask(struct ctx *ctx, const struct bench_world *world,
    enum fail (*work)(struct ctx *ctx, struct question *question),
    int64_t *ret_us, i128 *ret_check)
{
	int64_t times_us[REPEAT] = { 0 };

	for (int i = 0; i < REPEAT; i++) {
		const int64_t from_us = time_steady_us();
		struct question question = { .world = world };
		enum fail got = OK;

		TRY(tx_begin(ctx, TX_READ));
		got = work(ctx, &question);
		TRY(tx_end(ctx, got));
		times_us[i] = time_steady_us() - from_us;
		*ret_check = question.check;
	}
	bench_sort(times_us, REPEAT);
	*ret_us = bench_percentile(times_us, REPEAT, 50);
	return OK;
}

enum fail
bench_store_bytes(struct ctx *ctx, int64_t *ret)
{
	struct sql_bench_bytes *row = NULL;
	enum fail got = OK;

	TRY(tx_begin(ctx, TX_READ));
	got = sql_bench_bytes(ctx, &row);
	TRY(tx_end(ctx, got));
	*ret = row->bytes;
	return OK;
}

enum fail
bench_plain(struct ctx *ctx, const struct bench_world *world, int clients,
    int64_t most_us, struct bench_plain *ret)
{
	int64_t before = 0;
	i128 all = 0;

	TRY(program_unit(ctx, make_tables, world));
	TRY(bench_store_bytes(ctx, &before));
	TRY(fill(ctx, world));
	TRY(bench_store_bytes(ctx, &ret->bytes));
	ret->bytes -= before;
	TRY(ask(ctx, world, ask_nation, &ret->nation_us, &ret->nation_check));
	TRY(ask(ctx, world, ask_pivot, &ret->pivot_us, &ret->pivot_check));
	TRY(ask(ctx, world, ask_structure, &ret->structure_us,
	    &ret->structure_check));
	TRY(ask(ctx, world, ask_everything, &ret->everything_us, &all));
	TRY(file_alone(ctx, world, ret));
	return file_together(ctx, world, clients, most_us, ret);
}
