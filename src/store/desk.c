#include <assert.h>
#include <signal.h>

#include "store/inside.h"

/*
 * Units of work that were handed over.  Who finds the ticket free runs his unit
 * and those that came meanwhile, in one batch, and goes home with his answer;
 * what is left in the line then is run by the desk, a thread of the store that
 * is made when it is first needed.  So under load one thread writes batch after
 * batch, and nobody is woken to take his turn.
 */

/* From begin to end, but for the batch's verdict. */
static enum fail
run_unit(struct store *store, struct slot *slot)
{
	const struct tx_unit *unit = slot->unit;
	struct ctx *ctx = unit->ctx;
	struct tx *tx = tx_new(ctx, store, TX_WRITE);
	enum fail got = batch_open_unit(ctx, store);

	if (got != OK) {
		store->batch.lost =
		    store->batch.lost ||
		    (store->batch.open && store->driver->lost(store->writer));
		/* It waits for the verdict like all others. */
		store->batch.units += store->batch.open;
		return got;
	}
	tx->conn = store->writer;
	tx->slot = slot;
	ctx->tx = tx;
	got = tx_leave(ctx, unit->run(ctx, unit->arg));
	return batch_end_unit(ctx, tx, got);
}

/* A unit that was held is answered at once: the flush makes it durable. */
static bool
is_held(const struct store *store)
{
	return store->held && store->batch.open && !store->batch.lost &&
	       store->batch.units < store->held_units;
}

/*
 * Run the unit of a slot, with the ticket, and those behind it until the batch
 * is concluded or a thread is next.  True: the last one led, or was held; its
 * slot is given back and it is not answered yet.
 */
static bool
run_line(struct store *store, struct slot *slot, struct tx_unit **ret_last)
{
	for (;;) {
		struct tx_unit *unit = slot->unit;
		struct slot *next = NULL;
		pthread_cond_t *wake = NULL;

		unit->outcome = run_unit(store, slot);
		*ret_last = unit;
		if (is_held(store)) {
			ticket_give(store, slot);
			return true;
		}
		(void)pthread_mutex_lock(&store->lock);
		if (store->held || !batch_may_go_on(store)) {
			(void)pthread_mutex_unlock(&store->lock);
			unit->outcome =
			    batch_lead(unit->ctx, store, slot, unit->outcome);
			return true;
		}
		batch_wait(store, slot);
		next = ticket_line_pop(store);
		wake = next->unit == NULL ? &next->wake : NULL;
		(void)pthread_mutex_unlock(&store->lock);
		if (wake != NULL) {
			ticket_call(wake);
			return false;
		}
		slot = next;
	}
}

/* NULL once the desk is closed. */
static struct slot *
desk_take(struct store *store)
{
	struct slot *slot = NULL;

	(void)pthread_mutex_lock(&store->lock);
	while (store->desk_next == NULL && !store->desk_closed)
		(void)pthread_cond_wait(&store->desk_called, &store->lock);
	slot = store->desk_next;
	store->desk_next = NULL;
	(void)pthread_mutex_unlock(&store->lock);
	return slot;
}

static void *
desk(void *arg)
{
	struct store *store = arg;
	struct slot *slot = NULL;

	while ((slot = desk_take(store)) != NULL) {
		struct tx_unit *last = NULL;

		if (run_line(store, slot, &last))
			last->done(last);
	}
	return NULL;
}

/* With the lock.  No thread to be had is like no memory: the end. */
static void
desk_open(struct store *store)
{
	sigset_t all;
	sigset_t before;
	int failed = 0;

	if (store->has_desk)
		return;
	/* Signals are the main thread's business. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(&store->desk, NULL, desk, store);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	assert(failed == 0);
	store->has_desk = true;
}

void
desk_close(struct store *store)
{
	if (!store->has_desk)
		return;
	(void)pthread_mutex_lock(&store->lock);
	store->desk_closed = true;
	(void)pthread_mutex_unlock(&store->lock);
	(void)pthread_cond_signal(&store->desk_called);
	(void)pthread_join(store->desk, NULL);
}

bool
desk_hand_over(struct store *store, struct tx_unit *unit)
{
	struct slot *slot = NULL;
	struct tx_unit *last = NULL;
	bool waits = false;

	(void)pthread_mutex_lock(&store->lock);
	desk_open(store);
	slot = slot_get(store);
	slot->unit = unit;
	waits = store->ticket_taken;
	if (waits)
		ticket_line_put(store, slot);
	store->ticket_taken = true;
	(void)pthread_mutex_unlock(&store->lock);
	if (waits || !run_line(store, slot, &last))
		return false;
	if (last == unit)
		return true;
	/* Another led: it answered this one among those that waited. */
	last->done(last);
	return false;
}
