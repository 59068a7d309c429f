#include "http/t_engine.h"

#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "core/day.h"

static void
a_body_that_says_it_is_too_big_is_not_read(void **state)
{
	struct t *t = *state;
	struct server *server = t_serve(t, (struct engine_options){ 0 });
	static const char *const sizes[] = { "100001", "104857600",
		"9223372036854775807" };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		const int fd = t_dial(server);
		struct heard heard = { 0 };

		t_say(fd, arena_printf(t->arena,
			      "POST /body HTTP/1.1\r\nHost: x\r\n"
			      "Content-Length: %s\r\n\r\n",
			      sizes[i]));
		heard = t_hear(t->arena, fd, true);
		assert_int_equal(heard.status, 413);
		assert_non_null(strstr(heard.body, "http.too_big"));
		assert_int_equal(t_hear_byte(fd, T_PATIENCE_MS), -1);
		(void)close(fd);
	}
	assert_int_equal(atomic_load(&server->handled), 0);
}

static void
a_full_queue_says_so_at_once(void **state)
{
	struct t *t = *state;
	struct server *server =
	    t_serve(t, (struct engine_options){ .workers = 1, .queue_max = 2 });
	struct heard heard = { 0 };
	int fds[5];
	int seconds[2] = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = t_dial(server);
	t_say(fds[0], t_get(t->arena, "/hold"));
	t_await_held(server, 1);
	/* Of the others two find room, whichever they are. */
	for (size_t i = 1; i < ARRAY_SIZE(fds); i++)
		t_say(fds[i], t_get(t->arena, "/hold"));
	for (int refusals = 0; refusals < 2; refusals++) {
		struct pollfd wait[5] = { { 0 } };
		size_t at = 1;

		for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
			wait[i] =
			    (struct pollfd){ .fd = fds[i], .events = POLLIN };
		assert_true(poll(wait, ARRAY_SIZE(fds), T_PATIENCE_MS) > 0);
		while (at < ARRAY_SIZE(fds) && wait[at].revents == 0)
			at++;
		assert_in_range(at, 1, ARRAY_SIZE(fds) - 1);
		heard = t_hear(t->arena, fds[at], true);
		assert_int_equal(heard.status, 503);
		seconds[refusals] = t_retry_s(heard.head);
		assert_non_null(strstr(heard.body, "http.busy"));
		/* The connection is kept for the next try. */
		(void)close(fds[at]);
		fds[at] = -1;
	}
	/* Who is refused together does not come again together. */
	assert_int_not_equal(seconds[0], seconds[1]);
	assert_int_equal(atomic_load(&server->handled), 1);
	t_release(server);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		if (fds[i] < 0)
			continue;
		assert_int_equal(t_hear(t->arena, fds[i], true).status, 200);
		(void)close(fds[i]);
	}
	assert_int_equal(atomic_load(&server->handled), 3);
}

/* One worker, and more requests that wait than there is room in its queue. */
static void
who_waits_for_others_holds_no_worker(void **state)
{
	struct t *t = *state;
	struct server *server =
	    t_serve(t, (struct engine_options){ .workers = 1, .queue_max = 4 });
	struct heard heard = { 0 };
	int waiting[4];
	int fd = -1;

	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++) {
		waiting[i] = t_dial(server);
		t_say(waiting[i], t_get(t->arena, "/later"));
	}
	t_await_held(server, (int)ARRAY_SIZE(waiting));
	fd = t_dial(server);
	t_say(fd, t_get(t->arena, "/none"));
	assert_int_equal(t_hear(t->arena, fd, true).status, 204);
	/* They count: one more fills the house. */
	t_say(fd, t_get(t->arena, "/later"));
	t_await_held(server, (int)ARRAY_SIZE(waiting) + 1);
	(void)close(fd);
	fd = t_dial(server);
	t_say(fd, t_get(t->arena, "/none"));
	assert_int_equal(t_hear(t->arena, fd, true).status, 503);
	t_go_on(server);
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++) {
		heard = t_hear(t->arena, waiting[i], true);
		assert_int_equal(heard.status, 200);
		assert_string_equal(heard.body, "later");
		(void)close(waiting[i]);
	}
	(void)close(fd);
}

/* The head of a request that asks before it sends its body. */
static int
offer(struct t *t, const struct server *server, size_t len)
{
	const int fd = t_dial(server);

	t_say(fd,
	    arena_printf(t->arena,
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
	struct heard heard = t_hear(t->arena, fd, true);

	if (heard.status == 100) {
		t_say(fd, t_letters(t->arena, len));
		heard = t_hear(t->arena, fd, true);
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
	const struct heard heard = t_hear(t->arena, fd, true);

	assert_int_equal(heard.status, 503);
	(void)t_retry_s(heard.head);
	assert_non_null(strcasestr(heard.head, "\r\nConnection: close\r\n"));
	assert_non_null(strstr(heard.body, "http.busy"));
	assert_int_equal(t_hear_byte(fd, T_PATIENCE_MS), -1);
	(void)close(fd);
}

/* Each of the offers below holds 64 KiB as soon as it may go on. */
static void
all_bodies_share_a_budget(void **state)
{
	struct t *t = *state;
	struct server *server =
	    t_serve(t, (struct engine_options){ .bodies_max = 210000 });
	const char *body = t_letters(t->arena, 65000);
	const int first = offer(t, server, 65000);
	const int second = offer(t, server, 65000);
	/* Of which less is taken for granted than it will be. */
	const int growing = offer(t, server, 100000);
	struct heard heard = { 0 };

	assert_int_equal(t_hear(t->arena, first, true).status, 100);
	assert_int_equal(t_hear(t->arena, second, true).status, 100);
	assert_int_equal(t_hear(t->arena, growing, true).status, 100);
	assert_busy(t, offer(t, server, 65000));
	/* It is dropped when it is too much. */
	t_say(growing, t_letters(t->arena, 100000));
	assert_busy(t, growing);
	assert_int_equal(post(t, server, 5), 200);
	t_say(first, body);
	heard = t_hear(t->arena, first, true);
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
	    t_serve(t, (struct engine_options){ .bodies_max = 100000 });
	const int fd = offer(t, server, 65000);

	assert_int_equal(t_hear(t->arena, fd, true).status, 100);
	assert_int_equal(post(t, server, 65000), 503);
	(void)close(fd);
	post_until_taken(t, server, 65000);
}

/* A byte of endless letters each 50 ms, until the server ends it; not before
 * the second that its limits allow, which begins after from_us. */
static void
drip(int fd, const char *letters, int64_t from_us)
{
	for (int i = 0; i < T_PATIENCE_MS / 50; i++) {
		if (*letters != '\0')
			t_say_n(fd, letters++, 1);
		if (t_hear_byte(fd, 50) == -1) {
			/* Its clock ticks in milliseconds or so. */
			assert_true(time_steady_us() - from_us > 900000);
			(void)close(fd);
			return;
		}
	}
	t_fail("the connection was not cut");
}

static void
a_head_that_drips_is_cut(void **state)
{
	struct t *t = *state;
	const struct server *server =
	    t_serve(t, (struct engine_options){ .head_seconds = 1 });
	const char *endless = t_letters(t->arena, 1000);
	int64_t from_us = time_steady_us();
	int fd = t_dial(server);

	/* In the request line. */
	drip(fd, endless, from_us);
	/* In a header. */
	from_us = time_steady_us();
	fd = t_dial(server);
	t_say(fd, "GET / HTTP/1.1\r\nHost: x\r\nX-Long: ");
	drip(fd, endless, from_us);
	/* Silence. */
	from_us = time_steady_us();
	fd = t_dial(server);
	drip(fd, "", from_us);
	/* In the second request of a kept connection. */
	fd = t_dial(server);
	from_us = time_steady_us();
	t_say(fd, t_get(t->arena, "/"));
	assert_int_equal(t_hear(t->arena, fd, true).status, 200);
	t_say(fd, "GET / HTTP/1.1\r\nX-Long: ");
	drip(fd, endless, from_us);
}

static void
a_body_that_drips_is_cut(void **state)
{
	struct t *t = *state;
	struct server *server =
	    t_serve(t, (struct engine_options){ .body_seconds = 1 });
	const char *endless = t_letters(t->arena, 1000);
	const int64_t from_us = time_steady_us();
	const int fd = t_dial(server);

	/* Longer than what is dripped within the test's patience. */
	t_say(fd,
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n");
	drip(fd, endless, from_us);
	assert_int_equal(atomic_load(&server->handled), 0);
}

static void
a_slow_handler_is_not_cut(void **state)
{
	struct t *t = *state;
	struct server *server = t_serve(t,
	    (struct engine_options){ .head_seconds = 1, .body_seconds = 1 });
	const int fd = t_dial(server);

	t_say(fd, t_get(t->arena, "/hold"));
	t_await_held(server, 1);
	assert_int_equal(t_hear_byte(fd, 1700), -2);
	t_release(server);
	assert_int_equal(t_hear(t->arena, fd, true).status, 200);
	(void)close(fd);
}

static void
over_the_limit_who_has_rested_longest_makes_room(void **state)
{
	struct t *t = *state;
	const struct server *server =
	    t_serve(t, (struct engine_options){ .connections_max = 2 });
	const int silent = t_dial(server);
	const int kept = t_dial(server);
	int third = -1;
	int fourth = -1;

	t_say(kept, t_get(t->arena, "/"));
	assert_int_equal(t_hear(t->arena, kept, true).status, 200);
	third = t_dial(server);
	t_say(third, t_get(t->arena, "/"));
	assert_int_equal(t_hear(t->arena, third, true).status, 200);
	assert_int_equal(t_hear_byte(silent, T_PATIENCE_MS), -1);
	/* The other one was kept, and is not the longest at rest any more. */
	t_say(kept, t_get(t->arena, "/"));
	assert_int_equal(t_hear(t->arena, kept, true).status, 200);
	fourth = t_dial(server);
	t_say(fourth, t_get(t->arena, "/"));
	assert_int_equal(t_hear(t->arena, fourth, true).status, 200);
	assert_int_equal(t_hear_byte(third, T_PATIENCE_MS), -1);
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
	    t_serve(t, (struct engine_options){ .connections_max = 20 });
	int silent[60];
	int fd = -1;

	for (size_t i = 0; i < ARRAY_SIZE(silent); i++)
		silent[i] = t_dial(server);
	fd = t_dial(server);
	t_say(fd, t_get(t->arena, "/"));
	assert_int_equal(t_hear(t->arena, fd, true).status, 200);
	(void)close(fd);
	for (size_t i = 0; i < ARRAY_SIZE(silent); i++)
		(void)close(silent[i]);
}

static void
who_is_at_work_is_not_cut_for_another(void **state)
{
	struct t *t = *state;
	struct server *server =
	    t_serve(t, (struct engine_options){ .connections_max = 2 });
	int fds[4];

	/* Two, and one more that is let in. */
	for (int i = 0; i < 3; i++) {
		fds[i] = t_dial(server);
		t_say(fds[i], t_get(t->arena, "/hold"));
		t_await_held(server, i + 1);
	}
	fds[3] = t_dial(server);
	t_say(fds[3], t_get(t->arena, "/"));
	assert_int_equal(t_hear_byte(fds[3], 100), -2);
	t_release(server);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		assert_int_equal(t_hear(t->arena, fds[i], true).status, 200);
		(void)close(fds[i]);
	}
}

/* ---- a head that is too big ---------------------------------------------- */

/* A request with a target of target bytes and so many headers of 9 bytes. */
static const char *
with_head(struct t *t, size_t target, int headers)
{
	struct text text = { 0 };

	text_init(&text, t->arena);
	text_addf(&text, "GET /x?q=%s HTTP/1.1\r\nHost: x\r\n",
	    t_letters(t->arena, target - strlen("/x?q=")));
	for (int i = 1; i < headers; i++)
		text_addf(&text, "X-%02d: 1\r\n", i);
	text_add(&text, "\r\n");
	return text_of(&text);
}

static struct heard
answer_of(struct t *t, const struct server *server, const char *request)
{
	const int fd = t_dial(server);
	struct heard heard = { 0 };

	t_say(fd, request);
	heard = t_hear(t->arena, fd, true);
	(void)close(fd);
	return heard;
}

static void
a_target_up_to_its_limit_is_served(void **state)
{
	struct t *t = *state;
	struct server *server = t_serve(t, (struct engine_options){ 0 });
	struct heard heard =
	    answer_of(t, server, with_head(t, HTTP_TARGET_MAX, 20));

	assert_int_equal(heard.status, 200);
	heard = answer_of(t, server, with_head(t, HTTP_TARGET_MAX + 1, 20));
	assert_int_equal(heard.status, 414);
	assert_non_null(strstr(heard.head, "application/problem+json"));
	assert_non_null(strstr(heard.body, "\"http.target_too_long\""));
	assert_int_equal(atomic_load(&server->handled), 1);
}

/*
 * Whatever it is made of, a head is served or refused, but never just cut.  Over
 * 16 KiB with its rows the library speaks for itself.
 */
static void
a_head_that_is_too_big_is_told_so(void **state)
{
	struct t *t = *state;
	struct server *server = t_serve(t, (struct engine_options){ 0 });

	for (int headers = 1; headers <= 64; headers += 21) {
		const size_t most = 15500 - (size_t)headers * (64 + 9);
		int last = 200;

		for (size_t n = 1000; n < most; n += 250) {
			const struct heard heard =
			    answer_of(t, server, with_head(t, n, headers));

			if (n > HTTP_TARGET_MAX)
				assert_int_equal(heard.status, 414);
			else if (last == 200 && heard.status == 200)
				continue;
			else
				assert_int_equal(heard.status, 431);
			assert_non_null(
			    strstr(heard.head, "application/problem+json"));
			last = heard.status;
		}
	}
}

static void
a_crowd_of_parameters_counts_as_well(void **state)
{
	struct t *t = *state;
	struct server *server = t_serve(t, (struct engine_options){ 0 });
	struct text text = { 0 };

	for (int count = 10; count <= 170; count += 20) {
		struct heard heard = { 0 };

		text_init(&text, t->arena);
		text_add(&text, "GET /x?a");
		for (int i = 1; i < count; i++)
			text_add(&text, "&a");
		text_addf(&text, " HTTP/1.1\r\nHost: x\r\nX-A: %s\r\n\r\n",
		    t_letters(t->arena, 2000));
		heard = answer_of(t, server, text_of(&text));
		/* 2,043 bytes and two headers; a parameter costs 66. */
		assert_int_equal(heard.status, count <= 150 ? 200 : 431);
	}
}

/* The library has them twice. */
static void
cookies_count_twice(void **state)
{
	struct t *t = *state;
	struct server *server = t_serve(t, (struct engine_options){ 0 });

	for (size_t len = 1000; len <= 7500; len += 500) {
		const struct heard heard = answer_of(t, server,
		    arena_printf(t->arena,
			"GET /x HTTP/1.1\r\nHost: x\r\nCookie: %s\r\n\r\n",
			t_letters(t->arena, len)));

		assert_int_equal(heard.status, len <= 6000 ? 200 : 431);
		if (heard.status == 431)
			assert_non_null(
			    strstr(heard.body, "\"http.head_too_big\""));
	}
}

static void
a_body_comes_after_the_biggest_head(void **state)
{
	struct t *t = *state;
	struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int fd = t_dial(server);
	struct heard heard = { 0 };

	/* Twice, as the second uses the memory again. */
	for (int i = 0; i < 2; i++) {
		t_say(fd, arena_printf(t->arena,
			      "POST /body HTTP/1.1\r\nHost: x\r\nX-A: %s\r\n"
			      "Content-Length: %zu\r\n\r\n",
			      t_letters(t->arena, 12700), T_BODY_MAX));
		t_say(fd, t_letters(t->arena, T_BODY_MAX));
		heard = t_hear(t->arena, fd, true);
		assert_int_equal(heard.status, 200);
		assert_int_equal(heard.body_len, T_BODY_MAX);
	}
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_body_that_says_it_is_too_big_is_not_read),
		t_test(a_full_queue_says_so_at_once),
		t_test(who_waits_for_others_holds_no_worker),
		t_test(all_bodies_share_a_budget),
		t_test(a_body_given_up_gives_its_budget_back),
		t_test(a_head_that_drips_is_cut),
		t_test(a_body_that_drips_is_cut),
		t_test(a_slow_handler_is_not_cut),
		t_test(over_the_limit_who_has_rested_longest_makes_room),
		t_test(a_crowd_of_silent_connections_keeps_nobody_out),
		t_test(who_is_at_work_is_not_cut_for_another),
		t_test(a_target_up_to_its_limit_is_served),
		t_test(a_head_that_is_too_big_is_told_so),
		t_test(a_crowd_of_parameters_counts_as_well),
		t_test(cookies_count_twice),
		t_test(a_body_comes_after_the_biggest_head),
	};
	return t_run(tests);
}
