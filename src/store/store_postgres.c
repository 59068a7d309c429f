#include <string.h>

#include <libpq-fe.h>

#include "store/pg.h"
#include "trust/trust.h"

/*
 * The engine's table, and what it does with the whole database.
 */

/* An advisory lock; the other one is in pg_unit.c. */
#define LOCK_MIGRATE "SELECT pg_advisory_xact_lock(7248910350102)"

static enum fail
begin_alone(struct ctx *ctx, struct conn *conn)
{
	TRY(pg_begin_by(ctx, conn, "BEGIN"));
	conn->in_transaction = true;
	return pg_run(ctx, conn, LOCK_MIGRATE);
}

static enum fail
digest_table(struct ctx *ctx, struct conn *conn, const char *table,
    struct digest *sum)
{
	const char *sql = arena_printf(ctx->arena,
	    "SELECT string_agg(h, '' ORDER BY h) "
	    "FROM (SELECT md5(t::text) AS h FROM \"%s\" t) s",
	    table);
	AUTO(pg_result_end) PGresult *result = NULL;

	TRY(pg_ask_text(ctx, conn, sql, &result));
	store_sum_add(sum, 0, bytes_of_text(table));
	store_sum_add(sum, 0, bytes_of_text(PQgetvalue(result, 0, 0)));
	return OK;
}

static enum fail
digest(struct ctx *ctx, struct conn *conn, uint8_t out[32])
{
	static const char sql[] = "SELECT tablename FROM pg_tables WHERE "
				  "schemaname = current_schema() ORDER BY 1";
	AUTO(pg_result_end) PGresult *result = NULL;
	struct digest sum = { 0 };

	TRY(pg_before_read(ctx, conn, NULL));
	TRY(pg_ask_text(ctx, conn, sql, &result));
	for (int i = 0; i < PQntuples(result); i++)
		TRY(digest_table(ctx, conn, PQgetvalue(result, i, 0), &sum));
	memcpy(out, sum.at, sizeof(sum.at));
	return OK;
}

const struct driver driver_postgres = {
	.connect = pg_connect,
	.close = pg_close,
	.begin = pg_begin,
	.unit_begin = pg_unit_begin,
	.unit_keep = pg_unit_keep,
	.unit_undo = pg_unit_undo,
	.lock_numbers = pg_lock_numbers,
	.commit = pg_commit,
	.part = pg_part,
	.broken = pg_broken,
	.rollback = pg_rollback,
	.lost = pg_lost,
	.read_begin = pg_read_begin,
	.read_end = pg_read_end,
	.prepare = pg_prepare,
	.put = pg_put,
	.change = pg_change,
	.rows = pg_rows,
	.cursor_open = pg_cursor_open,
	.cursor_next = pg_cursor_next,
	.cursor_close = pg_cursor_close,
	.run = pg_run,
	.begin_alone = begin_alone,
	.digest = digest,
};
