#include <assert.h>
#include <string.h>

#include "core/home.h"
#include "core/pin.h"
#include "core/utf8.h"
#include "core/watch.h"
#include "store/inside.h"

struct tx *
tx_new(struct ctx *ctx, struct store *store, enum tx_mode mode)
{
	struct tx *tx = ARENA_NEW(ctx->arena, struct tx);

	tx->store = store;
	tx->mode = mode;
	tx->arena = ctx->arena;
	tx->entries_end = &tx->entries;
	tx->effects_end = &tx->effects;
	return tx;
}

/* Readers of a database in memory take turns with its writers. */
static enum fail
memory_read_begin(struct ctx *ctx, struct tx *tx)
{
	struct store *store = tx->store;

	tx->slot = ticket_take(store);
	/* What is not durable yet must not be seen; its units hear by
	 * themselves if that fails. */
	if (!store->held && batch_settle(ctx, store) != OK)
		fail_clear(ctx);
	tx->conn = store->writer;
	return OK;
}

static enum fail
read_begin(struct ctx *ctx, struct tx *tx)
{
	struct store *store = tx->store;
	enum fail got = OK;

	if (store->memory)
		return memory_read_begin(ctx, tx);
	got = store_reader_take(ctx, store, &tx->conn);
	if (got == OK) {
		got = store->driver->read_begin(ctx, tx->conn);
		if (got != OK)
			store_reader_give(store, tx->conn);
	}
	if (got != OK)
		ready_note(store, ctx->failure.code);
	return got;
}

static enum fail
may_begin(struct ctx *ctx, enum tx_mode mode)
{
	assert(ctx->tx == NULL && mode != TX_NONE);
	/* Rows to come may be younger than the pictures taken so far. */
	pin_renew(ctx);
	TRY(fault_step(ctx, "store.begin"));
	if (mode == TX_WRITE && ctx->home->store->read_only)
		return FAIL(ctx, FAIL_CONFLICT, "store.read_only",
		    "the store was opened to be read");
	return mode == TX_WRITE ? watch_check(ctx) : OK;
}

enum fail
tx_begin(struct ctx *ctx, enum tx_mode mode)
{
	struct tx *tx = tx_new(ctx, ctx->home->store, mode);

	TRY(may_begin(ctx, mode));
	if (mode == TX_READ)
		TRY(read_begin(ctx, tx));
	else
		TRY(batch_join(ctx, tx));
	ctx->tx = tx;
	return OK;
}

bool
tx_hand_over(struct tx_unit *unit)
{
	unit->outcome = may_begin(unit->ctx, TX_WRITE);
	if (unit->outcome != OK)
		return true;
	return desk_hand_over(unit->ctx->home->store, unit);
}

static void
cursor_end(struct cursor *cursor)
{
	if (!cursor->open)
		return;
	cursor->open = false;
	cursor->tx->store->driver->cursor_close(cursor);
}

enum fail
tx_leave(struct ctx *ctx, enum fail outcome)
{
	const struct tx *tx = ctx->tx;

	for (struct cursor *c = tx->cursors; c != NULL; c = c->next)
		cursor_end(c);
	if (outcome == OK && tx->broken) {
		outcome = ctx->failure.kind;
		if (outcome == OK)
			outcome = FAIL(ctx, FAIL_INTERNAL, "store.query",
			    "a failed query was passed over");
	}
	ctx->tx = NULL;
	return outcome;
}

enum fail
tx_end(struct ctx *ctx, enum fail outcome)
{
	struct tx *tx = ctx->tx;
	struct store *store = NULL;

	assert(tx != NULL);
	store = tx->store;
	outcome = tx_leave(ctx, outcome);
	if (tx->mode == TX_WRITE)
		return batch_end(ctx, tx, outcome);
	if (tx->slot != NULL) {
		ticket_give(store, tx->slot);
	} else {
		store->driver->read_end(tx->conn);
		store_reader_give(store, tx->conn);
	}
	return outcome;
}

bool
tx_is_write(const struct ctx *ctx)
{
	return ctx->tx != NULL && ctx->tx->mode == TX_WRITE;
}

void
tx_stage_entry(struct ctx *ctx, struct tx_entry *entry)
{
	assert(tx_is_write(ctx));
	entry->next = NULL;
	*ctx->tx->entries_end = entry;
	ctx->tx->entries_end = &entry->next;
}

void
tx_stage_effect(struct ctx *ctx, struct tx_effect *effect)
{
	assert(tx_is_write(ctx) && effect->apply != NULL);
	effect->next = NULL;
	*ctx->tx->effects_end = effect;
	ctx->tx->effects_end = &effect->next;
}

size_t
tx_units_before(const struct ctx *ctx)
{
	assert(tx_is_write(ctx));
	return (size_t)ctx->tx->store->batch.share_count;
}

const struct tx_entry *
tx_staged_before(const struct ctx *ctx, size_t i)
{
	assert(i < tx_units_before(ctx));
	return ctx->tx->store->batch.shares[i].entries;
}

/* What could not be read again is not written. */
static enum fail
args_are_clean(struct ctx *ctx, const struct store_query *q,
    const struct store_value *args)
{
	for (int i = 0; i < q->arg_count; i++)
		if (args[i].type == STORE_TEXT && args[i].text != NULL &&
		    !utf8_is_clean(args[i].text, strlen(args[i].text)))
			return FAIL(ctx, FAIL_INTERNAL, "store.query",
			    "%s: argument %d is no clean text", q->name, i + 1);
	return OK;
}

/* May this transaction run another query, and with these arguments? */
static enum fail
ready(struct ctx *ctx, const struct store_query *q,
    const struct store_value *args)
{
	assert(ctx->tx != NULL);
	if (ctx->tx->broken && ctx->failure.kind != OK)
		return ctx->failure.kind;
	if (ctx->tx->broken)
		return FAIL(ctx, FAIL_INTERNAL, "store.query",
		    "%s follows a query that failed", q->name);
	if (ctx->tx->mode == TX_WRITE)
		TRY(args_are_clean(ctx, q, args));
	return fault_step(ctx, q->name);
}

/* Note a failure, and whether the engine has dropped the transaction. */
static enum fail
noted(struct ctx *ctx, enum fail got)
{
	struct tx *tx = ctx->tx;

	if (got == OK)
		return OK;
	tx->broken = true;
	if (tx->mode == TX_WRITE && tx->store->driver->lost(tx->conn))
		tx->store->batch.lost = true;
	return got;
}

enum fail
store_prepare(struct ctx *ctx, const struct store_query *q)
{
	int columns = 0;

	assert(ctx->tx != NULL);
	TRY(noted(ctx,
	    ctx->tx->store->driver->prepare(ctx, ctx->tx->conn, q, &columns)));
	if (columns != q->field_count)
		return FAIL(ctx, FAIL_INTERNAL, "store.query",
		    "%s gives %d columns, its row has %d", q->name, columns,
		    q->field_count);
	return OK;
}

static enum fail
ready_to_write(struct ctx *ctx, const struct store_query *q,
    const struct store_value *args)
{
	TRY(ready(ctx, q, args));
	if (ctx->tx->mode != TX_WRITE)
		return FAIL(ctx, FAIL_INTERNAL, "store.query",
		    "%s changes in a transaction that reads", q->name);
	return OK;
}

enum fail
store_put(struct ctx *ctx, const struct store_query *q,
    const struct store_value *args)
{
	enum fail got = ready_to_write(ctx, q, args);

	if (got == OK)
		got = ctx->tx->store->driver->put(ctx, ctx->tx->conn, q, args);
	return noted(ctx, got);
}

enum fail
store_change(struct ctx *ctx, const struct store_query *q,
    const struct store_value *args, int64_t *ret_changed)
{
	enum fail got = ready_to_write(ctx, q, args);

	if (got == OK)
		got = ctx->tx->store->driver->change(ctx, ctx->tx->conn, q,
		    args, ret_changed);
	return noted(ctx, got);
}

static enum fail
read_rows(struct ctx *ctx, const struct store_value *args,
    struct row_list *list)
{
	enum fail got = ready(ctx, list->q, args);

	if (got == OK)
		got = ctx->tx->store->driver->rows(ctx, ctx->tx->conn, list->q,
		    args, list);
	return noted(ctx, got);
}

enum fail
store_many(struct ctx *ctx, const struct store_query *q,
    const struct store_value *args, void **ret, size_t *ret_count)
{
	struct row_list list = { .q = q };

	TRY(read_rows(ctx, args, &list));
	*ret = list.at;
	*ret_count = list.count;
	return OK;
}

enum fail
store_maybe(struct ctx *ctx, const struct store_query *q,
    const struct store_value *args, void **ret)
{
	struct row_list list = { .q = q, .most = 1 };

	TRY(read_rows(ctx, args, &list));
	*ret = list.at; /* NULL without a row */
	return OK;
}

enum fail
store_one(struct ctx *ctx, const struct store_query *q,
    const struct store_value *args, void **ret)
{
	void *row = NULL;

	TRY(store_maybe(ctx, q, args, &row));
	if (row == NULL)
		return FAIL(ctx, FAIL_INTERNAL, "store.row_missing",
		    "no row for %s", q->name);
	*ret = row;
	return OK;
}

enum fail
store_cursor(struct ctx *ctx, const struct store_query *q,
    const struct store_value *args, struct cursor **ret)
{
	struct tx *tx = ctx->tx;
	struct cursor *cursor = NULL;

	TRY(noted(ctx, ready(ctx, q, args)));
	cursor = ARENA_NEW(tx->arena, struct cursor);
	cursor->q = q;
	cursor->tx = tx;
	cursor->arena = arena_child(tx->arena);
	cursor->rows = arena_child(tx->arena);
	TRY(noted(ctx, tx->store->driver->cursor_open(ctx, cursor, args)));
	cursor->open = true;
	cursor->next = tx->cursors;
	tx->cursors = cursor;
	*ret = cursor;
	return OK;
}

enum fail
store_cursor_next(struct ctx *ctx, struct cursor *cursor, void *row,
    bool *ret_more)
{
	bool more = false;

	assert(cursor->tx == ctx->tx);
	arena_reset(cursor->rows);
	if (cursor->open) {
		TRY(noted(ctx, cursor->tx->store->driver->cursor_next(ctx,
				   cursor, row, &more)));
		if (!more)
			cursor_end(cursor);
	}
	*ret_more = more;
	return OK;
}

enum fail
store_digest(struct ctx *ctx, uint8_t out[32])
{
	assert(ctx->tx != NULL);
	return noted(ctx,
	    ctx->tx->store->driver->digest(ctx, ctx->tx->conn, out));
}
