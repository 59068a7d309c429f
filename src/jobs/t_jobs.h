#ifndef JOBS_T_JOBS_H
#define JOBS_T_JOBS_H

#include "t_store.h"

#include "jobs/jobs.h"
#include "store/query.h"

/*
 * Tests with jobs: kinds whose handlers note that they ran, and a table of jobs
 * in memory that is asked how many rows are so.
 */
#define T_JOBS_MANY 100

/* What the handlers saw and are to do; zero after t_jobs_begin. */
struct t_script {
	int ran;
	char seen[256]; /* the args of all, one after the other */
	enum fail outcome;
	const char *code; /* of that failure; NULL: "test.wanted" */
};
extern struct t_script t_script;

void t_jobs_see(const char *args);
/* The script's outcome, as a failure of the test's own. */
enum fail t_jobs_outcome(struct ctx *ctx);
/* It leaves a child job, so that a test sees if its work was kept. */
enum fail t_jobs_run_parent(struct ctx *ctx, struct job *job);
enum fail t_jobs_run_child(struct ctx *ctx, struct job *job);

/* A store with these kinds of jobs; ends with the test. */
void t_jobs_begin(struct t *t, const struct job_kind *table);
/* The kinds alone, as the next start has them. */
void t_jobs_set(struct t *t, const struct job_kind *table);

struct t_job {
	const char *kind;
	const char *args;
	int64_t run_at_us;
	int64_t id; /* out */
};
/* As a unit of work: arg is a struct t_job. */
enum fail t_job_add(struct ctx *ctx, void *arg);
int64_t t_jobs_added(struct t *t, const char *kind, const char *args,
    int64_t run_at_us);

/* How many ran that are due now. */
int t_jobs_run(struct t *t, enum job_lane lane);

/* Rows of the table; where is a constant text.  Static: the store knows a query
 * by its address. */
struct t_jobs_rows {
	int64_t count;
};
extern const struct store_field t_jobs_fields[1];
#define T_JOBS_COUNT(where) \
	{ \
		.name = "test_count", \
		.sqlite = "SELECT COUNT(*) FROM job WHERE " where, \
		.row_size = sizeof(struct t_jobs_rows), \
		.fields = t_jobs_fields, .field_count = 1 \
	}
extern const struct store_query t_jobs_children;
int64_t t_jobs_counted(struct t *t, const struct store_query *query);
int64_t t_jobs_changed_by(struct t *t, const struct store_query *query);
int64_t t_jobs_commits(struct t *t); /* and units */

#endif
