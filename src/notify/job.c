#include "core/day.h"
#include "notify/channel.h"
#include "notify/follow.h"
#include "notify/ladder.h"
#include "notify/letter.h"
#include "notify/option.h"
#include "notify/slice.h"
#include "store/within.h"

#define FORGET_AT_A_TIME 200

struct forgetting {
	int64_t before_us;
	size_t gone;
};

static enum fail
forget(struct ctx *ctx, void *arg)
{
	struct forgetting *forgetting = arg;

	return letter_forget(ctx, forgetting->before_us, FORGET_AT_A_TIME,
	    &forgetting->gone);
}

/* Letters that are old enough, in short units of work. */
static enum fail
sweep(struct ctx *ctx, struct job *job)
{
	struct forgetting forgetting = {
		.before_us =
		    ctx->now_us -
		    option_int(ctx->home, &notify_option_table[NOTIFY_KEPT]) *
			DAY_US
	};

	do {
		TRY(tx_within(ctx, TX_WRITE, forget, &forgetting));
		TRY(job_progress(ctx, job, 0, 0));
	} while (forgetting.gone == FORGET_AT_A_TIME);
	return OK;
}

const struct job_kind notify_jobs[] = {
	/* Its failures are the store's: a job that is given up is made again by
	 * the next event. */
	{ FOLLOW_JOB, JOB_QUICK, TX_NONE, 60, 20, follow_run, 0, 0 },
	/* Some six hours between the last of them: four days in all. */
	{ CHANNEL_MAIL_JOB, JOB_OUTBOUND, TX_NONE, 60, 24, channel_mail, 0, 0 },
	{ CHANNEL_MESSAGE_JOB, JOB_OUTBOUND, TX_NONE, 60, 24, channel_message,
	    0, 0 },
	{ "notify.ladder", JOB_LONG, TX_NONE, 600, 20, ladder_run, DAY_S,
	    7 * HOUR_S },
	{ "notify.sweep", JOB_LONG, TX_NONE, 600, 3, sweep, DAY_S,
	    3 * HOUR_S + 1800 },
	{ 0 },
};
