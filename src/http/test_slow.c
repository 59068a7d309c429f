#include "http/t_engine.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/day.h"
#include "http/network.h"

/* Connections that wait for their client: who makes room, and when. */

#define CROWD 300
#define LINE "GET / HTTP/1.1\r\n"
#define BEGUN "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
#define UNREAD "GET /big HTTP/1.1\r\nHost: x\r\n\r\n"

static int
say_from(const struct server *server, const char *address, const char *what)
{
	const int fd = t_dial_from(server, address);

	t_say(fd, what);
	return fd;
}

/* Somebody who asks for something small, and is answered. */
static void
assert_served(struct t *t, const struct server *server, const char *address)
{
	const int fd = say_from(server, address, t_get(t->arena, "/"));

	assert_int_equal(t_hear(t->arena, fd, true).status, 200);
	(void)close(fd);
}

/* The other end is gone; whatever it has sent before is left where it is. */
static bool
is_cut(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLRDHUP };

	return poll(&wait, 1, 0) == 1 &&
	       (wait.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

static int
count_cut(const int *fds, size_t count)
{
	int cut = 0;

	for (size_t i = 0; i < count; i++)
		cut += is_cut(fds[i]) ? 1 : 0;
	return cut;
}

static void
await_cut(const int *fds, size_t count, int wanted)
{
	for (int ms = 0; count_cut(fds, count) < wanted; ms += 10) {
		assert_true(ms < T_PATIENCE_MS);
		(void)poll(NULL, 0, 10);
	}
}

static void
close_all(const int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		(void)close(fds[i]);
}

/* Of a house with 20 places, and for whoever has no share. */
static void
crowd_in(struct t *t, const char *what)
{
	const struct server *server =
	    t_serve(t, (struct engine_options){ .connections_max = 20 });
	int fds[CROWD];

	for (size_t i = 0; i < CROWD; i++)
		fds[i] = say_from(server, "127.0.0.1", what);
	assert_served(t, server, "127.0.0.1");
	close_all(fds, CROWD);
}

static void
a_crowd_with_begun_heads_keeps_nobody_out(void **state)
{
	crowd_in(*state, LINE);
}

static void
a_crowd_with_begun_bodies_keeps_nobody_out(void **state)
{
	crowd_in(*state, BEGUN);
}

static void
a_crowd_that_takes_no_answer_keeps_nobody_out(void **state)
{
	crowd_in(*state, UNREAD);
}

/* Both wait as long; one of them sent nearly all. */
static void
who_sends_stays_and_who_does_not_makes_room(void **state)
{
	struct t *t = *state;
	const struct server *server =
	    t_serve(t, (struct engine_options){ .connections_max = 2 });
	const char *begun = arena_printf(t->arena,
	    "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n",
	    T_BODY_MAX);
	const int sends = say_from(server, "127.0.0.1", begun);
	const int waits = say_from(server, "127.0.0.1", begun);
	const char *letters = t_letters(t->arena, T_BODY_MAX);

	t_say_n(sends, letters, T_BODY_MAX - 1);
	/* The sweeper has looked. */
	assert_int_equal(t_hear_byte(sends, 800), -2);
	assert_served(t, server, "127.0.0.1");
	assert_int_equal(t_hear_byte(waits, T_PATIENCE_MS), -1);
	t_say_n(sends, letters, 1);
	assert_int_equal(t_hear(t->arena, sends, true).status, 200);
	(void)close(sends);
	(void)close(waits);
}

/* ---- shares -------------------------------------------------------------- */

/* A tenth of 300 places, and one more. */
#define SHARE 31

static const struct engine_options shared = { .connections_max = 300,
	.address_share = 10 };

static void
an_address_has_a_share_of_the_places(void **state)
{
	struct t *t = *state;
	const struct server *server = t_serve(t, shared);
	int fds[60];

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] =
		    say_from(server, "127.0.0.2", i % 2 == 0 ? LINE : BEGUN);
	await_cut(fds, ARRAY_SIZE(fds), 60 - SHARE);
	/* And no more, while others come and go. */
	for (int i = 0; i < 40; i++)
		assert_served(t, server, "127.0.0.3");
	assert_int_equal(count_cut(fds, ARRAY_SIZE(fds)), 60 - SHARE);
	/* Who comes from there too is served. */
	assert_served(t, server, "127.0.0.2");
	close_all(fds, ARRAY_SIZE(fds));
}

static void
a_network_has_a_share_of_the_places(void **state)
{
	struct t *t = *state;
	const struct server *server =
	    t_serve(t, (struct engine_options){ .connections_max = 300,
			   .network_share = 10 });
	int fds[60];
	const int other = say_from(server, "127.0.1.1", LINE);

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = say_from(server,
		    arena_printf(t->arena, "127.0.0.%zu", 1 + i), LINE);
	await_cut(fds, ARRAY_SIZE(fds), 60 - SHARE);
	assert_false(is_cut(other));
	close_all(fds, ARRAY_SIZE(fds));
	(void)close(other);
}

static void
an_address_of_a_known_network_has_a_larger_share(void **state)
{
	struct t *t = *state;
	struct network_list known = { .count = 0 };
	struct engine_options options = shared;
	const struct server *server = NULL;
	int fds[100];

	t_ok(&t->ctx, network_parse(&t->ctx, "127.0.0.0/24", &known));
	options.known = arena_copy(t->arena, &known, sizeof(known));
	options.known_share = 20;
	options.network_share = 1;
	server = t_serve(t, options);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = say_from(server, "127.0.0.2", LINE);
	await_cut(fds, ARRAY_SIZE(fds), 100 - 61);
	for (int i = 0; i < 40; i++)
		assert_served(t, server, "127.0.0.3");
	assert_int_equal(count_cut(fds, ARRAY_SIZE(fds)), 100 - 61);
	close_all(fds, ARRAY_SIZE(fds));
}

static const char *
begun_for(struct t *t, const char *address)
{
	return arena_printf(t->arena,
	    "POST /body HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: %s\r\n"
	    "Content-Length: 100\r\n\r\n{",
	    address);
}

static void
who_comes_through_a_proxy_has_the_share_of_its_own_address(void **state)
{
	struct t *t = *state;
	struct network_list proxies = { .count = 0 };
	struct engine_options options = shared;
	const struct server *server = NULL;
	int slow[60];
	int others[60];

	t_ok(&t->ctx, network_parse(&t->ctx, "127.0.0.1", &proxies));
	options.proxies = arena_copy(t->arena, &proxies, sizeof(proxies));
	server = t_serve(t, options);
	for (size_t i = 0; i < ARRAY_SIZE(slow); i++) {
		slow[i] =
		    say_from(server, "127.0.0.1", begun_for(t, "192.0.2.1"));
		others[i] = say_from(server, "127.0.0.1",
		    begun_for(t, arena_printf(t->arena, "192.0.2.%zu", 2 + i)));
	}
	await_cut(slow, ARRAY_SIZE(slow), 60 - SHARE);
	assert_int_equal(count_cut(others, ARRAY_SIZE(others)), 0);
	/* From elsewhere the header says nothing. */
	close_all(others, ARRAY_SIZE(others));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		others[i] = say_from(server, "127.0.0.2",
		    begun_for(t, arena_printf(t->arena, "192.0.2.%zu", 2 + i)));
	await_cut(others, ARRAY_SIZE(others), 60 - SHARE);
	close_all(slow, ARRAY_SIZE(slow));
	close_all(others, ARRAY_SIZE(others));
}

/* ---- deadlines that grow with what comes --------------------------------- */

static enum http_admission
take_all(void *arg, struct arena *arena, const struct http_request *head,
    int64_t bytes, struct http_response *response)
{
	(void)arg;
	(void)arena;
	(void)head;
	(void)bytes;
	(void)response;
	return HTTP_IN_MEMORY;
}

/* At the least speed it would have three days. */
static void
a_large_body_has_no_time_for_what_it_does_not_send(void **state)
{
	struct t *t = *state;
	const struct server *server =
	    t_serve(t, (struct engine_options){ .body_seconds = 1,
			   .bytes_a_second = 64,
			   .body_max = (size_t)16 << 20,
			   .admit = take_all });
	const int fd = say_from(server, "127.0.0.1",
	    "POST /body HTTP/1.1\r\nHost: x\r\n"
	    "Content-Length: 16777216\r\n\r\n{");

	assert_int_equal(t_hear_byte(fd, T_PATIENCE_MS), -1);
	(void)close(fd);
}

/* At the least speed it would have half an hour.  The end is heard though nothing
 * is read: what is left of the answer is not in front of it. */
static void
a_large_answer_has_no_time_for_what_is_not_taken(void **state)
{
	struct t *t = *state;
	const struct server *server =
	    t_serve(t, (struct engine_options){ .body_seconds = 1,
			   .bytes_a_second = 4096 });
	const int few = 4096;
	const int fd = t_dial(server);

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &few,
			     sizeof(few)),
	    0);
	t_say(fd, UNREAD);
	await_cut(&fd, 1, 1);
	(void)close(fd);
}

static void
a_body_that_comes_fast_enough_has_longer(void **state)
{
	struct t *t = *state;
	const struct server *server =
	    t_serve(t, (struct engine_options){ .body_seconds = 1,
			   .bytes_a_second = 1000 });
	const char *letters = t_letters(t->arena, T_BODY_MAX);
	const int64_t from_us = time_steady_us();
	size_t sent = 10000;
	int fd = t_dial(server);

	t_say(fd,
	    arena_printf(t->arena,
		"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n",
		T_BODY_MAX));
	t_say_n(fd, letters, sent);
	while (time_steady_us() - from_us < 3 * SECOND_US) {
		assert_int_equal(t_hear_byte(fd, 50), -2);
		t_say_n(fd, letters + sent, 500);
		sent += 500;
	}
	t_say_n(fd, letters + sent, T_BODY_MAX - sent);
	assert_int_equal(t_hear(t->arena, fd, true).status, 200);
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_crowd_with_begun_heads_keeps_nobody_out),
		t_test(a_crowd_with_begun_bodies_keeps_nobody_out),
		t_test(a_crowd_that_takes_no_answer_keeps_nobody_out),
		t_test(who_sends_stays_and_who_does_not_makes_room),
		t_test(an_address_has_a_share_of_the_places),
		t_test(a_network_has_a_share_of_the_places),
		t_test(an_address_of_a_known_network_has_a_larger_share),
		t_test(
		    who_comes_through_a_proxy_has_the_share_of_its_own_address),
		t_test(a_large_body_has_no_time_for_what_it_does_not_send),
		t_test(a_large_answer_has_no_time_for_what_is_not_taken),
		t_test(a_body_that_comes_fast_enough_has_longer),
	};

	return t_run(tests);
}
