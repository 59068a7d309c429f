#include <assert.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/num.h"
#include "core/text.h"
#include "http/engine.h"
#include "http/network.h"
#include "http/queue.h"

/*
 * A request from the connection to the worker, and its end: the library calls
 * these functions in the I/O thread.
 */

/* What is read ahead for a body that only says how long it will be. */
#define BODY_AHEAD ((size_t)65535)

static void end_exchange(struct exchange *ex);

/* ---- connections ---- */

/* The library calls this before it closes the socket. */
void
engine_on_connection(void *cls, struct MHD_Connection *connection,
    void **context, enum MHD_ConnectionNotificationCode what)
{
	struct engine *engine = cls;
	struct peer *peer = NULL;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		engine->has_departed = true;
		peer = *context;
		/* Some requests the library never completes. */
		if (peer->exchange != NULL)
			end_exchange(peer->exchange);
		peer_close(peer);
		return;
	}
	peer = peer_open(engine->peers,
	    MHD_get_connection_info(connection,
		MHD_CONNECTION_INFO_CONNECTION_FD)
		->connect_fd,
	    MHD_get_connection_info(connection,
		MHD_CONNECTION_INFO_CLIENT_ADDRESS)
		->client_addr,
	    engine->options.head_seconds * SECOND_US);
	*context = peer;
}

/* The request line is there: the exchange begins. */
void *
engine_on_line(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct engine *engine = cls;
	/* Sixteen times the body, and room for small ones. */
	struct arena *arena =
	    arena_new(engine->options.body_max * 16 + 16 * ENGINE_BODY);
	struct exchange *ex = calloc(1, sizeof(*ex));
	const size_t path_len = strcspn(uri, "?");

	assert(ex != NULL);
	ex->arena = arena;
	ex->engine = engine;
	ex->connection = connection;
	ex->peer = MHD_get_connection_info(connection,
	    MHD_CONNECTION_INFO_SOCKET_CONTEXT)
		       ->socket_context;
	ex->request.id = ++engine->next_id;
	ex->request.turn = (struct http_turn *)ex;
	ex->request.peer = ex->peer->address;
	ex->request.is_local = engine->options.is_local;
	ex->request.raw_path = arena_text_n(arena, uri, path_len);
	ex->request.path = uri_decode(arena, uri, path_len, false);
	ex->request.query =
	    uri[path_len] == '?' ? arena_text(arena, uri + path_len + 1) : "";
	ex->is_bad = !gate_target(uri, ex->request.path);
	ex->uri_len = strlen(uri);
	ex->uri_end = (uintptr_t)uri + ex->uri_len;
	text_init(&ex->body, arena_child(arena));
	/* The library has completed the one before; if not, it may still. */
	ex->peer->exchange = ex;
	peer_await(ex->peer, PEER_SENDS_HEAD,
	    engine->options.head_seconds * SECOND_US);
	if (!exchange_can_begin(ex))
		peer_cut(ex->peer);
	return ex;
}

/* ---- steps of several callbacks ---- */

static void
await_body(const struct exchange *ex)
{
	peer_await(ex->peer, PEER_SENDS_BODY,
	    ex->engine->options.body_seconds * SECOND_US);
}

static void
await_taking(const struct exchange *ex)
{
	peer_await(ex->peer, PEER_TAKES,
	    ex->engine->options.body_seconds * SECOND_US);
}

static enum MHD_Result
refuse(struct exchange *ex, enum refusal_kind kind)
{
	await_taking(ex);
	return MHD_queue_response(ex->connection,
	    ex->engine->refusal_status[kind],
	    ex->engine->refusals[kind][ex->request.id % REFUSAL_SPREAD]);
}

static enum MHD_Result
send_answer(struct exchange *ex)
{
	await_taking(ex);
	return MHD_queue_response(ex->connection, ex->status, ex->answer);
}

/*
 * Memory is counted, not what was sent: a text that grows leaves its smaller
 * selves in the arena.  False: all bodies together hold too much.
 */
static bool
charge(struct exchange *ex)
{
	struct engine *engine = ex->engine;
	const size_t held = arena_used(ex->body.arena);

	engine->body_bytes += held - ex->charged;
	ex->charged = held;
	return engine->body_bytes <= engine->options.bodies_max;
}

static void
give_back(struct exchange *ex)
{
	ex->engine->body_bytes -= ex->charged;
	ex->charged = 0;
}

/* The library takes no answer before the rest has arrived: it is dropped. */
static void
crowd_out(struct exchange *ex)
{
	struct arena *arena = ex->body.arena;

	ex->is_crowded_out = true;
	text_init(&ex->body, arena);
	arena_reset(arena);
	give_back(ex);
}

/* Only this thread gives, so there is room until it does. */
static bool
has_room(const struct engine *engine)
{
	return atomic_load(&engine->in_work) < engine_in_work_most(engine);
}

static uint64_t
key_of(const struct exchange *ex)
{
	const struct http_request *request = &ex->request;

	return ex->engine->options.key == NULL
		   ? http_key(request->peer, strlen(request->peer))
		   : ex->engine->options.key(request);
}

/*
 * Give the exchange to a worker, who resumes the connection.  In this order: it
 * may be done before queue_put returns.
 */
static enum MHD_Result
give_to_worker(struct exchange *ex, enum errand errand)
{
	ex->errand = errand;
	ex->key = key_of(ex);
	atomic_fetch_add(&ex->engine->in_work, 1);
	MHD_suspend_connection(ex->connection);
	queue_put(ex->engine->queue, ex->key, ex);
	return MHD_YES;
}

/* ---- the head ---- */

/* Nothing of the body is there yet, and nothing is read until a worker has
 * looked at the head. */
static enum MHD_Result
ask_about_body(struct exchange *ex, int64_t bytes)
{
	if (!has_room(ex->engine))
		return refuse(ex, BODIES_FULL);
	ex->announced = bytes;
	ex->is_asked_about = true;
	await_body(ex);
	peer_pause(ex->peer);
	return give_to_worker(ex, ERRAND_ADMIT);
}

/*
 * A worker has looked at the head.  Who waits to be asked for the body hears a
 * refusal at once, and who sends too much is cut.  All others are sending it: to
 * close the connection now would lose them the answer, so for a while it is read
 * and dropped.
 */
static enum MHD_Result
on_judged(struct exchange *ex)
{
	ex->is_asked_about = false;
	if (!ex->is_refused)
		return MHD_YES;
	if (ex->status == MHD_HTTP_CONTENT_TOO_LARGE ||
	    http_header(&ex->request, MHD_HTTP_HEADER_EXPECT) != NULL)
		return send_answer(ex);
	await_body(ex);
	return MHD_YES;
}

/* Who comes from a named proxy has the share of whom it speaks for. */
static void
name_client(const struct exchange *ex)
{
	const struct network_list *proxies = ex->engine->options.proxies;

	if (proxies != NULL)
		peer_speaks_for(ex->peer,
		    network_speaks_for(ex->arena, proxies, ex->peer->address,
			http_joined(ex->arena, &ex->request,
			    "X-Forwarded-For")));
}

static enum MHD_Result
on_head(struct exchange *ex, const char *method, const char *version)
{
	const struct engine_options *options = &ex->engine->options;
	const char *said = NULL;
	int64_t len = 0;

	ex->has_head = true;
	ex->request.is_head = strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
	ex->request.method = ex->request.is_head ? "GET" : method;
	if (ex->uri_len > HTTP_TARGET_MAX)
		return refuse(ex, TARGET_TOO_LONG);
	if (!exchange_leaves_room(ex))
		return refuse(ex, HEAD_TOO_BIG);
	if (ex->is_bad || !exchange_read_head(ex, method, version))
		return refuse(ex, BAD_REQUEST);
	name_client(ex);
	/* Chunks are never read (decision 0023). */
	if (http_header(&ex->request, MHD_HTTP_HEADER_TRANSFER_ENCODING) !=
	    NULL)
		return refuse(ex, LENGTH_REQUIRED);
	said = http_header(&ex->request, MHD_HTTP_HEADER_CONTENT_LENGTH);
	if (said != NULL && !num_parse(said, 0, INT64_MAX, &len))
		return refuse(ex, BAD_REQUEST);
	if (options->admit != NULL && (uint64_t)len > options->ask_over)
		return ask_about_body(ex, len);
	if ((uint64_t)len > options->body_max)
		return refuse(ex, BODY_TOO_BIG);
	if (len > 0)
		text_reserve(&ex->body,
		    (size_t)len < BODY_AHEAD ? (size_t)len : BODY_AHEAD);
	if (!charge(ex))
		return refuse(ex, BODIES_FULL);
	await_body(ex);
	return MHD_YES;
}

/* ---- the body ---- */

/* A part of a body that goes to the disk: workers write, this thread never. */
static enum MHD_Result
on_spooled_body(struct exchange *ex, const char *part, size_t len)
{
	if (ex->is_disk_full || ex->is_crowded_out)
		return MHD_YES;
	peer_came(ex->peer, (int64_t)len);
	text_add_n(&ex->body, part, len);
	if (!charge(ex)) {
		crowd_out(ex);
		return MHD_YES;
	}
	/* Without room in the queue it grows, and is crowded out in the end. */
	if (ex->body.len < ENGINE_SPOOL_PIECE || !has_room(ex->engine))
		return MHD_YES;
	peer_pause(ex->peer);
	return give_to_worker(ex, ERRAND_SPOOL);
}

static void
on_body(struct exchange *ex, const char *part, size_t len)
{
	if (ex->is_crowded_out)
		return;
	peer_came(ex->peer, (int64_t)len);
	text_add_n(&ex->body, part, len);
	if (!charge(ex))
		crowd_out(ex);
}

static enum MHD_Result
on_whole(struct exchange *ex)
{
	if (ex->is_crowded_out)
		return refuse(ex, BODIES_FULL);
	if (ex->is_disk_full)
		return refuse(ex, DISK_FULL);
	if (!has_room(ex->engine))
		return refuse(ex, QUEUE_FULL);
	if (ex->spool == NULL)
		ex->request.body = text_bytes(&ex->body);
	peer_work(ex->peer);
	return give_to_worker(ex, ERRAND_ANSWER);
}

/*
 * Called with the head, and once more if a worker was asked about it; with each
 * part of the body, with nothing when all is there, and once more after a worker
 * resumed the connection.
 */
enum MHD_Result
engine_on_access(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *part, size_t *part_len,
    void **context)
{
	struct exchange *ex = *context;

	(void)cls;
	(void)connection;
	(void)url;
	if (ex->is_ended)
		return MHD_NO;
	if (!ex->has_head)
		return on_head(ex, method, version);
	if (ex->is_asked_about)
		return on_judged(ex);
	if (*part_len > 0) {
		const size_t len = *part_len;

		*part_len = 0;
		if (ex->is_refused)
			return MHD_YES;
		if (ex->spool != NULL)
			return on_spooled_body(ex, part, len);
		on_body(ex, part, len);
		return MHD_YES;
	}
	return ex->answer == NULL ? on_whole(ex) : send_answer(ex);
}

/* ---- what the library refuses by itself ---- */

/* The library has its whole head, and has not asked about it. */
static bool
is_judged_alone(const struct peer *peer)
{
	const struct exchange *ex = peer->exchange;

	return ex != NULL && !ex->has_head && !ex->is_ended &&
	       MHD_get_connection_info(ex->connection,
		   MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE) != NULL;
}

/*
 * The library never asks about some heads: a length that is no number is
 * answered by itself, with two heads (0.9.75) and a page.  But before it writes
 * it says so on its log, in these words.  It does not say of whom; it is the one
 * whose head is there and was not asked about.  He gets our answer, and the
 * library, which finds the way shut, has nothing to do but to close it.
 */
void
engine_on_log(void *cls, const char *format, va_list args)
{
	static const char refusal[] = "Error processing request ";
	const struct engine *engine = cls;
	struct peer *peer = NULL;

	(void)args;
	/* It says other things as well. */
	if (strncmp(format, refusal, sizeof(refusal) - 1) != 0)
		return;
	peer = peers_find(engine->peers, is_judged_alone);
	if (peer == NULL)
		return;
	peer->exchange->is_ended = true;
	(void)!send(peer->fd, engine->bad_request.at, engine->bad_request.len,
	    MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)shutdown(peer->fd, SHUT_WR);
}

/* ---- the end ---- */

/* To remove a large file takes long: a worker does it, if there are any. */
static void
end_exchange(struct exchange *ex)
{
	struct engine *engine = ex->engine;

	if (ex->spool == NULL || atomic_load(&engine->phase) == PHASE_ENDED ||
	    !has_room(engine)) {
		exchange_free(ex);
		return;
	}
	ex->errand = ERRAND_REMOVE;
	atomic_fetch_add(&engine->in_work, 1);
	queue_put(engine->queue, ex->key, ex);
}

/* The answer is sent, or the connection is lost. */
void
engine_on_completed(void *cls, struct MHD_Connection *connection,
    void **context, enum MHD_RequestTerminationCode why)
{
	struct exchange *ex = *context;

	(void)cls;
	(void)connection;
	(void)why;
	*context = NULL;
	if (ex == NULL)
		return;
	if (ex->peer->exchange == ex)
		ex->peer->exchange = NULL;
	peer_rest(ex->peer, ex->engine->options.idle_seconds * SECOND_US);
	if (ex->answer != NULL)
		MHD_destroy_response(ex->answer);
	if (ex->stream != NULL)
		stream_detach(ex->stream);
	give_back(ex);
	exchange_let_go(ex);
	end_exchange(ex);
}
