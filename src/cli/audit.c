#include <inttypes.h>

#include "cli/commands.h"
#include "cli/program.h"
#include "core/day.h"
#include "core/text.h"
#include "people/audit.h"

static void
print(struct ctx *ctx, const struct audit_row *row, struct text *out)
{
	text_addf(out, "%8" PRId64 "  %s  %-16s %s", row->id,
	    time_text(ctx->arena, row->at_us),
	    row->login == NULL ? "-" : row->login, row->action);
	if (row->unit != 0)
		text_addf(out, "  unit %" PRId64, row->unit);
	if (row->object != 0)
		text_addf(out, "  object %" PRId64, row->object);
	text_addf(out, "%s%s\n", row->detail == NULL ? "" : "  ",
	    row->detail == NULL ? "" : row->detail);
}

static enum fail
work(struct ctx *ctx, const struct args *args, struct text *out)
{
	struct audit_row *rows = NULL;
	size_t count = 0;
	int64_t before = 0;
	int64_t limit = 0;

	TRY(args_int(ctx, args, "before", 0, INT64_MAX, &before));
	TRY(args_int(ctx, args, "limit", 1, AUDIT_PAGE_MAX, &limit));
	TRY(audit_list(ctx, before, limit, &rows, &count));
	for (size_t i = 0; i < count; i++)
		print(ctx, &rows[i], out);
	return OK;
}

static enum fail
run(struct ctx *ctx, const struct args *args)
{
	return program_say(ctx, args, TX_READ, work);
}

static enum fail
audit(struct ctx *ctx, const struct args *args)
{
	return program_run(ctx, args, PROGRAM_READ, false, run);
}

static const struct arg_option options[] = {
	ARG_DATA,
	ARG_STORE,
	{ "limit", "N", "50", "how many rows, at most 500", false },
	{ "before", "N", "0", "only rows with a number below this one", false },
	{ 0 },
};

const struct command audit_command = {
	.name = "audit",
	.summary = "who did what, the newest first",
	.usage = "",
	.detail = "A line per act: number, time, login (- is the program "
		  "itself), what was done, to which\nunit and object. To page "
		  "back, give the last number to --before. Reads beside a "
		  "running\nserver.\n",
	.options = options,
	.run = audit,
};
