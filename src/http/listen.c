#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/ctx.h"
#include "core/num.h"
#include "http/inside.h"

#define BACKLOG 1024
/* Files, databases and the like beside the connections. */
#define OTHER_FILES 512

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* "127.0.0.1:80" or "[::1]:80"; the length of the address, 0 if malformed. */
static socklen_t
parse(struct arena *arena, const char *text, union address *ret)
{
	const char *colon = strrchr(text, ':');
	const char *host = NULL;
	size_t len = 0;
	int64_t port = 0;

	if (colon == NULL || !num_parse(colon + 1, 0, UINT16_MAX, &port))
		return 0;
	len = (size_t)(colon - text);
	*ret = (union address){ 0 };
	if (len > 2 && text[0] == '[' && text[len - 1] == ']') {
		host = arena_text_n(arena, text + 1, len - 2);
		ret->v6.sin6_family = AF_INET6;
		ret->v6.sin6_port = htons((uint16_t)port);
		if (inet_pton(AF_INET6, host, &ret->v6.sin6_addr) != 1)
			return 0;
		return sizeof(ret->v6);
	}
	host = arena_text_n(arena, text, len);
	ret->v4.sin_family = AF_INET;
	ret->v4.sin_port = htons((uint16_t)port);
	if (inet_pton(AF_INET, host, &ret->v4.sin_addr) != 1)
		return 0;
	return sizeof(ret->v4);
}

static int
port_of(int fd)
{
	union address at = { 0 };
	socklen_t len = sizeof(at);
	const int got = getsockname(fd, &at.any, &len);

	assert(got == 0);
	return ntohs(
	    at.any.sa_family == AF_INET6 ? at.v6.sin6_port : at.v4.sin_port);
}

enum fail
listen_open(struct ctx *ctx, const char *address, int *ret_fd, int *ret_port)
{
	union address at = { 0 };
	const socklen_t len = parse(ctx->arena, address, &at);
	const int on = 1;
	int fd = -1;
	int error = 0;

	if (len == 0)
		return FAIL(ctx, FAIL_INVALID, "http.listen",
		    "\"%s\" is no address with a port", address);
	TRY(fault_step(ctx, "http listen"));
	fd = socket(at.any.sa_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    (at.any.sa_family != AF_INET6 ||
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) ==
		    0) &&
	    bind(fd, &at.any, len) == 0 && listen(fd, BACKLOG) == 0) {
		*ret_fd = fd;
		*ret_port = port_of(fd);
		return OK;
	}
	error = errno;
	if (fd >= 0)
		(void)close(fd);
	if (error == EADDRINUSE)
		return FAIL(ctx, FAIL_CONFLICT, "http.in_use", "%s", address);
	return FAIL(ctx, FAIL_INVALID, "http.listen", "%s: %s", address,
	    strerrordesc_np(error));
}

void
listen_raise_limit(int connections)
{
	struct rlimit limit = { 0 };
	const rlim_t wanted = (rlim_t)connections + OTHER_FILES;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}
