#include "http/t_receiver.h"

#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#include "core/day.h"
#include "core/text.h"

static void
says(struct t *t, const char *text, int status, const char *body)
{
	struct receiver *receiver = t_receive(t, AF_INET, t_answer, text);
	struct client_answer answer = { 0 };

	t_ok(&t->ctx,
	    t_call(t, t_client_patient(t), t_url(t, receiver), &answer));
	assert_int_equal(answer.status, status);
	assert_string_equal((const char *)answer.body.at, body);
	assert_int_equal(answer.body.len, strlen(body));
}

static void
fails(struct t *t, const struct client *client,
    void (*act)(struct receiver *, int), const char *text, const char *code)
{
	struct receiver *receiver = t_receive(t, AF_INET, act, text);
	struct client_answer answer = { .status = 7 };

	t_fails(&t->ctx, t_call(t, client, t_url(t, receiver), &answer),
	    FAIL_UPSTREAM, code);
	assert_int_equal(answer.status, 7);
	/* Once; it may see it later than the caller gave up. */
	while (atomic_load(&receiver->called) == 0)
		(void)sched_yield();
	assert_int_equal(atomic_load(&receiver->called), 1);
}

/* Calling whoever acts so fails with this code, though there is time left. */
static void
ends(struct t *t, void (*act)(struct receiver *, int), const char *text,
    const char *code)
{
	fails(t, t_client_patient(t), act, text, code);
}

/* Calling whoever acts so ends by its time limit; else the test hangs. */
static void
is_left(struct t *t, void (*act)(struct receiver *, int), const char *text)
{
	fails(t, t_client_hasty(t), act, text, "client.timeout");
}

static void
a_request_arrives_as_it_was_meant(void **state)
{
	static const struct http_header headers[] = {
		{ "Content-Type", "application/cloudevents+json" },
		{ "X-Empty", "" },
	};
	struct t *t = *state;
	struct receiver *receiver = t_receive(t, AF_INET, t_answer,
	    "HTTP/1.1 202 Accepted\r\nContent-Length: 4\r\n"
	    "retry-after:  17 \r\nX-Other: a\r\nRetry-After: 18\r\n\r\nheld");
	static const char *const wanted[] = { "Retry-After", "X-None", NULL };
	const struct client_request request = {
		.method = "PUT",
		.url = t_url(t, receiver),
		.headers = headers,
		.header_count = ARRAY_SIZE(headers),
		.body = bytes_of_text("{\"a\":\"\xc4\x90\"}"),
		.wanted = wanted,
	};
	struct client_answer answer = { 0 };
	const char *heard = receiver->heard;

	t_ok(&t->ctx,
	    client_call(&t->ctx, t_client(t, (struct client_options){ 0 }),
		&request, &answer));
	assert_int_equal(answer.status, 202);
	assert_string_equal((const char *)answer.body.at, "held");
	assert_string_equal(client_header(&answer, "RETRY-AFTER"), "17");
	assert_null(client_header(&answer, "X-None"));
	assert_null(client_header(&answer, "X-Other"));
	assert_int_equal(answer.header_count, 1);
	assert_true(text_starts(heard, "PUT /in?k=v HTTP/1.1\r\n"));
	assert_non_null(strstr(heard,
	    "\r\nContent-Type: application/cloudevents+json\r\n"));
	assert_non_null(strstr(heard, "\r\nX-Empty:\r\n"));
	assert_non_null(strstr(heard, "\r\nContent-Length: 10\r\n"));
	assert_non_null(strstr(heard, "\r\n\r\n{\"a\":\"\xc4\x90\"}"));
	assert_non_null(strstr(heard, "\r\nUser-Agent: truc/"));
	assert_null(strstr(heard, "Expect"));
	assert_null(strstr(heard, "Cookie"));
	assert_null(strstr(heard, "Accept-Encoding"));
}

static void
without_a_body_none_is_announced(void **state)
{
	struct t *t = *state;
	struct receiver *receiver =
	    t_receive(t, AF_INET, t_answer, T_OK_ANSWER);
	struct client_request request = { .method = "POST",
		.url = t_url(t, receiver) };
	struct client_answer answer = { 0 };
	const struct client *client = t_client(t, (struct client_options){ 0 });

	t_ok(&t->ctx, client_call(&t->ctx, client, &request, &answer));
	assert_true(text_starts(receiver->heard, "POST /in"));
	assert_null(strstr(receiver->heard, "Content-"));
	request.body = bytes_of_text("");
	t_ok(&t->ctx, client_call(&t->ctx, client, &request, &answer));
	assert_non_null(strstr(receiver->heard, "\r\nContent-Length: 0\r\n"));
	assert_null(strstr(receiver->heard, "Content-Type"));
	request = (struct client_request){ .method = "HEAD",
		.url = t_url(t, receiver) };
	t_ok(&t->ctx, client_call(&t->ctx, client, &request, &answer));
	assert_true(text_starts(receiver->heard, "HEAD /in"));
	assert_int_equal(answer.body.len, 0);
}

static void
every_status_is_an_answer(void **state)
{
	struct t *t = *state;

	says(t, "HTTP/1.1 204 No Content\r\n\r\n", 204, "");
	says(t, "HTTP/1.1 410 Gone\r\nContent-Length: 1\r\n\r\nx", 410, "x");
	says(t, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", 503, "");
	says(t, "HTTP/1.0 200 OK\r\n\r\nto the end", 200, "to the end");
	says(t,
	    "HTTP/1.1 100 Continue\r\nRetry-After: 5\r\n\r\n"
	    "HTTP/1.1 103 Hints\r\n\r\n" T_OK_ANSWER,
	    200, "ok");
	/* Compressed although nobody asked: handed over as it is. */
	says(t,
	    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
	    "Content-Length: 3\r\n\r\nabc",
	    200, "abc");
}

static void
a_redirect_is_not_followed(void **state)
{
	struct t *t = *state;
	struct receiver *other = t_receive(t, AF_INET, t_answer, T_OK_ANSWER);
	/* The receiver's thread outlives the arena. */
	static char text[200];
	struct receiver *receiver = NULL;
	struct client_answer answer = { 0 };

	(void)snprintf(text, sizeof(text),
	    "HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:%d/\r\n"
	    "Content-Length: 0\r\n\r\n",
	    other->port);
	receiver = t_receive(t, AF_INET, t_answer, text);
	t_ok(&t->ctx,
	    t_call(t, t_client_patient(t), t_url(t, receiver), &answer));
	assert_int_equal(answer.status, 307);
	assert_true(text_starts(client_header(&answer, "location"),
	    "http://127.0.0.1:"));
	assert_int_equal(atomic_load(&other->called), 0);
}

static void
headers_of_earlier_heads_and_trailers_do_not_count(void **state)
{
	struct t *t = *state;
	struct receiver *receiver = t_receive(t, AF_INET, t_answer,
	    "HTTP/1.1 103 Hints\r\nRetry-After: 1\r\n\r\n"
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "2\r\nhi\r\n0\r\nRetry-After: 9\r\n\r\n");
	struct client_answer answer = { 0 };

	t_ok(&t->ctx,
	    t_call(t, t_client_patient(t), t_url(t, receiver), &answer));
	assert_string_equal((const char *)answer.body.at, "hi");
	assert_null(client_header(&answer, "Retry-After"));
}

/* ---- receivers that misbehave ---- */

static void
act_then_hang(struct receiver *receiver, int fd)
{
	t_answer(receiver, fd);
	t_hang(fd);
}

/* A byte now and then, so that it is never silent for long. */
static void
act_drip(struct receiver *receiver, int fd)
{
	const struct timeval pause = { 0, 100000 };
	char byte = 0;

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &pause, sizeof(pause));
	t_answer(receiver, fd);
	for (int i = 0; i < 200 && t_send(fd, "x", 1); i++)
		if (recv(fd, &byte, 1, 0) == 0)
			return;
}

/* The text, again and again. */
static void
act_repeat(struct receiver *receiver, int fd)
{
	const char *text = receiver->arg;
	const char *again = strchr(text, '|');

	if (!t_send(fd, text, (size_t)(again - text)))
		return;
	for (int i = 0; i < 10000000 && t_send_text(fd, again + 1); i++)
		continue;
}

static void
who_is_slow_or_silent_is_left(void **state)
{
	struct t *t = *state;

	is_left(t, t_act_hang, NULL);
	is_left(t, act_then_hang, "HTTP/1.1 200 OK\r\nX: ");
	is_left(t, act_then_hang,
	    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
	is_left(t, act_drip, "HTTP/1.1 200 OK\r\nX: ");
	is_left(t, act_drip, "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n");
}

static void
silence_ends_a_call_that_has_time_left(void **state)
{
	struct t *t = *state;
	struct receiver *receiver = t_receive(t, AF_INET, t_act_hang, NULL);
	const struct client *client =
	    t_client(t, (struct client_options){ .silent_s = 1 });
	struct client_answer answer = { 0 };

	t_fails(&t->ctx, t_call(t, client, t_url(t, receiver), &answer),
	    FAIL_UPSTREAM, "client.timeout");
}

static int64_t
resident_kb(void)
{
	struct rusage used = { 0 };

	(void)getrusage(RUSAGE_SELF, &used);
	return used.ru_maxrss;
}

static void
who_says_too_much_is_left(void **state)
{
	struct t *t = *state;
	const int64_t before_kb = resident_kb();

	/* Said before, and not said; chunked; 10 MB and without an end. */
	ends(t, act_repeat,
	    "HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n|"
	    "0123456789abcdef",
	    "client.too_big");
	ends(t, act_repeat, "HTTP/1.1 200 OK\r\n\r\n|0123456789abcdef",
	    "client.too_big");
	ends(t, act_repeat,
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n|"
	    "10\r\n0123456789abcdef\r\n",
	    "client.too_big");
	ends(t, act_repeat, "HTTP/1.1 200 OK\r\n|X-Head: more\r\n",
	    "client.too_big");
	ends(t, act_repeat, "HTTP/1.1 200 OK\r\nX: |more and ",
	    "client.too_big");
	ends(t, act_repeat, "|HTTP/1.1 100 Continue\r\n\r\n", "client.too_big");
	ends(t, act_repeat,
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "2\r\nhi\r\n0\r\n|X-Trailer: more\r\n",
	    "client.too_big");
	assert_true(resident_kb() - before_kb < 64 << 10);
}

static void
an_answer_of_just_the_limit_is_taken(void **state)
{
	struct t *t = *state;
	struct receiver *receiver =
	    t_receive(t, AF_INET, t_answer, T_OK_ANSWER);
	struct client_request request = { .method = "GET",
		.url = t_url(t, receiver),
		.answer_max = 2 };
	struct client_answer answer = { 0 };

	t_ok(&t->ctx,
	    client_call(&t->ctx, t_client_patient(t), &request, &answer));
	request.answer_max = 1;
	t_fails(&t->ctx,
	    client_call(&t->ctx, t_client_patient(t), &request, &answer),
	    FAIL_UPSTREAM, "client.too_big");
}

static void
act_reset(struct receiver *receiver, int fd)
{
	const struct linger now = { 1, 0 };

	t_answer(receiver, fd);
	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

static void
who_ends_in_the_middle_has_not_answered(void **state)
{
	struct t *t = *state;

	ends(t, t_answer, "", "client.cut");
	ends(t, t_answer, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
	    "client.cut");
	ends(t, t_answer,
	    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
	    "client.cut");
	ends(t, act_reset, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
	    "client.cut");
	ends(t, act_reset, "", "client.cut");
}

static void
what_is_no_http_is_no_answer(void **state)
{
	struct t *t = *state;

	ends(t, t_answer, "hello\n", "client.protocol");
	ends(t, t_answer, "SSH-2.0-x\r\n", "client.protocol");
	ends(t, t_answer, "HTTP/9.9 200 OK\r\n\r\n", "client.protocol");
	ends(t, t_answer, "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
	    "client.protocol");
	ends(t, act_then_hang,
	    "HTTP/1.1 101 Other\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
	    "client.protocol");
}

static void
a_request_that_could_be_read_in_two_ways_is_not_sent(void **state)
{
	static const struct http_header wrong[] = {
		{ "X", "a\r\nY: b" },
		{ "X", "a\nb" },
		{ "X\r\nY", "a" },
		{ "X Y", "a" },
		{ "", "a" },
		{ "Content-Length", "5" },
		{ "transfer-encoding", "chunked" },
		{ "Host", "other" },
		{ "Expect", "100-continue" },
		{ "Connection", "X" },
	};
	static const char *const methods[] = { "", "get", "GET /x HTTP/1.1\r\n",
		"CONNECT", "ABCDEFGHIJKLMNOPQ" };
	struct t *t = *state;
	struct receiver *receiver =
	    t_receive(t, AF_INET, t_answer, T_OK_ANSWER);
	const struct client *client = t_client_patient(t);
	struct client_request request = { .method = "POST",
		.url = t_url(t, receiver),
		.header_count = 1 };
	struct client_answer answer = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		request.headers = &wrong[i];
		t_fails(&t->ctx,
		    client_call(&t->ctx, client, &request, &answer),
		    FAIL_INVALID, "client.request");
	}
	request.header_count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		request.method = methods[i];
		t_fails(&t->ctx,
		    client_call(&t->ctx, client, &request, &answer),
		    FAIL_INVALID, "client.request");
	}
	request.method = "POST";
	request.body =
	    (struct bytes){ (const uint8_t *)"", CLIENT_BODY_MAX + 1 };
	t_fails(&t->ctx, client_call(&t->ctx, client, &request, &answer),
	    FAIL_INVALID, "client.request");
	assert_int_equal(atomic_load(&receiver->called), 0);
}

/* ---- the end of the process ---- */

struct stopping {
	struct client *client;
	struct receiver *receiver;
};

static void *
stop_when_called(void *arg)
{
	struct stopping *stopping = arg;
	const struct timespec pause = { 0, 1000000 };

	while (atomic_load(&stopping->receiver->called) == 0)
		(void)nanosleep(&pause, NULL);
	client_stop(stopping->client);
	return NULL;
}

static void
stopping_ends_the_calls_under_way(void **state)
{
	struct t *t = *state;
	struct receiver *receiver = t_receive(t, AF_INET, t_act_hang, NULL);
	struct client *client = t_client_patient(t);
	struct stopping stopping = { client, receiver };
	struct client_answer answer = { 0 };
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, stop_when_called,
			     &stopping),
	    0);
	t_fails(&t->ctx, t_call(t, client, t_url(t, receiver), &answer),
	    FAIL_BUSY, "client.stopped");
	(void)pthread_join(thread, NULL);
	t_fails(&t->ctx, t_call(t, client, t_url(t, receiver), &answer),
	    FAIL_BUSY, "client.stopped");
	assert_int_equal(atomic_load(&receiver->called), 1);
}

struct calling {
	struct t *t;
	const struct client *client;
	const char *url;
	int answered;
};

static void *
call_often(void *arg)
{
	struct calling *calling = arg;

	for (int i = 0; i < 20; i++) {
		struct arena *arena = arena_new(0);
		struct client_request request = { .method = "GET",
			.url = calling->url };
		struct client_answer answer = { 0 };
		struct ctx ctx;

		ctx_init(&ctx, arena, &calling->t->home);
		calling->answered += client_call(&ctx, calling->client,
					 &request, &answer) == OK &&
				     answer.status == 200;
		arena_free(arena);
	}
	return NULL;
}

static void
many_threads_call_with_one_client(void **state)
{
	struct t *t = *state;
	struct receiver *receiver =
	    t_receive(t, AF_INET, t_answer, T_OK_ANSWER);
	const struct client *client = t_client_patient(t);
	struct calling calling[8];
	pthread_t threads[8];

	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		calling[i] =
		    (struct calling){ t, client, t_url(t, receiver), 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, call_often,
				     &calling[i]),
		    0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		(void)pthread_join(threads[i], NULL);
		assert_int_equal(calling[i].answered, 20);
	}
}

static void
a_client_that_cannot_be_made_says_why(void **state)
{
	struct t *t = *state;
	struct client *client = NULL;

	t_fails(&t->ctx,
	    client_new(&t->ctx,
		&(struct client_options){ .networks = "10.0.0.0/99" }, &client),
	    FAIL_INVALID, "client.networks");
	t_fails(&t->ctx,
	    client_new(&t->ctx,
		&(struct client_options){ .ca_file = "/nowhere/ca.pem" },
		&client),
	    FAIL_INVALID, "client.ca_file");
	assert_null(client);
	client_free(NULL);
}

static void
an_injected_failure_reaches_the_caller(void **state)
{
	struct t *t = *state;
	struct receiver *receiver =
	    t_receive(t, AF_INET, t_answer, T_OK_ANSWER);
	const struct client *client = t_client_patient(t);
	struct client_answer answer = { 0 };

	t->faults = (struct faults){ .at = 1 };
	t_fails(&t->ctx, t_call(t, client, t_url(t, receiver), &answer),
	    FAIL_INTERNAL, "fault.injected");
	assert_int_equal(atomic_load(&receiver->called), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_request_arrives_as_it_was_meant),
		t_test(without_a_body_none_is_announced),
		t_test(every_status_is_an_answer),
		t_test(a_redirect_is_not_followed),
		t_test(headers_of_earlier_heads_and_trailers_do_not_count),
		t_test(who_is_slow_or_silent_is_left),
		t_test(silence_ends_a_call_that_has_time_left),
		t_test(who_says_too_much_is_left),
		t_test(an_answer_of_just_the_limit_is_taken),
		t_test(who_ends_in_the_middle_has_not_answered),
		t_test(what_is_no_http_is_no_answer),
		t_test(a_request_that_could_be_read_in_two_ways_is_not_sent),
		t_test(stopping_ends_the_calls_under_way),
		t_test(many_threads_call_with_one_client),
		t_test(a_client_that_cannot_be_made_says_why),
		t_test(an_injected_failure_reaches_the_caller),
	};

	return t_run(tests);
}
