#include "codec/json.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define json_type jansson_type /* a typedef there, a function here */
#include <jansson.h>
#undef json_type

#include "core/arena.h"
#include "core/map.h"
#include "core/text.h"
#include "core/utf8.h"

/* Objects with more members than this are searched by a map. */
#define FEW_MEMBERS 16

/* Beyond it readers that know only doubles see another number (RFC 8785). */
#define EXACT_MAX INT64_C(9007199254740991)

struct json {
	enum json_type type;
	uint32_t count; /* of an array or object */
	union {
		bool flag;
		int64_t number;
		const char *text;
		const struct json *items; /* count in a row */
	} as;
	const char *const *keys; /* of an object, beside items */
	struct index *index;     /* of a large object */
};

/*
 * Key to item.  Made when somebody first looks a key up: who walks through the
 * members, as a report's cells are read, needs none.
 */
struct index {
	struct arena *arena;
	struct map *map; /* NULL: nobody has looked yet */
};

/*
 * All nodes, keys and texts of one parse are in three blocks whose sizes are
 * known bounds: on the hot path an allocation costs more than a node.
 */
struct pool {
	struct ctx *ctx;
	struct json *nodes;
	const char **keys;
	char *texts;
};

/* What one look at the source shows before anything is allocated. */
struct measure {
	int depth;
	size_t nodes; /* an upper bound */
};

static struct measure
measure(struct bytes in)
{
	struct measure m = { 0, 1 };
	int depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < in.len; i++) {
		const uint8_t c = in.at[i];

		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
			continue;
		}
		if (c == '"') {
			quoted = true;
		} else if (c == ',') {
			m.nodes++;
		} else if (c == '[' || c == '{') {
			m.nodes++;
			depth++;
			if (depth > m.depth)
				m.depth = depth;
		} else if (c == ']' || c == '}') {
			depth--;
		}
	}
	return m;
}

size_t
json_values_most(struct bytes in)
{
	return measure(in).nodes;
}

/* Most texts are plain ASCII, which is clean and NFC as it is. */
static bool
is_plain(const char *text, size_t len)
{
	unsigned odd = 0;

	for (size_t i = 0; i < len; i++) {
		const unsigned char c = (unsigned char)text[i];

		odd |= (unsigned)(c - 0x20U > 0x5eU);
	}
	return odd == 0;
}

static enum fail
take_text(struct pool *pool, const char *text, size_t len, const char **ret)
{
	char *copy = pool->texts;

	memcpy(copy, text, len);
	copy[len] = '\0';
	pool->texts += len + 1;
	*ret = copy;
	if (is_plain(copy, len))
		return OK;
	*ret = utf8_nfc(pool->ctx->arena, copy);
	if (*ret == NULL)
		return FAIL(pool->ctx, FAIL_INVALID, "json.text",
		    "a text holds control characters");
	return OK;
}

static enum fail convert(struct pool *pool, json_t *from, struct json *to,
    int depth);

static enum fail
convert_array(struct pool *pool, json_t *from, struct json *to, int depth)
{
	const size_t count = json_array_size(from);
	struct json *items = pool->nodes;

	pool->nodes += count;
	to->type = JSON_IS_ARRAY;
	to->count = (uint32_t)count;
	to->as.items = items;
	for (size_t i = 0; i < count; i++)
		TRY(convert(pool, json_array_get(from, i), &items[i], depth));
	return OK;
}

/* False if two keys are equal. */
static bool
index_make(const struct json *object, struct index *index)
{
	struct map *map = map_new(index->arena, object->count);

	index->map = map;
	for (size_t i = 0; i < object->count; i++) {
		if (map_get_text(map, object->keys[i]) != NULL)
			return false;
		map_put_text(map, object->keys[i],
		    arena_copy(index->arena, &i, sizeof(i)));
	}
	return true;
}

/*
 * The library refused keys that are equal byte by byte; two keys may still
 * become equal by NFC, so an object with a changed key is looked at again.
 */
static enum fail
index_members(struct pool *pool, struct json *object, bool changed)
{
	struct index *index = NULL;

	if (!changed && object->count <= FEW_MEMBERS)
		return OK;
	index = ARENA_NEW(pool->ctx->arena, struct index);
	index->arena = pool->ctx->arena;
	if (changed && !index_make(object, index))
		return FAIL(pool->ctx, FAIL_INVALID, "json.syntax",
		    "a key is repeated");
	object->index = index;
	return OK;
}

static enum fail
convert_object(struct pool *pool, json_t *from, struct json *to, int depth)
{
	const size_t count = json_object_size(from);
	struct json *items = pool->nodes;
	const char **keys = pool->keys;
	bool changed = false;
	size_t i = 0;
	void *member = json_object_iter(from);

	pool->nodes += count;
	pool->keys += count;
	for (i = 0; i < count; i++) {
		const char *key = json_object_iter_key(member);
		const size_t len = strlen(key);

		TRY(take_text(pool, key, len, &keys[i]));
		changed = changed || strcmp(key, keys[i]) != 0;
		TRY(convert(pool, json_object_iter_value(member), &items[i],
		    depth));
		member = json_object_iter_next(from, member);
	}
	assert(member == NULL);
	to->type = JSON_IS_OBJECT;
	to->count = (uint32_t)count;
	to->as.items = items;
	to->keys = keys;
	return index_members(pool, to, changed);
}

static enum fail
convert(struct pool *pool, json_t *from, struct json *to, int depth)
{
	assert(depth <= JSON_DEPTH_MAX);
	switch (json_typeof(from)) {
	case JSON_OBJECT:
		return convert_object(pool, from, to, depth + 1);
	case JSON_ARRAY:
		return convert_array(pool, from, to, depth + 1);
	case JSON_STRING:
		to->type = JSON_IS_TEXT;
		return take_text(pool, json_string_value(from),
		    json_string_length(from), &to->as.text);
	case JSON_INTEGER:
		to->type = JSON_IS_INT;
		to->as.number = json_integer_value(from);
		return OK;
	case JSON_REAL:
		to->type = JSON_IS_REAL;
		return OK;
	case JSON_TRUE:
	case JSON_FALSE:
		to->type = JSON_IS_BOOL;
		to->as.flag = json_is_true(from);
		return OK;
	case JSON_NULL:
		break;
	}
	to->type = JSON_IS_NULL;
	return OK;
}

/*
 * The library makes hundreds of small objects for one report and frees each.
 * While a thread parses they come from an arena of that parse instead and go
 * with it; nothing of the library is used at any other time.
 */
static _Thread_local struct arena *lender;
static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static void *
lend(size_t size)
{
	assert(lender != NULL);
	return arena_alloc(lender, 1, size);
}

static void
take_back(void *object)
{
	(void)object;
}

static void
library_start(void)
{
	json_set_alloc_funcs(lend, take_back);
	/* Else the first of many threads would do it. */
	json_object_seed(0);
}

static json_t *
load(struct arena *arena, struct bytes in, json_error_t *error)
{
	json_t *tree = NULL;

	(void)pthread_once(&library_once, library_start);
	lender = arena;
	tree = json_loadb((const char *)in.at, in.len,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, error);
	lender = NULL;
	return tree;
}

/*
 * The library's texts end in "near '...'", a piece of the input that may be cut
 * inside a letter: it is left out.
 */
static enum fail
refuse(struct ctx *ctx, const json_error_t *error)
{
	const char *near = strstr(error->text, " near ");
	const size_t len =
	    near == NULL ? strlen(error->text) : (size_t)(near - error->text);

	switch ((int)json_error_code(error)) {
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return FAIL(ctx, FAIL_INVALID, "json.text",
		    "line %d column %d: a text holds NUL", error->line,
		    error->column);
	default:
		return FAIL(ctx, FAIL_INVALID, "json.syntax",
		    "line %d column %d: %.*s", error->line, error->column,
		    (int)len, error->text);
	}
}

/* What the library passes over, or has no word for. */
static enum fail
check_bytes(struct ctx *ctx, struct bytes in)
{
	static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };
	const uint8_t *nul = in.len == 0 ? NULL : memchr(in.at, 0, in.len);

	if (in.len >= sizeof(mark) && memcmp(in.at, mark, sizeof(mark)) == 0)
		return FAIL(ctx, FAIL_INVALID, "json.mark",
		    "the JSON begins with a byte order mark");
	if (nul != NULL)
		return FAIL(ctx, FAIL_INVALID, "json.nul",
		    "byte %zu of %zu is NUL", (size_t)(nul - in.at) + 1,
		    in.len);
	return OK;
}

enum fail
json_parse(struct ctx *ctx, struct bytes in, const struct json **ret)
{
	const struct measure m = measure(in);
	json_error_t error = { 0 };
	struct pool pool = { .ctx = ctx };
	struct json *root = NULL;
	AUTO(arena_end) struct arena *lent = NULL;
	json_t *tree = NULL;

	TRY(check_bytes(ctx, in));
	if (m.depth > JSON_DEPTH_MAX)
		return FAIL(ctx, FAIL_TOO_BIG, "json.depth",
		    "JSON is nested %d levels deep", m.depth);
	lent = arena_new(0);
	tree = load(lent, in, &error);
	if (tree == NULL)
		return refuse(ctx, &error);
	/*
	 * Each text with its NUL is no longer than it was with its quotes, and
	 * each value but the root follows an opening bracket or a comma.
	 */
	root = ARENA_ARRAY(ctx->arena, m.nodes, struct json);
	pool.nodes = root + 1;
	pool.keys = ARENA_ARRAY(ctx->arena, m.nodes, const char *);
	pool.texts = ARENA_ARRAY(ctx->arena, in.len + 1, char);
	TRY(convert(&pool, tree, root, 0));
	if (arena_over(ctx->arena))
		return FAIL(ctx, FAIL_TOO_BIG, "json.too_big",
		    "JSON of %zu bytes with %zu values", in.len, m.nodes);
	*ret = root;
	return OK;
}

enum json_type
json_type(const struct json *node)
{
	return node->type;
}

bool
json_bool(const struct json *node)
{
	assert(node->type == JSON_IS_BOOL);
	return node->as.flag;
}

int64_t
json_int(const struct json *node)
{
	assert(node->type == JSON_IS_INT);
	return node->as.number;
}

const char *
json_text(const struct json *node)
{
	assert(node->type == JSON_IS_TEXT);
	return node->as.text;
}

size_t
json_count(const struct json *node)
{
	assert(node->type == JSON_IS_ARRAY || node->type == JSON_IS_OBJECT);
	return node->count;
}

const struct json *
json_at(const struct json *node, size_t i)
{
	assert(i < json_count(node));
	return &node->as.items[i];
}

const char *
json_key(const struct json *node, size_t i)
{
	assert(node->type == JSON_IS_OBJECT && i < node->count);
	return node->keys[i];
}

const struct json *
json_get(const struct json *node, const char *key)
{
	if (node == NULL || node->type != JSON_IS_OBJECT)
		return NULL;
	if (node->index != NULL) {
		const size_t *i = NULL;

		if (node->index->map == NULL)
			(void)index_make(node, node->index);
		i = map_get_text(node->index->map, key);
		return i == NULL ? NULL : &node->as.items[*i];
	}
	for (size_t i = 0; i < node->count; i++) {
		if (strcmp(node->keys[i], key) == 0)
			return &node->as.items[i];
	}
	return NULL;
}

const char *
json_get_text(const struct json *node, const char *key)
{
	const struct json *member = json_get(node, key);

	if (member == NULL || member->type != JSON_IS_TEXT)
		return NULL;
	return member->as.text;
}

int64_t
json_get_int(const struct json *node, const char *key, int64_t fallback)
{
	const struct json *member = json_get(node, key);

	if (member == NULL || member->type != JSON_IS_INT)
		return fallback;
	return member->as.number;
}

/*
 * UTF-8 sorts by code point, RFC 8785 by UTF-16 unit.  They differ in one
 * place: what is beyond U+FFFF (first byte F0 to F4) is written with
 * surrogates and so comes before U+E000 to U+FFFF (first byte EE and EF).
 */
static int
rank16(unsigned char c)
{
	return c == 0xee || c == 0xef ? c + 0x10 : c;
}

struct member {
	const char *key;
	const struct json *value;
};

static int
member_order(const void *left, const void *right)
{
	const char *a = ((const struct member *)left)->key;
	const char *b = ((const struct member *)right)->key;

	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return rank16((unsigned char)*a) - rank16((unsigned char)*b);
}

static enum fail write_canonical(struct ctx *ctx, struct text *out,
    const struct json *node, int depth);

static enum fail
write_canonical_object(struct ctx *ctx, struct text *out,
    const struct json *node, int depth)
{
	struct member *members =
	    ARENA_ARRAY(ctx->arena, node->count + 1U, struct member);

	for (size_t i = 0; i < node->count; i++)
		members[i] =
		    (struct member){ node->keys[i], &node->as.items[i] };
	qsort(members, node->count, sizeof(members[0]), member_order);
	text_char(out, '{');
	for (size_t i = 0; i < node->count; i++) {
		if (i > 0)
			text_char(out, ',');
		text_json(out, members[i].key);
		text_char(out, ':');
		TRY(write_canonical(ctx, out, members[i].value, depth));
	}
	text_char(out, '}');
	return OK;
}

static enum fail
write_canonical(struct ctx *ctx, struct text *out, const struct json *node,
    int depth)
{
	assert(depth <= JSON_DEPTH_MAX);
	switch (node->type) {
	case JSON_IS_REAL:
		return FAIL(ctx, FAIL_INVALID, "json.real",
		    "a number with a point or an exponent");
	case JSON_IS_INT:
		if (node->as.number > EXACT_MAX || node->as.number < -EXACT_MAX)
			return FAIL(ctx, FAIL_INVALID, "json.real",
			    "%" PRId64 " is beyond 2^53", node->as.number);
		break;
	case JSON_IS_OBJECT:
		return write_canonical_object(ctx, out, node, depth + 1);
	case JSON_IS_ARRAY:
		text_char(out, '[');
		for (size_t i = 0; i < node->count; i++) {
			if (i > 0)
				text_char(out, ',');
			TRY(write_canonical(ctx, out, &node->as.items[i],
			    depth + 1));
		}
		text_char(out, ']');
		return OK;
	case JSON_IS_NULL:
	case JSON_IS_BOOL:
	case JSON_IS_TEXT:
		break;
	}
	json_write(out, node);
	return OK;
}

const char *
json_pointer(struct arena *arena, const char *base, const char *key)
{
	struct text text;

	text_init(&text, arena);
	text_add(&text, base);
	text_char(&text, '/');
	for (const char *c = key; *c != '\0'; c++) {
		if (*c == '~')
			text_add(&text, "~0");
		else if (*c == '/')
			text_add(&text, "~1");
		else
			text_char(&text, *c);
	}
	return text_of(&text);
}

enum fail
json_canonical(struct ctx *ctx, const struct json *node, struct bytes *ret)
{
	struct text out = { 0 };

	text_init(&out, ctx->arena);
	TRY(write_canonical(ctx, &out, node, 0));
	*ret = text_bytes(&out);
	return OK;
}

void
json_write(struct text *out, const struct json *node)
{
	switch (node->type) {
	case JSON_IS_NULL:
	case JSON_IS_REAL:
		text_add(out, "null");
		break;
	case JSON_IS_BOOL:
		text_add(out, node->as.flag ? "true" : "false");
		break;
	case JSON_IS_INT:
		text_int(out, node->as.number);
		break;
	case JSON_IS_TEXT:
		text_json(out, node->as.text);
		break;
	case JSON_IS_ARRAY:
	case JSON_IS_OBJECT:
		text_char(out, node->type == JSON_IS_ARRAY ? '[' : '{');
		for (size_t i = 0; i < node->count; i++) {
			if (i > 0)
				text_char(out, ',');
			if (node->type == JSON_IS_OBJECT) {
				text_json(out, node->keys[i]);
				text_char(out, ':');
			}
			json_write(out, &node->as.items[i]);
		}
		text_char(out, node->type == JSON_IS_ARRAY ? ']' : '}');
		break;
	}
}
