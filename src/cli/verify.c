#include <inttypes.h>

#include "cli/commands.h"
#include "cli/program.h"
#include "core/text.h"
#include "ledger/ledger.h"

static enum fail
work(struct ctx *ctx, const struct args *args, struct text *out)
{
	const char *checkpoint = NULL;
	int64_t checked = 0;

	(void)args;
	TRY(ledger_verify(ctx, &checked));
	TRY(ledger_checkpoint(ctx, &checkpoint));
	text_addf(out,
	    "The ledger holds: %" PRId64 " entries, no gap, every digest, "
	    "the root and the\nsignature as they must be.\n\n%s",
	    checked, checkpoint);
	return OK;
}

static enum fail
run(struct ctx *ctx, const struct args *args)
{
	return program_say(ctx, args, TX_READ, work);
}

static enum fail
verify(struct ctx *ctx, const struct args *args)
{
	return program_run(ctx, args, PROGRAM_READ, false, run);
}

static const struct arg_option options[] = {
	ARG_DATA,
	ARG_STORE,
	{ 0 },
};

const struct command verify_command = {
	.name = "verify",
	.summary = "walk the whole ledger and check every digest",
	.usage = "",
	.detail = "Reads beside a running server. Prints the signed checkpoint "
		  "that it checked against.\n",
	.options = options,
	.run = verify,
};
