#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/ctx.h"

/*
 * What tools/sqlgen.py generates calls to.  Only generated files and store/
 * include this header.
 *
 * In a .sql file:
 *	-- name: report_open
 *	-- args: unit i64, after i64?, note text?, limit i64
 *	-- row: id i64, note text?, digest blob
 *	-- gives: put | late | changed | one | maybe | many | each
 *	-- A sentence or two, which becomes the comment of the function.
 *	SELECT ... WHERE unit_id = $unit ... LIMIT $limit;
 * args and row may be repeated to go on; "-- row: as report_load" gives the row
 * struct of that query, which is above in the same file.  Types: i64, text, blob, bool, day;
 * "?" may be NULL.  In C: int64_t, const char *, struct bytes, bool, day;
 * nullable i64, bool, blob and day are pointers (NULL: absent), nullable text
 * is NULL.  A bool is a PostgreSQL boolean and 0 or 1 in SQLite: compare it
 * with TRUE, FALSE or an argument, never with a number.  What must differ
 * between the engines is in "-- sqlite:" / "-- postgres:" blocks (each
 * until the next such line or "-- both:").
 *
 * Generated for each query (more than 5 args: const struct sql_N_args *):
 *	put	enum fail sql_N(ctx, args...)	for rows of which nothing is to be
 *		heard but that they could be written.  PostgreSQL is not waited
 *		for: a failure comes with it, or with a later query of the same
 *		unit of work, or with its end
 *	late	the same, for an INSERT of VALUES: PostgreSQL writes those of a
 *		whole batch in one statement, before a query that names the table
 *		and before the commit.  A row that breaks a constraint fails its
 *		unit alone, when the batch ends.  Rows may refer to those of late
 *		queries above in the same file.  For what hardly ever fails
 *	changed	enum fail sql_N(ctx, args..., int64_t *ret_changed)
 *	one	enum fail sql_N(ctx, args..., struct sql_N **ret)	absent
 *		is FAIL_INTERNAL "store.row_missing"
 *	maybe	the same, absent is OK and NULL
 *	many	enum fail sql_N(ctx, args..., struct sql_N **ret, size_t *n)
 *	each	enum fail sql_N_open(ctx, args..., struct cursor **ret);
 *		enum fail sql_N_next(ctx, cursor, struct sql_N *row, bool *more)
 * Rows and their texts live in ctx->arena (each: until the next call).
 * Texts are clean (core/utf8.h), those that are written and those that are
 * read: who reads one may rely on it, also after a bit has turned over.  What is
 * stored and no value of its type is FAIL_INTERNAL "store.damaged".
 * A unique, check or foreign key violation is FAIL_CONFLICT
 * "store.constraint"; everything else FAIL_INTERNAL "store.query".  After a
 * failing query the unit of work can only end: what follows is refused, as
 * PostgreSQL does, so ask with ON CONFLICT where a conflict is expected.
 */
enum store_type { STORE_I64, STORE_TEXT, STORE_BLOB, STORE_BOOL, STORE_DAY };

struct store_field { /* a column of a row struct */
	const char *name;
	enum store_type type;
	bool nullable;
	size_t offset;
};

struct store_value { /* an argument */
	enum store_type type;
	bool null;
	int64_t number;
	const char *text;
	struct bytes blob;
};

struct store_query {
	const char *name;
	const char *sqlite;
	const char *postgres;
	const char *late; /* for PostgreSQL, by arrays; NULL: not late */
	const char *late_table;
	int late_rank; /* of lower ones the rows are written first */
	int arg_count;
	const enum store_type *arg_types;
	size_t row_size;
	const struct store_field *fields;
	int field_count;
};

struct cursor;

NODISCARD enum fail store_put(struct ctx *ctx, const struct store_query *q,
    const struct store_value *args);
NODISCARD enum fail store_change(struct ctx *ctx, const struct store_query *q,
    const struct store_value *args, int64_t *ret_changed);
NODISCARD enum fail store_one(struct ctx *ctx, const struct store_query *q,
    const struct store_value *args, void **ret);
NODISCARD enum fail store_maybe(struct ctx *ctx, const struct store_query *q,
    const struct store_value *args, void **ret);
NODISCARD enum fail store_many(struct ctx *ctx, const struct store_query *q,
    const struct store_value *args, void **ret, size_t *ret_count);
NODISCARD enum fail store_cursor(struct ctx *ctx, const struct store_query *q,
    const struct store_value *args, struct cursor **ret);
NODISCARD enum fail store_cursor_next(struct ctx *ctx, struct cursor *cursor,
    void *row, bool *ret_more);

/*
 * Let the engine of ctx->tx check a query without running it: its text, its
 * tables, the number of its columns.  FAIL_INTERNAL "store.query".
 */
NODISCARD enum fail store_prepare(struct ctx *ctx, const struct store_query *q);

/*
 * All generated queries of the program, for the test that prepares each on
 * both engines; NULL-terminated, written by tools/sqlgen.py.
 */
extern const struct store_query *const store_all_queries[];

#endif
