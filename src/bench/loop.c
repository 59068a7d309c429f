#include "bench/loop.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bench/client.h"
#include "core/arena.h"
#include "core/day.h"

#define TIMES 11
#define PIVOT_ROWS 10
#define PAGE 4096
#define FLUSHES 201

struct bench_leaves {
	const struct bench_world *world;
	int64_t *values;    /* [month][commune][cell] */
	int32_t *provinces; /* of each commune */
	int32_t *others;
	i128 *sums; /* [month][province][cell] */
	size_t sum_count;
};

struct bench_leaves *
bench_leaves_new(struct ctx *ctx, const struct bench_world *world)
{
	struct bench_leaves *leaves =
	    ARENA_NEW(ctx->arena, struct bench_leaves);
	const size_t months = (size_t)world->months;
	size_t at = 0;

	leaves->world = world;
	leaves->values = ARENA_ARRAY(ctx->arena,
	    months * world->count * BENCH_CELLS, int64_t);
	leaves->provinces = ARENA_ARRAY(ctx->arena, world->count, int32_t);
	leaves->others = ARENA_ARRAY(ctx->arena, world->count, int32_t);
	leaves->sum_count = months * world->provinces * BENCH_CELLS;
	leaves->sums = ARENA_ARRAY(ctx->arena, leaves->sum_count, i128);
	for (size_t i = 0; i < world->count; i++) {
		const size_t district = world->communes[i].district;

		leaves->provinces[i] = (int32_t)bench_province(world, district);
		leaves->others[i] =
		    (int32_t)bench_other_province(world, district);
	}
	for (int month = 0; month < world->months; month++)
		for (size_t i = 0; i < world->count; i++)
			for (int cell = 0; cell < BENCH_CELLS; cell++)
				leaves->values[at++] =
				    bench_value(i, month, cell);
	return leaves;
}

static const int64_t *
row_at(const struct bench_leaves *leaves, size_t month, size_t commune)
{
	return leaves->values +
	       (month * leaves->world->count + commune) * BENCH_CELLS;
}

static i128 *
sums_at(const struct bench_leaves *leaves, size_t month, size_t province)
{
	return leaves->sums +
	       (month * leaves->world->provinces + province) * BENCH_CELLS;
}

static void
add_row(i128 *sums, const int64_t *row)
{
	for (int cell = 0; cell < BENCH_CELLS; cell++)
		sums[cell] += row[cell];
}

static void
nation(const struct bench_leaves *leaves)
{
	const size_t month = (size_t)leaves->world->months - 1;

	for (size_t i = 0; i < leaves->world->count; i++)
		add_row(leaves->sums, row_at(leaves, month, i));
}

static void
pivot(const struct bench_leaves *leaves)
{
	const size_t months = (size_t)leaves->world->months;

	for (size_t month = 0; month < months; month++) {
		for (size_t i = 0; i < leaves->world->count; i++) {
			const int64_t *row = row_at(leaves, month, i);
			i128 *sums = sums_at(leaves, month,
			    (size_t)leaves->provinces[i]);

			for (int r = 0; r < PIVOT_ROWS; r++)
				sums[r] += row[r * BENCH_COLUMNS];
		}
	}
}

static void
structure(const struct bench_leaves *leaves)
{
	const size_t months = (size_t)leaves->world->months;

	for (size_t month = 0; month < months; month++)
		for (size_t i = 0; i < leaves->world->count; i++)
			add_row(sums_at(leaves, month,
				    (size_t)leaves->others[i]),
			    row_at(leaves, month, i));
}

static void
all(const struct bench_leaves *leaves)
{
	const size_t months = (size_t)leaves->world->months;

	for (size_t month = 0; month < months; month++)
		for (size_t i = 0; i < leaves->world->count; i++)
			add_row(leaves->sums, row_at(leaves, month, i));
}

static int64_t
measure(const struct bench_leaves *leaves,
    void (*loop)(const struct bench_leaves *leaves), i128 *ret_check)
{
	int64_t times_us[TIMES] = { 0 };

	for (int i = 0; i < TIMES; i++) {
		const int64_t from_us = time_steady_us();

		memset(leaves->sums, 0, leaves->sum_count * sizeof(i128));
		loop(leaves);
		times_us[i] = time_steady_us() - from_us;
	}
	*ret_check = 0;
	for (size_t i = 0; i < leaves->sum_count; i++)
		*ret_check += leaves->sums[i];
	bench_sort(times_us, TIMES);
	return bench_percentile(times_us, TIMES, 50);
}

int64_t
bench_loop_nation(const struct bench_leaves *leaves, i128 *ret_check)
{
	return measure(leaves, nation, ret_check);
}

int64_t
bench_loop_pivot(const struct bench_leaves *leaves, i128 *ret_check)
{
	return measure(leaves, pivot, ret_check);
}

int64_t
bench_loop_structure(const struct bench_leaves *leaves, i128 *ret_check)
{
	return measure(leaves, structure, ret_check);
}

int64_t
bench_loop_all(const struct bench_leaves *leaves, i128 *ret_check)
{
	return measure(leaves, all, ret_check);
}

static bool
flush_often(int fd, int64_t *times_us)
{
	char page[PAGE] = { 0 };

	for (int i = -1; i < FLUSHES; i++) { /* the first one lays it out */
		const int64_t from_us = time_steady_us();

		page[0]++;
		if (pwrite(fd, page, PAGE, 0) != PAGE || fdatasync(fd) != 0)
			return false;
		if (i >= 0)
			times_us[i] = time_steady_us() - from_us;
	}
	return true;
}

enum fail
bench_flush(struct ctx *ctx, const char *folder, int64_t *ret_us)
{
	const char *path = arena_printf(ctx->arena, "%s/flush", folder);
	int64_t times_us[FLUSHES] = { 0 };
	const int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool done = false;

	if (fd >= 0) {
		done = flush_often(fd, times_us);
		(void)close(fd);
		(void)unlink(path);
	}
	if (!done)
		return FAIL(ctx, FAIL_INTERNAL, "file.io",
		    "cannot write and flush %s", path);
	bench_sort(times_us, FLUSHES);
	*ret_us = bench_percentile(times_us, FLUSHES, 50);
	return OK;
}
