#include <inttypes.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/program.h"
#include "ledger/ledger.h"
#include "store/store.h"

static enum fail
run(struct ctx *ctx, const struct args *args)
{
	const char *checkpoint = NULL;
	int64_t checked = 0;
	enum fail got = OK;

	(void)args;
	TRY(tx_begin(ctx, TX_READ));
	got = ledger_verify(ctx, &checked);
	if (got == OK)
		got = ledger_checkpoint(ctx, &checkpoint);
	TRY(tx_end(ctx, got));
	printf("The ledger holds: %" PRId64 " entries, no gap, every digest, "
	       "the root and the\nsignature as they must be.\n\n%s",
	    checked, checkpoint);
	return OK;
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
