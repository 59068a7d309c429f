#include "report/keep.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/file.h"
#include "core/home.h"
#include "core/log.h"
#include "core/room.h"
#include "cube/cube.h"
#include "cube/snapshot.h"
#include "ledger/ledger.h"
#include "report/replay.h"
#include "report/report.h"
#include "store/within.h"

#define KEEP_AT_S (INT64_C(5400)) /* 01:30, before the ledger is walked */

static const char *
folder_of(struct ctx *ctx)
{
	return arena_printf(ctx->arena, "%s/snapshot", ctx->home->data_dir);
}

static const char *
path_of(struct ctx *ctx)
{
	return arena_printf(ctx->arena, "%s/cube", folder_of(ctx));
}

/* What was read, whole and fitting this ledger; cube NULL: why not. */
struct kept {
	struct cube *cube;
	struct ledger_mark mark;
	struct digest sum;
	const char *why;
};

/* A failure of the snapshot is a reason, not a failure. */
static enum fail
read_kept(struct ctx *ctx, struct kept *ret)
{
	bool was = false;
	const enum fail got =
	    snapshot_read(ctx, path_of(ctx), &ret->cube, &ret->mark, &ret->sum);
	enum fail asked = OK;

	if (got != OK) {
		ret->why = arena_text(ctx->arena, ctx->failure.message);
		fail_clear(ctx);
		return OK;
	}
	asked = ledger_was_at(ctx, &ret->mark, &was);
	if (asked == OK && was)
		return OK;
	cube_free(ret->cube);
	ret->cube = NULL;
	ret->why = "it is of another ledger, or of another history of this one";
	return asked;
}

/* Gives the index from which the ledger must be replayed. */
static enum fail
restore(struct ctx *ctx, int64_t *ret_from)
{
	struct kept kept = { 0 };

	*ret_from = 0;
	if (ctx->home->data_dir == NULL || !file_exists(path_of(ctx)))
		return OK;
	TRY(read_kept(ctx, &kept));
	if (kept.cube == NULL) {
		LOG(LOG_WARN, "snapshot.ignored", LOG_T("file", path_of(ctx)),
		    LOG_T("message", kept.why));
		return OK;
	}
	cube_adopt(cube_of(ctx->home), kept.cube, kept.mark.size);
	*ret_from = kept.mark.size;
	return OK;
}

/* ---- the cube's limits --------------------------------------------------- */

#define ALARM_FROM 800000 /* millionths */

static int64_t
used(struct ctx *ctx)
{
	struct cube_stats stats = { 0 };

	cube_stats(cube_of(ctx->home), &stats);
	return stats.used;
}

static void
raise_alarm(struct ctx *ctx)
{
	if (used(ctx) >= ALARM_FROM)
		LOG(LOG_WARN, "cube.filling",
		    LOG_N("percent", used(ctx) / 10000));
}

enum fail
report_check_limits(struct ctx *ctx, struct text *said)
{
	text_addf(said,
	    "the fullest form and period uses %" PRId64
	    " millionths of what it may hold%s",
	    used(ctx),
	    used(ctx) >= ALARM_FROM
		? ": tell the developers before nobody can sign it"
		: "");
	return OK;
}

enum fail
report_start(struct ctx *ctx)
{
	struct arena *outer = ctx->arena;
	const int64_t began_us = time_steady_us();
	int64_t from = 0;
	enum fail got = OK;

	ctx->arena = arena_child(outer);
	got = restore(ctx, &from);
	if (got == OK)
		got = replay_from(ctx, from);
	/* The texts of a failure live in the inner arena. */
	if (got == OK)
		arena_free(ctx->arena);
	ctx->arena = outer;
	TRY(got);
	LOG(LOG_INFO, "cube.ready", LOG_N("from", from),
	    LOG_N("count", ledger_size(ctx->home->ledger)),
	    LOG_N("took_us", time_steady_us() - began_us));
	raise_alarm(ctx);
	return OK;
}

static enum fail
take_mark(struct ctx *ctx, void *arg)
{
	return ledger_mark(ctx, arg);
}

static enum fail
note_step(struct ctx *ctx, void *arg, int64_t done, int64_t total)
{
	return job_progress(ctx, arg, done, total);
}

/* job NULL: no job. */
static enum fail
keep(struct ctx *ctx, struct job *job)
{
	struct cube *cube = cube_of(ctx->home);
	struct ledger_mark mark = { 0 };

	if (ctx->home->data_dir == NULL)
		return OK;
	/* What is kept back then is for people; without a snapshot only the next
	 * start takes longer. */
	if (room_was_full(ctx->home->room))
		return FAIL(ctx, FAIL_BUSY, "disk.full",
		    "no snapshot while the reserve is being used");
	TRY(tx_within(ctx, TX_READ, take_mark, &mark));
	if (mark.size == 0 || mark.size == cube_kept(cube))
		return OK;
	TRY(file_folder(ctx, folder_of(ctx)));
	TRY(snapshot_write(ctx, cube, path_of(ctx), &mark,
	    job == NULL ? NULL : note_step, job));
	LOG(LOG_INFO, "snapshot.written", LOG_N("count", mark.size));
	return OK;
}

enum fail
report_keep(struct ctx *ctx)
{
	return keep(ctx, NULL);
}

enum fail
report_keep_anew(struct ctx *ctx)
{
	if (unlink(path_of(ctx)) != 0 && errno != ENOENT)
		return FAIL(ctx, FAIL_INTERNAL, "file.io", "remove %s: %s",
		    path_of(ctx), strerrordesc_np(errno));
	TRY(tx_run(ctx, TX_READ, report_replay));
	return report_keep(ctx);
}

static enum fail
compare_sums(struct ctx *ctx, const struct kept *kept)
{
	struct digest sum = { 0 };

	TRY(snapshot_sum(ctx, cube_of(ctx->home), &kept->mark, &sum));
	if (memcmp(sum.at, kept->sum.at, DIGEST_LEN) == 0)
		return OK;
	return FAIL(ctx, FAIL_INTERNAL, "report.snapshot",
	    "%s is not what the ledger's first %" PRId64
	    " entries give: delete it",
	    path_of(ctx), kept->mark.size);
}

enum fail
report_check_kept(struct ctx *ctx, struct text *said)
{
	struct kept kept = { 0 };
	enum fail got = OK;

	if (!file_exists(path_of(ctx))) {
		text_add(said, "there is none; a start replays the ledger");
		return OK;
	}
	TRY(read_kept(ctx, &kept));
	if (kept.cube == NULL) {
		text_addf(said, "not used: %s", kept.why);
		return OK;
	}
	got = compare_sums(ctx, &kept);
	cube_free(kept.cube);
	TRY(got);
	text_addf(said, "what the ledger's first %" PRId64 " entries give",
	    kept.mark.size);
	return OK;
}

static enum fail
keep_daily(struct ctx *ctx, struct job *job)
{
	raise_alarm(ctx);
	return keep(ctx, job);
}

const struct job_kind report_jobs[] = {
	{
	    .name = "report.keep",
	    .lane = JOB_LONG,
	    .tx = TX_NONE,
	    .time_limit_s = 600,
	    .tries_max = 3,
	    .run = keep_daily,
	    .every_s = DAY_S,
	    .at_s = KEEP_AT_S,
	},
	{ 0 },
};
