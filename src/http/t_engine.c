#include "http/t_engine.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

#include "core/num.h"
#include "core/text.h"
#include "http/inside.h"

static void
hold(struct server *server)
{
	(void)pthread_mutex_lock(&server->lock);
	server->held++;
	(void)pthread_cond_broadcast(&server->changed);
	while (!server->released)
		(void)pthread_cond_wait(&server->changed, &server->lock);
	(void)pthread_mutex_unlock(&server->lock);
}

void
t_await_held(struct server *server, int count)
{
	(void)pthread_mutex_lock(&server->lock);
	while (server->held < count)
		(void)pthread_cond_wait(&server->changed, &server->lock);
	(void)pthread_mutex_unlock(&server->lock);
}

void
t_release(struct server *server)
{
	(void)pthread_mutex_lock(&server->lock);
	server->released = true;
	(void)pthread_cond_broadcast(&server->changed);
	(void)pthread_mutex_unlock(&server->lock);
}

struct http_stream *
t_stream(struct server *server, int number)
{
	struct http_stream *stream = NULL;

	(void)pthread_mutex_lock(&server->lock);
	while (server->stream_count <= number)
		(void)pthread_cond_wait(&server->changed, &server->lock);
	stream = server->streams[number];
	(void)pthread_mutex_unlock(&server->lock);
	return stream;
}

static struct http_stream *
begin_stream(struct server *server)
{
	struct http_stream *stream = http_stream_new(T_STREAM_ROOM);

	(void)pthread_mutex_lock(&server->lock);
	assert(server->stream_count < T_STREAMS_MAX);
	server->streams[server->stream_count++] = stream;
	(void)pthread_cond_broadcast(&server->changed);
	(void)pthread_mutex_unlock(&server->lock);
	return stream;
}

struct later {
	const struct http_request *request;
	struct http_response *response;
	struct later *next;
};

static bool
answer_later(void *arg)
{
	struct later *later = arg;

	later->response->body = bytes_of_text("later");
	return true;
}

static bool
keep_for_later(struct server *server, struct arena *arena,
    const struct http_request *request, struct http_response *response)
{
	struct later *later = ARENA_NEW(arena, struct later);

	later->request = request;
	later->response = response;
	(void)pthread_mutex_lock(&server->lock);
	later->next = server->later;
	server->later = later;
	server->held++;
	(void)pthread_cond_broadcast(&server->changed);
	(void)pthread_mutex_unlock(&server->lock);
	return false;
}

void
t_go_on(struct server *server)
{
	struct later *later = NULL;

	(void)pthread_mutex_lock(&server->lock);
	later = server->later;
	server->later = NULL;
	(void)pthread_mutex_unlock(&server->lock);
	while (later != NULL) {
		/* Read first: it may be answered and gone. */
		struct later *next = later->next;

		http_go_on(later->request->turn, answer_later, later);
		later = next;
	}
}

static void
count_freed(void *object)
{
	struct server *server = object;

	atomic_fetch_add(&server->freed, 1);
}

/* A number in X-Owner. */
static int64_t
owner_of(const struct http_request *request)
{
	const char *said = http_header(request, "X-Owner");
	int64_t owner = 0;

	return said != NULL && num_parse(said, 0, INT64_MAX, &owner) ? owner
								     : 0;
}

bool
t_handle(void *arg, struct arena *arena, const struct http_request *request,
    struct http_response *response)
{
	struct server *server = arg;
	const char *note = http_header(request, "x-note");

	atomic_fetch_add(&server->handled, 1);
	response->status = 200;
	response->owner = owner_of(request);
	http_set(response, "X-Id",
	    arena_printf(arena, "%lld", (long long)request->id));
	if (strcmp(request->path, "/body") == 0) {
		response->body = request->body;
		return true;
	}
	if (strcmp(request->path, "/big") == 0) {
		response->body =
		    (struct bytes){ arena_alloc(arena, 8, 1 << 20), 8 << 20 };
		return true;
	}
	if (strcmp(request->path, "/heavy") == 0) {
		(void)arena_alloc(arena, 1, 1 << 20);
		arena_defer(arena, count_freed, server);
		response->body = bytes_of_text("done");
		return true;
	}
	if (strcmp(request->path, "/stream") == 0) {
		response->stream = http_stream_hold(begin_stream(server));
		return true;
	}
	if (strcmp(request->path, "/later") == 0)
		return keep_for_later(server, arena, request, response);
	if (strcmp(request->path, "/none") == 0) {
		response->status = 204;
		return true;
	}
	if (strcmp(request->path, "/split") == 0)
		http_set(response, "X-Bad", "a\r\nX-Forged: b");
	if (strcmp(request->path, "/hold") == 0)
		hold(server);
	response->body = bytes_of_text(arena_printf(arena,
	    "%s %s %s ?%s %zu %s %s %d", request->method, request->path,
	    request->raw_path, request->query, request->body.len,
	    note == NULL ? "-" : note, request->peer, request->is_local));
	return true;
}

static void
server_end(void *object)
{
	struct server *server = object;

	t_release(server);
	for (int i = 0; i < server->stream_count; i++)
		http_stream_release(server->streams[i]);
	t_go_on(server);
	engine_stop(server->engine);
}

struct server *
t_serve(struct t *t, struct engine_options options)
{
	struct server *server = ARENA_NEW(t->arena, struct server);

	(void)pthread_mutex_init(&server->lock, NULL);
	(void)pthread_cond_init(&server->changed, NULL);
	if (options.handle == NULL)
		options.handle = t_handle;
	options.arg = server;
	if (options.listen == NULL)
		options.listen = "127.0.0.1:0";
	if (options.workers == 0)
		options.workers = 4;
	if (options.body_max == 0)
		options.body_max = T_BODY_MAX;
	if (options.head_seconds == 0)
		options.head_seconds = 3600;
	if (options.body_seconds == 0)
		options.body_seconds = 3600;
	if (options.idle_seconds == 0)
		options.idle_seconds = 3600;
	if (options.answers_share == 0)
		options.answers_share = 100;
	if (options.address_share == 0)
		options.address_share = 100;
	if (options.network_share == 0)
		options.network_share = 100;
	t_ok(&t->ctx,
	    engine_start(&t->ctx, &options, &server->engine, &server->port));
	arena_defer(t->arena, server_end, server);
	return server;
}

/* ---- a client ---- */

int
t_dial(const struct server *server)
{
	return t_dial_from(server, "127.0.0.1");
}

int
t_dial_from(const struct server *server, const char *address)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	const struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)server->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(inet_pton(AF_INET, address, &from.sin_addr), 1);
	assert_int_equal(bind(fd, (const struct sockaddr *)&from, sizeof(from)),
	    0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&at, sizeof(at)),
	    0);
	return fd;
}

void
t_say_n(int fd, const char *what, size_t len)
{
	while (len > 0) {
		const ssize_t sent = send(fd, what, len, MSG_NOSIGNAL);

		/* The server may have closed already; the answer shows. */
		if (sent <= 0)
			return;
		what += sent;
		len -= (size_t)sent;
	}
}

void
t_say(int fd, const char *what)
{
	t_say_n(fd, what, strlen(what));
}

int
t_hear_byte(int fd, int patience_ms)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	unsigned char byte = 0;

	if (poll(&wait, 1, patience_ms) == 0)
		return -2;
	return recv(fd, &byte, 1, 0) == 1 ? byte : -1;
}

const char *
t_hear_all(struct arena *arena, int fd)
{
	struct text text = { 0 };
	int byte = t_hear_byte(fd, T_PATIENCE_MS);

	text_init(&text, arena);
	for (; byte >= 0; byte = t_hear_byte(fd, T_PATIENCE_MS))
		text_char(&text, (char)byte);
	if (byte == -2)
		t_fail("the connection stays open after \"%s\"",
		    text_of(&text));
	return text_of(&text);
}

int
t_retry_s(const char *head)
{
	static const char name[] = "\r\nRetry-After: ";
	const char *at = strstr(head, name);
	assert_non_null(at);
	at += strlen(name);
	assert_in_range(at[0], '1', '0' + REFUSAL_SPREAD);
	assert_int_equal(at[1], '\r');
	return at[0] - '0';
}

int64_t
t_content_length(const char *head)
{
	const char *at = strcasestr(head, "\r\nContent-Length: ");
	char digits[20] = { 0 };
	int64_t len = 0;

	if (at == NULL)
		return 0;
	at += strlen("\r\nContent-Length: ");
	memcpy(digits, at, strspn(at, "0123456789") % sizeof(digits));
	assert_true(num_parse(digits, 0, INT64_MAX, &len));
	return len;
}

struct heard
t_hear(struct arena *arena, int fd, bool with_body)
{
	struct heard heard = { 0 };
	struct text head = { 0 };
	struct text body = { 0 };
	int64_t left = 0;
	int byte = 0;

	text_init(&head, arena);
	text_init(&body, arena);
	while (head.len < 4 ||
	       strcmp(text_of(&head) + head.len - 4, "\r\n\r\n") != 0) {
		byte = t_hear_byte(fd, T_PATIENCE_MS);
		if (byte < 0)
			return heard;
		text_char(&head, (char)byte);
	}
	heard.head = text_of(&head);
	left = with_body ? t_content_length(heard.head) : 0;
	for (; left > 0; left--) {
		byte = t_hear_byte(fd, T_PATIENCE_MS);
		if (byte < 0)
			return heard;
		text_char(&body, (char)byte);
	}
	heard.status = (heard.head[9] - '0') * 100 +
		       (heard.head[10] - '0') * 10 + (heard.head[11] - '0');
	heard.body = text_of(&body);
	heard.body_len = body.len;
	return heard;
}

const char *
t_get(struct arena *arena, const char *path)
{
	return arena_printf(arena, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);
}

const char *
t_letters(struct arena *arena, size_t len)
{
	char *text = arena_alloc(arena, len + 1, 1);

	for (size_t i = 0; i < len; i++)
		text[i] = (char)('a' + i % 26);
	return text;
}
