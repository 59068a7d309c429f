#include "centre/check.h"

#include <string.h>

#include "centre/figures.h"
#include "centre/fold.h"
#include "core/arena.h"
#include "regime/catalogue.h"
#include "report/report.h"

#define PERIODS_BACK 4

static enum fail
check_period(struct ctx *ctx, const struct form *form, const char *period,
    const char *basis)
{
	const struct figures_query query = {
		.form = form->code,
		.periods = { &period, 1 },
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
enum fail
check_cube(struct ctx *ctx, struct text *said)
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
	text_addf(said, "%d tables equal a recount from the ledger", checked);
	return OK;
}
