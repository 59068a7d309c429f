#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include <libpq-fe.h>

#include "core/map.h"
#include "core/num.h"
#include "core/text.h"
#include "store/inside.h"
#include "store/late.h"
#include "trust/trust.h"

/*
 * PostgreSQL 15 by libpq: one writer connection, READ COMMITTED; readers see
 * one REPEATABLE READ snapshot.  Values travel as text, blobs to the server as
 * bytes.  A connection that was lost is made again when the next transaction
 * begins; what was open is lost and says so.
 *
 * From the writer's BEGIN to its end the connection is in libpq's pipeline mode:
 * what gives nothing back is only sent, and its outcome read with that of the
 * next statement that does.  So a unit of work that reads once and then puts
 * some rows waits twice for the server.
 */
#define QUERIES_EXPECTED 256
#define FETCH_ROWS 256
#define CONNECT_SECONDS "5"
/* Their answers must fit in the sockets' buffers: nobody reads meanwhile. */
#define SENT_MAX 128
/* Of one table's late rows; and how many units write them one by one when a
 * batch has failed by them. */
#define LATE_BYTES (1 << 20)
#define CAREFUL_UNITS 256

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
	const char
	    *sent[SENT_MAX]; /* what is not answered yet, the last last */
	int sent_count;
	struct late *late; /* rows not sent yet, by query */
	int careful;       /* units in which there are none */
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

static bool
is_pipeline(const struct conn *conn)
{
	return PQpipelineStatus(conn->pg) != PQ_PIPELINE_OFF;
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

/*
 * Wait for all that was sent: the result of the last one, or of the first that
 * failed; *ret_what names it.  NULL if the connection is lost.
 */
static PGresult *
receive(struct conn *conn, const char **ret_what)
{
	const int count = conn->sent_count;
	PGresult *result = NULL;

	conn->sent_count = 0;
	if (PQpipelineSync(conn->pg) != 1)
		return NULL;
	for (int i = 0; i < count; i++) {
		PGresult *next = next_result(conn);

		if (i == 0 || is_done(result)) {
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

/* All that was sent has come through. */
static enum fail
settle(struct ctx *ctx, struct conn *conn)
{
	AUTO(result_end) PGresult *result = NULL;
	const char *what = "";

	if (conn->sent_count == 0)
		return OK;
	result = receive(conn, &what);
	if (!is_done(result))
		return failed(ctx, conn, result, what);
	return OK;
}

/* Room for one more that is sent. */
static enum fail
make_room(struct ctx *ctx, struct conn *conn)
{
	return conn->sent_count < SENT_MAX - 1 ? OK : settle(ctx, conn);
}

static enum fail
note_sent(struct ctx *ctx, struct conn *conn, int sent, const char *what)
{
	if (sent != 1)
		return failed(ctx, conn, NULL, what);
	conn->sent[conn->sent_count++] = what;
	return OK;
}

/* In the pipeline, of which nothing is awaited. */
static enum fail
send_text(struct ctx *ctx, struct conn *conn, const char *sql)
{
	TRY(make_room(ctx, conn));
	return note_sent(ctx, conn,
	    PQsendQueryParams(conn->pg, sql, 0, NULL, NULL, NULL, NULL, 0),
	    sql);
}

/* The result of a text; whoever gets it clears it.  NULL: connection lost. */
static PGresult *
ask_text(struct ctx *ctx, struct conn *conn, const char *sql)
{
	const char *what = NULL;

	if (!is_pipeline(conn))
		return PQexec(conn->pg, sql);
	if (send_text(ctx, conn, sql) != OK)
		return NULL;
	return receive(conn, &what);
}

static enum fail
run(struct ctx *ctx, struct conn *conn, const char *sql)
{
	AUTO(result_end) PGresult *result = ask_text(ctx, conn, sql);

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
	conn->sent_count = 0;
	arena_reset(conn->session);
	conn->prepared = map_new(conn->session, QUERIES_EXPECTED);
	conn->late = NULL;
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

/* A transaction in the pipeline; its begin goes with the first statement. */
static enum fail
begin_by(struct ctx *ctx, struct conn *conn, const char *sql)
{
	if (!is_there(conn))
		TRY(dial(ctx, conn));
	if (!is_pipeline(conn))
		(void)PQenterPipelineMode(conn->pg);
	return send_text(ctx, conn, sql);
}

static enum fail
begin(struct ctx *ctx, struct conn *conn)
{
	TRY(begin_by(ctx, conn, "BEGIN ISOLATION LEVEL READ COMMITTED"));
	conn->in_transaction = true;
	conn->unit_fresh = true;
	for (struct late *late = conn->late; late != NULL; late = late->next)
		late_clear(late);
	return send_text(ctx, conn, "SAVEPOINT unit");
}

/*
 * The savepoint stays after a unit that is kept, and is moved when the next one
 * begins: one round trip less for each unit.
 */
static enum fail
unit_begin(struct ctx *ctx, struct conn *conn)
{
	conn->careful -= conn->careful > 0;
	for (struct late *late = conn->late; late != NULL; late = late->next)
		late_begin_unit(late);
	if (!conn->unit_fresh) {
		TRY(send_text(ctx, conn, "RELEASE SAVEPOINT unit"));
		TRY(send_text(ctx, conn, "SAVEPOINT unit"));
	}
	conn->unit_fresh = false;
	return OK;
}

static enum fail
unit_keep(struct ctx *ctx, struct conn *conn)
{
	TRY(settle(ctx, conn));
	if (PQtransactionStatus(conn->pg) != PQTRANS_INTRANS)
		return FAIL(ctx, FAIL_INTERNAL, "store.query",
		    "the transaction is not whole");
	return OK;
}

static enum fail
unit_undo(struct ctx *ctx, struct conn *conn)
{
	/* What was sent is undone, whatever came of it; its savepoint is not. */
	const struct failure own = ctx->failure;

	if (settle(ctx, conn) != OK)
		ctx->failure = own;
	for (struct late *late = conn->late; late != NULL; late = late->next)
		late_undo_unit(late);
	TRY(run(ctx, conn, "ROLLBACK TO SAVEPOINT unit"));
	conn->unit_fresh = true;
	return OK;
}

static enum fail
lock_numbers(struct ctx *ctx, struct conn *conn)
{
	return send_text(ctx, conn, LOCK_NUMBERS);
}

/* In the pipeline; false without a connection. */
static bool
send_rollback(struct conn *conn)
{
	const char *what = NULL;

	if (PQstatus(conn->pg) != CONNECTION_OK)
		return false;
	if (conn->sent_count == SENT_MAX)
		PQclear(receive(conn, &what));
	if (PQsendQueryParams(conn->pg, "ROLLBACK", 0, NULL, NULL, NULL, NULL,
		0) != 1)
		return false;
	conn->sent[conn->sent_count++] = "ROLLBACK";
	return true;
}

/* What was sent before is heard first: it may have failed, and stop the rest. */
static void
rollback(struct conn *conn)
{
	const char *what = NULL;

	conn->in_transaction = false;
	if (!is_pipeline(conn)) {
		PQclear(PQexec(conn->pg, "ROLLBACK"));
		return;
	}
	if (conn->sent_count > 0)
		PQclear(receive(conn, &what));
	if (send_rollback(conn))
		PQclear(receive(conn, &what));
}

static bool
lost(const struct conn *conn)
{
	const PGTransactionStatusType status = PQtransactionStatus(conn->pg);

	/* Active: something is sent, and of it nothing is known yet. */
	return conn->in_transaction && status != PQTRANS_INTRANS &&
	       status != PQTRANS_INERROR && status != PQTRANS_ACTIVE;
}

static enum fail
read_begin(struct ctx *ctx, struct conn *conn)
{
	return begin_by(ctx, conn,
	    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

/* Not waited for: the next transaction hears of it. */
static void
read_end(struct conn *conn)
{
	const char *what = NULL;

	if (conn->sent_count > 0)
		PQclear(receive(conn, &what));
	if (send_rollback(conn))
		(void)PQflush(conn->pg);
}

/* --- queries --- */

struct params {
	Oid *types;
	const char **values;
	int *lengths;
	int *formats;
};

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
		params.types[i] = late_oid(q->arg_types[i]);
		if (args != NULL)
			set_param(arena, &args[i], &params, i);
	}
	return params;
}

/* A statement the server is to know by a name. */
struct statement {
	const void *key;
	const char *of; /* the query's name */
	const char *sql;
	int arg_count;
	const Oid *types; /* NULL: the text has them */
};

/* Waited for, so that what is taken for prepared is. */
static enum fail
prepare_as(struct ctx *ctx, struct conn *conn, const struct statement *s,
    const char *name)
{
	AUTO(result_end) PGresult *result = NULL;
	const char *what = s->of;

	if (!is_pipeline(conn)) {
		result =
		    PQprepare(conn->pg, name, s->sql, s->arg_count, s->types);
	} else {
		TRY(make_room(ctx, conn));
		TRY(note_sent(ctx, conn,
		    PQsendPrepare(conn->pg, name, s->sql, s->arg_count,
			s->types),
		    s->of));
		result = receive(conn, &what);
	}
	if (!is_done(result))
		return failed(ctx, conn, result, what);
	return OK;
}

static enum fail
name_of(struct ctx *ctx, struct conn *conn, const struct statement *s,
    const char **ret)
{
	const int64_t key = (int64_t)(intptr_t)s->key;
	char *name = map_get(conn->prepared, key);

	if (name == NULL) {
		name = arena_printf(conn->session, "q%" PRId64, conn->names++);
		TRY(prepare_as(ctx, conn, s, name));
		map_put(conn->prepared, key, name);
	}
	*ret = name;
	return OK;
}

static enum fail
prepared_name(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const char **ret)
{
	const struct params params = params_of(ctx->arena, q, NULL);
	const struct statement statement = {
		.key = q,
		.of = q->name,
		.sql = q->postgres,
		.arg_count = q->arg_count,
		.types = params.types,
	};

	return name_of(ctx, conn, &statement, ret);
}

static enum fail
late_name(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const char **ret)
{
	const struct statement statement = {
		.key = &q->late,
		.of = q->name,
		.sql = q->late,
		.arg_count = q->arg_count,
	};

	return name_of(ctx, conn, &statement, ret);
}

static enum fail
prepare(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    int *ret_columns)
{
	AUTO(result_end) PGresult *result = NULL;
	const char *name = NULL;
	const char *what = q->name;

	if (q->late != NULL)
		TRY(late_name(ctx, conn, q, &name));
	TRY(prepared_name(ctx, conn, q, &name));
	if (!is_pipeline(conn)) {
		result = PQdescribePrepared(conn->pg, name);
	} else {
		TRY(make_room(ctx, conn));
		TRY(note_sent(ctx, conn, PQsendDescribePrepared(conn->pg, name),
		    q->name));
		result = receive(conn, &what);
	}
	if (!is_done(result))
		return failed(ctx, conn, result, what);
	*ret_columns = PQnfields(result);
	return OK;
}

/* In the pipeline: its result is the last one of the next receive. */
static enum fail
send_query(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args)
{
	const struct params params = params_of(ctx->arena, q, args);
	const char *name = NULL;

	TRY(prepared_name(ctx, conn, q, &name));
	TRY(make_room(ctx, conn));
	return note_sent(ctx, conn,
	    PQsendQueryPrepared(conn->pg, name, q->arg_count, params.values,
		params.lengths, params.formats, 0),
	    q->name);
}

/* --- late rows --- */

/* All of one table, in one statement. */
static enum fail
send_late(struct ctx *ctx, struct conn *conn, struct late *late)
{
	const struct late_arrays arrays = late_send(ctx->arena, late);
	const struct store_query *q = late->q;
	const char *name = NULL;

	TRY(late_name(ctx, conn, q, &name));
	TRY(make_room(ctx, conn));
	return note_sent(ctx, conn,
	    PQsendQueryPrepared(conn->pg, name, q->arg_count, arrays.values,
		arrays.lengths, arrays.formats, 0),
	    q->name);
}

/* Those a query may ask for, by the table's name; NULL: all. */
static enum fail
send_late_of(struct ctx *ctx, struct conn *conn, const char *sql)
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

static enum fail
put(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args)
{
	struct late *late = NULL;

	if (q->late == NULL || conn->careful > 0)
		return send_query(ctx, conn, q, args);
	late = late_of(conn, q);
	/* What follows rows that were sent follows them there. */
	if (late_waits(late) && late->bytes > LATE_BYTES)
		TRY(send_late(ctx, conn, late));
	if (late->sent)
		return send_query(ctx, conn, q, args);
	late_add(late, args);
	return OK;
}

/* NULL: the connection is lost, or what is late cannot be sent. */
static PGresult *
ask_commit(struct ctx *ctx, struct conn *conn, const char **ret_what)
{
	if (send_late_of(ctx, conn, NULL) != OK ||
	    send_text(ctx, conn, "COMMIT") != OK)
		return NULL;
	return receive(conn, ret_what);
}

static enum commit
commit(struct ctx *ctx, struct conn *conn)
{
	const char *what = "COMMIT";
	AUTO(result_end) PGresult *result = ask_commit(ctx, conn, &what);

	/* A transaction in error is rolled back, and its tag says so. */
	if (is_done(result) && text_equal(PQcmdStatus(result), "COMMIT")) {
		conn->in_transaction = false;
		return COMMIT_DURABLE;
	}
	(void)failed(ctx, conn, result, what);
	if (PQstatus(conn->pg) != CONNECTION_OK)
		return COMMIT_UNCERTAIN;
	conn->careful = CAREFUL_UNITS;
	return COMMIT_FAILED;
}

/* --- answers --- */

static enum fail
ask_alone(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args, PGresult **ret)
{
	const struct params params = params_of(ctx->arena, q, args);
	const char *name = NULL;

	TRY(prepared_name(ctx, conn, q, &name));
	*ret = PQexecPrepared(conn->pg, name, q->arg_count, params.values,
	    params.lengths, params.formats, 0);
	return OK;
}

/* The result must be cleared; on failure it is NULL. */
static enum fail
execute(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args, PGresult **ret)
{
	const char *what = q->name;
	PGresult *result = NULL;

	if (is_pipeline(conn)) {
		TRY(send_late_of(ctx, conn, q->postgres));
		TRY(send_query(ctx, conn, q, args));
		result = receive(conn, &what);
	} else {
		TRY(ask_alone(ctx, conn, q, args, &result));
	}
	if (!is_done(result)) {
		const enum fail got = failed(ctx, conn, result, what);

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
	const char *declare = arena_printf(arena,
	    "DECLARE c%lld NO SCROLL CURSOR FOR %s", name, q->postgres);
	const char *what = q->name;
	AUTO(result_end) PGresult *result = NULL;

	reading->fetch =
	    arena_printf(arena, "FETCH %d FROM c%lld", FETCH_ROWS, name);
	reading->close = arena_printf(arena, "CLOSE c%lld", name);
	if (!is_pipeline(conn)) {
		result =
		    PQexecParams(conn->pg, declare, q->arg_count, params.types,
			params.values, params.lengths, params.formats, 0);
	} else {
		TRY(send_late_of(ctx, conn, q->postgres));
		TRY(make_room(ctx, conn));
		TRY(note_sent(ctx, conn,
		    PQsendQueryParams(conn->pg, declare, q->arg_count,
			params.types, params.values, params.lengths,
			params.formats, 0),
		    q->name));
		result = receive(conn, &what);
	}
	if (!is_done(result))
		return failed(ctx, conn, result, what);
	cursor->state = reading;
	return OK;
}

static enum fail
fetch(struct ctx *ctx, struct conn *conn, struct reading *reading)
{
	PQclear(reading->page);
	reading->page = ask_text(ctx, conn, reading->fetch);
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
	struct conn *conn = cursor->tx->conn;
	const PGTransactionStatusType status = PQtransactionStatus(conn->pg);

	PQclear(reading->page);
	reading->page = NULL;
	/* In an error only the end of the transaction is allowed. */
	if (status == PQTRANS_INERROR || PQstatus(conn->pg) != CONNECTION_OK)
		return;
	if (!is_pipeline(conn))
		PQclear(PQexec(conn->pg, reading->close));
	/* Without room it ends with the transaction. */
	else if (conn->sent_count < SENT_MAX &&
		 PQsendQueryParams(conn->pg, reading->close, 0, NULL, NULL,
		     NULL, NULL, 0) == 1)
		conn->sent[conn->sent_count++] = "CLOSE";
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
	AUTO(result_end) PGresult *result = ask_text(ctx, conn, sql);

	if (!is_done(result))
		return failed(ctx, conn, result, sql);
	store_sum_add(sum, 0, bytes_of_text(table));
	store_sum_add(sum, 0, bytes_of_text(PQgetvalue(result, 0, 0)));
	return OK;
}

static enum fail
digest(struct ctx *ctx, struct conn *conn, uint8_t out[32])
{
	static const char sql[] = "SELECT tablename FROM pg_tables WHERE "
				  "schemaname = current_schema() ORDER BY 1";
	AUTO(result_end) PGresult *result = NULL;
	struct digest sum = { 0 };

	TRY(send_late_of(ctx, conn, NULL));
	result = ask_text(ctx, conn, sql);
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
	.put = put,
	.change = change,
	.rows = rows,
	.cursor_open = cursor_open,
	.cursor_next = cursor_next,
	.cursor_close = cursor_close,
	.run = run,
	.begin_alone = begin_alone,
	.digest = digest,
};
