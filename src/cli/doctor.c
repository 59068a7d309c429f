#include <stdio.h>

#include "app/slice.h"
#include "cli/blobs.h"
#include "cli/commands.h"
#include "cli/program.h"
#include "people/kept.h"

/*
 * Does everything that can be derived agree with what it is derived from?  Each
 * slice has its checks; each says what it compared, and the first that does not
 * hold stops.
 */
static enum fail
run_check(struct ctx *ctx, const struct check *check)
{
	struct text said;
	enum fail got = OK;

	text_init(&said, ctx->arena);
	TRY(tx_begin(ctx, TX_READ));
	got = check->run(ctx, &said);
	TRY(tx_end(ctx, got));
	printf("ok  %s: %s\n", check->name, text_of(&said));
	return OK;
}

static enum fail
check_rows(struct ctx *ctx, struct text *said)
{
	return tally_check(ctx, slices_tally, said);
}

/* Below all slices: people and what they did, the files that rows name. */
static const struct check people = { "people", kept_check };
static const struct check rows = { "rows", check_rows };
static const struct check files = { "files", blobs_check };

static enum fail
run(struct ctx *ctx, const struct args *args)
{
	const struct slice *const *slice = ctx->home->slices;

	(void)args;
	TRY(run_check(ctx, &people)); /* what some of the others rest on */
	for (; *slice != NULL; slice++) {
		const struct check *check = (*slice)->checks;

		for (; check != NULL && check->name != NULL; check++)
			TRY(run_check(ctx, check));
	}
	TRY(run_check(ctx, &rows));
	TRY(run_check(ctx, &files));
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
	.detail = "Walks the ledger, compares the rows of units, forms, "
		  "reports and acts with it, people\nwith the audit, and the "
		  "totals with a recount; reads every file and compares it "
		  "with its\nSHA-256. Reads beside a running server.\n",
	.options = options,
	.run = doctor,
};
