#include "store/pg.h"

#include <string.h>

#include <libpq-fe.h>

#include "core/map.h"
#include "core/text.h"

/*
 * The connection: made, made again, and its pipeline.
 */
#define QUERIES_EXPECTED 256
#define CONNECT_SECONDS "5"
#define NO_ROOM "53100" /* on the server's disk, which need not be ours */

void
pg_result_end(PGresult **result)
{
	PQclear(*result);
	*result = NULL;
}

static bool
is_constraint(const char *state)
{
	return text_equal(state, "23505") || text_equal(state, "23514") ||
	       text_equal(state, "23503");
}

static const char *
first_line(struct ctx *ctx, const char *text)
{
	return arena_text_n(ctx->arena, text, strcspn(text, "\n"));
}

/* It ended this connection, as when it is shut down; or it never took one. */
static bool
is_away(const struct conn *conn, const char *state)
{
	return PQstatus(conn->pg) != CONNECTION_OK ||
	       (state != NULL && text_starts(state, "57P"));
}

enum fail
pg_failed(struct ctx *ctx, const struct conn *conn, const PGresult *result,
    const char *what)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *why = first_line(ctx, PQerrorMessage(conn->pg));

	if (is_away(conn, state))
		return FAIL(ctx, FAIL_BUSY, "store.connect", "%s: %s", what,
		    why);
	if (text_equal(state, NO_ROOM))
		return FAIL(ctx, FAIL_BUSY, "disk.full", "%s: %s", what, why);
	if (state != NULL && is_constraint(state))
		return FAIL(ctx, FAIL_CONFLICT, "store.constraint", "%s: %s",
		    what, why);
	return FAIL(ctx, FAIL_INTERNAL, "store.query", "%s: %s (%s)", what, why,
	    state == NULL ? "" : state);
}

bool
pg_is_done(const PGresult *result)
{
	const ExecStatusType status = PQresultStatus(result);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* The result of one statement of the pipeline; NULL if the connection is lost. */
static PGresult *
next_result(const struct conn *conn)
{
	PGresult *result = PQgetResult(conn->pg);

	/* The end of its results. */
	if (result != NULL)
		PQclear(PQgetResult(conn->pg));
	return result;
}

PGresult *
pg_receive(struct conn *conn, const char **ret_what)
{
	const int count = conn->sent_count;
	PGresult *result = NULL;

	conn->sent_count = 0;
	if (PQpipelineSync(conn->pg) != 1)
		return NULL;
	for (int i = 0; i < count; i++) {
		PGresult *next = next_result(conn);

		if (i == 0 || pg_is_done(result)) {
			PQclear(result);
			result = next;
			*ret_what = conn->sent[i];
		} else {
			PQclear(next);
		}
		if (PQstatus(conn->pg) != CONNECTION_OK)
			return result;
	}
	/* The mark itself, and that nothing follows. */
	PQclear(PQgetResult(conn->pg));
	PQclear(PQgetResult(conn->pg));
	return result;
}

enum fail
pg_answer(struct ctx *ctx, struct conn *conn, PGresult **ret)
{
	const char *what = "";
	PGresult *result = pg_receive(conn, &what);
	enum fail got = OK;

	if (pg_is_done(result)) {
		*ret = result;
		return OK;
	}
	got = pg_failed(ctx, conn, result, what);
	PQclear(result);
	return got;
}

enum fail
pg_settle(struct ctx *ctx, struct conn *conn)
{
	AUTO(pg_result_end) PGresult *result = NULL;

	return conn->sent_count == 0 ? OK : pg_answer(ctx, conn, &result);
}

enum fail
pg_make_room(struct ctx *ctx, struct conn *conn)
{
	return conn->sent_count < PG_SENT_MAX - 1 ? OK : pg_settle(ctx, conn);
}

enum fail
pg_note_sent(struct ctx *ctx, struct conn *conn, int sent, const char *what)
{
	if (sent != 1)
		return pg_failed(ctx, conn, NULL, what);
	conn->sent[conn->sent_count++] = what;
	return OK;
}

enum fail
pg_send_text(struct ctx *ctx, struct conn *conn, const char *sql)
{
	TRY(pg_make_room(ctx, conn));
	return pg_note_sent(ctx, conn,
	    PQsendQueryParams(conn->pg, sql, 0, NULL, NULL, NULL, NULL, 0),
	    sql);
}

enum fail
pg_ask_text(struct ctx *ctx, struct conn *conn, const char *sql, PGresult **ret)
{
	TRY(pg_send_text(ctx, conn, sql));
	return pg_answer(ctx, conn, ret);
}

enum fail
pg_run(struct ctx *ctx, struct conn *conn, const char *sql)
{
	AUTO(pg_result_end) PGresult *result = NULL;

	return pg_ask_text(ctx, conn, sql, &result);
}

static void
ignore_notice(void *arg, const PGresult *result)
{
	(void)arg;
	(void)result;
}

static const char settings[] = "SET synchronous_commit = on;"
			       "SET idle_in_transaction_session_timeout = 0;"
			       "SET bytea_output = hex;"
			       "SET standard_conforming_strings = on";

/*
 * One writer a database, whatever folders there are: what a program keeps in
 * memory of the ledger and the totals is true only while nobody else writes.  An
 * advisory lock that lives as long as the session, so it is taken again before
 * the first batch of a new one; one left by a program that has just been killed
 * is waited for.  The others are in pg_unit.c and store_postgres.c.
 */
static const char *const own_the_database[] = {
	"SET lock_timeout = '5s'",
	"SELECT pg_advisory_lock(7248910350103)",
	"SET lock_timeout = 0",
};

static enum fail
be_the_writer(struct ctx *ctx, struct conn *conn)
{
	for (size_t i = 0; i < ARRAY_SIZE(own_the_database); i++) {
		AUTO(pg_result_end)
		PGresult *result = PQexec(conn->pg, own_the_database[i]);
		const char *state =
		    PQresultErrorField(result, PG_DIAG_SQLSTATE);

		if (pg_is_done(result))
			continue;
		if (text_equal(state, "55P03"))
			return FAIL(ctx, FAIL_UPSTREAM, "store.in_use",
			    "another program writes to this database");
		return pg_failed(ctx, conn, result, own_the_database[i]);
	}
	return OK;
}

static enum fail
begin_session(struct ctx *ctx, struct conn *conn)
{
	AUTO(pg_result_end) PGresult *result = PQexec(conn->pg, settings);

	if (!pg_is_done(result))
		return pg_failed(ctx, conn, result, "settings");
	if (conn->role == CONN_WRITER)
		TRY(be_the_writer(ctx, conn));
	if (PQenterPipelineMode(conn->pg) != 1)
		return pg_failed(ctx, conn, NULL, "pipeline");
	return OK;
}

/* A new session; forgets what the old one had prepared. */
static enum fail
dial(struct ctx *ctx, struct conn *conn)
{
	const char *const keys[] = { "dbname", "connect_timeout",
		"client_encoding", "application_name", NULL };
	const char *const values[] = { conn->url, CONNECT_SECONDS, "UTF8",
		"truc", NULL };
	enum fail got = OK;

	PQfinish(conn->pg);
	conn->sent_count = 0;
	arena_reset(conn->session);
	conn->prepared = map_new(conn->session, QUERIES_EXPECTED);
	conn->late = NULL;
	conn->broken_count = conn->broken_room = 0;
	conn->pg = PQconnectdbParams(keys, values, 1);
	if (PQstatus(conn->pg) != CONNECTION_OK)
		return FAIL(ctx, FAIL_BUSY, "store.connect", "%s",
		    first_line(ctx, PQerrorMessage(conn->pg)));
	(void)PQsetNoticeReceiver(conn->pg, ignore_notice, NULL);
	got = begin_session(ctx, conn);
	if (got != OK) { /* half a session is none: the next one dials again */
		PQfinish(conn->pg);
		conn->pg = NULL;
	}
	return got;
}

void
pg_close(struct conn *conn)
{
	if (conn == NULL)
		return;
	PQfinish(conn->pg);
	arena_free(conn->arena);
}

enum fail
pg_connect(struct ctx *ctx, const char *address, enum conn_role role,
    struct conn **ret)
{
	struct arena *arena = arena_new(0);
	struct conn *conn = ARENA_NEW(arena, struct conn);
	enum fail got = OK;

	conn->arena = arena;
	conn->session = arena_child(arena);
	conn->url = arena_text(arena, address);
	conn->role = role;
	got = dial(ctx, conn);
	if (got != OK) {
		pg_close(conn);
		return got;
	}
	*ret = conn;
	return OK;
}

/*
 * Is the server still there, as far as one can know without asking?  One that
 * ended the session has said so: a last message, then the end.
 */
static bool
is_there(const struct conn *conn)
{
	return PQstatus(conn->pg) == CONNECTION_OK &&
	       PQconsumeInput(conn->pg) == 1 && PQconsumeInput(conn->pg) == 1 &&
	       PQstatus(conn->pg) == CONNECTION_OK;
}

enum fail
pg_begin_by(struct ctx *ctx, struct conn *conn, const char *sql)
{
	if (!is_there(conn))
		TRY(dial(ctx, conn));
	return pg_send_text(ctx, conn, sql);
}
