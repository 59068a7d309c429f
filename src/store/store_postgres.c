#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include <libpq-fe.h>

#include "core/map.h"
#include "core/num.h"
#include "core/text.h"
#include "store/inside.h"
#include "trust/trust.h"

/*
 * PostgreSQL 15 by libpq: one writer connection, READ COMMITTED; readers see
 * one REPEATABLE READ snapshot.  Values travel as text, blobs to the server as
 * bytes.  A connection that was lost is made again when the next transaction
 * begins; what was open is lost and says so.
 */
#define QUERIES_EXPECTED 256
#define FETCH_ROWS 256
#define CONNECT_SECONDS "5"

/* From the server's pg_type, stable by its promise. */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25 };

/*
 * Advisory locks.  Numbers are given by one node at a time, from the numbering
 * to the end of the commit, so that the ledger has no gaps.  READ COMMITTED
 * lets the holder see what the node before it has committed.
 */
#define LOCK_NUMBERS "SELECT pg_advisory_xact_lock(7248910350101)"
#define LOCK_MIGRATE "SELECT pg_advisory_xact_lock(7248910350102)"

struct conn {
	struct arena *arena;
	struct arena *session; /* what a new connection forgets */
	PGconn *pg;
	const char *url;
	enum conn_role role;
	bool in_transaction;  /* we began one and have not ended it */
	bool unit_fresh;      /* nothing has run since the savepoint */
	struct map *prepared; /* by query: its name on the server */
	int64_t names;
};

static void
result_end(PGresult **result)
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

static enum fail
failed(struct ctx *ctx, const struct conn *conn, const PGresult *result,
    const char *what)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *why = first_line(ctx, PQerrorMessage(conn->pg));

	if (PQstatus(conn->pg) != CONNECTION_OK)
		return FAIL(ctx, FAIL_UPSTREAM, "store.connect", "%s: %s", what,
		    why);
	if (state != NULL && is_constraint(state))
		return FAIL(ctx, FAIL_CONFLICT, "store.constraint", "%s: %s",
		    what, why);
	return FAIL(ctx, FAIL_INTERNAL, "store.query", "%s: %s (%s)", what, why,
	    state == NULL ? "" : state);
}

static bool
is_done(const PGresult *result)
{
	const ExecStatusType status = PQresultStatus(result);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static enum fail
run(struct ctx *ctx, struct conn *conn, const char *sql)
{
	AUTO(result_end) PGresult *result = PQexec(conn->pg, sql);

	if (!is_done(result))
		return failed(ctx, conn, result, sql);
	return OK;
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

/* A new session; forgets what the old one had prepared. */
static enum fail
dial(struct ctx *ctx, struct conn *conn)
{
	const char *const keys[] = { "dbname", "connect_timeout",
		"client_encoding", "application_name", NULL };
	const char *const values[] = { conn->url, CONNECT_SECONDS, "UTF8",
		"truc", NULL };

	PQfinish(conn->pg);
	arena_reset(conn->session);
	conn->prepared = map_new(conn->session, QUERIES_EXPECTED);
	conn->pg = PQconnectdbParams(keys, values, 1);
	if (PQstatus(conn->pg) != CONNECTION_OK)
		return FAIL(ctx, FAIL_UPSTREAM, "store.connect", "%s",
		    first_line(ctx, PQerrorMessage(conn->pg)));
	(void)PQsetNoticeReceiver(conn->pg, ignore_notice, NULL);
	return run(ctx, conn, settings);
}

static void
close_conn(struct conn *conn)
{
	if (conn == NULL)
		return;
	PQfinish(conn->pg);
	arena_free(conn->arena);
}

static enum fail
connect_to(struct ctx *ctx, const char *address, enum conn_role role,
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
		close_conn(conn);
		return got;
	}
	*ret = conn;
	return OK;
}

/*
 * The first statement of a transaction finds out whether the server is still
 * there.  Nothing has been done yet, so a second try is safe.
 */
static enum fail
begin_by(struct ctx *ctx, struct conn *conn, const char *sql)
{
	const struct failure before = ctx->failure;

	if (PQstatus(conn->pg) == CONNECTION_OK) {
		const enum fail got = run(ctx, conn, sql);

		if (got == OK || PQstatus(conn->pg) == CONNECTION_OK)
			return got;
		ctx->failure = before;
	}
	TRY(dial(ctx, conn));
	return run(ctx, conn, sql);
}

static enum fail
begin(struct ctx *ctx, struct conn *conn)
{
	TRY(begin_by(ctx, conn,
	    "BEGIN ISOLATION LEVEL READ COMMITTED; SAVEPOINT unit"));
	conn->in_transaction = true;
	conn->unit_fresh = true;
	return OK;
}

/*
 * The savepoint stays after a unit that is kept, and is moved when the next one
 * begins: one round trip less for each unit.
 */
static enum fail
unit_begin(struct ctx *ctx, struct conn *conn)
{
	if (!conn->unit_fresh)
		TRY(run(ctx, conn, "RELEASE SAVEPOINT unit; SAVEPOINT unit"));
	conn->unit_fresh = false;
	return OK;
}

static enum fail
unit_keep(struct ctx *ctx, struct conn *conn)
{
	if (PQtransactionStatus(conn->pg) != PQTRANS_INTRANS)
		return FAIL(ctx, FAIL_INTERNAL, "store.query",
		    "the transaction is not whole");
	return OK;
}

static enum fail
unit_undo(struct ctx *ctx, struct conn *conn)
{
	TRY(run(ctx, conn, "ROLLBACK TO SAVEPOINT unit"));
	conn->unit_fresh = true;
	return OK;
}

static enum fail
lock_numbers(struct ctx *ctx, struct conn *conn)
{
	return run(ctx, conn, LOCK_NUMBERS);
}

static enum commit
commit(struct ctx *ctx, struct conn *conn)
{
	AUTO(result_end) PGresult *result = PQexec(conn->pg, "COMMIT");

	/* A transaction in error is rolled back, and its tag says so. */
	if (is_done(result) && text_equal(PQcmdStatus(result), "COMMIT")) {
		conn->in_transaction = false;
		return COMMIT_DURABLE;
	}
	(void)failed(ctx, conn, result, "COMMIT");
	if (PQstatus(conn->pg) != CONNECTION_OK)
		return COMMIT_UNCERTAIN;
	return COMMIT_FAILED;
}

static void
rollback(struct conn *conn)
{
	if (PQtransactionStatus(conn->pg) == PQTRANS_INTRANS ||
	    PQtransactionStatus(conn->pg) == PQTRANS_INERROR)
		PQclear(PQexec(conn->pg, "ROLLBACK"));
	conn->in_transaction = false;
}

static bool
lost(const struct conn *conn)
{
	return conn->in_transaction &&
	       PQtransactionStatus(conn->pg) != PQTRANS_INTRANS &&
	       PQtransactionStatus(conn->pg) != PQTRANS_INERROR;
}

static enum fail
read_begin(struct ctx *ctx, struct conn *conn)
{
	return begin_by(ctx, conn,
	    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

static void
read_end(struct conn *conn)
{
	rollback(conn);
}

/* --- queries --- */

struct params {
	Oid *types;
	const char **values;
	int *lengths;
	int *formats;
};

static Oid
oid_of(enum store_type type)
{
	switch (type) {
	case STORE_TEXT:
		return OID_TEXT;
	case STORE_BLOB:
		return OID_BYTEA;
	case STORE_BOOL:
		return OID_BOOL;
	case STORE_I64:
	case STORE_DAY:
		break;
	}
	return OID_INT8;
}

static void
set_param(struct arena *arena, const struct store_value *value,
    struct params *params, int i)
{
	if (value->null)
		return;
	switch (value->type) {
	case STORE_TEXT:
		assert(value->text != NULL);
		params->values[i] = value->text;
		break;
	case STORE_BLOB:
		assert(value->blob.len <= INT_MAX);
		/* An empty one is no NULL. */
		params->values[i] =
		    value->blob.len == 0 ? "" : (const char *)value->blob.at;
		params->lengths[i] = (int)value->blob.len;
		params->formats[i] = 1;
		break;
	case STORE_BOOL:
		params->values[i] = value->number != 0 ? "t" : "f";
		break;
	case STORE_I64:
	case STORE_DAY:
		params->values[i] =
		    arena_printf(arena, "%" PRId64, value->number);
		break;
	}
}

/* args may be NULL: the types alone. */
static struct params
params_of(struct arena *arena, const struct store_query *q,
    const struct store_value *args)
{
	const size_t count = (size_t)q->arg_count;
	struct params params = {
		.types = ARENA_ARRAY(arena, count, Oid),
		.values = ARENA_ARRAY(arena, count, const char *),
		.lengths = ARENA_ARRAY(arena, count, int),
		.formats = ARENA_ARRAY(arena, count, int),
	};

	for (int i = 0; i < q->arg_count; i++) {
		params.types[i] = oid_of(q->arg_types[i]);
		if (args != NULL)
			set_param(arena, &args[i], &params, i);
	}
	return params;
}

static enum fail
prepared_name(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const char **ret)
{
	const int64_t key = (int64_t)(intptr_t)q;
	char *name = map_get(conn->prepared, key);

	if (name == NULL) {
		const struct params params = params_of(ctx->arena, q, NULL);
		AUTO(result_end) PGresult *result = NULL;

		name = arena_printf(conn->session, "q%" PRId64, conn->names++);
		result = PQprepare(conn->pg, name, q->postgres, q->arg_count,
		    params.types);
		if (!is_done(result))
			return failed(ctx, conn, result, q->name);
		map_put(conn->prepared, key, name);
	}
	*ret = name;
	return OK;
}

static enum fail
prepare(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    int *ret_columns)
{
	AUTO(result_end) PGresult *result = NULL;
	const char *name = NULL;

	TRY(prepared_name(ctx, conn, q, &name));
	result = PQdescribePrepared(conn->pg, name);
	if (!is_done(result))
		return failed(ctx, conn, result, q->name);
	*ret_columns = PQnfields(result);
	return OK;
}

/* The result must be cleared; on failure it is NULL. */
static enum fail
execute(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args, PGresult **ret)
{
	const struct params params = params_of(ctx->arena, q, args);
	const char *name = NULL;
	PGresult *result = NULL;

	TRY(prepared_name(ctx, conn, q, &name));
	result = PQexecPrepared(conn->pg, name, q->arg_count, params.values,
	    params.lengths, params.formats, 0);
	if (!is_done(result)) {
		const enum fail got = failed(ctx, conn, result, q->name);

		PQclear(result);
		return got;
	}
	*ret = result;
	return OK;
}

static bool
read_number(const struct store_field *field, const char *text, int64_t *ret)
{
	if (field->type == STORE_BOOL && (*text == 't' || *text == 'f')) {
		*ret = *text == 't';
		return true;
	}
	return num_parse(text, INT64_MIN, INT64_MAX, ret);
}

static bool
read_field(struct arena *arena, const struct store_field *field, void *row,
    const char *text, size_t len)
{
	int64_t number = 0;

	if (field->type == STORE_TEXT) {
		row_set_text(arena, field, row, text, len);
		return true;
	}
	if (field->type == STORE_BLOB) {
		/* "\x0123": two digits for each byte. */
		if (len < 2 || text[0] != '\\' || text[1] != 'x')
			return false;
		return bytes_from_hex(text + 2,
		    row_set_blob(arena, field, row, (len - 2) / 2),
		    (len - 2) / 2);
	}
	if (!read_number(field, text, &number))
		return false;
	row_set_number(arena, field, row, number);
	return true;
}

static enum fail
read_row(struct ctx *ctx, struct arena *arena, const struct store_query *q,
    const PGresult *result, int at, void *row)
{
	assert(PQnfields(result) == q->field_count);
	for (int i = 0; i < q->field_count; i++) {
		const struct store_field *field = &q->fields[i];

		if (PQgetisnull(result, at, i))
			TRY(row_set_null(ctx, q, field));
		else if (!read_field(arena, field, row,
			     PQgetvalue(result, at, i),
			     (size_t)PQgetlength(result, at, i)))
			return FAIL(ctx, FAIL_INTERNAL, "store.query",
			    "%s: %s is not of its type", q->name, field->name);
	}
	return OK;
}

static enum fail
change(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args, int64_t *ret_changed)
{
	AUTO(result_end) PGresult *result = NULL;
	int64_t changed = 0;

	TRY(execute(ctx, conn, q, args, &result));
	/* "" for what is no change of rows. */
	if (num_parse(PQcmdTuples(result), 0, INT64_MAX, &changed))
		*ret_changed = changed;
	else
		*ret_changed = 0;
	return OK;
}

static enum fail
rows(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args, struct row_list *into)
{
	AUTO(result_end) PGresult *result = NULL;

	TRY(execute(ctx, conn, q, args, &result));
	for (int i = 0; i < PQntuples(result); i++) {
		void *row = row_list_next(ctx, into);

		if (row == NULL)
			break;
		TRY(read_row(ctx, ctx->arena, q, result, i, row));
		if (arena_over(ctx->arena))
			return FAIL(ctx, FAIL_TOO_BIG, "store.too_big",
			    "%s: too many rows", q->name);
	}
	return OK;
}

/*
 * A cursor of the server, read by pages, so that other queries can run between
 * its rows.
 */
struct reading {
	const char *fetch;
	const char *close;
	PGresult *page;
	int at;
	bool last;
};

static enum fail
cursor_open(struct ctx *ctx, struct cursor *cursor,
    const struct store_value *args)
{
	struct conn *conn = cursor->tx->conn;
	struct arena *arena = cursor->arena;
	const struct store_query *q = cursor->q;
	const struct params params = params_of(arena, q, args);
	const long long name = conn->names++;
	struct reading *reading = ARENA_NEW(arena, struct reading);
	AUTO(result_end) PGresult *result = NULL;

	reading->fetch =
	    arena_printf(arena, "FETCH %d FROM c%lld", FETCH_ROWS, name);
	reading->close = arena_printf(arena, "CLOSE c%lld", name);
	result = PQexecParams(conn->pg,
	    arena_printf(arena, "DECLARE c%lld NO SCROLL CURSOR FOR %s", name,
		q->postgres),
	    q->arg_count, params.types, params.values, params.lengths,
	    params.formats, 0);
	if (!is_done(result))
		return failed(ctx, conn, result, q->name);
	cursor->state = reading;
	return OK;
}

static enum fail
fetch(struct ctx *ctx, struct conn *conn, struct reading *reading)
{
	PQclear(reading->page);
	reading->page = PQexec(conn->pg, reading->fetch);
	reading->at = 0;
	if (!is_done(reading->page)) {
		reading->last = true;
		return failed(ctx, conn, reading->page, reading->fetch);
	}
	reading->last = PQntuples(reading->page) < FETCH_ROWS;
	return OK;
}

static enum fail
cursor_next(struct ctx *ctx, struct cursor *cursor, void *row, bool *ret_more)
{
	struct reading *reading = cursor->state;

	if (reading->page == NULL ||
	    (reading->at == PQntuples(reading->page) && !reading->last))
		TRY(fetch(ctx, cursor->tx->conn, reading));
	if (reading->at == PQntuples(reading->page))
		return OK;
	memset(row, 0, cursor->q->row_size);
	TRY(read_row(ctx, cursor->rows, cursor->q, reading->page, reading->at,
	    row));
	reading->at++;
	*ret_more = true;
	return OK;
}

static void
cursor_close(struct cursor *cursor)
{
	struct reading *reading = cursor->state;
	PGconn *pg = cursor->tx->conn->pg;

	PQclear(reading->page);
	reading->page = NULL;
	/* In an error only the end of the transaction is allowed. */
	if (PQtransactionStatus(pg) == PQTRANS_INTRANS)
		PQclear(PQexec(pg, reading->close));
}

/* --- the whole database --- */

static enum fail
begin_alone(struct ctx *ctx, struct conn *conn)
{
	TRY(begin_by(ctx, conn, "BEGIN"));
	conn->in_transaction = true;
	return run(ctx, conn, LOCK_MIGRATE);
}

static enum fail
digest_table(struct ctx *ctx, struct conn *conn, const char *table,
    struct digest *sum)
{
	const char *sql = arena_printf(ctx->arena,
	    "SELECT string_agg(h, '' ORDER BY h) "
	    "FROM (SELECT md5(t::text) AS h FROM \"%s\" t) s",
	    table);
	AUTO(result_end) PGresult *result = PQexec(conn->pg, sql);

	if (!is_done(result))
		return failed(ctx, conn, result, sql);
	sum_add(sum, 0, bytes_of_text(table));
	sum_add(sum, 0, bytes_of_text(PQgetvalue(result, 0, 0)));
	return OK;
}

static enum fail
digest(struct ctx *ctx, struct conn *conn, uint8_t out[32])
{
	static const char sql[] = "SELECT tablename FROM pg_tables WHERE "
				  "schemaname = current_schema() ORDER BY 1";
	AUTO(result_end) PGresult *result = PQexec(conn->pg, sql);
	struct digest sum = { 0 };

	if (!is_done(result))
		return failed(ctx, conn, result, sql);
	for (int i = 0; i < PQntuples(result); i++)
		TRY(digest_table(ctx, conn, PQgetvalue(result, i, 0), &sum));
	memcpy(out, sum.at, sizeof(sum.at));
	return OK;
}

const struct driver driver_postgres = {
	.connect = connect_to,
	.close = close_conn,
	.begin = begin,
	.unit_begin = unit_begin,
	.unit_keep = unit_keep,
	.unit_undo = unit_undo,
	.lock_numbers = lock_numbers,
	.commit = commit,
	.rollback = rollback,
	.lost = lost,
	.read_begin = read_begin,
	.read_end = read_end,
	.prepare = prepare,
	.change = change,
	.rows = rows,
	.cursor_open = cursor_open,
	.cursor_next = cursor_next,
	.cursor_close = cursor_close,
	.run = run,
	.begin_alone = begin_alone,
	.digest = digest,
};
