#include "notify/follow.h"

#include <inttypes.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "core/num.h"
#include "event/event.h"
#include "notify/about.h"
#include "notify/inside.h"
#include "notify/notify.sql.h"
#include "notify/post.h"
#include "report/obligation.h"
#include "store/within.h"

#define READ_AT_A_TIME 500    /* positions of the order */
#define PAGES_AT_A_TIME 20    /* of one job */
#define LETTERS_AT_A_TIME 200 /* of one unit of work, and those of a unit */
#define NOTE_EVERY 20000      /* positions without letters, until it is noted */
#define LOOK_EVERY_US SECOND_US

/* A place, and how many units of the event behind it are done. */
struct place {
	struct event_cursor at;
	int64_t part;
};

/* One step of the job: a page read, its letters, the place behind them. */
struct step {
	struct post *post;
	struct place row; /* as stored */
	struct place to;
	struct letters letters;
	bool more;
};

/* ---- the place ----------------------------------------------------------- */

/* NULL: there is no row yet. */
static enum fail
read_row(struct ctx *ctx, struct sql_notify_place **ret)
{
	size_t count = 0;

	TRY(sql_notify_place(ctx, 1, ret, &count));
	if (count == 0)
		*ret = NULL;
	return OK;
}

static enum fail
begin_place(struct ctx *ctx, void *arg)
{
	const struct post *post = arg;
	int64_t changed = 0;

	TRY(sql_notify_place_begin(ctx, post->start.ledger, post->start.number,
	    day_of_us(ctx->now_us) - 1, &changed));
	return changed == 0 ? OK : tally_enter(ctx, notify_place_rows, 1, 1);
}

/* Where to go on: behind what was read for nothing since the row was written. */
static struct event_cursor
go_on_from(struct post *post, struct event_cursor row)
{
	struct event_cursor at = row;

	(void)pthread_mutex_lock(&post->lock);
	if (event_cursor_equal(post->base, row))
		at = post->at;
	(void)pthread_mutex_unlock(&post->lock);
	return at;
}

static void
keep_at(struct post *post, struct event_cursor base, struct event_cursor at)
{
	(void)pthread_mutex_lock(&post->lock);
	post->base = base;
	post->at = at;
	(void)pthread_mutex_unlock(&post->lock);
}

/* ---- an event ------------------------------------------------------------ */

static enum fail
tell_report(struct ctx *ctx, struct step *step, const struct event *event,
    struct subject *subject)
{
	bool found = false;

	if (!num_parse(event->object, 1, INT64_MAX, &subject->report))
		return OK;
	TRY(report_about(ctx, subject->report, &subject->about, &found));
	return found ? letters_to_unit(ctx, &step->letters, subject) : OK;
}

/* Those directly below who owe it, a part of them at a time. */
static enum fail
tell_period(struct ctx *ctx, struct step *step, const struct event *event,
    struct subject *subject)
{
	const struct directory *dir = directory_now(ctx);
	const day today = day_of_us(ctx->now_us);
	const struct unit *top = NULL;
	const int *below = NULL;
	size_t count = 0;
	size_t i = (size_t)step->to.part;

	TRY(closing_about(ctx, event->ledger_index, &subject->about));
	top = subject->about.unit;
	subject->above = unit_name(top, today);
	below = obligation_below(ctx, dir, top, today, &count);
	for (; i < count && step->letters.count < LETTERS_AT_A_TIME; i++) {
		subject->about.unit = directory_at(dir, below[i]);
		if (about_is_owed(ctx, &subject->about))
			TRY(letters_to_unit(ctx, &step->letters, subject));
	}
	step->to.part = i < count ? (int64_t)i : 0;
	return OK;
}

static enum fail
tell(struct ctx *ctx, struct step *step, const struct event *event)
{
	const struct topic *topic = topic_of_event(event->kind->name);
	struct subject subject = {
		.topic = topic,
		.what = event->id,
		.at_us = event->at_us,
	};

	if (topic == NULL)
		return OK;
	return topic->of == TOPIC_OF_PERIOD
		   ? tell_period(ctx, step, event, &subject)
		   : tell_report(ctx, step, event, &subject);
}

/* ---- a step -------------------------------------------------------------- */

static enum fail
tell_page(struct ctx *ctx, struct step *step, const struct event_page *page)
{
	for (size_t i = 0; i < page->count; i++) {
		TRY(tell(ctx, step, &page->items[i]));
		if (step->to.part > 0) {
			step->to.at = event_place_before(&page->items[i]);
			step->more = true;
			return OK;
		}
		step->to.at = page->items[i].cursor;
		if (step->letters.count >= LETTERS_AT_A_TIME) {
			step->more = true;
			return OK;
		}
	}
	step->to.at = page->cursor;
	step->more = page->more;
	return OK;
}

/* What was forgotten, or a copy that was put back does not have: from now on. */
static enum fail
skip_gap(struct ctx *ctx, struct step *step)
{
	fail_clear(ctx);
	step->to = (struct place){ event_now(ctx->home), 0 };
	return OK;
}

static enum fail
look(struct ctx *ctx, void *arg)
{
	struct step *step = arg;
	struct sql_notify_place *row = NULL;
	struct event_page page = { 0 };
	enum fail got = OK;

	TRY(read_row(ctx, &row));
	if (row == NULL)
		return OK;
	step->row = (struct place){ { row->ledger, row->number }, row->part };
	step->to = step->row;
	step->to.at = go_on_from(step->post, step->row.at);
	got = event_read(ctx, &step->to.at, READ_AT_A_TIME, &page);
	if (got == FAIL_CONFLICT)
		return skip_gap(ctx, step);
	TRY(got);
	return tell_page(ctx, step, &page);
}

/* Another one may have been quicker: then it has written them. */
static enum fail
write(struct ctx *ctx, void *arg)
{
	const struct step *step = arg;
	int64_t changed = 0;

	TRY(tally_leave(ctx, notify_place_rows, 1, 1));
	TRY(sql_notify_place_move(ctx,
	    &(struct sql_notify_place_move_args){
		.ledger = step->to.at.ledger,
		.number = step->to.at.number,
		.part = step->to.part,
		.was_ledger = step->row.at.ledger,
		.was_number = step->row.at.number,
		.was_part = step->row.part,
	    },
	    &changed));
	TRY(tally_enter(ctx, notify_place_rows, 1, 1));
	for (size_t i = 0; changed > 0 && i < step->letters.count; i++)
		TRY(letter_write(ctx, &step->letters.items[i]));
	return OK;
}

static bool
is_worth_noting(const struct step *step)
{
	const struct event_cursor *at = &step->to.at;
	const struct event_cursor *row = &step->row.at;

	return step->letters.count > 0 || step->to.part != step->row.part ||
	       at->ledger < row->ledger || at->number < row->number ||
	       at->ledger - row->ledger + at->number - row->number >=
		   NOTE_EVERY;
}

static enum fail
one_step(struct ctx *ctx, struct step *step)
{
	struct arena *outer = ctx->arena;
	enum fail got = OK;

	ctx->arena = arena_child(outer);
	ctx->now_us = ctx->home->now_us(ctx->home->clock);
	step->letters = (struct letters){ 0 };
	step->more = false;
	got = tx_within(ctx, TX_READ, look, step);
	if (got == OK && is_worth_noting(step))
		got = tx_within(ctx, TX_WRITE, write, step);
	else if (got == OK)
		keep_at(step->post, step->row.at, step->to.at);
	/* The texts of a failure live in the step's arena. */
	if (got == OK)
		arena_free(ctx->arena);
	ctx->arena = outer;
	return got;
}

enum fail
follow_run(struct ctx *ctx, struct job *job)
{
	struct step step = { .post = post_of(ctx->home), .more = true };

	if (step.post == NULL)
		return OK;
	for (int i = 0; step.more && i < PAGES_AT_A_TIME; i++) {
		TRY(one_step(ctx, &step));
		TRY(job_progress(ctx, job, i + 1, 0));
	}
	return OK;
}

/* ---- the plan ------------------------------------------------------------ */

struct looking {
	struct post *post;
	int64_t job; /* that was added last */
	bool has_row;
	bool is_behind;
	bool is_at_work;
};

static enum fail
look_behind(struct ctx *ctx, void *arg)
{
	struct looking *looking = arg;
	struct sql_notify_place *row = NULL;
	struct event_cursor at = { 0 };

	if (looking->job != 0)
		TRY(job_is_there(ctx, looking->job, &looking->is_at_work));
	TRY(read_row(ctx, &row));
	looking->has_row = row != NULL;
	if (row == NULL)
		return OK;
	at = go_on_from(looking->post,
	    (struct event_cursor){ row->ledger, row->number });
	looking->is_behind =
	    row->part > 0 || !event_cursor_equal(at, event_now(ctx->home));
	return OK;
}

static enum fail
add_job(struct ctx *ctx, void *arg)
{
	return job_add(ctx, FOLLOW_JOB, "{}", ctx->now_us, arg);
}

/* Not before a second has passed since the last look. */
static bool
is_early(struct post *post, int64_t *ret_wait_us, int64_t *ret_job)
{
	const int64_t now_us = time_steady_us();
	bool early = false;

	(void)pthread_mutex_lock(&post->lock);
	early = now_us < post->next_us;
	*ret_wait_us = early ? post->next_us - now_us : LOOK_EVERY_US;
	if (!early)
		post->next_us = now_us + LOOK_EVERY_US;
	*ret_job = post->job;
	(void)pthread_mutex_unlock(&post->lock);
	return early;
}

enum fail
follow_plan(struct ctx *ctx, int64_t *ret_next_us)
{
	struct post *post = post_of(ctx->home);
	struct looking looking = { .post = post };
	int64_t wait_us = 0;
	int64_t job = 0;

	*ret_next_us = INT64_MAX;
	if (post == NULL)
		return OK;
	/* Before looking: news from now on wake again. */
	atomic_store(&post->is_woken, false);
	if (is_early(post, &wait_us, &looking.job)) {
		*ret_next_us = ctx->now_us + wait_us;
		return OK;
	}
	TRY(tx_within(ctx, TX_READ, look_behind, &looking));
	if (!looking.has_row) {
		TRY(tx_within(ctx, TX_WRITE, begin_place, post));
		*ret_next_us = ctx->now_us + wait_us;
		return OK;
	}
	if (!looking.is_behind)
		return OK;
	*ret_next_us = ctx->now_us + wait_us;
	if (looking.is_at_work)
		return OK;
	TRY(tx_within(ctx, TX_WRITE, add_job, &job));
	(void)pthread_mutex_lock(&post->lock);
	post->job = job;
	(void)pthread_mutex_unlock(&post->lock);
	return OK;
}
