#ifndef STORE_PG_H
#define STORE_PG_H

#include "store/inside.h"
#include "store/late.h"

/*
 * PostgreSQL 15 by libpq: one writer connection, READ COMMITTED; readers see
 * one REPEATABLE READ snapshot.  Values travel as text, blobs to the server as
 * bytes.  A connection that was lost is made again when the next transaction
 * begins; what was open is lost and says so.
 *
 * Once it has its settings, a connection is in libpq's pipeline mode: what gives
 * nothing back is only sent, and its outcome read with that of the next statement
 * that does.
 *
 * What the engine's files share; nobody else includes this.
 *
 *	pg_conn.c	the connection and its pipeline
 *	pg_unit.c	transactions, units of work
 *	pg_late.c	rows that are written later, together
 *	pg_query.c	queries: arguments, statements, answers
 *	pg_cursor.c	answers by pages
 *	store_postgres.c	the engine's table, the whole database
 */

/* Statements sent and not answered yet: their answers must fit in the sockets'
 * buffers, as nobody reads meanwhile. */
#define PG_SENT_MAX 128

struct conn {
	struct arena *arena;
	struct arena *session; /* what a new connection forgets */
	struct pg_conn *pg;
	const char *url;
	enum conn_role role;
	bool in_transaction;  /* we began one and have not ended it */
	bool in_unit;         /* else what is put is the batch's own */
	bool loud;            /* the unit writes by itself */
	bool written;         /* something was, since the savepoint */
	int units;            /* kept so far in this transaction */
	struct map *prepared; /* by query: its name on the server */
	int64_t name_count;   /* names given, of statements and cursors */
	const char *sent[PG_SENT_MAX]; /* not answered yet, the last last */
	int sent_count;
	struct late *late; /* rows not sent yet, by query */
	int *broken;       /* kept units whose late rows could not be written */
	int broken_count;
	int broken_room;
};

struct pg_result; /* libpq's PGresult */

/* ---- pg_conn.c ---- */

void pg_result_end(struct pg_result **result);
bool pg_is_done(const struct pg_result *result);
/* Record what a result, or the connection if it is NULL, says. */
enum fail pg_failed(struct ctx *ctx, const struct conn *conn,
    const struct pg_result *result, const char *what);

enum fail pg_connect(struct ctx *ctx, const char *address, enum conn_role role,
    struct conn **ret);
void pg_close(struct conn *conn);
/* A transaction in the pipeline; its begin goes with the first statement. */
enum fail pg_begin_by(struct ctx *ctx, struct conn *conn, const char *sql);

/* Room for one more that is sent; then note that it was (1: it was). */
enum fail pg_make_room(struct ctx *ctx, struct conn *conn);
enum fail pg_note_sent(struct ctx *ctx, struct conn *conn, int sent,
    const char *what);
enum fail pg_send_text(struct ctx *ctx, struct conn *conn, const char *sql);
/*
 * Wait for all that was sent: the result of the last one, or of the first that
 * failed; *ret_what names it.  NULL if the connection is lost.
 */
struct pg_result *pg_receive(struct conn *conn, const char **ret_what);
/* The same, where a failure is one; whoever gets *ret clears it. */
enum fail pg_answer(struct ctx *ctx, struct conn *conn, struct pg_result **ret);
/* All that was sent has come through. */
enum fail pg_settle(struct ctx *ctx, struct conn *conn);
/* The answer to a text. */
enum fail pg_ask_text(struct ctx *ctx, struct conn *conn, const char *sql,
    struct pg_result **ret);
enum fail pg_run(struct ctx *ctx, struct conn *conn, const char *sql);

/* ---- pg_unit.c: driver functions, and ---- */

enum fail pg_begin(struct ctx *ctx, struct conn *conn);
enum fail pg_unit_begin(struct ctx *ctx, struct conn *conn);
enum fail pg_unit_keep(struct ctx *ctx, struct conn *conn);
enum fail pg_unit_undo(struct ctx *ctx, struct conn *conn);
enum fail pg_lock_numbers(struct ctx *ctx, struct conn *conn);
enum commit pg_commit(struct ctx *ctx, struct conn *conn);
bool pg_part(struct ctx *ctx, struct conn *conn);
bool pg_broken(const struct conn *conn, int unit);
void pg_rollback(struct conn *conn);
bool pg_lost(const struct conn *conn);
enum fail pg_read_begin(struct ctx *ctx, struct conn *conn);
void pg_read_end(struct conn *conn);
/* Move the savepoint behind what was written. */
enum fail pg_savepoint(struct ctx *ctx, struct conn *conn);
/* Back to it. */
enum fail pg_undo(struct ctx *ctx, struct conn *conn);
/* Before a statement that reads, with its text, or one that writes. */
enum fail pg_before_read(struct ctx *ctx, struct conn *conn, const char *sql);
enum fail pg_before_write(struct ctx *ctx, struct conn *conn);

/* ---- pg_late.c: a driver function, and ---- */

enum fail pg_put(struct ctx *ctx, struct conn *conn,
    const struct store_query *q, const struct store_value *args);
void pg_late_begin(struct conn *conn); /* with the transaction */
void pg_late_begin_unit(struct conn *conn);
/* Are there rows the query may ask for, by the table's name?  NULL: any. */
bool pg_late_asked(const struct conn *conn, const char *sql);
/* In the pipeline: all rows; if the query may ask for one; those of the unit
 * that runs. */
enum fail pg_late_send_all(struct ctx *ctx, struct conn *conn);
enum fail pg_late_send_asked(struct ctx *ctx, struct conn *conn,
    const char *sql);
enum fail pg_late_send_own(struct ctx *ctx, struct conn *conn);
void pg_late_forget_own(struct conn *conn);
/* Write those of all units before; notes whose cannot be. */
enum fail pg_late_flush(struct ctx *ctx, struct conn *conn);
/* The same one by one, after a failure was undone. */
enum fail pg_late_part(struct ctx *ctx, struct conn *conn);

/* ---- pg_query.c: driver functions, and ---- */

struct pg_params {
	uint32_t *types;
	const char **values;
	int *lengths;
	int *formats;
};
/* args may be NULL: the types alone. */
struct pg_params pg_params_of(struct arena *arena, const struct store_query *q,
    const struct store_value *args);
/* The server's name of the statement that writes late rows. */
enum fail pg_late_name(struct ctx *ctx, struct conn *conn,
    const struct store_query *q, const char **ret);
/* In the pipeline: its result is the last one of the next receive. */
enum fail pg_send_query(struct ctx *ctx, struct conn *conn,
    const struct store_query *q, const struct store_value *args);
enum fail pg_read_row(struct ctx *ctx, struct arena *arena,
    const struct store_query *q, const struct pg_result *result, int at,
    void *row);
enum fail pg_prepare(struct ctx *ctx, struct conn *conn,
    const struct store_query *q, int *ret_columns);
enum fail pg_change(struct ctx *ctx, struct conn *conn,
    const struct store_query *q, const struct store_value *args,
    int64_t *ret_changed);
enum fail pg_rows(struct ctx *ctx, struct conn *conn,
    const struct store_query *q, const struct store_value *args,
    struct row_list *into);

/* ---- pg_cursor.c: driver functions ---- */

enum fail pg_cursor_open(struct ctx *ctx, struct cursor *cursor,
    const struct store_value *args);
enum fail pg_cursor_next(struct ctx *ctx, struct cursor *cursor, void *row,
    bool *ret_more);
void pg_cursor_close(struct cursor *cursor);

#endif
