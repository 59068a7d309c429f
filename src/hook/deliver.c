#include "hook/deliver.h"

#include <inttypes.h>

#include "codec/json.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "hook/delivery.h"
#include "hook/hook.sql.h"
#include "hook/hook_client.h"
#include "hook/hooks.h"
#include "hook/inside.h"
#include "hook/sweep.h"
#include "store/within.h"

/* A job ends after this, so that hooks take turns. */
#define SENT_MOST 500
#define TIME_MOST_US (30 * SECOND_US)
#define NOTE_EVERY_US SECOND_US

#define DUE_AT_A_TIME 20 /* hooks that one plan gives jobs */
/* Of one person, at work or soon: half of the outbound lane's threads. */
#define SHARE 2

static const char kind_name[] = "hook.deliver";

/* A delivery, and how much the job has done. */
struct round {
	struct delivery d;
	int64_t done;
	int64_t from_us; /* by the steady clock */
	int64_t noted_us;
};

/* What is noted is not counted again. */
static enum fail
write(struct ctx *ctx, struct round *round,
    enum fail (*note)(struct ctx *ctx, void *arg))
{
	ctx->now_us = ctx->home->now_us(ctx->home->clock);
	TRY(tx_within(ctx, TX_WRITE, note, &round->d));
	round->d.sent = 0;
	round->noted_us = time_steady_us();
	return OK;
}

static void
forget_failure(struct delivery *d)
{
	d->tries = 0;
	d->failing_us = 0;
	d->next_us = 0;
	d->status = 0;
	d->failure = NULL;
}

static void
pass_event(struct delivery *d)
{
	d->before = event_place_before(d->event);
	d->cursor = d->event->cursor;
	d->page_at++;
}

static enum fail
bury(struct ctx *ctx, struct round *round)
{
	pass_event(&round->d);
	atomic_fetch_add(&round->d.hooks->buried, 1);
	return write(ctx, round, delivery_bury);
}

/* An event's time runs from when it happened, or the hook was resumed. */
static bool
has_waited_enough(const struct ctx *ctx, const struct delivery *d)
{
	const int64_t from_us =
	    d->event->at_us > d->resumed_us ? d->event->at_us : d->resumed_us;

	return ctx->now_us - from_us >= d->hooks->options.retry_hours * HOUR_US;
}

/*
 * A receiver that fails now fails for all that wait for it: what has waited its
 * time behind the event at hand is buried with it, without a try of its own.
 */
static enum fail
bury_old(struct ctx *ctx, struct round *round)
{
	struct delivery *d = &round->d;

	while (d->next == NEXT_SEND && d->letter == NULL &&
	       has_waited_enough(ctx, d)) {
		TRY(bury(ctx, round));
		TRY(tx_within(ctx, TX_READ, delivery_next, d));
	}
	return OK;
}

/* Not now: the hook waits, and another job takes it then. */
static enum fail
put_off(struct ctx *ctx, struct round *round, int64_t retry_after_s)
{
	struct delivery *d = &round->d;

	ctx->now_us = ctx->home->now_us(ctx->home->clock);
	d->tries++;
	if (d->failing_us == 0)
		d->failing_us = ctx->now_us;
	d->next_us =
	    ctx->now_us + hook_back_off_us(ctx, d->tries, retry_after_s);
	d->is_over = true;
	if (d->letter != NULL)
		return write(ctx, round, delivery_keep_letter);
	d->is_over = false;
	TRY(bury_old(ctx, round));
	d->is_over = true;
	return write(ctx, round, delivery_note);
}

static enum fail
settle_letter(struct ctx *ctx, struct round *round,
    const struct hook_answer *answer)
{
	if (answer->verdict == VERDICT_RETRY)
		return put_off(ctx, round, answer->retry_after_s);
	if (answer->verdict == VERDICT_REFUSED)
		return write(ctx, round, delivery_keep_letter);
	round->d.sent++;
	forget_failure(&round->d);
	return write(ctx, round, delivery_drop_letter);
}

static enum fail
settle_event(struct ctx *ctx, struct round *round,
    const struct hook_answer *answer)
{
	struct delivery *d = &round->d;

	if (answer->verdict == VERDICT_RETRY)
		return put_off(ctx, round, answer->retry_after_s);
	if (answer->verdict == VERDICT_REFUSED) {
		/* The receiver works; only this event does not please it. */
		d->tries++;
		d->next_us = 0;
		d->failing_us = 0;
		TRY(bury(ctx, round));
		d->tries = 0;
		return OK;
	}
	pass_event(d);
	d->sent++;
	forget_failure(d);
	if (time_steady_us() - round->noted_us < NOTE_EVERY_US)
		return OK;
	return write(ctx, round, delivery_note);
}

static enum fail
settle(struct ctx *ctx, struct round *round, const struct hook_answer *answer)
{
	struct delivery *d = &round->d;

	d->status = answer->status;
	d->failure = answer->failure;
	atomic_fetch_add(answer->verdict == VERDICT_DELIVERED
			     ? &d->hooks->sent
			     : &d->hooks->failed,
	    1);
	if (answer->verdict == VERDICT_GONE) {
		d->is_over = true;
		return write(ctx, round, delivery_stop_hook);
	}
	if (d->letter != NULL)
		return settle_letter(ctx, round, answer);
	return settle_event(ctx, round, answer);
}

/* The server stops: the job runs again later, from what is noted here. */
static enum fail
give_up(struct ctx *ctx, struct round *round)
{
	fail_clear(ctx);
	TRY(write(ctx, round, delivery_note));
	return job_progress(ctx, round->d.job, round->done, round->done + 1);
}

static enum fail
send(struct ctx *ctx, struct round *round)
{
	struct delivery *d = &round->d;
	const struct hook_call call = {
		.url = d->url,
		.id = d->event->id,
		.secret = d->secret,
		.body = d->body,
	};
	struct hook_answer answer = { 0 };
	enum fail got = job_progress(ctx, d->job, round->done, round->done + 1);

	if (got == OK)
		got = hook_call(ctx, &call, &answer);
	if (got == FAIL_BUSY)
		return give_up(ctx, round);
	TRY(got);
	round->done++;
	return settle(ctx, round, &answer);
}

/* What cannot be read any more, or by this owner. */
static enum fail
pass_gap(struct ctx *ctx, struct round *round)
{
	struct delivery *d = &round->d;

	if (d->letter != NULL && d->why == hook_unreadable)
		return write(ctx, round, delivery_drop_letter);
	if (d->letter != NULL) {
		d->failure = d->why;
		return write(ctx, round, delivery_keep_letter);
	}
	d->before = d->cursor;
	TRY(tx_within(ctx, TX_READ, delivery_after_gap, d));
	atomic_fetch_add(&d->hooks->buried, 1);
	return write(ctx, round, delivery_bury_gap);
}

static bool
is_enough(const struct round *round)
{
	return round->done >= SENT_MOST ||
	       time_steady_us() - round->from_us >= TIME_MOST_US;
}

static enum fail
step(struct ctx *ctx, struct round *round)
{
	struct delivery *d = &round->d;

	ctx->now_us = ctx->home->now_us(ctx->home->clock);
	TRY(tx_within(ctx, TX_READ, delivery_next, d));
	switch (d->next) {
	case NEXT_SEND:
		if (!is_enough(round))
			return send(ctx, round);
		break;
	case NEXT_NOTHING:
		if (d->page.more && !is_enough(round))
			return OK;
		break;
	case NEXT_GAP:
		return pass_gap(ctx, round);
	case NEXT_END:
		d->is_over = true;
		return write(ctx, round, delivery_end_hook);
	case NEXT_LOST:
		d->is_over = true;
		return write(ctx, round, delivery_let_go);
	}
	d->is_over = true;
	return write(ctx, round, delivery_note);
}

/* Memory does not grow with the number of events. */
static enum fail
one_step(struct ctx *ctx, struct round *round)
{
	struct arena *outer = ctx->arena;
	enum fail got = OK;

	ctx->arena = arena_child(outer);
	got = step(ctx, round);
	/* The texts of a failure live in the step's arena. */
	if (got == OK)
		arena_free(ctx->arena);
	ctx->arena = outer;
	return got;
}

static enum fail
deliver(struct ctx *ctx, struct job *job)
{
	const int64_t now_us = time_steady_us();
	struct round round = {
		.d = { .job = job,
		    .hooks = hooks_of(ctx->home),
		    .job_arena = ctx->arena,
		    .page_arena = arena_child(ctx->arena) },
		.from_us = now_us,
		.noted_us = now_us,
	};
	const struct json *args = NULL;

	TRY(json_parse(ctx, bytes_of_text(job->args), &args));
	round.d.hook = json_get_int(args, "hook", 0);
	while (!round.d.is_over)
		TRY(one_step(ctx, &round));
	return OK;
}

const struct job_kind hook_jobs[] = {
	/* Failures of its own (the store's) are tried for ever: a hook whose
	 * job is dead would never send again. */
	{ kind_name, JOB_OUTBOUND, TX_NONE, 60, 1000000, deliver, 0, 0 },
	{ "hook.sweep", JOB_LONG, TX_NONE, 600, 3, hook_sweep, 86400, 10800 },
	{ 0 },
};

/* ---- the plan ----------------------------------------------------------- */

struct plan {
	struct event_cursor end;
	struct sql_hook_due *due;
	size_t due_count;
	struct sql_hook_waiting *waiting;
	int64_t hook; /* that is given a job */
};

static enum fail
read_due(struct ctx *ctx, void *arg)
{
	struct plan *plan = arg;
	const struct sql_hook_due_args args = {
		.now = ctx->now_us,
		.far = ctx->now_us + HOOK_WAIT_MOST_US,
		.ledger = plan->end.ledger,
		.number = plan->end.number,
		.share = SHARE,
		.limit = DUE_AT_A_TIME,
	};

	TRY(sql_hook_waiting(ctx, ctx->now_us, &plan->waiting));
	return sql_hook_due(ctx, &args, &plan->due, &plan->due_count);
}

/* Another thread or node may have been quicker. */
static enum fail
claim(struct ctx *ctx, void *arg)
{
	const struct plan *plan = arg;
	int64_t changed = 0;
	int64_t job = 0;

	TRY(hook_leave(ctx, plan->hook));
	TRY(sql_hook_claim(ctx, plan->hook, SHARE, &changed));
	if (changed == 0)
		return hook_enter(ctx, plan->hook);
	TRY(job_add(ctx, kind_name,
	    arena_printf(ctx->arena, "{\"hook\":%" PRId64 "}", plan->hook),
	    ctx->now_us, &job));
	TRY(sql_hook_set_job(ctx, plan->hook, job, &changed));
	return hook_enter(ctx, plan->hook);
}

/*
 * Without hooks nobody is woken.  One that was made since the look is not
 * forgotten: either its maker's mark comes after ours, or we see it here.
 */
static void
note_none(struct ctx *ctx, struct hooks *hooks, uint64_t made)
{
	atomic_store(&hooks->has_any, false);
	if (atomic_load(&hooks->made) == made)
		return;
	atomic_store(&hooks->has_any, true);
	jobs_wake(ctx->home->jobs, JOB_OUTBOUND);
}

enum fail
hook_plan(struct ctx *ctx, int64_t *ret_next_us)
{
	struct hooks *hooks = hooks_of(ctx->home);
	struct plan plan = { 0 };
	uint64_t made = 0;

	*ret_next_us = INT64_MAX;
	if (hooks == NULL || !atomic_load(&hooks->has_any))
		return OK;
	/* Before looking: news from now on wake again. */
	made = atomic_load(&hooks->made);
	atomic_store(&hooks->is_woken, false);
	plan.end = event_now(ctx->home);
	TRY(tx_within(ctx, TX_READ, read_due, &plan));
	if (plan.waiting->active == 0)
		note_none(ctx, hooks, made);
	if (plan.waiting->next_us != NULL)
		*ret_next_us = *plan.waiting->next_us;
	for (size_t i = 0; i < plan.due_count; i++) {
		plan.hook = plan.due[i].id;
		TRY(tx_within(ctx, TX_WRITE, claim, &plan));
	}
	return OK;
}
