#include <assert.h>
#include <time.h>

#include "core/day.h"
#include "core/home.h"
#include "core/text.h"
#include "store/inside.h"
#include "store/migrate.h"

#define READERS 8
#define BATCH_UNITS 64
#define BATCH_MS 20
#define READER_WAIT_S 5

struct place {
	const struct driver *driver;
	const char *address;
	bool memory;
};

static enum fail
place_of(struct ctx *ctx, const char *url, struct place *ret)
{
	if (text_equal(url, "sqlite::memory:"))
		*ret = (struct place){ &driver_sqlite, ":memory:", true };
	else if (url != NULL && text_starts(url, "sqlite:") && url[7] != '\0')
		*ret = (struct place){ &driver_sqlite, url + 7, false };
	else if (url != NULL && (text_starts(url, "postgres://") ||
				    text_starts(url, "postgresql://")))
		*ret = (struct place){ &driver_postgres, url, false };
	else
		return FAIL(ctx, FAIL_INVALID, "store.url",
		    "neither sqlite: nor postgres://");
	return OK;
}

static int
or_default(int value, int normal)
{
	return value > 0 ? value : normal;
}

/* Conditions whose time limits do not follow the wall clock. */
static void
steady_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(cond, &attr);
	(void)pthread_condattr_destroy(&attr);
}

static struct store *
store_new(const struct place *place, const struct store_options *options)
{
	struct arena *arena = arena_new(0);
	struct store *store = ARENA_NEW(arena, struct store);

	store->arena = arena;
	store->driver = place->driver;
	store->address = arena_text(arena, place->address);
	store->memory = place->memory;
	store->read_only = options->read_only;
	store->batch_units = or_default(options->batch_units, BATCH_UNITS);
	store->batch_ms = or_default(options->batch_ms, BATCH_MS);
	store->reader_wait_s =
	    or_default(options->reader_wait_s, READER_WAIT_S);
	store->readers_max = or_default(options->readers, READERS);
	store->readers =
	    ARENA_ARRAY(arena, (size_t)store->readers_max, struct conn *);
	store->line_end = &store->line;
	store->batch.waiting =
	    ARENA_ARRAY(arena, (size_t)store->batch_units, struct slot *);
	store->batch.shares =
	    ARENA_ARRAY(arena, (size_t)store->batch_units, struct unit_staged);
	(void)pthread_mutex_init(&store->lock, NULL);
	(void)pthread_mutex_init(&store->blobs, NULL);
	(void)pthread_cond_init(&store->desk_called, NULL);
	steady_cond_init(&store->reader_free);
	return store;
}

static enum fail
open_tables(struct ctx *ctx, struct store *store,
    const struct migration *migrations)
{
	if (store->read_only)
		return migrate_check(ctx, store, migrations);
	TRY(store->driver->connect(ctx, store->address, CONN_WRITER,
	    &store->writer));
	return migrate(ctx, store, migrations);
}

enum fail
store_open(struct ctx *ctx, const struct store_options *options,
    struct store **ret)
{
	const struct migration *migrations = options->migrations;
	struct place place = { 0 };
	struct store *store = NULL;
	enum fail got = OK;

	if (migrations == NULL)
		migrations = store_migrations;
	TRY(place_of(ctx, options->url, &place));
	if (place.memory && options->read_only)
		return FAIL(ctx, FAIL_INVALID, "store.url",
		    "a store in memory cannot be opened to be read");
	store = store_new(&place, options);
	got = open_tables(ctx, store, migrations);
	if (got != OK) {
		store_close(store);
		return got;
	}
	*ret = store;
	return OK;
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	desk_close(store);
	/* A unit that a test left by its failed assertion is undone too. */
	if (store->batch.open)
		store->driver->rollback(store->writer);
	/* The writer last: it is the one that tidies up. */
	for (int i = 0; i < store->readers_idle; i++)
		store->driver->close(store->readers[i]);
	store->driver->close(store->writer);
	(void)pthread_cond_destroy(&store->desk_called);
	(void)pthread_cond_destroy(&store->reader_free);
	(void)pthread_mutex_destroy(&store->blobs);
	(void)pthread_mutex_destroy(&store->lock);
	arena_free(store->arena);
}

void
store_set_hooks(struct store *store, const struct store_hooks *hooks)
{
	store->hooks = *hooks;
}

bool
store_is_postgres(const struct store *store)
{
	return store->driver == &driver_postgres;
}

/*
 * An idle reader, or the right to connect a new one (NULL).  False if none came
 * free in time.
 */
static bool
reader_wait(struct store *store, struct conn **ret)
{
	const int64_t until_us =
	    time_steady_us() + (int64_t)store->reader_wait_s * SECOND_US;
	const struct timespec until = {
		.tv_sec = until_us / SECOND_US,
		.tv_nsec = until_us % SECOND_US * 1000,
	};
	bool free = true;

	(void)pthread_mutex_lock(&store->lock);
	while (free && store->readers_idle == 0 &&
	       store->readers_made == store->readers_max)
		free = pthread_cond_timedwait(&store->reader_free, &store->lock,
			   &until) == 0;
	*ret = NULL;
	if (free && store->readers_idle > 0)
		*ret = store->readers[--store->readers_idle];
	else if (free)
		store->readers_made++;
	(void)pthread_mutex_unlock(&store->lock);
	return free;
}

enum fail
store_reader_take(struct ctx *ctx, struct store *store, struct conn **ret)
{
	struct conn *conn = NULL;
	enum fail got = OK;

	if (!reader_wait(store, &conn))
		return FAIL(ctx, FAIL_BUSY, "store.busy",
		    "no reader came free in %d s", store->reader_wait_s);
	if (conn == NULL)
		got = store->driver->connect(ctx, store->address, CONN_READER,
		    &conn);
	if (got != OK) {
		(void)pthread_mutex_lock(&store->lock);
		store->readers_made--;
		(void)pthread_cond_signal(&store->reader_free);
		(void)pthread_mutex_unlock(&store->lock);
		return got;
	}
	*ret = conn;
	return OK;
}

void
store_reader_give(struct store *store, struct conn *conn)
{
	(void)pthread_mutex_lock(&store->lock);
	store->readers[store->readers_idle++] = conn;
	(void)pthread_cond_signal(&store->reader_free);
	(void)pthread_mutex_unlock(&store->lock);
}

void
store_hold(struct store *store, bool hold, int batch_units)
{
	(void)pthread_mutex_lock(&store->lock);
	store->held = hold;
	store->held_units = batch_units;
	(void)pthread_mutex_unlock(&store->lock);
}

enum fail
store_flush(struct ctx *ctx)
{
	struct store *store = ctx->home->store;
	struct slot *slot = NULL;
	enum fail got = OK;

	assert(ctx->tx == NULL);
	slot = ticket_take(store);
	got = batch_settle(ctx, store);
	ticket_give(store, slot);
	return got;
}

void
store_stats(struct store *store, struct store_stats *ret)
{
	(void)pthread_mutex_lock(&store->lock);
	*ret = store->stats;
	(void)pthread_mutex_unlock(&store->lock);
}
