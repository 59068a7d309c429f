#include "centre/figures.h"
#include "centre/fold.h"
#include "cli/commands.h"
#include "cli/program.h"
#include "core/text.h"

/* LIST of the command line; none without it. */
static struct texts_of
list(struct ctx *ctx, const struct args *args, const char *name)
{
	const char *text = args_text(args, name);
	struct texts_of ret = { 0 };

	if (text != NULL)
		ret.at = text_split(ctx->arena, text, ',', &ret.count);
	return ret;
}

static enum fail
work(struct ctx *ctx, const struct args *args, struct text *out)
{
	const struct figures_query query = {
		.form = args_text(args, "form"),
		.periods = list(ctx, args, "periods"),
		.cells = list(ctx, args, "cells"),
		.units = list(ctx, args, "units"),
		.children_of = args_text(args, "children-of"),
		.level = args_text(args, "level"),
		.structure = args_text(args, "structure"),
		.as_of = args_text(args, "as-of"),
		.basis = args_text(args, "basis"),
		.apportion = args_text(args, "apportion"),
		.format = args_text(args, "format"),
	};

	return fold_render(ctx, &query, out);
}

static enum fail
run(struct ctx *ctx, const struct args *args)
{
	return program_say(ctx, args, TX_READ, work);
}

static enum fail
figures(struct ctx *ctx, const struct args *args)
{
	return program_run(ctx, args, PROGRAM_READ, false, run);
}

static const struct arg_option options[] = {
	ARG_DATA,
	ARG_STORE,
	{ "form", "CODE", "II.06a/VPCP/KSTT", "code of the form", false },
	{ "periods", "LIST", "2025-Q3", "periods, with commas", false },
	{ "cells", "LIST", NULL,
	    "cells, with commas; all.c3 sums column c3 over the rows", false },
	{ "units", "LIST", NULL, "these units: ids or scheme:code@date",
	    false },
	{ "children-of", "UNIT", NULL, "what is directly below a unit", false },
	{ "level", "0-3", NULL, "all units of a level", false },
	{ "structure", "DAY", NULL,
	    "the hierarchy of a day instead of each period's own", false },
	{ "as-of", "INDEX|DAY", NULL, "as it was known then", false },
	{ "basis", "sent|accepted", NULL, "what counts (default sent)", false },
	{ "apportion", "none|equal", NULL,
	    "spread what is unallocated evenly (default none)", false },
	{ "format", "csv|json", "csv", "how to print", false },
	{ 0 },
};

const struct command figures_command = {
	.name = "figures",
	.summary = "totals, folded from the ledger itself",
	.usage = "",
	.detail =
	    "Answers the questions of /api/v1/figures by reading the ledger "
	    "from its first entry\non: an independent path beside the server's "
	    "cube. Reads beside a running server.\n\n"
	    "  truc figures --level 1 --periods 2024-Q4 --structure 2025-07-01\n",
	.options = options,
	.run = figures,
};
