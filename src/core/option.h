#ifndef CORE_OPTION_H
#define CORE_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/text.h"

/*
 * What an operator may set: limits, times, sizes.  Each module has a table of
 * rows; a slice's table of contents lists those of its modules.  From the rows
 * come reading, bounds, `truc options` and docs/options.md.
 *
 * A value is the row's own, that of DIR/truc.conf ("name = value", # begins a
 * comment), or that of the environment (store.batch_units is
 * TRUC_STORE_BATCH_UNITS), the last one first.  Sizes may be written with KiB,
 * MiB, GiB and times with ms, s, min, h, d.  A flag of a command, where there is
 * one, overrides them all.
 */
enum option_type { OPTION_INT, OPTION_CHOICE, OPTION_TEXT };
enum option_when {
	OPTION_RESTART, /* in force from the next start */
	OPTION_RELOAD,  /* SIGHUP reads the file again */
};

struct option {
	const char *name; /* "store.batch_units"; the table ends with NULL */
	enum option_type type;
	enum option_when when;
	int64_t initial; /* INT; CHOICE: its number */
	int64_t least;
	int64_t most;     /* TEXT: bytes */
	const char *unit; /* "bytes" "s" "ms" "h" "d"; "" for a plain number */
	const char *const *choices; /* CHOICE: NULL-terminated */
	const char *text;           /* TEXT: its initial value */
	const char *prose;          /* one sentence or two, in English */
};

/* clang-format off */
#define OPT_INT(name, initial, least, most, unit, when, prose) \
	{ (name), OPTION_INT, (when), (initial), (least), (most), (unit), \
	    NULL, NULL, (prose) }
#define OPT_CHOICE(name, initial, choices, when, prose) \
	{ (name), OPTION_CHOICE, (when), (initial), 0, 0, "", (choices), \
	    NULL, (prose) }
#define OPT_TEXT(name, text, most, when, prose) \
	{ (name), OPTION_TEXT, (when), 0, 0, (most), "", NULL, (text), \
	    (prose) }
/* clang-format on */

extern const struct option core_options[];
enum core_option { CORE_LOG_LEVEL, CORE_CLOCK_STEP, CORE_DISK_RESERVE };

/* The values, home->options.  Any thread may ask. */
struct options;

/*
 * Read the file (it may be absent) and the environment for rows of a list of
 * tables that ends with NULL and outlives it.  Every fault is noted with its
 * place, "truc.conf:12" or the variable's name.
 *	FAIL_INVALID	"input.invalid" with fields "option.unknown"
 *			"option.value" "option.line" "option.twice"
 */
#define OPTION_FILE_MAX ((size_t)256 * 1024)
#define OPTION_TABLES_MAX 64
NODISCARD enum fail options_read(struct ctx *ctx, const char *path,
    const struct option *const *tables, struct options **ret);
void options_free(struct options *options); /* NULL does nothing */

/*
 * Read again; takes over what is OPTION_RELOAD, if nothing is wrong.
 * *ret_changed counts the values that are others now.  A file that never was may
 * still be absent; one that was read before may not.
 *	FAIL_INVALID	as above
 *	FAIL_CONFLICT	"option.file"	it is gone
 */
NODISCARD enum fail options_reload(struct ctx *ctx, struct options *options,
    int *ret_changed);

/*
 * The value of a row, in its unit; CHOICE: its number.  Without home->options,
 * or for a row of no table of theirs, the initial one.
 */
int64_t option_int(const struct home *home, const struct option *row);
const char *option_text(const struct home *home, const struct option *row);

/* One row as `truc options` shows it. */
struct option_line {
	const struct option *row;
	const char *value;  /* as it would be written in the file */
	const char *source; /* "default", "file" or "environment" */
};
/* All rows by name, in ctx->arena. */
void options_list(struct ctx *ctx, const struct options *options,
    struct option_line **ret, size_t *ret_count);

/* A row's initial value and its bounds, for people: "64", "1 to 1024". */
const char *option_initial(struct ctx *ctx, const struct option *row);
const char *option_bounds(struct ctx *ctx, const struct option *row);

#endif
