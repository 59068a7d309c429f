#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/ctx.h"

/*
 * Commands and their options as tables: from them come reading, refusing what
 * is not declared, and --help.
 */
struct arg_option {
	const char *name;     /* "data": given as --data VALUE */
	const char *value;    /* "DIR"; NULL: a flag without value */
	const char *fallback; /* when it is not given; NULL: none */
	const char *meaning;  /* one line; NULL: not shown */
	bool repeats;         /* may be given more than once */
};

struct args;

struct command {
	const char *name;
	const char *summary; /* one line of `truc --help` */
	const char *usage;   /* "ROLE@UNIT...": what follows the options */
	const char *detail;  /* paragraphs of `truc NAME --help` */
	const struct arg_option *options; /* ends with name NULL */
	int least;                        /* words behind the options */
	int most;
	/* What it writes may be done by the server that has the folder
	 * (cli/control.h). */
	bool beside;
	enum fail (*run)(struct ctx *ctx, const struct args *args);
};

#define ARGS_MAX 64

/* Where somebody gave a command. */
struct args_place {
	FILE *out;          /* takes what it has to say */
	const char *folder; /* absolute; NULL: the process's own */
};

/*
 * Read argv behind the command's name; it is kept.
 *	FAIL_INVALID	"args.unknown" "args.value" "args.count" "args.repeated"
 */
NODISCARD enum fail args_read(struct ctx *ctx, const struct command *command,
    int argc, char **argv, const struct args_place *place,
    const struct args **ret);

/* What was read, and for whom. */
const struct command *args_command(const struct args *args);
char *const *args_given(const struct args *args, int *ret_count);
FILE *args_out(const struct args *args);
/* A file that was named: from where it was named.  In ctx->arena. */
const char *args_path(struct ctx *ctx, const struct args *args,
    const char *path);

/* The option's value or its fallback; asserts that it is declared. */
const char *args_text(const struct args *args, const char *name);
bool args_flag(const struct args *args, const char *name);
/* FAIL_INVALID "args.value" unless a whole number in lo..hi. */
NODISCARD enum fail args_int(struct ctx *ctx, const struct args *args,
    const char *name, int64_t lo, int64_t hi, int64_t *ret);
/* The n-th value of a repeated option, NULL behind the last. */
const char *args_nth(const struct args *args, const char *name, int n);
/* The n-th word, NULL behind the last. */
const char *args_word(const struct args *args, int n);

void args_help(const struct command *command);

/* Options that many commands share. */
#define ARG_DATA \
	{ \
		"data", "DIR", "./var", "the data folder", false \
	}
#define ARG_STORE \
	{ \
		"store", "URL", NULL, \
		    "postgres://... instead of the folder's SQLite file", \
		    false \
	}

#endif
