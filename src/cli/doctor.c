#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "centre/figures.h"
#include "centre/fold.h"
#include "cli/commands.h"
#include "cli/program.h"
#include "core/arena.h"
#include "core/text.h"
#include "ledger/ledger.h"
#include "regime/catalogue.h"
#include "report/check.h"
#include "report/keep.h"
#include "report/report.h"
#include "store/store.h"

#define PERIODS_BACK 4

/*
 * Does everything that can be derived agree with what it is derived from?  Each
 * check says what it compared; the first that does not hold stops.  The cube is
 * filled when the ledger it is filled from has been found well.
 */

static enum fail
check_ledger(struct ctx *ctx)
{
	int64_t checked = 0;

	TRY(ledger_verify(ctx, &checked));
	printf("ok  ledger: %" PRId64 " entries, tree, digests, signature\n",
	    checked);
	return OK;
}

static enum fail
check_reports(struct ctx *ctx)
{
	int64_t checked = 0;

	TRY(report_check(ctx, &checked));
	printf("ok  reports: %" PRId64 " rows say what the ledger says\n",
	    checked);
	return OK;
}

static enum fail
check_period(struct ctx *ctx, const struct form *form, const char *period,
    const char *basis)
{
	const struct figures_query query = {
		.form = form->code,
		.periods = period,
		.level = "1",
		.basis = basis,
	};
	struct text cube;
	struct text fold;

	text_init(&cube, ctx->arena);
	text_init(&fold, ctx->arena);
	TRY(figures_render(ctx, &query, &cube));
	TRY(fold_render(ctx, &query, &fold));
	if (text_equal(text_of(&cube), text_of(&fold)))
		return OK;
	return FAIL(ctx, FAIL_INTERNAL, "doctor.cube",
	    "%s %s (%s): the cube and the ledger differ", form->code, period,
	    basis);
}

/* The newest period that is open for reporting, or the last one of a form. */
static struct period
last_period(const struct ctx *ctx, const struct form *form)
{
	day on = day_of_us(ctx->now_us);
	struct period period = { 0 };

	if (on > form->last_day)
		on = form->last_day;
	period = period_of(&form->calendar, on);
	return period.to <= on ? period : period_previous(&period);
}

/* The last periods of every form, both bases. */
static enum fail
check_cube(struct ctx *ctx)
{
	static const char *const bases[] = { "sent", "accepted" };
	const struct catalogue *cat = catalogue_now(ctx);
	int checked = 0;

	TRY(report_replay(ctx));
	for (size_t f = 0; f < catalogue_count(cat); f++) {
		const struct form *form = catalogue_at(cat, f);
		struct period period = last_period(ctx, form);

		for (int back = 0; back < PERIODS_BACK; back++) {
			for (size_t b = 0; b < ARRAY_SIZE(bases); b++) {
				if (form_for(form, &period) == NULL)
					continue;
				TRY(check_period(ctx, form,
				    period_text(ctx->arena, &period),
				    bases[b]));
				checked++;
			}
			period = period_previous(&period);
		}
	}
	printf("ok  cube: %d tables equal a recount from the ledger\n",
	    checked);
	return OK;
}

/* After check_cube, which has replayed the ledger. */
static enum fail
check_snapshot(struct ctx *ctx)
{
	struct text said;

	text_init(&said, ctx->arena);
	TRY(report_check_kept(ctx, &said));
	printf("ok  snapshot: %s\n", text_of(&said));
	return OK;
}

static enum fail
run(struct ctx *ctx, const struct args *args)
{
	static enum fail (*const checks[])(struct ctx * ctx) = { check_ledger,
		check_reports, check_cube, check_snapshot };

	(void)args;
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		enum fail got = OK;

		TRY(tx_begin(ctx, TX_READ));
		got = checks[i](ctx);
		TRY(tx_end(ctx, got));
	}
	printf("All is well.\n");
	return OK;
}

static enum fail
doctor(struct ctx *ctx, const struct args *args)
{
	return program_run(ctx, args, PROGRAM_READ, false, run);
}

static const struct arg_option options[] = {
	ARG_DATA,
	ARG_STORE,
	{ 0 },
};

const struct command doctor_command = {
	.name = "doctor",
	.summary = "check that all parts of the data agree",
	.usage = "",
	.detail = "Walks the ledger, compares every report's row with it, and "
		  "the totals with a recount.\nReads beside a running "
		  "server.\n",
	.options = options,
	.run = doctor,
};
