#include "store/pg.h"

#include <string.h>

#include <libpq-fe.h>

/*
 * A cursor of the server, read by pages, so that other queries can run between
 * its rows.
 */
#define FETCH_ROWS 256

struct reading {
	const char *fetch;
	const char *close;
	PGresult *page; /* NULL: nothing was fetched yet */
	int at;
	bool last; /* there is no page behind this one */
};

enum fail
pg_cursor_open(struct ctx *ctx, struct cursor *cursor,
    const struct store_value *args)
{
	struct conn *conn = cursor->tx->conn;
	struct arena *arena = cursor->arena;
	const struct store_query *q = cursor->q;
	const struct pg_params params = pg_params_of(arena, q, args);
	const long long name = conn->name_count++;
	struct reading *reading = ARENA_NEW(arena, struct reading);
	const char *declare = arena_printf(arena,
	    "DECLARE c%lld NO SCROLL CURSOR FOR %s", name, q->postgres);

	reading->fetch =
	    arena_printf(arena, "FETCH %d FROM c%lld", FETCH_ROWS, name);
	reading->close = arena_printf(arena, "CLOSE c%lld", name);
	TRY(pg_before_read(ctx, conn, q->postgres));
	TRY(pg_make_room(ctx, conn));
	TRY(pg_note_sent(ctx, conn,
	    PQsendQueryParams(conn->pg, declare, q->arg_count, params.types,
		params.values, params.lengths, params.formats, 0),
	    q->name));
	TRY(pg_settle(ctx, conn));
	cursor->state = reading;
	return OK;
}

static enum fail
fetch(struct ctx *ctx, struct conn *conn, struct reading *reading)
{
	pg_result_end(&reading->page);
	reading->at = 0;
	reading->last = true;
	TRY(pg_ask_text(ctx, conn, reading->fetch, &reading->page));
	reading->last = PQntuples(reading->page) < FETCH_ROWS;
	return OK;
}

enum fail
pg_cursor_next(struct ctx *ctx, struct cursor *cursor, void *row,
    bool *ret_more)
{
	struct reading *reading = cursor->state;

	if (reading->at == PQntuples(reading->page) && !reading->last)
		TRY(fetch(ctx, cursor->tx->conn, reading));
	if (reading->at == PQntuples(reading->page))
		return OK;
	memset(row, 0, cursor->q->row_size);
	TRY(pg_read_row(ctx, cursor->rows, cursor->q, reading->page,
	    reading->at, row));
	reading->at++;
	*ret_more = true;
	return OK;
}

void
pg_cursor_close(struct cursor *cursor)
{
	struct reading *reading = cursor->state;
	struct conn *conn = cursor->tx->conn;
	const PGTransactionStatusType status = PQtransactionStatus(conn->pg);

	pg_result_end(&reading->page);
	/* In an error only the end of the transaction is allowed. */
	if (status == PQTRANS_INERROR || PQstatus(conn->pg) != CONNECTION_OK)
		return;
	/* Without room it ends with the transaction. */
	if (conn->sent_count < PG_SENT_MAX &&
	    PQsendQueryParams(conn->pg, reading->close, 0, NULL, NULL, NULL,
		NULL, 0) == 1)
		conn->sent[conn->sent_count++] = "CLOSE";
}
