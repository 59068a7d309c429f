#include "cli/upkeep.h"

#include "cli/program.h"
#include "core/day.h"
#include "ledger/ledger.h"

static enum fail
verify(struct ctx *ctx, const char *args)
{
	int64_t checked = 0;

	(void)args;
	return ledger_verify(ctx, &checked);
}

const struct job_kind upkeep_kinds[] = {
	{ "ledger.verify", 600, 3, verify },
	{ 0 },
};

int64_t
upkeep_next_us(int64_t now_us)
{
	const int64_t two_us = INT64_C(2) * 3600 * 1000000;
	const int64_t today_us = day_start_us(day_of_us(now_us)) + two_us;

	return now_us < today_us ? today_us : today_us + DAY_US;
}

static enum fail
add(struct ctx *ctx, const void *arg)
{
	int64_t id = 0;

	(void)arg;
	return job_add(ctx, "ledger.verify", "{}", ctx->now_us, &id);
}

enum fail
upkeep_add(struct ctx *ctx)
{
	return program_unit(ctx, add, NULL);
}
