#include "jobs/inside.h"
#include "jobs/jobs.sql.h"

/* What the checkpoint's sum counts of the jobs (people/tally.h). */
enum fail
job_rows(struct ctx *ctx, int64_t from, int64_t to, struct tally *tally)
{
	struct sql_job_rows row = { 0 };
	struct cursor *cursor = NULL;
	struct mac *mac = NULL;
	bool more = true;

	TRY(sql_job_rows_open(ctx, from, to, &cursor));
	for (;;) {
		TRY(sql_job_rows_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		mac = tally_row(tally, "job");
		mac_int(mac, row.id);
		mac_text(mac, row.kind);
		mac_text(mac, row.args_text);
		mac_int(mac, row.run_at);
		mac_int(mac, row.lease_until);
		mac_int(mac, row.tries);
		mac_text(mac, row.failure);
		mac_int_maybe(mac, row.dead_at);
		mac_int(mac, row.done);
		mac_int(mac, row.total);
		tally_row_end(tally);
	}
}

enum fail
job_leave(struct ctx *ctx, int64_t id)
{
	return tally_leave(ctx, job_rows, id, id);
}

enum fail
job_enter(struct ctx *ctx, int64_t id)
{
	return tally_enter(ctx, job_rows, id, id);
}
