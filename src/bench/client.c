#include "bench/client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/num.h"

#define EVENTS 64
#define SILENCE_MS 5000 /* nothing arrives any more */
#define ROOM_FIRST 16384
#define ROOM_MAX ((size_t)64 << 20)
#define TIMES_FIRST 4096

struct client {
	int fd;
	struct text request;
	int64_t began_us;
	struct text answer;
	size_t whole; /* bytes of the whole answer, 0: not known yet */
};

struct times {
	int64_t *at;
	size_t count;
	size_t room;
};

struct run {
	struct ctx *ctx;
	const struct bench_load *load;
	int epoll;
	struct client *clients;
	int busy;
	size_t next;
	int64_t began_us;
	struct times times;
	struct times server;
};

static void
times_add(struct run *run, struct times *times, int64_t us)
{
	if (times->count == times->room) {
		const size_t room =
		    times->room == 0 ? TIMES_FIRST : 2 * times->room;
		int64_t *at = ARENA_ARRAY(run->ctx->arena, room, int64_t);

		if (times->count > 0)
			memcpy(at, times->at, times->count * sizeof(*at));
		times->at = at;
		times->room = room;
	}
	times->at[times->count++] = us;
}

static enum fail
broken(struct run *run, const char *what)
{
	return FAIL(run->ctx, FAIL_UPSTREAM, "bench.client", "%s: %s", what,
	    strerror(errno));
}

static enum fail
client_open(struct run *run, struct client *client)
{
	const struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)run->load->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };
	const int on = 1;

	text_init(&client->request, run->ctx->arena);
	text_init(&client->answer, run->ctx->arena);
	text_reserve(&client->answer, ROOM_FIRST);
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0 ||
	    connect(client->fd, (const struct sockaddr *)&at, sizeof(at)) !=
		0 ||
	    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) !=
		0 ||
	    epoll_ctl(run->epoll, EPOLL_CTL_ADD, client->fd, &event) != 0)
		return broken(run, "connect");
	return OK;
}

/* Requests are small: a blocking send is over at once. */
static enum fail
client_send(struct run *run, struct client *client)
{
	const struct bench_load *load = run->load;
	size_t sent = 0;

	client->request.len = 0;
	client->answer.len = 0;
	client->whole = 0;
	if ((int64_t)run->next >= load->least &&
	    time_steady_us() - run->began_us >= load->most_us)
		return OK;
	if (!load->request(load->arg, run->next, &client->request))
		return OK;
	run->next++;
	run->busy++;
	client->began_us = time_steady_us();
	while (sent < client->request.len) {
		const ssize_t n = send(client->fd, client->request.at + sent,
		    client->request.len - sent, MSG_NOSIGNAL);

		if (n <= 0)
			return broken(run, "send");
		sent += (size_t)n;
	}
	return OK;
}

/* A header's value in a finished head; NULL if it is absent. */
static const char *
header(const struct client *client, const char *name)
{
	const char *found = strcasestr(text_of(&client->answer), name);

	return found == NULL ? NULL : found + strlen(name);
}

static bool
number_at(const char *text, int64_t *ret)
{
	char digits[20] = { 0 };
	size_t len = 0;

	if (text == NULL)
		return false;
	len = strspn(text, "0123456789");
	if (len == 0 || len >= sizeof(digits))
		return false;
	memcpy(digits, text, len);
	return num_parse(digits, 0, INT64_MAX, ret);
}

/* When the head is there: the status and how long the answer is. */
static enum fail
read_head(struct run *run, struct client *client)
{
	const char *text = text_of(&client->answer);
	char *end = strstr(client->answer.at, "\r\n\r\n");
	int64_t status = 0;
	int64_t length = 0;

	if (end == NULL)
		return OK;
	if (!number_at(strchr(text, ' ') + 1, &status) ||
	    !number_at(header(client, "\r\nContent-Length: "), &length))
		return FAIL(run->ctx, FAIL_UPSTREAM, "bench.client",
		    "an answer without status or length");
	if (status != run->load->status)
		return FAIL(run->ctx, FAIL_UPSTREAM, "bench.client",
		    "status %d: %.400s", (int)status, end + 4);
	client->whole = (size_t)(end + 4 - text) + (size_t)length;
	/* Who looks for a header need not walk through the body. */
	*end = '\0';
	return OK;
}

/* "figures;dur=1.234": milliseconds, always with three decimals. */
static void
note_server_time(struct run *run, const struct client *client)
{
	const char *at = header(client, "\r\nServer-Timing: figures;dur=");
	int64_t us = 0;

	if (at == NULL)
		return;
	for (; (*at >= '0' && *at <= '9') || *at == '.'; at++)
		us = *at == '.' ? us : us * 10 + (*at - '0');
	times_add(run, &run->server, us);
}

static enum fail
client_read(struct run *run, struct client *client)
{
	struct text *answer = &client->answer;
	ssize_t n = 0;

	if (answer->room - answer->len < ROOM_FIRST / 2)
		text_reserve(answer, answer->room);
	if (answer->room > ROOM_MAX)
		return FAIL(run->ctx, FAIL_UPSTREAM, "bench.client",
		    "an answer over %zu bytes", ROOM_MAX);
	n = recv(client->fd, answer->at + answer->len,
	    answer->room - answer->len - 1, 0);
	if (n <= 0)
		return broken(run, "receive");
	answer->len += (size_t)n;
	answer->at[answer->len] = '\0';
	if (client->whole == 0)
		TRY(read_head(run, client));
	if (client->whole == 0 || answer->len < client->whole)
		return OK;
	times_add(run, &run->times, time_steady_us() - client->began_us);
	note_server_time(run, client);
	run->busy--;
	return client_send(run, client);
}

static enum fail
loop(struct run *run)
{
	struct epoll_event events[EVENTS];

	run->began_us = time_steady_us();
	for (int i = 0; i < run->load->clients; i++)
		TRY(client_send(run, &run->clients[i]));
	while (run->busy > 0) {
		const int n =
		    epoll_wait(run->epoll, events, EVENTS, SILENCE_MS);

		if (n < 0 && errno != EINTR)
			return broken(run, "epoll_wait");
		if (n == 0)
			return FAIL(run->ctx, FAIL_UPSTREAM, "bench.client",
			    "no answer for %d ms", SILENCE_MS);
		for (int i = 0; i < n; i++)
			TRY(client_read(run, events[i].data.ptr));
	}
	return OK;
}

static int
by_size(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a;
	const int64_t y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

void
bench_sort(int64_t *values, size_t count)
{
	if (count > 0)
		qsort(values, count, sizeof(*values), by_size);
}

enum fail
bench_run(struct ctx *ctx, const struct bench_load *load,
    struct bench_answers *ret)
{
	struct run run = { .ctx = ctx, .load = load };
	enum fail got = OK;

	run.clients =
	    ARENA_ARRAY(ctx->arena, (size_t)load->clients, struct client);
	for (int i = 0; i < load->clients; i++)
		run.clients[i].fd = -1;
	run.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (run.epoll < 0)
		return broken(&run, "epoll_create1");
	for (int i = 0; i < load->clients && got == OK; i++)
		got = client_open(&run, &run.clients[i]);
	if (got == OK)
		got = loop(&run);
	for (int i = 0; i < load->clients; i++) {
		if (run.clients[i].fd >= 0)
			(void)close(run.clients[i].fd);
	}
	(void)close(run.epoll);
	TRY(got);
	ret->took_us = time_steady_us() - run.began_us;
	bench_sort(run.times.at, run.times.count);
	bench_sort(run.server.at, run.server.count);
	ret->count = (int64_t)run.times.count;
	ret->times_us = run.times.at;
	ret->server_us = run.server.at;
	return OK;
}

int64_t
bench_percentile(const int64_t *sorted, int64_t count, int percent)
{
	return count == 0 ? 0 : sorted[(count - 1) * percent / 100];
}

void
bench_get(struct text *text, const char *token, const char *target)
{
	text_addf(text,
	    "GET %s HTTP/1.1\r\nHost: localhost\r\n"
	    "Authorization: Bearer %s\r\n\r\n",
	    target, token);
}

void
bench_post(struct text *text, const char *token, const char *target,
    struct bytes body)
{
	text_addf(text,
	    "POST %s HTTP/1.1\r\nHost: localhost\r\n"
	    "Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    target, token, body.len);
	text_add_n(text, (const char *)body.at, body.len);
}
