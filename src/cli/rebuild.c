#include <inttypes.h>
#include <stdio.h>

#include "app/slice.h"
#include "cli/commands.h"
#include "cli/program.h"
#include "core/text.h"
#include "people/audit.h"
#include "report/check.h"
#include "report/keep.h"

/* Nothing tells what they were: who says rebuild takes them, and the audit says
 * so. */
static enum fail
take_rows(struct ctx *ctx, struct text *out)
{
	TRY(tally_start(ctx, slices_tally));
	text_add(out, "Rows of which no ledger entry tells were not as they "
		      "were left, and are taken as they are.\n");
	return audit_note(ctx, "rows.begin", 0, 0, NULL);
}

static enum fail
work(struct ctx *ctx, const struct args *args, struct text *out)
{
	bool differ = false;
	int64_t fixed = 0;

	(void)args;
	TRY(tally_differs(ctx, slices_tally, &differ));
	TRY(report_rebuild(ctx, &fixed));
	text_addf(out, "%" PRId64 " reports were put right.\n", fixed);
	return differ ? take_rows(ctx, out) : OK;
}

static enum fail
run(struct ctx *ctx, const struct args *args)
{
	TRY(program_say(ctx, args, TX_WRITE, work));
	TRY(report_keep_anew(ctx));
	printf("The snapshot of totals is made anew.\n");
	return OK;
}

static enum fail
rebuild(struct ctx *ctx, const struct args *args)
{
	return program_run(ctx, args, PROGRAM_WRITE, false, run);
}

static const struct arg_option options[] = {
	ARG_DATA,
	ARG_STORE,
	{ 0 },
};

const struct command rebuild_command = {
	.name = "rebuild",
	.summary = "make what is derived again from the ledger",
	.usage = "",
	.detail = "Which version of a report is sent, accepted or returned "
		  "follows from the ledger;\nrows that say otherwise are put "
		  "right, and the snapshot of totals from which a start\ngoes "
		  "on is made anew. truc doctor reports whether there is "
		  "need.\nSessions, jobs, papers, hooks, uploads and events "
		  "that were edited beside the program\nare taken as they "
		  "are; the audit says so.\n",
	.options = options,
	.run = rebuild,
};
