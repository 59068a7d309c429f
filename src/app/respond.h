#ifndef APP_RESPOND_H
#define APP_RESPOND_H

#include "app/call.h"
#include "core/ctx.h"
#include "http/http.h"

/*
 * What a call came to, as a response: status, headers (those of the row's media
 * among them), body or "304 Not Modified", and gzip.  response is zeroed; its
 * bytes live in ctx->arena.  No transaction is open.
 */
void respond(struct ctx *ctx, const struct call *call,
    struct http_response *response);

/* The failure in ctx, of this kind; our own faults are logged here, once. */
void respond_failure(struct ctx *ctx, enum fail kind, struct call *call,
    struct http_response *response);

#endif
