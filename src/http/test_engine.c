#include "http/t_engine.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/text.h"

/* ---- requests and answers ---- */

static void
a_request_reaches_the_handler_whole(void **state)
{
	struct t *t = *state;
	const struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int fd = t_dial(server);
	struct heard heard = { 0 };

	t_say(fd, "GET /a%2Fb/Hu%E1%BA%BF?q=%20&x HTTP/1.1\r\nHost: x\r\n"
		  "X-Note:  seen \r\n\r\n");
	heard = t_hear(t->arena, fd, true);
	assert_int_equal(heard.status, 200);
	assert_string_equal(heard.body,
	    "GET /a/b/Huế /a%2Fb/Hu%E1%BA%BF ?q=%20&x 0 seen 127.0.0.1 0");
	assert_non_null(strstr(heard.head, "\r\nDate: "));
	(void)close(fd);
}

static void
head_is_get_without_the_body(void **state)
{
	struct t *t = *state;
	const struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int fd = t_dial(server);
	struct heard heard = { 0 };

	t_say(fd, "HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n");
	heard = t_hear(t->arena, fd, false);
	assert_int_equal(heard.status, 200);
	assert_true(t_content_length(heard.head) > 0);
	t_say(fd, t_get(t->arena, "/next"));
	heard = t_hear(t->arena, fd, true);
	assert_memory_equal(heard.body, "GET /next ", 10);
	(void)close(fd);
}

static void
a_connection_is_kept_for_the_next_request(void **state)
{
	struct t *t = *state;
	const struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int fd = t_dial(server);

	for (int i = 0; i < 50; i++) {
		t_say(fd, t_get(t->arena, arena_printf(t->arena, "/%d", i)));
		assert_memory_equal(t_hear(t->arena, fd, true).body,
		    arena_printf(t->arena, "GET /%d /", i), 8);
	}
	t_say(fd, t_get(t->arena, "/none"));
	assert_int_equal(t_hear(t->arena, fd, true).status, 204);
	t_say(fd, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_non_null(strstr(t_hear_all(t->arena, fd), " 200 OK\r\n"));
	(void)close(fd);
}

static void
pipelined_requests_are_answered_in_order(void **state)
{
	struct t *t = *state;
	const struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int fd = t_dial(server);
	struct text all = { 0 };

	text_init(&all, t->arena);
	for (int i = 0; i < 20; i++)
		text_addf(&all,
		    "POST /%02d HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
		    "\r\nabc",
		    i);
	t_say(fd, text_of(&all));
	for (int i = 0; i < 20; i++)
		assert_memory_equal(t_hear(t->arena, fd, true).body,
		    arena_printf(t->arena, "POST /%02d /", i), 10);
	(void)close(fd);
}

static void
bodies_arrive_byte_for_byte(void **state)
{
	static const size_t sizes[] = { 0, 1, 100, 32767, 32768, 65535, 65537,
		T_BODY_MAX };
	struct t *t = *state;
	const struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int fd = t_dial(server);

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		const char *body = t_letters(t->arena, sizes[i]);
		struct heard heard = { 0 };

		t_say(fd, arena_printf(t->arena,
			      "PUT /body HTTP/1.1\r\nHost: x\r\n"
			      "Content-Length: %zu\r\n\r\n",
			      sizes[i]));
		t_say(fd, body);
		heard = t_hear(t->arena, fd, true);
		assert_int_equal(heard.status, 200);
		assert_int_equal(heard.body_len, sizes[i]);
		assert_string_equal(heard.body, body);
	}
	(void)close(fd);
}

static void
a_request_may_come_in_single_bytes(void **state)
{
	struct t *t = *state;
	const struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int fd = t_dial(server);
	const char *request = "POST /body HTTP/1.1\r\nHost: x\r\n"
			      "Content-Length: 5\r\n\r\nhello";

	for (; *request != '\0'; request++)
		t_say_n(fd, request, 1);
	assert_string_equal(t_hear(t->arena, fd, true).body, "hello");
	(void)close(fd);
}

static void
a_large_answer_arrives_whole(void **state)
{
	struct t *t = *state;
	const struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int fd = t_dial(server);
	const size_t part_len = 65536;
	char *part = arena_alloc(t->arena, part_len, 1);
	size_t len = 0;
	ssize_t got = 1;

	t_say(fd, "GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
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
	const struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int fd = t_dial(server);

	t_say(fd, "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
		  "Expect: 100-continue\r\n\r\n");
	assert_int_equal(t_hear(t->arena, fd, false).status, 100);
	t_say(fd, "ok");
	assert_string_equal(t_hear(t->arena, fd, true).body, "ok");
	(void)close(fd);
}

static void
an_answer_cannot_be_split_by_a_header_value(void **state)
{
	struct t *t = *state;
	const struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int fd = t_dial(server);
	struct heard heard = { 0 };

	t_say(fd, t_get(t->arena, "/split"));
	heard = t_hear(t->arena, fd, true);
	assert_int_equal(heard.status, 500);
	assert_null(strstr(heard.head, "Forged"));
	(void)close(fd);
}

/* ---- clients that leave ---- */

static void
clients_may_leave_at_any_moment(void **state)
{
	static const char *const beginnings[] = { "", "G", "GET / HTTP/1.1\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nX-",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
		("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
		 "\r\n5\r\nab"),
		"GET /big HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /hold HTTP/1.1\r\nHost: x\r\n\r\n" };
	struct t *t = *state;
	struct server *server = t_serve(t, (struct engine_options){ 0 });
	int fd = -1;

	for (int round = 0; round < 4; round++)
		for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++) {
			const struct linger at_once = { .l_onoff = 1 };

			fd = t_dial(server);
			t_say(fd, beginnings[i]);
			if (round % 2 == 1)
				(void)setsockopt(fd, SOL_SOCKET, SO_LINGER,
				    &at_once, sizeof(at_once));
			(void)close(fd);
		}
	t_release(server);
	fd = t_dial(server);
	t_say(fd, t_get(t->arena, "/"));
	assert_int_equal(t_hear(t->arena, fd, true).status, 200);
	(void)close(fd);
}

static void
many_connections_are_served_at_once(void **state)
{
	struct t *t = *state;
	const struct server *server = t_serve(t, (struct engine_options){ 0 });
	int fds[400];

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = t_dial(server);
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
			t_say(fds[i], t_get(t->arena, "/none"));
		for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
			assert_int_equal(t_hear(t->arena, fds[i], true).status,
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
			.handle = t_handle };

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
	const struct server *server = t_serve(t, (struct engine_options){ 0 });
	struct engine *engine = NULL;
	struct engine_options options = { .handle = t_handle };
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
	const struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int fd = t_dial(server);

	for (int i = 1; i < 4; i++) {
		t_say(fd, t_get(t->arena, "/"));
		assert_non_null(strstr(t_hear(t->arena, fd, true).head,
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
	struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int resting = t_dial(server);
	const int waiting = t_dial(server);
	struct heard heard = { 0 };
	pthread_t stopper;

	t_say(resting, t_get(t->arena, "/"));
	assert_int_equal(t_hear(t->arena, resting, true).status, 200);
	t_say(waiting, t_get(t->arena, "/hold"));
	t_await_held(server, 1);
	assert_int_equal(pthread_create(&stopper, NULL, stop, server), 0);
	assert_int_equal(t_hear_byte(resting, T_PATIENCE_MS), -1);
	t_release(server);
	heard = t_hear(t->arena, waiting, true);
	assert_int_equal(heard.status, 200);
	assert_non_null(strcasestr(heard.head, "\r\nConnection: close\r\n"));
	assert_int_equal(t_hear_byte(waiting, T_PATIENCE_MS), -1);
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
	const int fd = t_dial(asker->server);

	for (;;) {
		t_say(fd, "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
			  "\r\nhello");
		if (t_hear(arena, fd, true).status != 200)
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
	struct server *server = t_serve(t, (struct engine_options){ 0 });
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
		    t_serve(t, (struct engine_options){ .workers = 64 });
		const int fd = t_dial(server);

		engine_stop(server->engine);
		server->engine = NULL;
		assert_int_equal(t_hear_byte(fd, T_PATIENCE_MS), -1);
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
