#include <stdio.h>

#include "app/flow.h"
#include "cli/commands.h"
#include "cli/program.h"
#include "core/text.h"

static void
print_flows(struct ctx *ctx, const struct slice *slice, bool alone, bool dot)
{
	const struct flow *const *flow = slice->flows;

	if (flow == NULL || *flow == NULL)
		return;
	if (!alone && !dot)
		printf("%s:\n", slice->name);
	for (; *flow != NULL; flow++) {
		struct text text;

		text_init(&text, ctx->arena);
		if (dot)
			flow_draw_dot(&text, *flow);
		else
			flow_draw(&text, *flow);
		fputs(text_of(&text), stdout);
	}
}

static enum fail
run(struct ctx *ctx, const struct args *args)
{
	const char *name = args_word(args, 0);
	bool found = name == NULL;

	for (const struct slice *const *slice = program_slices; *slice != NULL;
	     slice++) {
		if (name != NULL && !text_equal(name, (*slice)->name))
			continue;
		print_flows(ctx, *slice, name != NULL, args_flag(args, "dot"));
		found = true;
	}
	if (!found)
		return FAIL(ctx, FAIL_NOT_FOUND, "flow.unknown",
		    "there is no slice %s", name);
	return OK;
}

static const struct arg_option options[] = {
	{ "dot", NULL, NULL, "for Graphviz", false },
	{ 0 },
};

const struct command flow_command = {
	.name = "flow",
	.summary = "the state machines: who may do what in which state",
	.usage = "[SLICE]",
	.detail =
	    "A line for each step of each machine: where it begins, what is "
	    "done, where it\nleads, and the permission it asks of whom.  The "
	    "drawing in a slice's README is\nthis.  Needs no data folder.\n",
	.options = options,
	.most = 1,
	.run = run,
};
