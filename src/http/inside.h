#ifndef HTTP_INSIDE_H
#define HTTP_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/attr.h"
#include "core/fail.h"
#include "http/router.h"

/*
 * What the files of http/ share and nobody else sees.
 */
struct http_request;
struct http_response;

/*
 * A request target is a path that begins with a slash, without blanks and
 * control characters, also when decoded (NULL if that failed).
 */
bool gate_target(const char *raw, const char *path);

/* The name is a token (RFC 9110 section 5.6.2), the value has no control
 * character but tabs. */
bool gate_header(const char *name, const char *value);

/*
 * The framing gate: what two parsers could read in two ways is refused.  False
 * if there is more than one of Content-Length and Transfer-Encoding, a length
 * that is not plain digits of 63 bits at most, a coding other than chunked, a
 * header name that is no token, a control character in a value, or not one Host
 * (HTTP/1.0 may have none).  Blanks around values are cut already.
 */
bool gate_passes(const struct http_request *request, bool is_1_1);

/*
 * A listening socket on a numeric address such as "127.0.0.1:8080" or
 * "[::1]:0", and the port in use.
 *	FAIL_INVALID	"http.listen"
 *	FAIL_CONFLICT	"http.in_use"
 */
NODISCARD enum fail listen_open(struct ctx *ctx, const char *address,
    int *ret_fd, int *ret_port);

/* Raise the soft limit of open files to what so many connections need. */
void listen_raise_limit(int connections);

/*
 * The engine's side of a stream.  resume and rest are called under its lock;
 * connection is theirs.
 */
struct http_stream;
#define STREAM_END ((ssize_t)-1)
void stream_attach(struct http_stream *stream, void (*resume)(void *connection),
    void *connection);
/* Bytes put at to; 0: nothing yet, and rest was called; STREAM_END. */
ssize_t stream_take(struct http_stream *stream, char *to, size_t most,
    void (*rest)(void *connection));
/* The connection is done with it. */
void stream_detach(struct http_stream *stream);

/* What the engine answers by itself, as problem documents. */
enum refusal_kind {
	BAD_REQUEST,
	LENGTH_REQUIRED,
	TARGET_TOO_LONG,
	HEAD_TOO_BIG,
	BODY_TOO_BIG,
	QUEUE_FULL,
	BODIES_FULL,
	ANSWERS_FULL,
	DISK_FULL,
	NO_ANSWER
};
#define REFUSALS (NO_ANSWER + 1)
/* Those who may come again are told so at different seconds, by the number of
 * their request: who is refused together shall not come together. */
#define REFUSAL_SPREAD 4
void refusal_make(struct arena *arena, enum refusal_kind kind,
    int64_t request_id, struct http_response *response);

#endif
