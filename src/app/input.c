#include "app/input.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "codec/shape_json.h"
#include "core/arena.h"
#include "core/num.h"
#include "core/text.h"
#include "http/router.h"

static const char json_type_name[] = "application/json";
static const char form_type[] = "application/x-www-form-urlencoded";

static void
add_number(struct text *json, const char *value)
{
	int64_t number = 0;

	if (num_parse(value, INT64_MIN, INT64_MAX, &number))
		text_int(json, number);
	else
		text_json(json, value);
}

/* Its items have commas between; an empty parameter has none. */
static void
add_list(struct text *json, const struct shape_field *field, const char *value)
{
	size_t count = 0;
	const char *const *items = text_split(json->arena, value, ',', &count);

	text_char(json, '[');
	for (size_t i = 0; *value != '\0' && i < count; i++) {
		if (i > 0)
			text_char(json, ',');
		if (field->type == SHAPE_INTS)
			add_number(json, items[i]);
		else
			text_json(json, items[i]);
	}
	text_char(json, ']');
}

/* A parameter as the JSON value its field wants; what is none becomes a text,
 * which the shape then refuses by its type. */
static void
add_value(struct text *json, const struct shape_field *field, const char *value)
{
	const enum shape_type type = field == NULL ? SHAPE_TEXT : field->type;

	if (type == SHAPE_INT || type == SHAPE_OPT_INT)
		add_number(json, value);
	else if (type == SHAPE_TEXTS || type == SHAPE_INTS)
		add_list(json, field, value);
	else if (type == SHAPE_BOOL &&
		 (strcmp(value, "true") == 0 || strcmp(value, "false") == 0))
		text_add(json, value);
	else
		text_json(json, value);
}

static bool
is_repeated(const struct path_value *pairs, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(pairs[k].name, pairs[i].name) == 0)
			return true;
	return false;
}

/* The pairs as one JSON object, so that the shape reads both alike. */
static const char *
pairs_as_json(struct ctx *ctx, const struct shape *shape,
    const struct path_value *pairs, size_t count)
{
	struct text json = { 0 };

	text_init(&json, ctx->arena);
	text_char(&json, '{');
	for (size_t i = 0; i < count; i++) {
		const char *name = pairs[i].name;
		const char *value = pairs[i].value;

		if (is_repeated(pairs, i)) {
			fail_invalid(ctx, arena_printf(ctx->arena, "/%s", name),
			    "input.repeated", "is there twice");
			continue;
		}
		if (json.len > 1)
			text_char(&json, ',');
		text_json(&json, name);
		text_char(&json, ':');
		add_value(&json, shape_field_named(shape, name), value);
	}
	text_char(&json, '}');
	return text_of(&json);
}

static enum fail
read_query(struct ctx *ctx, struct call *call)
{
	static const struct shape nothing = { .name = "Nothing" };
	const struct shape *shape = call->match.route->query;
	struct path_value *pairs = NULL;
	const struct json *node = NULL;
	size_t count = 0;
	void *out = NULL;

	/* A page's query is read by its screen in the browser. */
	if (shape == NULL && (call->request->query[0] == '\0' ||
				 (call->match.route->flags & ROUTE_PAGE) != 0))
		return OK;
	if (shape == NULL)
		shape = &nothing;
	if (!router_query(ctx->arena, call->request->query, INPUT_QUERY_MAX,
		&pairs, &count))
		return FAIL(ctx, FAIL_INVALID, "input.query",
		    "the query is malformed");
	TRY(json_parse(ctx,
	    bytes_of_text(pairs_as_json(ctx, shape, pairs, count)), &node));
	out = arena_alloc(ctx->arena, 1, shape->size + 1);
	shape_read(ctx, shape, node, "", out);
	call->query = out;
	return OK;
}

/* With or without parameters, in any case of letters. */
static bool
is_type(const char *type, const char *name)
{
	const size_t len = strlen(name);

	if (type == NULL || strncasecmp(type, name, len) != 0)
		return false;
	type += len;
	type += strspn(type, " \t");
	return *type == '\0' || *type == ';';
}

/* What is too large for memory has been judged by its length before. */
static enum fail
check_bytes(struct ctx *ctx, const struct call *call)
{
	const int64_t most = call->match.route->bytes->most;
	const int64_t len = call_bytes(call).len;

	if (len <= most)
		return OK;
	return FAIL(ctx, FAIL_TOO_BIG, "input.too_big",
	    "%lld bytes of at most %lld", (long long)len, (long long)most);
}

static enum fail
check_body(struct ctx *ctx, struct call *call)
{
	const struct route *route = call->match.route;
	const struct bytes body = call->request->body;
	const size_t limit = (route->flags & ROUTE_BIG) != 0
				 ? INPUT_BODY_BIG_MAX
				 : INPUT_BODY_MAX;

	if (route->bytes != NULL)
		return check_bytes(ctx, call);
	assert(call->request->spooled == NULL);
	if (body.len > limit)
		return FAIL(ctx, FAIL_TOO_BIG, "input.too_big",
		    "%zu bytes of at most %zu", body.len, limit);
	if (route->in == NULL) {
		if (body.len > 0 && !bytes_equal(body, bytes_of_text("{}")))
			return FAIL(ctx, FAIL_INVALID, "input.no_body",
			    "a body of %zu bytes", body.len);
		return OK;
	}
	const char *type =
	    (route->flags & ROUTE_FORM) != 0 ? form_type : json_type_name;

	if (body.len > 0 && !is_type(call_header(call, "Content-Type"), type)) {
		call->failure_status = 415;
		return FAIL(ctx, FAIL_INVALID, "input.media_type",
		    "the body is not %s", type);
	}
	return OK;
}

/* A form's pairs as one JSON object, as those of a query. */
static enum fail
form_as_json(struct ctx *ctx, const struct shape *shape, struct bytes *body)
{
	struct path_value *pairs = NULL;
	size_t count = 0;

	if (memchr(body->at, '\0', body->len) != NULL ||
	    !router_query(ctx->arena,
		arena_text_n(ctx->arena, (const char *)body->at, body->len),
		INPUT_QUERY_MAX, &pairs, &count))
		return FAIL(ctx, FAIL_INVALID, "input.query",
		    "the form is malformed");
	*body = bytes_of_text(pairs_as_json(ctx, shape, pairs, count));
	return OK;
}

/* Before memory is taken: a mebibyte of empty values would take seventy. */
static enum fail
check_values(struct ctx *ctx, const struct shape *shape, struct bytes body)
{
	const size_t most = shape_values_most(shape) + INPUT_VALUES_SPARE;
	const size_t values = json_values_most(body);

	if (values <= most)
		return OK;
	return FAIL(ctx, FAIL_TOO_BIG, "json.too_big",
	    "JSON of %zu bytes with %zu values of at most %zu", body.len,
	    values, most);
}

static enum fail
read_body(struct ctx *ctx, struct call *call)
{
	const struct shape *shape = call->match.route->in;
	struct bytes body = call->request->body;
	const struct json *node = NULL;
	void *out = NULL;

	TRY(check_body(ctx, call));
	if (shape == NULL)
		return OK;
	if (body.len == 0 && (call->match.route->flags & ROUTE_FORM) ==
				 0) /* so that the missing fields are named */
		body = bytes_of_text("{}");
	if ((call->match.route->flags & ROUTE_FORM) != 0)
		TRY(form_as_json(ctx, shape, &body));
	TRY(check_values(ctx, shape, body));
	TRY(json_parse(ctx, body, &node));
	out = arena_alloc(ctx->arena, 1, shape->size);
	shape_read(ctx, shape, node, "", out);
	call->body = out;
	return OK;
}

enum fail
input_read(struct ctx *ctx, struct call *call)
{
	TRY(read_query(ctx, call));
	TRY(read_body(ctx, call));
	if (arena_over(ctx->arena))
		return FAIL(ctx, FAIL_TOO_BIG, "input.too_big",
		    "the input takes %zu bytes of memory",
		    arena_used(ctx->arena));
	return fail_valid(ctx);
}
