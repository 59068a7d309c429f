#include <arpa/inet.h>
#include <assert.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/num.h"
#include "core/text.h"
#include "http/http.h"
#include "http/inside.h"
#include "http/queue.h"

/*
 * The one file that knows libmicrohttpd.
 *
 * The library's thread (I/O) reads a whole request into a struct exchange,
 * suspends the connection and puts the exchange into the queue.  From there to
 * MHD_resume_connection the exchange belongs to one worker; before and after,
 * to the I/O thread.  So nothing in it needs a lock.
 *
 * The sweeper is a third kind of thread: it shuts down connections that are
 * late, and the library then closes them.  The library's own time limit counts
 * silence only and never meets a client that drips.
 */

#define WORKERS 64
#define QUEUE 1024
#define BODY ((size_t)1024 * 1024)
#define BODY_MOST (16 * BODY)
#define HEAD_SECONDS 10
#define BODY_SECONDS 60
#define CONNECTIONS 2048

#define SECOND_US INT64_C(1000000)
/* A kept connection without a next request. */
#define IDLE_US (60 * SECOND_US)
/* An answer must be taken at this rate, or faster, after BODY_SECONDS. */
#define SEND_BYTES_A_SECOND 65536
#define SWEEP_US (SECOND_US / 4)
/* engine_stop gives unfinished requests this long to arrive. */
#define STOP_US (10 * SECOND_US)

#define HEADERS_MAX 64
#define STACK_BYTES ((size_t)1024 * 1024)
/* What is read ahead for a body that only says how long it will be. */
#define BODY_AHEAD ((size_t)65536)
#define CONNECTION_BYTES ((size_t)32768)
/* Files, databases and the like beside the connections. */
#define OTHER_FILES 512

enum refusal_kind { BAD_REQUEST, BODY_TOO_BIG, QUEUE_FULL, NO_ANSWER };

struct refusal {
	unsigned status;
	const char *code;
	const char *title;
};

static const struct refusal refusals[] = {
	[BAD_REQUEST] = { 400, "http.bad_request",
	    "Yêu cầu HTTP không đúng quy cách" },
	[BODY_TOO_BIG] = { 413, "http.too_big",
	    "Nội dung gửi lên lớn hơn mức cho phép" },
	[QUEUE_FULL] = { 503, "http.busy",
	    "Máy chủ đang bận, hãy thử lại sau ít giây" },
	[NO_ANSWER] = { 500, "http.no_answer", "Máy chủ gặp lỗi" },
};

/* A connection, from accept to close; the list is under engine->lock. */
struct peer {
	struct arena *arena;
	struct peer *older;
	struct peer *newer;
	int fd;
	bool is_loopback;
	char address[INET6_ADDRSTRLEN];
	/* Steady clock; 0: a worker has it, nothing is awaited. */
	_Atomic int64_t deadline_us;
	atomic_bool idle; /* between two requests */
};

/* A request and its answer, from the request line to the last byte sent. */
struct exchange {
	struct arena *arena;
	struct engine *engine;
	struct peer *peer;
	struct MHD_Connection *connection;
	struct http_request request;
	struct text body;
	struct MHD_Response *answer;
	unsigned status;
	size_t answer_len;
	bool has_head;
	bool is_bad;
	bool is_too_big;
};

struct engine {
	struct arena *arena;
	struct engine_options options;
	struct MHD_Daemon *daemon;
	int listen_fd;
	struct queue *queue;
	struct MHD_Response *refusals[ARRAY_SIZE(refusals)];
	pthread_t *workers;
	int worker_count;
	pthread_t sweeper;
	bool has_sweeper;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* a peer left, or the sweeper shall end */
	struct peer *peers;
	bool swept; /* under lock: the sweeper shall end */
	atomic_bool stopping;
	int64_t next_id; /* I/O thread */
};

static void
await(struct peer *peer, int64_t us)
{
	atomic_store_explicit(&peer->deadline_us, time_steady_us() + us,
	    memory_order_relaxed);
}

static int64_t
seconds_us(int seconds)
{
	return seconds * SECOND_US;
}

/* ---- connections ---- */

static void
name_peer(struct peer *peer, const struct sockaddr *address)
{
	if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 v6 = { 0 };

		memcpy(&v6, address, sizeof(v6));
		(void)inet_ntop(AF_INET6, &v6.sin6_addr, peer->address,
		    sizeof(peer->address));
		peer->is_loopback = IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
	} else if (address->sa_family == AF_INET) {
		struct sockaddr_in v4 = { 0 };

		memcpy(&v4, address, sizeof(v4));
		(void)inet_ntop(AF_INET, &v4.sin_addr, peer->address,
		    sizeof(peer->address));
		peer->is_loopback = ntohl(v4.sin_addr.s_addr) >> 24 == 127;
	}
}

static void
peer_open(struct engine *engine, struct MHD_Connection *connection,
    void **context)
{
	struct arena *arena = arena_new(0);
	struct peer *peer = ARENA_NEW(arena, struct peer);

	peer->arena = arena;
	peer->fd = MHD_get_connection_info(connection,
	    MHD_CONNECTION_INFO_CONNECTION_FD)
		       ->connect_fd;
	name_peer(peer, MHD_get_connection_info(connection,
			    MHD_CONNECTION_INFO_CLIENT_ADDRESS)
			    ->client_addr);
	atomic_store(&peer->idle, true);
	await(peer, seconds_us(engine->options.head_seconds));
	(void)pthread_mutex_lock(&engine->lock);
	peer->older = engine->peers;
	if (peer->older != NULL)
		peer->older->newer = peer;
	engine->peers = peer;
	(void)pthread_mutex_unlock(&engine->lock);
	*context = peer;
}

static void
peer_close(struct engine *engine, struct peer *peer)
{
	(void)pthread_mutex_lock(&engine->lock);
	if (peer->newer != NULL)
		peer->newer->older = peer->older;
	else
		engine->peers = peer->older;
	if (peer->older != NULL)
		peer->older->newer = peer->newer;
	(void)pthread_cond_broadcast(&engine->changed);
	(void)pthread_mutex_unlock(&engine->lock);
	arena_free(peer->arena);
}

/* The library calls this before it closes the socket. */
static void
on_connection(void *cls, struct MHD_Connection *connection, void **context,
    enum MHD_ConnectionNotificationCode what)
{
	struct engine *engine = cls;

	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		peer_open(engine, connection, context);
	else
		peer_close(engine, *context);
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
	struct exchange *ex = ARENA_NEW(arena, struct exchange);
	const size_t path_len = strcspn(uri, "?");

	ex->arena = arena;
	ex->engine = engine;
	ex->connection = connection;
	ex->peer = MHD_get_connection_info(connection,
	    MHD_CONNECTION_INFO_SOCKET_CONTEXT)
		       ->socket_context;
	ex->request.id = ++engine->next_id;
	ex->request.peer = ex->peer->address;
	ex->request.peer_is_loopback = ex->peer->is_loopback;
	ex->request.raw_path = arena_text_n(arena, uri, path_len);
	ex->request.path = uri_decode(arena, uri, path_len, false);
	ex->request.query =
	    uri[path_len] == '?' ? arena_text(arena, uri + path_len + 1) : "";
	ex->is_bad = uri[0] != '/' || ex->request.path == NULL ||
		     strpbrk(ex->request.path, "\t\n") != NULL;
	text_init(&ex->body, arena);
	atomic_store(&ex->peer->idle, false);
	await(ex->peer, seconds_us(engine->options.head_seconds));
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

static void
read_headers(struct exchange *ex)
{
	struct collection all = { .count = 0 };
	const int seen = MHD_get_connection_values(ex->connection,
	    MHD_HEADER_KIND, collect, &all);

	/* The one that did not fit is counted too. */
	if (seen < 0 || (size_t)seen != all.count)
		ex->is_bad = true;
	ex->request.headers = arena_copy(ex->arena, all.headers,
	    all.count * sizeof(all.headers[0]));
	ex->request.header_count = all.count;
}

static enum MHD_Result
refuse(struct exchange *ex, enum refusal_kind kind)
{
	await(ex->peer, seconds_us(ex->engine->options.body_seconds));
	return MHD_queue_response(ex->connection, refusals[kind].status,
	    ex->engine->refusals[kind]);
}

static enum MHD_Result
on_head(struct exchange *ex, const char *method, const char *version)
{
	const size_t most = ex->engine->options.body_max;
	const char *said = NULL;
	int64_t len = 0;

	ex->has_head = true;
	ex->request.method =
	    strcmp(method, MHD_HTTP_METHOD_HEAD) == 0 ? "GET" : method;
	read_headers(ex);
	if (ex->is_bad || !gate_passes(&ex->request,
			      strcmp(version, MHD_HTTP_VERSION_1_0) != 0))
		return refuse(ex, BAD_REQUEST);
	said = http_header(&ex->request, MHD_HTTP_HEADER_CONTENT_LENGTH);
	if (said != NULL && !num_parse(said, 0, INT64_MAX, &len))
		return refuse(ex, BAD_REQUEST);
	if ((uint64_t)len > most)
		return refuse(ex, BODY_TOO_BIG);
	if (len > 0)
		text_reserve(&ex->body,
		    (size_t)len < BODY_AHEAD ? (size_t)len : BODY_AHEAD);
	await(ex->peer, seconds_us(ex->engine->options.body_seconds));
	return MHD_YES;
}

static void
on_body(struct exchange *ex, const char *part, size_t len)
{
	/* A chunked body shows its size late; the rest is read and dropped. */
	if (len > ex->engine->options.body_max - ex->body.len)
		ex->is_too_big = true;
	if (!ex->is_too_big)
		text_add_n(&ex->body, part, len);
}

static enum MHD_Result
on_whole(struct exchange *ex)
{
	struct queue *queue = ex->engine->queue;

	if (ex->is_too_big)
		return refuse(ex, BODY_TOO_BIG);
	if (!queue_has_room(queue))
		return refuse(ex, QUEUE_FULL);
	ex->request.body = text_bytes(&ex->body);
	atomic_store_explicit(&ex->peer->deadline_us, 0, memory_order_relaxed);
	/* In this order: a worker may be done before queue_put returns. */
	MHD_suspend_connection(ex->connection);
	queue_put(queue, ex);
	return MHD_YES;
}

static enum MHD_Result
send_answer(struct exchange *ex)
{
	await(ex->peer,
	    seconds_us(ex->engine->options.body_seconds) +
		(int64_t)(ex->answer_len / SEND_BYTES_A_SECOND) * SECOND_US);
	return MHD_queue_response(ex->connection, ex->status, ex->answer);
}

/*
 * Called with the head, with each part of the body, with nothing when all is
 * there, and once more after a worker resumed the connection.
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
	if (*part_len > 0) {
		on_body(ex, part, *part_len);
		*part_len = 0;
		return MHD_YES;
	}
	return ex->answer == NULL ? on_whole(ex) : send_answer(ex);
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
	await(ex->peer, IDLE_US);
	atomic_store(&ex->peer->idle, true);
	if (ex->answer != NULL)
		MHD_destroy_response(ex->answer);
	arena_free(ex->arena);
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

static bool
add_headers(struct MHD_Response *answer, const struct http_response *response)
{
	for (size_t i = 0; i < response->header_count; i++)
		if (MHD_add_response_header(answer, response->headers[i].name,
			response->headers[i].value) != MHD_YES)
			return false;
	return true;
}

/* An answer of which a header cannot be written is a fault of ours. */
static void
make_answer(struct exchange *ex, const struct http_response *response)
{
	struct MHD_Response *answer = response_of(response->body);
	const bool sound = response->status >= 200 && response->status < 600 &&
			   add_headers(answer, response);

	ex->status = (unsigned)response->status;
	ex->answer_len = response->body.len;
	if (!sound) {
		MHD_destroy_response(answer);
		ex->status = refusals[NO_ANSWER].status;
		answer = response_of((struct bytes){ NULL, 0 });
	}
	if (atomic_load(&ex->engine->stopping))
		(void)MHD_add_response_header(answer,
		    MHD_HTTP_HEADER_CONNECTION, "close");
	ex->answer = answer;
}

static void *
work(void *arg)
{
	struct engine *engine = arg;
	struct exchange *ex = queue_take(engine->queue);

	while (ex != NULL) {
		struct http_response response = { 0 };

		engine->options.handle(engine->options.arg, ex->arena,
		    &ex->request, &response);
		make_answer(ex, &response);
		/* From here on ex is the I/O thread's again. */
		MHD_resume_connection(ex->connection);
		ex = queue_take(engine->queue);
	}
	return NULL;
}

/* ---- the sweeper ---- */

static void
wait_changed(struct engine *engine, int64_t us)
{
	const int64_t until_us = time_steady_us() + us;
	const struct timespec until = { .tv_sec = until_us / SECOND_US,
		.tv_nsec = until_us % SECOND_US * 1000 };

	(void)pthread_cond_timedwait(&engine->changed, &engine->lock, &until);
}

static void
cut_late(struct engine *engine)
{
	const int64_t now_us = time_steady_us();

	for (struct peer *peer = engine->peers; peer != NULL;
	     peer = peer->older) {
		const int64_t deadline_us =
		    atomic_load_explicit(&peer->deadline_us,
			memory_order_relaxed);

		if (deadline_us != 0 && deadline_us < now_us)
			(void)shutdown(peer->fd, SHUT_RDWR);
	}
}

static void *
sweep(void *arg)
{
	struct engine *engine = arg;

	(void)pthread_mutex_lock(&engine->lock);
	while (!engine->swept) {
		cut_late(engine);
		wait_changed(engine, SWEEP_US);
	}
	(void)pthread_mutex_unlock(&engine->lock);
	return NULL;
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
	if (options->head_seconds == 0)
		options->head_seconds = HEAD_SECONDS;
	if (options->body_seconds == 0)
		options->body_seconds = BODY_SECONDS;
	if (options->connections_max == 0)
		options->connections_max = CONNECTIONS;
}

static void
make_refusals(struct engine *engine)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		const struct refusal *refusal = &refusals[i];
		struct http_response response = { 0 };
		struct text body = { 0 };

		text_init(&body, engine->arena);
		text_add(&body, "{\"type\":\"about:blank\",\"title\":");
		text_json(&body, refusal->title);
		text_addf(&body, ",\"status\":%u,\"code\":", refusal->status);
		text_json(&body, refusal->code);
		text_char(&body, '}');
		response.body = text_bytes(&body);
		http_set(&response, "Content-Type", "application/problem+json");
		if (i == QUEUE_FULL)
			http_set(&response, "Retry-After", "1");
		else
			http_set(&response, "Connection", "close");
		engine->refusals[i] = response_of(response.body);
		(void)add_headers(engine->refusals[i], &response);
	}
}

/* The usual soft limit of open files is less than our connections. */
static void
raise_file_limit(int connections)
{
	struct rlimit limit = { 0 };
	const rlim_t wanted = (rlim_t)connections + OTHER_FILES;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static struct engine *
engine_new(const struct engine_options *options, int listen_fd, int64_t now_us)
{
	struct arena *arena = arena_new(0);
	struct engine *engine = ARENA_NEW(arena, struct engine);
	pthread_condattr_t steady;

	engine->arena = arena;
	engine->options = *options;
	set_defaults(&engine->options);
	engine->listen_fd = listen_fd;
	/* Ids go on growing over a restart. */
	engine->next_id = now_us;
	engine->queue = queue_new(arena, (size_t)engine->options.queue_max);
	engine->workers =
	    ARENA_ARRAY(arena, (size_t)engine->options.workers, pthread_t);
	(void)pthread_mutex_init(&engine->lock, NULL);
	(void)pthread_condattr_init(&steady);
	(void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&engine->changed, &steady);
	(void)pthread_condattr_destroy(&steady);
	make_refusals(engine);
	return engine;
}

static struct MHD_Daemon *
start_daemon(struct engine *engine)
{
	struct sockaddr_storage at = { 0 };
	socklen_t len = sizeof(at);
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD |
			 MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO;

	if (getsockname(engine->listen_fd, (struct sockaddr *)&at, &len) == 0 &&
	    at.ss_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	return MHD_start_daemon(flags, 0, NULL, NULL, on_access, engine,
	    MHD_OPTION_LISTEN_SOCKET, engine->listen_fd,
	    MHD_OPTION_CONNECTION_LIMIT,
	    (unsigned)engine->options.connections_max,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_CONNECTION,
	    on_connection, engine, MHD_OPTION_URI_LOG_CALLBACK, on_line, engine,
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
	if (made)
		engine->has_sweeper = pthread_create(&engine->sweeper, &small,
					  sweep, engine) == 0;
	(void)pthread_attr_destroy(&small);
	if (made && engine->has_sweeper)
		engine->daemon = start_daemon(engine);
	return engine->daemon != NULL;
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
	raise_file_limit(engine->options.connections_max);
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

/* Shut down what rests; a peer whose bytes already wait is not at rest. */
static void
cut_resting(struct engine *engine, bool late)
{
	for (struct peer *peer = engine->peers; peer != NULL;
	     peer = peer->older) {
		int waiting = 0;

		if (atomic_load(&peer->idle) &&
		    (ioctl(peer->fd, FIONREAD, &waiting) != 0 || waiting == 0))
			(void)shutdown(peer->fd, SHUT_RDWR);
		else if (late && atomic_load(&peer->deadline_us) != 0)
			(void)shutdown(peer->fd, SHUT_RDWR);
	}
}

/* No new connections; those there are end with their request. */
static void
drain(struct engine *engine)
{
	const int64_t late_us = time_steady_us() + STOP_US;

	atomic_store(&engine->stopping, true);
	(void)MHD_quiesce_daemon(engine->daemon);
	(void)shutdown(engine->listen_fd, SHUT_RDWR);
	(void)pthread_mutex_lock(&engine->lock);
	while (engine->peers != NULL) {
		cut_resting(engine, time_steady_us() > late_us);
		wait_changed(engine, SWEEP_US / 10);
	}
	(void)pthread_mutex_unlock(&engine->lock);
}

void
engine_stop(struct engine *engine)
{
	if (engine == NULL)
		return;
	if (engine->daemon != NULL)
		drain(engine);
	queue_close(engine->queue);
	for (int i = 0; i < engine->worker_count; i++)
		(void)pthread_join(engine->workers[i], NULL);
	if (engine->has_sweeper) {
		(void)pthread_mutex_lock(&engine->lock);
		engine->swept = true;
		(void)pthread_cond_broadcast(&engine->changed);
		(void)pthread_mutex_unlock(&engine->lock);
		(void)pthread_join(engine->sweeper, NULL);
	}
	if (engine->daemon != NULL)
		MHD_stop_daemon(engine->daemon);
	(void)close(engine->listen_fd);
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		MHD_destroy_response(engine->refusals[i]);
	queue_end(engine->queue);
	(void)pthread_cond_destroy(&engine->changed);
	(void)pthread_mutex_destroy(&engine->lock);
	arena_free(engine->arena);
}
