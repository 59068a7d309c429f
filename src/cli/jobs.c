#include "jobs/jobs.h"

#include <inttypes.h>

#include "cli/commands.h"
#include "cli/program.h"
#include "core/day.h"
#include "core/num.h"
#include "core/text.h"

static enum fail
list(struct ctx *ctx, const struct args *args, struct text *out)
{
	struct job_dead *dead = NULL;
	size_t count = 0;
	int64_t after = 0;
	int64_t seen = 0;

	(void)args;
	do {
		TRY(job_dead_list(ctx, after, JOB_PAGE_MAX, &dead, &count));
		for (size_t i = 0; i < count; i++) {
			text_addf(out,
			    "%8" PRId64 "  %s  %s  %" PRId64 " tries, %s  %s\n",
			    dead[i].id,
			    time_text(ctx->arena, dead[i].dead_at_us),
			    dead[i].kind, dead[i].tries, dead[i].failure,
			    dead[i].args);
			after = dead[i].id;
			seen++;
		}
	} while (count == JOB_PAGE_MAX);
	text_add(out, seen == 0
			  ? "No job has been given up.\n"
			  : "truc jobs restart NUMBER tries one again.\n");
	return OK;
}

static enum fail
restart(struct ctx *ctx, const struct args *args, struct text *out)
{
	const char *number = args_word(args, 1);
	int64_t id = 0;

	if (!num_parse(number, 1, INT64_MAX, &id))
		return FAIL(ctx, FAIL_INVALID, "args.value",
		    "%s is no number; truc jobs tells them", number);
	TRY(job_restart(ctx, id));
	text_addf(out, "Job %s runs when the server does.\n", number);
	return OK;
}

static enum fail
run_list(struct ctx *ctx, const struct args *args)
{
	return program_say(ctx, args, TX_READ, list);
}

static enum fail
run_restart(struct ctx *ctx, const struct args *args)
{
	return program_say(ctx, args, TX_WRITE, restart);
}

static enum fail
jobs(struct ctx *ctx, const struct args *args)
{
	if (args_word(args, 0) == NULL)
		return program_run(ctx, args, PROGRAM_READ, false, run_list);
	if (!text_equal(args_word(args, 0), "restart") ||
	    args_word(args, 1) == NULL)
		return FAIL(ctx, FAIL_INVALID, "args.count",
		    "usage: truc jobs, or truc jobs restart NUMBER");
	return program_run(ctx, args, PROGRAM_WRITE, false, run_restart);
}

static const struct arg_option options[] = {
	ARG_DATA,
	ARG_STORE,
	{ 0 },
};

const struct command jobs_command = {
	.name = "jobs",
	.summary = "background jobs that were given up",
	.usage = "[restart NUMBER]",
	.detail =
	    "A job that failed too often waits here for a person: number, "
	    "time, kind, the code of\nits last failure, arguments. The "
	    "list reads beside a running server; restart needs it\n"
	    "stopped.\n",
	.options = options,
	.most = 2,
	.run = jobs,
};
