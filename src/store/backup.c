#include <assert.h>
#include <unistd.h>

#include "core/file.h"
#include "core/home.h"
#include "store/inside.h"

struct progress {
	void (*show)(void *arg, int done, int total); /* NULL: nobody looks */
	void *arg;
};

/* One step of the writer's copy, between two batches. */
static enum fail
step(struct ctx *ctx, struct store *store, void *state,
    struct backup_progress *ret)
{
	struct slot *slot = NULL;
	enum fail got = OK;

	if (store->read_only)
		return store->driver->backup_step(ctx, state, ret);
	slot = ticket_take(store);
	/* The engine does not copy in the middle of a transaction.  Whether
	 * it could be committed is its units' business. */
	if (batch_settle(ctx, store) != OK)
		fail_clear(ctx);
	got = fault_step(ctx, "store.backup");
	if (got == OK)
		got = store->driver->backup_step(ctx, state, ret);
	ticket_give(store, slot);
	return got;
}

static enum fail
copy(struct ctx *ctx, struct store *store, void *state,
    void (*progress)(void *arg, int done, int total), void *arg)
{
	struct backup_progress now = { 0 };

	/* Ends: what is written meanwhile goes into the writer's copy as
	 * well, and a reader copies the moment it began at. */
	while (!now.finished) {
		TRY(step(ctx, store, state, &now));
		if (progress != NULL)
			progress(arg, now.done, now.total);
	}
	return OK;
}

/* Copy what conn sees; the ticket guards the writer's connection. */
static enum fail
copy_from(struct ctx *ctx, struct store *store, struct conn *conn,
    const char *to_path, struct progress *progress)
{
	struct slot *slot = store->read_only ? NULL : ticket_take(store);
	void *state = NULL;
	enum fail got = store->driver->backup_begin(ctx, conn, to_path, &state);

	if (slot != NULL)
		ticket_give(store, slot);
	TRY(got);
	got = copy(ctx, store, state, progress->show, progress->arg);
	slot = store->read_only ? NULL : ticket_take(store);
	store->driver->backup_end(state);
	if (slot != NULL)
		ticket_give(store, slot);
	return got;
}

/* Beside another process that writes: one snapshot, through a connection that
 * cannot write. */
static enum fail
copy_snapshot(struct ctx *ctx, struct store *store, const char *to_path,
    struct progress *progress)
{
	struct conn *conn = NULL;
	enum fail got = OK;

	TRY(store_reader_take(ctx, store, &conn));
	got = store->driver->read_begin(ctx, conn);
	if (got == OK) {
		got = copy_from(ctx, store, conn, to_path, progress);
		store->driver->read_end(conn);
	}
	store_reader_give(store, conn);
	return got;
}

enum fail
store_backup(struct ctx *ctx, const char *to_path,
    void (*progress)(void *arg, int done, int total), void *arg)
{
	struct store *store = ctx->home->store;
	struct progress shown = { progress, arg };
	enum fail got = OK;

	assert(ctx->tx == NULL);
	if (store->driver->backup_begin == NULL)
		return FAIL(ctx, FAIL_CONFLICT, "store.no_backup",
		    "PostgreSQL is copied by pg_dump");
	if (file_exists(to_path))
		return FAIL(ctx, FAIL_CONFLICT, "store.backup_exists",
		    "%s is there already", to_path);
	got = store->read_only
		  ? copy_snapshot(ctx, store, to_path, &shown)
		  : copy_from(ctx, store, store->writer, to_path, &shown);
	if (got != OK)
		(void)unlink(to_path);
	return got;
}
