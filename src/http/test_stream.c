#include "http/t_engine.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"

static void
put(struct http_stream *stream, const char *text)
{
	assert_true(http_stream_put(stream, bytes_of_text(text)));
}

/* Ask for a stream; the head is there before anything is produced. */
static int
begin(struct t *t, struct server *server)
{
	const int fd = t_dial(server);
	struct heard heard = { 0 };

	t_say(fd, t_get(t->arena, "/stream"));
	heard = t_hear(t->arena, fd, true);
	assert_int_equal(heard.status, 200);
	assert_non_null(strstr(heard.head, "\r\nTransfer-Encoding: chunked"));
	return fd;
}

static void
hear(int fd, const char *wanted)
{
	for (const char *c = wanted; *c != '\0'; c++)
		assert_int_equal(t_hear_byte(fd, T_PATIENCE_MS), *c);
}

static void
what_is_put_is_sent_at_once(void **state)
{
	struct t *t = *state;
	struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int fd = begin(t, server);
	struct http_stream *stream = t_stream(server, 0);

	put(stream, "one");
	hear(fd, "3\r\none\r\n");
	put(stream, "");
	put(stream, "three");
	hear(fd, "5\r\nthree\r\n");
	assert_int_equal(http_stream_room(stream), T_STREAM_ROOM);
	http_stream_end(stream);
	hear(fd, "0\r\n\r\n");
	assert_false(http_stream_put(stream, bytes_of_text("late")));
	assert_int_equal(http_stream_room(stream), 0);
	/* The connection is kept, as after any answer. */
	t_say(fd, t_get(t->arena, "/next"));
	assert_int_equal(t_hear(t->arena, fd, true).status, 200);
	assert_true(http_stream_is_gone(stream));
	(void)close(fd);
}

static void
what_waits_is_sent_before_the_end(void **state)
{
	struct t *t = *state;
	struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int fd = t_dial(server);
	const char *all = NULL;

	t_say(fd, "GET /stream HTTP/1.0\r\n\r\n");
	put(t_stream(server, 0), "a");
	put(t_stream(server, 0), t_letters(t->arena, T_STREAM_ROOM - 1000));
	http_stream_end(t_stream(server, 0));
	all = t_hear_all(t->arena, fd);
	/* Without chunks the end of the connection is that of the answer. */
	assert_null(strstr(all, "chunked"));
	assert_string_equal(strstr(all, "\r\n\r\n") + 5,
	    t_letters(t->arena, T_STREAM_ROOM - 1000));
	(void)close(fd);
}

static void
a_waiting_stream_holds_no_worker(void **state)
{
	struct t *t = *state;
	struct server *server =
	    t_serve(t, (struct engine_options){ .workers = 2 });
	int fds[100];

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = begin(t, server);
	for (int i = 0; i < 10; i++) {
		const int fd = t_dial(server);

		t_say(fd, t_get(t->arena, "/x"));
		assert_int_equal(t_hear(t->arena, fd, true).status, 200);
		(void)close(fd);
	}
	/* Nor does waiting cost a stream anything. */
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		put(t_stream(server, (int)i), "x");
		hear(fds[i], "1\r\nx\r\n");
		(void)close(fds[i]);
	}
}

static void
head_of_a_stream_has_no_body(void **state)
{
	struct t *t = *state;
	struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int fd = t_dial(server);

	t_say(fd, "HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_int_equal(t_hear(t->arena, fd, false).status, 200);
	t_say(fd, t_get(t->arena, "/next"));
	assert_memory_equal(t_hear(t->arena, fd, true).body, "GET /next ", 10);
	assert_true(http_stream_is_gone(t_stream(server, 0)));
	(void)close(fd);
}

static void
a_client_that_left_is_noticed(void **state)
{
	struct t *t = *state;
	struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int fd = begin(t, server);
	struct http_stream *stream = t_stream(server, 0);

	(void)close(fd);
	while (!http_stream_is_gone(stream)) {
		(void)http_stream_put(stream, bytes_of_text(": x\n\n"));
		(void)sched_yield();
	}
	assert_false(http_stream_put(stream, bytes_of_text("x")));
}

/* It holds what fits into the stream and the kernel's buffers, no more. */
static void
a_client_that_takes_nothing_is_bounded_and_cut(void **state)
{
	struct t *t = *state;
	struct server *server =
	    t_serve(t, (struct engine_options){ .body_seconds = 1 });
	const int fd = begin(t, server);
	struct http_stream *stream = t_stream(server, 0);
	const struct bytes part =
	    bytes_of_text(t_letters(t->arena, T_STREAM_ROOM));
	int64_t put_count = 0;

	while (!http_stream_is_gone(stream)) {
		put_count += http_stream_put(stream, part);
		assert_true(http_stream_room(stream) <= T_STREAM_ROOM);
		(void)sched_yield();
	}
	assert_in_range(put_count, 1, 1000);
	(void)close(fd);
}

/* ---- many at once ---- */

#define FEEDERS 4
#define FED 40
#define PARTS 200

struct feeder {
	struct server *server;
	int first;
	pthread_t thread;
};

/* A part of each of its streams in turn, as fast as they take it. */
static void *
feed(void *arg)
{
	const struct feeder *feeder = arg;

	for (int part = 0; part < PARTS; part++) {
		for (int i = feeder->first; i < FED; i += FEEDERS) {
			char text[16];

			snprintf(text, sizeof(text), "<%d>", part);
			while (!http_stream_put(feeder->server->streams[i],
			    bytes_of_text(text)))
				(void)sched_yield();
		}
	}
	for (int i = feeder->first; i < FED; i += FEEDERS)
		http_stream_end(feeder->server->streams[i]);
	return NULL;
}

/* The data of a chunked answer. */
static const char *
hear_chunks(struct t *t, int fd)
{
	struct text data = { 0 };
	size_t left = 1;

	text_init(&data, t->arena);
	while (left > 0) {
		int byte = t_hear_byte(fd, T_PATIENCE_MS);

		for (left = 0; byte != '\r';
		     byte = t_hear_byte(fd, T_PATIENCE_MS)) {
			assert_true(byte > 0);
			left =
			    left * 16 + (size_t)(byte >= 'a'   ? byte - 'a' + 10
						 : byte >= 'A' ? byte - 'A' + 10
							       : byte - '0');
		}
		hear(fd, "\n");
		for (size_t i = 0; i < left; i++)
			text_char(&data, (char)t_hear_byte(fd, T_PATIENCE_MS));
		hear(fd, "\r\n");
	}
	return text_of(&data);
}

static void
no_part_is_lost_or_out_of_order(void **state)
{
	struct t *t = *state;
	struct server *server = t_serve(t, (struct engine_options){ 0 });
	struct feeder feeders[FEEDERS];
	struct text wanted = { 0 };
	int fds[FED];

	text_init(&wanted, t->arena);
	for (int part = 0; part < PARTS; part++)
		text_addf(&wanted, "<%d>", part);
	for (size_t i = 0; i < FED; i++)
		fds[i] = begin(t, server);
	for (int i = 0; i < FEEDERS; i++) {
		feeders[i] = (struct feeder){ .server = server, .first = i };
		assert_int_equal(pthread_create(&feeders[i].thread, NULL, feed,
				     &feeders[i]),
		    0);
	}
	/* Streams and sockets are in the same order: begin awaits the head. */
	for (size_t i = 0; i < FED; i++) {
		assert_string_equal(hear_chunks(t, fds[i]), text_of(&wanted));
		(void)close(fds[i]);
	}
	for (size_t i = 0; i < FEEDERS; i++)
		(void)pthread_join(feeders[i].thread, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(what_is_put_is_sent_at_once),
		t_test(what_waits_is_sent_before_the_end),
		t_test(a_waiting_stream_holds_no_worker),
		t_test(head_of_a_stream_has_no_body),
		t_test(a_client_that_left_is_noticed),
		t_test(a_client_that_takes_nothing_is_bounded_and_cut),
		t_test(no_part_is_lost_or_out_of_order),
	};

	return t_run(tests);
}
