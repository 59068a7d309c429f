#include "t.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/day.h"
#include "core/num.h"
#include "core/text.h"
#include "http/http.h"

/*
 * The engine is probed from outside, over raw sockets on loopback.  Nothing
 * waits longer than PATIENCE_MS.
 */
#define PATIENCE_MS 10000
#define BODY_MAX ((size_t)100000)

/* A server whose handler does what the path says. */
struct server {
	struct engine *engine;
	int port;
	atomic_int handled;
	/* "/hold" waits for released. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int held;
	bool released;
};

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

static void
await_held(struct server *server, int count)
{
	(void)pthread_mutex_lock(&server->lock);
	while (server->held < count)
		(void)pthread_cond_wait(&server->changed, &server->lock);
	(void)pthread_mutex_unlock(&server->lock);
}

static void
release(struct server *server)
{
	(void)pthread_mutex_lock(&server->lock);
	server->released = true;
	(void)pthread_cond_broadcast(&server->changed);
	(void)pthread_mutex_unlock(&server->lock);
}

static void
handle(void *arg, struct arena *arena, const struct http_request *request,
    struct http_response *response)
{
	struct server *server = arg;
	const char *note = http_header(request, "x-note");

	atomic_fetch_add(&server->handled, 1);
	response->status = 200;
	http_set(response, "X-Id",
	    arena_printf(arena, "%lld", (long long)request->id));
	if (strcmp(request->path, "/body") == 0) {
		response->body = request->body;
		return;
	}
	if (strcmp(request->path, "/big") == 0) {
		response->body =
		    (struct bytes){ arena_alloc(arena, 8, 1 << 20), 8 << 20 };
		return;
	}
	if (strcmp(request->path, "/none") == 0) {
		response->status = 204;
		return;
	}
	if (strcmp(request->path, "/split") == 0)
		http_set(response, "X-Bad", "a\r\nX-Forged: b");
	if (strcmp(request->path, "/hold") == 0)
		hold(server);
	response->body =
	    bytes_of_text(arena_printf(arena, "%s %s %s ?%s %zu %s %s %d",
		request->method, request->path, request->raw_path,
		request->query, request->body.len, note == NULL ? "-" : note,
		request->peer, request->peer_is_loopback));
}

static void
server_end(void *object)
{
	struct server *server = object;

	release(server);
	engine_stop(server->engine);
}

/* Zeroes in options become small values, so that tests are quick. */
static struct server *
serve(struct t *t, struct engine_options options)
{
	struct server *server = ARENA_NEW(t->arena, struct server);

	(void)pthread_mutex_init(&server->lock, NULL);
	(void)pthread_cond_init(&server->changed, NULL);
	options.handle = handle;
	options.arg = server;
	if (options.listen == NULL)
		options.listen = "127.0.0.1:0";
	if (options.workers == 0)
		options.workers = 4;
	if (options.body_max == 0)
		options.body_max = BODY_MAX;
	t_ok(&t->ctx,
	    engine_start(&t->ctx, &options, &server->engine, &server->port));
	arena_defer(t->arena, server_end, server);
	return server;
}

/* ---- a client ---- */

static int
dial(const struct server *server)
{
	const struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)server->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&at, sizeof(at)),
	    0);
	return fd;
}

static void
say_n(int fd, const char *what, size_t len)
{
	while (len > 0) {
		const ssize_t sent = send(fd, what, len, MSG_NOSIGNAL);

		/* The server may have closed already; the answer tells. */
		if (sent <= 0)
			return;
		what += sent;
		len -= (size_t)sent;
	}
}

static void
say(int fd, const char *what)
{
	say_n(fd, what, strlen(what));
}

/* One byte, or -1 when the connection ended, or -2 if nothing comes. */
static int
hear_byte(int fd, int patience_ms)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	unsigned char byte = 0;

	if (poll(&wait, 1, patience_ms) == 0)
		return -2;
	return recv(fd, &byte, 1, 0) == 1 ? byte : -1;
}

/* All up to the end of the connection. */
static const char *
hear_all(struct arena *arena, int fd)
{
	struct text text = { 0 };
	int byte = hear_byte(fd, PATIENCE_MS);

	text_init(&text, arena);
	for (; byte >= 0; byte = hear_byte(fd, PATIENCE_MS))
		text_char(&text, (char)byte);
	if (byte == -2)
		t_fail("the connection stays open after \"%s\"",
		    text_of(&text));
	return text_of(&text);
}

struct heard {
	int status; /* 0: the connection ended first */
	const char *head;
	const char *body;
	size_t body_len;
};

static int64_t
content_length(const char *head)
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

/* One answer; with_body is false for HEAD. */
static struct heard
hear(struct arena *arena, int fd, bool with_body)
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
		byte = hear_byte(fd, PATIENCE_MS);
		if (byte < 0)
			return heard;
		text_char(&head, (char)byte);
	}
	heard.head = text_of(&head);
	left = with_body ? content_length(heard.head) : 0;
	for (; left > 0; left--) {
		byte = hear_byte(fd, PATIENCE_MS);
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

static const char *
get(struct arena *arena, const char *path)
{
	return arena_printf(arena, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);
}

static const char *
letters(struct arena *arena, size_t len)
{
	char *text = arena_alloc(arena, len + 1, 1);

	for (size_t i = 0; i < len; i++)
		text[i] = (char)('a' + i % 26);
	return text;
}

/* ---- requests and answers ---- */

static void
a_request_reaches_the_handler_whole(void **state)
{
	struct t *t = *state;
	const struct server *server = serve(t, (struct engine_options){ 0 });
	const int fd = dial(server);
	struct heard heard = { 0 };

	say(fd, "GET /a%2Fb/Hu%E1%BA%BF?q=%20&x HTTP/1.1\r\nHost: x\r\n"
		"X-Note:  seen \r\n\r\n");
	heard = hear(t->arena, fd, true);
	assert_int_equal(heard.status, 200);
	assert_string_equal(heard.body,
	    "GET /a/b/Huế /a%2Fb/Hu%E1%BA%BF ?q=%20&x 0 seen 127.0.0.1 1");
	assert_non_null(strstr(heard.head, "\r\nDate: "));
	(void)close(fd);
}

static void
head_is_get_without_the_body(void **state)
{
	struct t *t = *state;
	const struct server *server = serve(t, (struct engine_options){ 0 });
	const int fd = dial(server);
	struct heard heard = { 0 };

	say(fd, "HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n");
	heard = hear(t->arena, fd, false);
	assert_int_equal(heard.status, 200);
	assert_true(content_length(heard.head) > 0);
	say(fd, get(t->arena, "/next"));
	heard = hear(t->arena, fd, true);
	assert_memory_equal(heard.body, "GET /next ", 10);
	(void)close(fd);
}

static void
a_connection_is_kept_for_the_next_request(void **state)
{
	struct t *t = *state;
	const struct server *server = serve(t, (struct engine_options){ 0 });
	const int fd = dial(server);

	for (int i = 0; i < 50; i++) {
		say(fd, get(t->arena, arena_printf(t->arena, "/%d", i)));
		assert_memory_equal(hear(t->arena, fd, true).body,
		    arena_printf(t->arena, "GET /%d /", i), 8);
	}
	say(fd, get(t->arena, "/none"));
	assert_int_equal(hear(t->arena, fd, true).status, 204);
	say(fd, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_non_null(strstr(hear_all(t->arena, fd), " 200 OK\r\n"));
	(void)close(fd);
}

static void
pipelined_requests_are_answered_in_order(void **state)
{
	struct t *t = *state;
	const struct server *server = serve(t, (struct engine_options){ 0 });
	const int fd = dial(server);
	struct text all = { 0 };

	text_init(&all, t->arena);
	for (int i = 0; i < 20; i++)
		text_addf(&all,
		    "POST /%02d HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
		    "\r\nabc",
		    i);
	say(fd, text_of(&all));
	for (int i = 0; i < 20; i++)
		assert_memory_equal(hear(t->arena, fd, true).body,
		    arena_printf(t->arena, "POST /%02d /", i), 10);
	(void)close(fd);
}

static void
bodies_arrive_byte_for_byte(void **state)
{
	static const size_t sizes[] = { 0, 1, 100, 32767, 32768, 65535, 65537,
		BODY_MAX };
	struct t *t = *state;
	const struct server *server = serve(t, (struct engine_options){ 0 });
	const int fd = dial(server);

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		const char *body = letters(t->arena, sizes[i]);
		struct heard heard = { 0 };

		say(fd, arena_printf(t->arena,
			    "PUT /body HTTP/1.1\r\nHost: x\r\n"
			    "Content-Length: %zu\r\n\r\n",
			    sizes[i]));
		say(fd, body);
		heard = hear(t->arena, fd, true);
		assert_int_equal(heard.status, 200);
		assert_int_equal(heard.body_len, sizes[i]);
		assert_string_equal(heard.body, body);
		say(fd, "PUT /body HTTP/1.1\r\nHost: x\r\n"
			"Transfer-Encoding: chunked\r\n\r\n");
		if (sizes[i] > 0)
			say(fd, arena_printf(t->arena, "%zx\r\n%s\r\n",
				    sizes[i], body));
		say(fd, "0\r\n\r\n");
		heard = hear(t->arena, fd, true);
		assert_int_equal(heard.status, 200);
		assert_string_equal(heard.body, body);
	}
	(void)close(fd);
}

static void
a_request_may_come_in_single_bytes(void **state)
{
	struct t *t = *state;
	const struct server *server = serve(t, (struct engine_options){ 0 });
	const int fd = dial(server);
	const char *request = "POST /body HTTP/1.1\r\nHost: x\r\n"
			      "Content-Length: 5\r\n\r\nhello";

	for (; *request != '\0'; request++)
		say_n(fd, request, 1);
	assert_string_equal(hear(t->arena, fd, true).body, "hello");
	(void)close(fd);
}

static void
a_large_answer_arrives_whole(void **state)
{
	struct t *t = *state;
	const struct server *server = serve(t, (struct engine_options){ 0 });
	const int fd = dial(server);
	const size_t part_len = 65536;
	char *part = arena_alloc(t->arena, part_len, 1);
	size_t len = 0;
	ssize_t got = 1;

	say(fd, "GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	while (got > 0) {
		got = recv(fd, part, part_len, 0);
		len += got > 0 ? (size_t)got : 0;
	}
	assert_int_equal(got, 0);
	assert_true(len > 8 << 20 && len < (8 << 20) + 400);
	(void)close(fd);
}

static void
a_client_that_waits_is_told_to_continue(void **state)
{
	struct t *t = *state;
	const struct server *server = serve(t, (struct engine_options){ 0 });
	const int fd = dial(server);

	say(fd, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
		"Expect: 100-continue\r\n\r\n");
	assert_int_equal(hear(t->arena, fd, false).status, 100);
	say(fd, "ok");
	assert_string_equal(hear(t->arena, fd, true).body, "ok");
	(void)close(fd);
}

static void
an_answer_cannot_be_split_by_a_header_value(void **state)
{
	struct t *t = *state;
	const struct server *server = serve(t, (struct engine_options){ 0 });
	const int fd = dial(server);
	struct heard heard = { 0 };

	say(fd, get(t->arena, "/split"));
	heard = hear(t->arena, fd, true);
	assert_int_equal(heard.status, 500);
	assert_null(strstr(heard.head, "Forged"));
	(void)close(fd);
}

/* ---- the gate ---- */

static void
a_nul_in_the_head_is_refused(void **state)
{
	struct t *t = *state;
	struct server *server = serve(t, (struct engine_options){ 0 });
	static const char heads[][64] = {
		"GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
		"GET / HTTP/1.1\r\nX: a\0b\r\nHost: x\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nX\0: a\r\n\r\n",
		"GET /\0a HTTP/1.1\r\nHost: x\r\n\r\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		const int fd = dial(server);
		const char *end =
		    memmem(heads[i], sizeof(heads[i]), "\r\n\r\n", 4);
		const char *all = NULL;

		say_n(fd, heads[i], (size_t)(end - heads[i]) + 4);
		all = hear_all(t->arena, fd);
		if (strstr(all, " 200 ") != NULL)
			t_fail("head %zu was served: \"%s\"", i, all);
		(void)close(fd);
	}
	assert_int_equal(atomic_load(&server->handled), 0);
}

#define SMUGGLED "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"

struct probe {
	const char *what;
	const char *request;
	int status; /* 0: closed without an answer is right too */
};

/* Each is answered with its status, closed, and reaches no handler. */
static const struct probe refused[] = {
	{ "Content-Length and chunked",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED,
	    400 },
	{ "chunked and Content-Length",
	    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
	    "Content-Length: 4\r\n\r\n0\r\n\r\n" SMUGGLED,
	    400 },
	{ "two different Content-Length",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
	    "Content-Length: 5\r\n\r\nabcde" SMUGGLED,
	    400 },
	{ "two equal Content-Length",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
	    "Content-Length: 5\r\n\r\nabcde" SMUGGLED,
	    400 },
	{ "two Transfer-Encoding",
	    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED,
	    400 },
	{ "unknown coding",
	    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n"
	    "\r\n" SMUGGLED,
	    0 },
	{ "chunked after another coding",
	    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked"
	    "\r\n\r\n0\r\n\r\n" SMUGGLED,
	    0 },
	{ "blank before the colon of Transfer-Encoding",
	    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n"
	    "\r\n0\r\n\r\n" SMUGGLED,
	    400 },
	{ "blank in a header name",
	    "GET / HTTP/1.1\r\nHost: x\r\nX Y: z\r\n\r\n" SMUGGLED, 400 },
	{ "Content-Length with a plus",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n"
	    "\r\nabcde" SMUGGLED,
	    400 },
	{ "Content-Length as a list",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5,5\r\n"
	    "\r\nabcde" SMUGGLED,
	    400 },
	{ "Content-Length with a needless zero",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 05\r\n"
	    "\r\nabcde" SMUGGLED,
	    400 },
	{ "no Host", "GET / HTTP/1.1\r\n\r\n" SMUGGLED, 400 },
	{ "two Hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n" SMUGGLED,
	    400 },
	{ "folded header",
	    "GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n" SMUGGLED, 400 },
	{ "NUL in the path", "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED,
	    400 },
	{ "line feed in the path",
	    "GET /a%0ab HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED, 400 },
	{ "control byte in the path",
	    "GET /a%1fb HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED, 400 },
	{ "broken percent in the path",
	    "GET /a%4 HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED, 400 },
	{ "path that is not UTF-8",
	    "GET /%c3%28 HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED, 400 },
	{ "control byte in a value",
	    "GET / HTTP/1.1\r\nHost: x\r\nX-A: a\x01\r\n\r\n" SMUGGLED, 400 },
	{ "path without a slash", "GET a HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED,
	    400 },
	{ "whole address in the request line",
	    "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED, 400 },
	{ "folded Host", "GET / HTTP/1.1\r\nHost:\r\n x\r\n\r\n" SMUGGLED,
	    400 },
	{ "folded header before another",
	    "GET / HTTP/1.1\r\nX-A: b\r\n\tc\r\nHost: x\r\n\r\n" SMUGGLED,
	    400 },
	{ "folded Transfer-Encoding",
	    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\n"
	    "\r\n0\r\n\r\n" SMUGGLED,
	    400 },
	{ "blank line begun by the first header",
	    "GET / HTTP/1.1\r\n X: y\r\nHost: x\r\n\r\n" SMUGGLED, 400 },
	{ "blank after chunked",
	    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked \r\n"
	    "\r\n0\r\n\r\n" SMUGGLED,
	    400 },
	{ "blank in the path", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED,
	    400 },
	{ "tab in the path", "GET /a\tb HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED,
	    400 },
	{ "no version", "GET /\r\n\r\n" SMUGGLED, 0 },
	{ "no request at all", "\x16\x03\x01\x02\r\n\r\n", 0 },
};

static void
what_could_be_read_in_two_ways_is_refused_and_closed(void **state)
{
	struct t *t = *state;
	struct server *server = serve(t, (struct engine_options){ 0 });

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		const struct probe *probe = &refused[i];
		const int fd = dial(server);
		const char *all = NULL;

		say(fd, probe->request);
		all = hear_all(t->arena, fd);
		/* The library writes the heads of its own refusals twice. */
		if (strncmp(all, "HTTP/1.1 400 ", 13) != 0 &&
		    (probe->status != 0 || all[0] != '\0'))
			t_fail("%s: answered \"%s\"", probe->what, all);
		if (atomic_load(&server->handled) != 0)
			t_fail("%s: reached the handler", probe->what);
		(void)close(fd);
	}
}

static void
a_refusal_is_a_problem_document(void **state)
{
	struct t *t = *state;
	const struct server *server = serve(t, (struct engine_options){ 0 });
	const int fd = dial(server);
	struct heard heard = { 0 };

	say(fd, get(t->arena, "/%ff"));
	heard = hear(t->arena, fd, true);
	assert_int_equal(heard.status, 400);
	assert_non_null(strstr(heard.head,
	    "\r\nContent-Type: application/problem+json\r\n"));
	assert_non_null(strstr(heard.body, "\"code\":\"http.bad_request\""));
	(void)close(fd);
}

static void
too_many_or_too_long_headers_are_refused(void **state)
{
	struct t *t = *state;
	struct server *server = serve(t, (struct engine_options){ 0 });
	struct text many = { 0 };
	const char *all = NULL;
	int fd = dial(server);

	text_init(&many, t->arena);
	text_add(&many, "GET / HTTP/1.1\r\nHost: x\r\n");
	for (int i = 0; i < 64; i++)
		text_addf(&many, "X-%d: 1\r\n", i);
	text_add(&many, "\r\n");
	say(fd, text_of(&many));
	assert_memory_equal(hear_all(t->arena, fd), "HTTP/1.1 400 ", 13);
	(void)close(fd);
	fd = dial(server);
	say(fd, arena_printf(t->arena,
		    "GET / HTTP/1.1\r\nHost: x\r\nX-Long: %s\r\n\r\n",
		    letters(t->arena, 65536)));
	all = hear_all(t->arena, fd);
	assert_true(all[0] == '\0' || strncmp(all, "HTTP/1.1 431 ", 13) == 0);
	(void)close(fd);
	assert_int_equal(atomic_load(&server->handled), 0);
}

static void
harmless_old_manners_are_served(void **state)
{
	struct t *t = *state;
	const struct server *server = serve(t, (struct engine_options){ 0 });
	int fd = dial(server);

	say(fd, "GET / HTTP/1.1\nHost: x\n\n");
	assert_int_equal(hear(t->arena, fd, true).status, 200);
	(void)close(fd);
	fd = dial(server);
	say(fd, "GET / HTTP/1.0\r\n\r\n");
	assert_non_null(strstr(hear_all(t->arena, fd), " 200 OK\r\n"));
	(void)close(fd);
}

/* ---- limits ---- */

static void
a_body_that_says_it_is_too_big_is_not_read(void **state)
{
	struct t *t = *state;
	struct server *server = serve(t, (struct engine_options){ 0 });
	static const char *const sizes[] = { "100001", "104857600",
		"9223372036854775807" };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		const int fd = dial(server);
		struct heard heard = { 0 };

		say(fd, arena_printf(t->arena,
			    "POST /body HTTP/1.1\r\nHost: x\r\n"
			    "Content-Length: %s\r\n\r\n",
			    sizes[i]));
		heard = hear(t->arena, fd, true);
		assert_int_equal(heard.status, 413);
		assert_non_null(strstr(heard.body, "http.too_big"));
		assert_int_equal(hear_byte(fd, PATIENCE_MS), -1);
		(void)close(fd);
	}
	assert_int_equal(atomic_load(&server->handled), 0);
}

static void
a_chunked_body_that_grows_too_big_is_refused(void **state)
{
	struct t *t = *state;
	struct server *server = serve(t, (struct engine_options){ 0 });
	const int fd = dial(server);
	const char *part = letters(t->arena, 0x4000);

	say(fd, "POST /body HTTP/1.1\r\nHost: x\r\n"
		"Transfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 20; i++)
		say(fd, arena_printf(t->arena, "4000\r\n%s\r\n", part));
	say(fd, "0\r\n\r\n");
	assert_int_equal(hear(t->arena, fd, true).status, 413);
	assert_int_equal(atomic_load(&server->handled), 0);
	(void)close(fd);
}

static void
a_full_queue_says_so_at_once(void **state)
{
	struct t *t = *state;
	struct server *server =
	    serve(t, (struct engine_options){ .workers = 1, .queue_max = 2 });
	struct heard heard = { 0 };
	int fds[5];

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = dial(server);
	say(fds[0], get(t->arena, "/hold"));
	await_held(server, 1);
	/* Of the others two find room, whichever they are. */
	for (size_t i = 1; i < ARRAY_SIZE(fds); i++)
		say(fds[i], get(t->arena, "/hold"));
	for (int refusals = 0; refusals < 2; refusals++) {
		struct pollfd wait[5] = { { 0 } };
		size_t at = 1;

		for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
			wait[i] =
			    (struct pollfd){ .fd = fds[i], .events = POLLIN };
		assert_true(poll(wait, ARRAY_SIZE(fds), PATIENCE_MS) > 0);
		while (at < ARRAY_SIZE(fds) && wait[at].revents == 0)
			at++;
		assert_in_range(at, 1, ARRAY_SIZE(fds) - 1);
		heard = hear(t->arena, fds[at], true);
		assert_int_equal(heard.status, 503);
		assert_non_null(strstr(heard.head, "\r\nRetry-After: 1\r\n"));
		assert_non_null(strstr(heard.body, "http.busy"));
		/* The connection is kept for the next try. */
		(void)close(fds[at]);
		fds[at] = -1;
	}
	assert_int_equal(atomic_load(&server->handled), 1);
	release(server);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		if (fds[i] < 0)
			continue;
		assert_int_equal(hear(t->arena, fds[i], true).status, 200);
		(void)close(fds[i]);
	}
	assert_int_equal(atomic_load(&server->handled), 3);
}

/* The head of a request that asks before it sends its body. */
static int
offer(struct t *t, const struct server *server, size_t len)
{
	const int fd = dial(server);

	say(fd, arena_printf(t->arena,
		    "POST /body HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
		    "Content-Length: %zu\r\n\r\n",
		    len));
	return fd;
}

/* A whole request on a connection of its own. */
static int
post(struct t *t, const struct server *server, size_t len)
{
	const int fd = offer(t, server, len);
	struct heard heard = hear(t->arena, fd, true);

	if (heard.status == 100) {
		say(fd, letters(t->arena, len));
		heard = hear(t->arena, fd, true);
		assert_int_equal(heard.body_len, len);
	}
	(void)close(fd);
	return heard.status;
}

/* Who has left is counted a little later: ask until then. */
static void
post_until_taken(struct t *t, const struct server *server, size_t len)
{
	int status = 0;

	for (int i = 0; i < 2000 && status != 200; i++)
		status = post(t, server, len);
	assert_int_equal(status, 200);
}

static void
assert_busy(struct t *t, int fd)
{
	const struct heard heard = hear(t->arena, fd, true);

	assert_int_equal(heard.status, 503);
	assert_non_null(strstr(heard.head, "\r\nRetry-After: 1\r\n"));
	assert_non_null(strcasestr(heard.head, "\r\nConnection: close\r\n"));
	assert_non_null(strstr(heard.body, "http.busy"));
	assert_int_equal(hear_byte(fd, PATIENCE_MS), -1);
	(void)close(fd);
}

/* Each of the offers below holds 64 KiB as soon as it may go on. */
static void
all_bodies_share_a_budget(void **state)
{
	struct t *t = *state;
	struct server *server =
	    serve(t, (struct engine_options){ .bodies_max = 150000 });
	const char *body = letters(t->arena, 65000);
	const int first = offer(t, server, 65000);
	const int second = offer(t, server, 65000);
	int growing = -1;
	struct heard heard = { 0 };

	assert_int_equal(hear(t->arena, first, true).status, 100);
	assert_int_equal(hear(t->arena, second, true).status, 100);
	assert_busy(t, offer(t, server, 65000));
	/* One that shows its size late is dropped when it is too much. */
	growing = dial(server);
	say(growing, "POST /body HTTP/1.1\r\nHost: x\r\n"
		     "Transfer-Encoding: chunked\r\n\r\nEA60\r\n");
	say_n(growing, body, 60000);
	say(growing, "\r\n0\r\n\r\n");
	assert_busy(t, growing);
	assert_int_equal(post(t, server, 5), 200);
	say(first, body);
	heard = hear(t->arena, first, true);
	assert_int_equal(heard.status, 200);
	assert_memory_equal(heard.body, body, 65000);
	post_until_taken(t, server, 65000);
	(void)close(first);
	(void)close(second);
}

static void
a_body_given_up_gives_its_budget_back(void **state)
{
	struct t *t = *state;
	struct server *server =
	    serve(t, (struct engine_options){ .bodies_max = 100000 });
	const int fd = offer(t, server, 65000);

	assert_int_equal(hear(t->arena, fd, true).status, 100);
	assert_int_equal(post(t, server, 65000), 503);
	(void)close(fd);
	post_until_taken(t, server, 65000);
}

/* A byte of the text each 50 ms, until the server ends it; ms it took. */
static int64_t
drip(int fd, const char *text)
{
	const int64_t start_us = time_steady_us();

	for (int i = 0; i < PATIENCE_MS / 50; i++) {
		if (*text != '\0')
			say_n(fd, text++, 1);
		if (hear_byte(fd, 50) == -1)
			return (time_steady_us() - start_us) / 1000;
	}
	t_fail("the connection was not cut");
}

static void
a_head_that_drips_is_cut(void **state)
{
	struct t *t = *state;
	const struct server *server =
	    serve(t, (struct engine_options){ .head_seconds = 1 });
	const char *endless = letters(t->arena, 1000);
	int fd = dial(server);

	/* In the request line. */
	assert_in_range(drip(fd, endless), 900, 4000);
	(void)close(fd);
	/* In a header. */
	fd = dial(server);
	say(fd, "GET / HTTP/1.1\r\nHost: x\r\nX-Long: ");
	assert_in_range(drip(fd, endless), 900, 4000);
	(void)close(fd);
	/* Silence. */
	fd = dial(server);
	assert_in_range(drip(fd, ""), 900, 4000);
	(void)close(fd);
	/* In the second request of a kept connection. */
	fd = dial(server);
	say(fd, get(t->arena, "/"));
	assert_int_equal(hear(t->arena, fd, true).status, 200);
	say(fd, "GET / HTTP/1.1\r\nX-Long: ");
	assert_in_range(drip(fd, endless), 900, 4000);
	(void)close(fd);
}

static void
a_body_that_drips_is_cut(void **state)
{
	struct t *t = *state;
	struct server *server =
	    serve(t, (struct engine_options){ .body_seconds = 1 });
	const char *endless = letters(t->arena, 1000);
	int fd = dial(server);

	say(fd, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n");
	assert_in_range(drip(fd, endless), 900, 4000);
	(void)close(fd);
	fd = dial(server);
	say(fd, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
		"\r\n300\r\n");
	assert_in_range(drip(fd, endless), 900, 4000);
	(void)close(fd);
	assert_int_equal(atomic_load(&server->handled), 0);
}

static void
a_slow_handler_is_not_cut(void **state)
{
	struct t *t = *state;
	struct server *server = serve(t,
	    (struct engine_options){ .head_seconds = 1, .body_seconds = 1 });
	const int fd = dial(server);

	say(fd, get(t->arena, "/hold"));
	await_held(server, 1);
	assert_int_equal(hear_byte(fd, 1700), -2);
	release(server);
	assert_int_equal(hear(t->arena, fd, true).status, 200);
	(void)close(fd);
}

static void
over_the_limit_who_has_rested_longest_makes_room(void **state)
{
	struct t *t = *state;
	const struct server *server =
	    serve(t, (struct engine_options){ .connections_max = 2 });
	const int silent = dial(server);
	const int kept = dial(server);
	int third = -1;
	int fourth = -1;

	say(kept, get(t->arena, "/"));
	assert_int_equal(hear(t->arena, kept, true).status, 200);
	third = dial(server);
	say(third, get(t->arena, "/"));
	assert_int_equal(hear(t->arena, third, true).status, 200);
	assert_int_equal(hear_byte(silent, PATIENCE_MS), -1);
	/* The other one was kept, and is not the longest at rest any more. */
	say(kept, get(t->arena, "/"));
	assert_int_equal(hear(t->arena, kept, true).status, 200);
	fourth = dial(server);
	say(fourth, get(t->arena, "/"));
	assert_int_equal(hear(t->arena, fourth, true).status, 200);
	assert_int_equal(hear_byte(third, PATIENCE_MS), -1);
	(void)close(silent);
	(void)close(kept);
	(void)close(third);
	(void)close(fourth);
}

static void
a_crowd_of_silent_connections_keeps_nobody_out(void **state)
{
	struct t *t = *state;
	const struct server *server =
	    serve(t, (struct engine_options){ .connections_max = 20 });
	const int64_t start_us = time_steady_us();
	int silent[60];
	int fd = -1;

	for (size_t i = 0; i < ARRAY_SIZE(silent); i++)
		silent[i] = dial(server);
	fd = dial(server);
	say(fd, get(t->arena, "/"));
	assert_int_equal(hear(t->arena, fd, true).status, 200);
	/* Before the time of a silent one is up. */
	assert_true(time_steady_us() - start_us < 8000000);
	(void)close(fd);
	for (size_t i = 0; i < ARRAY_SIZE(silent); i++)
		(void)close(silent[i]);
}

static void
who_is_at_work_is_not_cut_for_another(void **state)
{
	struct t *t = *state;
	struct server *server =
	    serve(t, (struct engine_options){ .connections_max = 2 });
	int fds[4];

	/* Two, and one more that is let in. */
	for (int i = 0; i < 3; i++) {
		fds[i] = dial(server);
		say(fds[i], get(t->arena, "/hold"));
		await_held(server, i + 1);
	}
	fds[3] = dial(server);
	say(fds[3], get(t->arena, "/"));
	assert_int_equal(hear_byte(fds[3], 100), -2);
	release(server);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		assert_int_equal(hear(t->arena, fds[i], true).status, 200);
		(void)close(fds[i]);
	}
}

/* ---- clients that leave ---- */

static void
clients_may_leave_at_any_moment(void **state)
{
	static const char *const beginnings[] = { "", "G", "GET / HTTP/1.1\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nX-",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
		"\r\n5\r\nab",
		"GET /big HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /hold HTTP/1.1\r\nHost: x\r\n\r\n" };
	struct t *t = *state;
	struct server *server = serve(t, (struct engine_options){ 0 });
	int fd = -1;

	for (int round = 0; round < 4; round++)
		for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++) {
			const struct linger at_once = { .l_onoff = 1 };

			fd = dial(server);
			say(fd, beginnings[i]);
			if (round % 2 == 1)
				(void)setsockopt(fd, SOL_SOCKET, SO_LINGER,
				    &at_once, sizeof(at_once));
			(void)close(fd);
		}
	release(server);
	fd = dial(server);
	say(fd, get(t->arena, "/"));
	assert_int_equal(hear(t->arena, fd, true).status, 200);
	(void)close(fd);
}

static void
many_connections_are_served_at_once(void **state)
{
	struct t *t = *state;
	const struct server *server = serve(t, (struct engine_options){ 0 });
	int fds[400];

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = dial(server);
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
			say(fds[i], get(t->arena, "/none"));
		for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
			assert_int_equal(hear(t->arena, fds[i], true).status,
			    204);
	}
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		(void)close(fds[i]);
}

/* ---- start and stop ---- */

static void
a_bad_address_is_refused(void **state)
{
	static const char *const bad[] = { "", "x", "8080", "127.0.0.1",
		"127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1",
		":80", "localhost:80", "::1:80", "[::1]", "[]:80", "[::1:80",
		"1.2.3:80", "127.0.0.1:080", "203.0.113.1:0" };
	struct t *t = *state;
	struct engine *engine = NULL;
	int port = -1;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const struct engine_options options = { .listen = bad[i],
			.handle = handle };

		t_fails(&t->ctx,
		    engine_start(&t->ctx, &options, &engine, &port),
		    FAIL_INVALID, "http.listen");
	}
	assert_null(engine);
	assert_int_equal(port, -1);
	engine_stop(NULL);
}

static void
a_port_is_used_once(void **state)
{
	struct t *t = *state;
	const struct server *server = serve(t, (struct engine_options){ 0 });
	struct engine *engine = NULL;
	struct engine_options options = { .handle = handle };
	int port = 0;

	options.listen = arena_printf(t->arena, "127.0.0.1:%d", server->port);
	t_fails(&t->ctx, engine_start(&t->ctx, &options, &engine, &port),
	    FAIL_CONFLICT, "http.in_use");
	t->faults = (struct faults){ .at = 1 };
	t_fails(&t->ctx, engine_start(&t->ctx, &options, &engine, &port),
	    FAIL_INTERNAL, "fault.injected");
}

static void
ids_grow_by_one_from_the_start_of_the_clock(void **state)
{
	struct t *t = *state;
	const struct server *server = serve(t, (struct engine_options){ 0 });
	const int fd = dial(server);

	for (int i = 1; i < 4; i++) {
		say(fd, get(t->arena, "/"));
		assert_non_null(strstr(hear(t->arena, fd, true).head,
		    arena_printf(t->arena, "\r\nX-Id: %lld\r\n",
			(long long)t->clock_us + i)));
	}
	(void)close(fd);
}

static void *
stop(void *arg)
{
	struct server *server = arg;

	engine_stop(server->engine);
	return NULL;
}

static void
stopping_cuts_who_rests_and_answers_who_waits(void **state)
{
	struct t *t = *state;
	struct server *server = serve(t, (struct engine_options){ 0 });
	const int resting = dial(server);
	const int waiting = dial(server);
	struct heard heard = { 0 };
	pthread_t stopper;

	say(resting, get(t->arena, "/"));
	assert_int_equal(hear(t->arena, resting, true).status, 200);
	say(waiting, get(t->arena, "/hold"));
	await_held(server, 1);
	assert_int_equal(pthread_create(&stopper, NULL, stop, server), 0);
	assert_int_equal(hear_byte(resting, PATIENCE_MS), -1);
	release(server);
	heard = hear(t->arena, waiting, true);
	assert_int_equal(heard.status, 200);
	assert_non_null(strcasestr(heard.head, "\r\nConnection: close\r\n"));
	assert_int_equal(hear_byte(waiting, PATIENCE_MS), -1);
	assert_int_equal(pthread_join(stopper, NULL), 0);
	server->engine = NULL;
	(void)close(resting);
	(void)close(waiting);
}

/* A client that asks until it is cut. */
struct asker {
	struct server *server;
	pthread_t thread;
	int answered;
};

static void *
ask(void *arg)
{
	struct asker *asker = arg;
	AUTO(arena_end) struct arena *arena = arena_new(0);
	const int fd = dial(asker->server);

	for (;;) {
		say(fd, "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
			"\r\nhello");
		if (hear(arena, fd, true).status != 200)
			break;
		asker->answered++;
		arena_reset(arena);
	}
	(void)close(fd);
	return NULL;
}

static void
stopping_under_load_loses_no_answer(void **state)
{
	struct t *t = *state;
	struct server *server = serve(t, (struct engine_options){ 0 });
	struct asker askers[16] = { { 0 } };
	int answered = 0;

	for (size_t i = 0; i < ARRAY_SIZE(askers); i++) {
		askers[i].server = server;
		assert_int_equal(pthread_create(&askers[i].thread, NULL, ask,
				     &askers[i]),
		    0);
	}
	while (atomic_load(&server->handled) < 2000)
		(void)sched_yield();
	engine_stop(server->engine);
	server->engine = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(askers); i++) {
		assert_int_equal(pthread_join(askers[i].thread, NULL), 0);
		answered += askers[i].answered;
	}
	assert_int_equal(answered, atomic_load(&server->handled));
}

static void
starting_and_stopping_leaves_nothing_behind(void **state)
{
	struct t *t = *state;

	for (int i = 0; i < 10; i++) {
		struct server *server =
		    serve(t, (struct engine_options){ .workers = 64 });
		const int fd = dial(server);

		engine_stop(server->engine);
		server->engine = NULL;
		assert_int_equal(hear_byte(fd, PATIENCE_MS), -1);
		(void)close(fd);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_request_reaches_the_handler_whole),
		t_test(head_is_get_without_the_body),
		t_test(a_connection_is_kept_for_the_next_request),
		t_test(pipelined_requests_are_answered_in_order),
		t_test(bodies_arrive_byte_for_byte),
		t_test(a_request_may_come_in_single_bytes),
		t_test(a_large_answer_arrives_whole),
		t_test(a_client_that_waits_is_told_to_continue),
		t_test(an_answer_cannot_be_split_by_a_header_value),
		t_test(what_could_be_read_in_two_ways_is_refused_and_closed),
		t_test(a_nul_in_the_head_is_refused),
		t_test(a_refusal_is_a_problem_document),
		t_test(too_many_or_too_long_headers_are_refused),
		t_test(harmless_old_manners_are_served),
		t_test(a_body_that_says_it_is_too_big_is_not_read),
		t_test(a_chunked_body_that_grows_too_big_is_refused),
		t_test(a_full_queue_says_so_at_once),
		t_test(a_head_that_drips_is_cut),
		t_test(a_body_that_drips_is_cut),
		t_test(a_slow_handler_is_not_cut),
		t_test(all_bodies_share_a_budget),
		t_test(a_body_given_up_gives_its_budget_back),
		t_test(over_the_limit_who_has_rested_longest_makes_room),
		t_test(a_crowd_of_silent_connections_keeps_nobody_out),
		t_test(who_is_at_work_is_not_cut_for_another),
		t_test(clients_may_leave_at_any_moment),
		t_test(many_connections_are_served_at_once),
		t_test(a_bad_address_is_refused),
		t_test(a_port_is_used_once),
		t_test(ids_grow_by_one_from_the_start_of_the_clock),
		t_test(stopping_cuts_who_rests_and_answers_who_waits),
		t_test(stopping_under_load_loses_no_answer),
		t_test(starting_and_stopping_leaves_nothing_behind),
	};
	return t_run(tests);
}
