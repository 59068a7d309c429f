#include "app/call.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "app/dispatch.h"
#include "codec/shape_json.h"
#include "core/arena.h"
#include "core/home.h"
#include "core/num.h"
#include "core/text.h"

static const char json_type_name[] = "application/json";

const void *
call_body(const struct call *call, const struct shape *shape)
{
	assert(call->match.route->in == shape && call->body != NULL);
	return call->body;
}

const void *
call_query(const struct call *call, const struct shape *shape)
{
	assert(call->match.route->query == shape && call->query != NULL);
	return call->query;
}

void
call_prepare(struct call *call, void *prepared)
{
	call->prepared = prepared;
}

struct turnstile_turn *
call_turn(struct call *call)
{
	return &call->turn;
}

void *
call_prepared(const struct call *call)
{
	return call->prepared;
}

const char *
call_path(const struct call *call, const char *name)
{
	const struct route_match *match = &call->match;

	for (size_t i = 0; i < match->value_count; i++)
		if (strcmp(match->values[i].name, name) == 0)
			return match->values[i].value;
	assert(false && "the name is in the path");
	return NULL;
}

enum fail
call_path_id(struct ctx *ctx, const struct call *call, const char *name,
    int64_t *ret)
{
	if (!num_parse(call_path(call, name), 1, INT64_MAX, ret))
		return FAIL(ctx, FAIL_NOT_FOUND, "route.unknown",
		    "{%s} is no id", name);
	return OK;
}

enum fail
call_if_match(struct ctx *ctx, const struct call *call, int64_t *ret)
{
	const char *value = call_header(call, "If-Match");
	const size_t len = value == NULL ? 0 : strlen(value);

	if (len < 3 || value[0] != '"' || value[len - 1] != '"' ||
	    !num_parse(arena_text_n(ctx->arena, value + 1, len - 2), 0,
		INT64_MAX, ret))
		return FAIL(ctx, FAIL_INVALID, "input.if_match",
		    "If-Match is %s", value == NULL ? "absent" : "malformed");
	return OK;
}

const char *
call_header(const struct call *call, const char *name)
{
	return http_header(call->request, name);
}

const char *
call_peer(const struct ctx *ctx, const struct call *call)
{
	return network_speaks_for(ctx->arena,
	    dispatch_proxies(ctx->home->dispatch), call->request->peer,
	    http_joined(ctx->arena, call->request, "X-Forwarded-For"));
}

bool
call_is_https(const struct ctx *ctx, const struct call *call)
{
	return network_has_text(dispatch_proxies(ctx->home->dispatch),
		   call->request->peer) &&
	       text_equal(call_header(call, "X-Forwarded-Proto"), "https");
}

enum fail
call_answer(struct ctx *ctx, struct call *call, int status,
    const struct shape *shape, const void *object)
{
	(void)ctx;
	assert(shape != NULL && object != NULL);
	call->status = status;
	call->shape = shape;
	call->object = object;
	call->type = json_type_name;
	return OK;
}

enum fail
call_answer_none(struct ctx *ctx, struct call *call)
{
	(void)ctx;
	call->status = 204;
	return OK;
}

enum fail
call_answer_raw(struct ctx *ctx, struct call *call, int status,
    const char *content_type, struct bytes content)
{
	(void)ctx;
	call->status = status;
	call->type = content_type;
	call->content = content;
	return OK;
}

enum fail
call_answer_stream(struct ctx *ctx, struct call *call, const char *content_type,
    struct http_stream *stream)
{
	(void)ctx;
	assert(call->match.route->tx != TX_WRITE);
	call->status = 200;
	call->type = content_type;
	call->stream = stream;
	return OK;
}

bool
call_who(const struct call *call, struct credential_id *ret)
{
	if (call->credential == NULL)
		return false;
	*ret = credential_id(call->credential_kind, call->credential);
	return true;
}

struct call_bytes
call_bytes(const struct call *call)
{
	const struct http_spooled *spooled = call->request->spooled;
	const struct bytes body = call->request->body;

	assert(call->match.route->bytes != NULL);
	if (spooled == NULL)
		return (struct call_bytes){ .len = (int64_t)body.len,
			.at = body.at };
	return (struct call_bytes){ .len = spooled->bytes,
		.path = spooled->path,
		.digest = spooled->digest };
}

void
call_fail_as(struct call *call, int status)
{
	call->failure_status = status;
}

void
call_fail_at(struct call *call, int64_t revision)
{
	call->failure_revision = revision;
}

void
call_answer_header(struct call *call, const char *name, const char *value)
{
	assert(call->header_count < CALL_HEADERS_MAX);
	call->headers[call->header_count++] =
	    (struct http_header){ name, value };
}

void
call_answer_digest(struct ctx *ctx, struct call *call, struct bytes content)
{
	const struct digest digest = digest_of(content);

	call->etag = arena_printf(ctx->arena, "\"%.32s\"",
	    digest_hex(ctx->arena, &digest));
}

void
call_answer_etag(struct ctx *ctx, struct call *call, int64_t version)
{
	call->etag = arena_printf(ctx->arena, "\"%" PRId64 "\"", version);
}

void
call_render(struct ctx *ctx, struct call *call)
{
	struct text text = { 0 };

	if (call->shape == NULL)
		return;
	text_init(&text, ctx->arena);
	shape_write(&text, call->shape, call->object);
	call->content = text_bytes(&text);
}

const char *
call_answered_header(const struct call *call, const char *name)
{
	for (size_t i = 0; i < call->header_count; i++)
		if (strcmp(call->headers[i].name, name) == 0)
			return call->headers[i].value;
	return NULL;
}
