#include "http/t_engine.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/day.h"
#include "core/file.h"
#include "core/room.h"
#include "core/text.h"
#include "http/spool.h"

/*
 * Bodies that go to a file, and answers that come from one.  The handler says
 * what reached it; /file answers a file, /keep renames the spooled one.
 */
#define ASK_OVER ((size_t)50000)
#define LARGE ((size_t)3000000)

static const char *folder; /* of the test that runs */

static bool
handle(void *arg, struct arena *arena, const struct http_request *request,
    struct http_response *response)
{
	const struct http_spooled *in = request->spooled;
	struct server *server = arg;

	(void)atomic_fetch_add(&server->handled, 1);
	response->status = 200;
	if (strcmp(request->path, "/file") == 0) {
		struct http_file *file = ARENA_NEW(arena, struct http_file);

		file->fd = open(arena_printf(arena, "%s/large", folder),
		    O_RDONLY | O_CLOEXEC);
		file->offset = strcmp(request->query, "part") == 0 ? 7 : 0;
		file->bytes = (int64_t)LARGE - file->offset;
		if (strcmp(request->query, "none") == 0)
			file->bytes = 0;
		response->file = file;
		return true;
	}
	if (in != NULL && strcmp(request->path, "/keep") == 0)
		assert_int_equal(rename(in->path,
				     arena_printf(arena, "%s/kept", folder)),
		    0);
	response->body = bytes_of_text(
	    in == NULL
		? arena_printf(arena, "memory %zu", request->body.len)
		: arena_printf(arena, "spooled %lld %s", (long long)in->bytes,
		      digest_hex(arena, &in->digest)));
	return true;
}

static enum http_admission
admit(void *arg, struct arena *arena, const struct http_request *head,
    int64_t bytes, struct http_response *response)
{
	(void)arg;
	(void)arena;
	assert_true((size_t)bytes > ASK_OVER);
	if (strcmp(head->path, "/memory") == 0)
		return HTTP_IN_MEMORY;
	if (strcmp(head->path, "/no") != 0)
		return HTTP_SPOOLED;
	response->status = 403;
	response->body = bytes_of_text("no");
	return HTTP_REFUSED;
}

static struct server *
serve(struct t *t, struct engine_options options)
{
	folder = t_folder(t);
	options.handle = handle;
	options.admit = admit;
	options.ask_over = ASK_OVER;
	options.spool_dir = arena_printf(t->arena, "%s/spool", folder);
	t_ok(&t->ctx, file_folder(&t->ctx, options.spool_dir));
	return t_serve(t, options);
}

static int
count_spooled(struct t *t)
{
	DIR *at = opendir(arena_printf(t->arena, "%s/spool", folder));
	int count = 0;

	assert_non_null(at);
	for (const struct dirent *e = readdir(at); e != NULL; e = readdir(at))
		count += e->d_name[0] != '.';
	(void)closedir(at);
	return count;
}

/* Removing is the workers' business, a little later. */
static void
await_no_files(struct t *t)
{
	const int64_t until_us = time_steady_us() + T_PATIENCE_MS * 1000;

	while (count_spooled(t) > 0)
		assert_true(time_steady_us() < until_us);
}

static struct bytes
noise(struct t *t, size_t len)
{
	uint8_t *at = arena_alloc(t->arena, len, 1);

	random_bytes(&t->random, at, len);
	return (struct bytes){ at, len };
}

static int
begin_post(struct t *t, const struct server *server, const char *path,
    size_t len)
{
	const int fd = t_dial(server);

	t_say(fd,
	    arena_printf(t->arena,
		"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n",
		path, len));
	return fd;
}

static struct heard
post(struct t *t, const struct server *server, const char *path,
    struct bytes body)
{
	const int fd = begin_post(t, server, path, body.len);
	struct heard heard = { 0 };

	t_say_n(fd, (const char *)body.at, body.len);
	heard = t_hear(t->arena, fd, true);
	(void)close(fd);
	return heard;
}

static const char *
expected(struct t *t, struct bytes body)
{
	const struct digest sum = digest_of(body);

	return arena_printf(t->arena, "spooled %zu %s", body.len,
	    digest_hex(t->arena, &sum));
}

static void
a_large_body_goes_to_a_file_with_its_digest(void **state)
{
	struct t *t = *state;
	struct server *server = serve(t, (struct engine_options){ 0 });
	static const size_t lengths[] = { ASK_OVER + 1, 262144, 262145, 294912,
		524288, LARGE };

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		const struct bytes body = noise(t, lengths[i]);
		const struct heard heard = post(t, server, "/", body);

		assert_int_equal(heard.status, 200);
		assert_string_equal(heard.body, expected(t, body));
	}
	await_no_files(t);
	assert_string_equal(post(t, server, "/", noise(t, ASK_OVER)).body,
	    "memory 50000");
}

static void
who_renames_it_keeps_it(void **state)
{
	struct t *t = *state;
	struct server *server = serve(t, (struct engine_options){ 0 });
	const struct bytes body = noise(t, LARGE);
	struct bytes kept = { 0 };

	assert_int_equal(post(t, server, "/keep", body).status, 200);
	await_no_files(t);
	t_ok(&t->ctx,
	    file_read(&t->ctx, arena_printf(t->arena, "%s/kept", folder), LARGE,
		&kept));
	assert_true(bytes_equal(kept, body));
}

static void
what_is_not_admitted_is_dropped_and_told(void **state)
{
	struct t *t = *state;
	struct server *server = serve(t, (struct engine_options){ 0 });
	struct heard heard = post(t, server, "/no", noise(t, LARGE));

	assert_int_equal(heard.status, 403);
	assert_string_equal(heard.body, "no");
	assert_int_equal(atomic_load(&server->handled), 0);
	assert_int_equal(count_spooled(t), 0);
	assert_string_equal(post(t, server, "/memory", noise(t, 90000)).body,
	    "memory 90000");
	heard = post(t, server, "/memory", noise(t, T_BODY_MAX + 1));
	assert_int_equal(heard.status, 413);
}

static void
who_asks_first_hears_a_refusal_at_once(void **state)
{
	struct t *t = *state;
	struct server *server = serve(t, (struct engine_options){ 0 });
	static const struct {
		const char *path;
		int status;
	} cases[] = { { "/no", 403 }, { "/", 100 } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const int fd = t_dial(server);

		t_say(fd, arena_printf(t->arena,
			      "POST %s HTTP/1.1\r\nHost: x\r\n"
			      "Expect: 100-continue\r\n"
			      "Content-Length: %zu\r\n\r\n",
			      cases[i].path, LARGE));
		assert_int_equal(t_hear(t->arena, fd, true).status,
		    cases[i].status);
		(void)close(fd);
	}
}

static void
two_requests_on_one_connection_keep_apart(void **state)
{
	struct t *t = *state;
	struct server *server = serve(t, (struct engine_options){ 0 });
	const struct bytes body = noise(t, LARGE);
	const int fd = begin_post(t, server, "/no", LARGE);

	t_say_n(fd, (const char *)body.at, body.len);
	assert_int_equal(t_hear(t->arena, fd, true).status, 403);
	t_say(fd, arena_printf(t->arena,
		      "POST / HTTP/1.1\r\nHost: x\r\n"
		      "Content-Length: %zu\r\n\r\n",
		      body.len));
	t_say_n(fd, (const char *)body.at, body.len);
	assert_string_equal(t_hear(t->arena, fd, true).body, expected(t, body));
	(void)close(fd);
}

static void
a_connection_cut_in_the_middle_leaves_nothing(void **state)
{
	struct t *t = *state;
	struct server *server = serve(t, (struct engine_options){ 0 });
	const int fd = begin_post(t, server, "/", LARGE);
	const struct bytes body = noise(t, LARGE / 2);

	t_say_n(fd, (const char *)body.at, body.len);
	while (count_spooled(t) == 0)
		continue;
	(void)close(fd);
	await_no_files(t);
	assert_int_equal(atomic_load(&server->handled), 0);
	assert_int_equal(post(t, server, "/", body).status, 200);
}

static void
all_spooled_bodies_share_a_budget(void **state)
{
	struct t *t = *state;
	struct server *server = serve(t,
	    (struct engine_options){ .spool_max = (int64_t)LARGE * 3 / 2 });
	const int fd = begin_post(t, server, "/", LARGE);
	const struct bytes body = noise(t, LARGE);
	struct heard heard = { 0 };
	int tries = 0;

	while (count_spooled(t) == 0)
		continue;
	heard = post(t, server, "/", body);
	assert_int_equal(heard.status, 503);
	(void)t_retry_s(heard.head);
	(void)close(fd);
	/* Who has left is counted a little later. */
	do
		heard = post(t, server, "/", body);
	while (heard.status == 503 && ++tries < 2000);
	assert_int_equal(heard.status, 200);
}

/* To come again later would be in vain. */
static void
a_body_larger_than_the_budget_is_too_large(void **state)
{
	struct t *t = *state;
	struct server *server = serve(t,
	    (struct engine_options){ .spool_max = (int64_t)LARGE - 1 });
	const int fd = begin_post(t, server, "/", LARGE);

	assert_int_equal(t_hear(t->arena, fd, true).status, 413);
	assert_int_equal(count_spooled(t), 0);
	(void)close(fd);
}

static void
a_full_disk_is_told_and_passes(void **state)
{
	struct t *t = *state;
	struct server *server = serve(t, (struct engine_options){ 0 });
	const struct bytes body = noise(t, LARGE);
	struct rlimit before = { 0 };
	struct heard heard = { 0 };

	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE,
			     &(struct rlimit){ LARGE / 2, before.rlim_max }),
	    0);
	heard = post(t, server, "/", body);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(heard.status, 507);
	assert_non_null(strstr(heard.body, "spool.full"));
	assert_int_equal(atomic_load(&server->handled), 0);
	await_no_files(t);
	assert_int_equal(post(t, server, "/", body).status, 200);
}

/* With a third of what is free for each body, whatever others write. */
static void
what_is_announced_counts_until_it_is_written(void **state)
{
	struct t *t = *state;
	struct statvfs about = { 0 };
	struct room *room = NULL;
	struct spool *spool = NULL;
	struct spool_file *file = NULL;
	struct arena *first = arena_new(0);
	struct arena *second = arena_new(0);
	int64_t most = 0;

	folder = t_folder(t);
	room = room_new(folder);
	spool = spool_new(t->arena, folder, INT64_MAX, room);
	assert_int_equal(statvfs(folder, &about), 0);
	most = (int64_t)(about.f_bavail * about.f_frsize) - ROOM_SPARE;
	assert_int_equal(spool_begin(spool, first, 1, most / 3 * 2, &file),
	    SPOOL_ROOM);
	assert_true(spool_add(file, bytes_of_text("some")));
	file = NULL;
	assert_int_equal(spool_begin(spool, second, 2, most / 3 * 2, &file),
	    SPOOL_FULL);
	assert_null(file);
	arena_free(first);
	assert_int_equal(spool_begin(spool, second, 3, most / 3 * 2, &file),
	    SPOOL_ROOM);
	arena_free(second);
	assert_true(room_take(room, most / 3 * 2));
	room_free(room);
}

static void
a_body_larger_than_any_disk_is_refused_at_once(void **state)
{
	struct t *t = *state;
	struct room *room = room_new(t_folder(t));
	struct server *server =
	    serve(t, (struct engine_options){ .spool_max = INT64_MAX / 2,
			 .room = room });
	struct spool_file *file = NULL;
	struct spool *spool = spool_new(t->arena, folder, INT64_MAX, room);

	(void)server;
	assert_int_equal(spool_begin(spool, t->arena, 1, INT64_C(1) << 60,
			     &file),
	    SPOOL_FULL);
	assert_null(file);
	room_free(room);
}

static void
an_answer_comes_from_a_file(void **state)
{
	struct t *t = *state;
	struct server *server = serve(t, (struct engine_options){ 0 });
	const struct bytes large = noise(t, LARGE);
	struct heard heard = { 0 };
	const int fd = t_dial(server);

	t_ok(&t->ctx,
	    file_write(&t->ctx, arena_printf(t->arena, "%s/large", folder),
		large, 0600));
	t_say(fd, t_get(t->arena, "/file"));
	heard = t_hear(t->arena, fd, true);
	assert_int_equal(heard.body_len, LARGE);
	assert_memory_equal(heard.body, large.at, LARGE);
	t_say(fd, t_get(t->arena, "/file?part"));
	heard = t_hear(t->arena, fd, true);
	assert_int_equal(heard.body_len, LARGE - 7);
	assert_memory_equal(heard.body, large.at + 7, LARGE - 7);
	t_say(fd, t_get(t->arena, "/file?none"));
	assert_int_equal(t_hear(t->arena, fd, true).body_len, 0);
	t_say(fd, "HEAD /file HTTP/1.1\r\nHost: x\r\n\r\n");
	heard = t_hear(t->arena, fd, false);
	assert_int_equal(t_content_length(heard.head), LARGE);
	t_say(fd, t_get(t->arena, "/"));
	assert_int_equal(t_hear(t->arena, fd, true).status, 200);
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_large_body_goes_to_a_file_with_its_digest),
		t_test(who_renames_it_keeps_it),
		t_test(what_is_not_admitted_is_dropped_and_told),
		t_test(who_asks_first_hears_a_refusal_at_once),
		t_test(two_requests_on_one_connection_keep_apart),
		t_test(a_connection_cut_in_the_middle_leaves_nothing),
		t_test(all_spooled_bodies_share_a_budget),
		t_test(a_body_larger_than_the_budget_is_too_large),
		t_test(a_full_disk_is_told_and_passes),
		t_test(what_is_announced_counts_until_it_is_written),
		t_test(a_body_larger_than_any_disk_is_refused_at_once),
		t_test(an_answer_comes_from_a_file),
	};

	return t_run(tests);
}
