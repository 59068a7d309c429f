#include "store/sqlite.h"

#include <assert.h>
#include <string.h>

#include "core/map.h"

/*
 * Queries: their statements, which each connection keeps; arguments and rows.
 */
static enum fail
new_statement(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    unsigned flags, sqlite3_stmt **ret)
{
	if (sqlite3_prepare_v3(conn->db, q->sqlite, -1, flags, ret, NULL) !=
	    SQLITE_OK)
		return sqlite_failed(ctx, conn, q->name);
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

enum fail
sqlite_prepare(struct ctx *ctx, struct conn *conn, const struct store_query *q,
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
			return sqlite_failed(ctx, conn, q->name);
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
			const char *text =
			    (const char *)sqlite3_column_text(stmt, i);
			const size_t len =
			    (size_t)sqlite3_column_bytes(stmt, i);

			if (!row_set_text(arena, field, row, text, len))
				return row_damaged(ctx, q, field);
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
		return sqlite_failed(ctx, conn, q->name);
	return OK;
}

enum fail
sqlite_put(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args)
{
	sqlite3_stmt *stmt = NULL;
	enum fail got = OK;

	TRY(take(ctx, conn, q, &stmt));
	got = change_with(ctx, conn, q, args, stmt);
	give_back(conn, q, stmt);
	return got;
}

enum fail
sqlite_change(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args, int64_t *ret_changed)
{
	TRY(sqlite_put(ctx, conn, q, args));
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
		return sqlite_failed(ctx, conn, into->q->name);
	return OK;
}

enum fail
sqlite_rows(struct ctx *ctx, struct conn *conn, const struct store_query *q,
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

void
sqlite_cursor_close(struct cursor *cursor)
{
	give_back(cursor->tx->conn, cursor->q, cursor->state);
	cursor->state = NULL;
}

enum fail
sqlite_cursor_open(struct ctx *ctx, struct cursor *cursor,
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

enum fail
sqlite_cursor_next(struct ctx *ctx, struct cursor *cursor, void *row,
    bool *ret_more)
{
	sqlite3_stmt *stmt = cursor->state;
	const int code = sqlite3_step(stmt);

	if (code == SQLITE_DONE)
		return OK;
	if (code != SQLITE_ROW)
		return sqlite_failed(ctx, cursor->tx->conn, cursor->q->name);
	memset(row, 0, cursor->q->row_size);
	TRY(read_row(ctx, cursor->rows, cursor->q, stmt, row));
	*ret_more = true;
	return OK;
}
