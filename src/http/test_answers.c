#include "http/t_engine.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

/* What answers hold that nobody takes. */

#define BIG ((size_t)8 << 20) /* /big */

/* Asked for and answered, and nothing of it is read but the head. */
static int
leave_untaken(struct t *t, const struct server *server, const char *request)
{
	const int fd = t_dial(server);

	t_say(fd, request);
	assert_int_equal(t_hear(t->arena, fd, false).status, 200);
	return fd;
}

static int
status_of(struct t *t, const struct server *server, const char *request,
    bool with_body)
{
	const int fd = t_dial(server);
	struct heard heard = { 0 };

	t_say(fd, request);
	heard = t_hear(t->arena, fd, with_body);
	if (heard.status == 503) {
		(void)t_retry_s(heard.head);
		assert_non_null(strstr(heard.body, "http.busy"));
	}
	(void)close(fd);
	return heard.status;
}

/* So many fit into a bound of so many bytes; the next one does not. */
static void
fill(struct t *t, struct server *server, int count)
{
	const char *big = t_get(t->arena, "/big");
	int fds[3];

	for (int i = 0; i < count; i++)
		fds[i] = leave_untaken(t, server, big);
	assert_int_equal(status_of(t, server, big, true), 503);
	/* What is small is answered, and whoever did something hears of it. */
	assert_int_equal(status_of(t, server, t_get(t->arena, "/"), true), 200);
	assert_int_equal(
	    status_of(t, server,
		"POST /big HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
		false),
	    200);
	/* Who leaves makes room. */
	(void)close(fds[0]);
	for (int ms = 0; status_of(t, server, big, false) == 503; ms++) {
		assert_true(ms < T_PATIENCE_MS);
		(void)usleep(1000);
	}
	for (int i = 1; i < count; i++)
		(void)close(fds[i]);
}

static void
large_answers_share_a_bound(void **state)
{
	struct t *t = *state;

	fill(t, t_serve(t, (struct engine_options){ .answers_max = 3 * BIG }),
	    3);
	fill(t,
	    t_serve(t, (struct engine_options){ .answers_max = 3 * BIG - 1 }),
	    2);
}

static const char *
big_for(struct t *t, int owner)
{
	return arena_printf(t->arena,
	    "GET /big HTTP/1.1\r\nHost: x\r\nX-Owner: %d\r\n\r\n", owner);
}

/* Three of twenty; those who are unknown share one. */
static void
an_owner_has_a_share_of_the_bound(void **state)
{
	struct t *t = *state;
	struct server *server =
	    t_serve(t, (struct engine_options){ .answers_max = 20 * BIG,
			   .answers_share = 15 });

	for (int owner = 0; owner < 2; owner++) {
		const char *own = big_for(t, owner);
		int fds[3];

		for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
			fds[i] = leave_untaken(t, server, own);
		assert_int_equal(status_of(t, server, own, true), 503);
		assert_int_equal(status_of(t, server, big_for(t, owner + 7),
				     false),
		    200);
		/* Who leaves makes room in the share. */
		(void)close(fds[0]);
		for (int ms = 0; status_of(t, server, own, false) == 503;
		     ms++) {
			assert_true(ms < T_PATIENCE_MS);
			(void)usleep(1000);
		}
		(void)close(fds[1]);
		(void)close(fds[2]);
	}
}

static void
one_larger_than_the_bound_is_refused(void **state)
{
	struct t *t = *state;
	struct server *server =
	    t_serve(t, (struct engine_options){ .answers_max = BIG - 1 });

	assert_int_equal(status_of(t, server, t_get(t->arena, "/big"), true),
	    503);
}

static void
what_making_it_took_is_given_back_before_it_is_taken(void **state)
{
	struct t *t = *state;
	struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int fd = t_dial(server);

	t_say(fd, t_get(t->arena, "/heavy"));
	assert_int_equal(t_hear_byte(fd, T_PATIENCE_MS), 'H');
	assert_int_equal(atomic_load(&server->freed), 1);
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(large_answers_share_a_bound),
		t_test(an_owner_has_a_share_of_the_bound),
		t_test(one_larger_than_the_bound_is_refused),
		t_test(what_making_it_took_is_given_back_before_it_is_taken),
	};

	return t_run(tests);
}
