#include "jobs/jobs.h"

#include <inttypes.h>

#include "cli/commands.h"
#include "cli/program.h"
#include "core/day.h"
#include "core/num.h"
#include "core/text.h"

static enum fail
list_running(struct ctx *ctx, struct text *out)
{
	struct job_running *running = NULL;
	size_t count = 0;
	int64_t after = 0;

	do {
		TRY(job_running_list(ctx, after, JOB_PAGE_MAX, &running,
		    &count));
		for (size_t i = 0; i < count; i++) {
			text_addf(out,
			    "%8" PRId64 "  at work  %s  try %" PRId64,
			    running[i].id, running[i].kind, running[i].tries);
			if (running[i].total > 0)
				text_addf(out,
				    ", %" PRId64 " of %" PRId64 " steps",
				    running[i].done, running[i].total);
			else if (running[i].done > 0)
				text_addf(out, ", %" PRId64 " steps",
				    running[i].done);
			text_addf(out, "  %s\n", running[i].args);
			after = running[i].id;
		}
	} while (count == JOB_PAGE_MAX);
	return OK;
}

static enum fail
list_schedules(struct ctx *ctx, struct text *out)
{
	struct job_schedule *schedules = NULL;
	size_t count = 0;

	TRY(job_schedule_list(ctx, &schedules, &count));
	for (size_t i = 0; i < count; i++)
		text_addf(out, "planned   %s  %s, every %" PRId64 " s\n",
		    time_text(ctx->arena, schedules[i].next_us),
		    schedules[i].kind, schedules[i].every_s);
	return OK;
}

static enum fail
list(struct ctx *ctx, const struct args *args, struct text *out)
{
	struct job_dead *dead = NULL;
	size_t count = 0;
	int64_t after = 0;
	int64_t seen = 0;

	(void)args;
	TRY(list_schedules(ctx, out));
	TRY(list_running(ctx, out));
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
		    "%s is no number; truc jobs lists them", number);
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
	.summary = "background jobs: planned, at work, given up",
	.usage = "[restart NUMBER]",
	.detail =
	    "First what runs by itself and when next, then the jobs at work "
	    "and how far they are.\nA job that failed too often waits here "
	    "for a person: number, time, kind, the code of\nits last "
	    "failure, arguments. Both work beside a running server.\n",
	.options = options,
	.beside = true,
	.most = 2,
	.run = jobs,
};
