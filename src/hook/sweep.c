#include "hook/sweep.h"

#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "hook/hook.h"
#include "hook/hook.sql.h"
#include "hook/hooks.h"
#include "hook/inside.h"
#include "jobs/jobs.h"
#include "people/standing.h"
#include "store/within.h"

#define AT_A_TIME 100

struct sweep {
	int64_t after; /* id of the last hook looked at */
	struct sql_hook_standing *hooks;
	size_t hook_count;
	const char *ended[AT_A_TIME]; /* why; NULL: it has not */
	int64_t before_us;
	size_t gone;
};

static enum fail
look(struct ctx *ctx, void *arg)
{
	struct sweep *sweep = arg;

	TRY(sql_hook_standing(ctx, sweep->after, AT_A_TIME, &sweep->hooks,
	    &sweep->hook_count));
	for (size_t i = 0; i < sweep->hook_count; i++) {
		const struct sql_hook_standing *row = &sweep->hooks[i];
		const struct standing standing = { row->person_id,
			row->token_id == NULL ? 0 : *row->token_id,
			row->unit_id, row->role, row->granted_us };
		struct actor *actor = NULL;

		sweep->ended[i] = NULL;
		TRY(standing_actor(ctx, &standing, &actor, &sweep->ended[i]));
		sweep->after = row->id;
	}
	return OK;
}

static enum fail
end_one(struct ctx *ctx, int64_t id, const char *why)
{
	struct sql_hook_rows *row = NULL;
	struct hook_at at = { 0 };
	int64_t changed = 0;

	TRY(hook_row(ctx, id, &row));
	/* Somebody may have ended it since it was looked at. */
	if (row == NULL || text_equal(row->state, hook_states[HOOK_ENDED]))
		return OK;
	TRY(hook_step(ctx, row, HOOK_END, &at));
	TRY(hook_leave(ctx, id));
	TRY(sql_hook_end(ctx, id, row->state, hook_states[at.state], why,
	    ctx->now_us, &changed));
	return hook_enter(ctx, id);
}

static enum fail
end(struct ctx *ctx, void *arg)
{
	const struct sweep *sweep = arg;

	for (size_t i = 0; i < sweep->hook_count; i++)
		if (sweep->ended[i] != NULL)
			TRY(end_one(ctx, sweep->hooks[i].id, sweep->ended[i]));
	return OK;
}

static bool
has_ended(const struct sweep *sweep)
{
	for (size_t i = 0; i < sweep->hook_count; i++)
		if (sweep->ended[i] != NULL)
			return true;
	return false;
}

static enum fail
forget_letters(struct ctx *ctx, void *arg)
{
	struct sweep *sweep = arg;
	struct sql_letter_old *rows = NULL;
	int64_t changed = 0;

	TRY(sql_letter_old(ctx, sweep->before_us, AT_A_TIME, &rows,
	    &sweep->gone));
	for (size_t i = 0; i < sweep->gone; i++) {
		TRY(letter_leave(ctx, rows[i].id));
		TRY(sql_letter_gone(ctx, rows[i].id, &changed));
		TRY(hook_leave(ctx, rows[i].hook_id));
		TRY(sql_hook_unbury(ctx, rows[i].hook_id, &changed));
		TRY(hook_enter(ctx, rows[i].hook_id));
	}
	return OK;
}

static enum fail
forget_hooks(struct ctx *ctx, void *arg)
{
	struct sweep *sweep = arg;
	struct sql_hook_old *rows = NULL;
	int64_t changed = 0;

	TRY(sql_hook_old(ctx, sweep->before_us, AT_A_TIME, &rows,
	    &sweep->gone));
	for (size_t i = 0; i < sweep->gone; i++) {
		TRY(hook_leave(ctx, rows[i].id));
		TRY(sql_hook_forget(ctx, rows[i].id, &changed));
	}
	return OK;
}

/* In units of work of at most AT_A_TIME rows. */
static enum fail
forget(struct ctx *ctx, struct job *job, struct sweep *sweep,
    enum fail (*one)(struct ctx *ctx, void *arg))
{
	do {
		TRY(tx_within(ctx, TX_WRITE, one, sweep));
		TRY(job_progress(ctx, job, 0, 0));
	} while (sweep->gone == AT_A_TIME);
	return OK;
}

enum fail
hook_sweep(struct ctx *ctx, struct job *job)
{
	struct sweep sweep = { 0 };

	if (hooks_of(ctx->home) == NULL)
		return OK;
	sweep.before_us =
	    ctx->now_us - hooks_of(ctx->home)->options.letter_days * DAY_US;
	do {
		TRY(tx_within(ctx, TX_READ, look, &sweep));
		if (has_ended(&sweep))
			TRY(tx_within(ctx, TX_WRITE, end, &sweep));
		TRY(job_progress(ctx, job, 0, 0));
	} while (sweep.hook_count == AT_A_TIME);
	TRY(forget(ctx, job, &sweep, forget_letters));
	return forget(ctx, job, &sweep, forget_hooks);
}
