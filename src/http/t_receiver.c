#include "http/t_receiver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/num.h"

#define TLS_HANDSHAKE 0x16 /* what a TLS client says first */

bool
t_send(int fd, const char *what, size_t len)
{
	while (len > 0) {
		const ssize_t sent = send(fd, what, len, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		what += sent;
		len -= (size_t)sent;
	}
	return true;
}

bool
t_send_text(int fd, const char *what)
{
	return t_send(fd, what, strlen(what));
}

void
t_hang(int fd)
{
	char byte = 0;

	(void)recv(fd, &byte, 1, 0);
}

void
t_answer(struct receiver *receiver, int fd)
{
	(void)t_send_text(fd, receiver->arg);
}

void
t_act_hang(struct receiver *receiver, int fd)
{
	(void)receiver;
	t_hang(fd);
}

/* How long the request is, as far as it was heard; 0: its head is not whole. */
static size_t
length_of(const char *heard)
{
	const char *end = strstr(heard, "\r\n\r\n");
	const char *said = strcasestr(heard, "\r\nContent-Length: ");
	char digits[8] = "";
	int64_t body = 0;

	if (end == NULL)
		return 0;
	if (said != NULL && said < end) {
		said += strlen("\r\nContent-Length: ");
		for (size_t i = 0; i + 1 < sizeof(digits) && said[i] != '\r';
		     i++)
			digits[i] = said[i];
		assert_true(num_parse(digits, 0, 60000, &body));
	}
	return (size_t)(end + 4 - heard) + (size_t)body;
}

static void
hear(struct receiver *receiver, int fd)
{
	char *heard = receiver->heard;
	size_t len = 0;

	heard[0] = '\0';
	while (len + 1 < sizeof(receiver->heard) &&
	       (length_of(heard) == 0 || len < length_of(heard))) {
		const ssize_t got =
		    recv(fd, heard + len, sizeof(receiver->heard) - 1 - len, 0);

		if (got <= 0)
			break;
		len += (size_t)got;
		heard[len] = '\0';
		if (heard[0] == TLS_HANDSHAKE)
			break;
	}
	receiver->heard_len = len;
}

static void *
receive(void *arg)
{
	struct receiver *receiver = arg;
	const struct timeval patience = { T_RECEIVER_MS / 1000, 0 };

	for (;;) {
		const int fd = accept4(receiver->fd, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0 || atomic_load(&receiver->is_ending)) {
			(void)close(fd);
			return NULL;
		}
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		    sizeof(patience));
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		    sizeof(patience));
		atomic_fetch_add(&receiver->called, 1);
		hear(receiver, fd);
		receiver->act(receiver, fd);
		(void)close(fd);
	}
}

static void
receiver_end(void *object)
{
	struct receiver *receiver = object;

	atomic_store(&receiver->is_ending, true);
	(void)shutdown(receiver->fd, SHUT_RDWR);
	(void)pthread_join(receiver->thread, NULL);
	(void)close(receiver->fd);
	free(receiver);
}

struct receiver *
t_receive(struct t *t, int family,
    void (*act)(struct receiver *receiver, int fd), const void *arg)
{
	struct receiver *receiver = calloc(1, sizeof(*receiver));
	struct sockaddr_in v4 = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	const bool is_v4 = family == AF_INET;
	void *at = is_v4 ? (void *)&v4 : (void *)&v6;
	socklen_t len = is_v4 ? sizeof(v4) : sizeof(v6);

	assert_non_null(receiver);
	receiver->fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	receiver->act = act;
	receiver->arg = arg;
	assert_true(receiver->fd >= 0);
	assert_int_equal(bind(receiver->fd, at, len), 0);
	assert_int_equal(listen(receiver->fd, 64), 0);
	assert_int_equal(getsockname(receiver->fd, at, &len), 0);
	receiver->port = ntohs(is_v4 ? v4.sin_port : v6.sin6_port);
	assert_int_equal(pthread_create(&receiver->thread, NULL, receive,
			     receiver),
	    0);
	t_defer(t, receiver_end, receiver);
	return receiver;
}

void
t_client_end(void *client)
{
	client_free(client);
}

struct client *
t_client(struct t *t, struct client_options options)
{
	struct client *client = NULL;

	if (options.networks == NULL)
		options.networks = "127.0.0.0/8 ::1";
	if (options.connect_ms == 0)
		options.connect_ms = T_HOUR_MS;
	if (options.total_ms == 0)
		options.total_ms = T_HOUR_MS;
	if (options.silent_s == 0)
		options.silent_s = T_HOUR_MS / 1000;
	t_ok(&t->ctx, client_new(&t->ctx, &options, &client));
	arena_defer(t->arena, t_client_end, client);
	return client;
}

struct client *
t_client_patient(struct t *t)
{
	return t_client(t, (struct client_options){ 0 });
}

struct client *
t_client_hasty(struct t *t)
{
	return t_client(t, (struct client_options){ .connect_ms = 2000,
			       .total_ms = 1500,
			       .silent_s = 10 });
}

const char *
t_url(struct t *t, const struct receiver *receiver)
{
	return arena_printf(t->arena, "http://127.0.0.1:%d/in?k=v#part",
	    receiver->port);
}

enum fail
t_call(struct t *t, const struct client *client, const char *url,
    struct client_answer *ret)
{
	static const char *const wanted[] = { "Retry-After", "Location", NULL };
	const struct client_request request = { .method = "GET",
		.url = url,
		.wanted = wanted };

	return client_call(&t->ctx, client, &request, ret);
}
