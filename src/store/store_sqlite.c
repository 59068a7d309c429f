#include <assert.h>
#include <pthread.h>
#include <string.h>

#include <sqlite3.h>

#include "core/map.h"
#include "store/inside.h"
#include "trust/trust.h"

/*
 * SQLite 3.40.1.  Its WAL can be damaged when one connection checkpoints while
 * another resets the log (docs/decisions/0002), so only the writer connection
 * writes and checkpoints; readers are opened read-only and do not checkpoint
 * when they are closed.
 */
#define BUSY_MS 5000
#define CHECKPOINT_PAGES 4000
#define CHECKPOINT_AGAIN 100
#define BACKUP_PAGES 256
#define QUERIES_EXPECTED 256
#define WRITER_CACHE "PRAGMA cache_size = -32768"
#define READER_CACHE "PRAGMA cache_size = -8192"

enum plain { /* statements without arguments, prepared once */
	BEGIN_WRITE,
	BEGIN_READ,
	COMMIT,
	ROLLBACK,
	SAVEPOINT,
	RELEASE,
	ROLLBACK_TO,
	PLAIN_COUNT,
};
static const char *const plain_sql[PLAIN_COUNT] = {
	[BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[BEGIN_READ] = "BEGIN",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[SAVEPOINT] = "SAVEPOINT unit",
	[RELEASE] = "RELEASE unit",
	[ROLLBACK_TO] = "ROLLBACK TO unit",
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

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

/* Its counters of memory would take a global lock for each allocation. */
static void
library_start(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	(void)sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
	(void)sqlite3_initialize();
}

static bool
is_constraint(int code)
{
	return code == SQLITE_CONSTRAINT_UNIQUE ||
	       code == SQLITE_CONSTRAINT_PRIMARYKEY ||
	       code == SQLITE_CONSTRAINT_ROWID ||
	       code == SQLITE_CONSTRAINT_CHECK ||
	       code == SQLITE_CONSTRAINT_FOREIGNKEY;
}

static enum fail
failed(struct ctx *ctx, const struct conn *conn, const char *what)
{
	const int code = sqlite3_extended_errcode(conn->db);

	if (is_constraint(code))
		return FAIL(ctx, FAIL_CONFLICT, "store.constraint", "%s: %s",
		    what, sqlite3_errmsg(conn->db));
	return FAIL(ctx, FAIL_INTERNAL, "store.query", "%s: %s (%d)", what,
	    sqlite3_errmsg(conn->db), code);
}

static enum fail
run(struct ctx *ctx, struct conn *conn, const char *sql)
{
	if (sqlite3_exec(conn->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return failed(ctx, conn, sql);
	return OK;
}

static bool
run_plain(struct conn *conn, enum plain which)
{
	const bool done = sqlite3_step(conn->plain[which]) == SQLITE_DONE;

	return sqlite3_reset(conn->plain[which]) == SQLITE_OK && done;
}

static enum fail
try_plain(struct ctx *ctx, struct conn *conn, enum plain which)
{
	if (!run_plain(conn, which))
		return failed(ctx, conn, plain_sql[which]);
	return OK;
}

static int
note_wal(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct conn *conn = arg;

	(void)db;
	(void)name;
	conn->wal_pages = pages;
	return SQLITE_OK;
}

/* Without memory mapping: it widened the damage of the bug above. */
static const char *const settings[] = {
	"PRAGMA foreign_keys = ON",
	"PRAGMA trusted_schema = OFF",
	"PRAGMA mmap_size = 0",
	"PRAGMA temp_store = DEFAULT",
	NULL,
};
static const char *const writer_settings[] = {
	"PRAGMA journal_mode = WAL",
	"PRAGMA synchronous = FULL",
	"PRAGMA journal_size_limit = 67108864",
	WRITER_CACHE,
	NULL,
};
static const char *const reader_settings[] = {
	"PRAGMA query_only = ON",
	READER_CACHE,
	NULL,
};

static enum fail
run_all(struct ctx *ctx, struct conn *conn, const char *const *sql)
{
	for (; *sql != NULL; sql++)
		TRY(run(ctx, conn, *sql));
	return OK;
}

static enum fail
prepare_plain(struct ctx *ctx, struct conn *conn)
{
	for (int i = 0; i < PLAIN_COUNT; i++) {
		if (conn->role == CONN_READER && i == BEGIN_WRITE)
			continue;
		if (sqlite3_prepare_v3(conn->db, plain_sql[i], -1,
			SQLITE_PREPARE_PERSISTENT, &conn->plain[i],
			NULL) != SQLITE_OK)
			return failed(ctx, conn, plain_sql[i]);
	}
	return OK;
}

static enum fail
configure(struct ctx *ctx, struct conn *conn)
{
	(void)sqlite3_extended_result_codes(conn->db, 1);
	(void)sqlite3_busy_timeout(conn->db, BUSY_MS);
	(void)sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (conn->role == CONN_WRITER) {
		/* In place of the automatic checkpoint. */
		(void)sqlite3_wal_hook(conn->db, note_wal, conn);
		TRY(run_all(ctx, conn, writer_settings));
	} else {
		(void)sqlite3_db_config(conn->db,
		    SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		TRY(run_all(ctx, conn, reader_settings));
	}
	TRY(run_all(ctx, conn, settings));
	return prepare_plain(ctx, conn);
}

static void
close_conn(struct conn *conn)
{
	sqlite3_stmt *stmt = NULL;

	if (conn == NULL)
		return;
	for (int i = 0; i < PLAIN_COUNT; i++)
		(void)sqlite3_finalize(conn->plain[i]);
	while ((stmt = sqlite3_next_stmt(conn->db, NULL)) != NULL)
		(void)sqlite3_finalize(stmt);
	(void)sqlite3_close(conn->db);
	arena_free(conn->arena);
}

static enum fail
connect_to(struct ctx *ctx, const char *address, enum conn_role role,
    struct conn **ret)
{
	struct arena *arena = NULL;
	struct conn *conn = NULL;
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	enum fail got = OK;

	(void)pthread_once(&library_once, library_start);
	flags |= role == CONN_WRITER
		     ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
		     : SQLITE_OPEN_READONLY;
	arena = arena_new(0);
	conn = ARENA_NEW(arena, struct conn);
	conn->arena = arena;
	conn->role = role;
	conn->statements = map_new(arena, QUERIES_EXPECTED);
	if (sqlite3_open_v2(address, &conn->db, flags, NULL) != SQLITE_OK)
		got = FAIL(ctx, FAIL_UPSTREAM, "store.connect", "%s: %s",
		    address, sqlite3_errmsg(conn->db));
	if (got == OK && configure(ctx, conn) != OK) {
		const char *why = ctx->failure.message;

		fail_clear(ctx);
		got = FAIL(ctx, FAIL_UPSTREAM, "store.connect", "%s: %s",
		    address, why);
	}
	if (got != OK) {
		close_conn(conn);
		return got;
	}
	*ret = conn;
	return OK;
}

/*
 * Copy the log into the database when it has grown.  PASSIVE never waits for
 * readers; the log begins anew with the next write if none of them needs it just
 * then.  Else this is tried again soon: a log that grows costs each commit more
 * than one that is written over, and it is cut off when it is too long.
 */
static void
checkpoint(struct conn *conn)
{
	if (conn->wal_pages < conn->wal_handled)
		conn->wal_handled = conn->wal_again = 0;
	if (conn->wal_pages <
	    conn->wal_handled +
		(conn->wal_again == 0 ? CHECKPOINT_PAGES : conn->wal_again))
		return;
	conn->wal_handled = conn->wal_pages;
	conn->wal_again =
	    conn->wal_again == 0 ? CHECKPOINT_AGAIN : 2 * conn->wal_again;
	if (conn->wal_again > CHECKPOINT_PAGES)
		conn->wal_again = CHECKPOINT_PAGES;
	(void)sqlite3_wal_checkpoint_v2(conn->db, NULL,
	    SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

static enum fail
begin(struct ctx *ctx, struct conn *conn)
{
	checkpoint(conn);
	TRY(try_plain(ctx, conn, BEGIN_WRITE));
	conn->in_transaction = true;
	return OK;
}

static enum fail
unit_begin(struct ctx *ctx, struct conn *conn)
{
	return try_plain(ctx, conn, SAVEPOINT);
}

static enum fail
unit_keep(struct ctx *ctx, struct conn *conn)
{
	return try_plain(ctx, conn, RELEASE);
}

static enum fail
unit_undo(struct ctx *ctx, struct conn *conn)
{
	TRY(try_plain(ctx, conn, ROLLBACK_TO));
	return try_plain(ctx, conn, RELEASE);
}

static enum fail
lock_numbers(struct ctx *ctx, struct conn *conn)
{
	(void)ctx;
	(void)conn;
	return OK; /* there is one writer in the whole system */
}

static enum commit
commit(struct ctx *ctx, struct conn *conn)
{
	if (try_plain(ctx, conn, COMMIT) != OK)
		return COMMIT_FAILED;
	conn->in_transaction = false;
	return COMMIT_DURABLE;
}

static void
rollback(struct conn *conn)
{
	if (sqlite3_get_autocommit(conn->db) == 0)
		(void)run_plain(conn, ROLLBACK);
	conn->in_transaction = false;
}

/*
 * A full disk or a failing one makes SQLite undo the whole transaction, not
 * just the statement.
 */
static bool
lost(const struct conn *conn)
{
	return conn->in_transaction && sqlite3_get_autocommit(conn->db) != 0;
}

static enum fail
read_begin(struct ctx *ctx, struct conn *conn)
{
	return try_plain(ctx, conn, BEGIN_READ);
}

static void
read_end(struct conn *conn)
{
	(void)run_plain(conn, ROLLBACK);
}

/* --- queries --- */

static enum fail
new_statement(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    unsigned flags, sqlite3_stmt **ret)
{
	if (sqlite3_prepare_v3(conn->db, q->sqlite, -1, flags, ret, NULL) !=
	    SQLITE_OK)
		return failed(ctx, conn, q->name);
	assert(sqlite3_bind_parameter_count(*ret) <= q->arg_count);
	return OK;
}

/*
 * The connection's statement for a query; a second one, which give_back ends,
 * while a cursor has it.
 */
static enum fail
take(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    sqlite3_stmt **ret)
{
	const int64_t key = (int64_t)(intptr_t)q;
	sqlite3_stmt *stmt = map_get(conn->statements, key);

	if (stmt == NULL) {
		TRY(new_statement(ctx, conn, q, SQLITE_PREPARE_PERSISTENT,
		    &stmt));
		map_put(conn->statements, key, stmt);
	}
	*ret = stmt;
	return OK;
}

static void
give_back(struct conn *conn, const struct store_query *q, sqlite3_stmt *stmt)
{
	const int64_t key = (int64_t)(intptr_t)q;
	sqlite3_stmt *kept = map_get(conn->statements, key);

	if (kept != NULL && kept != stmt) {
		(void)sqlite3_finalize(stmt);
		return;
	}
	(void)sqlite3_reset(stmt);
	/* The bound texts are the caller's and will be gone. */
	(void)sqlite3_clear_bindings(stmt);
	map_put(conn->statements, key, stmt);
}

static enum fail
prepare(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    int *ret_columns)
{
	sqlite3_stmt *stmt = NULL;

	TRY(take(ctx, conn, q, &stmt));
	*ret_columns = sqlite3_column_count(stmt);
	give_back(conn, q, stmt);
	return OK;
}

static int
bind_one(sqlite3_stmt *stmt, int place, const struct store_value *value)
{
	if (value->null)
		return sqlite3_bind_null(stmt, place);
	if (value->type == STORE_TEXT) {
		assert(value->text != NULL);
		return sqlite3_bind_text64(stmt, place, value->text,
		    strlen(value->text), SQLITE_STATIC, SQLITE_UTF8);
	}
	if (value->type == STORE_BLOB && value->blob.len == 0)
		return sqlite3_bind_zeroblob(stmt, place, 0);
	if (value->type == STORE_BLOB)
		return sqlite3_bind_blob64(stmt, place, value->blob.at,
		    value->blob.len, SQLITE_STATIC);
	return sqlite3_bind_int64(stmt, place, value->number);
}

static enum fail
bind(struct ctx *ctx, const struct conn *conn, const struct store_query *q,
    const struct store_value *args, sqlite3_stmt *stmt)
{
	for (int i = 0; i < q->arg_count; i++) {
		const int code = bind_one(stmt, i + 1, &args[i]);

		/* An argument only the other engine's text uses. */
		if (code == SQLITE_RANGE)
			continue;
		if (code != SQLITE_OK)
			return failed(ctx, conn, q->name);
	}
	return OK;
}

static enum fail
read_row(struct ctx *ctx, struct arena *arena, const struct store_query *q,
    sqlite3_stmt *stmt, void *row)
{
	assert(sqlite3_column_count(stmt) == q->field_count);
	for (int i = 0; i < q->field_count; i++) {
		const struct store_field *field = &q->fields[i];

		if (sqlite3_column_type(stmt, i) == SQLITE_NULL) {
			TRY(row_set_null(ctx, q, field));
		} else if (field->type == STORE_TEXT) {
			/* The text first: it may convert and so set the length. */
			const unsigned char *text =
			    sqlite3_column_text(stmt, i);

			row_set_text(arena, field, row, (const char *)text,
			    (size_t)sqlite3_column_bytes(stmt, i));
		} else if (field->type == STORE_BLOB) {
			const void *blob = sqlite3_column_blob(stmt, i);
			const size_t len =
			    (size_t)sqlite3_column_bytes(stmt, i);
			uint8_t *room = row_set_blob(arena, field, row, len);

			if (len > 0)
				memcpy(room, blob, len);
		} else {
			row_set_number(arena, field, row,
			    sqlite3_column_int64(stmt, i));
		}
	}
	return OK;
}

static enum fail
change_with(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args, sqlite3_stmt *stmt)
{
	TRY(bind(ctx, conn, q, args, stmt));
	if (sqlite3_step(stmt) != SQLITE_DONE)
		return failed(ctx, conn, q->name);
	return OK;
}

static enum fail
put(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args)
{
	sqlite3_stmt *stmt = NULL;
	enum fail got = OK;

	TRY(take(ctx, conn, q, &stmt));
	got = change_with(ctx, conn, q, args, stmt);
	give_back(conn, q, stmt);
	return got;
}

static enum fail
change(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args, int64_t *ret_changed)
{
	TRY(put(ctx, conn, q, args));
	*ret_changed = sqlite3_changes64(conn->db);
	return OK;
}

static enum fail
rows_with(struct ctx *ctx, struct conn *conn, const struct store_value *args,
    sqlite3_stmt *stmt, struct row_list *into)
{
	int code = SQLITE_ROW;

	TRY(bind(ctx, conn, into->q, args, stmt));
	/* Also past the last row that is wanted: a change is done only then. */
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
		void *row = row_list_next(ctx, into);

		if (row == NULL && sqlite3_stmt_readonly(stmt))
			return OK;
		if (row == NULL)
			continue;
		TRY(read_row(ctx, ctx->arena, into->q, stmt, row));
		if (arena_over(ctx->arena))
			return FAIL(ctx, FAIL_TOO_BIG, "store.too_big",
			    "%s: too many rows", into->q->name);
	}
	if (code != SQLITE_DONE)
		return failed(ctx, conn, into->q->name);
	return OK;
}

static enum fail
rows(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args, struct row_list *into)
{
	sqlite3_stmt *stmt = NULL;
	enum fail got = OK;

	TRY(take(ctx, conn, q, &stmt));
	if (!tx_is_write(ctx) && !sqlite3_stmt_readonly(stmt))
		got = FAIL(ctx, FAIL_INTERNAL, "store.query",
		    "%s changes in a transaction that reads", q->name);
	else
		got = rows_with(ctx, conn, args, stmt, into);
	give_back(conn, q, stmt);
	return got;
}

/* The caller's texts may be gone before the cursor is. */
static struct store_value *
keep_args(struct arena *arena, const struct store_query *q,
    const struct store_value *args)
{
	struct store_value *kept =
	    ARENA_ARRAY(arena, (size_t)q->arg_count, struct store_value);

	for (int i = 0; i < q->arg_count; i++) {
		kept[i] = args[i];
		kept[i].text = arena_text(arena, args[i].text);
		kept[i].blob.at = NULL;
		if (args[i].blob.len > 0)
			kept[i].blob.at =
			    memcpy(arena_alloc(arena, args[i].blob.len, 1),
				args[i].blob.at, args[i].blob.len);
	}
	return kept;
}

static void
cursor_close(struct cursor *cursor)
{
	give_back(cursor->tx->conn, cursor->q, cursor->state);
	cursor->state = NULL;
}

static enum fail
cursor_open(struct ctx *ctx, struct cursor *cursor,
    const struct store_value *args)
{
	struct conn *conn = cursor->tx->conn;
	sqlite3_stmt *stmt = NULL;
	enum fail got = OK;

	TRY(take(ctx, conn, cursor->q, &stmt));
	/* Lent: also before its first row nobody else may bind it. */
	map_put(conn->statements, (int64_t)(intptr_t)cursor->q, NULL);
	got = bind(ctx, conn, cursor->q,
	    keep_args(cursor->arena, cursor->q, args), stmt);
	if (got != OK) {
		give_back(conn, cursor->q, stmt);
		return got;
	}
	cursor->state = stmt;
	return OK;
}

static enum fail
cursor_next(struct ctx *ctx, struct cursor *cursor, void *row, bool *ret_more)
{
	sqlite3_stmt *stmt = cursor->state;
	const int code = sqlite3_step(stmt);

	if (code == SQLITE_DONE)
		return OK;
	if (code != SQLITE_ROW)
		return failed(ctx, cursor->tx->conn, cursor->q->name);
	memset(row, 0, cursor->q->row_size);
	TRY(read_row(ctx, cursor->rows, cursor->q, stmt, row));
	*ret_more = true;
	return OK;
}

/* --- the whole database --- */

static enum fail
begin_alone(struct ctx *ctx, struct conn *conn)
{
	TRY(run(ctx, conn, "BEGIN EXCLUSIVE"));
	conn->in_transaction = true;
	return OK;
}

static enum fail
digest_table(struct ctx *ctx, struct conn *conn, const char *table,
    struct digest *sum)
{
	const char *sql =
	    arena_printf(ctx->arena, "SELECT * FROM \"%s\"", table);
	sqlite3_stmt *stmt = NULL;
	int code = SQLITE_ROW;

	if (sqlite3_prepare_v2(conn->db, sql, -1, &stmt, NULL) != SQLITE_OK)
		return failed(ctx, conn, sql);
	store_sum_add(sum, 0, bytes_of_text(table));
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(stmt); i++) {
			const struct bytes value = {
				sqlite3_column_blob(stmt, i),
				(size_t)sqlite3_column_bytes(stmt, i),
			};

			store_sum_add(sum,
			    (uint8_t)sqlite3_column_type(stmt, i), value);
		}
	}
	(void)sqlite3_finalize(stmt);
	if (code != SQLITE_DONE)
		return failed(ctx, conn, sql);
	return OK;
}

static enum fail
digest(struct ctx *ctx, struct conn *conn, uint8_t out[32])
{
	static const char sql[] =
	    "SELECT name FROM sqlite_schema WHERE type = 'table' "
	    "AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name";
	struct digest sum = { 0 };
	sqlite3_stmt *stmt = NULL;
	enum fail got = OK;

	if (sqlite3_prepare_v2(conn->db, sql, -1, &stmt, NULL) != SQLITE_OK)
		return failed(ctx, conn, sql);
	while (got == OK && sqlite3_step(stmt) == SQLITE_ROW)
		got = digest_table(ctx, conn,
		    (const char *)sqlite3_column_text(stmt, 0), &sum);
	(void)sqlite3_finalize(stmt);
	memcpy(out, sum.at, sizeof(sum.at));
	return got;
}

/* --- the online copy --- */

struct copy {
	sqlite3 *db;
	sqlite3_backup *backup;
};

static void
backup_end(void *state)
{
	struct copy *copy = state;

	(void)sqlite3_backup_finish(copy->backup);
	(void)sqlite3_close(copy->db);
	*copy = (struct copy){ 0 };
}

static enum fail
backup_begin(struct ctx *ctx, struct conn *conn, const char *path, void **ret)
{
	struct copy *copy = ARENA_NEW(ctx->arena, struct copy);

	if (sqlite3_open_v2(path, &copy->db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
		    SQLITE_OPEN_NOMUTEX,
		NULL) == SQLITE_OK)
		copy->backup =
		    sqlite3_backup_init(copy->db, "main", conn->db, "main");
	if (copy->backup == NULL) {
		const enum fail got = FAIL(ctx, FAIL_INTERNAL, "store.backup",
		    "%s: %s", path, sqlite3_errmsg(copy->db));

		backup_end(copy);
		return got;
	}
	*ret = copy;
	return OK;
}

static enum fail
backup_step(struct ctx *ctx, void *state, struct backup_progress *ret)
{
	struct copy *copy = state;
	const int code = sqlite3_backup_step(copy->backup, BACKUP_PAGES);

	if (code != SQLITE_OK && code != SQLITE_DONE)
		return FAIL(ctx, FAIL_INTERNAL, "store.backup", "%s",
		    sqlite3_errstr(code));
	ret->total = sqlite3_backup_pagecount(copy->backup);
	ret->done = ret->total - sqlite3_backup_remaining(copy->backup);
	ret->finished = code == SQLITE_DONE;
	return OK;
}

const struct driver driver_sqlite = {
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
	.backup_begin = backup_begin,
	.backup_step = backup_step,
	.backup_end = backup_end,
};
