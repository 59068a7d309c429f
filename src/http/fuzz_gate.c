#include "fuzz.h"

#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/utf8.h"
#include "http/http.h"
#include "http/inside.h"

/*
 * The engine from outside: the bytes are sent over a connection on loopback.
 * What reaches the handler must be a request that can be read in one way only;
 * what comes back must be answers.  The engine may wait for more, so that who
 * hears nothing for QUIET_MS hangs up.
 */
#define QUIET_MS 4
#define HEARD_MAX 65536

static int
count(const struct http_request *request, const char *name)
{
	int found = 0;

	for (size_t i = 0; i < request->header_count; i++)
		found += strcasecmp(request->headers[i].name, name) == 0;
	return found;
}

static bool
handle(void *arg, struct arena *arena, const struct http_request *request,
    struct http_response *response)
{
	(void)arg;
	fuzz_check(request->method[0] != '\0');
	fuzz_check(request->path[0] == '/');
	fuzz_check(utf8_is_clean(request->path, strlen(request->path)));
	fuzz_check(strpbrk(request->path, "\t\n") == NULL);
	fuzz_check(strpbrk(request->raw_path, " \t\r\n") == NULL);
	fuzz_check(count(request, "Host") <= 1);
	fuzz_check(count(request, "Content-Length") +
		       count(request, "Transfer-Encoding") <=
		   1);
	for (size_t i = 0; i < request->header_count; i++)
		fuzz_check(gate_header(request->headers[i].name,
		    request->headers[i].value));
	response->status = 200;
	response->body =
	    bytes_of_text(arena_printf(arena, "%zu\n", request->body.len));
	return true;
}

static int
served_port(struct ctx *ctx)
{
	static struct engine *engine;
	static int port;
	const struct engine_options options = { .listen = "127.0.0.1:0",
		.workers = 2,
		.body_max = 65536,
		.head_seconds = 5,
		.body_seconds = 5,
		.handle = handle };

	if (engine == NULL)
		fuzz_check(engine_start(ctx, &options, &engine, &port) == OK);
	return port;
}

static int
dial(int port)
{
	const struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	fuzz_check(fd >= 0);
	fuzz_check(connect(fd, (const struct sockaddr *)&at, sizeof(at)) == 0);
	return fd;
}

/* What comes until it is quiet, as a text; most bytes are kept. */
static char *
hear(struct arena *arena, int fd)
{
	char *heard = arena_alloc(arena, HEARD_MAX + 1, 1);
	char more[4096];
	size_t len = 0;

	for (;;) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		ssize_t got = 0;

		if (poll(&wait, 1, QUIET_MS) != 1)
			return heard;
		got = recv(fd, more, sizeof(more), 0);
		if (got <= 0)
			return heard;
		for (ssize_t i = 0; i < got && len < HEARD_MAX; i++)
			heard[len++] = more[i] == '\0' ? '?' : more[i];
	}
}

void
fuzz_one(struct ctx *ctx, struct bytes in)
{
	/* Reset when it is closed: the engine lets go of it at once. */
	const struct linger at_once = { .l_onoff = 1 };
	const int fd = dial(served_port(ctx));
	const char *heard = NULL;

	if (in.len > 0)
		(void)!send(fd, in.at, in.len, MSG_NOSIGNAL);
	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	heard = hear(ctx->arena, fd);
	fuzz_check(heard[0] == '\0' ||
		   strncmp(heard, "HTTP/1.", strlen("HTTP/1.")) == 0);
	/* 505 is said of a version that nobody knows. */
	fuzz_check(strstr(heard, "HTTP/1.1 500") == NULL);
	(void)close(fd);
}
