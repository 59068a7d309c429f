#include "fuzz.h"

#include <string.h>

#include "codec/json.h"
#include "core/decimal.h"
#include "regime/cells.h"
#include "regime/definition.h"
#include "regime/t_form.h"

/* The small form of the tests with three rows: six cells of two scales. */
#define CELLS 6

static void
small_form(struct ctx *ctx, struct form_version *ret)
{
	static const char rows[] = "\"rows\":[{\"id\":\"r1\"";
	static const char more[] = "\"rows\":["
				   "{\"id\":\"r2\",\"name_vi\":\"R\","
				   "\"name_en\":\"R\"},"
				   "{\"id\":\"r3\",\"name_vi\":\"R\","
				   "\"name_en\":\"R\"},{\"id\":\"r1\"";
	const char *at = strstr(t_form_small, rows);
	const char *text = arena_printf(ctx->arena, "%.*s%s%s",
	    (int)(at - t_form_small), t_form_small, more, at + strlen(rows));
	const struct json *node = NULL;
	struct definition def = { 0 };

	fuzz_check(json_parse(ctx, bytes_of_text(text), &node) == OK);
	definition_read(ctx, node, &def);
	fuzz_check(fail_valid(ctx) == OK);
	definition_build_version(ctx->arena, def.versions.at, ret);
	fuzz_check(ret->cell_count == CELLS);
}

/* The two readers of an array agree: one by JSON, one without. */
static void
compare(const struct json *array, const int *scales, const int64_t *values,
    const uint8_t *states)
{
	fuzz_check(
	    json_type(array) == JSON_IS_ARRAY && json_count(array) == CELLS);
	for (size_t i = 0; i < CELLS; i++) {
		const struct json *cell = json_at(array, i);
		const struct json *value = json_get(cell, "value");
		int64_t number = 0;

		if (json_type(cell) == JSON_IS_NULL) {
			fuzz_check(states[i] == CELL_MISSING);
			continue;
		}
		if (json_type(cell) == JSON_IS_TEXT)
			value = cell;
		fuzz_check((value != NULL) == (states[i] == CELL_VALUE));
		if (value == NULL)
			continue;
		fuzz_check(decimal_parse(json_text(value), scales[i], &number));
		fuzz_check(number == values[i]);
	}
}

static void
scan(struct ctx *ctx, const struct form_version *version, struct bytes in)
{
	int scales[CELLS] = { 0 };
	int64_t values[CELLS] = { 0 };
	uint8_t states[CELLS] = { 0 };
	const struct cells cells = { CELLS, values, states, NULL };
	const struct json *array = NULL;
	struct text text;
	struct bytes out = { 0 };

	for (size_t i = 0; i < CELLS; i++)
		scales[i] = version->columns[i % version->column_count].scale;
	if (!cells_scan(in.at, in.len, scales, CELLS, values, states))
		return;
	if (json_parse(ctx, in, &array) == OK)
		compare(array, scales, values, states);
	ctx->failure = (struct failure){ 0 };
	if (memchr(in.at, '{', in.len) != NULL)
		return;
	text_init(&text, ctx->arena);
	cells_write(&text, version, &cells);
	out = text_bytes(&text);
	fuzz_check(out.len <= in.len && memcmp(out.at, in.at, out.len) == 0);
}

/* The first byte chooses the reader: of what we wrote, or of what came in. */
void
fuzz_one(struct ctx *ctx, struct bytes in)
{
	struct form_version version = { 0 };
	const struct json *node = NULL;
	struct cells cells = { 0 };
	struct text text;

	if (in.len == 0)
		return;
	small_form(ctx, &version);
	if (in.at[0] == '[') {
		scan(ctx, &version, in);
		return;
	}
	if (json_parse(ctx, in, &node) != OK)
		return;
	cells_read(ctx, &version, node, "", &cells);
	if (fail_valid(ctx) != OK)
		return;
	text_init(&text, ctx->arena);
	cells_write(&text, &version, &cells);
	for (size_t i = 0; i < CELLS; i++)
		if (cells.remarks != NULL && cells.remarks[i] != NULL)
			return;
	scan(ctx, &version, text_bytes(&text));
}
