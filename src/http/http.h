#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/ctx.h"
#include "core/option.h"
#include "trust/trust.h"

/*
 * The HTTP engine behind three small structs: one I/O thread, a bounded queue,
 * N blocking workers.  What waits for a commit holds no worker (http_go_on).
 * Only engine*.c know the library (engine.h).
 *
 * The gate answers 400 and closes: two Content-Length, one that is no plain
 * number or beside Transfer-Encoding, a coding other than chunked, a header name
 * that is no token, no or two Host, folded headers, %00 or control bytes in the
 * path.  A body in chunks is 411 by its head alone, and closed (decision 0023).
 * A target (path and query) over HTTP_TARGET_MAX bytes is 414, a head over
 * HTTP_HEAD_MAX is 431; over 16 KiB, counted as there, the library answers the same with a page of
 * its own.
 * A body over body_max is 413 before it is read; a full queue is 503 with
 * Retry-After at once; a head or body that does not arrive in time, and an
 * answer that is not taken, are cut by the sweeper.
 *
 * All bodies together may hold bodies_max of memory.  Over it a new one is 503
 * http.busy with Retry-After before it is read, one that grows at its end.  Over
 * connections_max the connection that has rested longest is cut; where none
 * rests, one more is let in and the others wait for their turn.
 *
 * All answers over 64 KiB that wait to be taken hold answers_max together.  One
 * more is 503 http.busy with Retry-After, unless it says what has been done:
 * those of other methods than GET are always given.  Smaller ones hold 64 KiB
 * each at most, whatever making them took.
 *
 * A body over ask_over is asked about first, with its head alone (admit): it is
 * refused, or read into memory up to body_max, or written to a spool file with
 * its SHA-256 made on the way, at constant memory.  A refusal with 413, or of
 * who sent Expect: 100-continue, comes at once; else what is sent is read and
 * dropped first, for body_seconds at most.  Such a body must come at 64 KiB a
 * second, and all of them together have spool_max of disk: over it 503 http.busy,
 * or 413 for one that is larger by itself.  A full disk is 507 spool.full.
 *
 * HEAD comes to the handler as GET; the body is left out of the answer.
 *
 * An answer may also be a stream: its head is sent at once, its body as it comes
 * from a producer, who is no worker.  While nothing comes the connection rests
 * in the library and holds no thread.  What was produced and is not taken within
 * body_seconds cuts the connection.  A client that has gone is noticed only when
 * something is sent to it, so a producer sends something from time to time.
 */
#define HTTP_TARGET_MAX ((size_t)9000) /* as sent, percent-encoded */
/* Request line and headers; each header, cookie and parameter of the query is
 * counted with 64 bytes more, and the text of cookies twice. */
#define HTTP_HEAD_MAX ((size_t)13000)

struct http_header {
	const char *name;
	const char *value;
};

/*
 * A body in a file of the spool folder.  Who renames it keeps it; otherwise it
 * is removed after the answer.
 */
struct http_spooled {
	const char *path;
	int fd; /* the engine's: open for reading and writing */
	int64_t bytes;
	struct digest digest;
};

struct http_turn; /* the engine's side of a request */

/* Lives until the request is answered. */
struct http_request {
	const char *method;
	bool is_head;     /* it was HEAD */
	const char *path; /* percent-decoded, valid UTF-8 */
	/* As sent, so that %2F is no border of segments; NULL: use path. */
	const char *raw_path;
	const char *query; /* raw, without '?'; "" if none */
	const struct http_header *headers;
	size_t header_count;
	struct bytes body;                  /* empty if it was spooled */
	const struct http_spooled *spooled; /* NULL: it is in memory */
	const char *peer;                   /* "127.0.0.1" */
	bool is_local; /* of an engine for the machine's operators */
	int64_t id;
	/* For http_go_on; NULL where nobody could: the handler answers. */
	struct http_turn *turn;
};

/* Bytes of a file, sent from it; the engine closes fd in any case. */
struct http_file {
	int fd;
	int64_t offset;
	int64_t bytes;
};

/* Filled by the handler; all it points to must live in the arena it gets. */
struct http_response {
	int status;
	struct http_header headers[20];
	size_t header_count;
	struct bytes body;
	const struct http_file *file; /* instead of body; NULL: none */
	/* Whose share of large answers it counts among, such as a person; 0: all
	 * who are unknown together. */
	int64_t owner;
	/* Instead of both: a hold that the engine takes over and gives up when
	 * all is sent or the connection is lost.  NULL: none. */
	struct http_stream *stream;
};

/*
 * A stream, made and held by its producer.  Any thread; at most "most" bytes
 * wait in it to be taken.
 */
struct http_stream;
struct http_stream *http_stream_new(size_t most);
/* One more hold, for the answer. */
struct http_stream *http_stream_hold(struct http_stream *stream);
/* How much http_stream_put takes now; 0 also when ended or gone. */
size_t http_stream_room(struct http_stream *stream);
/*
 * Call drained(arg) once, in the I/O thread, when nothing waits in it any more:
 * it may only wake somebody.  False: nothing waits now, or nobody takes it.
 */
bool http_stream_await(struct http_stream *stream, void (*drained)(void *arg),
    void *arg);
/* All of it or nothing: false. */
bool http_stream_put(struct http_stream *stream, struct bytes bytes);
/* Nothing more comes: what waits is sent, then the answer is complete. */
void http_stream_end(struct http_stream *stream);
/* The connection is lost or the answer was complete. */
bool http_stream_is_gone(struct http_stream *stream);
/* End it, and give up a hold on it.  NULL does nothing. */
void http_stream_release(struct http_stream *stream);

/* First value of a header, name in any case; NULL if absent. */
const char *http_header(const struct http_request *request, const char *name);
/* All that have that name, with commas between them, as proxies add one that is
 * there or one behind it; NULL if absent. */
const char *http_joined(struct arena *arena, const struct http_request *request,
    const char *name);
void http_set(struct http_response *response, const char *name,
    const char *value);

/*
 * A Range header for size bytes (RFC 9110, 14): one range of bytes is answered
 * with 206, one that begins behind the end with 416.  Several ranges, other
 * units and what is malformed are answered whole, as if nothing were asked.
 */
enum http_range_kind {
	HTTP_RANGE_WHOLE,
	HTTP_RANGE_PART,
	HTTP_RANGE_OUTSIDE,
};
struct http_range {
	int64_t offset;
	int64_t bytes;
};
enum http_range_kind http_range(const char *value, int64_t size,
    struct http_range *ret);

/* What becomes of a large body. */
enum http_admission { HTTP_REFUSED, HTTP_IN_MEMORY, HTTP_SPOOLED };

struct engine;
/* For `truc options`; whoever starts an engine puts the values below. */
extern const struct option http_option_table[];
enum http_option {
	HTTP_WORKERS,
	HTTP_QUEUE,
	HTTP_CONNECTIONS,
	HTTP_ADDRESS_SHARE,
	HTTP_NETWORK_SHARE,
	HTTP_KNOWN_NETWORKS,
	HTTP_KNOWN_SHARE,
	HTTP_BODIES,
	HTTP_ANSWERS,
	HTTP_ANSWERS_SHARE,
	HTTP_HEAD_S,
	HTTP_BODY_S,
	HTTP_IDLE_S,
	HTTP_LEAST_SPEED,
	HTTP_SPOOL,
	HTTP_SPOOL_SHARE,
	HTTP_CALL_NETWORKS,
	HTTP_CALL_CA,
	HTTP_CALL_MS,
	HTTP_PROXIES,
};

struct engine_options {
	const char *listen; /* "127.0.0.1:8080", "[::1]:0" */
	bool is_local;      /* said of each of its requests */
	int workers;        /* 0: 64 */
	int queue_max;      /* requests more than workers; 0: 1024 */
	size_t body_max;    /* bytes; 0: 1 MiB; at most 16 MiB */
	size_t bodies_max;  /* bytes held by all of them; 0: 256 MiB */
	size_t answers_max; /* the same of large answers; 0: 256 MiB */
	int answers_share;  /* percent of these for one owner; 0: 25 */
	int head_seconds;   /* 0: 10 */
	int body_seconds;   /* 0: 60 */
	int idle_seconds;   /* kept without a next request; 0: 60 */
	/* After body_seconds a body must have come, and an answer been taken,
	 * at this rate or faster at any moment; 0: 65,536 */
	int64_t bytes_a_second;
	int connections_max; /* 0: 2048 */
	/* Of these in percent, those that wait for their client and come from
	 * one address, network, or address of the known (http/crowd.h).
	 * 0: 25, 50, 50. */
	int address_share;
	int network_share;
	int known_share;
	const struct network_list *known;   /* NULL: none; both outlive it */
	const struct network_list *proxies; /* who is believed; NULL: none */
	size_t ask_over;                    /* bytes; with admit; 0: 1 MiB */
	const char *spool_dir;              /* NULL: nothing is spooled */
	struct room *room;                  /* of its disk (core/room.h) */
	int64_t spool_max; /* bytes of all spooled bodies; 0: 8 GiB */
	/*
	 * In a worker, for a body of so many bytes over ask_over of which only
	 * the head is there; fills response if it is refused.  NULL: over
	 * body_max is refused.
	 */
	enum http_admission (*admit)(void *arg, struct arena *arena,
	    const struct http_request *head, int64_t bytes,
	    struct http_response *response);
	/*
	 * In the I/O thread, at once: whose turn a request takes (http/queue.h).
	 * NULL: that of its address.
	 */
	uint64_t (*key)(const struct http_request *request);
	/*
	 * Runs in a worker; response is zeroed and lives as long as arena,
	 * which is freed after sending, or once a stream was answered.  True: it is answered.  False: it will
	 * be by http_go_on, and from here on belongs to whoever calls that; it
	 * holds no worker meanwhile.
	 */
	bool (*handle)(void *arg, struct arena *arena,
	    const struct http_request *request, struct http_response *response);
	void *arg;
};

/*
 * FAIL_INVALID "http.listen" (bad address), FAIL_CONFLICT "http.in_use",
 * FAIL_INTERNAL "http.start".  *ret_port is the port in use (useful with port
 * 0).  Raises the soft limit of open files to what connections_max needs.
 */
NODISCARD enum fail engine_start(struct ctx *ctx,
    const struct engine_options *options, struct engine **ret, int *ret_port);

/* A key made of a text. */
uint64_t http_key(const char *text, size_t len);

/*
 * Go on with a request whose handler answered false, once, from any thread: a
 * worker calls step(arg), which answers what a handler does.
 */
void http_go_on(struct http_turn *turn, bool (*step)(void *arg), void *arg);

/*
 * Stop accepting, finish the queue, close.  Connections at rest are cut at
 * once, requests that are still arriving after ten seconds.  It waits for
 * streams, so their producers end them first.  NULL does nothing.
 */
void engine_stop(struct engine *engine);

#endif
