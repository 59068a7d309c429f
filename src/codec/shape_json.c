#include "codec/shape_json.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/day.h"

static void read_object(struct ctx *ctx, const struct shape *shape,
    const struct json *node, const char *at, void *out, int depth);

/* at is the place of the fault as a JSON pointer (RFC 6901). */
static void
wrong_type(struct ctx *ctx, const char *at, const char *wanted)
{
	fail_invalid(ctx, at, "input.type", "must be %s", wanted);
}

static bool
read_int(struct ctx *ctx, int64_t lo, int64_t hi, const struct json *node,
    const char *at, int64_t *ret)
{
	if (json_type(node) != JSON_IS_INT) {
		wrong_type(ctx, at, "a whole number");
		return false;
	}
	if (json_int(node) < lo || json_int(node) > hi) {
		fail_invalid(ctx, at, "input.range",
		    "must be from %" PRId64 " to %" PRId64, lo, hi);
		return false;
	}
	*ret = json_int(node);
	return true;
}

static bool
is_choice(const struct shape_field *field, const char *text)
{
	for (const char *const *c = field->choices; *c != NULL; c++) {
		if (strcmp(*c, text) == 0)
			return true;
	}
	return false;
}

static bool
has_length(struct ctx *ctx, int64_t lo, int64_t hi, const char *text,
    const char *at)
{
	const size_t len = strlen(text);

	if (len > (size_t)hi) {
		fail_invalid(ctx, at, "input.too_long",
		    "must be at most %" PRId64 " bytes", hi);
		return false;
	}
	if (len < (size_t)lo) {
		fail_invalid(ctx, at, "input.range",
		    "must be at least %" PRId64 " bytes", lo);
		return false;
	}
	return true;
}

/* What a text must be besides one, by the kind of its field. */
static bool
is_such_text(struct ctx *ctx, const struct shape_field *field, const char *text,
    const char *at)
{
	int64_t us = 0;
	day d = 0;

	if (field->type == SHAPE_TEXT)
		return has_length(ctx, field->lo, field->hi, text, at);
	if (field->type == SHAPE_DATE && !day_parse(text, &d)) {
		fail_invalid(ctx, at, "input.date",
		    "must be a day as 2025-07-01");
		return false;
	}
	if (field->type == SHAPE_TIME && !time_parse(text, &us)) {
		fail_invalid(ctx, at, "input.time",
		    "must be an instant as 2025-07-01T08:30:00+07:00");
		return false;
	}
	if (field->type == SHAPE_ENUM && !is_choice(field, text)) {
		fail_invalid(ctx, at, "input.choice",
		    "must be one of the choices");
		return false;
	}
	return true;
}

/* TEXT, DATE, TIME and ENUM. */
static void
read_text(struct ctx *ctx, const struct shape_field *field,
    const struct json *node, const char *at, const char **ret)
{
	if (json_type(node) != JSON_IS_TEXT)
		wrong_type(ctx, at, "a text");
	else if (is_such_text(ctx, field, json_text(node), at))
		*ret = json_text(node);
}

/* A list of as many items as the field wants? */
static bool
is_list(struct ctx *ctx, const struct shape_field *field,
    const struct json *node, const char *at, size_t *ret_count)
{
	if (json_type(node) != JSON_IS_ARRAY) {
		wrong_type(ctx, at, "a list");
		return false;
	}
	*ret_count = json_count(node);
	if (*ret_count > (size_t)field->hi) {
		fail_invalid(ctx, at, "input.too_long",
		    "must have at most %" PRId64 " items", field->hi);
		return false;
	}
	if (*ret_count < (size_t)field->lo) {
		fail_invalid(ctx, at, "input.range",
		    "must have at least %" PRId64 " items", field->lo);
		return false;
	}
	return true;
}

/* An item's place costs more than looking at it, so only faults have one. */
static void
refuse_text(struct ctx *ctx, const struct shape_field *field,
    const struct json *item, const char *at, size_t i)
{
	const char *place = arena_printf(ctx->arena, "%s/%zu", at, i);

	if (json_type(item) != JSON_IS_TEXT)
		wrong_type(ctx, place, "a text");
	else
		(void)has_length(ctx, field->item_lo, field->item_hi,
		    json_text(item), place);
}

static bool
is_item_text(const struct shape_field *field, const struct json *item)
{
	size_t len = 0;

	if (json_type(item) != JSON_IS_TEXT)
		return false;
	len = strlen(json_text(item));
	return len >= (size_t)field->item_lo && len <= (size_t)field->item_hi;
}

static void
read_texts(struct ctx *ctx, const struct shape_field *field,
    const struct json *node, const char *at, struct texts_of *ret)
{
	const char **texts = NULL;
	bool sound = true;
	size_t count = 0;

	if (!is_list(ctx, field, node, at, &count))
		return;
	texts = ARENA_ARRAY(ctx->arena, count + 1, const char *);
	for (size_t i = 0; i < count; i++) {
		const struct json *item = json_at(node, i);

		if (is_item_text(field, item)) {
			texts[i] = json_text(item);
			continue;
		}
		refuse_text(ctx, field, item, at, i);
		sound = false;
	}
	if (sound)
		*ret = (struct texts_of){ texts, count };
}

static void
read_ints(struct ctx *ctx, const struct shape_field *field,
    const struct json *node, const char *at, struct ints_of *ret)
{
	int64_t *numbers = NULL;
	bool sound = true;
	size_t count = 0;

	if (!is_list(ctx, field, node, at, &count))
		return;
	numbers = ARENA_ARRAY(ctx->arena, count + 1, int64_t);
	for (size_t i = 0; i < count; i++)
		if (!read_int(ctx, field->item_lo, field->item_hi,
			json_at(node, i),
			arena_printf(ctx->arena, "%s/%zu", at, i), &numbers[i]))
			sound = false;
	if (sound)
		*ret = (struct ints_of){ numbers, count };
}

static void
read_list(struct ctx *ctx, const struct shape_field *field,
    const struct json *node, const char *at, int depth, struct list_of *ret)
{
	char *items = NULL;
	size_t count = 0;

	if (!is_list(ctx, field, node, at, &count))
		return;
	items = arena_alloc(ctx->arena, count + 1, field->of->size);
	for (size_t i = 0; i < count; i++) {
		const char *item = arena_printf(ctx->arena, "%s/%zu", at, i);

		read_object(ctx, field->of, json_at(node, i), item,
		    items + i * field->of->size, depth + 1);
	}
	*ret = (struct list_of){ items, count };
}

static void
read_one(struct ctx *ctx, const struct shape_field *field,
    const struct json *node, const char *at, int depth, void **ret)
{
	*ret = arena_alloc(ctx->arena, 1, field->of->size);
	read_object(ctx, field->of, node, at, *ret, depth + 1);
}

static void
read_field(struct ctx *ctx, const struct shape_field *field,
    const struct json *node, const char *at, int depth, void *out)
{
	int64_t number = 0;

	switch (field->type) {
	case SHAPE_INT:
		if (read_int(ctx, field->lo, field->hi, node, at, &number))
			*(int64_t *)out = number;
		break;
	case SHAPE_OPT_INT:
		if (read_int(ctx, field->lo, field->hi, node, at, &number))
			*(const int64_t **)out =
			    arena_copy(ctx->arena, &number, sizeof(number));
		break;
	case SHAPE_BOOL:
		if (json_type(node) == JSON_IS_BOOL)
			*(bool *)out = json_bool(node);
		else
			wrong_type(ctx, at, "true or false");
		break;
	case SHAPE_TEXT:
	case SHAPE_DATE:
	case SHAPE_TIME:
	case SHAPE_ENUM:
		read_text(ctx, field, node, at, out);
		break;
	case SHAPE_TEXTS:
		read_texts(ctx, field, node, at, out);
		break;
	case SHAPE_INTS:
		read_ints(ctx, field, node, at, out);
		break;
	case SHAPE_JSON:
		*(const struct json **)out = node;
		break;
	case SHAPE_LIST:
		read_list(ctx, field, node, at, depth, out);
		break;
	case SHAPE_ONE:
		read_one(ctx, field, node, at, depth, out);
		break;
	case SHAPE_RAW:
		assert(false); /* only for answers */
		break;
	}
}

static void
read_object(struct ctx *ctx, const struct shape *shape, const struct json *node,
    const char *at, void *out, int depth)
{
	char *base = out;

	assert(depth <= JSON_DEPTH_MAX);
	memset(out, 0, shape->size);
	if (json_type(node) != JSON_IS_OBJECT) {
		wrong_type(ctx, at, "an object");
		return;
	}
	for (size_t i = 0; i < json_count(node); i++) {
		const char *key = json_key(node, i);

		if (shape_field_named(shape, key) == NULL)
			fail_invalid(ctx, json_pointer(ctx->arena, at, key),
			    "input.unknown", "is not known here");
	}
	for (size_t i = 0; i < shape->field_count; i++) {
		const struct shape_field *field = &shape->fields[i];
		const struct json *member = json_get(node, field->name);
		const char *place = json_pointer(ctx->arena, at, field->name);

		if (member != NULL && json_type(member) != JSON_IS_NULL)
			read_field(ctx, field, member, place, depth,
			    base + field->offset);
		else if (field->need == REQUIRED)
			fail_invalid(ctx, place, "input.missing", "is missing");
	}
}

void
shape_read(struct ctx *ctx, const struct shape *shape, const struct json *node,
    const char *base, void *out)
{
	read_object(ctx, shape, node, base, out, 0);
}

static size_t
object_values_most(const struct shape *shape, int depth)
{
	size_t most = 1;

	for (size_t i = 0; i < shape->field_count; i++) {
		const struct shape_field *field = &shape->fields[i];
		const size_t items = (size_t)field->hi;
		const size_t of =
		    field->of == NULL || depth == JSON_DEPTH_MAX
			? 0
			: object_values_most(field->of, depth + 1);

		if (field->type == SHAPE_JSON)
			most += SHAPE_JSON_VALUES;
		else if (field->type == SHAPE_LIST)
			most += 1 + items * of;
		else if (field->type == SHAPE_TEXTS ||
			 field->type == SHAPE_INTS)
			most += 1 + items;
		else if (field->type == SHAPE_ONE)
			most += of;
		else
			most += 1;
	}
	return most;
}

size_t
shape_values_most(const struct shape *shape)
{
	return object_values_most(shape, 0);
}

static void
write_list(struct text *text, const struct shape *shape,
    const struct list_of *list)
{
	const char *items = list->at;

	text_char(text, '[');
	for (size_t i = 0; i < list->count; i++) {
		if (i > 0)
			text_char(text, ',');
		shape_write(text, shape, items + i * shape->size);
	}
	text_char(text, ']');
}

static void
write_texts(struct text *text, const struct texts_of *list)
{
	text_char(text, '[');
	for (size_t i = 0; i < list->count; i++) {
		if (i > 0)
			text_char(text, ',');
		text_json(text, list->at[i]);
	}
	text_char(text, ']');
}

static void
write_ints(struct text *text, const struct ints_of *list)
{
	text_char(text, '[');
	for (size_t i = 0; i < list->count; i++) {
		if (i > 0)
			text_char(text, ',');
		text_int(text, list->at[i]);
	}
	text_char(text, ']');
}

/* A list that is not there: its first member is at. */
static bool
is_no_list(const struct shape_field *field, const void *const *list)
{
	return field->need == OPTIONAL && *list == NULL;
}

static void
write_text(struct text *text, const char *value)
{
	if (value == NULL)
		text_add(text, "null");
	else
		text_json(text, value);
}

static void
write_field(struct text *text, const struct shape_field *field,
    const void *value)
{
	/* A pointer of any kind is absent when it is NULL. */
	const void *const *pointer = value;

	switch (field->type) {
	case SHAPE_INT:
		text_int(text, *(const int64_t *)value);
		break;
	case SHAPE_BOOL:
		text_add(text, *(const bool *)value ? "true" : "false");
		break;
	case SHAPE_TEXT:
	case SHAPE_DATE:
	case SHAPE_TIME:
	case SHAPE_ENUM:
		write_text(text, *pointer);
		break;
	case SHAPE_LIST:
		write_list(text, field->of, value);
		break;
	case SHAPE_TEXTS:
		if (is_no_list(field, pointer))
			text_add(text, "null");
		else
			write_texts(text, value);
		break;
	case SHAPE_INTS:
		if (is_no_list(field, pointer))
			text_add(text, "null");
		else
			write_ints(text, value);
		break;
	case SHAPE_OPT_INT:
		if (*pointer == NULL)
			text_add(text, "null");
		else
			text_int(text, *(const int64_t *)*pointer);
		break;
	case SHAPE_JSON:
		if (*pointer == NULL)
			text_add(text, "null");
		else
			json_write(text, *pointer);
		break;
	case SHAPE_RAW:
		text_add(text, *pointer == NULL ? "null" : *pointer);
		break;
	case SHAPE_ONE:
		if (*pointer == NULL)
			text_add(text, "null");
		else
			shape_write(text, field->of, *pointer);
		break;
	}
}

void
shape_write(struct text *text, const struct shape *shape, const void *object)
{
	const char *base = object;

	text_char(text, '{');
	for (size_t i = 0; i < shape->field_count; i++) {
		const struct shape_field *field = &shape->fields[i];

		if (i > 0)
			text_char(text, ',');
		text_char(text, '"');
		text_add(text, field->name); /* a C identifier: no escapes */
		text_add(text, "\":");
		write_field(text, field, base + field->offset);
	}
	text_char(text, '}');
}

/* "type":"T", or with null beside it where absence is written as null. */
static void
schema_type(struct text *text, const struct shape_field *field,
    const char *type)
{
	text_addf(text,
	    field->need == OPTIONAL ? "\"type\":[\"%s\",\"null\"]"
				    : "\"type\":\"%s\"",
	    type);
}

static void
schema_choices(struct text *text, const struct shape_field *field)
{
	text_add(text, ",\"enum\":[");
	for (const char *const *c = field->choices; *c != NULL; c++) {
		if (c != field->choices)
			text_char(text, ',');
		text_json(text, *c);
	}
	text_add(text, field->need == OPTIONAL ? ",null]" : "]");
}

/* A foreign schema as it is, or null beside it. */
static void
schema_of(struct text *text, const struct shape_field *field,
    const char *schema)
{
	if (field->need == OPTIONAL)
		text_addf(text, "\"anyOf\":[%s,{\"type\":\"null\"}]", schema);
	else
		text_addf(text, "\"allOf\":[%s]", schema);
}

static void
schema_ref(struct text *text, const struct shape *of)
{
	text_addf(text, "{\"$ref\":\"#/components/schemas/%s\"}", of->name);
}

static void
schema_one(struct text *text, const struct shape_field *field)
{
	text_add(text, field->need == OPTIONAL
			   ? "\"anyOf\":[{\"type\":\"null\"},"
			   : "\"allOf\":[");
	schema_ref(text, field->of);
	text_char(text, ']');
}

void
shape_item_schema(struct text *text, const struct shape_field *field)
{
	if (field->type == SHAPE_INTS) {
		text_addf(text,
		    "{\"type\":\"integer\",\"minimum\":%" PRId64
		    ",\"maximum\":%" PRId64 "}",
		    field->item_lo, field->item_hi);
		return;
	}
	text_add(text, "{\"type\":\"string\"");
	if (field->item_lo > 0)
		text_addf(text, ",\"minLength\":%" PRId64, field->item_lo);
	text_addf(text, ",\"maxLength\":%" PRId64 "}", field->item_hi);
}

static void
schema_list(struct text *text, const struct shape_field *field)
{
	schema_type(text, field, "array");
	text_add(text, ",\"items\":");
	if (field->type == SHAPE_LIST)
		schema_ref(text, field->of);
	else
		shape_item_schema(text, field);
	text_addf(text, ",\"minItems\":%" PRId64 ",\"maxItems\":%" PRId64,
	    field->lo, field->hi);
}

static void
schema_field(struct text *text, const struct shape_field *field)
{
	switch (field->type) {
	case SHAPE_INT:
	case SHAPE_OPT_INT:
		schema_type(text, field, "integer");
		text_addf(text, ",\"minimum\":%" PRId64 ",\"maximum\":%" PRId64,
		    field->lo, field->hi);
		break;
	case SHAPE_BOOL:
		schema_type(text, field, "boolean");
		break;
	case SHAPE_TEXT:
		/* The limit is in bytes: no fewer than code points. */
		schema_type(text, field, "string");
		text_addf(text, ",\"maxLength\":%" PRId64, field->hi);
		break;
	case SHAPE_DATE:
		schema_type(text, field, "string");
		text_add(text, ",\"format\":\"date\"");
		break;
	case SHAPE_TIME:
		schema_type(text, field, "string");
		text_add(text, ",\"format\":\"date-time\"");
		break;
	case SHAPE_ENUM:
		schema_type(text, field, "string");
		schema_choices(text, field);
		break;
	case SHAPE_JSON:
	case SHAPE_RAW:
		schema_of(text, field, field->schema);
		break;
	case SHAPE_LIST:
	case SHAPE_TEXTS:
	case SHAPE_INTS:
		schema_list(text, field);
		break;
	case SHAPE_ONE:
		schema_one(text, field);
		break;
	}
	if (field->meaning != NULL) {
		text_add(text, ",\"description\":");
		text_json(text, field->meaning);
	}
	if (field->example != NULL)
		text_addf(text, ",\"examples\":[%s]", field->example);
}

void
shape_schema(struct text *text, const struct shape *shape)
{
	const char *comma = "";

	text_add(text, "{\"type\":\"object\",\"properties\":{");
	for (size_t i = 0; i < shape->field_count; i++) {
		text_addf(text, "%s\"%s\":{", i == 0 ? "" : ",",
		    shape->fields[i].name);
		schema_field(text, &shape->fields[i]);
		text_char(text, '}');
	}
	text_add(text, "},\"required\":[");
	for (size_t i = 0; i < shape->field_count; i++) {
		if (shape->fields[i].need != REQUIRED)
			continue;
		text_addf(text, "%s\"%s\"", comma, shape->fields[i].name);
		comma = ",";
	}
	text_add(text, "],\"additionalProperties\":false}");
}
