#include "app/table.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "app/call.h"
#include "app/page.h"
#include "app/sheet.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/num.h"
#include "core/text.h"

const char *const table_formats[] = { "json", "csv", "sheet", NULL };
const char table_type[] = "text/csv; charset=utf-8";
const struct route_media table_media = {
	.types = (const char *const[]){ "application/json", table_type, NULL },
};

static const struct shape_field table_query_fields[] = {
	F_FORMAT(struct table_query),
};
const struct shape table_query_shape =
    SHAPE("TableQuery", struct table_query, table_query_fields);

static const void *
value_of(const struct shape_field *field, const void *object)
{
	return (const char *)object + field->offset;
}

static const char *
format_of(const struct call *call)
{
	const struct shape *shape = call->match.route->query;
	const struct shape_field *field =
	    shape == NULL ? NULL : shape_field_named(shape, "format");

	if (field == NULL || field->type != SHAPE_ENUM || call->query == NULL)
		return NULL;
	return *(const char *const *)value_of(field, call->query);
}

bool
table_is_sheet(const struct call *call)
{
	return text_equal(format_of(call), "sheet");
}

/* ---- for programs --------------------------------------------------------- */

static bool
is_single(const struct shape_field *field)
{
	return field->type != SHAPE_JSON && field->type != SHAPE_RAW &&
	       field->type != SHAPE_LIST && field->type != SHAPE_ONE;
}

/* A list of texts or numbers has blanks between its items. */
static const char *
joined(struct ctx *ctx, const struct shape_field *field, const void *value)
{
	const struct texts_of *texts = value;
	const struct ints_of *ints = value;
	struct text text;

	text_init(&text, ctx->arena);
	for (size_t i = 0; field->type == SHAPE_TEXTS && i < texts->count; i++)
		text_addf(&text, "%s%s", i == 0 ? "" : " ", texts->at[i]);
	for (size_t i = 0; field->type == SHAPE_INTS && i < ints->count; i++)
		text_addf(&text, "%s%" PRId64, i == 0 ? "" : " ", ints->at[i]);
	return text_of(&text);
}

/* A value as text; NULL: there is none. */
static const char *
plain_value(struct ctx *ctx, const struct shape_field *field, const void *value)
{
	const void *const *pointer = value;

	switch ((int)field->type) {
	case SHAPE_INT:
		return arena_printf(ctx->arena, "%" PRId64,
		    *(const int64_t *)value);
	case SHAPE_OPT_INT:
		return *pointer == NULL ? NULL
					: arena_printf(ctx->arena, "%" PRId64,
					      *(const int64_t *)*pointer);
	case SHAPE_BOOL:
		return *(const bool *)value ? "1" : "0";
	case SHAPE_TEXTS:
	case SHAPE_INTS:
		return joined(ctx, field, value);
	default:
		return *pointer;
	}
}

static void
csv_head(const struct shape *item, struct text *out)
{
	const char *comma = "";

	for (size_t i = 0; i < item->field_count; i++) {
		if (!is_single(&item->fields[i]))
			continue;
		text_add(out, comma);
		text_add(out, item->fields[i].name);
		comma = ",";
	}
	text_add(out, "\r\n");
}

static void
csv_row(struct ctx *ctx, const struct shape *item, const void *object,
    struct text *out)
{
	const char *comma = "";

	for (size_t i = 0; i < item->field_count; i++) {
		const struct shape_field *field = &item->fields[i];
		const char *value = NULL;

		if (!is_single(field))
			continue;
		value = plain_value(ctx, field, value_of(field, object));
		text_add(out, comma);
		text_csv(out, value == NULL ? "" : value);
		comma = ",";
	}
	text_add(out, "\r\n");
}

/* The same address, behind what was answered; NULL: that was all. */
static const char *
next_page(struct ctx *ctx, const struct call *call)
{
	const struct shape_field *field =
	    shape_field_named(call->shape, "next");
	const int64_t *const *next = NULL;
	const char *const *pairs = NULL;
	const char *mark = "?";
	struct text text;
	size_t count = 0;

	if (field == NULL || field->type != SHAPE_OPT_INT)
		return NULL;
	next = value_of(field, call->object);
	if (*next == NULL)
		return NULL;
	text_init(&text, ctx->arena);
	text_addf(&text, "<%s", call->request->path);
	pairs = text_split(ctx->arena, call->request->query, '&', &count);
	for (size_t i = 0; i < count; i++) {
		if (pairs[i][0] == '\0' || text_starts(pairs[i], "after="))
			continue;
		text_addf(&text, "%s%s", mark, pairs[i]);
		mark = "&";
	}
	text_addf(&text, "%safter=%" PRId64 ">; rel=\"next\"", mark, **next);
	return text_of(&text);
}

static const struct list_of *
items_of(const struct call *call, const struct shape **ret_item)
{
	const struct shape_field *field =
	    shape_field_named(call->shape, call->match.route->table->list);

	assert(field != NULL && field->type == SHAPE_LIST);
	*ret_item = field->of;
	return value_of(field, call->object);
}

static enum fail
answer_csv(struct ctx *ctx, struct call *call)
{
	const struct shape *item = NULL;
	const struct list_of *list = items_of(call, &item);
	const char *next = next_page(ctx, call);
	struct text text;

	text_init(&text, ctx->arena);
	csv_head(item, &text);
	for (size_t i = 0; i < list->count; i++)
		csv_row(ctx, item, (const char *)list->at + i * item->size,
		    &text);
	if (next != NULL)
		call_answer_header(call, "Link", next);
	call_answer_save(ctx, call,
	    arena_printf(ctx->arena, "%s.csv", call->match.route->table->name));
	return call_answer_raw(ctx, call, call->status, table_type,
	    text_bytes(&text));
}

/* ---- for people ----------------------------------------------------------- */

static const char *
word(struct ctx *ctx, const struct route_table *table, const char *key)
{
	return page_word(ctx,
	    arena_printf(ctx->arena, "%s.%s", table->words, key));
}

static bool
has_word(const struct locale *words, const char *key)
{
	return locale_text(words, key, "vi") != NULL &&
	       locale_text(words, key, "en") != NULL;
}

/* What a column says by itself it says in words of its own. */
static const char *
column_missing(struct arena *arena, const struct route_table *table,
    const struct table_column *column, const struct shape *item,
    const struct locale *words)
{
	const struct shape_field *field =
	    shape_field_named(item, column->field);
	const char *key =
	    arena_printf(arena, "%s.%s", table->words, column->field);

	assert(field != NULL && is_single(field));
	assert(column->english == NULL ||
	       shape_field_named(item, column->english) != NULL);
	if (!has_word(words, key))
		return key;
	if (field->type != SHAPE_ENUM || column->say != NULL)
		return NULL;
	for (const char *const *c = field->choices; *c != NULL; c++) {
		const char *choice = arena_printf(arena, "%s.%s", key, *c);

		if (!has_word(words, choice))
			return choice;
	}
	return NULL;
}

/* A key that the row's table needs and words have not; NULL: none. */
static const char *
missing(struct arena *arena, const struct route *row,
    const struct locale *words)
{
	const struct route_table *table = row->table;
	const struct shape_field *list = NULL;
	const char *key = NULL;

	if (table == NULL)
		return NULL;
	list = shape_field_named(row->out, table->list);
	assert(list != NULL && list->type == SHAPE_LIST);
	key = arena_printf(arena, "%s.title", table->words);
	if (!has_word(words, key))
		return key;
	for (const struct table_column *c = table->columns; c->field != NULL;
	     c++) {
		key = column_missing(arena, table, c, list->of, words);
		if (key != NULL)
			return key;
	}
	return NULL;
}

enum fail
table_check(struct ctx *ctx, const struct route *const *rows, size_t count,
    const struct locale *words)
{
	for (size_t i = 0; i < count; i++) {
		const char *key = missing(ctx->arena, rows[i], words);

		if (key != NULL)
			return FAIL(ctx, FAIL_INTERNAL, "locale.broken",
			    "%s needs the word %s in both languages",
			    rows[i]->path, key);
	}
	return OK;
}

static void
sheet_value(struct ctx *ctx, const struct route_table *table,
    const struct shape_field *field, const void *value, struct sheet *sheet)
{
	const char *text = plain_value(ctx, field, value);

	switch ((int)field->type) {
	case SHAPE_INT:
	case SHAPE_OPT_INT:
		sheet_number(sheet, text);
		break;
	case SHAPE_BOOL:
		sheet_text(sheet,
		    page_word(ctx,
			*(const bool *)value ? "table.yes" : "table.no"));
		break;
	case SHAPE_DATE:
		sheet_day(sheet, text);
		break;
	case SHAPE_TIME:
		sheet_instant(sheet, text);
		break;
	case SHAPE_ENUM:
		sheet_text(sheet, text == NULL
				      ? NULL
				      : word(ctx, table,
					    arena_printf(ctx->arena, "%s.%s",
						field->name, text)));
		break;
	default:
		sheet_text(sheet, text);
		break;
	}
}

const char *
table_ordinal(struct ctx *ctx, const char *value)
{
	int64_t index = 0;

	if (!num_parse(value, 0, INT64_MAX - 1, &index))
		return value;
	return arena_printf(ctx->arena, "%" PRId64, index + 1);
}

static void
sheet_cell(struct ctx *ctx, const struct route_table *table,
    const struct shape *item, const struct table_column *column,
    const void *object, struct sheet *sheet)
{
	const struct shape_field *field = shape_field_named(item,
	    sheet->english && column->english != NULL ? column->english
						      : column->field);
	const void *value = NULL;
	const char *text = NULL;

	assert(field != NULL && is_single(field));
	value = value_of(field, object);
	if (column->say == NULL) {
		sheet_value(ctx, table, field, value, sheet);
		return;
	}
	text = plain_value(ctx, field, value);
	if (text != NULL)
		text = column->say(ctx, text);
	if (column->say == table_ordinal)
		sheet_number(sheet, text);
	else
		sheet_text(sheet, text);
}

/* A table on its way. */
struct making {
	struct sheet sheet;
	int64_t rows;
	bool is_limited; /* one page is what was asked for */
	bool more;       /* there are others that it has not */
};

static void
sheet_rows(struct ctx *ctx, const struct call *call, struct making *making)
{
	const struct route_table *table = call->match.route->table;
	const struct shape *item = NULL;
	const struct list_of *list = items_of(call, &item);
	size_t i = 0;

	for (; i < list->count && making->rows < TABLE_ROWS_MAX; i++) {
		const char *object = (const char *)list->at + i * item->size;

		for (const struct table_column *c = table->columns;
		     c->field != NULL; c++)
			sheet_cell(ctx, table, item, c, object, &making->sheet);
		sheet_end(&making->sheet);
		making->rows++;
	}
	making->more = i < list->count;
}

/*
 * Ask for the page behind the one that was answered; false: that was the last,
 * or a limit says that one page is enough.
 */
static bool
turn_page(struct call *call, bool is_limited)
{
	const struct shape *shape = call->match.route->query;
	const struct shape_field *after = shape_field_named(shape, "after");
	const struct shape_field *next = shape_field_named(call->shape, "next");
	char *query = NULL;
	const int64_t *const *at = NULL;

	if (is_limited || after == NULL || next == NULL ||
	    after->type != SHAPE_INT || next->type != SHAPE_OPT_INT)
		return false;
	at = value_of(next, call->object);
	if (*at == NULL)
		return false;
	/* The query is this call's own, in its arena. */
	memcpy(&query, &call->query, sizeof(query));
	memcpy(query + after->offset, *at, sizeof(**at));
	return true;
}

/* Pages as large as they may be, unless one of another size was asked for. */
static bool
set_limit(struct call *call)
{
	const struct shape_field *limit =
	    shape_field_named(call->match.route->query, "limit");
	char *query = NULL;

	if (limit == NULL || limit->type != SHAPE_INT)
		return false;
	if (*(const int64_t *)value_of(limit, call->query) != 0)
		return true;
	memcpy(&query, &call->query, sizeof(query));
	memcpy(query + limit->offset, &limit->hi, sizeof(limit->hi));
	return false;
}

static void
add_foot(struct ctx *ctx, const struct route_table *table,
    struct making *making)
{
	struct sheet *sheet = &making->sheet;

	sheet_end(sheet);
	sheet_fact(sheet, page_word(ctx, "table.is"),
	    word(ctx, table, "title"));
	sheet_text(sheet, page_word(ctx, "table.made"));
	sheet_instant(sheet, time_text(ctx->arena, ctx->now_us));
	sheet_end(sheet);
	sheet_text(sheet, page_word(ctx, "table.rows"));
	sheet_count(sheet, making->rows);
	if (making->more)
		sheet_text(sheet, page_word(ctx, "table.more"));
	sheet_end(sheet);
}

/* One page; asks for the next one. */
static enum fail
sheet_page(struct ctx *ctx, struct call *call, struct making *making)
{
	TRY(call->match.route->handle(ctx, call));
	assert(call->shape == call->match.route->out);
	sheet_rows(ctx, call, making);
	making->more = making->more || turn_page(call, making->is_limited);
	return OK;
}

/* What a page was made of goes before the next is asked for: of a large list all
 * of them together would be too much for one request. */
static enum fail
sheet_pages(struct ctx *ctx, struct call *call, struct making *making)
{
	struct arena *outer = ctx->arena;

	do {
		struct arena *page = arena_child(outer);
		enum fail got = OK;

		ctx->arena = page;
		got = sheet_page(ctx, call, making);
		ctx->arena = outer;
		/* The texts of a failure live in the page's arena. */
		TRY(got);
		arena_free(page);
		call->object = NULL;
	} while (making->more && making->rows < TABLE_ROWS_MAX);
	return OK;
}

static enum fail
answer_sheet(struct ctx *ctx, struct call *call)
{
	const struct route_table *table = call->match.route->table;
	struct text *text = ARENA_NEW(ctx->arena, struct text);
	struct making making = { .is_limited = set_limit(call) };

	text_init(text, ctx->arena);
	sheet_begin(ctx, &making.sheet, text);
	for (const struct table_column *c = table->columns; c->field != NULL;
	     c++)
		sheet_text(&making.sheet, word(ctx, table, c->field));
	sheet_end(&making.sheet);
	TRY(sheet_pages(ctx, call, &making));
	add_foot(ctx, table, &making);
	call_answer_header(call, "Content-Language", ctx->locale);
	call_answer_save(ctx, call,
	    arena_printf(ctx->arena, "%s-%s.csv",
		sheet_file(ctx->arena, word(ctx, table, "title")),
		day_text(ctx->arena, day_of_us(ctx->now_us))));
	return call_answer_raw(ctx, call, call->status, table_type,
	    text_bytes(text));
}

enum fail
table_answer(struct ctx *ctx, struct call *call)
{
	const struct route *route = call->match.route;
	const char *format = format_of(call);

	if (format == NULL || strcmp(format, "json") == 0)
		return route->handle(ctx, call);
	if (strcmp(format, "sheet") == 0) {
		TRY(answer_sheet(ctx, call));
	} else {
		TRY(route->handle(ctx, call));
		assert(call->shape == route->out);
		TRY(answer_csv(ctx, call));
	}
	call->etag = NULL;
	call->shape = NULL;
	return OK;
}
