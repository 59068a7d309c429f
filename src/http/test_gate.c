#include "http/t_engine.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"

static void
a_nul_in_the_head_is_refused(void **state)
{
	struct t *t = *state;
	struct server *server = t_serve(t, (struct engine_options){ 0 });
	static const char heads[][64] = {
		"GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
		"GET / HTTP/1.1\r\nX: a\0b\r\nHost: x\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nX\0: a\r\n\r\n",
		"GET /\0a HTTP/1.1\r\nHost: x\r\n\r\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		const int fd = t_dial(server);
		const char *end =
		    memmem(heads[i], sizeof(heads[i]), "\r\n\r\n", 4);
		const char *all = NULL;

		t_say_n(fd, heads[i], (size_t)(end - heads[i]) + 4);
		all = t_hear_all(t->arena, fd);
		if (strstr(all, " 200 ") != NULL)
			t_fail("head %zu was served: \"%s\"", i, all);
		(void)close(fd);
	}
	assert_int_equal(atomic_load(&server->handled), 0);
}

#define SMUGGLED "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"

struct probe {
	const char *what;
	const char *request;
	int status; /* 0: closed without an answer is right too */
};

/* Each is answered once, with its status, closed, and reaches no handler. */
static const struct probe refused[] = {
	{ "Content-Length and chunked",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED,
	    400 },
	{ "chunked and Content-Length",
	    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
	    "Content-Length: 4\r\n\r\n0\r\n\r\n" SMUGGLED,
	    400 },
	{ "two different Content-Length",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
	    "Content-Length: 5\r\n\r\nabcde" SMUGGLED,
	    400 },
	{ "two equal Content-Length",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
	    "Content-Length: 5\r\n\r\nabcde" SMUGGLED,
	    400 },
	{ "two Transfer-Encoding",
	    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED,
	    400 },
	{ "chunked over HTTP/1.0",
	    "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "0\r\n\r\n" SMUGGLED,
	    400 },
	{ "chunked over HTTP/1.0 that stays",
	    "POST / HTTP/1.0\r\nConnection: keep-alive\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED,
	    400 },
	{ "chunked",
	    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
	    "\r\n0\r\n\r\n" SMUGGLED,
	    411 },
	{ "unknown coding",
	    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n"
	    "\r\n" SMUGGLED,
	    400 },
	{ "chunked after another coding",
	    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked"
	    "\r\n\r\n0\r\n\r\n" SMUGGLED,
	    400 },
	{ "blank before the colon of Transfer-Encoding",
	    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n"
	    "\r\n0\r\n\r\n" SMUGGLED,
	    400 },
	{ "blank in a header name",
	    "GET / HTTP/1.1\r\nHost: x\r\nX Y: z\r\n\r\n" SMUGGLED, 400 },
	{ "Content-Length with a plus",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n"
	    "\r\nabcde" SMUGGLED,
	    400 },
	{ "Content-Length as a list",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5,5\r\n"
	    "\r\nabcde" SMUGGLED,
	    400 },
	{ "Content-Length with a needless zero",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 05\r\n"
	    "\r\nabcde" SMUGGLED,
	    400 },
	{ "Content-Length below nothing",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n"
	    "\r\nabcde" SMUGGLED,
	    400 },
	{ "Content-Length with a blank in it",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5 5\r\n"
	    "\r\nabcde" SMUGGLED,
	    400 },
	{ "Content-Length that is empty",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n"
	    "\r\nabcde" SMUGGLED,
	    400 },
	{ "Content-Length that is a word",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: five\r\n"
	    "\r\nabcde" SMUGGLED,
	    400 },
	{ "Content-Length in another base",
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x5\r\n"
	    "\r\nabcde" SMUGGLED,
	    400 },
	{ "Content-Length of more than 63 bits",
	    "POST / HTTP/1.1\r\nHost: x\r\n"
	    "Content-Length: 9223372036854775808\r\n\r\nabcde" SMUGGLED,
	    400 },
	{ "Content-Length of more than 64 bits",
	    "POST / HTTP/1.1\r\nHost: x\r\n"
	    "Content-Length: 99999999999999999999\r\n\r\nabcde" SMUGGLED,
	    400 },
	{ "no Host", "GET / HTTP/1.1\r\n\r\n" SMUGGLED, 400 },
	{ "two Hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n" SMUGGLED,
	    400 },
	{ "folded header",
	    "GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n" SMUGGLED, 400 },
	{ "NUL in the path", "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED,
	    400 },
	{ "line feed in the path",
	    "GET /a%0ab HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED, 400 },
	{ "control byte in the path",
	    "GET /a%1fb HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED, 400 },
	{ "broken percent in the path",
	    "GET /a%4 HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED, 400 },
	{ "path that is not UTF-8",
	    "GET /%c3%28 HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED, 400 },
	{ "control byte in a value",
	    "GET / HTTP/1.1\r\nHost: x\r\nX-A: a\x01\r\n\r\n" SMUGGLED, 400 },
	{ "path without a slash", "GET a HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED,
	    400 },
	{ "whole address in the request line",
	    "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED, 400 },
	{ "folded Host", "GET / HTTP/1.1\r\nHost:\r\n x\r\n\r\n" SMUGGLED,
	    400 },
	{ "folded header before another",
	    "GET / HTTP/1.1\r\nX-A: b\r\n\tc\r\nHost: x\r\n\r\n" SMUGGLED,
	    400 },
	{ "folded Transfer-Encoding",
	    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\n"
	    "\r\n0\r\n\r\n" SMUGGLED,
	    400 },
	{ "blank line begun by the first header",
	    "GET / HTTP/1.1\r\n X: y\r\nHost: x\r\n\r\n" SMUGGLED, 400 },
	{ "blank after chunked",
	    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked \r\n"
	    "\r\n0\r\n\r\n" SMUGGLED,
	    411 },
	{ "blank in the path", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED,
	    400 },
	{ "tab in the path", "GET /a\tb HTTP/1.1\r\nHost: x\r\n\r\n" SMUGGLED,
	    400 },
	{ "no version", "GET /\r\n\r\n" SMUGGLED, 0 },
	{ "no request at all", "\x16\x03\x01\x02\r\n\r\n", 0 },
};

/* Heads of answers; their texts have no such line. */
static int
heads_in(const char *all)
{
	int heads = 0;

	for (const char *at = all; (at = strstr(at, "HTTP/1.")) != NULL; at++)
		heads++;
	return heads;
}

static bool
is_right(struct arena *arena, const struct probe *probe, const char *all)
{
	const char *begin = arena_printf(arena, "HTTP/1.1 %d ",
	    probe->status == 0 ? 400 : probe->status);

	if (probe->status == 0 && all[0] == '\0')
		return true;
	return strncmp(all, begin, strlen(begin)) == 0 && heads_in(all) == 1;
}

static void
what_could_be_read_in_two_ways_is_refused_and_closed(void **state)
{
	struct t *t = *state;
	struct server *server = t_serve(t, (struct engine_options){ 0 });

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		const struct probe *probe = &refused[i];
		const int fd = t_dial(server);
		const char *all = NULL;

		t_say(fd, probe->request);
		all = t_hear_all(t->arena, fd);
		if (!is_right(t->arena, probe, all))
			t_fail("%s: answered \"%s\"", probe->what, all);
		if (atomic_load(&server->handled) != 0)
			t_fail("%s: reached the handler", probe->what);
		(void)close(fd);
	}
}

/* The library refuses it by itself, and does not say whose it is. */
static void
a_bad_length_is_answered_to_whom_sent_it(void **state)
{
	struct t *t = *state;
	struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int before = t_dial(server);
	const int bad = t_dial(server);
	const int after = t_dial(server);
	const char *begin = "POST /body HTTP/1.1\r\nHost: x\r\nContent-";
	const char *all = NULL;

	t_say(bad, t_get(t->arena, "/body"));
	assert_int_equal(t_hear(t->arena, bad, true).status, 200);
	t_say(before, begin);
	t_say(bad, begin);
	t_say(after, begin);
	t_say(bad, "Length: five\r\n\r\n");
	all = t_hear_all(t->arena, bad);
	assert_memory_equal(all, "HTTP/1.1 400 Bad Request\r\n", 26);
	assert_int_equal(heads_in(all), 1);
	assert_non_null(strstr(all, "\"code\":\"http.bad_request\""));
	t_say(before, "Length: 2\r\n\r\nok");
	assert_string_equal(t_hear(t->arena, before, true).body, "ok");
	t_say(after, "Length: 2\r\n\r\nok");
	assert_string_equal(t_hear(t->arena, after, true).body, "ok");
	assert_int_equal(atomic_load(&server->handled), 3);
	(void)close(before);
	(void)close(bad);
	(void)close(after);
}

static void
a_refusal_is_a_problem_document(void **state)
{
	struct t *t = *state;
	const struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int fd = t_dial(server);
	struct heard heard = { 0 };

	t_say(fd, t_get(t->arena, "/%ff"));
	heard = t_hear(t->arena, fd, true);
	assert_int_equal(heard.status, 400);
	assert_non_null(strstr(heard.head,
	    "\r\nContent-Type: application/problem+json\r\n"));
	assert_non_null(strstr(heard.body, "\"code\":\"http.bad_request\""));
	(void)close(fd);
}

static void
too_many_or_too_long_headers_are_refused(void **state)
{
	struct t *t = *state;
	struct server *server = t_serve(t, (struct engine_options){ 0 });
	struct text many = { 0 };
	const char *all = NULL;
	int fd = t_dial(server);

	text_init(&many, t->arena);
	text_add(&many, "GET / HTTP/1.1\r\nHost: x\r\n");
	for (int i = 0; i < 64; i++)
		text_addf(&many, "X-%d: 1\r\n", i);
	text_add(&many, "\r\n");
	t_say(fd, text_of(&many));
	assert_memory_equal(t_hear_all(t->arena, fd), "HTTP/1.1 400 ", 13);
	(void)close(fd);
	fd = t_dial(server);
	t_say(fd, arena_printf(t->arena,
		      "GET / HTTP/1.1\r\nHost: x\r\nX-Long: %s\r\n\r\n",
		      t_letters(t->arena, 65536)));
	all = t_hear_all(t->arena, fd);
	assert_true(all[0] == '\0' || strncmp(all, "HTTP/1.1 431 ", 13) == 0);
	(void)close(fd);
	assert_int_equal(atomic_load(&server->handled), 0);
}

/* The library serves them (0.9.75), or refuses them (1.0). */
static void
bare_line_feeds_do_no_harm(void **state)
{
	struct t *t = *state;
	const struct server *server = t_serve(t, (struct engine_options){ 0 });
	const int fd = t_dial(server);
	int status = 0;

	t_say(fd, "GET / HTTP/1.1\nHost: x\n\n");
	status = t_hear(t->arena, fd, true).status;
	assert_true(status == 200 || status == 400);
	(void)close(fd);
}

static void
harmless_old_manners_are_served(void **state)
{
	struct t *t = *state;
	const struct server *server = t_serve(t, (struct engine_options){ 0 });
	int fd = t_dial(server);

	t_say(fd, "GET / HTTP/1.1\r\nX-A: b \t\r\nHost: x \r\n\r\n");
	assert_int_equal(t_hear(t->arena, fd, true).status, 200);
	(void)close(fd);
	fd = t_dial(server);
	t_say(fd, "GET / HTTP/1.0\r\n\r\n");
	assert_non_null(strstr(t_hear_all(t->arena, fd), " 200 OK\r\n"));
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_nul_in_the_head_is_refused),
		t_test(what_could_be_read_in_two_ways_is_refused_and_closed),
		t_test(a_bad_length_is_answered_to_whom_sent_it),
		t_test(a_refusal_is_a_problem_document),
		t_test(too_many_or_too_long_headers_are_refused),
		t_test(bare_line_feeds_do_no_harm),
		t_test(harmless_old_manners_are_served),
	};
	return t_run(tests);
}
