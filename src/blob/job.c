#include "blob/option.h"
#include "blob/slice.h"
#include "blob/upload.h"
#include "core/arena.h"
#include "core/day.h"
#include "jobs/jobs.h"
#include "store/blob.h"

/* Uploads that were left, and what nobody refers to any more. */
static enum fail
tidy(struct ctx *ctx, struct job *job)
{
	/* A copy of the folder may be made after one of the database. */
	const int64_t idle_us =
	    option_int(ctx->home, &blob_option_table[BLOB_IDLE]) * HOUR_S *
	    SECOND_US;
	size_t count = UPLOADS_EXPIRE_MAX;
	int64_t done = 0;

	while (count == UPLOADS_EXPIRE_MAX) {
		TRY(uploads_expire(ctx, ctx->now_us - upload_life_us(ctx->home),
		    &count));
		done++;
		TRY(job_progress(ctx, job, done, done));
	}
	TRY(uploads_forget_ended(ctx));
	count = BLOB_FORGET_MAX;
	while (count == BLOB_FORGET_MAX) {
		TRY(blob_forget_idle(ctx, ctx->now_us - idle_us,
		    BLOB_FORGET_MAX, &count));
		done++;
		TRY(job_progress(ctx, job, done, done));
	}
	return OK;
}

/* One folder on an arena of its own. */
static enum fail
sweep_part(struct ctx *ctx, int part)
{
	struct arena *outer = ctx->arena;
	size_t count = 0;
	enum fail got = OK;

	ctx->arena = arena_child(outer);
	got = blob_sweep(ctx, part, &count);
	/* The texts of a failure live in the step's arena. */
	if (got == OK)
		arena_free(ctx->arena);
	ctx->arena = outer;
	return got;
}

/* Files without a row: what a crash left. */
static enum fail
sweep(struct ctx *ctx, struct job *job)
{
	size_t count = 0;

	TRY(uploads_sweep(ctx, &count));
	for (int part = 0; part < BLOB_PARTS; part++) {
		TRY(sweep_part(ctx, part));
		TRY(job_progress(ctx, job, part + 1, BLOB_PARTS));
	}
	return OK;
}

const struct job_kind blob_jobs[] = {
	{ .name = "blob.tidy",
	    .lane = JOB_LONG,
	    .tx = TX_NONE,
	    .time_limit_s = 600,
	    .tries_max = 3,
	    .run = tidy,
	    .every_s = HOUR_S,
	    .at_s = 300 },
	{ .name = "blob.sweep",
	    .lane = JOB_LONG,
	    .tx = TX_NONE,
	    .time_limit_s = 600,
	    .tries_max = 3,
	    .run = sweep,
	    .every_s = DAY_S,
	    .at_s = 3 * HOUR_S },
	{ 0 },
};
