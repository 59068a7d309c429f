#include <assert.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/log.h"
#include "core/text.h"
#include "jobs/inside.h"
#include "jobs/jobs.sql.h"
#include "store/within.h"

static const char no_args[] = "{}";

int64_t
schedule_next_us(int64_t every_s, int64_t at_s, int64_t now_us)
{
	const int64_t every_us = every_s * SECOND_US;
	const int64_t first_us = day_start_us(0) + at_s * SECOND_US;
	const int64_t since_us = now_us - first_us;

	assert(every_s > 0 && at_s >= 0 && at_s < every_s && since_us >= 0);
	return first_us + (since_us / every_us + 1) * every_us;
}

struct rows {
	struct sql_schedule_page *at;
	size_t count;
};

static enum fail
read_rows(struct ctx *ctx, void *arg)
{
	struct rows *rows = arg;

	return sql_schedule_page(ctx, KINDS_READ_MAX, &rows->at, &rows->count);
}

static const struct sql_schedule_page *
row_of(const struct rows *rows, const struct job_kind *kind)
{
	for (size_t i = 0; i < rows->count; i++)
		if (text_equal(rows->at[i].kind, kind->name))
			return &rows->at[i];
	return NULL;
}

/*
 * Is the row as the kind wants it?  A time further away than one round was
 * planned by a clock that has been put back.
 */
static bool
fits(const struct ctx *ctx, const struct job_kind *kind,
    const struct sql_schedule_page *row)
{
	if (row == NULL || kind->every_s == 0)
		return (row == NULL) == (kind->every_s == 0);
	return text_equal(row->args_text, no_args) &&
	       row->every_s == kind->every_s && row->at_s == kind->at_s &&
	       row->next_at <= ctx->now_us + kind->every_s * SECOND_US;
}

static enum fail
write_row(struct ctx *ctx, const struct job_kind *kind)
{
	int64_t changed = 0;

	if (kind->every_s == 0)
		return sql_schedule_remove(ctx, kind->name, &changed);
	return sql_schedule_set(ctx, kind->name, no_args, kind->every_s,
	    kind->at_s,
	    schedule_next_us(kind->every_s, kind->at_s, ctx->now_us), &changed);
}

static enum fail
write_rows(struct ctx *ctx, void *arg)
{
	const struct jobs *jobs = ctx->home->jobs;
	const struct rows *rows = arg;

	for (size_t i = 0; jobs->kinds[i] != NULL; i++)
		if (!fits(ctx, jobs->kinds[i], row_of(rows, jobs->kinds[i])))
			TRY(write_row(ctx, jobs->kinds[i]));
	return OK;
}

enum fail
jobs_schedule(struct ctx *ctx)
{
	const struct jobs *jobs = ctx->home->jobs;
	struct rows rows = { 0 };

	TRY(tx_within(ctx, TX_READ, read_rows, &rows));
	for (size_t i = 0; jobs->kinds[i] != NULL; i++)
		if (!fits(ctx, jobs->kinds[i], row_of(&rows, jobs->kinds[i])))
			return tx_within(ctx, TX_WRITE, write_rows, &rows);
	return OK;
}

static enum fail
read_running(struct ctx *ctx, void *arg)
{
	struct sql_job_running_page *rows = NULL;

	return sql_job_running_page(ctx, 0, 1, &rows, arg);
}

static enum fail
free_leases(struct ctx *ctx, void *arg)
{
	TRY(tally_leave(ctx, job_rows, INT64_MIN, INT64_MAX));
	TRY(sql_job_free(ctx, ctx->now_us, arg));
	return tally_enter(ctx, job_rows, INT64_MIN, INT64_MAX);
}

enum fail
jobs_free_leases(struct ctx *ctx)
{
	int64_t freed = 0;
	size_t running = 0;

	TRY(tx_within(ctx, TX_READ, read_running, &running));
	if (running == 0)
		return OK;
	TRY(tx_within(ctx, TX_WRITE, free_leases, &freed));
	LOG(LOG_INFO, "jobs.freed", LOG_N("count", freed));
	return OK;
}

/* Also that it is due at one of its times. */
static bool
is_sound(const struct ctx *ctx, const struct job_kind *kind,
    const struct sql_schedule_page *row)
{
	if (!fits(ctx, kind, row) || row == NULL)
		return row == NULL && kind->every_s == 0;
	return row->next_at > day_start_us(1) + row->at_s * SECOND_US &&
	       row->next_at ==
		   schedule_next_us(row->every_s, row->at_s, row->next_at - 1);
}

enum fail
jobs_check(struct ctx *ctx, struct text *said)
{
	const struct jobs *jobs = ctx->home->jobs;
	struct rows rows = { 0 };

	TRY(read_rows(ctx, &rows));
	if (rows.count == 0) {
		text_add(said, "no server has planned anything yet");
		return OK;
	}
	for (size_t i = 0; jobs->kinds[i] != NULL; i++)
		if (!is_sound(ctx, jobs->kinds[i],
			row_of(&rows, jobs->kinds[i])))
			return FAIL(ctx, FAIL_INTERNAL, "job.schedule",
			    "the schedule of %s is not what the program makes "
			    "of it",
			    jobs->kinds[i]->name);
	text_addf(said, "%zu schedules are as the program has them",
	    rows.count);
	return OK;
}

struct plan {
	const struct job_kind *kind;
	int64_t at_us;
};

static enum fail
plan(struct ctx *ctx, void *arg)
{
	const struct plan *plan = arg;
	const struct job_kind *kind = plan->kind;
	struct sql_job_alive *alive = NULL;
	int64_t changed = 0;
	int64_t id = 0;

	TRY(sql_schedule_move(ctx, kind->name, plan->at_us,
	    schedule_next_us(kind->every_s, kind->at_s, ctx->now_us),
	    &changed));
	if (changed == 0)
		return OK;
	TRY(sql_job_alive(ctx, kind->name, &alive));
	if (alive != NULL)
		return OK;
	return job_add(ctx, kind->name, no_args, ctx->now_us, &id);
}

enum fail
schedule_plan(struct ctx *ctx, const struct job_kind *kind, int64_t at_us)
{
	struct plan what = { kind, at_us };

	return tx_within(ctx, TX_WRITE, plan, &what);
}

enum fail
job_schedule_list(struct ctx *ctx, struct job_schedule **ret, size_t *ret_count)
{
	struct rows rows = { 0 };
	struct job_schedule *list = NULL;

	TRY(read_rows(ctx, &rows));
	list = ARENA_ARRAY(ctx->arena, rows.count + 1, struct job_schedule);
	for (size_t i = 0; i < rows.count; i++)
		list[i] =
		    (struct job_schedule){ rows.at[i].kind, rows.at[i].every_s,
			    rows.at[i].at_s, rows.at[i].next_at };
	*ret = list;
	*ret_count = rows.count;
	return OK;
}
