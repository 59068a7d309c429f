#ifndef APP_DISPATCH_H
#define APP_DISPATCH_H

#include <stdbool.h>

#include "app/slice.h"
#include "core/ctx.h"
#include "http/http.h"
#include "http/network.h"

/*
 * The path of a request, table-driven by the rows of app/route.h:
 *
 *	ctx (clock, request id, language) - row (404, 405) - who (session or
 *	token) - foreign pages kept out (403 access.csrf) - permission of the row -
 *	idempotency key - query and body - transaction - handler - commit -
 *	rendering - or a problem document - gzip of what is long (app/coding.h)
 *
 * Paths outside /api/ without a row are the web client's files.  Only failures
 * that are our own or another system's are logged as errors.
 *
 * Codes that any row may answer:
 *	404 "route.unknown"	405 "route.method"
 *	401 "access.login" "session.ended" "session.cookies" "session.other"
 *	    "token.unknown"
 *	403 "access.denied" "access.csrf"			503 "server.starting"
 *	415 "input.media_type"	413 "input.too_big"	422 "input.*" "json.*"
 *	409 "idempotency.reused"	503 "idempotency.running"
 *	503 "store.busy" "store.batch_lost" "store.connect" "disk.full"
 *	    "ledger.unread"
 *	500 and 502
 *	429 "reads.busy", if it only reads
 *	503 "clock.leapt" "clock.behind", if it writes
 * and, if it takes bytes, of a body over 1 MiB:
 *	409 "input.twice"	429 "input.share"
 */
struct dispatch;

struct dispatch_options {
	const char *web_dir; /* the web client's built files; NULL: none */
	bool demo;           /* demonstration data: the client shows a band */
};

/*
 * Make home->dispatch's content from home->slices: route tree, description,
 * files; names the rows to home->metrics.  It answers 503 "server.starting" to
 * all but public rows until dispatch_set_ready.
 *	FAIL_INVALID	"client.networks"	the option http.proxies
 *	FAIL_TOO_BIG	"static.too_big"
 *	FAIL_INTERNAL	"file.io"
 */
NODISCARD enum fail dispatch_new(struct ctx *ctx,
    const struct dispatch_options *options, struct dispatch **ret);
void dispatch_free(struct dispatch *dispatch); /* NULL does nothing */

/* After the replay of the ledger; any thread. */
void dispatch_set_ready(struct dispatch *dispatch, bool ready);
bool dispatch_is_ready(const struct dispatch *dispatch);
bool dispatch_is_demo(const struct dispatch *dispatch);

/*
 * Most bytes of a body that any row takes.  The engine keeps a body before
 * anybody knows whose it is, so it should not keep more.
 */
size_t dispatch_body_max(const struct dispatch *dispatch);

/* Whose X-Forwarded-For is believed. */
const struct network_list *dispatch_proxies(const struct dispatch *dispatch);

/* Words of the pages (app/page.h). */
const struct locale *dispatch_words(const struct dispatch *dispatch);

/* What each person reads at once (app/reads.h). */
struct reads *dispatch_reads(const struct dispatch *dispatch);

/* The web client's files. */
const struct static_files *dispatch_files(const struct dispatch *dispatch);

/*
 * Answer a GET of the API within another call, for ctx->actor: address is path
 * and query, percent-encoded.  It goes through the row's rights, input,
 * transaction and rendering as if it were asked by itself, and fails as that
 * would.  No transaction may be open.  *ret lives in ctx->arena.
 *	FAIL_NOT_FOUND	"route.unknown"	also for what is no JSON of a shape
 */
NODISCARD enum fail dispatch_inner(struct ctx *ctx, const struct call *outer,
    const char *address, struct bytes *ret);

/* The API description, made at start. */
struct bytes dispatch_openapi(const struct dispatch *dispatch);

/*
 * Answer one request in ctx, which has an arena, home (with dispatch, store,
 * access, locale), the clock's time and no actor.  response is zeroed; its
 * bytes live in the arena.  False: the unit of work waits for its batch, and
 * http_go_on is called when it has ended; all of the above must live until then.
 * With request->turn NULL it is always true.
 */
bool dispatch(struct ctx *ctx, const struct http_request *request,
    struct http_response *response);

/*
 * For engine_options.admit: who may send a body over 1 MiB is known by the head
 * alone: route, person, permission, length, and what the row asks (route_bytes).
 */
enum http_admission dispatch_admit(void *home, struct arena *arena,
    const struct http_request *head, int64_t bytes,
    struct http_response *response);

/*
 * For engine_options.handle: makes ctx on home (struct home *) and dispatches.
 * The engine's body_max must be dispatch_body_max.
 */
bool dispatch_handle(void *home, struct arena *arena,
    const struct http_request *request, struct http_response *response);

#endif
