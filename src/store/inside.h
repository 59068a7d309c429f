#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/ctx.h"
#include "store/blob.h"
#include "store/query.h"
#include "store/store.h"

/*
 * What the files of store/ share.  Nobody else includes this.
 *
 *	store.c		open, close, the pool of readers, counters, holding
 *	tx.c		tx_begin and tx_end, queries
 *	ticket.c	whose turn it is
 *	batch.c		the group commit
 *	desk.c		units of work that were handed over
 *	ready.c		whether it can be written to
 *	row.c		rows into structs
 *	migrate.c	migrations
 *	backup.c	the online copy
 *	blob.c		rows of blobs, who holds them, forgetting
 *	blob_file.c	their files
 *	late.c		rows PostgreSQL writes together
 *	store_sqlite.c, store_postgres.c	an engine each, behind struct driver
 *	sqlite_query.c	the rest of SQLite (sqlite.h)
 *	pg_*.c	the rest of PostgreSQL (pg.h)
 */
struct row_list;
struct conn; /* an engine's connection; one thread at a time uses it */

enum conn_role { CONN_WRITER, CONN_READER };

/* What came of a COMMIT. */
enum commit {
	COMMIT_DURABLE,
	COMMIT_FAILED,    /* nothing of it is kept */
	COMMIT_UNCERTAIN, /* the connection went away while it was asked */
};

struct backup_progress { /* in pages */
	int done;
	int total;
	bool finished;
};

/*
 * One engine.  Functions that can fail record the failure in ctx.  The caller
 * names the fault steps, so that both engines have the same ones.
 */
struct driver {
	enum fail (*connect)(struct ctx *ctx, const char *address,
	    enum conn_role role, struct conn **ret);
	void (*close)(struct conn *conn); /* NULL does nothing */

	/* The writer's shared transaction, and a unit of work within it. */
	enum fail (*begin)(struct ctx *ctx, struct conn *conn);
	enum fail (*unit_begin)(struct ctx *ctx, struct conn *conn);
	enum fail (*unit_keep)(struct ctx *ctx, struct conn *conn);
	enum fail (*unit_undo)(struct ctx *ctx, struct conn *conn);
	/* Before numbering: one process at a time, until the commit. */
	enum fail (*lock_numbers)(struct ctx *ctx, struct conn *conn);
	enum commit (*commit)(struct ctx *ctx, struct conn *conn);
	/*
	 * After one that failed, or what led to it: was it by rows that units
	 * had put?  Then the good ones are written, without what was numbered,
	 * and the transaction goes on.  NULL: rows fail where they are put.
	 */
	bool (*part)(struct ctx *ctx, struct conn *conn);
	/* Is it known by now that the rows of the n-th unit kept cannot be? */
	bool (*broken)(const struct conn *conn, int unit);
	void (*rollback)(struct conn *conn);
	/* The transaction was open and the engine has dropped it. */
	bool (*lost)(const struct conn *conn);

	/* A reader's snapshot. */
	enum fail (*read_begin)(struct ctx *ctx, struct conn *conn);
	void (*read_end)(struct conn *conn);

	enum fail (*prepare)(struct ctx *ctx, struct conn *conn,
	    const struct store_query *q, int *ret_columns);
	/* It may fail later: at the latest in unit_keep, or, if it is late, by
	 * a later unit's query or the commit: see broken. */
	enum fail (*put)(struct ctx *ctx, struct conn *conn,
	    const struct store_query *q, const struct store_value *args);
	enum fail (*change)(struct ctx *ctx, struct conn *conn,
	    const struct store_query *q, const struct store_value *args,
	    int64_t *ret_changed);
	enum fail (*rows)(struct ctx *ctx, struct conn *conn,
	    const struct store_query *q, const struct store_value *args,
	    struct row_list *into);
	enum fail (*cursor_open)(struct ctx *ctx, struct cursor *cursor,
	    const struct store_value *args);
	enum fail (*cursor_next)(struct ctx *ctx, struct cursor *cursor,
	    void *row, bool *ret_more);
	void (*cursor_close)(struct cursor *cursor);

	/* A statement without arguments and rows, for migrations. */
	enum fail (*run)(struct ctx *ctx, struct conn *conn, const char *sql);
	/* Alone with the database until the commit, for migrations. */
	enum fail (*begin_alone)(struct ctx *ctx, struct conn *conn);
	enum fail (
	    *digest)(struct ctx *ctx, struct conn *conn, uint8_t out[32]);

	/* Online copy; NULL where the engine has its own tools. */
	enum fail (*backup_begin)(struct ctx *ctx, struct conn *conn,
	    const char *path, void **ret);
	enum fail (*backup_step)(struct ctx *ctx, void *state,
	    struct backup_progress *ret);
	void (*backup_end)(void *state);
};
extern const struct driver driver_sqlite;
extern const struct driver driver_postgres;

/* A growing array of row structs in ctx->arena. */
struct row_list {
	const struct store_query *q;
	size_t most; /* 0: without bound */
	size_t count;
	size_t room;
	unsigned char *at;
};
/* The next row, zeroed; NULL when most are there. */
void *row_list_next(struct ctx *ctx, struct row_list *list);

/* Where a field of a row is, and how nullable ones are kept. */
void row_set_number(struct arena *arena, const struct store_field *field,
    void *row, int64_t number);
/* False if it is not clean: a bit that has turned over. */
NODISCARD bool row_set_text(struct arena *arena,
    const struct store_field *field, void *row, const char *text, size_t len);
/* The room for its bytes, which the caller fills. */
uint8_t *row_set_blob(struct arena *arena, const struct store_field *field,
    void *row, size_t len);
/* FAIL_INTERNAL "store.damaged": what is stored is not of the column's type. */
enum fail row_damaged(struct ctx *ctx, const struct store_query *q,
    const struct store_field *field);
/* FAIL_INTERNAL "store.damaged" if the row says there is no NULL. */
enum fail row_set_null(struct ctx *ctx, const struct store_query *q,
    const struct store_field *field);

struct cursor {
	const struct store_query *q;
	struct tx *tx;
	struct cursor *next; /* of the same tx */
	struct arena *arena; /* the arguments and the engine's state */
	struct arena *rows;  /* the current row's texts */
	bool open;
	void *state; /* the engine's */
};

/*
 * A place in the line for the ticket, then in its batch: of a thread that waits
 * for its turn, or of a unit that was handed over.  Slots live as long as the
 * store, so that a waker may signal without the lock.  Guarded by store->lock.
 */
struct slot {
	pthread_cond_t wake;
	struct tx_unit *unit; /* handed over; NULL: a thread waits here */
	int64_t since_us;     /* in the line */
	bool called;          /* it has the ticket, or its batch is settled */
	int unit_kept;        /* its number among the kept; -1: it failed */
	enum fail verdict;
	const char *code;  /* of the verdict */
	struct slot *next; /* in the line, or among the free ones */
};

struct tx {
	struct store *store;
	enum tx_mode mode;
	struct conn *conn;
	struct arena *arena;
	struct slot *slot; /* NULL: no ticket */
	bool broken;       /* a query failed: it can only end */
	struct cursor *cursors;
	struct tx_entry *entries;
	struct tx_entry **entries_end;
	struct tx_effect *effects;
	struct tx_effect **effects_end;
};

/* What a unit that is kept has staged. */
struct unit_staged {
	int unit;
	struct tx_entry *entries;
	struct tx_entry **entries_end;
	struct tx_effect *effects;
	struct tx_effect **effects_end;
};

/* The open shared transaction; belongs to the ticket's holder. */
struct batch {
	bool open;
	bool lost;     /* the engine dropped it, or it must not go on */
	bool numbered; /* the numbering hook has been asked */
	bool answered; /* some unit of it has been, as batches are held */
	int units;     /* all, also failed ones */
	int kept;
	int64_t opened_us;
	struct slot **waiting; /* units that sleep on it, batch_units at most */
	int waiting_count;
	struct unit_staged *shares; /* of kept ones, batch_units at most */
	int share_count;
};

/* Blobs that units of work hold; one lock for them and for removing files. */
struct blob_hold {
	struct store *store;
	struct blob_hold *next;
	struct blob_hold **place; /* of the pointer to it */
	struct digest digest;
	int64_t bytes;
};

struct store {
	struct arena *arena; /* guarded by lock after store_open */
	const struct driver *driver;
	const char *address;
	bool memory; /* the database is the writer's own: readers take turns */
	bool read_only;
	struct store_hooks hooks;
	struct conn *writer;

	pthread_mutex_t lock;
	bool ticket_taken;
	struct slot *line; /* who waits for the ticket, oldest first */
	struct slot **line_end;
	struct slot *free_slots;
	struct store_stats stats;

	/* The desk: a thread that runs handed units when nobody else does. */
	pthread_t desk;
	bool has_desk;
	bool desk_closed;
	struct slot *desk_next; /* it has the ticket */
	pthread_cond_t desk_called;

	int batch_units;
	int batch_ms;
	int reader_wait_s;
	bool held;
	int held_units;
	struct batch batch;

	/* ready.c; by the steady clock, 0: never */
	_Atomic int64_t asked_us;      /* and answered */
	_Atomic int64_t asking_us;     /* since when somebody waits */
	_Atomic int64_t refused_us;    /* the last write was */
	_Atomic(const char *) refused; /* its code */
	atomic_bool is_away;

	pthread_mutex_t blobs;
	struct blob_hold *held_blobs; /* guarded by blobs */

	pthread_cond_t reader_free;
	struct conn **readers; /* the idle ones, last used last */
	int readers_idle;
	int readers_made;
	int readers_max;
};

/* store.c */
enum fail store_reader_take(struct ctx *ctx, struct store *store,
    struct conn **ret);
void store_reader_give(struct store *store, struct conn *conn);

/*
 * ticket.c.  Those of slots and the line are called with the lock.
 */
struct slot *slot_get(struct store *store);
void slot_put(struct store *store, struct slot *slot);
void slot_wait(struct store *store, struct slot *slot); /* until called */
void ticket_line_put(struct store *store, struct slot *slot);
/* The next in line, who has the ticket now; NULL: it is free. */
struct slot *ticket_line_pop(struct store *store);
/*
 * The same; a handed unit goes to the desk.  Who is to be woken, by ticket_call
 * once the lock is free; NULL: nobody.  The slot itself may have been used again
 * by then.
 */
pthread_cond_t *ticket_pass(struct store *store);
void ticket_call(pthread_cond_t *wake);
struct slot *ticket_take(struct store *store);
void ticket_give(struct store *store, struct slot *slot);

/* batch.c: all need no open transaction of the caller but batch_end. */
/* Open the batch if it is not, and a unit within it; gives back on failure. */
enum fail batch_join(struct ctx *ctx, struct tx *tx);
/* End the unit with this outcome; answers the one that holds. */
enum fail batch_end(struct ctx *ctx, struct tx *tx, enum fail outcome);
/* Commit what is open on behalf of others; the caller holds the ticket. */
enum fail batch_settle(struct ctx *ctx, struct store *store);
/* The steps of the two above, for the desk, which holds the ticket. */
enum fail batch_open_unit(struct ctx *ctx, struct store *store);
enum fail batch_end_unit(struct ctx *ctx, struct tx *tx, enum fail outcome);
bool batch_may_go_on(const struct store *store);         /* with the lock */
void batch_wait(struct store *store, struct slot *slot); /* with the lock */
/* End the batch, answer all that wait on it, pass the ticket on. */
enum fail batch_lead(struct ctx *ctx, struct store *store, struct slot *slot,
    enum fail outcome);

/* desk.c */
bool desk_hand_over(struct store *store, struct tx_unit *unit);
void desk_close(struct store *store); /* ends its thread */

/* ready.c: how a unit or a batch failed; NULL: something was committed. */
void ready_note(struct store *store, const char *code);

/* tx.c */
struct tx *tx_new(struct ctx *ctx, struct store *store, enum tx_mode mode);
/* End the cursors and leave ctx->tx; the outcome that is to be kept or undone. */
enum fail tx_leave(struct ctx *ctx, enum fail outcome);

/*
 * blob_file.c: names and files, without rows.  data is a data folder.
 *
 * Open the file of a digest.
 *	FAIL_INTERNAL	"blob.missing", or "blob.damaged" by its length
 */
enum fail blob_file_open(struct ctx *ctx, const char *data,
    const struct blob_row *row, int *ret);
/* Bytes as a new file of DIR/spool, not flushed. */
NODISCARD enum fail blob_file_write(struct ctx *ctx, struct bytes bytes,
    const char **ret);
enum fail blob_file_place(struct ctx *ctx, const char *path,
    const struct blob_row *row);
/* Give a blob's file a name in DIR/spool, to be removed by it. */
enum fail blob_file_aside(struct ctx *ctx, const struct digest *digest,
    const char **ret);
/* Remove what was put aside and is still there. */
enum fail blob_clear_aside(struct ctx *ctx);
/* False if somebody copies the folder; *ret is closed by the caller. */
enum fail blob_lock_alone(struct ctx *ctx, bool *ret_free, int *ret);

/* store_digest's running sum: each value with its engine's type and length. */
struct digest;
void store_sum_add(struct digest *sum, uint8_t type, struct bytes value);

#endif
