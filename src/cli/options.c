#include <stdio.h>

#include "cli/commands.h"
#include "cli/program.h"
#include "core/arena.h"
#include "core/option.h"

static void
print_line(struct ctx *ctx, const struct option_line *line)
{
	printf("%s = %s", line->row->name, line->value);
	if (!text_equal(line->source, "default"))
		printf("   (%s; default %s)", line->source,
		    option_initial(ctx, line->row));
	printf("\n    %s\n    %s; in force after a %s\n", line->row->prose,
	    option_bounds(ctx, line->row),
	    line->row->when == OPTION_RELOAD ? "reload (SIGHUP)" : "restart");
}

static void
print_markdown(struct ctx *ctx, const struct option_line *lines, size_t count)
{
	puts("# Options\n\nMade by `truc options --markdown`. Set in "
	     "`DIR/truc.conf` (`name = value`, `#` begins a comment) or in "
	     "the environment\n(`store.readers` is `TRUC_STORE_READERS`), "
	     "which wins. Sizes may be written with KiB, MiB, GiB, times with "
	     "ms, s, min, h, d.\n`reload`: the server takes it over at "
	     "SIGHUP; `restart`: at its next start.\n\n"
	     "| Option | Default | Bounds | In force | Meaning |\n"
	     "|---|---|---|---|---|");
	for (size_t i = 0; i < count; i++)
		printf("| `%s` | %s | %s | %s | %s |\n", lines[i].row->name,
		    option_initial(ctx, lines[i].row),
		    option_bounds(ctx, lines[i].row),
		    lines[i].row->when == OPTION_RELOAD ? "reload" : "restart",
		    lines[i].row->prose);
}

static enum fail
show(struct ctx *ctx, const struct args *args, const struct options *all)
{
	const char *name = args_word(args, 0);
	struct option_line *lines = NULL;
	size_t count = 0;
	bool found = false;

	options_list(ctx, all, &lines, &count);
	if (args_flag(args, "markdown")) {
		print_markdown(ctx, lines, count);
		return OK;
	}
	for (size_t i = 0; i < count; i++)
		if (name == NULL || text_equal(name, lines[i].row->name)) {
			print_line(ctx, &lines[i]);
			found = true;
		}
	if (!found)
		return FAIL(ctx, FAIL_NOT_FOUND, "option.unknown",
		    "there is no option %s; truc options lists them", name);
	return OK;
}

static enum fail
run(struct ctx *ctx, const struct args *args)
{
	struct options *all = NULL;
	enum fail got = OK;

	TRY(program_read_options(ctx, args_text(args, "data"), &all));
	got = show(ctx, args, all);
	options_free(all);
	return got;
}

static const struct arg_option options[] = {
	ARG_DATA,
	{ "markdown", NULL, NULL, "as docs/options.md", false },
	{ 0 },
};

const struct command options_command = {
	.name = "options",
	.summary = "what an operator may set, and what is set",
	.usage = "[NAME]",
	.detail =
	    "Shows every option with its value, bounds and meaning, from "
	    "DIR/truc.conf\n(\"name = value\") and the environment "
	    "(TRUC_STORE_READERS for store.readers).\nTells what is wrong "
	    "there, with its line. Needs no data folder.\n",
	.options = options,
	.most = 1,
	.run = run,
};
