#include "notify/ladder.h"

#include <inttypes.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "notify/about.h"
#include "notify/inside.h"
#include "notify/notify.sql.h"
#include "notify/post.h"
#include "report/about.h"
#include "store/within.h"

#define UNITS_AT_A_TIME 20 /* of one unit of work */

/* A unit whose rung has come. */
struct due {
	int64_t unit;
	day deadline;
	int64_t rung;
	struct letters letters;
};

/* The job's round: days after since up to today. */
struct round {
	struct post *post;
	day since;
	day today;
	bool begins; /* there is a place: else no server has run yet */
	/* A form and period, and who is told. */
	const struct form *form;
	struct period period;
	struct due *dues;
	size_t count;
	size_t from; /* of the part at hand */
	size_t to;
};

static enum fail
read_days(struct ctx *ctx, void *arg)
{
	struct round *round = arg;
	struct sql_notify_place *row = NULL;
	size_t count = 0;

	TRY(sql_notify_place(ctx, 1, &row, &count));
	round->begins = count > 0;
	round->today = day_of_us(ctx->now_us);
	if (count == 0)
		return OK;
	round->since = row->ladder_on;
	if (round->since < round->today - LADDER_REACH_DAYS)
		round->since = round->today - LADDER_REACH_DAYS;
	return OK;
}

static enum fail
note_day(struct ctx *ctx, void *arg)
{
	const struct round *round = arg;
	int64_t changed = 0;

	TRY(tally_leave(ctx, notify_place_rows, 1, 1));
	TRY(sql_notify_place_climb(ctx, round->today, &changed));
	return tally_enter(ctx, notify_place_rows, 1, 1);
}

/* ---- whose rung has come ------------------------------------------------- */

/* The newest that has come since; false: none. */
static bool
rung_of(const struct round *round, const struct ladder *ladder, day deadline,
    int64_t *ret)
{
	for (size_t i = ladder->count; i > 0; i--) {
		const int64_t on = deadline + ladder->rungs[i - 1];

		if (on <= round->today) {
			*ret = ladder->rungs[i - 1];
			return on > round->since;
		}
	}
	return false;
}

/* Who owes it, and is told of a rung today if nothing was sent. */
static size_t
find_owing(struct ctx *ctx, const struct round *round,
    const struct ladder *ladder, struct report_owing *owing)
{
	const struct directory *dir = directory_now(ctx);
	const struct structure *st = directory_structure(dir, round->period.to);
	size_t all = 0;
	const int *units = structure_units(st, &all);
	size_t count = 0;

	for (size_t i = 0; i < all; i++) {
		day deadline = 0;
		int64_t rung = 0;

		if (regime_owes(round->form, st, dir, units[i], &round->period,
			&deadline) &&
		    rung_of(round, ladder, deadline, &rung))
			owing[count++] =
			    (struct report_owing){ directory_at(dir, units[i]),
				    deadline };
	}
	return count;
}

static enum fail
find_dues(struct ctx *ctx, void *arg)
{
	struct round *round = arg;
	const struct ladder *ladder =
	    book_ladder(round->post->book, round->form->code, round->today);
	struct report_owing *owing = ARENA_ARRAY(ctx->arena,
	    directory_count(directory_now(ctx)) + 1, struct report_owing);

	round->count = 0;
	if (ladder == NULL)
		return OK;
	round->count = find_owing(ctx, round, ladder, owing);
	TRY(report_unsent(ctx, round->form, &round->period, owing,
	    &round->count));
	round->dues = ARENA_ARRAY(ctx->arena, round->count + 1, struct due);
	for (size_t i = 0; i < round->count; i++) {
		struct due *due = &round->dues[i];

		*due = (struct due){ .unit = owing[i].unit->id,
			.deadline = owing[i].deadline };
		(void)rung_of(round, ladder, due->deadline, &due->rung);
	}
	return OK;
}

/* ---- their letters ------------------------------------------------------- */

static const char *
topic_for(int64_t days_left)
{
	if (days_left == 0)
		return TOPIC_TODAY;
	return days_left > 0 ? TOPIC_NEAR : TOPIC_OVER;
}

static enum fail
write_to_unit(struct ctx *ctx, const struct round *round, struct due *due)
{
	const int64_t days = due->deadline - round->today;
	const char *period = period_text(ctx->arena, &round->period);
	const struct subject subject = {
		.topic = topic_named(topic_for(days)),
		.about = { round->form, period,
		    directory_unit(directory_now(ctx), due->unit) },
		.what = arena_printf(ctx->arena,
		    "d%" PRId64 ".%s.%" PRId64 ".%" PRId64, round->form->id,
		    period, due->unit, due->rung),
		.at_us = ctx->now_us,
		.days = days < 0 ? -days : days,
	};

	return subject.about.unit == NULL
		   ? OK
		   : letters_to_unit(ctx, &due->letters, &subject);
}

static enum fail
prepare(struct ctx *ctx, void *arg)
{
	struct round *round = arg;

	for (size_t i = round->from; i < round->to; i++)
		TRY(write_to_unit(ctx, round, &round->dues[i]));
	return OK;
}

static enum fail
take(struct ctx *ctx, const struct round *round, const struct due *due)
{
	struct sql_notify_rung_insert *made = NULL;

	TRY(sql_notify_rung_insert(ctx, round->form->id,
	    period_text(ctx->arena, &round->period), due->unit, due->rung,
	    ctx->now_us, &made));
	if (made == NULL)
		return OK; /* told already */
	TRY(tally_enter(ctx, notify_rung_rows, made->id, made->id));
	for (size_t i = 0; i < due->letters.count; i++)
		TRY(letter_write(ctx, &due->letters.items[i]));
	return OK;
}

static enum fail
send(struct ctx *ctx, void *arg)
{
	const struct round *round = arg;

	for (size_t i = round->from; i < round->to; i++)
		TRY(take(ctx, round, &round->dues[i]));
	return OK;
}

/* ---- the round ----------------------------------------------------------- */

static enum fail
remind_of(struct ctx *ctx, struct job *job, struct round *round)
{
	TRY(tx_within(ctx, TX_READ, find_dues, round));
	for (round->from = 0; round->from < round->count;
	     round->from = round->to) {
		round->to = round->from + UNITS_AT_A_TIME;
		if (round->to > round->count)
			round->to = round->count;
		TRY(tx_within(ctx, TX_READ, prepare, round));
		TRY(tx_within(ctx, TX_WRITE, send, round));
		TRY(job_progress(ctx, job, 0, 0));
	}
	return job_progress(ctx, job, 0, 0);
}

/* One form and period on an arena of its own. */
static enum fail
remind(struct ctx *ctx, struct job *job, struct round *round)
{
	struct arena *outer = ctx->arena;
	enum fail got = OK;

	ctx->arena = arena_child(outer);
	got = remind_of(ctx, job, round);
	/* The texts of a failure live in the step's arena. */
	if (got == OK)
		arena_free(ctx->arena);
	ctx->arena = outer;
	return got;
}

static int
longest_days(const struct form *form)
{
	int days = 0;

	for (size_t i = 0; i < form->reporter_count; i++)
		if (form->reporters[i].deadline_days > days)
			days = form->reporters[i].deadline_days;
	return days;
}

/* All periods that may be reported and have a rung in these days. */
static enum fail
remind_of_form(struct ctx *ctx, struct job *job, struct round *round)
{
	const day oldest =
	    round->since - BOOK_RUNG_MOST - longest_days(round->form);

	for (round->period = period_of(&round->form->calendar, round->today);
	     round->period.to > oldest && round->period.year > 2000;
	     round->period = period_previous(&round->period))
		if (period_is_open(round->form, &round->period, ctx->now_us))
			TRY(remind(ctx, job, round));
	return OK;
}

enum fail
ladder_run(struct ctx *ctx, struct job *job)
{
	struct round round = { .post = post_of(ctx->home) };
	const struct catalogue *cat = NULL;

	if (round.post == NULL)
		return OK;
	TRY(tx_within(ctx, TX_READ, read_days, &round));
	if (!round.begins || round.since >= round.today)
		return OK;
	cat = catalogue_now(ctx);
	for (size_t i = 0; i < catalogue_count(cat); i++) {
		round.form = catalogue_at(cat, i);
		TRY(remind_of_form(ctx, job, &round));
	}
	TRY(tx_within(ctx, TX_WRITE, note_day, &round));
	atomic_store(&round.post->ladder_day, round.today);
	return OK;
}
