#include "jobs/t_jobs.h"

#include <string.h>

#include "core/day.h"
#include "store/store.h"

struct t_script t_script;

void
t_jobs_see(const char *args)
{
	const size_t len = strlen(t_script.seen);

	t_script.ran++;
	assert_true(len + strlen(args) < sizeof(t_script.seen));
	memcpy(t_script.seen + len, args, strlen(args) + 1);
}

enum fail
t_jobs_outcome(struct ctx *ctx)
{
	if (t_script.outcome == OK)
		return OK;
	return FAIL(ctx, t_script.outcome,
	    t_script.code == NULL ? "test.wanted" : t_script.code,
	    "as the test wants");
}

enum fail
t_jobs_run_parent(struct ctx *ctx, struct job *job)
{
	int64_t id = 0;

	t_jobs_see(job->args);
	TRY(job_add(ctx, "child", job->args,
	    ctx->now_us + T_JOBS_MANY * SECOND_US, &id));
	return t_jobs_outcome(ctx);
}

enum fail
t_jobs_run_child(struct ctx *ctx, struct job *job)
{
	(void)ctx;
	t_jobs_see(job->args);
	return OK;
}

static void
end_jobs(void *jobs)
{
	jobs_free(jobs);
}

void
t_jobs_set(struct t *t, const struct job_kind *table)
{
	const struct job_kind *const tables[] = { table, NULL };

	t->home.jobs = jobs_new(tables);
	t_defer(t, end_jobs, t->home.jobs);
}

void
t_jobs_begin(struct t *t, const struct job_kind *table)
{
	memset(&t_script, 0, sizeof(t_script));
	t_store(t);
	t_jobs_set(t, table);
}

enum fail
t_job_add(struct ctx *ctx, void *arg)
{
	struct t_job *job = arg;

	return job_add(ctx, job->kind, job->args, job->run_at_us, &job->id);
}

int64_t
t_jobs_added(struct t *t, const char *kind, const char *args, int64_t run_at_us)
{
	struct t_job job = { kind, args, run_at_us, 0 };

	t_ok(&t->ctx, t_unit(t, t_job_add, &job));
	return job.id;
}

int
t_jobs_run(struct t *t, enum job_lane lane)
{
	int64_t next_us = 0;
	int count = -1;

	t_fresh(t);
	t_ok(&t->ctx,
	    jobs_run_due(&t->ctx, lane, T_JOBS_MANY, &count, &next_us));
	return count;
}

const struct store_field t_jobs_fields[1] = {
	{ "count", STORE_I64, false, offsetof(struct t_jobs_rows, count) },
};
const struct store_query t_jobs_children = T_JOBS_COUNT("kind = 'child'");

int64_t
t_jobs_counted(struct t *t, const struct store_query *query)
{
	void *row = NULL;

	t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_READ));
	t_ok(&t->ctx, tx_end(&t->ctx, store_one(&t->ctx, query, NULL, &row)));
	return ((const struct t_jobs_rows *)row)->count;
}

int64_t
t_jobs_changed_by(struct t *t, const struct store_query *query)
{
	int64_t changed = 0;

	t_fresh(t);
	t_ok(&t->ctx, tx_begin(&t->ctx, TX_WRITE));
	t_ok(&t->ctx,
	    tx_end(&t->ctx, store_change(&t->ctx, query, NULL, &changed)));
	return changed;
}

int64_t
t_jobs_commits(struct t *t)
{
	struct store_stats stats = { 0 };

	store_stats(t->home.store, &stats);
	return stats.commits + stats.units;
}
