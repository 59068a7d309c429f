#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "core/arena.h"
#include "core/text.h"

static const struct command *const commands[] = {
	&init_command,
	&serve_command,
	&demo_command,
	&import_command,
	&user_command,
	&audit_command,
	&jobs_command,
	&clock_command,
	&figures_command,
	&doctor_command,
	&rebuild_command,
	&verify_command,
	&options_command,
	&flow_command,
	&backup_command,
	&restore_command,
	&bench_command,
	&test_plausible_command,
	&test_reorganise_command,
	&test_world_command,
};

static void
help(FILE *out)
{
	fprintf(out,
	    "truc %s - reports of a whole administration, from the commune to "
	    "the Government\n\nusage: truc COMMAND [options]\n\n",
	    TRUC_VERSION);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!text_starts(commands[i]->name, "test-"))
			fprintf(out, "  %-10s %s\n", commands[i]->name,
			    commands[i]->summary);
	}
	fputs("\ntruc COMMAND --help says more.  A first look: "
	      "truc demo, then truc serve.\n",
	    out);
}

const struct command *
command_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (text_equal(commands[i]->name, name))
			return commands[i];
	}
	return NULL;
}

/* What happened, where, what to do next; the code is for looking it up. */
static void
explain(const struct ctx *ctx)
{
	const struct failure *failure = &ctx->failure;

	fprintf(stderr, "truc: %s (%s)\n", failure->message, failure->code);
	for (const struct fail_field *f = failure->fields; f != NULL;
	     f = f->next)
		fprintf(stderr, "  %s: %s (%s)\n",
		    f->pointer[0] == '\0' ? "/" : f->pointer, f->message,
		    f->code);
	if (failure->kind == FAIL_INTERNAL)
		fprintf(stderr, "  at %s:%d\n", failure->file, failure->line);
}

static bool
asks_help(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (text_equal(argv[i], "--help") || text_equal(argv[i], "-h"))
			return true;
	}
	return false;
}

/*
 * A request's arenas come and go, up to megabytes for a large table.  By default
 * the allocator gives such memory back to the kernel each time, and most of the
 * request then is the kernel making it anew.  What it may keep is bounded:
 * KEEP_BYTES for each of HEAPS.
 */
#define HEAPS 8
#define KEEP_BYTES (4 << 20)

static void
keep_memory(void)
{
	(void)mallopt(M_ARENA_MAX, HEAPS);
	(void)mallopt(M_TRIM_THRESHOLD, KEEP_BYTES);
	(void)mallopt(M_MMAP_THRESHOLD, KEEP_BYTES);
}

int
main(int argc, char **argv)
{
	const struct command *command = argc < 2 ? NULL : command_find(argv[1]);
	struct arena *arena = NULL;
	const struct args_place here = { stdout, NULL };
	const struct args *args = NULL;
	struct ctx ctx;
	enum fail got = OK;

	keep_memory();
	/* What is made here - keys, reports, people - is its owner's alone. */
	umask(0077);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (command == NULL) {
		const bool asked = argc > 1 && (asks_help(1, argv + 1) ||
						   text_equal(argv[1], "help"));

		if (argc > 1 && !asked)
			fprintf(stderr, "truc: no command %s\n\n", argv[1]);
		help(asked ? stdout : stderr);
		return asked ? EXIT_SUCCESS : 2;
	}
	if (asks_help(argc - 2, argv + 2)) {
		args_help(command);
		return EXIT_SUCCESS;
	}
	arena = arena_new(0);
	ctx_init(&ctx, arena, NULL);
	ctx.locale = "en";
	got = args_read(&ctx, command, argc - 2, argv + 2, &here, &args);
	if (got == OK)
		got = command->run(&ctx, args);
	if (got != OK)
		explain(&ctx);
	arena_free(arena);
	return got == OK             ? EXIT_SUCCESS
	       : got == FAIL_INVALID ? 2
				     : EXIT_FAILURE;
}
