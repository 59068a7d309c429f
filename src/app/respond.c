#include "app/respond.h"

#include <assert.h>
#include <string.h>

#include "app/coding.h"
#include "app/page.h"
#include "app/problem.h"
#include "core/arena.h"
#include "core/home.h"
#include "core/log.h"
#include "core/metric.h"
#include "core/random.h"
#include "store/store.h"

#define RETRY_SPREAD_S 4

/*
 * Whoever came over TLS comes by nothing else for a year, here and at all names
 * below this one.  The engine's own refusals do not know by what they came.
 */
static const char transport[] = "max-age=31536000; includeSubDomains";

/* Sent with everything. */
static const struct http_header security[] = {
	{ "X-Content-Type-Options", "nosniff" },
	{ "Referrer-Policy", "same-origin" },
};

/* The web client's files: its pages load nothing from elsewhere. */
static const char client_policy[] =
    "default-src 'self'; base-uri 'none'; object-src 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

static bool
is_named(const struct route_media *media, const char *type)
{
	for (const char *const *t = media->types; *t != NULL; t++)
		if (strcmp(*t, type) == 0)
			return true;
	return false;
}

/* A handler answers what its row says (app/route.h). */
static void
check_media(const struct call *call)
{
	const struct route *route = call->match.route;

	if (route == NULL || call->type == NULL)
		return;
	if (route->media == NULL || route->media->types == NULL)
		assert(strcmp(call->type, "application/json") == 0);
	else
		assert(is_named(route->media, call->type));
}

static const char *
policy_of(const struct call *call)
{
	const struct route *route = call->match.route;

	if (route == NULL)
		return client_policy;
	if (route->media == NULL || route->media->policy == NULL)
		return ROUTE_POLICY_DATA;
	return route->media->policy;
}

static const char *
cache_of(const struct call *call)
{
	const struct route *route = call->match.route;

	if (route != NULL && route->media != NULL &&
	    route->media->cache != NULL)
		return route->media->cache;
	return call->etag == NULL ? "no-store" : "private, no-cache";
}

static void
set_security(const struct ctx *ctx, const struct call *call,
    struct http_response *response)
{
	if (call_is_https(ctx, call))
		http_set(response, "Strict-Transport-Security", transport);
	for (size_t i = 0; i < ARRAY_SIZE(security); i++)
		http_set(response, security[i].name, security[i].value);
}

static bool
is_unchanged(const struct call *call)
{
	const char *known = call_header(call, "If-None-Match");

	return (call->status == 200 || call->status == 206) &&
	       call->etag != NULL && known != NULL &&
	       strcmp(known, call->etag) == 0 &&
	       (strcmp(call->request->method, "GET") == 0 ||
		   strcmp(call->request->method, "HEAD") == 0);
}

void
respond(struct ctx *ctx, const struct call *call,
    struct http_response *response)
{
	/* A file of the web client may have been picked by its coding. */
	const bool varies = call_answered_header(call, "Vary") == NULL &&
			    coding_varies(call->type, call->content.len);

	check_media(call);
	set_security(ctx, call, response);
	response->status = call->status;
	http_set(response, "Content-Security-Policy", policy_of(call));
	if (call->etag != NULL)
		http_set(response, "ETag", call->etag);
	for (size_t i = 0; i < call->header_count; i++)
		http_set(response, call->headers[i].name,
		    call->headers[i].value);
	if (call_answered_header(call, "Cache-Control") == NULL)
		http_set(response, "Cache-Control", cache_of(call));
	if (varies)
		http_set(response, "Vary", "Accept-Encoding");
	if (is_unchanged(call)) {
		response->status = 304;
		return;
	}
	if (call->type != NULL)
		http_set(response, "Content-Type", call->type);
	response->body = call->content;
	response->stream = call->stream;
	if (call->file != NULL) {
		/* The engine closes it from here on. */
		response->file =
		    arena_copy(ctx->arena, call->file, sizeof(*call->file));
		call->file->fd = -1;
	}
	if (varies)
		coding_apply(ctx->arena, call->request, response);
}

/* Failures of one sort come with every request while their cause lasts. */
static const char *
sort_of(const struct ctx *ctx)
{
	return arena_printf(ctx->arena, "%s %s:%d", ctx->failure.code,
	    ctx->failure.file, ctx->failure.line);
}

static void
log_fault(const struct ctx *ctx, enum fail kind, const struct call *call)
{
	const struct failure *failure = &ctx->failure;

	const bool is_fault = kind == FAIL_INTERNAL || kind == FAIL_UPSTREAM;

	if (is_fault)
		metric_add(ctx->home->metrics, METRIC_FAULTS, 1);
	else if (!store_failed_for_now(failure->code))
		return;
	LOG_OFTEN(LOG_ERROR, "request.failed", sort_of(ctx),
	    LOG_N("request", ctx->request_id),
	    LOG_T("method", call->request->method),
	    LOG_T("path", call->request->path), LOG_T("kind", fail_name(kind)),
	    LOG_T("code", failure->code), LOG_T("file", failure->file),
	    LOG_N("line", failure->line), LOG_T("error", failure->message));
}

/* Somebody looks at it: a page of ours, or an address that is none, in a browser.
 * The API answers problem documents to everybody. */
static bool
wants_page(const struct call *call)
{
	const char *accept = call_header(call, "Accept");

	return !text_starts(call->request->path, "/api/") && accept != NULL &&
	       strstr(accept, "text/html") != NULL;
}

static struct bytes
failure_page(struct ctx *ctx, const struct problem *problem)
{
	struct page page = { 0 };

	page_begin(ctx, &page, problem->title, NULL, problem->code);
	if (strcmp(problem->title, problem->detail) != 0)
		page_element(&page, "p", NULL, problem->detail);
	page_element(&page, "p", NULL, page_word(ctx, "page.next"));
	text_add(&page.out, "<p class=\"hint\">");
	text_html(&page.out, page_word(ctx, "page.request"));
	text_addf(&page.out, " %lld</p>\n", (long long)ctx->request_id);
	page_end(ctx, &page);
	return text_bytes(&page.out);
}

/* One of the next seconds: those who are refused together do not come again
 * together. */
static const char *
any_moment(struct ctx *ctx)
{
	return arena_printf(ctx->arena, "%d",
	    1 + (int)random_below(ctx->random, RETRY_SPREAD_S));
}

void
respond_failure(struct ctx *ctx, enum fail kind, struct call *call,
    struct http_response *response)
{
	const struct problem problem = problem_make(ctx, kind, call);
	const bool is_page = wants_page(call);
	const char *type = is_page ? page_type : "application/problem+json";
	const char *allow = call_answered_header(call, "Allow");
	const char *wait = call_answered_header(call, "Retry-After");
	const char *range = call_answered_header(call, "Content-Range");

	log_fault(ctx, kind, call);
	set_security(ctx, call, response);
	response->status = problem.status;
	response->body =
	    is_page ? failure_page(ctx, &problem) : problem.content;
	http_set(response, "Content-Type", type);
	http_set(response, "Content-Language", ctx->locale);
	http_set(response, "Content-Security-Policy",
	    is_page ? PAGE_POLICY : ROUTE_POLICY_DATA);
	http_set(response, "Cache-Control", "no-store");
	if (allow != NULL)
		http_set(response, "Allow", allow);
	if (range != NULL)
		http_set(response, "Content-Range", range);
	if (kind == FAIL_BUSY || kind == FAIL_TOO_OFTEN)
		http_set(response, "Retry-After",
		    wait == NULL ? any_moment(ctx) : wait);
	if (kind == FAIL_LOGIN)
		http_set(response, "WWW-Authenticate", "Bearer");
	if (!coding_varies(type, response->body.len))
		return;
	http_set(response, "Vary", "Accept-Encoding");
	coding_apply(ctx->arena, call->request, response);
}
