#include "http/t_receiver.h"

#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/file.h"
#include "core/num.h"
#include "core/text.h"

/* What a client may connect to, and whom it believes. */

static void
nothing_is_called_unless_it_is_listed(void **state)
{
	struct t *t = *state;
	struct receiver *receiver =
	    t_receive(t, AF_INET, t_answer, T_OK_ANSWER);
	struct client *client = NULL;
	struct client_answer answer = { 0 };

	t_ok(&t->ctx,
	    client_new(&t->ctx, &(struct client_options){ 0 }, &client));
	arena_defer(t->arena, t_client_end, client);
	t_fails(&t->ctx, t_call(t, client, t_url(t, receiver), &answer),
	    FAIL_DENIED, "client.address_forbidden");
	assert_int_equal(atomic_load(&receiver->called), 0);
}

/* Ways to write and to reach 127.0.0.1 or ::1 that all come to the check. */
static void
every_spelling_of_a_forbidden_address_is_refused(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost",
		"any.localhost", "2130706433", "0x7f000001", "0177.0.0.1",
		"127.1", "0", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
		"[0:0:0:0:0:ffff:7f00:1]", "rebound.test", "mapped.test",
		"both.test" };
	struct t *t = *state;
	struct receiver *v4 = t_receive(t, AF_INET, t_answer, T_OK_ANSWER);
	const char *const resolve[] = {
		arena_printf(t->arena, "rebound.test:%d:127.0.0.1", v4->port),
		arena_printf(t->arena, "mapped.test:%d:::ffff:127.0.0.1",
		    v4->port),
		arena_printf(t->arena, "both.test:%d:127.0.0.1,::1", v4->port),
		NULL,
	};
	const struct client *client = t_client(t,
	    (struct client_options){ .networks = "10.0.0.0/8 fd00::/8",
		.resolve = resolve });
	const struct client *free_client =
	    t_client(t, (struct client_options){ .networks = "0.0.0.0/0 ::/0",
			    .resolve = resolve });
	struct client_answer answer = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		const char *url =
		    arena_printf(t->arena, "http://%s:%d/", hosts[i], v4->port);
		if (t_call(t, client, url, &answer) != FAIL_DENIED ||
		    strcmp(t->ctx.failure.code, "client.address_forbidden") !=
			0)
			t_fail("%s: %s", hosts[i], t->ctx.failure.code);
		fail_clear(&t->ctx);
		assert_int_equal(atomic_load(&v4->called), 0);
	}
	/* Each of them does reach it where that is allowed. */
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		const char *url =
		    arena_printf(t->arena, "http://%s:%d/", hosts[i], v4->port);

		t_ok(&t->ctx, t_call(t, free_client, url, &answer));
	}
}

static void
of_two_addresses_the_forbidden_is_passed_over(void **state)
{
	struct t *t = *state;
	struct receiver *forbidden =
	    t_receive(t, AF_INET6, t_answer, T_OK_ANSWER);
	struct receiver *allowed = t_receive(t, AF_INET, t_answer, T_OK_ANSWER);
	const char *const resolve[] = {
		arena_printf(t->arena, "two.test:%d:::1,127.0.0.1",
		    allowed->port),
		arena_printf(t->arena, "two.test:%d:::1,127.0.0.1",
		    forbidden->port),
		NULL,
	};
	const struct client *client =
	    t_client(t, (struct client_options){ .networks = "127.0.0.0/8",
			    .resolve = resolve });
	struct client_answer answer = { 0 };

	t_ok(&t->ctx,
	    t_call(t, client,
		arena_printf(t->arena, "http://two.test:%d/", allowed->port),
		&answer));
	/* There only ::1 listens; it is not an address of the list. */
	t_fails(&t->ctx,
	    t_call(t, client,
		arena_printf(t->arena, "http://two.test:%d/", forbidden->port),
		&answer),
	    FAIL_UPSTREAM, "client.connect");
	assert_int_equal(atomic_load(&forbidden->called), 0);
}

/* Nothing that one call was allowed is left for the next: each connects anew,
 * and so is judged anew. */
static void
no_connection_is_used_twice(void **state)
{
	struct t *t = *state;
	struct receiver *receiver =
	    t_receive(t, AF_INET, t_answer, T_OK_ANSWER);
	const struct client *client = t_client_patient(t);
	struct client_answer answer = { 0 };

	for (int i = 1; i <= 5; i++) {
		t_ok(&t->ctx, t_call(t, client, t_url(t, receiver), &answer));
		assert_int_equal(atomic_load(&receiver->called), i);
	}
}

static void
no_proxy_of_the_environment_is_used(void **state)
{
	static const char *const names[] = { "http_proxy", "HTTP_PROXY",
		"all_proxy", "ALL_PROXY", "https_proxy" };
	struct t *t = *state;
	struct receiver *proxy = t_receive(t, AF_INET, t_answer,
	    "HTTP/1.1 299 Proxied\r\nContent-Length: 0\r\n\r\n");
	struct receiver *receiver =
	    t_receive(t, AF_INET, t_answer, T_OK_ANSWER);
	struct client_answer answer = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)setenv(names[i],
		    arena_printf(t->arena, "http://127.0.0.1:%d", proxy->port),
		    1);
	t_ok(&t->ctx,
	    t_call(t, t_client_patient(t), t_url(t, receiver), &answer));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)unsetenv(names[i]);
	assert_int_equal(answer.status, 200);
	assert_int_equal(atomic_load(&proxy->called), 0);
}

static void
no_netrc_is_read(void **state)
{
	struct t *t = *state;
	struct receiver *receiver =
	    t_receive(t, AF_INET, t_answer, T_OK_ANSWER);
	const char *folder = t_folder(t);
	struct client_answer answer = { 0 };

	t_ok(&t->ctx,
	    file_write(&t->ctx, arena_printf(t->arena, "%s/.netrc", folder),
		bytes_of_text("machine 127.0.0.1 login a password b\n"), 0600));
	(void)setenv("HOME", folder, 1);
	t_ok(&t->ctx,
	    t_call(t, t_client_patient(t), t_url(t, receiver), &answer));
	assert_null(strstr(receiver->heard, "Authorization"));
}

static void
nobody_listens_and_nobody_is_named(void **state)
{
	struct t *t = *state;
	struct receiver *receiver =
	    t_receive(t, AF_INET, t_answer, T_OK_ANSWER);
	struct client_answer answer = { 0 };
	const char *url = t_url(t, receiver);

	/* The port is nobody's any more. */
	(void)shutdown(receiver->fd, SHUT_RDWR);
	t_fails(&t->ctx, t_call(t, t_client_patient(t), url, &answer),
	    FAIL_UPSTREAM, "client.connect");
	/* RFC 6761: there is no such name, whoever is asked. */
	t_fails(&t->ctx,
	    t_call(t, t_client_patient(t), "http://nobody.invalid/", &answer),
	    FAIL_UPSTREAM, "client.resolve");
}

static void
what_is_no_url_is_refused(void **state)
{
	static const char *const wrong[] = { "", "127.0.0.1/", "//127.0.0.1/",
		"http:", "http://", "http:///127.0.0.1/", "http:/127.0.0.1/",
		"ftp://127.0.0.1/", "file:///etc/passwd", "unix:///run/x",
		"gopher://127.0.0.1/", "http://u:p@127.0.0.1/",
		"http://u@127.0.0.1/", "http://@127.0.0.1/",
		"http://127.0.0.1:0x50/", "http://127.0.0.1:99999/",
		"http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: y",
		"http://127.0.0.1\\@x/", "http://[::1/", "http://b\xc3\xa9/",
		"http://127.0.0.1/\xc4\x90", " http://127.0.0.1/" };
	struct t *t = *state;
	const struct client *client = t_client_patient(t);
	struct client_answer answer = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		if (client_judge_url(&t->ctx, client, wrong[i]) == OK)
			t_fail("%s was taken", wrong[i]);
		assert_string_equal(t->ctx.failure.code, "client.url");
		fail_clear(&t->ctx);
		t_fails(&t->ctx, t_call(t, client, wrong[i], &answer),
		    FAIL_INVALID, "client.url");
	}
}

static void
a_long_url_is_taken_up_to_its_limit(void **state)
{
	struct t *t = *state;
	const struct client *client = t_client_patient(t);
	struct text url;

	text_init(&url, t->arena);
	text_add(&url, "HTTPS://a.gov.vn/");
	while (url.len < CLIENT_URL_MAX)
		text_char(&url, 'x');
	t_ok(&t->ctx, client_judge_url(&t->ctx, client, text_of(&url)));
	text_char(&url, 'x');
	t_fails(&t->ctx, client_judge_url(&t->ctx, client, text_of(&url)),
	    FAIL_INVALID, "client.url");
}

static void
an_address_in_a_url_is_judged_at_once(void **state)
{
	static const char *const out[] = { "http://10.0.0.1/",
		"https://10.0.0.1:8443/x", "http://167772161/",
		"http://[::ffff:10.0.0.1]/", "http://[fd00::1]:80/" };
	static const char *const in[] = { "http://127.9.9.9/", "http://[::1]/",
		"http://[::ffff:127.0.0.1]/", "http://10.a.test/",
		"http://a.gov.vn/" };
	struct t *t = *state;
	const struct client *client = t_client_patient(t);

	for (size_t i = 0; i < ARRAY_SIZE(out); i++)
		t_fails(&t->ctx, client_judge_url(&t->ctx, client, out[i]),
		    FAIL_DENIED, "client.address_forbidden");
	for (size_t i = 0; i < ARRAY_SIZE(in); i++)
		t_ok(&t->ctx, client_judge_url(&t->ctx, client, in[i]));
}

/* ---- certificates ---- */

static void
run_openssl(const char *const *args)
{
	pid_t pid = 0;
	int status = 0;

	assert_int_equal(posix_spawnp(&pid, "openssl", NULL, NULL,
			     (char *const *)(uintptr_t)args, environ),
	    0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* A key and a certificate of its own for a name, NAME.key and NAME.pem. */
static const char *
certify(struct t *t, const char *name, const char *alternative)
{
	const char *base = arena_printf(t->arena, "%s/%s", t_folder(t), name);
	const char *pem = arena_printf(t->arena, "%s.pem", base);
	const char *const args[] = { "openssl", "req", "-x509", "-newkey", "ec",
		"-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
		arena_printf(t->arena, "%s.key", base), "-out", pem, "-days",
		"2", "-subj", "/CN=test", "-addext",
		arena_printf(t->arena, "subjectAltName=%s", alternative),
		"-batch", NULL };

	run_openssl(args);
	return pem;
}

struct tls_server {
	pid_t pid;
	int port;
};

static void
tls_server_end(void *object)
{
	const struct tls_server *server = object;

	(void)kill(server->pid, SIGKILL);
	(void)waitpid(server->pid, NULL, 0);
}

/* Debian's openssl answers any GET with a page about the handshake. */
static struct tls_server *
serve_tls(struct t *t, const char *pem, const char *version)
{
	struct tls_server *server = ARENA_NEW(t->arena, struct tls_server);
	posix_spawn_file_actions_t actions;
	char line[256] = "";
	const char *key =
	    arena_printf(t->arena, "%.*s.key", (int)strlen(pem) - 4, pem);
	const char *const args[] = { "openssl", "s_server", "-accept",
		"127.0.0.1:0", "-cert", pem, "-key", key, "-www", version,
		NULL };
	FILE *out = NULL;
	int64_t port = 0;
	int ends_of[2];

	assert_int_equal(pipe(ends_of), 0);
	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	(void)posix_spawn_file_actions_adddup2(&actions, ends_of[1], 1);
	(void)posix_spawn_file_actions_addclose(&actions, ends_of[0]);
	assert_int_equal(posix_spawnp(&server->pid, "openssl", &actions, NULL,
			     (char *const *)(uintptr_t)args, environ),
	    0);
	arena_defer(t->arena, tls_server_end, server);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)close(ends_of[1]);
	out = fdopen(ends_of[0], "r");
	while (server->port == 0 && fgets(line, sizeof(line), out) != NULL) {
		const char *colon = strrchr(line, ':');

		line[strcspn(line, "\r\n")] = '\0';
		if (text_starts(line, "ACCEPT ") && colon != NULL &&
		    num_parse(colon + 1, 1, 65535, &port))
			server->port = (int)port;
	}
	(void)fclose(out);
	assert_true(server->port != 0);
	return server;
}

static void
a_certificate_is_verified(void **state)
{
	struct t *t = *state;
	const char *pem = certify(t, "good", "IP:127.0.0.1,DNS:good.test");
	const char *other_pem = certify(t, "other", "IP:127.0.0.1");
	struct tls_server *server = serve_tls(t, pem, "-tls1_3");
	struct tls_server *old = serve_tls(t, pem, "-tls1_1");
	struct receiver *plain = t_receive(t, AF_INET, t_answer, T_OK_ANSWER);
	const char *const resolve[] = {
		arena_printf(t->arena, "good.test:%d:127.0.0.1", server->port),
		arena_printf(t->arena, "bad.test:%d:127.0.0.1", server->port),
		NULL,
	};
	const struct client *client = t_client(t,
	    (struct client_options){ .ca_file = pem, .resolve = resolve });
	const struct client *wrong =
	    t_client(t, (struct client_options){ .ca_file = other_pem });
	const struct client *machine =
	    t_client(t, (struct client_options){ 0 });
	const char *url =
	    arena_printf(t->arena, "https://127.0.0.1:%d/", server->port);
	struct client_answer answer = { 0 };

	t_ok(&t->ctx, t_call(t, client, url, &answer));
	assert_int_equal(answer.status, 200);
	t_ok(&t->ctx,
	    t_call(t, client,
		arena_printf(t->arena, "https://good.test:%d/", server->port),
		&answer));
	/* Another name, another authority, the machine's, none at all. */
	t_fails(&t->ctx,
	    t_call(t, client,
		arena_printf(t->arena, "https://bad.test:%d/", server->port),
		&answer),
	    FAIL_UPSTREAM, "client.tls");
	t_fails(&t->ctx, t_call(t, wrong, url, &answer), FAIL_UPSTREAM,
	    "client.tls");
	t_fails(&t->ctx, t_call(t, machine, url, &answer), FAIL_UPSTREAM,
	    "client.tls");
	t_fails(&t->ctx,
	    t_call(t, client,
		arena_printf(t->arena, "https://127.0.0.1:%d/", old->port),
		&answer),
	    FAIL_UPSTREAM, "client.tls");
	t_fails(&t->ctx,
	    t_call(t, client,
		arena_printf(t->arena, "https://127.0.0.1:%d/", plain->port),
		&answer),
	    FAIL_UPSTREAM, "client.tls");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(nothing_is_called_unless_it_is_listed),
		t_test(every_spelling_of_a_forbidden_address_is_refused),
		t_test(of_two_addresses_the_forbidden_is_passed_over),
		t_test(no_connection_is_used_twice),
		t_test(no_proxy_of_the_environment_is_used),
		t_test(no_netrc_is_read),
		t_test(nobody_listens_and_nobody_is_named),
		t_test(what_is_no_url_is_refused),
		t_test(a_long_url_is_taken_up_to_its_limit),
		t_test(an_address_in_a_url_is_judged_at_once),
		t_test(a_certificate_is_verified),
	};

	return t_run(tests);
}
