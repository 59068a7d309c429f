#ifndef APP_ROUTE_H
#define APP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/shape.h"
#include "store/store.h"
#include "trust/trust.h"

/*
 * The route table: from a row come dispatch, the permission check, reading and
 * checking of path, query and body, the transaction, /openapi.json, the client
 * types and the matrix test.
 */
enum method { GET, POST, PUT, DELETE };

enum route_flags {
	ROUTE_PUBLIC = 1, /* no sign-in */
	ROUTE_LOCAL = 2,  /* by the operators' listener (serve --metrics) */
	ROUTE_RAW = 4, /* the handler sets body and type by call_answer_raw */
	ROUTE_NO_IDEMPOTENCY = 8, /* signing in and out: no key is kept */
	ROUTE_BIG = 16,           /* body up to 16 MiB instead of 1 MiB */
	ROUTE_PAGE = 32,          /* for browsers: any query is left to it */
	ROUTE_FORM = 64,   /* the body is a form's, from a page of our own */
	ROUTE_SPARE = 128, /* also on a full disk: it lets people in or makes
			      room, and what it writes is small */
	ROUTE_MAY_MATCH = 256, /* If-Match may be left out (input.if_match) */
};

struct call;
struct credential_id;  /* people/credential.h */
struct http_stream;    /* http/http.h */
struct route_table;    /* app/table.h */
struct turnstile_turn; /* core/turnstile.h */

/*
 * What a row answers besides JSON of its shape, and the headers that all its
 * answers have.  It is part of the row's contract: /openapi.json says it, and
 * the dispatcher asserts that the handler keeps to it.
 */
struct route_media {
	const char *const *types; /* "text/csv; charset=utf-8", ends with NULL;
				     NULL: JSON of the shape */
	const char *policy; /* Content-Security-Policy; NULL: that of data,
				     ROUTE_POLICY_DATA */
	const char *cache;  /* Cache-Control of what is well; NULL: no-store,
				     with an ETag "private, no-cache" */
};

/* Data: nothing in it is loaded, run or framed, whoever opens it as a page. */
#define ROUTE_POLICY_DATA \
	"default-src 'none'; base-uri 'none'; form-action 'none'; " \
	"frame-ancestors 'none'"

/*
 * A body that is bytes of any type.  Up to 1 MiB it is in memory, over it in a
 * spool file with its SHA-256 made on the way.  Not for POST rows.
 */
struct route_bytes {
	int64_t most; /* bytes */
	/*
	 * Before a body over 1 MiB is read, in a TX_READ, with path and query
	 * but without body: may this caller send so many bytes here?
	 */
	enum fail (*admit)(struct ctx *ctx, struct call *call, int64_t bytes);
};

/*
 * Handle is heavy and has few places (core/turnstile.h).  Who waits for one
 * holds no worker.  Not for TX_WRITE rows.
 */
struct route_turn {
	/* In a transaction as the row's, which ends before enter: does it want
	 * a place?  After a failure it has none, and handle meets the failure
	 * again.  NULL: always. */
	enum fail (*wants)(struct ctx *ctx, struct call *call, bool *ret);
	/* With path, query and body: true: it waits.  It decides nothing, as
	 * prepare: handle asks again, with a place or without. */
	bool (*enter)(struct ctx *ctx, struct call *call,
	    struct turnstile_turn *turn);
	/* When the answer is made; handle may have done it already. */
	void (*leave)(struct ctx *ctx, struct turnstile_turn *turn);
};

struct route {
	enum method method;
	const char *path;       /* "/api/v1/reports/{id}/sign" */
	const char *permission; /* NULL only with ROUTE_PUBLIC */
	enum tx_mode tx;
	int flags;
	const struct shape *query; /* NULL: no query parameters allowed */
	const struct shape *in;    /* NULL: no body */
	const struct shape *out;   /* NULL: no body, 204 */
	/*
	 * With TX_WRITE, and not NULL: what needs no transaction, such as
	 * reading a large body, before the writer's ticket is taken.  It keeps
	 * its result by call_prepare.  It decides nothing: a failure of it is
	 * forgotten, and handle meets it again in its own order.
	 */
	enum fail (*prepare)(struct ctx *ctx, struct call *call);
	enum fail (*handle)(struct ctx *ctx, struct call *call);
	const char *summary;         /* one sentence */
	const char *const *failures; /* codes it may answer, NULL-terminated;
					those of the dispatcher are implied */
	const struct route_media *media; /* not NULL with ROUTE_RAW */
	const struct route_bytes *bytes; /* instead of in; NULL: no bytes */
	const char *const *first;        /* with shell_get: app/shell.h */
	const struct route_turn *turn;   /* NULL: nothing to wait for */
	const struct route_table *table; /* a list: also as CSV, app/table.h */
};

/* Body and query in the structs of the row's shapes; asserts the shape. */
const void *call_body(const struct call *call, const struct shape *shape);
const void *call_query(const struct call *call, const struct shape *shape);
/*
 * The body of a row with bytes.  A spooled one is removed after the answer
 * unless its file was renamed.
 */
struct call_bytes {
	int64_t len;
	const uint8_t *at;    /* NULL: spooled, or empty */
	const char *path;     /* NULL: in memory */
	struct digest digest; /* of a spooled one */
};
struct call_bytes call_bytes(const struct call *call);
/* From prepare to handle; NULL: nothing was prepared. */
void call_prepare(struct call *call, void *prepared);
void *call_prepared(const struct call *call);
/* The turn of a row that has them. */
struct turnstile_turn *call_turn(struct call *call);
/* A path value; asserts the name is in the path. */
const char *call_path(const struct call *call, const char *name);
/* FAIL_NOT_FOUND "route.unknown" if it is no positive number. */
NODISCARD enum fail call_path_id(struct ctx *ctx, const struct call *call,
    const char *name, int64_t *ret);
/*
 * The version of If-Match: "7".  FAIL_INVALID "input.if_match" if absent or
 * malformed.
 */
NODISCARD enum fail call_if_match(struct ctx *ctx, const struct call *call,
    int64_t *ret);
/* A request header, NULL if absent. */
const char *call_header(const struct call *call, const char *name);
/*
 * The address the request came from; of whom a proxy of the option http.proxies
 * speaks for, what that proxy wrote into X-Forwarded-For (http/network.h).
 */
const char *call_peer(const struct ctx *ctx, const struct call *call);

/* Did it come over TLS?  A proxy of the option http.proxies says so, by
 * X-Forwarded-Proto; it must set it. */
bool call_is_https(const struct ctx *ctx, const struct call *call);

/*
 * Note what is answered; it is rendered after the commit, when ledger numbers
 * are final, so object and all it points to must stay until then (arena).
 */
enum fail call_answer(struct ctx *ctx, struct call *call, int status,
    const struct shape *shape, const void *object);
enum fail call_answer_none(struct ctx *ctx, struct call *call);
/* text_of(content) and its type, for CSV, metrics and the like. */
enum fail call_answer_raw(struct ctx *ctx, struct call *call, int status,
    const char *content_type, struct bytes content);
/* Its producer, who is not this request, feeds and ends it (http/http.h).  Not
 * for TX_WRITE rows. */
enum fail call_answer_stream(struct ctx *ctx, struct call *call,
    const char *content_type, struct http_stream *stream);
/* By what ctx->actor came, for who wants to ask again later; false: nobody is
 * signed in. */
bool call_who(const struct call *call, struct credential_id *ret);
/*
 * Bytes of a file, sent from it at constant memory; Range, If-Range and HEAD are
 * seen to.  fd is closed in any case.  The row's media names the type.
 *	FAIL_INVALID	"input.byte_range"	416: it begins behind the end
 */
struct call_file {
	int fd;
	int64_t bytes;
	const struct digest *digest; /* becomes the ETag */
	const char *type;            /* "application/octet-stream" */
	const char *name; /* to save it under, of any letters; NULL: none */
};
NODISCARD enum fail call_answer_file(struct ctx *ctx, struct call *call,
    const struct call_file *file);
/* It is to be saved, under a name of any letters. */
void call_answer_save(struct ctx *ctx, struct call *call, const char *name);
/* The status of the failure that the handler is about to return, where it is
 * not that of its kind. */
void call_fail_as(struct call *call, int status);
/* The revision of the object that the failure is about, as it is stored. */
void call_fail_at(struct call *call, int64_t revision);
void call_answer_header(struct call *call, const char *name, const char *value);
/* ETag: the digest of what is answered raw, for whoever has the same. */
void call_answer_digest(struct ctx *ctx, struct call *call,
    struct bytes content);
/* ETag: "version". */
void call_answer_etag(struct ctx *ctx, struct call *call, int64_t version);

#endif
