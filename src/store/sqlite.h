#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <sqlite3.h>

#include "store/inside.h"

/*
 * What SQLite's files share; nobody else includes this.
 *
 *	store_sqlite.c	the connection, transactions, the whole database
 *	sqlite_query.c	queries: arguments, statements, rows
 */
enum plain { /* statements without arguments, prepared once */
	PLAIN_BEGIN_WRITE,
	PLAIN_BEGIN_READ,
	PLAIN_COMMIT,
	PLAIN_ROLLBACK,
	PLAIN_SAVEPOINT,
	PLAIN_RELEASE,
	PLAIN_ROLLBACK_TO,
	PLAIN_COUNT,
};

struct conn {
	struct arena *arena;
	sqlite3 *db;
	enum conn_role role;
	bool in_transaction;    /* we began one and have not ended it */
	struct map *statements; /* by query */
	sqlite3_stmt *plain[PLAIN_COUNT];
	int wal_pages;   /* after the last commit */
	int wal_handled; /* of these, seen by the last checkpoint */
	int wal_again; /* so many later it is tried again; 0: has begun anew */
};

/* Record what the connection says of its last call. */
enum fail sqlite_failed(struct ctx *ctx, const struct conn *conn,
    const char *what);

/* ---- sqlite_query.c: driver functions ---- */

enum fail sqlite_prepare(struct ctx *ctx, struct conn *conn,
    const struct store_query *q, int *ret_columns);
enum fail sqlite_put(struct ctx *ctx, struct conn *conn,
    const struct store_query *q, const struct store_value *args);
enum fail sqlite_change(struct ctx *ctx, struct conn *conn,
    const struct store_query *q, const struct store_value *args,
    int64_t *ret_changed);
enum fail sqlite_rows(struct ctx *ctx, struct conn *conn,
    const struct store_query *q, const struct store_value *args,
    struct row_list *into);
enum fail sqlite_cursor_open(struct ctx *ctx, struct cursor *cursor,
    const struct store_value *args);
enum fail sqlite_cursor_next(struct ctx *ctx, struct cursor *cursor, void *row,
    bool *ret_more);
void sqlite_cursor_close(struct cursor *cursor);

#endif
