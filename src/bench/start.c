#include "bench/start.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench/child.h"
#include "cli/program.h"
#include "core/arena.h"
#include "core/day.h"
#include "cube/cube.h"
#include "org/directory.h"
#include "regime/catalogue.h"
#include "trust/trust.h"

#define TIMES 3
#define CHUNK ((size_t)256 * 1024)
#define LEAST_S 2
#define PASSES 3

static int
compare(const void *a, const void *b)
{
	const int64_t *x = a;
	const int64_t *y = b;

	return (*x > *y) - (*x < *y);
}

static int64_t
median(int64_t *times)
{
	qsort(times, TIMES, sizeof(*times), compare);
	return times[TIMES / 2];
}

/* The same chunks as the reader's, and nothing done with them. */
static enum fail
sum_file(struct ctx *ctx, const char *path, int64_t *ret_us)
{
	const int64_t from_us = time_steady_us();
	struct arena *outer = ctx->arena;
	struct digest_run *run = NULL;
	uint8_t *buffer = NULL;
	ssize_t got = 0;
	const int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return FAIL(ctx, FAIL_NOT_FOUND, "file.missing",
		    "there is no file %s", path);
	ctx->arena = arena_child(outer);
	run = digest_begin(ctx->arena);
	buffer = ARENA_ARRAY(ctx->arena, CHUNK, uint8_t);
	while ((got = read(fd, buffer, CHUNK)) > 0)
		digest_add(run, (struct bytes){ buffer, (size_t)got });
	(void)digest_sum(run);
	(void)close(fd);
	arena_free(ctx->arena);
	ctx->arena = outer;
	*ret_us = time_steady_us() - from_us;
	return OK;
}

static enum fail
start_once(struct ctx *ctx, const char *data, const char *store,
    int64_t *ret_us, int64_t *ret_resident)
{
	struct bench_child child = { 0 };

	TRY(bench_child_start(ctx, data, store, &child));
	*ret_us = child.start_us;
	*ret_resident = bench_child_resident(&child);
	bench_child_stop(&child);
	return OK;
}

static enum fail
start_empty(struct ctx *ctx, const char *folder, int64_t *ret_resident)
{
	const struct program_options options = {
		.data = folder,
		.mode = PROGRAM_CREATE,
	};
	struct program *program = NULL;
	const enum fail got = program_open(ctx, &options, &program);
	int64_t us = 0;

	program_close(program);
	TRY(got);
	return start_once(ctx, folder, NULL, &us, ret_resident);
}

/* Reports that gave a value, over all cells of one form in one period. */
static enum fail
count_period(struct ctx *ctx, const struct form *form,
    const struct period *period, int64_t *ret)
{
	struct cube_question question = {
		.version = form_for(form, period),
		.period = *period,
		.dir = directory_now(ctx),
		.index = INT64_MAX,
		.children_of = -1,
		.level = LEVEL_NATION,
	};
	struct cube_row *rows = NULL;
	size_t count = 0;
	int64_t index = 0;

	if (question.version == NULL)
		return OK;
	question.structure = directory_structure(question.dir, period->to);
	TRY(cube_ask(ctx, &question, &rows, &count, &index));
	for (size_t c = 0; c < question.version->cell_count; c++)
		*ret += rows[count - 1].values[c];
	return OK;
}

static enum fail
count_values(struct ctx *ctx, int64_t *ret)
{
	const struct catalogue *cat = catalogue_now(ctx);

	for (size_t f = 0; f < catalogue_count(cat); f++) {
		const struct form *form = catalogue_at(cat, f);
		struct period period =
		    period_of(&form->calendar, day_of(2016, 1, 1));

		for (; period.year < 2040; period = period_next(&period)) {
			TRY(count_period(ctx, form, &period, ret));
			cube_forget_views(cube_of(ctx->home));
		}
	}
	return OK;
}

static enum fail
values_of(struct ctx *ctx, const char *data, const char *store, int64_t *ret)
{
	const struct program_options options = {
		.data = data,
		.store = store,
		.mode = PROGRAM_READ,
		.replay = true,
	};
	struct program *program = NULL;
	enum fail got = program_open(ctx, &options, &program);

	if (got == OK)
		got = count_values(ctx, ret);
	program_close(program);
	return got;
}

enum fail
bench_start(struct ctx *ctx, const char *data, const char *store,
    const char *empty, struct bench_start *ret)
{
	const char *path = arena_printf(ctx->arena, "%s/snapshot/cube", data);
	int64_t starts[TIMES] = { 0 };
	int64_t sums[TIMES] = { 0 };
	int64_t with = 0;
	int64_t without = 0;

	for (int i = 0; i < TIMES; i++) {
		TRY(sum_file(ctx, path, &sums[i]));
		TRY(start_once(ctx, data, store, &starts[i], &with));
	}
	TRY(start_empty(ctx, empty, &without));
	TRY(values_of(ctx, data, store, &ret->values));
	ret->start_us = median(starts);
	ret->sum_us = median(sums);
	ret->resident = with - without;
	return OK;
}

void
bench_start_rows(const struct bench_start *start, struct bench_table *table)
{
	const bool by_sum = start->sum_us * PASSES > LEAST_S * INT64_C(1000000);
	const struct bench_row rows[] = {
		{ "start from the cube's snapshot, until ready", "ms",
		    start->start_us, "SHA-256 over the snapshot", start->sum_us,
		    by_sum ? BAR_RATIO_AT_MOST : BAR_AT_MOST,
		    by_sum ? PASSES : LEAST_S * 1000 },
		{ "resident after start, less an empty folder", "MB",
		    start->resident / 1000, "8 bytes a reported value",
		    start->values * 8 / 1000, BAR_AT_MOST,
		    start->values * 12 / 1000000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		bench_table_add(table, &rows[i]);
}
