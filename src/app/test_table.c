#include "app/t_app.h"

#include "app/call.h"
#include "app/table.h"
#include "core/arena.h"
#include "core/paging.h"

/*
 * A list of many pages, each of which takes much memory while it is made.  What
 * is in the cells has its own tests (test_sheet.c, tests/app/test_tables.py).
 */
#define PAGE_BYTES (1 << 20)
#define REQUEST_BYTES (8 << 20)

struct row {
	int64_t version;
};
struct rows {
	struct list_of items;
	const int64_t *next;
};
struct rows_query {
	int64_t count;
	int64_t limit;
	int64_t after;
	const char *format;
};

/* clang-format off */
static const struct shape_field row_fields[] = {
	F_INT(struct row, version, 0, INT64_MAX, REQUIRED, "a number", "1"),
};
static const struct shape row_shape = SHAPE("Row", struct row, row_fields);
static const struct shape_field rows_fields[] = {
	F_LIST(struct rows, items, &row_shape, TABLE_ROWS_MAX + 1, "rows"),
	F_NEXT(struct rows),
};
static const struct shape rows_shape = SHAPE("Rows", struct rows, rows_fields);
static const struct shape_field query_fields[] = {
	F_INT(struct rows_query, count, 0, INT64_MAX, REQUIRED, "of all", "1"),
	F_LIMIT(struct rows_query, PAGING_MOST),
	F_AFTER(struct rows_query),
	F_FORMAT(struct rows_query),
};
static const struct shape query_shape =
    SHAPE("RowsQuery", struct rows_query, query_fields);
/* clang-format on */

/* Refuses once the request has used up its memory. */
static enum fail
add_rows(struct ctx *ctx, int64_t from, int64_t to, struct rows *rows)
{
	struct row *items =
	    ARENA_ARRAY(ctx->arena, (size_t)(to - from), struct row);

	(void)arena_alloc(ctx->arena, 1, PAGE_BYTES);
	if (arena_used(ctx->arena) > REQUEST_BYTES)
		return FAIL(ctx, FAIL_TOO_BIG, "input.too_big", "memory");
	for (int64_t i = from; i < to; i++)
		items[i - from].version = i;
	rows->items = (struct list_of){ items, (size_t)(to - from) };
	return OK;
}

static enum fail
get_rows(struct ctx *ctx, struct call *call)
{
	const struct rows_query *query = call_query(call, &query_shape);
	const int64_t end = query->after + (int64_t)paging_limit(query->limit);
	struct rows *rows = ARENA_NEW(ctx->arena, struct rows);

	if (end < query->count)
		rows->next = arena_copy(ctx->arena, &end, sizeof(end));
	TRY(add_rows(ctx, query->after, end < query->count ? end : query->count,
	    rows));
	return call_answer(ctx, call, 200, &rows_shape, rows);
}

/* All in one answer. */
static enum fail
get_all(struct ctx *ctx, struct call *call)
{
	const struct rows_query *query = call_query(call, &query_shape);
	struct rows *rows = ARENA_NEW(ctx->arena, struct rows);

	TRY(add_rows(ctx, 0, query->count, rows));
	return call_answer(ctx, call, 200, &rows_shape, rows);
}

static const struct table_column columns[] = {
	{ "version", NULL, NULL },
	{ NULL, NULL, NULL },
};
static const struct route_table table = {
	.name = "rows",
	.words = "report.history",
	.list = "items",
	.columns = columns,
};
static const struct route routes[] = {
	{ .method = GET,
	    .path = "/api/t/rows",
	    .permission = "session.own",
	    .tx = TX_READ,
	    .query = &query_shape,
	    .out = &rows_shape,
	    .media = &table_media,
	    .table = &table,
	    .handle = get_rows,
	    .summary = "Rows." },
	{ .method = GET,
	    .path = "/api/t/all",
	    .permission = "session.own",
	    .tx = TX_READ,
	    .query = &query_shape,
	    .out = &rows_shape,
	    .media = &table_media,
	    .table = &table,
	    .handle = get_all,
	    .summary = "All rows." },
	{ 0 },
};
static const struct route *const tables[] = { routes, NULL };
static const struct slice slice = { .name = "t", .routes = tables };
static const struct slice *const slices[] = { &slice, NULL };

static struct http_response
sheet(struct t *t, const char *path, const char *query)
{
	struct t_person person = { .login = "a" };
	struct http_response got;

	t_app(t, slices);
	t_person(t, &person);
	got = t_send(t, (struct t_request){ .path = path,
			    .query = query,
			    .headers = { { "Authorization", person.bearer },
				{ "Accept-Language", "en" } } });
	assert_int_equal(got.status, 200);
	return got;
}

static const char *
said(struct t *t, const struct http_response *got)
{
	return arena_text_n(t->arena, (const char *)got->body.at,
	    got->body.len);
}

static void
a_table_of_many_pages_needs_the_memory_of_one(void **state)
{
	struct t *t = *state;
	const struct http_response got =
	    sheet(t, "/api/t/rows", "count=12345&format=sheet");
	const char *text = said(t, &got);

	assert_non_null(strstr(text, "\r\n0\r\n1\r\n"));
	assert_non_null(strstr(text, "\r\n499\r\n500\r\n"));
	assert_non_null(strstr(text, "\r\n12344\r\n\r\n"));
	assert_non_null(strstr(text, ",12345\r\n"));
}

static void
a_table_says_that_there_is_more_than_it_has(void **state)
{
	struct t *t = *state;
	const struct http_response got =
	    sheet(t, "/api/t/rows", "count=20001&format=sheet");

	assert_non_null(strstr(said(t, &got), ",20000,\""));
}

static void
so_does_one_of_a_list_without_pages(void **state)
{
	struct t *t = *state;
	const struct http_response got =
	    sheet(t, "/api/t/all", "count=20001&format=sheet");

	assert_non_null(strstr(said(t, &got), ",20000,\""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		t_test(a_table_of_many_pages_needs_the_memory_of_one),
		t_test(a_table_says_that_there_is_more_than_it_has),
		t_test(so_does_one_of_a_list_without_pages),
	};

	return t_run(tests);
}
