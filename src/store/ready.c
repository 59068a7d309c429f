#include <string.h>

#include "core/day.h"
#include "core/home.h"
#include "core/text.h"
#include "store/inside.h"

/*
 * Whether the engine can be written to.  SQLite's files are in the folder, whose
 * room is looked at by who serves it; PostgreSQL's are elsewhere, so what is
 * known of its disk, and of a second writer, is how the last commits ended.
 */
#define ASK_EVERY_US SECOND_US
#define ANSWER_MOST_US (5 * SECOND_US)
#define REFUSED_FOR_US (60 * SECOND_US)

static const char disk_full[] = "disk.full";
static const char away[] = "store.connect";
static const char in_use[] = "store.in_use";

void
ready_note(struct store *store, const char *code)
{
	if (code == NULL) {
		atomic_store(&store->refused_us, 0);
		atomic_store(&store->is_away, false);
	} else if (text_equal(code, disk_full) || text_equal(code, in_use)) {
		atomic_store(&store->refused,
		    text_equal(code, in_use) ? in_use : disk_full);
		atomic_store(&store->refused_us, time_steady_us());
	} else if (text_equal(code, away)) {
		atomic_store(&store->is_away, true);
	}
}

/* In a transaction that reads; all its connections being in use says nothing. */
static enum fail
ask(struct ctx *ctx)
{
	enum fail got = tx_begin(ctx, TX_READ);

	if (got == OK)
		got = tx_end(ctx, OK);
	if (got == FAIL_BUSY && text_equal(ctx->failure.code, "store.busy")) {
		fail_clear(ctx);
		got = OK;
	}
	return got;
}

static enum fail
ask_again(struct ctx *ctx, struct store *store)
{
	const enum fail got = ask(ctx);

	atomic_store(&store->is_away, got != OK);
	atomic_store(&store->asked_us, time_steady_us());
	atomic_store(&store->asking_us, 0);
	return got;
}

/* Of those who come together one asks, and nobody while he waits. */
static bool
begin_to_ask(struct store *store, int64_t now_us)
{
	const int64_t asked_us = atomic_load(&store->asked_us);
	int64_t nobody = 0;

	return (asked_us == 0 || now_us - asked_us >= ASK_EVERY_US) &&
	       atomic_compare_exchange_strong(&store->asking_us, &nobody,
		   now_us);
}

/* A server that is stopped, or behind a line that is cut, says nothing. */
static bool
is_silent(struct store *store, int64_t now_us)
{
	const int64_t asking_us = atomic_load(&store->asking_us);

	return asking_us != 0 && now_us - asking_us >= ANSWER_MOST_US;
}

enum fail
store_ready(struct ctx *ctx)
{
	const int64_t now_us = time_steady_us();
	struct store *store = ctx->home->store;
	int64_t refused_us = 0;

	if (store == NULL || !store_is_postgres(store))
		return OK;
	if (begin_to_ask(store, now_us))
		TRY(ask_again(ctx, store));
	else if (is_silent(store, now_us))
		return FAIL(ctx, FAIL_BUSY, away, "it does not answer");
	else if (atomic_load(&store->is_away))
		return FAIL(ctx, FAIL_BUSY, away, "it was away a moment ago");
	refused_us = atomic_load(&store->refused_us);
	if (refused_us != 0 && now_us - refused_us < REFUSED_FOR_US)
		return FAIL(ctx, FAIL_BUSY, atomic_load(&store->refused),
		    "so the last that was to be written ended");
	return OK;
}

bool
store_failed_for_now(const char *code)
{
	return text_equal(code, disk_full) || text_equal(code, away);
}

bool
store_is_away(struct store *store)
{
	return atomic_load(&store->is_away) ||
	       is_silent(store, time_steady_us());
}
