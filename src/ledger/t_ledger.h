#ifndef LEDGER_T_LEDGER_H
#define LEDGER_T_LEDGER_H

#include "t_store.h"

#include "ledger/ledger.h"
#include "store/store.h"

/*
 * A ledger in a folder, as a program that starts finds it: closed and opened
 * again, with readers beside the writer (a store in memory lets them take turns).
 */
static inline void
t_ledger_store(struct t *t)
{
	struct store_options options = { 0 };

	t->home.data_dir = t_folder(t);
	options.url =
	    arena_printf(t->ctx.arena, "sqlite:%s/truc.db", t_folder(t));
	t_ok(&t->ctx, store_open(&t->ctx, &options, &t->home.store));
}

static inline void
t_ledger_open(struct t *t)
{
	t_ledger_store(t);
	t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
}

/* Twice does nothing. */
static inline void
t_ledger_close(struct t *t)
{
	ledger_close(t->home.ledger);
	store_close(t->home.store);
	t->home.ledger = NULL;
	t->home.store = NULL;
}

static inline void
t_ledger_end(void *object)
{
	ledger_close(object);
}

/* Ends with the test. */
static inline void
t_ledger_memory(struct t *t)
{
	t_store(t);
	t_ok(&t->ctx, ledger_open(&t->ctx, &t->home.ledger));
	t_defer(t, t_ledger_end, t->home.ledger);
}

/* A unit of work with count entries, and what came of it. */
struct t_ledger_order {
	int count;
	enum fail outcome;
	struct ledger_entry first; /* copied before the arena goes */
	struct ledger_entry last;
	struct ledger_entry *staged;
};

static inline enum fail
t_ledger_append(struct ctx *ctx, void *arg)
{
	struct t_ledger_order *order = arg;

	for (int i = 0; i < order->count; i++) {
		TRY(ledger_append(ctx, "report.sign", 7 + i,
		    bytes_of_text(
			arena_printf(ctx->arena, "{\"value\":%d}", i)),
		    &order->staged));
		if (i == 0)
			order->first = *order->staged;
	}
	return order->outcome == OK ? OK
				    : FAIL(ctx, order->outcome, "test.wanted",
					  "as the test wants");
}

/* The last entry, as it is afterwards. */
static inline struct ledger_entry
t_ledger_appended(struct t *t, int count)
{
	struct t_ledger_order order = { .count = count };

	t_ok(&t->ctx, t_unit(t, t_ledger_append, &order));
	return *order.staged;
}

static inline enum fail
t_ledger_verify(struct ctx *ctx, void *arg)
{
	return ledger_verify(ctx, arg);
}

static inline int64_t
t_ledger_verified(struct t *t)
{
	int64_t checked = -1;
	const enum fail got = t_read(t, t_ledger_verify, &checked);

	t_ok(&t->ctx, got);
	return checked;
}

#endif
