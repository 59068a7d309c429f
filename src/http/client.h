#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/ctx.h"
#include "http/http.h"

/*
 * The one way by which this program calls another: one blocking HTTP/1.1
 * exchange over a connection of its own, made by a thread that holds no
 * transaction.  Only client.c knows the library.
 *
 * What it connects to: nothing but the networks that the operator listed,
 * judged by the address that the socket is about to be connected to, after the
 * name was resolved.  So a name that changes its address between a check and
 * the call gains nothing.  Of several addresses those outside are passed over.
 *
 * What it leaves alone: redirects (a 3xx is an answer, which the caller judges),
 * proxies of the environment, netrc, cookies, credentials in URLs, other
 * schemes than http and https, compressed bodies (none is asked for; one that
 * comes anyway is handed over as it is).  A certificate is always verified.
 */
struct client;

/* Zero or NULL means what is said behind it. */
struct client_options {
	const char *networks; /* network.h; NULL: nothing can be called */
	const char *ca_file;  /* PEM; NULL: the machine's authorities */
	int64_t connect_ms;   /* name, connection and TLS; 0: 5,000 */
	int64_t total_ms;     /* the whole call; 0: 30,000 */
	int64_t silent_s;     /* nothing said or heard for so long; 0: 10 */
	/* Resolves names by hand, "name:port:address"; NULL-terminated.  For
	 * tests: the answer of a resolver that the test does not own. */
	const char *const *resolve;
};

/*
 * Before the first thread (the library's own start is not safe beside others).
 * What options point to is copied.  The client is read-only from then on: any
 * number of threads may call with it.
 *	FAIL_INVALID	"client.networks"	network.h
 *	FAIL_INVALID	"client.ca_file"	cannot be read
 *	FAIL_INTERNAL	"client.start"
 */
NODISCARD enum fail client_new(struct ctx *ctx,
    const struct client_options *options, struct client **ret);
void client_free(struct client *client); /* after the last call; NULL: none */

/* Calls under way end with "client.stopped" within some two seconds, new ones
 * at once.  For the end of the process; any thread. */
void client_stop(struct client *client);
bool client_is_stopped(const struct client *client);

#define CLIENT_URL_MAX 2000                    /* bytes */
#define CLIENT_BODY_MAX ((size_t)16 << 20)     /* of a request */
#define CLIENT_HEAD_MAX ((size_t)32 << 10)     /* of an answer, 1xx and all */
#define CLIENT_HEADERS_MAX 16                  /* sent, and wanted */
#define CLIENT_HEADER_VALUE_MAX ((size_t)4000) /* bytes, of a sent one */

/*
 * Is this a URL to call: http or https, two slashes, a host in printable ASCII,
 * no credentials, at most CLIENT_URL_MAX bytes; and where the host is written
 * as an address, one that may be connected to?  A name is not resolved here.
 *	FAIL_INVALID	"client.url"
 *	FAIL_DENIED	"client.address_forbidden"
 */
NODISCARD enum fail client_judge_url(struct ctx *ctx,
    const struct client *client, const char *url);

struct client_request {
	const char *method; /* "POST": capitals */
	const char *url;
	const struct http_header *headers; /* names are tokens, values have no
					      control characters */
	size_t header_count;
	struct bytes body; /* at NULL: none, and no Content-Length */
	const char *const
	    *wanted;       /* headers to keep; NULL-terminated or NULL */
	size_t answer_max; /* bytes of its body; 0: 64 KiB */
};

/* In ctx->arena. */
struct client_answer {
	int status; /* 200-599 */
	/* The first of each wanted header that came, in the order of wanted.
	 * Those behind a chunked body (trailers) are not looked at. */
	struct http_header headers[CLIENT_HEADERS_MAX];
	size_t header_count;
	struct bytes body; /* with a NUL behind it that len does not count */
};

/*
 * ctx->tx is NULL: what waits for others holds nothing.  OK whatever the status
 * is.  Where a failure leaves open whether the receiver has acted, only an id
 * that it knows again makes repeating safe.
 *
 *	FAIL_INVALID	"client.url"
 *	FAIL_INVALID	"client.request"	method, header, too large a body
 *	FAIL_DENIED	"client.address_forbidden"	no address may be used
 *	FAIL_UPSTREAM	"client.resolve"	no such name now
 *	FAIL_UPSTREAM	"client.connect"	refused or no way
 *	FAIL_UPSTREAM	"client.tls"		not the one it says, no handshake
 *	FAIL_UPSTREAM	"client.timeout"	connect_ms, total_ms or silent_s
 *	FAIL_UPSTREAM	"client.too_big"	head or body over its limit
 *	FAIL_UPSTREAM	"client.cut"		ended in the middle
 *	FAIL_UPSTREAM	"client.protocol"	no HTTP, or an upgrade
 *	FAIL_BUSY	"client.stopped"
 *	FAIL_INTERNAL	"client.call"		the library, memory
 */
NODISCARD enum fail client_call(struct ctx *ctx, const struct client *client,
    const struct client_request *request, struct client_answer *ret);

/* Value of a kept header, name in any case; NULL if it did not come. */
const char *client_header(const struct client_answer *answer, const char *name);

#endif
