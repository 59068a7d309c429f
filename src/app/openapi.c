#include "app/openapi.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "app/routes.h"
#include "codec/shape_json.h"
#include "core/arena.h"
#include "core/map.h"
#include "core/text.h"

#define SHAPES_MAX 400
#define SHAPE_DEPTH_MAX 16

/* The shapes met so far, each once, in the order met. */
struct shapes {
	struct map *by_name;
	const struct shape *list[SHAPES_MAX];
	size_t count;
};

static const char problem_schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"type\":{\"type\":\"string\",\"format\":\"uri-reference\"},"
    "\"title\":{\"type\":\"string\"},"
    "\"status\":{\"type\":\"integer\"},"
    "\"code\":{\"type\":\"string\"},"
    "\"detail\":{\"type\":\"string\"},"
    "\"request_id\":{\"type\":\"integer\"},"
    "\"revision\":{\"type\":\"integer\",\"description\":"
    "\"what If-Match must say after the object was read again\"},"
    "\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
    "\"properties\":{\"pointer\":{\"type\":\"string\"},"
    "\"code\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"}},"
    "\"required\":[\"pointer\",\"code\",\"message\"]}}},"
    "\"required\":[\"type\",\"title\",\"status\",\"code\",\"detail\","
    "\"request_id\",\"errors\"]}";

static const char security_schemes[] =
    "\"securitySchemes\":{"
    "\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"truc\"},"
    "\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}}";

static void
gather(struct shapes *shapes, const struct shape *shape, int depth)
{
	const struct shape *const *known = NULL;

	if (shape == NULL)
		return;
	assert(depth < SHAPE_DEPTH_MAX);
	known = map_get_text(shapes->by_name, shape->name);
	assert(known == NULL || *known == shape);
	if (known != NULL)
		return;
	assert(shapes->count < SHAPES_MAX);
	shapes->list[shapes->count] = shape;
	map_put_text(shapes->by_name, shape->name,
	    &shapes->list[shapes->count]);
	shapes->count++;
	for (size_t i = 0; i < shape->field_count; i++)
		gather(shapes, shape->fields[i].of, depth + 1);
}

/* get_reports_id_history for GET /api/v1/reports/{id}/history; a page of the
 * same path is get_page_reports_id. */
static void
write_operation_id(struct text *json, const struct route *row)
{
	static const char prefix[] = "/api/v1";
	const char *path = row->path;

	if (text_starts(path, prefix))
		path += sizeof(prefix) - 1;
	text_add(json, "\"operationId\":\"");
	for (const char *c = method_names[row->method]; *c != '\0'; c++)
		text_char(json, (char)(*c | 0x20));
	if ((row->flags & ROUTE_PAGE) != 0)
		text_add(json, "_page");
	for (; *path != '\0'; path++) {
		if (*path == '{' || *path == '}')
			continue;
		text_char(json, strchr("/-.", *path) != NULL ? '_' : *path);
	}
	text_char(json, '"');
}

static void
write_choices(struct text *json, const struct shape_field *field)
{
	text_add(json, ",\"enum\":[");
	for (const char *const *c = field->choices; *c != NULL; c++) {
		if (c != field->choices)
			text_char(json, ',');
		text_json(json, *c);
	}
	text_char(json, ']');
}

/* A query field is a text on its way: only these kinds can be there. */
static void
write_query_schema(struct text *json, const struct shape_field *field)
{
	switch (field->type) {
	case SHAPE_INT:
	case SHAPE_OPT_INT:
		text_addf(json,
		    "{\"type\":\"integer\",\"minimum\":%" PRId64
		    ",\"maximum\":%" PRId64 "}",
		    field->lo, field->hi);
		return;
	case SHAPE_BOOL:
		text_add(json, "{\"type\":\"boolean\"}");
		return;
	case SHAPE_DATE:
		text_add(json, "{\"type\":\"string\",\"format\":\"date\"}");
		return;
	case SHAPE_TIME:
		text_add(json,
		    "{\"type\":\"string\",\"format\":\"date-time\"}");
		return;
	case SHAPE_TEXT:
		text_addf(json,
		    "{\"type\":\"string\",\"maxLength\":%" PRId64 "}",
		    field->hi);
		return;
	case SHAPE_ENUM:
		text_add(json, "{\"type\":\"string\"");
		write_choices(json, field);
		text_char(json, '}');
		return;
	case SHAPE_TEXTS:
	case SHAPE_INTS:
		text_add(json, "{\"type\":\"array\",\"items\":");
		shape_item_schema(json, field);
		text_addf(json,
		    ",\"minItems\":%" PRId64 ",\"maxItems\":%" PRId64 "}",
		    field->lo, field->hi);
		return;
	case SHAPE_JSON:
	case SHAPE_RAW:
	case SHAPE_LIST:
	case SHAPE_ONE:
		break;
	}
	assert(false && "a query field of this kind");
}

static void
write_parameter(struct text *json, const char *comma, const char *place,
    const char *name)
{
	text_addf(json, "%s{\"in\":\"%s\",\"name\":\"%s\"", comma, place, name);
}

static const char *
write_path_parameters(struct text *json, const struct route *row)
{
	const char *comma = "";
	const char *at = row->path + strcspn(row->path, "{");

	while (*at == '{') {
		const size_t len = strcspn(++at, "}");

		text_addf(json, "%s{\"in\":\"path\",\"name\":\"", comma);
		text_add_n(json, at, len);
		text_add(json, "\",\"required\":true,"
			       "\"schema\":{\"type\":\"string\"}}");
		at += len;
		at += strcspn(at, "{");
		comma = ",";
	}
	return comma;
}

static bool
answers(const struct route *row, const char *code)
{
	for (const char *const *f = row->failures; f != NULL && *f != NULL; f++)
		if (strcmp(*f, code) == 0)
			return true;
	return false;
}

static void
write_parameters(struct text *json, const struct route *row)
{
	const char *comma = NULL;

	text_add(json, ",\"parameters\":[");
	comma = write_path_parameters(json, row);
	for (size_t i = 0; row->query != NULL && i < row->query->field_count;
	     i++) {
		const struct shape_field *field = &row->query->fields[i];

		write_parameter(json, comma, "query", field->name);
		if (field->need == REQUIRED)
			text_add(json, ",\"required\":true");
		if (field->meaning != NULL) {
			text_add(json, ",\"description\":");
			text_json(json, field->meaning);
		}
		if (field->type == SHAPE_TEXTS || field->type == SHAPE_INTS)
			text_add(json, /* commas */
			    ",\"style\":\"form\",\"explode\":false");
		text_add(json, ",\"schema\":");
		write_query_schema(json, field);
		text_char(json, '}');
		comma = ",";
	}
	if (row->method == POST && (row->flags & ROUTE_NO_IDEMPOTENCY) == 0) {
		write_parameter(json, comma, "header", "Idempotency-Key");
		text_add(json,
		    ",\"schema\":{\"type\":\"string\",\"maxLength\":64}}");
		comma = ",";
	}
	if (answers(row, "input.if_match")) {
		write_parameter(json, comma, "header", "If-Match");
		text_addf(json,
		    ",\"required\":%s,\"schema\":{\"type\":\"string\"}}",
		    (row->flags & ROUTE_MAY_MATCH) == 0 ? "true" : "false");
	}
	text_char(json, ']');
}

static void
write_ref(struct text *json, const char *name)
{
	text_addf(json, "{\"schema\":{\"$ref\":\"#/components/schemas/%s\"}}",
	    name);
}

static void
write_content(struct text *json, const char *type, const char *name)
{
	text_addf(json, "\"content\":{\"%s\":", type);
	write_ref(json, name);
	text_char(json, '}');
}

/* Without its parameters: "text/csv" of "text/csv; charset=utf-8". */
static void
write_type(struct text *json, const char *type)
{
	text_char(json, '"');
	text_add_n(json, type, strcspn(type, "; "));
	text_add(json, "\":");
}

static bool
is_json(const char *type)
{
	return strcmp(type, "application/json") == 0;
}

static void
write_contents(struct text *json, const struct route *row)
{
	const char *const *types = row->media->types;

	text_add(json, ",\"content\":{");
	for (const char *const *t = types; *t != NULL; t++) {
		if (t != types)
			text_char(json, ',');
		write_type(json, *t);
		if (!is_json(*t))
			text_add(json, "{\"schema\":{\"type\":\"string\"}}");
		else if (row->out != NULL)
			write_ref(json, row->out->name);
		else
			text_add(json, "{\"schema\":{\"type\":\"object\"}}");
	}
	text_char(json, '}');
}

static void
write_header(struct text *json, const char *comma, const char *name,
    const char *value)
{
	text_addf(json, "%s\"%s\":{\"schema\":{\"const\":", comma, name);
	text_json(json, value);
	text_add(json, "}}");
}

/* Those that every answer of the row has. */
static void
write_headers(struct text *json, const struct route *row)
{
	const struct route_media *media = row->media;

	text_add(json, ",\"headers\":{");
	write_header(json, "", "Content-Security-Policy",
	    media == NULL || media->policy == NULL ? ROUTE_POLICY_DATA
						   : media->policy);
	if (media != NULL && media->cache != NULL)
		write_header(json, ",", "Cache-Control", media->cache);
	text_char(json, '}');
}

static void
write_responses(struct text *json, const struct route *row)
{
	const bool has_types = row->media != NULL && row->media->types != NULL;

	text_add(json, ",\"responses\":{");
	text_add(json, has_types || row->out != NULL ? "\"2XX\"" : "\"204\"");
	text_add(json, ":{\"description\":\"Done.\"");
	if (has_types) {
		write_contents(json, row);
	} else if (row->out != NULL) {
		text_char(json, ',');
		write_content(json, "application/json", row->out->name);
	}
	write_headers(json, row);
	if ((row->flags & ROUTE_FORM) != 0)
		text_add(json, "},\"303\":{\"description\":\"Done; goes on at "
			       "Location.\"");
	text_add(json, "},\"default\":{\"description\":\"It failed.\",");
	write_content(json, "application/problem+json", "Problem");
	text_add(json, "}}");
}

static void
write_operation(struct text *json, const struct route *row, const char *slice)
{
	text_char(json, '"');
	for (const char *c = method_names[row->method]; *c != '\0'; c++)
		text_char(json, (char)(*c | 0x20));
	text_add(json, "\":{");
	write_operation_id(json, row);
	text_addf(json, ",\"tags\":[\"%s\"],\"summary\":", slice);
	text_json(json, row->summary);
	write_parameters(json, row);
	if (row->in != NULL) {
		text_add(json, ",\"requestBody\":{\"required\":true,");
		write_content(json,
		    (row->flags & ROUTE_FORM) != 0
			? "application/x-www-form-urlencoded"
			: "application/json",
		    row->in->name);
		text_char(json, '}');
	}
	if (row->bytes != NULL)
		text_addf(json,
		    ",\"requestBody\":{\"required\":true,\"content\":{"
		    "\"application/octet-stream\":{\"schema\":{\"type\":"
		    "\"string\",\"format\":\"binary\",\"maxLength\":%lld}}}}",
		    (long long)row->bytes->most);
	write_responses(json, row);
	text_add(json, ",\"x-failures\":[");
	for (const char *const *f = row->failures; f != NULL && *f != NULL;
	     f++) {
		if (f != row->failures)
			text_char(json, ',');
		text_json(json, *f);
	}
	text_char(json, ']');
	if (row->permission != NULL) {
		text_add(json, ",\"x-permission\":");
		text_json(json, row->permission);
	}
	if ((row->flags & ROUTE_PUBLIC) != 0)
		text_add(json, ",\"security\":[]");
	text_char(json, '}');
}

static bool
is_first_of_path(const struct route *const *rows, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(rows[k]->path, rows[i]->path) == 0)
			return false;
	return true;
}

static void
write_paths(struct text *json, const struct routes *routes)
{
	size_t count = 0;
	const struct route *const *rows = routes_list(routes, &count);
	const char *comma = "";

	text_add(json, ",\"paths\":{");
	for (size_t i = 0; i < count; i++) {
		const char *inner = "";

		if (!is_first_of_path(rows, i))
			continue;
		text_add(json, comma);
		text_json(json, rows[i]->path);
		text_add(json, ":{");
		for (size_t k = i; k < count; k++) {
			if (strcmp(rows[k]->path, rows[i]->path) != 0)
				continue;
			text_add(json, inner);
			write_operation(json, rows[k], routes_slice(routes, k));
			inner = ",";
		}
		text_char(json, '}');
		comma = ",";
	}
	text_char(json, '}');
}

/* The slices that have rows, each once; rows of one slice are together. */
static void
write_tags(struct text *json, const struct routes *routes, size_t count)
{
	const char *last = "";

	text_add(json, ",\"tags\":[");
	for (size_t i = 0; i < count; i++) {
		const char *slice = routes_slice(routes, i);

		if (strcmp(slice, last) == 0)
			continue;
		text_addf(json, "%s{\"name\":\"%s\"}", i > 0 ? "," : "", slice);
		last = slice;
	}
	text_char(json, ']');
}

static void
write_components(struct text *json, const struct shapes *shapes)
{
	text_addf(json, ",\"components\":{%s,\"schemas\":{\"Problem\":%s",
	    security_schemes, problem_schema);
	for (size_t i = 0; i < shapes->count; i++) {
		text_char(json, ',');
		text_json(json, shapes->list[i]->name);
		text_char(json, ':');
		shape_schema(json, shapes->list[i]);
	}
	text_add(json, "}}");
}

static void
write_failures(struct text *json, const struct locale *locale)
{
	size_t count = 0;
	const struct locale_entry *entries = locale_entries(locale, &count);

	text_add(json, ",\"x-failures\":{");
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			text_char(json, ',');
		text_json(json, entries[i].code);
		text_add(json, ":{\"vi\":");
		text_json(json, entries[i].vi);
		text_add(json, ",\"en\":");
		text_json(json, entries[i].en);
		text_char(json, '}');
	}
	text_char(json, '}');
}

struct bytes
openapi_make(struct arena *arena, const struct routes *routes,
    const struct locale *locale)
{
	size_t count = 0;
	const struct route *const *rows = routes_list(routes, &count);
	struct shapes *shapes = ARENA_NEW(arena, struct shapes);
	struct text json = { 0 };

	shapes->by_name = map_new(arena, SHAPES_MAX);
	for (size_t i = 0; i < count; i++) {
		gather(shapes, rows[i]->in, 0);
		gather(shapes, rows[i]->out, 0);
	}
	text_init(&json, arena);
	text_add(&json, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Trục\","
			"\"version\":\"" TRUC_VERSION "\"},"
			"\"security\":[{\"session\":[]},{\"token\":[]}]");
	write_tags(&json, routes, count);
	write_paths(&json, routes);
	write_components(&json, shapes);
	write_failures(&json, locale);
	text_char(&json, '}');
	return text_bytes(&json);
}
