#ifndef APP_CALL_H
#define APP_CALL_H

#include <stdbool.h>
#include <stddef.h>

#include "app/route.h"
#include "app/routes.h"
#include "core/turnstile.h"
#include "http/http.h"
#include "people/credential.h"
#include "store/store.h"
#include "trust/trust.h"

/*
 * One request on its way through the dispatcher.  Handlers see it through
 * app/route.h only; the files of app/ that make up the dispatcher include this.
 */
#define CALL_HEADERS_MAX 8

struct call {
	const struct http_request *request;
	struct route_match match;
	const void *query; /* in the structs of the row's shapes */
	const void *body;
	const char *credential; /* the secret text; NULL: none was needed */
	enum credential credential_kind;

	void *prepared; /* by the row, for its unit of work; NULL: nothing */

	/* What is answered: an object of a shape, raw bytes, or nothing. */
	int status;
	const struct shape *shape;
	const void *object;
	const char *type;
	struct bytes content;       /* raw, or rendered */
	struct http_stream *stream; /* instead of content */
	struct http_file *file;     /* instead of content; NULL: none */
	const char *etag;
	struct http_header headers[CALL_HEADERS_MAX];
	size_t header_count;

	/* A failure whose status is not that of its kind (405, 415); else 0. */
	int failure_status;
	int64_t failure_revision; /* to be read before the next try; 0: none */

	/* Idempotency: NULL without a key. */
	const char *key;
	struct digest key_name;   /* of person and key */
	struct digest key_digest; /* of method, path, query and body */
	bool is_replayed;

	/* A row that writes: its unit of work, which the store may run. */
	struct tx_unit unit;
	struct turnstile_turn turn; /* of a row with turns */
	struct ctx *ctx;            /* of who goes on when it is called */
	struct http_response *response;
	int64_t started_us;
};

/* Make content from shape and object. */
void call_render(struct ctx *ctx, struct call *call);

/* A header that was set by call_answer_header; NULL if none. */
const char *call_answered_header(const struct call *call, const char *name);

#endif
