#include "store/pg.h"

#include <assert.h>
#include <inttypes.h>
#include <limits.h>

#include <libpq-fe.h>

#include "core/map.h"
#include "core/num.h"
#include "core/text.h"

/*
 * Queries: their arguments, the statements the server knows by a name, and
 * answers into rows.
 */
static void
set_param(struct arena *arena, const struct store_value *value,
    struct pg_params *params, int i)
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

struct pg_params
pg_params_of(struct arena *arena, const struct store_query *q,
    const struct store_value *args)
{
	const size_t count = (size_t)q->arg_count;
	struct pg_params params = {
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
	TRY(pg_make_room(ctx, conn));
	TRY(pg_note_sent(ctx, conn,
	    PQsendPrepare(conn->pg, name, s->sql, s->arg_count, s->types),
	    s->of));
	return pg_settle(ctx, conn);
}

static enum fail
name_of(struct ctx *ctx, struct conn *conn, const struct statement *s,
    const char **ret)
{
	const int64_t key = (int64_t)(intptr_t)s->key;
	char *name = map_get(conn->prepared, key);

	if (name == NULL) {
		name = arena_printf(conn->session, "q%" PRId64,
		    conn->name_count++);
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
	const struct pg_params params = pg_params_of(ctx->arena, q, NULL);
	const struct statement statement = {
		.key = q,
		.of = q->name,
		.sql = q->postgres,
		.arg_count = q->arg_count,
		.types = params.types,
	};

	return name_of(ctx, conn, &statement, ret);
}

enum fail
pg_late_name(struct ctx *ctx, struct conn *conn, const struct store_query *q,
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

enum fail
pg_prepare(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    int *ret_columns)
{
	AUTO(pg_result_end) PGresult *result = NULL;
	const char *name = NULL;

	TRY(pg_before_read(ctx, conn, ""));
	if (q->late != NULL)
		TRY(pg_late_name(ctx, conn, q, &name));
	TRY(prepared_name(ctx, conn, q, &name));
	TRY(pg_make_room(ctx, conn));
	TRY(pg_note_sent(ctx, conn, PQsendDescribePrepared(conn->pg, name),
	    q->name));
	TRY(pg_answer(ctx, conn, &result));
	*ret_columns = PQnfields(result);
	return OK;
}

enum fail
pg_send_query(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args)
{
	const struct pg_params params = pg_params_of(ctx->arena, q, args);
	const char *name = NULL;

	TRY(prepared_name(ctx, conn, q, &name));
	TRY(pg_make_room(ctx, conn));
	return pg_note_sent(ctx, conn,
	    PQsendQueryPrepared(conn->pg, name, q->arg_count, params.values,
		params.lengths, params.formats, 0),
	    q->name);
}

/* The result must be cleared; on failure it is NULL. */
static enum fail
execute(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args, PGresult **ret)
{
	if (text_starts(q->postgres, "SELECT"))
		TRY(pg_before_read(ctx, conn, q->postgres));
	else
		TRY(pg_before_write(ctx, conn));
	TRY(pg_send_query(ctx, conn, q, args));
	return pg_answer(ctx, conn, ret);
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

	if (field->type == STORE_TEXT)
		return row_set_text(arena, field, row, text, len);
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

enum fail
pg_read_row(struct ctx *ctx, struct arena *arena, const struct store_query *q,
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
			return row_damaged(ctx, q, field);
	}
	return OK;
}

enum fail
pg_change(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args, int64_t *ret_changed)
{
	AUTO(pg_result_end) PGresult *result = NULL;
	int64_t changed = 0;

	TRY(execute(ctx, conn, q, args, &result));
	/* "" for what is no change of rows. */
	if (num_parse(PQcmdTuples(result), 0, INT64_MAX, &changed))
		*ret_changed = changed;
	else
		*ret_changed = 0;
	return OK;
}

enum fail
pg_rows(struct ctx *ctx, struct conn *conn, const struct store_query *q,
    const struct store_value *args, struct row_list *into)
{
	AUTO(pg_result_end) PGresult *result = NULL;

	TRY(execute(ctx, conn, q, args, &result));
	for (int i = 0; i < PQntuples(result); i++) {
		void *row = row_list_next(ctx, into);

		if (row == NULL)
			break;
		TRY(pg_read_row(ctx, ctx->arena, q, result, i, row));
		if (arena_over(ctx->arena))
			return FAIL(ctx, FAIL_TOO_BIG, "store.too_big",
			    "%s: too many rows", q->name);
	}
	return OK;
}
