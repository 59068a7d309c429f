#include "app/app.h"

#include <inttypes.h>

#include "app/idempotency.h"
#include "app/option.h"
#include "core/home.h"
#include "core/room.h"
#include "core/watch.h"
#include "http/http.h"
#include "ledger/ledger.h"
#include "people/option.h"
#include "people/people.h"
#include "store/store.h"

static struct store_stats
stats_of(const struct home *home)
{
	struct store_stats stats = { 0 };

	if (home->store != NULL)
		store_stats(home->store, &stats);
	return stats;
}

static int64_t
commits(const struct home *home)
{
	return stats_of(home).commits;
}

static int64_t
units(const struct home *home)
{
	return stats_of(home).units;
}

static int64_t
units_failed(const struct home *home)
{
	return stats_of(home).units_failed;
}

static int64_t
ticket_wait_us(const struct home *home)
{
	return stats_of(home).ticket_wait_us;
}

static int64_t
commit_us(const struct home *home)
{
	return stats_of(home).commit_us;
}

static int64_t
ledger_entries(const struct home *home)
{
	return home->ledger == NULL ? 0 : ledger_size(home->ledger);
}

static int64_t
store_away(const struct home *home)
{
	return home->store != NULL && store_is_away(home->store);
}

static int64_t
disk_full(const struct home *home)
{
	return room_is_full(home->room);
}

static int64_t
disk_free(const struct home *home)
{
	return room_free_bytes(home->room);
}

static int64_t
disk_reserve(const struct home *home)
{
	return room_reserved(home->room);
}

static int64_t
waiting_to_sign_in(const struct home *home)
{
	return home->people == NULL ? 0 : people_waiting(home->people);
}

static int64_t
stopped_by_clock(const struct home *home)
{
	return home->watch != NULL &&
	       watch_look(home->watch, NULL) != WATCH_RIGHT;
}

static const struct gauge gauges[] = {
	{ "store_commits_total", "Durable commits.", GAUGE_COUNTER, commits },
	{ "store_units_total", "Units of work that wrote.", GAUGE_COUNTER,
	    units },
	{ "store_units_failed_total", "Units of work that were undone.",
	    GAUGE_COUNTER, units_failed },
	{ "store_ticket_wait_seconds_total",
	    "Time spent waiting in line for the writer.", GAUGE_SECONDS,
	    ticket_wait_us },
	{ "store_commit_seconds_total", "Time spent committing.", GAUGE_SECONDS,
	    commit_us },
	{ "ledger_entries", "Entries of the ledger.", GAUGE_LEVEL,
	    ledger_entries },
	{ "store_away", "1 while PostgreSQL is away.", GAUGE_LEVEL,
	    store_away },
	{ "disk_full", "1 while the disk is full and acts are refused.",
	    GAUGE_LEVEL, disk_full },
	{ "disk_free_bytes", "Free on the data folder's disk.", GAUGE_LEVEL,
	    disk_free },
	{ "disk_reserve_bytes", "Kept back for when the disk is full.",
	    GAUGE_LEVEL, disk_reserve },
	{ "sign_in_waiting", "Sign-ins that wait for a place.", GAUGE_LEVEL,
	    waiting_to_sign_in },
	{ "clock_stopped",
	    "1 while nothing is written, as the clock is not believed.",
	    GAUGE_LEVEL, stopped_by_clock },
	{ 0 },
};

static enum fail
check_ledger(struct ctx *ctx, struct text *said)
{
	int64_t checked = 0;

	TRY(ledger_verify(ctx, &checked));
	text_addf(said, "%" PRId64 " entries, tree, digests, signature",
	    checked);
	return OK;
}

const struct slice app_slice = {
	.name = "app",
	.routes = (const struct route *const[]){ session_routes, ops_routes,
	    page_routes, NULL },
	.grants =
	    (const struct grant[]){
		{ "ledger.read", ROLE_EVERYBODY },
		{ 0 },
	    },
	.options = (const struct option *const[]){ core_options,
	    store_option_table, ledger_option_table, http_option_table,
	    people_option_table, app_option_table, NULL },
	.gauges = gauges,
	.checks =
	    (const struct check[]){
		{ "ledger", check_ledger },
		{ "answers", idempotency_check },
		{ 0 },
	    },
	.adopt_rows = idempotency_adopt,
};
