#include "cli/args.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "core/num.h"
#include "core/text.h"

struct given {
	const struct arg_option *option;
	const char *value;
};

struct args {
	const struct command *command;
	struct args_place place;
	char *const *argv;
	int argc;
	struct given given[ARGS_MAX];
	int given_count;
	const char *words[ARGS_MAX];
	int word_count;
};

static const struct arg_option *
find(const struct command *command, const char *name, size_t len)
{
	for (const struct arg_option *o = command->options; o->name != NULL;
	     o++) {
		if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
			return o;
	}
	return NULL;
}

static int
times_given(const struct args *args, const struct arg_option *option)
{
	int times = 0;

	for (int i = 0; i < args->given_count; i++)
		times += args->given[i].option == option;
	return times;
}

/* "--name value", "--name=value" or "--flag"; *used words are consumed. */
static enum fail
read_option(struct ctx *ctx, struct args *args, int argc, char **argv,
    int *used)
{
	const char *name = argv[0] + 2;
	const char *equals = strchr(name, '=');
	const size_t len =
	    equals == NULL ? strlen(name) : (size_t)(equals - name);
	const struct arg_option *option = find(args->command, name, len);
	const char *value = equals == NULL ? NULL : equals + 1;

	*used = 1;
	if (option == NULL)
		return FAIL(ctx, FAIL_INVALID, "args.unknown",
		    "%s: no such option; see truc %s --help", argv[0],
		    args->command->name);
	if (option->value != NULL && value == NULL && argc > 1) {
		value = argv[1];
		*used = 2;
	}
	if ((option->value == NULL) != (value == NULL))
		return FAIL(ctx, FAIL_INVALID, "args.value",
		    option->value == NULL ? "--%s takes no value"
					  : "--%s needs a value",
		    option->name);
	if (!option->repeats && times_given(args, option) > 0)
		return FAIL(ctx, FAIL_INVALID, "args.repeated",
		    "--%s is given twice", option->name);
	args->given[args->given_count++] = (struct given){ option, value };
	return OK;
}

enum fail
args_read(struct ctx *ctx, const struct command *command, int argc, char **argv,
    const struct args_place *place, const struct args **ret)
{
	struct args *args = ARENA_NEW(ctx->arena, struct args);
	bool options = true;

	args->command = command;
	args->place = *place;
	args->argv = argv;
	args->argc = argc;
	for (int i = 0; i < argc;) {
		int used = 1;

		if (args->given_count + args->word_count == ARGS_MAX)
			return FAIL(ctx, FAIL_INVALID, "args.count",
			    "more than %d arguments", ARGS_MAX);
		if (options && text_equal(argv[i], "--"))
			options = false;
		else if (options && text_starts(argv[i], "--"))
			TRY(read_option(ctx, args, argc - i, argv + i, &used));
		else
			args->words[args->word_count++] = argv[i];
		i += used;
	}
	if (args->word_count < command->least ||
	    args->word_count > command->most)
		return FAIL(ctx, FAIL_INVALID, "args.count",
		    "usage: truc %s [options]%s%s; see truc %s --help",
		    command->name, command->usage[0] == '\0' ? "" : " ",
		    command->usage, command->name);
	*ret = args;
	return OK;
}

const struct command *
args_command(const struct args *args)
{
	return args->command;
}

char *const *
args_given(const struct args *args, int *ret_count)
{
	*ret_count = args->argc;
	return args->argv;
}

FILE *
args_out(const struct args *args)
{
	return args->place.out;
}

const char *
args_path(struct ctx *ctx, const struct args *args, const char *path)
{
	const char *folder = args->place.folder;

	return folder == NULL || path[0] == '/'
		   ? path
		   : arena_printf(ctx->arena, "%s/%s", folder, path);
}

const char *
args_nth(const struct args *args, const char *name, int n)
{
	const struct arg_option *option =
	    find(args->command, name, strlen(name));

	assert(option != NULL);
	for (int i = 0; i < args->given_count; i++) {
		if (args->given[i].option == option && n-- == 0)
			return args->given[i].value;
	}
	return NULL;
}

const char *
args_text(const struct args *args, const char *name)
{
	const char *value = args_nth(args, name, 0);

	return value != NULL
		   ? value
		   : find(args->command, name, strlen(name))->fallback;
}

bool
args_flag(const struct args *args, const char *name)
{
	const struct arg_option *option =
	    find(args->command, name, strlen(name));

	assert(option != NULL && option->value == NULL);
	return times_given(args, option) > 0;
}

enum fail
args_int(struct ctx *ctx, const struct args *args, const char *name, int64_t lo,
    int64_t hi, int64_t *ret)
{
	const char *text = args_text(args, name);

	assert(text != NULL);
	if (num_parse(text, lo, hi, ret))
		return OK;
	return FAIL(ctx, FAIL_INVALID, "args.value",
	    "--%s: %s is no whole number of %lld to %lld", name, text,
	    (long long)lo, (long long)hi);
}

const char *
args_word(const struct args *args, int n)
{
	return n < args->word_count ? args->words[n] : NULL;
}

void
args_help(const struct command *command)
{
	printf("truc %s [options]%s%s\n%s\n\n%s\n", command->name,
	    command->usage[0] == '\0' ? "" : " ", command->usage,
	    command->summary, command->detail);
	for (const struct arg_option *o = command->options; o->name != NULL;
	     o++) {
		char head[64];

		if (o->meaning == NULL)
			continue;
		snprintf(head, sizeof(head), "--%s %s", o->name,
		    o->value == NULL ? "" : o->value);
		printf("  %-22s %s", head, o->meaning);
		if (o->fallback != NULL)
			printf(" (default %s)", o->fallback);
		putchar('\n');
	}
}
