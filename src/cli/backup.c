#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/blobs.h"
#include "cli/commands.h"
#include "cli/program.h"
#include "core/arena.h"
#include "core/file.h"
#include "core/home.h"
#include "core/text.h"
#include "ledger/ledger.h"
#include "store/blob.h"
#include "store/store.h"

#define SMALL_FILE_MAX 65536

/* A line for every tenth part: it may go into a log. */
static void
progress(void *arg, int done, int total)
{
	int *tenth = arg;
	const int now = total == 0 ? 10 : (int)((int64_t)done * 10 / total);

	if (now == *tenth)
		return;
	*tenth = now;
	fprintf(stderr, "  %3d %% of %d pages\n", now * 10, total);
}

static enum fail
copy_file(struct ctx *ctx, const char *from, const char *to, const char *name)
{
	struct bytes content = { 0 };

	TRY(file_read(ctx, arena_printf(ctx->arena, "%s/%s", from, name),
	    SMALL_FILE_MAX, &content));
	return file_write(ctx, arena_printf(ctx->arena, "%s/%s", to, name),
	    content, 0600);
}

/* What is beside the database.  The mark of a demonstration goes along, or
 * generated figures would pass for real ones; the key comes last. */
static enum fail
copy_files(struct ctx *ctx, const char *from, const char *to)
{
	if (file_exists(arena_printf(ctx->arena, "%s/demo.txt", from)))
		TRY(copy_file(ctx, from, to, "demo.txt"));
	return copy_file(ctx, from, to, "ledger.key");
}

/* The files that the copied rows name, whatever was written meanwhile. */
static enum fail
copy_blobs(struct ctx *ctx, const char *from, const char *to)
{
	const struct store_options options = {
		.url = arena_printf(ctx->arena, "sqlite:%s/truc.db", to),
		.read_only = true,
	};
	struct home *outer = ctx->home;
	struct home inner = *outer;
	enum fail got = store_open(ctx, &options, &inner.store);

	TRY(got);
	ctx->home = &inner;
	got = blobs_copy(ctx, from, to);
	ctx->home = outer;
	store_close(inner.store);
	return got;
}

/* A folder that can be served at once: database and files first, key last, so
 * that a backup that was cut off is no data folder. */
static enum fail
copy_all(struct ctx *ctx, const char *from, const char *to)
{
	int tenth = 0;

	TRY(store_backup(ctx, arena_printf(ctx->arena, "%s/truc.db", to),
	    progress, &tenth));
	TRY(copy_blobs(ctx, from, to));
	return copy_files(ctx, from, to);
}

static enum fail
back_up(struct ctx *ctx, const struct args *args)
{
	const char *from = args_text(args, "data");
	const char *to = args_word(args, 0);
	enum fail got = OK;
	int lock = -1;

	/* From before the rows are copied until their files are. */
	TRY(blob_lock(ctx, from, &lock));
	got = copy_all(ctx, from, to);
	if (lock >= 0)
		(void)close(lock);
	TRY(got);
	printf("Backed up to %s. Check it: truc verify --data %s\n", to, to);
	return OK;
}

static enum fail
check_empty(struct ctx *ctx, const char *to)
{
	TRY(file_folder(ctx, to));
	if (file_exists(arena_printf(ctx->arena, "%s/truc.db", to)) ||
	    file_exists(arena_printf(ctx->arena, "%s/ledger.key", to)))
		return FAIL(ctx, FAIL_CONFLICT, "data.not_empty",
		    "%s holds data already", to);
	return OK;
}

static enum fail
backup(struct ctx *ctx, const struct args *args)
{
	TRY(check_empty(ctx, args_word(args, 0)));
	return program_run(ctx, args, PROGRAM_READ, false, back_up);
}

static const struct arg_option options[] = {
	ARG_DATA,
	ARG_STORE,
	{ 0 },
};

const struct command backup_command = {
	.name = "backup",
	.summary = "copy the data folder into another one",
	.usage = "FOLDER",
	.detail =
	    "Copies database, files and ledger key, also beside a running server: "
	    "it reads one\nmoment and writes nothing there. Files that are still "
	    "being sent are left out. "
	    "The copy is itself a data folder.\nOn PostgreSQL use pg_dump.\n",
	.options = options,
	.least = 1,
	.most = 1,
	.run = backup,
};

/* ---- restore ------------------------------------------------------------ */

static enum fail
check_restored(struct ctx *ctx, const struct args *args)
{
	int64_t checked = 0;
	enum fail got = OK;

	(void)args;
	TRY(tx_begin(ctx, TX_READ));
	got = ledger_verify(ctx, &checked);
	TRY(tx_end(ctx, got));
	printf("Restored and verified: %lld ledger entries.\n",
	    (long long)checked);
	return OK;
}

static enum fail
copy_back(struct ctx *ctx, const struct args *args)
{
	const char *to = args_text(args, "data");
	int tenth = 0;

	TRY(store_backup(ctx, arena_printf(ctx->arena, "%s/truc.db", to),
	    progress, &tenth));
	return blobs_copy(ctx, args_word(args, 0), to);
}

/* The copy by the backup's key: a folder without one cannot be served, so
 * whatever ends this leaves none that was not verified. */
static enum fail
check_copy(struct ctx *ctx, const struct args *args)
{
	const struct program_options copy = {
		.data = args_word(args, 0),
		.store = arena_printf(ctx->arena, "sqlite:%s/truc.db",
		    args_text(args, "data")),
		.mode = PROGRAM_READ,
	};
	struct program *program = NULL;
	enum fail got = program_open(ctx, &copy, &program);

	if (got == OK)
		got = check_restored(ctx, args);
	program_close(program);
	return got;
}

/* What did not verify must not be served by mistake. */
static void
take_back(struct ctx *ctx, const char *to)
{
	static const char *const names[] = { "ledger.key", "demo.txt",
		"truc.db", "truc.db-wal", "truc.db-shm" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)unlink(arena_printf(ctx->arena, "%s/%s", to, names[i]));
	blobs_remove(ctx, to);
}

static enum fail
restore(struct ctx *ctx, const struct args *args)
{
	const struct program_options from = {
		.data = args_word(args, 0),
		.mode = PROGRAM_READ,
	};
	struct program *program = NULL;
	enum fail got = OK;

	TRY(check_empty(ctx, args_text(args, "data")));
	got = program_open(ctx, &from, &program);
	if (got == OK)
		got = copy_back(ctx, args);
	program_close(program);
	if (got == OK)
		got = check_copy(ctx, args);
	if (got == OK)
		got = copy_files(ctx, args_word(args, 0),
		    args_text(args, "data"));
	if (got != OK)
		take_back(ctx, args_text(args, "data"));
	return got;
}

const struct command restore_command = {
	.name = "restore",
	.summary = "make a data folder from a backup, and verify it",
	.usage = "BACKUP",
	.detail =
	    "Copies the backup into the data folder, which must be empty "
	    "or absent, and walks\nits whole ledger; each file is compared with its SHA-256. "
	    "What does not "
	    "verify is removed again.\n",
	.options = options,
	.least = 1,
	.most = 1,
	.run = restore,
};
