#include "store/pg.h"

#include <libpq-fe.h>

#include "core/text.h"

/*
 * The writer's transaction with its units of work, and the readers'.
 *
 * A unit that only reads and puts late rows waits for nothing but its answers:
 * its rows stay here (pg_late.c) and are written with the whole batch's.  One
 * that writes by itself is *loud*: what waits of the units before it is written
 * first, then it has a savepoint of its own, within which all its rows are sent
 * and, at its end, waited for.
 *
 * So there is one savepoint, "unit", before which everything is to be kept
 * whatever comes: it is moved when something was written since and the next
 * statement may fail.
 */

/*
 * An advisory lock.  Numbers are given by one node at a time, from the numbering
 * to the end of the commit, so that the ledger has no gaps.  READ COMMITTED
 * lets the holder see what the node before it has committed.
 */
#define LOCK_NUMBERS "SELECT pg_advisory_xact_lock(7248910350101)"

enum fail
pg_begin(struct ctx *ctx, struct conn *conn)
{
	TRY(pg_begin_by(ctx, conn, "BEGIN ISOLATION LEVEL READ COMMITTED"));
	conn->in_transaction = true;
	conn->in_unit = false;
	conn->units = 0;
	conn->written = false;
	pg_late_begin(conn);
	return pg_send_text(ctx, conn, "SAVEPOINT unit");
}

enum fail
pg_unit_begin(struct ctx *ctx, struct conn *conn)
{
	(void)ctx;
	conn->in_unit = true;
	conn->loud = false;
	pg_late_begin_unit(conn);
	return OK;
}

enum fail
pg_savepoint(struct ctx *ctx, struct conn *conn)
{
	if (!conn->written)
		return OK;
	TRY(pg_send_text(ctx, conn, "RELEASE SAVEPOINT unit"));
	conn->written = false;
	return pg_send_text(ctx, conn, "SAVEPOINT unit");
}

enum fail
pg_undo(struct ctx *ctx, struct conn *conn)
{
	conn->written = false;
	return pg_run(ctx, conn, "ROLLBACK TO SAVEPOINT unit");
}

enum fail
pg_before_read(struct ctx *ctx, struct conn *conn, const char *sql)
{
	if (!conn->in_transaction)
		return OK;
	if (!conn->in_unit)
		return pg_late_send_asked(ctx, conn, sql);
	if (conn->loud)
		return OK;
	if (pg_late_asked(conn, sql))
		return pg_before_write(ctx, conn);
	return pg_savepoint(ctx, conn);
}

enum fail
pg_before_write(struct ctx *ctx, struct conn *conn)
{
	if (!conn->in_unit || conn->loud) {
		conn->written = true;
		return OK;
	}
	TRY(pg_late_flush(ctx, conn));
	TRY(pg_savepoint(ctx, conn));
	conn->loud = true;
	conn->written = true;
	return pg_late_send_own(ctx, conn);
}

enum fail
pg_unit_keep(struct ctx *ctx, struct conn *conn)
{
	if (conn->loud) {
		TRY(pg_settle(ctx, conn));
		if (PQtransactionStatus(conn->pg) != PQTRANS_INTRANS)
			return FAIL(ctx, FAIL_INTERNAL, "store.query",
			    "the transaction is not whole");
	}
	conn->in_unit = false;
	conn->units++;
	return OK;
}

enum fail
pg_unit_undo(struct ctx *ctx, struct conn *conn)
{
	/* What was sent is undone, whatever came of it; its savepoint is not. */
	const struct failure own = ctx->failure;

	pg_late_forget_own(conn);
	conn->in_unit = false;
	if (!conn->loud && PQtransactionStatus(conn->pg) != PQTRANS_INERROR)
		return OK;
	if (pg_settle(ctx, conn) != OK)
		ctx->failure = own;
	return pg_undo(ctx, conn);
}

enum fail
pg_lock_numbers(struct ctx *ctx, struct conn *conn)
{
	TRY(pg_savepoint(ctx, conn));
	conn->written = true;
	return pg_send_text(ctx, conn, LOCK_NUMBERS);
}

/* NULL: the connection is lost, or what is late cannot be sent. */
static PGresult *
ask_commit(struct ctx *ctx, struct conn *conn, const char **ret_what)
{
	if (pg_late_send_all(ctx, conn) != OK ||
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
	return PQstatus(conn->pg) == CONNECTION_OK ? COMMIT_FAILED
						   : COMMIT_UNCERTAIN;
}

bool
pg_part(struct ctx *ctx, struct conn *conn)
{
	const int before = conn->broken_count;
	const bool parted =
	    ctx->failure.kind == FAIL_CONFLICT && conn->in_transaction &&
	    PQtransactionStatus(conn->pg) == PQTRANS_INERROR &&
	    pg_undo(ctx, conn) == OK && pg_late_part(ctx, conn) == OK;

	return parted && conn->broken_count > before;
}

bool
pg_broken(const struct conn *conn, int unit)
{
	for (int i = 0; i < conn->broken_count; i++)
		if (conn->broken[i] == unit)
			return true;
	return false;
}

/* In the pipeline; false without a connection. */
static bool
send_rollback(struct conn *conn)
{
	const char *what = NULL;

	if (PQstatus(conn->pg) != CONNECTION_OK)
		return false;
	if (conn->sent_count == PG_SENT_MAX)
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
