#include "jobs/upkeep.h"

#include "core/arena.h"
#include "core/day.h"
#include "ledger/ledger.h"
#include "store/within.h"

/* Entries between two snapshots: one or two milliseconds. */
#define STEP_ENTRIES 500

struct step {
	struct ledger_walk *walk;
	bool more;
};

static enum fail
begin(struct ctx *ctx, void *arg)
{
	struct step *step = arg;

	return ledger_walk_begin(ctx, &step->walk);
}

static enum fail
walk_on(struct ctx *ctx, void *arg)
{
	struct step *step = arg;

	return ledger_walk_step(ctx, step->walk, STEP_ENTRIES, &step->more);
}

/* Memory does not grow with the number of steps. */
static enum fail
one_step(struct ctx *ctx, struct step *step)
{
	struct arena *outer = ctx->arena;
	enum fail got = OK;

	ctx->arena = arena_child(outer);
	got = tx_within(ctx, TX_READ, walk_on, step);
	/* The texts of a failure live in the step's arena. */
	if (got == OK)
		arena_free(ctx->arena);
	ctx->arena = outer;
	return got;
}

static enum fail
verify(struct ctx *ctx, struct job *job)
{
	struct step step = { .more = true };

	TRY(tx_within(ctx, TX_READ, begin, &step));
	while (step.more) {
		TRY(one_step(ctx, &step));
		TRY(job_progress(ctx, job, ledger_walk_done(step.walk),
		    ledger_walk_total(step.walk)));
	}
	return OK;
}

const struct job_kind upkeep_kinds[] = {
	{
	    .name = "ledger.verify",
	    .lane = JOB_LONG,
	    .tx = TX_NONE,
	    .time_limit_s = 600,
	    .tries_max = 3,
	    .run = verify,
	    .every_s = DAY_S,
	    .at_s = 2 * HOUR_S,
	},
	{ 0 },
};
