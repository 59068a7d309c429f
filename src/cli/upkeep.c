#include "cli/upkeep.h"

#include "cli/program.h"
#include "core/arena.h"
#include "core/day.h"
#include "ledger/ledger.h"
#include "store/within.h"

/* Entries between two snapshots: a few milliseconds. */
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
	got = within(ctx, TX_READ, walk_on, step);
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

	TRY(within(ctx, TX_READ, begin, &step));
	while (step.more) {
		TRY(one_step(ctx, &step));
		TRY(job_progress(ctx, job, ledger_walk_done(step.walk),
		    ledger_walk_total(step.walk)));
	}
	return OK;
}

const struct job_kind upkeep_kinds[] = {
	{ "ledger.verify", JOB_LONG, TX_NONE, 600, 3, verify },
	{ 0 },
};

int64_t
upkeep_next_us(int64_t now_us)
{
	const int64_t two_us = INT64_C(2) * 3600 * 1000000;
	const int64_t today_us = day_start_us(day_of_us(now_us)) + two_us;

	return now_us < today_us ? today_us : today_us + DAY_US;
}

static enum fail
add(struct ctx *ctx, const void *arg)
{
	int64_t id = 0;

	(void)arg;
	return job_add(ctx, "ledger.verify", "{}", ctx->now_us, &id);
}

enum fail
upkeep_add(struct ctx *ctx)
{
	return program_unit(ctx, add, NULL);
}
