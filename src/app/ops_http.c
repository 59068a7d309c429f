#include "app/app.h"
#include "app/dispatch.h"
#include "core/bytes.h"
#include "core/home.h"
#include "core/metric.h"
#include "core/room.h"
#include "core/text.h"
#include "core/watch.h"
#include "ledger/ledger.h"
#include "store/store.h"

static const char plain[] = "text/plain; charset=utf-8";
static const char counters[] = "text/plain; version=0.0.4; charset=utf-8";
static const char json[] = "application/json";

static const struct route_media plain_media = {
	.types = (const char *const[]){ plain, NULL },
};
static const struct route_media counters_media = {
	.types = (const char *const[]){ counters, NULL },
};
/* The same until the program is another: asked for again by its ETag. */
static const struct route_media description_media = {
	.types = (const char *const[]){ json, NULL },
	.cache = "no-cache",
};

static enum fail
get_openapi(struct ctx *ctx, struct call *call)
{
	const struct bytes description = dispatch_openapi(ctx->home->dispatch);

	call_answer_digest(ctx, call, description);
	return call_answer_raw(ctx, call, 200, json, description);
}

static enum fail
get_metrics(struct ctx *ctx, struct call *call)
{
	struct text text = { 0 };

	text_init(&text, ctx->arena);
	metric_write(ctx, &text);
	return call_answer_raw(ctx, call, 200, counters, text_bytes(&text));
}

static enum fail
get_healthz(struct ctx *ctx, struct call *call)
{
	return call_answer_raw(ctx, call, 200, plain, bytes_of_text("ok\n"));
}

/* Can it do what it is there for?  If not, the failure says why. */
static enum fail
be_ready(struct ctx *ctx)
{
	if (!dispatch_is_ready(ctx->home->dispatch))
		return FAIL(ctx, FAIL_BUSY, "server.starting",
		    "the ledger is still being read");
	TRY(watch_check(ctx));
	if (room_is_full(ctx->home->room))
		return FAIL(ctx, FAIL_BUSY, "disk.full",
		    "the reserve is being used");
	TRY(ledger_ready(ctx));
	return store_ready(ctx);
}

static enum fail
get_readyz(struct ctx *ctx, struct call *call)
{
	TRY(be_ready(ctx));
	return call_answer_raw(ctx, call, 200, plain, bytes_of_text("ready\n"));
}

/* Public, so that anybody can keep it and prove later what it covers. */
static enum fail
get_checkpoint(struct ctx *ctx, struct call *call)
{
	const char *note = NULL;

	TRY(ledger_checkpoint(ctx, &note));
	return call_answer_raw(ctx, call, 200, plain, bytes_of_text(note));
}

static const char *const readyz_failures[] = { "server.starting", "clock.leapt",
	"clock.behind", "disk.full", "ledger.unread", "store.connect",
	"store.in_use", NULL };

const struct route ops_routes[] = {
	{ .method = GET,
	    .path = "/openapi.json",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW,
	    .media = &description_media,
	    .handle = get_openapi,
	    .summary = "This description." },
	{ .method = GET,
	    .path = "/metrics",
	    .flags = ROUTE_PUBLIC | ROUTE_LOCAL | ROUTE_RAW,
	    .media = &counters_media,
	    .handle = get_metrics,
	    .summary = "Counters in Prometheus' text format." },
	{ .method = GET,
	    .path = "/healthz",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW,
	    .media = &plain_media,
	    .handle = get_healthz,
	    .summary = "The process answers." },
	{ .method = GET,
	    .path = "/readyz",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW,
	    .media = &plain_media,
	    .handle = get_readyz,
	    .summary = "The ledger is read, totals are right, the clock is "
		       "believed, and what is sent is written; else 503 says "
		       "why not.",
	    .failures = readyz_failures },
	{ .method = GET,
	    .path = "/api/v1/ledger/checkpoint",
	    .tx = TX_READ,
	    .flags = ROUTE_PUBLIC | ROUTE_RAW,
	    .media = &plain_media,
	    .handle = get_checkpoint,
	    .summary = "The ledger's last checkpoint, a signed note." },
	{ 0 },
};
