#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/num.h"
#include "core/text.h"
#include "http/http.h"
#include "http/inside.h"
#include "http/peers.h"
#include "http/queue.h"
#include "http/spool.h"

/*
 * The one file that knows libmicrohttpd.
 *
 * The I/O thread reads a whole request into a struct exchange, suspends the
 * connection and puts the exchange into the queue.  From there until it is in
 * the list of answered ones the exchange belongs to one worker, or to whoever
 * the handler gave it to; before and after, to the I/O thread, which resumes the
 * connection.  So nothing in it needs a lock.
 *
 * The thread is ours, not the library's: version 0.9.75 asks epoll for at most
 * 128 events and, when exactly so many came, waits for more before it looks at
 * them.  MHD_run never waits, so we wait for it.
 */

#define WORKERS 64
#define QUEUE 1024
#define BODY ((size_t)1024 * 1024)
#define BODY_MOST (16 * BODY)
#define BODIES (256 * BODY)
#define HEAD_SECONDS 10
#define BODY_SECONDS 60
#define CONNECTIONS 2048
#define SPOOL_BYTES (INT64_C(8) << 30)
/* What a worker writes to a spool file at once. */
#define SPOOL_PIECE ((size_t)256 * 1024)

#define SECOND_US INT64_C(1000000)
#define IDLE_SECONDS 60
#define BYTES_A_SECOND 65536
/* engine_stop gives unfinished requests this long to arrive. */
#define STOP_US (10 * SECOND_US)

#define HEADERS_MAX 64
#define STACK_BYTES ((size_t)1024 * 1024)
/* What is read ahead for a body that only says how long it will be. */
#define BODY_AHEAD ((size_t)65535)
/* For clients without chunks; the library keeps it as long as the stream. */
#define STREAM_BLOCK ((size_t)1024)
#define CONNECTION_BYTES ((size_t)16384)

/* What a worker is asked for; in order of a large body's life. */
enum errand {
	ERRAND_ADMIT,  /* may this body come? */
	ERRAND_SPOOL,  /* write what has come */
	ERRAND_ANSWER, /* the request is whole */
	ERRAND_GO_ON,  /* what the handler waited for is there */
	ERRAND_REMOVE, /* the connection is gone: end the exchange */
};

/* A request and its answer, from the request line to the last byte sent. */
struct exchange {
	struct arena *arena; /* NULL: a stream is being sent */
	struct engine *engine;
	struct peer *peer;
	struct MHD_Connection *connection;
	struct http_request request;
	struct http_response response;
	enum errand errand;
	bool (*step)(void *arg); /* what ERRAND_GO_ON calls */
	void *step_arg;
	struct exchange *next;    /* in the list of those handed back */
	struct spool_file *spool; /* NULL: the body is in memory */
	struct text body;         /* in an arena of its own, under the other */
	int64_t announced;        /* bytes of a body that was asked about */
	size_t charged; /* bytes of the body among those of the engine */
	struct MHD_Response *answer;
	struct http_stream *stream; /* NULL: the answer is there as a whole */
	unsigned status;
	int64_t answer_len;
	size_t uri_len;
	uintptr_t uri_end; /* where the library's text of it ended */
	bool has_head;
	bool is_bad;
	bool is_too_big;
	bool is_crowded_out; /* all bodies together hold too much */
	bool is_disk_full;
	bool is_asked_about; /* a worker looks at the head, or has done so */
	bool is_refused; /* by admit: what comes is dropped, then answered */
};

enum phase { SERVING, DRAINING, ENDED };

struct engine {
	struct arena *arena;
	struct engine_options options;
	struct MHD_Daemon *daemon;
	int listen_fd;
	struct queue *queue;
	struct MHD_Response *refusals[REFUSALS];
	unsigned refusal_status[REFUSALS];
	pthread_t *workers;
	int worker_count;
	pthread_t io;
	bool has_io;
	int wake_fd; /* what was done before is seen by the I/O thread */
	_Atomic(struct exchange *) handed_back; /* the last one first */
	atomic_int in_work; /* queued, with workers, or waiting for others */
	_Atomic enum phase phase;
	sem_t quiesced; /* nobody comes any more */
	struct peers *peers;
	struct spool *spool; /* NULL: none */
	/* The I/O thread's own: */
	int64_t next_id;
	size_t body_bytes; /* held by the bodies of all requests */
	bool has_departed; /* somebody left since MHD_run began */
};

static int64_t
seconds_us(int seconds)
{
	return seconds * SECOND_US;
}

/* ---- connections ---- */

/* The library calls this before it closes the socket. */
static void
on_connection(void *cls, struct MHD_Connection *connection, void **context,
    enum MHD_ConnectionNotificationCode what)
{
	struct engine *engine = cls;
	struct peer *peer = NULL;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		engine->has_departed = true;
		peer_close(engine->peers, *context);
		return;
	}
	peer = peer_open(engine->peers,
	    MHD_get_connection_info(connection,
		MHD_CONNECTION_INFO_CONNECTION_FD)
		->connect_fd,
	    MHD_get_connection_info(connection,
		MHD_CONNECTION_INFO_CLIENT_ADDRESS)
		->client_addr);
	peer_rest(peer, seconds_us(engine->options.head_seconds));
	peers_make_room(engine->peers, engine->options.connections_max, peer);
	*context = peer;
}

/* ---- reading ---- */

/* The request line is there: the exchange begins. */
static void *
on_line(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct engine *engine = cls;
	/* Sixteen times the body, and room for small ones. */
	struct arena *arena =
	    arena_new(engine->options.body_max * 16 + 16 * BODY);
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
	ex->request.peer_is_loopback = ex->peer->is_loopback;
	ex->request.raw_path = arena_text_n(arena, uri, path_len);
	ex->request.path = uri_decode(arena, uri, path_len, false);
	ex->request.query =
	    uri[path_len] == '?' ? arena_text(arena, uri + path_len + 1) : "";
	ex->is_bad = !gate_target(uri, ex->request.path);
	ex->uri_len = strlen(uri);
	ex->uri_end = (uintptr_t)uri + ex->uri_len;
	text_init(&ex->body, arena_child(arena));
	peer_await(ex->peer, seconds_us(engine->options.head_seconds));
	return ex;
}

/* For the library's walk over the headers; names and values are its own. */
struct collection {
	struct http_header headers[HEADERS_MAX];
	size_t count;
};

static enum MHD_Result
collect(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct collection *all = cls;

	(void)kind;
	if (all->count == HEADERS_MAX)
		return MHD_NO;
	all->headers[all->count].name = name;
	all->headers[all->count].value = value == NULL ? "" : value;
	all->count++;
	return MHD_YES;
}

/*
 * The library silently joins folded headers, in new memory, and ends a line at
 * a NUL.  The texts of a good head are in one row in its buffer, with only
 * their line ends between them; whatever leaves a gap is refused.
 */
static bool
is_one_row(const struct exchange *ex, const struct collection *all,
    const char *method, const char *version)
{
	const size_t head_len = MHD_get_connection_info(ex->connection,
	    MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)
				    ->header_size;
	uintptr_t end = (uintptr_t)version + strlen(version);
	uintptr_t gap = (uintptr_t)version - ex->uri_end;

	if (gap != 1)
		return false;
	for (size_t i = 0; i < all->count; i++) {
		const struct http_header *header = &all->headers[i];

		gap = (uintptr_t)header->name - end;
		if (gap != 1 && gap != 2)
			return false;
		end = (uintptr_t)header->value + strlen(header->value);
	}
	/* The last line end and the empty line. */
	gap = (uintptr_t)method + head_len - end;
	return gap >= 2 && gap <= 4;
}

/* Blanks after a value are no part of it; the gate has seen them. */
static void
trim_values(struct arena *arena, struct http_header *headers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *value = headers[i].value;
		size_t len = strlen(value);

		while (len > 0 && strchr(" \t", value[len - 1]) != NULL)
			len--;
		if (value[len] != '\0')
			headers[i].value = arena_text_n(arena, value, len);
	}
}

/* What the library holds of a head besides its text. */
#define HELD_ROW ((size_t)64)

/* A row for each further one among texts with such a mark between them. */
static size_t
rows_of(const char *text, char mark)
{
	size_t held = 0;

	for (const char *at = text; *at != '\0'; at++)
		held += *at == mark ? HELD_ROW : 0;
	return held;
}

static enum MHD_Result
weigh(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	size_t *held = cls;

	(void)kind;
	*held += HELD_ROW;
	/* It is copied to be cut into cookies. */
	if (value != NULL && strcasecmp(name, MHD_HTTP_HEADER_COOKIE) == 0)
		*held += strlen(value) + rows_of(value, ';');
	return MHD_YES;
}

/*
 * The library keeps a row of its own for each header, parameter and cookie in the
 * same memory as the head and the head of the answer: with little left it cuts
 * the connection instead of answering.
 */
static bool
leaves_room(const struct exchange *ex)
{
	size_t held = MHD_get_connection_info(ex->connection,
			  MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)
			  ->header_size +
		      rows_of(ex->request.query, '&');

	(void)MHD_get_connection_values(ex->connection, MHD_HEADER_KIND, weigh,
	    &held);
	return held <= HTTP_HEAD_MAX;
}

/* The headers through the gate into the request; false to refuse it. */
static bool
read_headers(struct exchange *ex, const char *method, const char *version)
{
	struct collection all = { .count = 0 };
	const int seen = MHD_get_connection_values(ex->connection,
	    MHD_HEADER_KIND, collect, &all);
	struct http_header *headers = arena_copy(ex->arena, all.headers,
	    all.count * sizeof(all.headers[0]));

	ex->request.headers = headers;
	ex->request.header_count = all.count;
	/* One that did not fit is seen, but not counted. */
	if (seen < 0 || (size_t)seen != all.count ||
	    !is_one_row(ex, &all, method, version) ||
	    !gate_passes(&ex->request,
		strcmp(version, MHD_HTTP_VERSION_1_0) != 0))
		return false;
	trim_values(ex->arena, headers, all.count);
	return true;
}

static enum MHD_Result
refuse(struct exchange *ex, enum refusal_kind kind)
{
	peer_await(ex->peer, seconds_us(ex->engine->options.body_seconds));
	return MHD_queue_response(ex->connection,
	    ex->engine->refusal_status[kind], ex->engine->refusals[kind]);
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

/* So long may a body or an answer of this length take. */
static int64_t
patience_us(const struct engine *engine, int64_t bytes)
{
	return seconds_us(engine->options.body_seconds) +
	       bytes / engine->options.bytes_a_second * SECOND_US;
}

static int
in_work_most(const struct engine *engine)
{
	return engine->options.workers + engine->options.queue_max;
}

/* Only this thread gives, so there is room until it does. */
static bool
has_room(const struct engine *engine)
{
	return atomic_load(&engine->in_work) < in_work_most(engine);
}

/*
 * Give the exchange to a worker, who resumes the connection.  In this order: it
 * may be done before queue_put returns.
 */
static enum MHD_Result
give_to_worker(struct exchange *ex, enum errand errand)
{
	ex->errand = errand;
	atomic_fetch_add(&ex->engine->in_work, 1);
	MHD_suspend_connection(ex->connection);
	queue_put(ex->engine->queue, ex);
	return MHD_YES;
}

/* Nothing of the body is there yet, and nothing is read until a worker has
 * looked at the head. */
static enum MHD_Result
ask_about_body(struct exchange *ex, int64_t bytes)
{
	if (!has_room(ex->engine))
		return refuse(ex, BODIES_FULL);
	ex->announced = bytes;
	ex->is_asked_about = true;
	peer_await(ex->peer, patience_us(ex->engine, bytes));
	return give_to_worker(ex, ERRAND_ADMIT);
}

static enum MHD_Result
send_answer(struct exchange *ex)
{
	peer_await(ex->peer, patience_us(ex->engine, ex->answer_len));
	return MHD_queue_response(ex->connection, ex->status, ex->answer);
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
	peer_await(ex->peer, seconds_us(ex->engine->options.body_seconds));
	return MHD_YES;
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
	if (!leaves_room(ex))
		return refuse(ex, HEAD_TOO_BIG);
	if (ex->is_bad || !read_headers(ex, method, version))
		return refuse(ex, BAD_REQUEST);
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
	peer_await(ex->peer, seconds_us(options->body_seconds));
	return MHD_YES;
}

/* A part of a body that goes to the disk: workers write, this thread never. */
static enum MHD_Result
on_spooled_body(struct exchange *ex, const char *part, size_t len)
{
	if (ex->is_disk_full || ex->is_crowded_out)
		return MHD_YES;
	text_add_n(&ex->body, part, len);
	if (!charge(ex)) {
		crowd_out(ex);
		return MHD_YES;
	}
	/* Without room in the queue it grows, and is crowded out in the end. */
	if (ex->body.len < SPOOL_PIECE || !has_room(ex->engine))
		return MHD_YES;
	return give_to_worker(ex, ERRAND_SPOOL);
}

static void
on_body(struct exchange *ex, const char *part, size_t len)
{
	/* A chunked body shows its size late; the rest is read and dropped. */
	if (len > ex->engine->options.body_max - ex->body.len)
		ex->is_too_big = true;
	if (ex->is_too_big || ex->is_crowded_out)
		return;
	text_add_n(&ex->body, part, len);
	if (!charge(ex))
		crowd_out(ex);
}

static enum MHD_Result
on_whole(struct exchange *ex)
{
	if (ex->is_too_big)
		return refuse(ex, BODY_TOO_BIG);
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
static enum MHD_Result
on_access(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *part, size_t *part_len,
    void **context)
{
	struct exchange *ex = *context;

	(void)cls;
	(void)connection;
	(void)url;
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

static void
exchange_free(struct exchange *ex)
{
	arena_free(ex->arena);
	free(ex);
}

/* To remove a large file takes long: a worker does it, if there are any. */
static void
end_exchange(struct exchange *ex)
{
	struct engine *engine = ex->engine;

	if (ex->spool == NULL || atomic_load(&engine->phase) == ENDED ||
	    !has_room(engine)) {
		exchange_free(ex);
		return;
	}
	ex->errand = ERRAND_REMOVE;
	atomic_fetch_add(&engine->in_work, 1);
	queue_put(engine->queue, ex);
}

/* The answer is sent, or the connection is lost. */
static void
on_completed(void *cls, struct MHD_Connection *connection, void **context,
    enum MHD_RequestTerminationCode why)
{
	struct exchange *ex = *context;

	(void)cls;
	(void)connection;
	(void)why;
	*context = NULL;
	if (ex == NULL)
		return;
	peer_rest(ex->peer, seconds_us(ex->engine->options.idle_seconds));
	peers_make_room(ex->engine->peers, ex->engine->options.connections_max,
	    NULL);
	if (ex->answer != NULL)
		MHD_destroy_response(ex->answer);
	if (ex->stream != NULL)
		stream_detach(ex->stream);
	give_back(ex);
	end_exchange(ex);
}

/* ---- answering, in a worker ---- */

/* The body stays where it is: the arena lives until all is sent. */
static struct MHD_Response *
response_of(struct bytes body)
{
	/* The library takes a pointer to what it only reads. */
	void *at = body.len == 0 ? NULL : (void *)(uintptr_t)body.at;
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(body.len, at,
		MHD_RESPMEM_PERSISTENT);

	assert(response != NULL);
	return response;
}

/* The library sends from the file and closes it. */
static struct MHD_Response *
response_of_file(const struct http_file *file)
{
	struct MHD_Response *response = NULL;

	if (file->bytes == 0) {
		(void)close(file->fd);
		return response_of((struct bytes){ NULL, 0 });
	}
	response =
	    MHD_create_response_from_fd_at_offset64((uint64_t)file->bytes,
		file->fd, (uint64_t)file->offset);
	assert(response != NULL);
	return response;
}

/*
 * After a resume too: MHD_run may take the library's own signal of it for
 * heard when it has already looked for resumed connections.
 */
static void
wake(const struct engine *engine)
{
	(void)eventfd_write(engine->wake_fd, 1);
}

/* Both under the stream's lock, so that neither overtakes the other. */
static void
resume_stream(void *arg)
{
	struct exchange *ex = arg;

	MHD_resume_connection(ex->connection);
	wake(ex->engine);
}

static void
rest_stream(void *arg)
{
	struct exchange *ex = arg;

	peer_work(ex->peer);
	MHD_suspend_connection(ex->connection);
}

/* In the I/O thread, whenever what it gave before is sent. */
static ssize_t
read_stream(void *arg, uint64_t pos, char *to, size_t most)
{
	struct exchange *ex = arg;
	ssize_t taken = 0;

	(void)pos;
	taken = stream_take(ex->stream, to, most, rest_stream);
	if (taken != 0)
		peer_await(ex->peer,
		    seconds_us(ex->engine->options.body_seconds));
	return taken == STREAM_END ? MHD_CONTENT_READER_END_OF_STREAM : taken;
}

static struct MHD_Response *
response_of_stream(struct exchange *ex, struct http_stream *stream)
{
	struct MHD_Response *response = NULL;

	ex->stream = stream;
	stream_attach(stream, resume_stream, ex);
	if (ex->request.is_head)
		return response_of((struct bytes){ NULL, 0 });
	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN,
	    STREAM_BLOCK, read_stream, ex, NULL);
	assert(response != NULL);
	return response;
}

static bool
add_headers(struct MHD_Response *answer, const struct http_response *response)
{
	for (size_t i = 0; i < response->header_count; i++)
		if (MHD_add_response_header(answer, response->headers[i].name,
			response->headers[i].value) != MHD_YES)
			return false;
	return true;
}

static struct MHD_Response *
response_for(struct exchange *ex, const struct http_response *response)
{
	if (response->stream != NULL)
		return response_of_stream(ex, response->stream);
	if (response->file != NULL)
		return response_of_file(response->file);
	return response_of(response->body);
}

/* An answer of which a header cannot be written is a fault of ours. */
static void
make_answer(struct exchange *ex, const struct http_response *response)
{
	struct MHD_Response *answer = response_for(ex, response);
	const bool sound = response->status >= 200 && response->status < 600 &&
			   add_headers(answer, response);

	ex->status = (unsigned)response->status;
	ex->answer_len = response->file == NULL ? (int64_t)response->body.len
						: response->file->bytes;
	if (!sound) {
		MHD_destroy_response(answer);
		ex->status = ex->engine->refusal_status[NO_ANSWER];
		answer = response_of((struct bytes){ NULL, 0 });
	}
	if (atomic_load(&ex->engine->phase) != SERVING)
		(void)MHD_add_response_header(answer,
		    MHD_HTTP_HEADER_CONNECTION, "close");
	ex->answer = answer;
	if (ex->stream == NULL)
		return;
	/* It may last for hours and needs nothing of its request. */
	arena_free(ex->arena);
	ex->arena = NULL;
}

/* A refusal of the engine's own, for the end of a body that is dropped. */
static void
note_refusal(struct exchange *ex, enum refusal_kind kind)
{
	struct http_response response = { 0 };

	refusal_make(ex->arena, kind, &response);
	make_answer(ex, &response);
	ex->is_refused = true;
}

static void
begin_spool(struct exchange *ex)
{
	enum spool_room room = SPOOL_FULL;

	if (ex->announced > ex->engine->options.spool_max) {
		note_refusal(ex, BODY_TOO_BIG);
		return;
	}
	room = ex->engine->spool == NULL
		   ? SPOOL_FULL
		   : spool_begin(ex->engine->spool, ex->arena, ex->request.id,
			 ex->announced, &ex->spool);

	if (room == SPOOL_ROOM)
		text_reserve(&ex->body, SPOOL_PIECE + CONNECTION_BYTES);
	if (room == SPOOL_BUSY)
		note_refusal(ex, BODIES_FULL);
	if (room == SPOOL_FULL)
		note_refusal(ex, DISK_FULL);
}

static void
admit(struct exchange *ex)
{
	const struct engine_options *options = &ex->engine->options;
	struct http_response response = { 0 };
	const enum http_admission got = options->admit(options->arg, ex->arena,
	    &ex->request, ex->announced, &response);

	if (got == HTTP_REFUSED) {
		make_answer(ex, &response);
		ex->is_refused = true;
	} else if (got == HTTP_SPOOLED) {
		begin_spool(ex);
	} else if ((uint64_t)ex->announced > options->body_max) {
		note_refusal(ex, BODY_TOO_BIG);
	}
}

/* What has come goes to the file; the room is used again. */
static void
spool_body(struct exchange *ex)
{
	if (!spool_add(ex->spool, text_bytes(&ex->body)))
		ex->is_disk_full = true;
	ex->body.len = 0;
}

/* False: the handler gave it away. */
static bool
answer(struct exchange *ex)
{
	const struct engine_options *options = &ex->engine->options;
	struct http_spooled *spooled = NULL;

	if (ex->spool != NULL) {
		spooled = ARENA_NEW(ex->arena, struct http_spooled);
		spool_body(ex);
		if (!spool_end(ex->spool, spooled)) {
			note_refusal(ex, DISK_FULL);
			return true;
		}
		ex->request.spooled = spooled;
	}
	if (!options->handle(options->arg, ex->arena, &ex->request,
		&ex->response))
		return false;
	make_answer(ex, &ex->response);
	return true;
}

static bool
go_on(struct exchange *ex)
{
	if (!ex->step(ex->step_arg))
		return false;
	make_answer(ex, &ex->response);
	return true;
}

/*
 * To the I/O thread, whose it is from here on.  Only the first one has to wake
 * it: it takes all that are there by then.
 */
static void
hand_back(struct engine *engine, struct exchange *ex)
{
	struct exchange *first = atomic_load(&engine->handed_back);

	atomic_fetch_sub(&engine->in_work, 1);
	do
		ex->next = first;
	while (!atomic_compare_exchange_weak(&engine->handed_back, &first, ex));
	if (first == NULL)
		wake(engine);
}

void
http_go_on(struct http_turn *turn, bool (*step)(void *arg), void *arg)
{
	struct exchange *ex = (struct exchange *)turn;

	ex->step = step;
	ex->step_arg = arg;
	ex->errand = ERRAND_GO_ON;
	queue_put(ex->engine->queue, ex);
}

/* What is not handed back is another's already, or gone. */
static void
run_errand(struct engine *engine, struct exchange *ex)
{
	switch (ex->errand) {
	case ERRAND_ADMIT:
		admit(ex);
		break;
	case ERRAND_SPOOL:
		spool_body(ex);
		break;
	case ERRAND_ANSWER:
		if (!answer(ex))
			return;
		break;
	case ERRAND_GO_ON:
		if (!go_on(ex))
			return;
		break;
	case ERRAND_REMOVE:
		exchange_free(ex);
		atomic_fetch_sub(&engine->in_work, 1);
		return;
	}
	hand_back(engine, ex);
}

static void *
work(void *arg)
{
	struct engine *engine = arg;
	struct exchange *ex = NULL;

	while ((ex = queue_take(engine->queue)) != NULL)
		run_errand(engine, ex);
	return NULL;
}

/* ---- the I/O thread ---- */

/* No new connections; those there are go on. */
static void
quiesce(struct engine *engine)
{
	(void)MHD_quiesce_daemon(engine->daemon);
	(void)shutdown(engine->listen_fd, SHUT_RDWR);
	(void)sem_post(&engine->quiesced);
}

/* The connections of all that were handed back go on, the first one first. */
static void
resume_handed_back(struct engine *engine)
{
	struct exchange *ex = atomic_exchange(&engine->handed_back, NULL);
	struct exchange *first = NULL;

	while (ex != NULL) {
		struct exchange *next = ex->next;

		ex->next = first;
		first = ex;
		ex = next;
	}
	for (; first != NULL; first = first->next)
		MHD_resume_connection(first->connection);
}

/*
 * Until something happens; not at all if the library has work left.  It listens
 * again, after a full house, only when it is run after somebody left.
 */
static void
wait_for_work(const struct engine *engine, int epoll_fd)
{
	struct pollfd fds[] = { { .fd = epoll_fd, .events = POLLIN },
		{ .fd = engine->wake_fd, .events = POLLIN } };
	MHD_UNSIGNED_LONG_LONG left_ms = 0;
	eventfd_t woken = 0;

	if (engine->has_departed ||
	    (MHD_get_timeout(engine->daemon, &left_ms) == MHD_YES &&
		left_ms == 0))
		return;
	(void)poll(fds, ARRAY_SIZE(fds), -1);
	if (fds[1].revents != 0)
		(void)eventfd_read(engine->wake_fd, &woken);
}

static void *
serve(void *arg)
{
	struct engine *engine = arg;
	const int epoll_fd =
	    MHD_get_daemon_info(engine->daemon, MHD_DAEMON_INFO_EPOLL_FD)
		->epoll_fd;
	enum phase phase = SERVING;

	while (phase != ENDED) {
		engine->has_departed = false;
		resume_handed_back(engine);
		(void)MHD_run(engine->daemon);
		wait_for_work(engine, epoll_fd);
		if (phase == SERVING && atomic_load(&engine->phase) != SERVING)
			quiesce(engine);
		phase = atomic_load(&engine->phase);
	}
	return NULL;
}

static void
enter(struct engine *engine, enum phase phase)
{
	atomic_store(&engine->phase, phase);
	wake(engine);
}

/* ---- start and stop ---- */

static void
set_defaults(struct engine_options *options)
{
	if (options->workers == 0)
		options->workers = WORKERS;
	if (options->queue_max == 0)
		options->queue_max = QUEUE;
	if (options->body_max == 0)
		options->body_max = BODY;
	assert(options->body_max <= BODY_MOST);
	if (options->bodies_max == 0)
		options->bodies_max = BODIES;
	if (options->head_seconds == 0)
		options->head_seconds = HEAD_SECONDS;
	if (options->body_seconds == 0)
		options->body_seconds = BODY_SECONDS;
	if (options->idle_seconds == 0)
		options->idle_seconds = IDLE_SECONDS;
	if (options->bytes_a_second == 0)
		options->bytes_a_second = BYTES_A_SECOND;
	if (options->ask_over == 0)
		options->ask_over = BODY;
	if (options->spool_max == 0)
		options->spool_max = SPOOL_BYTES;
	if (options->connections_max == 0)
		options->connections_max = CONNECTIONS;
}

static void
make_refusals(struct engine *engine)
{
	for (int kind = 0; kind < REFUSALS; kind++) {
		struct http_response response = { 0 };

		refusal_make(engine->arena, (enum refusal_kind)kind, &response);
		engine->refusals[kind] = response_of(response.body);
		engine->refusal_status[kind] = (unsigned)response.status;
		(void)add_headers(engine->refusals[kind], &response);
	}
}

static struct engine *
engine_new(const struct engine_options *options, int listen_fd, int64_t now_us)
{
	struct arena *arena = arena_new(0);
	struct engine *engine = ARENA_NEW(arena, struct engine);

	engine->arena = arena;
	engine->options = *options;
	set_defaults(&engine->options);
	engine->listen_fd = listen_fd;
	/* Ids go on growing over a restart. */
	engine->next_id = now_us;
	engine->queue = queue_new(arena, (size_t)in_work_most(engine));
	engine->workers =
	    ARENA_ARRAY(arena, (size_t)engine->options.workers, pthread_t);
	engine->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	assert(engine->wake_fd >= 0);
	(void)sem_init(&engine->quiesced, 0, 0);
	if (options->spool_dir != NULL)
		engine->spool = spool_new(arena, options->spool_dir,
		    engine->options.spool_max);
	make_refusals(engine);
	return engine;
}

static struct MHD_Daemon *
start_daemon(struct engine *engine)
{
	struct sockaddr_storage at = { 0 };
	socklen_t len = sizeof(at);
	unsigned flags =
	    MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO;

	if (getsockname(engine->listen_fd, (struct sockaddr *)&at, &len) == 0 &&
	    at.ss_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	return MHD_start_daemon(flags, 0, NULL, NULL, on_access, engine,
	    MHD_OPTION_LISTEN_SOCKET, engine->listen_fd,
	    /* One more is let in; peers_make_room cuts another for it. */
	    MHD_OPTION_CONNECTION_LIMIT,
	    (unsigned)engine->options.connections_max + 1,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, engine,
	    MHD_OPTION_URI_LOG_CALLBACK, on_line, engine,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, engine, MHD_OPTION_END);
}

/* False if not all threads could be made. */
static bool
start_threads(struct engine *engine)
{
	pthread_attr_t small;
	bool made = true;

	(void)pthread_attr_init(&small);
	(void)pthread_attr_setstacksize(&small, STACK_BYTES);
	for (int i = 0; made && i < engine->options.workers; i++) {
		made = pthread_create(&engine->workers[i], &small, work,
			   engine) == 0;
		if (made)
			engine->worker_count++;
	}
	if (made && peers_start(engine->arena, &engine->peers))
		engine->daemon = start_daemon(engine);
	if (engine->daemon != NULL)
		engine->has_io =
		    pthread_create(&engine->io, &small, serve, engine) == 0;
	(void)pthread_attr_destroy(&small);
	return engine->has_io;
}

enum fail
engine_start(struct ctx *ctx, const struct engine_options *options,
    struct engine **ret, int *ret_port)
{
	struct engine *engine = NULL;
	sigset_t all;
	sigset_t before;
	bool started = false;
	int fd = -1;
	int port = 0;

	TRY(listen_open(ctx, options->listen, &fd, &port));
	engine = engine_new(options, fd, ctx->now_us);
	listen_raise_limit(engine->options.connections_max);
	/* Signals are the main thread's business. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	started = start_threads(engine);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!started) {
		engine_stop(engine);
		return FAIL(ctx, FAIL_INTERNAL, "http.start",
		    "threads or the HTTP library did not start");
	}
	*ret = engine;
	*ret_port = port;
	return OK;
}

void
engine_stop(struct engine *engine)
{
	if (engine == NULL)
		return;
	if (engine->has_io) {
		enter(engine, DRAINING);
		while (sem_wait(&engine->quiesced) != 0)
			assert(errno == EINTR);
		peers_drain(engine->peers, STOP_US);
		enter(engine, ENDED);
		(void)pthread_join(engine->io, NULL);
	}
	queue_close(engine->queue);
	for (int i = 0; i < engine->worker_count; i++)
		(void)pthread_join(engine->workers[i], NULL);
	if (engine->daemon != NULL)
		MHD_stop_daemon(engine->daemon);
	peers_stop(engine->peers);
	(void)close(engine->listen_fd);
	(void)close(engine->wake_fd);
	for (size_t i = 0; i < REFUSALS; i++)
		MHD_destroy_response(engine->refusals[i]);
	queue_end(engine->queue);
	(void)sem_destroy(&engine->quiesced);
	arena_free(engine->arena);
}
