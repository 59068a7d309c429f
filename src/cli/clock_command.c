#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/clock.h"
#include "cli/commands.h"
#include "cli/program.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/text.h"
#include "core/utf8.h"
#include "core/watch.h"
#include "ledger/ledger.h"
#include "people/audit.h"

#define REASON_MAX 300

/* The folder's clock as a server would take it, or has taken it. */
static enum fail
take(struct ctx *ctx, const struct args *args)
{
	struct folder_clock *clock = ctx->home->clock;
	const bool serves = ctx->home->dispatch != NULL;

	if (!serves) {
		clock->file = args_text(args, "clock");
		ctx->now_us = clock_now(clock);
		TRY(clock_watch(ctx, true));
	}
	if (ctx->home->watch == NULL)
		return FAIL(ctx, FAIL_INVALID, "args.value",
		    "--clock: a clock that was handed in is not watched");
	return OK;
}

static const char *
state_text(struct ctx *ctx, enum watch_state state, int64_t off_us)
{
	const int64_t seconds = off_us / SECOND_US;

	switch (state) {
	case WATCH_RIGHT:
		break;
	case WATCH_LEAPT:
		return arena_printf(ctx->arena,
		    "it was set by %" PRId64 " s (clock.leapt)", seconds);
	case WATCH_BEHIND:
		return arena_printf(ctx->arena,
		    "it is %" PRId64 " s before the last entry (clock.behind)",
		    -seconds);
	}
	return "it is believed";
}

static enum fail
show(struct ctx *ctx, const struct args *args, struct text *out)
{
	const int64_t last_us = ledger_last_us(ctx->home->ledger);
	enum watch_state state = WATCH_RIGHT;
	int64_t off_us = 0;

	(void)args;
	state = watch_look(ctx->home->watch, &off_us);
	text_addf(out, "The clock says %s: %s.\n",
	    time_text(ctx->arena, ctx->now_us), state_text(ctx, state, off_us));
	if (last_us != 0)
		text_addf(out, "The last entry is of %s.\n",
		    time_text(ctx->arena, last_us));
	if (state != WATCH_RIGHT)
		text_add(out,
		    "Nothing is written. Put it right, or: truc clock "
		    "accept REASON\n");
	return OK;
}

static enum fail
note(struct ctx *ctx, const void *detail)
{
	return audit_note(ctx, "clock.accept", 0, 0, detail);
}

static enum fail
check_reason(struct ctx *ctx, const char *reason)
{
	const size_t len = strlen(reason);

	if (len <= REASON_MAX && utf8_says(reason))
		return OK;
	return FAIL(ctx, FAIL_INVALID, "args.value",
	    "the reason: 1 to %d bytes, with a letter or a digit", REASON_MAX);
}

static enum fail
run_show(struct ctx *ctx, const struct args *args)
{
	TRY(take(ctx, args));
	return program_say(ctx, args, TX_READ, show);
}

/* First the audit: what is believed without a reason on record would be worse
 * than a reason for what has to be accepted once more. */
static enum fail
run_accept(struct ctx *ctx, const struct args *args)
{
	const char *reason = args_word(args, 1);
	enum watch_state state = WATCH_RIGHT;
	struct watch_mark before = { 0 };
	bool was_known = false;
	int64_t off_us = 0;
	enum fail got = OK;

	TRY(check_reason(ctx, reason));
	TRY(take(ctx, args));
	was_known = watch_mark_of(ctx->home->watch, &before);
	state = watch_look(ctx->home->watch, &off_us);
	if (state == WATCH_RIGHT)
		return FAIL(ctx, FAIL_CONFLICT, "clock.right",
		    "the clock is believed: there is nothing to accept");
	/* Nothing is written by one that is not believed. */
	watch_accept(ctx->home->watch);
	got = program_unit(ctx, note,
	    arena_printf(ctx->arena, "%s: %s", state_text(ctx, state, off_us),
		reason));
	if (got != OK) {
		watch_doubt(ctx->home->watch, was_known ? &before : NULL);
		return got;
	}
	TRY(clock_accept(ctx));
	fprintf(args_out(args),
	    "Accepted: it is %s. The reason is in the audit.\n",
	    time_text(ctx->arena, ctx->now_us));
	return OK;
}

static enum fail
run(struct ctx *ctx, const struct args *args)
{
	if (args_word(args, 0) == NULL)
		return program_run(ctx, args, PROGRAM_READ, false, run_show);
	if (!text_equal(args_word(args, 0), "accept") ||
	    args_word(args, 1) == NULL)
		return FAIL(ctx, FAIL_INVALID, "args.count",
		    "usage: truc clock, or truc clock accept REASON");
	return program_run(ctx, args, PROGRAM_WRITE, false, run_accept);
}

static const struct arg_option options[] = {
	ARG_DATA,
	ARG_STORE,
	ARG_CLOCK,
	{ 0 },
};

const struct command clock_command = {
	.name = "clock",
	.summary = "is the machine's clock believed; believe it as it is",
	.usage = "[accept REASON]",
	.detail =
	    "A clock that was set by more than the option clock.step stops all "
	    "writing until it is\nback. Where it is right as it is, an "
	    "administrator says so, with a reason for the\naudit. Both "
	    "work beside a running server.\n",
	.options = options,
	.beside = true,
	.most = 2,
	.run = run,
};
