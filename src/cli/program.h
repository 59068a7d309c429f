#ifndef CLI_PROGRAM_H
#define CLI_PROGRAM_H

#include <stdbool.h>

#include "app/slice.h"
#include "cli/args.h"
#include "core/ctx.h"
#include "core/home.h"
#include "core/text.h"
#include "store/store.h"

/*
 * A data folder opened for one command: the services of home, wired together
 * (assemble.c, the only file that knows all slices).  Lives in ctx->arena;
 * ctx->home points to it and ctx->actor is the system until program_close.
 */
struct program;

enum program_mode {
	PROGRAM_CREATE, /* make the folder; it must be empty or absent */
	PROGRAM_WRITE,  /* alone: takes DIR/lock */
	PROGRAM_SERVE,  /* the same, and keeps a reserve for a full disk */
	PROGRAM_READ,   /* beside a running server: opens read-only */
};

struct program_options {
	const char *data;  /* the folder */
	const char *store; /* URL, NULL: DIR/truc.db */
	enum program_mode mode;
	bool replay; /* fill the cube from the ledger */
};

/*
 *	FAIL_CONFLICT	"data.locked"	a server or another command is at work
 *	FAIL_CONFLICT	"data.not_empty"
 *	FAIL_NOT_FOUND	"data.missing"	no such folder; truc init makes one
 *	FAIL_NOT_FOUND	"data.key_missing"	a database without ledger.key
 *	and those of store_open, ledger_open, regime_load, org_load
 */
NODISCARD enum fail program_open(struct ctx *ctx,
    const struct program_options *options, struct program **ret);
void program_close(struct program *program); /* NULL does nothing */

/* The options of all slices, from DIR/truc.conf and the environment. */
NODISCARD enum fail program_read_options(struct ctx *ctx, const char *data,
    struct options **ret);

/* From --data and --store. */
struct program_options program_options(const struct args *args,
    enum program_mode mode, bool replay);

/*
 * Open in that mode, run, close: what most commands do.  Everything they print
 * they print in run, to args_out.  Where a server has the folder, it is asked to
 * run what may be done beside it (cli/control.h); the server itself comes here
 * with ctx->home and runs it.
 */
NODISCARD enum fail program_run(struct ctx *ctx, const struct args *args,
    enum program_mode mode, bool replay,
    enum fail (*run)(struct ctx *ctx, const struct args *args));

/* One unit of work of a command on a fresh arena; ctx keeps the failure. */
NODISCARD enum fail program_unit(struct ctx *ctx,
    enum fail (*work)(struct ctx *ctx, const void *arg), const void *arg);

/*
 * One unit of work of a command, and what it has to say.  out is printed when
 * the unit has come through, so that nothing is reported that is not on disk,
 * and a reader who closes the pipe undoes nothing.
 */
typedef enum fail program_work_fn(struct ctx *ctx, const struct args *args,
    struct text *out);
NODISCARD enum fail program_say(struct ctx *ctx, const struct args *args,
    enum tx_mode mode, program_work_fn *work);

/* All slices of the program; NULL-terminated. */
extern const struct slice *const program_slices[];

#endif
