#include <inttypes.h>

#include "core/text.h"
#include "event/event.h"
#include "hook/hook.sql.h"
#include "hook/inside.h"
#include "jobs/jobs.h"

#define AT_A_TIME 100

/* A hook that waits for a job which is not there waits for ever. */
static enum fail
check_jobs(struct ctx *ctx)
{
	struct sql_hook_at_work *rows = NULL;
	int64_t after = 0;
	size_t count = 0;

	do {
		TRY(sql_hook_at_work(ctx, after, AT_A_TIME, &rows, &count));
		for (size_t i = 0; i < count; i++) {
			bool is_there = false;

			TRY(job_is_there(ctx, rows[i].job_id, &is_there));
			if (!is_there)
				return FAIL(ctx, FAIL_INTERNAL, "hook.job_gone",
				    "hook %" PRId64 " waits for job %" PRId64
				    ", which is not there",
				    rows[i].id, rows[i].job_id);
			after = rows[i].id;
		}
	} while (count == AT_A_TIME);
	return OK;
}

enum fail
hook_check(struct ctx *ctx, struct text *said)
{
	struct sql_hook_sound *sound = NULL;
	struct event_cursor end = { 0 };

	TRY(event_end(ctx, &end));
	TRY(sql_hook_sound(ctx, end.ledger, end.number, &sound));
	if (sound->miscounted != 0)
		return FAIL(ctx, FAIL_INTERNAL, "hook.miscounted",
		    "%" PRId64 " hooks have another number of dead letters "
		    "than they say",
		    sound->miscounted);
	if (sound->misplaced != 0)
		return FAIL(ctx, FAIL_INTERNAL, "hook.misplaced",
		    "%" PRId64 " places of hooks and letters are beyond the "
		    "end of the events",
		    sound->misplaced);
	TRY(check_jobs(ctx));
	text_addf(said,
	    "%" PRId64 " hooks and %" PRId64 " dead letters have their places "
	    "and jobs",
	    sound->hooks, sound->letters);
	return OK;
}
