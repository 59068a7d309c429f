#include "app/t_app.h"

#include <fcntl.h>
#include <unistd.h>

#include "app/input.h"
#include "core/file.h"

/*
 * Rows whose body is bytes, and answers that are files.  The engine that spools
 * has its own tests (http/test_spool.c); here is what the dispatcher judges.
 */
#define MOST (INT64_C(3) << 20)

static char file_path[100]; /* of the test that runs */

static enum fail
admit(struct ctx *ctx, struct call *call, int64_t bytes)
{
	assert_true(tx_is_write(ctx) == false && ctx->tx != NULL);
	if (strcmp(call_path(call, "id"), "no") != 0)
		return OK;
	return FAIL(ctx, FAIL_NOT_FOUND, "route.unknown", "not %lld bytes here",
	    (long long)bytes);
}

static enum fail
put_bytes(struct ctx *ctx, struct call *call)
{
	const struct call_bytes body = call_bytes(call);

	return call_answer_raw(ctx, call, 200, "text/plain",
	    bytes_of_text(arena_printf(ctx->arena, "%lld %s",
		(long long)body.len, body.path == NULL ? "-" : body.path)));
}

static enum fail
get_file(struct ctx *ctx, struct call *call)
{
	const struct digest digest = digest_of(bytes_of_text("0123456789"));
	const struct call_file file = {
		.fd = open(file_path, O_RDONLY | O_CLOEXEC),
		.bytes = 10,
		.digest = &digest,
		.type = "application/octet-stream",
		.name = "Báo cáo \"số 1\"\r\nX: y.pdf",
	};

	assert_true(file.fd >= 0);
	return call_answer_file(ctx, call, &file);
}

static const struct route_bytes bytes_of_row = { MOST, admit };
static const struct route_media plain = {
	.types = (const char *const[]){ "text/plain", NULL },
};
static const struct route_media octets = {
	.types = (const char *const[]){ "application/octet-stream", NULL },
};
static const struct route rows[] = {
	{ .method = PUT,
	    .path = "/api/t/bytes/{id}",
	    .permission = "session.own",
	    .tx = TX_NONE,
	    .flags = ROUTE_RAW,
	    .handle = put_bytes,
	    .summary = "Bytes.",
	    .media = &plain,
	    .bytes = &bytes_of_row },
	{ .method = GET,
	    .path = "/api/t/file",
	    .permission = "session.own",
	    .tx = TX_READ,
	    .flags = ROUTE_RAW,
	    .handle = get_file,
	    .summary = "A file.",
	    .media = &octets },
	{ 0 },
};
static const struct route *const tables[] = { rows, NULL };
static const struct slice slice = { .name = "t", .routes = tables };
static const struct slice *const slices[] = { &slice, NULL };

static struct t_person
begin(struct t *t)
{
	struct t_person person = { .login = "a" };

	t_app(t, slices);
	t_person(t, &person);
	(void)snprintf(file_path, sizeof(file_path), "%s/file", t_folder(t));
	t_ok(&t->ctx,
	    file_write(&t->ctx, file_path, bytes_of_text("0123456789"), 0600));
	return person;
}

/* ---- bodies ---- */

static void
a_body_of_bytes_is_of_any_type(void **state)
{
	struct t *t = *state;
	const struct t_person person = begin(t);
	const struct http_response got =
	    t_send(t, (struct t_request){ .method = "PUT",
			  .path = "/api/t/bytes/1",
			  .body = "{ no json",
			  .headers = { { "Authorization", person.bearer } } });

	assert_int_equal(got.status, 200);
	assert_true(bytes_equal(got.body, bytes_of_text("9 -")));
}

static enum http_admission
asked(struct t *t, const char *method, const char *path, const char *bearer,
    int64_t bytes, struct http_response *response)
{
	const struct http_header headers[] = { { "Authorization", bearer } };
	const struct http_request head = {
		.method = method,
		.path = path,
		.raw_path = path,
		.query = "",
		.headers = headers,
		.header_count = bearer == NULL ? 0 : 1,
		.peer = "127.0.0.1",
		.id = 41,
	};

	*response = (struct http_response){ 0 };
	(void)t_fresh(t);
	return dispatch_admit(&t->home, t->arena, &head, bytes, response);
}

static void
a_large_body_is_judged_by_its_head(void **state)
{
	static const struct {
		const char *method;
		const char *path;
		bool is_known;
		int64_t bytes;
		int status;
		const char *code;
	} cases[] = {
		{ "PUT", "/api/t/bytes/1", false, MOST, 401, "access.login" },
		{ "PUT", "/api/t/bytes/1", true, MOST + 1, 413,
		    "input.too_big" },
		{ "PUT", "/api/t/bytes/no", true, MOST, 404, "route.unknown" },
		{ "PUT", "/api/t/nothing", true, MOST, 404, "route.unknown" },
		{ "POST", "/api/t/bytes/1", true, MOST, 405, "route.method" },
		{ "GET", "/api/t/file", true, MOST, 413, "input.too_big" },
	};
	struct t *t = *state;
	const struct t_person person = begin(t);
	struct http_response response = { 0 };

	assert_int_equal(asked(t, "PUT", "/api/t/bytes/1", person.bearer, MOST,
			     &response),
	    HTTP_SPOOLED);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(asked(t, cases[i].method, cases[i].path,
				     cases[i].is_known ? person.bearer : NULL,
				     cases[i].bytes, &response),
		    HTTP_REFUSED);
		(void)t_problem(t, &response, cases[i].status, cases[i].code);
	}
}

/* ---- answers ---- */

static struct http_response
get(struct t *t, const struct t_person *person, struct http_header a,
    struct http_header b)
{
	const struct http_response got = t_send(t,
	    (struct t_request){ .path = "/api/t/file",
		.headers = { { "Authorization", person->bearer }, a, b } });

	if (got.file != NULL)
		(void)close(got.file->fd); /* as the engine would */
	return got;
}

#define NONE \
	(struct http_header) \
	{ \
		0 \
	}
#define HEADER(n, v) \
	(struct http_header) \
	{ \
		(n), (v) \
	}

static void
a_file_is_answered_whole(void **state)
{
	struct t *t = *state;
	const struct t_person person = begin(t);
	const struct http_response got = get(t, &person, NONE, NONE);
	const struct digest digest = digest_of(bytes_of_text("0123456789"));

	assert_int_equal(got.status, 200);
	assert_int_equal(got.file->offset, 0);
	assert_int_equal(got.file->bytes, 10);
	assert_string_equal(t_header(&got, "Accept-Ranges"), "bytes");
	assert_string_equal(t_header(&got, "ETag"),
	    arena_printf(t->arena, "\"%s\"", digest_hex(t->arena, &digest)));
	/* Nothing of the name ends the header or leaves the quotes. */
	assert_string_equal(t_header(&got, "Content-Disposition"),
	    "attachment; filename=\"B__o_c__o__s____1___X__y.pdf\"; "
	    "filename*=UTF-8''B%C3%A1o%20c%C3%A1o%20%22s%E1%BB%91%201%22"
	    "%0D%0AX%3A%20y.pdf");
}

static void
one_range_is_206_and_one_outside_is_416(void **state)
{
	struct t *t = *state;
	const struct t_person person = begin(t);
	struct http_response got =
	    get(t, &person, HEADER("Range", "bytes=2-4"), NONE);

	assert_int_equal(got.status, 206);
	assert_int_equal(got.file->offset, 2);
	assert_int_equal(got.file->bytes, 3);
	assert_string_equal(t_header(&got, "Content-Range"), "bytes 2-4/10");
	got = get(t, &person, HEADER("Range", "bytes=10-"), NONE);
	(void)t_problem(t, &got, 416, "input.byte_range");
	assert_string_equal(t_header(&got, "Content-Range"), "bytes */10");
	got = get(t, &person, HEADER("Range", "bytes=0-1,3-4"), NONE);
	assert_int_equal(got.status, 200);
	assert_null(t_header(&got, "Content-Range"));
}

static void
a_range_of_another_content_is_the_whole(void **state)
{
	struct t *t = *state;
	const struct t_person person = begin(t);
	struct http_response got = get(t, &person, NONE, NONE);
	char known[80] = { 0 };

	snprintf(known, sizeof(known), "%s", t_header(&got, "ETag"));
	got = get(t, &person, HEADER("Range", "bytes=2-4"),
	    HEADER("If-Range", known));
	assert_int_equal(got.status, 206);
	got = get(t, &person, HEADER("Range", "bytes=2-4"),
	    HEADER("If-Range", "\"other\""));
	assert_int_equal(got.status, 200);
	assert_int_equal(got.file->bytes, 10);
	got = get(t, &person, HEADER("Range", "bytes=2-4"),
	    HEADER("If-None-Match", known));
	assert_int_equal(got.status, 304);
	assert_null(got.file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_body_of_bytes_is_of_any_type),
		t_test(a_large_body_is_judged_by_its_head),
		t_test(a_file_is_answered_whole),
		t_test(one_range_is_206_and_one_outside_is_416),
		t_test(a_range_of_another_content_is_the_whole),
	};

	return t_run(tests);
}
