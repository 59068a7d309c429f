#include <inttypes.h>

#include "core/home.h"
#include "report/option.h"
#include "report/paper.h"
#include "report/report.h"
#include "store/within.h"

struct some {
	struct report_outcome *items;
	size_t count;
};

static bool
is_accepted(const struct report *report)
{
	return report->standing == STANDING_ACCEPTED &&
	       report->accepted_version == report->sent_version;
}

static enum fail
accept_one(struct ctx *ctx, int64_t id)
{
	struct report *report = NULL;

	TRY(report_load(ctx, id, 0, &report));
	if (paper_may_review(ctx, report) && is_accepted(report))
		return OK;
	if (report_flags(report) > 0)
		return FAIL(ctx, FAIL_CONFLICT, "report.flagged",
		    "report %" PRId64 " has %" PRId64 " flags", id,
		    report_flags(report));
	TRY(report_accept(ctx, report));
	return report_store(ctx, report, report_revision(report));
}

/* A failing report says why and does not stop the others: what can refuse it
 * does so before anything of it is written. */
static enum fail
accept_some(struct ctx *ctx, void *arg)
{
	const struct some *some = arg;

	for (size_t i = 0; i < some->count; i++) {
		struct report_outcome *item = &some->items[i];
		const enum fail got = accept_one(ctx, item->id);

		item->ok = got == OK;
		item->code = NULL;
		if (got == OK)
			continue;
		/* The unit of work as such: nothing more can be done in it; and
		 * a cube that is full says so when the rows are written. */
		if (got == FAIL_INTERNAL || got == FAIL_UPSTREAM ||
		    got == FAIL_TOO_BIG ||
		    store_failed_for_now(ctx->failure.code))
			return got;
		item->code = ctx->failure.code;
		fail_clear(ctx);
	}
	return OK;
}

enum fail
report_accept_many(struct ctx *ctx, struct report_outcome *items, size_t count)
{
	const size_t most = (size_t)option_int(ctx->home,
	    &report_option_table[REPORT_ACCEPTED_AT_ONCE]);

	for (size_t from = 0; from < count; from += most) {
		const size_t left = count - from;
		struct some some = { items + from, left < most ? left : most };

		TRY(tx_within(ctx, TX_WRITE, accept_some, &some));
	}
	return OK;
}
