#include "store/pg.h"

#include <string.h>

#include <libpq-fe.h>

#include "core/text.h"

/*
 * Transactions: the writer's with its units of work and their late rows, and the
 * readers'.
 */

/* Of one table's late rows; and how many units write them one by one when a
 * batch has failed by them. */
#define LATE_BYTES (1 << 20)
#define CAREFUL_UNITS 256

/*
 * Numbers are given by one node at a time, from the numbering
 * to the end of the commit, so that the ledger has no gaps.  READ COMMITTED
 * lets the holder see what the node before it has committed.
 */
#define LOCK_NUMBERS "SELECT pg_advisory_xact_lock(7248910350101)"

enum fail
pg_begin(struct ctx *ctx, struct conn *conn)
{
	TRY(pg_begin_by(ctx, conn, "BEGIN ISOLATION LEVEL READ COMMITTED"));
	conn->in_transaction = true;
	conn->unit_fresh = true;
	for (struct late *late = conn->late; late != NULL; late = late->next)
		late_clear(late);
	return pg_send_text(ctx, conn, "SAVEPOINT unit");
}

/*
 * The savepoint stays after a unit that is kept, and is moved when the next one
 * begins: one round trip less for each unit.
 */
enum fail
pg_unit_begin(struct ctx *ctx, struct conn *conn)
{
	conn->careful -= conn->careful > 0;
	for (struct late *late = conn->late; late != NULL; late = late->next)
		late_begin_unit(late);
	if (!conn->unit_fresh) {
		TRY(pg_send_text(ctx, conn, "RELEASE SAVEPOINT unit"));
		TRY(pg_send_text(ctx, conn, "SAVEPOINT unit"));
	}
	conn->unit_fresh = false;
	return OK;
}

enum fail
pg_unit_keep(struct ctx *ctx, struct conn *conn)
{
	TRY(pg_settle(ctx, conn));
	if (PQtransactionStatus(conn->pg) != PQTRANS_INTRANS)
		return FAIL(ctx, FAIL_INTERNAL, "store.query",
		    "the transaction is not whole");
	return OK;
}

enum fail
pg_unit_undo(struct ctx *ctx, struct conn *conn)
{
	/* What was sent is undone, whatever came of it; its savepoint is not. */
	const struct failure own = ctx->failure;

	if (pg_settle(ctx, conn) != OK)
		ctx->failure = own;
	for (struct late *late = conn->late; late != NULL; late = late->next)
		late_undo_unit(late);
	TRY(pg_run(ctx, conn, "ROLLBACK TO SAVEPOINT unit"));
	conn->unit_fresh = true;
	return OK;
}

enum fail
pg_lock_numbers(struct ctx *ctx, struct conn *conn)
{
	return pg_send_text(ctx, conn, LOCK_NUMBERS);
}

/* In the pipeline; false without a connection. */
static bool
send_rollback(struct conn *conn)
{
	const char *what = NULL;

	if (PQstatus(conn->pg) != CONNECTION_OK)
		return false;
	if (conn->sent_count == SENT_MAX)
		PQclear(pg_receive(conn, &what));
	if (PQsendQueryParams(conn->pg, "ROLLBACK", 0, NULL, NULL, NULL, NULL,
		0) != 1)
		return false;
	conn->sent[conn->sent_count++] = "ROLLBACK";
	return true;
}

/* What was sent before is heard first: it may have failed, and stop the rest. */
void
pg_rollback(struct conn *conn)
{
	const char *what = NULL;

	conn->in_transaction = false;
	if (!pg_is_pipeline(conn)) {
		PQclear(PQexec(conn->pg, "ROLLBACK"));
		return;
	}
	if (conn->sent_count > 0)
		PQclear(pg_receive(conn, &what));
	if (send_rollback(conn))
		PQclear(pg_receive(conn, &what));
}

bool
pg_lost(const struct conn *conn)
{
	const PGTransactionStatusType status = PQtransactionStatus(conn->pg);

	/* Active: something is sent, and of it nothing is known yet. */
	return conn->in_transaction && status != PQTRANS_INTRANS &&
	       status != PQTRANS_INERROR && status != PQTRANS_ACTIVE;
}

enum fail
pg_read_begin(struct ctx *ctx, struct conn *conn)
{
	return pg_begin_by(ctx, conn,
	    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

/* Not waited for: the next transaction hears of it. */
void
pg_read_end(struct conn *conn)
{
	const char *what = NULL;

	if (conn->sent_count > 0)
		PQclear(pg_receive(conn, &what));
	if (send_rollback(conn))
		(void)PQflush(conn->pg);
}

/* --- late rows --- */

/* All of one table, in one statement. */
static enum fail
send_late(struct ctx *ctx, struct conn *conn, struct late *late)
{
	const struct late_arrays arrays = late_send(ctx->arena, late);
	const struct store_query *q = late->q;
	const char *name = NULL;

	TRY(pg_late_name(ctx, conn, q, &name));
	TRY(pg_make_room(ctx, conn));
	return pg_note_sent(ctx, conn,
	    PQsendQueryPrepared(conn->pg, name, q->arg_count, arrays.values,
		arrays.lengths, arrays.formats, 0),
	    q->name);
}

/* Those a query may ask for, by the table's name; NULL: all. */
enum fail
pg_send_late_of(struct ctx *ctx, struct conn *conn, const char *sql)
{
	for (struct late *late = conn->late; late != NULL; late = late->next)
		if (late_waits(late) &&
		    (sql == NULL || strstr(sql, late->q->late_table) != NULL))
			TRY(send_late(ctx, conn, late));
	return OK;
}

static struct late *
late_of(struct conn *conn, const struct store_query *q)
{
	struct late **place = &conn->late;

	while (*place != NULL && (*place)->q != q)
		place = &(*place)->next;
	if (*place == NULL)
		*place = late_new(conn->session, q);
	return *place;
}

enum fail
pg_put(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args)
{
	struct late *late = NULL;

	if (q->late == NULL || conn->careful > 0)
		return pg_send_query(ctx, conn, q, args);
	late = late_of(conn, q);
	/* What follows rows that were sent follows them there. */
	if (late_waits(late) && late->bytes > LATE_BYTES)
		TRY(send_late(ctx, conn, late));
	if (late->sent)
		return pg_send_query(ctx, conn, q, args);
	late_add(late, args);
	return OK;
}

/* NULL: the connection is lost, or what is late cannot be sent. */
static PGresult *
ask_commit(struct ctx *ctx, struct conn *conn, const char **ret_what)
{
	if (pg_send_late_of(ctx, conn, NULL) != OK ||
	    pg_send_text(ctx, conn, "COMMIT") != OK)
		return NULL;
	return pg_receive(conn, ret_what);
}

enum commit
pg_commit(struct ctx *ctx, struct conn *conn)
{
	const char *what = "COMMIT";
	AUTO(pg_result_end) PGresult *result = ask_commit(ctx, conn, &what);

	/* A transaction in error is rolled back, and its tag says so. */
	if (pg_is_done(result) && text_equal(PQcmdStatus(result), "COMMIT")) {
		conn->in_transaction = false;
		return COMMIT_DURABLE;
	}
	(void)pg_failed(ctx, conn, result, what);
	if (PQstatus(conn->pg) != CONNECTION_OK)
		return COMMIT_UNCERTAIN;
	conn->careful = CAREFUL_UNITS;
	return COMMIT_FAILED;
}
