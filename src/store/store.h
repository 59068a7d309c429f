#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/ctx.h"
#include "core/option.h"

/*
 * Durable tables behind one header, on SQLite or PostgreSQL.
 *
 * Writing: one writer connection, a FIFO ticket, and group commit.  A unit of
 * work runs under its own SAVEPOINT; when it ends and somebody waits, it passes
 * the ticket on and sleeps on the batch (one that was handed over needs no
 * thread for either); else it leads: the numbering hook runs
 * (the ledger), one COMMIT makes all durable, the effects run in order (the
 * cube), and everybody is answered.  A failing unit undoes only itself and
 * waits too.  A failing commit fails all.
 *
 * Reading: TX_READ takes a read-only connection of a pool and sees one
 * snapshot.  Any thread may begin a transaction; a tx belongs to its thread.
 *
 * SQLite 3.40.1 rule (docs/dependencies.md): only the writer connection writes
 * and checkpoints; all others are opened read-only.
 */
struct store;
struct migration;

enum tx_mode { TX_NONE, TX_READ, TX_WRITE };

/*
 * What a unit of work hands to its batch.  Both live in the unit's arena; first
 * member of the owner's own struct.
 */
struct tx_entry { /* to be numbered inside the commit, by the ledger */
	struct tx_entry *next;
	/*
	 * NULL: it is the hook's own.  Else the hook calls this when its turn
	 * comes among the others, in the leader and inside the transaction; a
	 * failure fails the batch.
	 */
	enum fail (*number)(struct ctx *leader, struct tx_entry *self);
};
struct tx_effect { /* to be published after the commit; cannot fail */
	struct tx_effect *next;
	void (*apply)(struct tx_effect *self);
};

struct store_hooks {
	/*
	 * In the leader, inside the transaction: number these entries, which
	 * are those of the batch's successful units in order (never NULL).
	 * While batches are held it is called at the end of each unit instead.
	 * May use queries through leader.  A failure fails the batch.
	 */
	enum fail (
	    *number)(struct ctx *leader, void *owner, struct tx_entry *first);
	/* Once before COMMIT if anything was numbered: sign the checkpoint. */
	enum fail (*seal)(struct ctx *leader, void *owner);
	/*
	 * The answer to COMMIT never came, and the connection is a new one: in
	 * the leader, inside a transaction that reads, was what was numbered
	 * and sealed kept?  NULL, or a failure: that cannot be told.
	 */
	enum fail (*kept)(struct ctx *leader, void *owner, bool *ret);
	/* After the commit came through or failed, before the effects. */
	void (*numbered)(void *owner, bool committed);
	/* As numbered, but after the effects: what was numbered may be shown.
	 * Still in the leader, so it must not wait. */
	void (*published)(void *owner, bool committed);
	void *owner;
};

/* For `truc options`; whoever opens a store puts the values below. */
extern const struct option store_option_table[];
enum store_option {
	STORE_READERS,
	STORE_BATCH_UNITS,
	STORE_BATCH_MS,
	STORE_READER_WAIT,
};

struct store_options {
	const char *url;   /* "sqlite:DIR/truc.db", "sqlite::memory:" or
			     "postgres://..." */
	int readers;       /* size of the read pool; 0: 8 */
	int batch_units;   /* most units in one commit; 0: 64 */
	int batch_ms;      /* most time a batch stays open; 0: 20 */
	int reader_wait_s; /* for a reader to come free; 0: 5 */
	bool read_only;    /* no writer at all; TX_WRITE is FAIL_CONFLICT
			     "store.read_only" */
	/* NULL: the program's own; tests bring theirs (store/migrate.h). */
	const struct migration *migrations;
};

/*
 * Open and, unless read_only, migrate under an exclusive lock.
 *	FAIL_INVALID	"store.url"
 *	FAIL_CONFLICT	"store.newer"		made by a newer program
 *	FAIL_CONFLICT	"store.migration_changed"
 *	FAIL_CONFLICT	"store.older"		read_only, and not up to date
 *	FAIL_UPSTREAM	"store.in_use"		PostgreSQL: another writer has it
 *	FAIL_BUSY	"store.connect"
 */
NODISCARD enum fail store_open(struct ctx *ctx,
    const struct store_options *options, struct store **ret);
void store_close(struct store *store); /* NULL does nothing */
void store_set_hooks(struct store *store, const struct store_hooks *hooks);
bool store_is_postgres(const struct store *store);

/*
 * Begin ctx->tx on ctx->home->store.  TX_WRITE fails as watch_check while the
 * machine's clock is not believed.
 *	FAIL_BUSY	"store.busy"		no reader free in time
 *	FAIL_CONFLICT	"store.read_only"	TX_WRITE without a writer
 *	FAIL_UPSTREAM	"store.in_use"		its session was lost, and another writer came
 *	FAIL_BUSY	"store.connect"		the server is away
 *	FAIL_BUSY	"disk.full"		as of any query that writes
 */
NODISCARD enum fail tx_begin(struct ctx *ctx, enum tx_mode mode);

/*
 * End it: with OK release the savepoint and wait until the batch is durable;
 * otherwise undo.  Answers the outcome that holds: outcome itself, or
 *	FAIL_INTERNAL	"store.commit"
 *	FAIL_BUSY	"disk.full"		nothing is kept; safe to repeat
 *	FAIL_BUSY	"store.connect"		the same: lost before the commit
 *	FAIL_BUSY	"store.batch_lost"	safe to repeat
 *	FAIL_UPSTREAM	"store.uncertain"	PostgreSQL lost while committing,
 *					and not back soon enough to be asked
 * OK after a failed query is refused: FAIL_INTERNAL "store.query".
 */
NODISCARD enum fail tx_end(struct ctx *ctx, enum fail outcome);

/*
 * A unit of work handed over whole: whoever holds the ticket runs it, so that no
 * thread is woken for its turn and none sleeps until the batch is durable.
 *
 * run(ctx, arg) is called within TX_WRITE of ctx on any thread, done(unit) once
 * when outcome holds, on any thread; done must not wait.  From the call to done
 * the unit, its ctx and its arena belong to the store.  The unit lives in the
 * owner's own struct and must stay until done.
 */
struct tx_unit {
	struct ctx *ctx;
	enum fail (*run)(struct ctx *ctx, void *arg);
	void *arg;
	void (*done)(struct tx_unit *self);
	enum fail outcome; /* as of tx_begin and tx_end */
};

/*
 * True: it has ended on this thread and done is not called.  False: it belongs
 * to the store until done is called, which may be before this returns.
 */
NODISCARD bool tx_hand_over(struct tx_unit *unit);

bool tx_is_write(const struct ctx *ctx);

/* Staged by the unit of work; forgotten if it fails.  Needs TX_WRITE. */
void tx_stage_entry(struct ctx *ctx, struct tx_entry *entry);
void tx_stage_effect(struct ctx *ctx, struct tx_effect *effect);

/*
 * What the units before this one have staged in the same batch: their rows are
 * seen already, what is numbered comes with the commit.  The first entry of the
 * i-th of them, NULL if it staged none; the others follow by next.  Not numbered
 * yet, and valid until tx_end.  While batches are held there are none.  Needs
 * TX_WRITE.
 */
size_t tx_units_before(const struct ctx *ctx);
const struct tx_entry *tx_staged_before(const struct ctx *ctx, size_t i);

/*
 * Hold batches open over many units of one thread (demo, import), and commit
 * when batch_units is reached or at store_flush.  While held, tx_end numbers and
 * applies effects at once and answers before the batch is durable: only for
 * commands that own the whole data folder and fail as a whole.
 */
void store_hold(struct store *store, bool hold, int batch_units);
NODISCARD enum fail store_flush(struct ctx *ctx);

/*
 * Online copy of the whole SQLite database into a new file, made on the writer
 * connection between batches; of a read_only store one snapshot, beside the
 * process that writes.  progress may be NULL.
 *	FAIL_CONFLICT	"store.no_backup"	on PostgreSQL: use pg_dump
 *	FAIL_CONFLICT	"store.backup_exists"	to_path is there already
 *	FAIL_INTERNAL	"store.backup"
 */
NODISCARD enum fail store_backup(struct ctx *ctx, const char *to_path,
    void (*progress)(void *arg, int done, int total), void *arg);

/*
 * Can it be written to, as far as is known?  Without a transaction.  What
 * SQLite needs is the folder's room (core/room.h); PostgreSQL is asked, once a
 * second at most, and who comes meanwhile hears what was heard last.
 *	FAIL_BUSY	"store.connect"	it is away, or has not answered for 5 s
 *	FAIL_BUSY	"disk.full" "store.in_use"	so the last commit ended; of
 *			a minute ago that is forgotten
 */
NODISCARD enum fail store_ready(struct ctx *ctx);
/*
 * Of a failure's code: is it that of a full disk or of an engine that is away?  The
 * same will go through when that is over.
 */
bool store_failed_for_now(const char *code);
/* What store_ready, or a transaction, heard last. */
bool store_is_away(struct store *store);

/*
 * For tests and the fault loop: SHA-256 over every row of every table, as
 * ctx->tx sees them.
 */
NODISCARD enum fail store_digest(struct ctx *ctx, uint8_t out[32]);

/* Counters for /metrics: commits, units, failed units, microseconds waited. */
struct store_stats {
	int64_t commits;
	int64_t units;
	int64_t units_failed;
	int64_t ticket_wait_us;
	int64_t commit_us;
};
void store_stats(struct store *store, struct store_stats *ret);

#endif
