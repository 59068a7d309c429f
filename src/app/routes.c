#include "app/routes.h"

#include <assert.h>
#include <string.h>

#include "app/input.h"
#include "core/arena.h"
#include "core/home.h"
#include "core/metric.h"
#include "core/text.h"

#define METHODS 4
#define SEGMENTS_MAX 16

const char *const method_names
    [] = { [GET] = "GET", [POST] = "POST", [PUT] = "PUT", [DELETE] = "DELETE" };

struct node {
	const char *segment;
	size_t segment_len;
	struct node *next;  /* sibling */
	struct node *first; /* first child with a written segment */
	struct node *value; /* the child that is a {value} */
	const struct route *rows[METHODS];
	size_t numbers[METHODS];
};

struct routes {
	struct node root;
	const struct route **list;
	const char **slices; /* names, beside the list */
	size_t count;
};

static struct node *
child(const struct node *node, const char *segment, size_t len)
{
	struct node *at = node->first;

	while (at != NULL && (at->segment_len != len ||
				 memcmp(at->segment, segment, len) != 0))
		at = at->next;
	return at;
}

static struct node *
child_made(struct arena *arena, struct node *node, const char *segment,
    size_t len)
{
	struct node *at = NULL;

	if (segment[0] == '{') {
		if (node->value == NULL)
			node->value = ARENA_NEW(arena, struct node);
		return node->value;
	}
	at = child(node, segment, len);
	if (at == NULL) {
		at = ARENA_NEW(arena, struct node);
		at->segment = segment;
		at->segment_len = len;
		at->next = node->first;
		node->first = at;
	}
	return at;
}

static void
add(struct arena *arena, struct routes *routes, const char *slice,
    const struct route *route)
{
	struct node *node = &routes->root;
	size_t values = 0;

	assert(route->path[0] == '/' && route->handle != NULL);
	assert(route->permission != NULL || (route->flags & ROUTE_PUBLIC) != 0);
	for (const char *at = route->path; *at == '/';) {
		const size_t len = strcspn(++at, "/");

		values += at[0] == '{';
		node = child_made(arena, node, at, len);
		at += len;
	}
	assert(values <= PATH_VALUES_MAX);
	assert((route->flags & ROUTE_RAW) == 0 || route->media != NULL);
	assert(route->turn == NULL || route->tx != TX_WRITE);
	assert(route->table == NULL ||
	       (route->method == GET && route->tx != TX_WRITE &&
		   route->query != NULL && route->out != NULL));
	assert(route->bytes == NULL ||
	       (route->in == NULL && route->method != POST &&
		   (route->bytes->most <= (int64_t)INPUT_BODY_MAX ||
		       route->bytes->admit != NULL)));
	assert(node->rows[route->method] == NULL);
	node->rows[route->method] = route;
	node->numbers[route->method] = routes->count;
	routes->slices[routes->count] = slice;
	routes->list[routes->count++] = route;
}

static const struct route *const *
tables_of(const struct slice *slice)
{
	static const struct route *const none[] = { NULL };

	return slice->routes == NULL ? none : slice->routes;
}

struct routes *
routes_new(struct arena *arena, const struct slice *const *slices)
{
	struct routes *routes = ARENA_NEW(arena, struct routes);
	size_t most = 0;

	for (const struct slice *const *s = slices; *s != NULL; s++)
		for (const struct route *const *t = tables_of(*s); *t != NULL;
		     t++)
			for (const struct route *r = *t; r->path != NULL; r++)
				most++;
	routes->list = ARENA_ARRAY(arena, most, const struct route *);
	routes->slices = ARENA_ARRAY(arena, most, const char *);
	for (const struct slice *const *s = slices; *s != NULL; s++)
		for (const struct route *const *t = tables_of(*s); *t != NULL;
		     t++)
			for (const struct route *r = *t; r->path != NULL; r++)
				add(arena, routes, (*s)->name, r);
	return routes;
}

const struct route *const *
routes_list(const struct routes *routes, size_t *ret_count)
{
	*ret_count = routes->count;
	return routes->list;
}

const char *
routes_slice(const struct routes *routes, size_t number)
{
	assert(number < routes->count);
	return routes->slices[number];
}

/* The n-th {name} of the row's path. */
static const char *
value_name(struct arena *arena, const char *path, size_t n)
{
	const char *at = strchr(path, '{');

	for (; n > 0; n--)
		at = strchr(at + 1, '{');
	return arena_text_n(arena, at + 1, strcspn(at + 1, "}"));
}

static const char *
allowed(struct arena *arena, const struct node *node)
{
	struct text text = { 0 };

	text_init(&text, arena);
	for (size_t i = 0; i < METHODS; i++)
		if (node->rows[i] != NULL) {
			if (text.len > 0)
				text_add(&text, ", ");
			text_add(&text, method_names[i]);
		}
	return text_of(&text);
}

static int
method_number(const char *method)
{
	if (strcmp(method, "HEAD") == 0)
		return GET;
	for (int i = 0; i < METHODS; i++)
		if (strcmp(method_names[i], method) == 0)
			return i;
	return -1;
}

/* Walk down; values are collected without their names. */
static const struct node *
walk(const struct routes *routes, struct arena *arena,
    const struct http_request *request, struct route_match *ret)
{
	const bool is_raw = request->raw_path != NULL;
	const char *at = is_raw ? request->raw_path : request->path;
	const struct node *node = &routes->root;

	for (int depth = 0; *at == '/'; depth++) {
		const size_t len = strcspn(++at, "/");
		const struct node *next = child(node, at, len);

		if (next == NULL && node->value != NULL && len > 0) {
			const char *value =
			    is_raw ? uri_decode(arena, at, len, false)
				   : arena_text_n(arena, at, len);

			if (value == NULL ||
			    ret->value_count == PATH_VALUES_MAX)
				return NULL;
			ret->values[ret->value_count++].value = value;
			next = node->value;
		}
		if (next == NULL || depth == SEGMENTS_MAX)
			return NULL;
		node = next;
		at += len;
	}
	return *at == '\0' ? node : NULL;
}

bool
routes_find(const struct routes *routes, struct arena *arena,
    const struct http_request *request, struct route_match *ret)
{
	const struct node *node = NULL;
	const int method = method_number(request->method);

	*ret = (struct route_match){ 0 };
	node = walk(routes, arena, request, ret);
	if (node == NULL)
		return false;
	if (method < 0 || node->rows[method] == NULL) {
		ret->allow = allowed(arena, node);
		return ret->allow[0] != '\0';
	}
	ret->route = node->rows[method];
	ret->number = node->numbers[method];
	for (size_t i = 0; i < ret->value_count; i++)
		ret->values[i].name = value_name(arena, ret->route->path, i);
	return true;
}

void
routes_measured(struct ctx *ctx, struct arena *arena,
    const struct routes *routes)
{
	struct metrics *metrics = ctx->home->metrics;
	size_t count = 0;
	const struct route *const *rows = routes_list(routes, &count);
	struct metric_route *labels =
	    ARENA_ARRAY(arena, count, struct metric_route);

	for (size_t i = 0; i < count; i++)
		labels[i] =
		    (struct metric_route){ method_names[rows[i]->method],
			    rows[i]->path };
	metric_routes(metrics, labels, count);
	for (const struct slice *const *slice = ctx->home->slices;
	     *slice != NULL; slice++)
		if ((*slice)->gauges != NULL)
			metric_gauges(metrics, (*slice)->gauges);
}
