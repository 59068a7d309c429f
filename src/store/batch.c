#include <string.h>
#include <time.h>

#include "core/day.h"
#include "core/log.h"
#include "store/inside.h"

/*
 * The batch is the open transaction of the writer; only the ticket's holder
 * touches it.  How the ticket goes round: ticket.c; units that were handed over:
 * desk.c.
 */

static enum fail
number_entries(struct ctx *ctx, struct store *store, struct tx_entry *first)
{
	struct batch *batch = &store->batch;

	if (first == NULL || store->hooks.number == NULL)
		return OK;
	/* Set before: a hook that failed half-way must hear of the outcome. */
	if (!batch->numbered) {
		batch->numbered = true;
		TRY(store->driver->lock_numbers(ctx, store->writer));
	}
	TRY(fault_step(ctx, "store.number"));
	return store->hooks.number(ctx, store->hooks.owner, first);
}

static void
apply_effects(struct tx_effect *effect)
{
	while (effect != NULL) {
		/* Read first: apply may hand the effect on. */
		struct tx_effect *next = effect->next;

		effect->apply(effect);
		effect = next;
	}
}

/* Have rows that the unit put late been refused? */
static bool
is_broken(const struct store *store, int unit)
{
	return store->driver->broken != NULL && unit >= 0 &&
	       store->driver->broken(store->writer, unit);
}

/* What the good units have staged, in order, as one. */
static struct unit_staged
gather(const struct store *store)
{
	const struct batch *batch = &store->batch;
	struct unit_staged all = { 0 };
	struct tx_entry **entries = &all.entries;
	struct tx_effect **effects = &all.effects;

	for (int i = 0; i < batch->share_count; i++) {
		const struct unit_staged *share = &batch->shares[i];

		if (is_broken(store, share->unit))
			continue;
		if (share->entries != NULL) {
			*entries = share->entries;
			entries = share->entries_end;
		}
		if (share->effects != NULL) {
			*effects = share->effects;
			effects = share->effects_end;
		}
	}
	*entries = NULL;
	*effects = NULL;
	return all;
}

static enum fail
prepare_commit(struct ctx *ctx, struct store *store)
{
	const struct unit_staged all = gather(store);

	TRY(number_entries(ctx, store, all.entries));
	if (store->batch.numbered && store->hooks.seal != NULL)
		TRY(store->hooks.seal(ctx, store->hooks.owner));
	return fault_step(ctx, "store.commit");
}

static enum commit
commit_once(struct ctx *ctx, struct store *store)
{
	if (prepare_commit(ctx, store) != OK)
		return COMMIT_FAILED;
	return store->driver->commit(ctx, store->writer);
}

/* What was numbered has its outcome. */
static void
end_numbering(const struct store *store, bool committed,
    struct tx_effect *first)
{
	const struct store_hooks *hooks = &store->hooks;
	const bool numbered = store->batch.numbered;

	if (numbered && hooks->numbered != NULL)
		hooks->numbered(hooks->owner, committed);
	if (committed)
		apply_effects(first);
	if (numbered && hooks->published != NULL)
		hooks->published(hooks->owner, committed);
}

/* Once more without the units whose rows were refused, if that is why. */
static enum commit
commit_again(struct ctx *ctx, struct store *store)
{
	const struct driver *driver = store->driver;

	if (store->batch.answered || driver->part == NULL ||
	    !driver->part(ctx, store->writer))
		return COMMIT_FAILED;
	end_numbering(store, false, NULL);
	store->batch.numbered = false;
	fail_clear(ctx);
	return commit_once(ctx, store);
}

/* Units that were answered can no longer fail alone. */
static bool
is_whole(const struct store *store)
{
	const struct batch *batch = &store->batch;
	bool broken = false;

	for (int i = 0; batch->answered && i < batch->kept; i++)
		broken = broken || is_broken(store, i);
	return !broken;
}

/* What is in memory follows from what was kept, so it has to be known: else totals
 * lack until the next start what was signed. */
#define FIND_OUT_US (30 * SECOND_US)
#define ASK_AGAIN_NS 100000000

static enum fail
ask_kept(struct ctx *ctx, struct store *store, bool *ret)
{
	enum fail got = store->driver->begin(ctx, store->writer);

	if (got == OK)
		got = store->hooks.kept(ctx, store->hooks.owner, ret);
	store->driver->rollback(store->writer);
	return got;
}

/* The answer to COMMIT never came: ask as soon as there is a connection. */
static enum commit
find_out(struct ctx *ctx, struct store *store)
{
	const struct timespec pause = { .tv_nsec = ASK_AGAIN_NS };
	const int64_t until_us = time_steady_us() + FIND_OUT_US;
	enum fail got = OK;
	bool kept = false;

	if (!store->batch.numbered || store->hooks.kept == NULL)
		return COMMIT_UNCERTAIN;
	for (;;) {
		fail_clear(ctx);
		got = ask_kept(ctx, store, &kept);
		if (got != FAIL_BUSY || time_steady_us() >= until_us)
			break;
		(void)nanosleep(&pause, NULL);
	}
	LOG(LOG_WARN, "store.commit_lost",
	    LOG_T("message", got != OK ? ctx->failure.message
			     : kept    ? "it was kept"
				       : "it was not kept"));
	if (got != OK)
		return COMMIT_UNCERTAIN;
	if (kept)
		return COMMIT_DURABLE;
	(void)FAIL(ctx, FAIL_BUSY, "store.batch_lost",
	    "the connection was lost before the commit");
	return COMMIT_FAILED;
}

static enum commit
commit(struct ctx *ctx, struct store *store)
{
	const int64_t from_us = time_steady_us();
	enum commit came = COMMIT_FAILED;

	if (is_whole(store))
		came = commit_once(ctx, store);
	if (came == COMMIT_FAILED)
		came = commit_again(ctx, store);
	if (came != COMMIT_DURABLE)
		store->driver->rollback(store->writer);
	if (came == COMMIT_UNCERTAIN)
		came = find_out(ctx, store);
	(void)pthread_mutex_lock(&store->lock);
	store->stats.commits += came == COMMIT_DURABLE;
	store->stats.commit_us += time_steady_us() - from_us;
	(void)pthread_mutex_unlock(&store->lock);
	return came;
}

/* How a batch ended, for each of its units. */
struct batch_outcome {
	enum fail kind; /* OK: the unit's own outcome holds */
	const char *code;
};

/* On a full disk, or without the server, it is a matter of time. */
static struct batch_outcome
failed_commit(const struct ctx *ctx)
{
	if (ctx->failure.kind == FAIL_BUSY)
		return (struct batch_outcome){ FAIL_BUSY, ctx->failure.code };
	return (struct batch_outcome){ FAIL_INTERNAL, "store.commit" };
}

static struct batch_outcome
outcome_of(const struct ctx *ctx, enum commit came)
{
	switch (came) {
	case COMMIT_DURABLE:
		break;
	case COMMIT_FAILED:
		return failed_commit(ctx);
	case COMMIT_UNCERTAIN:
		return (
		    struct batch_outcome){ FAIL_UPSTREAM, "store.uncertain" };
	}
	return (struct batch_outcome){ OK, NULL };
}

/*
 * End the open batch: number, seal, commit, publish.  The caller holds the
 * ticket.  ctx is the leader's; a failure it had before is kept, and what
 * failed here is only its message.
 */
static struct batch_outcome
conclude(struct ctx *ctx, struct store *store, const char **ret_why)
{
	struct batch *batch = &store->batch;
	const struct failure own_failure = ctx->failure;
	struct tx *own_tx = ctx->tx;
	struct batch_outcome verdict = { OK, NULL };
	enum commit came = COMMIT_FAILED;

	fail_clear(ctx);
	ctx->tx = tx_new(ctx, store, TX_WRITE);
	ctx->tx->conn = store->writer;
	if (batch->lost) {
		store->driver->rollback(store->writer);
		verdict =
		    (struct batch_outcome){ FAIL_BUSY, "store.batch_lost" };
	} else if (batch->kept == 0) {
		store->driver->rollback(store->writer);
	} else {
		came = commit(ctx, store);
		verdict = outcome_of(ctx, came);
		ready_note(store, verdict.code);
	}
	end_numbering(store, came == COMMIT_DURABLE, gather(store).effects);
	*ret_why = ctx->failure.message;
	ctx->tx = own_tx;
	ctx->failure = own_failure;
	return verdict;
}

/* The unit's own outcome, or the verdict on it; why may be NULL: others know. */
static enum fail
answer(struct ctx *ctx, struct batch_outcome verdict, enum fail outcome,
    const char *why)
{
	if (verdict.kind == OK)
		return outcome;
	fail_clear(ctx);
	if (verdict.kind == FAIL_CONFLICT)
		why = "a row that was put late breaks a constraint";
	return FAIL(ctx, verdict.kind, verdict.code, "%s",
	    why == NULL ? "the batch's transaction is gone" : why);
}

/* What the batch's verdict is for the unit of this slot; with the lock. */
static struct batch_outcome
verdict_of(struct store *store, const struct slot *slot,
    struct batch_outcome verdict)
{
	if (verdict.kind != OK || !is_broken(store, slot->unit_kept))
		return verdict;
	store->stats.units_failed++;
	return (struct batch_outcome){ FAIL_CONFLICT, "store.constraint" };
}

struct settled {
	struct tx_unit *unit; /* handed over, to be answered; NULL: a thread */
	struct batch_outcome verdict;
};

/*
 * The batch is over for the slot; with the lock.  A thread answers by itself; the
 * unit of one that was handed over is the caller's to answer.
 */
static struct settled
settle_slot(struct store *store, struct slot *slot,
    struct batch_outcome verdict)
{
	const struct settled settled = { slot->unit,
		verdict_of(store, slot, verdict) };

	slot->verdict = settled.verdict.kind;
	slot->code = settled.verdict.code;
	slot->called = true;
	if (slot->unit != NULL)
		slot_put(store, slot);
	return settled;
}

/* Forget the batch and answer the units that wait on it. */
static void
release(struct ctx *ctx, struct store *store, struct batch_outcome verdict,
    struct slot *leader)
{
	struct batch *batch = &store->batch;
	const int count = batch->waiting_count;
	struct slot **waiting =
	    ARENA_ARRAY(ctx->arena, (size_t)count, struct slot *);
	struct settled *settled =
	    ARENA_ARRAY(ctx->arena, (size_t)count, struct settled);
	pthread_cond_t *wake = NULL;

	if (count > 0)
		memcpy(waiting, batch->waiting,
		    (size_t)count * sizeof(struct slot *));
	*batch = (struct batch){ .waiting = batch->waiting,
		.shares = batch->shares };
	(void)pthread_mutex_lock(&store->lock);
	for (int i = 0; i < count; i++)
		settled[i] = settle_slot(store, waiting[i], verdict);
	if (leader != NULL) {
		slot_put(store, leader);
		wake = ticket_pass(store);
	}
	(void)pthread_mutex_unlock(&store->lock);
	/* The next writer first: the others only have to answer. */
	ticket_call(wake);
	for (int i = 0; i < count; i++) {
		struct tx_unit *unit = settled[i].unit;

		if (unit == NULL) {
			(void)pthread_cond_signal(&waiting[i]->wake);
			continue;
		}
		unit->outcome =
		    answer(unit->ctx, settled[i].verdict, unit->outcome, NULL);
		unit->done(unit);
	}
}

bool
batch_may_go_on(const struct store *store)
{
	const struct batch *batch = &store->batch;

	return store->line != NULL && batch->open && !batch->lost &&
	       batch->units < store->batch_units &&
	       time_steady_us() - batch->opened_us <
		   (int64_t)store->batch_ms * 1000;
}

void
batch_wait(struct store *store, struct slot *slot)
{
	store->batch.waiting[store->batch.waiting_count++] = slot;
}

/* Pass the ticket on and sleep until a later unit has led the batch. */
static enum fail
sleep_on_batch(struct ctx *ctx, struct tx *tx, enum fail outcome)
{
	struct store *store = tx->store;
	struct slot *slot = tx->slot;
	struct batch_outcome verdict = { OK, NULL };

	batch_wait(store, slot);
	ticket_call(ticket_pass(store));
	slot_wait(store, slot);
	verdict = (struct batch_outcome){ slot->verdict, slot->code };
	slot_put(store, slot);
	(void)pthread_mutex_unlock(&store->lock);
	return answer(ctx, verdict, outcome, NULL);
}

enum fail
batch_lead(struct ctx *ctx, struct store *store, struct slot *slot,
    enum fail outcome)
{
	struct batch *batch = &store->batch;
	struct batch_outcome verdict = { OK, NULL };
	struct batch_outcome own = verdict;
	const char *why = NULL;

	if (batch->open)
		verdict = conclude(ctx, store, &why);
	/* Alone with a lost transaction: its own reason says more. */
	if (batch->lost && batch->waiting_count == 0 && outcome != OK &&
	    !store->held)
		verdict.kind = OK;
	(void)pthread_mutex_lock(&store->lock);
	own = verdict_of(store, slot, verdict);
	(void)pthread_mutex_unlock(&store->lock);
	release(ctx, store, verdict, slot);
	return answer(ctx, own, outcome, why);
}

static enum fail
leave(struct ctx *ctx, struct tx *tx, enum fail outcome)
{
	struct store *store = tx->store;
	struct batch *batch = &store->batch;

	if (store->held && batch->open && !batch->lost &&
	    batch->units < store->held_units) {
		ticket_give(store, tx->slot);
		return outcome;
	}
	(void)pthread_mutex_lock(&store->lock);
	if (!store->held && batch_may_go_on(store))
		return sleep_on_batch(ctx, tx, outcome);
	(void)pthread_mutex_unlock(&store->lock);
	return batch_lead(ctx, store, tx->slot, outcome);
}

static enum fail
open_unit(struct ctx *ctx, struct store *store)
{
	struct batch *batch = &store->batch;

	if (!batch->open) {
		TRY(fault_step(ctx, "store.batch"));
		TRY(store->driver->begin(ctx, store->writer));
		batch->open = true;
		batch->opened_us = time_steady_us();
	}
	TRY(fault_step(ctx, "store.unit"));
	return store->driver->unit_begin(ctx, store->writer);
}

enum fail
batch_open_unit(struct ctx *ctx, struct store *store)
{
	const enum fail got = open_unit(ctx, store);

	if (got != OK)
		ready_note(store, ctx->failure.code);
	return got;
}

/* A failed unit has no place in the batch, but the ticket must go on. */
static void
give_up(struct ctx *ctx, struct tx *tx)
{
	struct store *store = tx->store;
	struct batch *batch = &store->batch;
	const struct failure own = ctx->failure;
	pthread_cond_t *wake = NULL;
	bool passed = false;

	if (batch->open && store->driver->lost(store->writer))
		batch->lost = true;
	(void)pthread_mutex_lock(&store->lock);
	passed = batch_may_go_on(store) ||
		 (store->held && batch->open && !batch->lost);
	if (passed) {
		slot_put(store, tx->slot);
		wake = ticket_pass(store);
	}
	(void)pthread_mutex_unlock(&store->lock);
	if (passed)
		ticket_call(wake);
	else
		(void)batch_lead(ctx, store, tx->slot, own.kind);
	/* What became of the others is not why this one could not begin. */
	ctx->failure = own;
}

enum fail
batch_join(struct ctx *ctx, struct tx *tx)
{
	enum fail got = OK;

	tx->slot = ticket_take(tx->store);
	got = batch_open_unit(ctx, tx->store);
	if (got == OK) {
		tx->conn = tx->store->writer;
		return OK;
	}
	give_up(ctx, tx);
	tx->slot = NULL;
	return got;
}

/* Note what the unit staged; while batches are held it is published at once. */
static void
take_over(struct store *store, struct tx *tx)
{
	struct batch *batch = &store->batch;
	const int unit = batch->kept++;

	tx->slot->unit_kept = unit;
	batch->answered = batch->answered || store->held;
	if (store->held)
		return;
	batch->shares[batch->share_count++] = (struct unit_staged){
		.unit = unit,
		.entries = tx->entries,
		.entries_end = tx->entries_end,
		.effects = tx->effects,
		.effects_end = tx->effects_end,
	};
}

static enum fail
keep(struct ctx *ctx, struct tx *tx)
{
	TRY(fault_step(ctx, "store.keep"));
	TRY(tx->store->driver->unit_keep(ctx, tx->conn));
	take_over(tx->store, tx);
	return OK;
}

static void
undo(struct ctx *ctx, struct tx *tx)
{
	struct batch *batch = &tx->store->batch;

	if (tx->store->driver->lost(tx->conn) ||
	    tx->store->driver->unit_undo(ctx, tx->conn) != OK)
		batch->lost = true;
}

static void
count_unit(struct store *store, bool kept)
{
	store->batch.units++;
	(void)pthread_mutex_lock(&store->lock);
	store->stats.units++;
	store->stats.units_failed += !kept;
	(void)pthread_mutex_unlock(&store->lock);
}

/* While batches are held a unit is numbered and seen before it is durable. */
static enum fail
publish_held(struct ctx *ctx, struct tx *tx)
{
	struct batch *batch = &tx->store->batch;
	enum fail got = OK;

	ctx->tx = tx;
	got = number_entries(ctx, tx->store, tx->entries);
	ctx->tx = NULL;
	/* It is released already: nothing of the batch can be kept. */
	if (got != OK)
		batch->lost = true;
	else
		apply_effects(tx->effects);
	return got;
}

enum fail
batch_end_unit(struct ctx *ctx, struct tx *tx, enum fail outcome)
{
	const struct store *store = tx->store;

	if (outcome == OK)
		outcome = keep(ctx, tx);
	if (outcome != OK) {
		ready_note(tx->store, ctx->failure.code);
		undo(ctx, tx);
	}
	count_unit(tx->store, outcome == OK);
	if (store->held && outcome == OK)
		outcome = publish_held(ctx, tx);
	return outcome;
}

enum fail
batch_end(struct ctx *ctx, struct tx *tx, enum fail outcome)
{
	return leave(ctx, tx, batch_end_unit(ctx, tx, outcome));
}

enum fail
batch_settle(struct ctx *ctx, struct store *store)
{
	struct batch_outcome verdict = { OK, NULL };
	const char *why = NULL;

	if (!store->batch.open)
		return OK;
	verdict = conclude(ctx, store, &why);
	release(ctx, store, verdict, NULL);
	return answer(ctx, verdict, OK, why);
}
