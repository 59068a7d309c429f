#include "store/migrate.h"

#include "core/text.h"
#include "store/inside.h"
#include "store/migration.sql.h"

/* The same text on both engines. */
static const char create_migration[] = "CREATE TABLE IF NOT EXISTS migration ("
				       " number BIGINT PRIMARY KEY,"
				       " name TEXT NOT NULL,"
				       " checksum TEXT NOT NULL,"
				       " applied_us BIGINT NOT NULL)";

/* Compare what was applied with the list; gives the first that was not. */
static enum fail
compare(struct ctx *ctx, const struct migration *list,
    const struct migration **ret_next)
{
	struct sql_migration_list *done = NULL;
	size_t count = 0;

	TRY(sql_migration_list(ctx, &done, &count));
	for (size_t i = 0; i < count; i++, list++) {
		if (list->number == 0)
			return FAIL(ctx, FAIL_CONFLICT, "store.newer",
			    "migration %lld %s is unknown to this program",
			    (long long)done[i].number, done[i].name);
		if (done[i].number != list->number ||
		    !text_equal(done[i].checksum, list->checksum))
			return FAIL(ctx, FAIL_CONFLICT,
			    "store.migration_changed",
			    "migration %d %s is not the one that was applied",
			    list->number, list->name);
	}
	*ret_next = list;
	return OK;
}

static enum fail
apply_one(struct ctx *ctx, const struct migration *one)
{
	const struct store *store = ctx->tx->store;
	const char *const *sql = one->sqlite;
	int64_t changed = 0;

	if (store_is_postgres(store))
		sql = one->postgres;
	for (; *sql != NULL; sql++) {
		TRY(fault_step(ctx, one->name));
		TRY(store->driver->run(ctx, ctx->tx->conn, *sql));
	}
	return sql_migration_add(ctx, one->number, one->name, one->checksum,
	    ctx->now_us, &changed);
}

static enum fail
apply_all(struct ctx *ctx, const struct migration *list)
{
	const struct store *store = ctx->tx->store;
	const struct migration *next = NULL;

	TRY(store->driver->run(ctx, ctx->tx->conn, create_migration));
	TRY(compare(ctx, list, &next));
	for (; next->number != 0; next++)
		TRY(apply_one(ctx, next));
	TRY(fault_step(ctx, "store.commit"));
	if (store->driver->commit(ctx, ctx->tx->conn) == COMMIT_DURABLE)
		return OK;
	return FAIL(ctx, FAIL_INTERNAL, "store.commit",
	    "the migration could not be committed");
}

enum fail
migrate(struct ctx *ctx, struct store *store, const struct migration *list)
{
	enum fail got = OK;

	ctx->tx = tx_new(ctx, store, TX_WRITE);
	ctx->tx->conn = store->writer;
	got = store->driver->begin_alone(ctx, store->writer);
	if (got == OK)
		got = apply_all(ctx, list);
	if (got != OK)
		store->driver->rollback(store->writer);
	ctx->tx = NULL;
	return got;
}

static enum fail
check(struct ctx *ctx, const struct migration *list)
{
	const struct migration *next = NULL;

	TRY(compare(ctx, list, &next));
	if (next->number == 0)
		return OK;
	return FAIL(ctx, FAIL_CONFLICT, "store.older",
	    "migration %d %s is not applied", next->number, next->name);
}

enum fail
migrate_check(struct ctx *ctx, struct store *store,
    const struct migration *list)
{
	struct tx *tx = tx_new(ctx, store, TX_READ);
	enum fail got = OK;

	TRY(store_reader_take(ctx, store, &tx->conn));
	got = store->driver->read_begin(ctx, tx->conn);
	if (got == OK) {
		ctx->tx = tx;
		got = check(ctx, list);
		ctx->tx = NULL;
		store->driver->read_end(tx->conn);
	}
	store_reader_give(store, tx->conn);
	/* Not even the table of migrations: an empty or foreign database. */
	if (got == FAIL_INTERNAL) {
		fail_clear(ctx);
		return FAIL(ctx, FAIL_CONFLICT, "store.older",
		    "there are no tables of ours");
	}
	return got;
}
