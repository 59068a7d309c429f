#include "store/sqlite.h"

#include <errno.h>
#include <libgen.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/home.h"
#include "core/map.h"
#include "core/room.h"
#include "core/text.h"
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

static const char *const plain_sql[PLAIN_COUNT] = {
	[PLAIN_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[PLAIN_BEGIN_READ] = "BEGIN",
	[PLAIN_COMMIT] = "COMMIT",
	[PLAIN_ROLLBACK] = "ROLLBACK",
	[PLAIN_SAVEPOINT] = "SAVEPOINT unit",
	[PLAIN_RELEASE] = "RELEASE unit",
	[PLAIN_ROLLBACK_TO] = "ROLLBACK TO unit",
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

/* The error of the system that a file met last; 0: none. */
static int
last_error(sqlite3_file *file)
{
	int error = 0;

	if (file == NULL || file->pMethods == NULL ||
	    file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO,
		&error) != SQLITE_OK)
		return 0;
	return error;
}

/*
 * To SQLite only ENOSPC is a full disk, EDQUOT and EFBIG are errors of writing;
 * which one it was, the log knows or the database.
 */
static bool
is_out_of_room(const struct conn *conn, int code)
{
	sqlite3_file *log = NULL;
	sqlite3_file *database = NULL;

	if ((code & 0xff) == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE)
		return true;
	if (code != SQLITE_IOERR_WRITE)
		return false;
	(void)sqlite3_file_control(conn->db, "main",
	    SQLITE_FCNTL_JOURNAL_POINTER, &log);
	(void)sqlite3_file_control(conn->db, "main", SQLITE_FCNTL_FILE_POINTER,
	    &database);
	return room_is_wanting(last_error(log)) ||
	       room_is_wanting(last_error(database));
}

/* A reader writes only what its sorting needs, elsewhere. */
static enum fail
find_no_room(struct ctx *ctx, const struct conn *conn, const char *what)
{
	const char *why = sqlite3_errmsg(conn->db);

	if (conn->role == CONN_WRITER)
		room_note_full(ctx->home->room);
	return FAIL(ctx, FAIL_BUSY, "disk.full", "%s: %s", what, why);
}

enum fail
sqlite_failed(struct ctx *ctx, const struct conn *conn, const char *what)
{
	const int code = sqlite3_extended_errcode(conn->db);

	if (is_constraint(code))
		return FAIL(ctx, FAIL_CONFLICT, "store.constraint", "%s: %s",
		    what, sqlite3_errmsg(conn->db));
	if (is_out_of_room(conn, code))
		return find_no_room(ctx, conn, what);
	return FAIL(ctx, FAIL_INTERNAL, "store.query", "%s: %s (%d)", what,
	    sqlite3_errmsg(conn->db), code);
}

static enum fail
run(struct ctx *ctx, struct conn *conn, const char *sql)
{
	if (sqlite3_exec(conn->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sqlite_failed(ctx, conn, sql);
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
		return sqlite_failed(ctx, conn, plain_sql[which]);
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
		if (conn->role == CONN_READER && i == PLAIN_BEGIN_WRITE)
			continue;
		if (sqlite3_prepare_v3(conn->db, plain_sql[i], -1,
			SQLITE_PREPARE_PERSISTENT, &conn->plain[i],
			NULL) != SQLITE_OK)
			return sqlite_failed(ctx, conn, plain_sql[i]);
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

/* On a disk that cannot be written. */
static bool
is_on_read_only(struct arena *arena, const char *path)
{
	return access(dirname(arena_text(arena, path)), W_OK) != 0 &&
	       errno == EROFS;
}

/* Are changes in the log that are not in the database yet? */
static bool
has_log(struct arena *arena, const char *path)
{
	struct stat about = { 0 };

	return stat(arena_printf(arena, "%s-wal", path), &about) == 0 &&
	       about.st_size > 0;
}

/*
 * On such a disk no index of the log can be made, without which SQLite opens
 * nothing.  A database that was closed has no log: it is opened as one that
 * nobody changes.
 */
static const char *
unchanging(struct arena *arena, const char *path)
{
	struct text uri = { 0 };

	text_init(&uri, arena);
	text_add(&uri, "file:");
	for (; *path != '\0'; path++) {
		if (strchr("%?#", *path) != NULL)
			text_addf(&uri, "%%%02X", (unsigned char)*path);
		else
			text_char(&uri, *path);
	}
	text_add(&uri, "?immutable=1");
	return text_of(&uri);
}

static enum fail
refused(struct ctx *ctx, const char *address, const char *why, bool wants_log)
{
	return FAIL(ctx, FAIL_BUSY, "store.connect", "%s: %s%s", address, why,
	    wants_log ? "; its disk is read only, and its last changes are in "
			"the log beside it: copy the folder to another disk"
		      : "");
}

/* It was opened, and could not be used. */
static enum fail
unusable(struct ctx *ctx, const char *address, bool wants_log)
{
	const struct failure why = ctx->failure;

	fail_clear(ctx);
	if (why.kind == FAIL_BUSY)
		return FAIL(ctx, FAIL_BUSY, "disk.full",
		    "%s: %s; the index of its log needs room on the disk: make "
		    "some, the file reserve beside it may be removed",
		    address, why.message);
	return refused(ctx, address, why.message, wants_log);
}

static enum fail
connect_to(struct ctx *ctx, const char *address, enum conn_role role,
    struct conn **ret)
{
	struct arena *arena = NULL;
	struct conn *conn = NULL;
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	const char *name = address;
	bool wants_log = false;
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
	if (role == CONN_READER && is_on_read_only(arena, address)) {
		wants_log = has_log(arena, address);
		flags |= wants_log ? 0 : SQLITE_OPEN_URI;
		name = wants_log ? address : unchanging(arena, address);
	}
	if (sqlite3_open_v2(name, &conn->db, flags, NULL) != SQLITE_OK)
		got =
		    refused(ctx, address, sqlite3_errmsg(conn->db), wants_log);
	if (got == OK && configure(ctx, conn) != OK)
		got = unusable(ctx, address, wants_log);
	if (got != OK) {
		close_conn(conn);
		return got;
	}
	*ret = conn;
	return OK;
}

/*
 * Copy the log into the database.  PASSIVE never waits for readers; the log
 * begins anew with the next write if none of them needs it just then.
 */
static void
checkpoint(struct conn *conn)
{
	(void)sqlite3_wal_checkpoint_v2(conn->db, NULL,
	    SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/*
 * When it has grown.  If it did not begin anew this is tried again soon: a log
 * that grows costs each commit more than one that is written over, and it is cut
 * off when it is too long.
 */
static void
checkpoint_if_due(struct conn *conn)
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
	checkpoint(conn);
}

static enum fail
begin(struct ctx *ctx, struct conn *conn)
{
	/* On a full disk each time: the log stays as long as it is, and what is
	 * left is for the database. */
	if (room_was_full(ctx->home->room))
		checkpoint(conn);
	else
		checkpoint_if_due(conn);
	TRY(try_plain(ctx, conn, PLAIN_BEGIN_WRITE));
	conn->in_transaction = true;
	return OK;
}

static enum fail
unit_begin(struct ctx *ctx, struct conn *conn)
{
	return try_plain(ctx, conn, PLAIN_SAVEPOINT);
}

static enum fail
unit_keep(struct ctx *ctx, struct conn *conn)
{
	return try_plain(ctx, conn, PLAIN_RELEASE);
}

static enum fail
unit_undo(struct ctx *ctx, struct conn *conn)
{
	TRY(try_plain(ctx, conn, PLAIN_ROLLBACK_TO));
	return try_plain(ctx, conn, PLAIN_RELEASE);
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
	if (try_plain(ctx, conn, PLAIN_COMMIT) != OK)
		return COMMIT_FAILED;
	conn->in_transaction = false;
	return COMMIT_DURABLE;
}

static void
rollback(struct conn *conn)
{
	if (sqlite3_get_autocommit(conn->db) == 0)
		(void)run_plain(conn, PLAIN_ROLLBACK);
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
	return try_plain(ctx, conn, PLAIN_BEGIN_READ);
}

static void
read_end(struct conn *conn)
{
	(void)run_plain(conn, PLAIN_ROLLBACK);
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
		return sqlite_failed(ctx, conn, sql);
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
		return sqlite_failed(ctx, conn, sql);
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
		return sqlite_failed(ctx, conn, sql);
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
	.prepare = sqlite_prepare,
	.put = sqlite_put,
	.change = sqlite_change,
	.rows = sqlite_rows,
	.cursor_open = sqlite_cursor_open,
	.cursor_next = sqlite_cursor_next,
	.cursor_close = sqlite_cursor_close,
	.run = run,
	.begin_alone = begin_alone,
	.digest = digest,
	.backup_begin = backup_begin,
	.backup_step = backup_step,
	.backup_end = backup_end,
};
