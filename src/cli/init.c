#include <inttypes.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/forms.h"
#include "cli/program.h"

static enum fail
run(struct ctx *ctx, const struct args *args)
{
	(void)args;
	TRY(program_unit(ctx, forms_publish, NULL));
	printf(
	    "Made. Next: truc import units, truc import ministries, truc user "
	    "add, truc serve.\n");
	return OK;
}

static enum fail
init(struct ctx *ctx, const struct args *args)
{
	return program_run(ctx, args, PROGRAM_CREATE, false, run);
}

static const struct arg_option options[] = {
	ARG_DATA,
	ARG_STORE,
	{ 0 },
};

const struct command init_command = {
	.name = "init",
	.summary = "make an empty data folder with the official forms",
	.usage = "",
	.detail = "Makes the folder, its ledger key and its tables, and "
		  "publishes the forms that\ncome with the program. The key "
		  "signs the ledger: keep a copy in a safe place.\n",
	.options = options,
	.run = init,
};
