#include <assert.h>
#include <unistd.h>

#include "core/file.h"
#include "core/home.h"
#include "store/inside.h"

/* One step, between two batches. */
static enum fail
step(struct ctx *ctx, struct store *store, void *state,
    struct backup_progress *ret)
{
	struct slot *slot = ticket_take(store);
	enum fail got = OK;

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

	/* Ends: what is written meanwhile goes into the copy as well. */
	while (!now.finished) {
		TRY(step(ctx, store, state, &now));
		if (progress != NULL)
			progress(arg, now.done, now.total);
	}
	return OK;
}

enum fail
store_backup(struct ctx *ctx, const char *to_path,
    void (*progress)(void *arg, int done, int total), void *arg)
{
	struct store *store = ctx->home->store;
	struct slot *slot = NULL;
	void *state = NULL;
	enum fail got = OK;

	assert(ctx->tx == NULL && !store->read_only);
	if (store->driver->backup_begin == NULL)
		return FAIL(ctx, FAIL_CONFLICT, "store.no_backup",
		    "PostgreSQL is copied by pg_dump");
	if (file_exists(to_path))
		return FAIL(ctx, FAIL_CONFLICT, "store.backup_exists",
		    "%s is there already", to_path);
	slot = ticket_take(store);
	got = store->driver->backup_begin(ctx, store->writer, to_path, &state);
	ticket_give(store, slot);
	TRY(got);
	got = copy(ctx, store, state, progress, arg);
	slot = ticket_take(store);
	store->driver->backup_end(state);
	ticket_give(store, slot);
	if (got != OK)
		(void)unlink(to_path);
	return got;
}
