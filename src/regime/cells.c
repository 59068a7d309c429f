#include "regime/cells.h"

#include <assert.h>
#include <string.h>

#include "core/arena.h"
#include "core/decimal.h"
#include "core/utf8.h"

static const char *const state_names[] = {
	[CELL_MISSING] = "missing",
	[CELL_VALUE] = "value",
	[CELL_NONE] = "none",
	[CELL_WITHHELD] = "withheld",
};

/* One cell being read from outside. */
struct reading {
	struct ctx *ctx;
	const struct form_column *column;
	const char *pointer;
	struct cells *out;
	size_t at;
};

void
cells_init(struct cells *cells, struct arena *arena, size_t count)
{
	cells->count = count;
	cells->values = ARENA_ARRAY(arena, count, int64_t);
	cells->states = ARENA_ARRAY(arena, count, uint8_t);
	cells->remarks = NULL;
}

static const char *
remark_of(const struct cells *cells, size_t i)
{
	return cells->remarks == NULL ? NULL : cells->remarks[i];
}

bool
cells_equal(const struct cells *a, const struct cells *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->states[i] != b->states[i] ||
		    a->values[i] != b->values[i] ||
		    !text_equal(remark_of(a, i), remark_of(b, i)))
			return false;
	return true;
}

static void
put_state(const struct reading *r, enum cell_state state)
{
	r->out->values[r->at] = 0;
	r->out->states[r->at] = (uint8_t)state;
}

static void
put_remark(const struct reading *r, const char *remark)
{
	if (r->out->remarks == NULL) {
		if (remark == NULL)
			return;
		r->out->remarks =
		    ARENA_ARRAY(r->ctx->arena, r->out->count, const char *);
	}
	r->out->remarks[r->at] = remark;
}

static void
put_value(const struct reading *r, i128 value)
{
	if (value < r->column->lo || value > r->column->hi) {
		fail_invalid(r->ctx, r->pointer, "cell.range",
		    "outside %s to %s",
		    decimal_text(r->ctx->arena, r->column->lo,
			r->column->scale),
		    decimal_text(r->ctx->arena, r->column->hi,
			r->column->scale));
		return;
	}
	r->out->values[r->at] = (int64_t)value;
	r->out->states[r->at] = CELL_VALUE;
}

/*
 * Does the text have the grammar of a decimal, at any scale?  Counts the
 * decimals, so that one too many is distinguished from what is no number.
 */
static bool
decimal_grammar(const char *text, size_t *ret_decimals)
{
	const char *at = text + (*text == '-' ? 1 : 0);
	const char *whole = at;
	size_t decimals = 0;

	at += strspn(at, "0123456789");
	if (at == whole || (*whole == '0' && at != whole + 1))
		return false;
	if (*at == '.') {
		decimals = strspn(at + 1, "0123456789");
		if (decimals == 0)
			return false;
		at += 1 + decimals;
	}
	/* Zero has no sign. */
	if (*text == '-' && strspn(whole, "0.") == (size_t)(at - whole))
		return false;
	*ret_decimals = decimals;
	return *at == '\0';
}

static void
read_text(const struct reading *r, const char *text)
{
	size_t decimals = 0;
	int64_t value = 0;

	if (!decimal_grammar(text, &decimals)) {
		fail_invalid(r->ctx, r->pointer, "cell.number",
		    "not a decimal number");
		return;
	}
	if (decimals > (size_t)r->column->scale) {
		fail_invalid(r->ctx, r->pointer, "cell.scale",
		    "at most %d decimals", r->column->scale);
		return;
	}
	if (!decimal_parse(text, r->column->scale, &value)) {
		fail_invalid(r->ctx, r->pointer, "cell.range",
		    "more than 64 bits hold");
		return;
	}
	put_value(r, value);
}

static void
read_int(const struct reading *r, int64_t number)
{
	i128 value = number;

	for (int i = 0; i < r->column->scale; i++)
		value *= 10;
	put_value(r, value);
}

static void
read_remark(const struct reading *r, const struct json *node)
{
	const char *text = NULL;

	if (node == NULL || json_type(node) == JSON_IS_NULL) {
		put_remark(r, NULL);
		return;
	}
	if (json_type(node) == JSON_IS_TEXT)
		text = json_text(node);
	if (text == NULL || strlen(text) > CELL_REMARK_MAX ||
	    (*text != '\0' && !utf8_says(text))) {
		fail_invalid(r->ctx,
		    json_pointer(r->ctx->arena, r->pointer, "remark"),
		    "cell.remark", "at most %d bytes, with a letter or a digit",
		    CELL_REMARK_MAX);
		return;
	}
	put_remark(r, *text == '\0' ? NULL : text);
}

static void
read_state(const struct reading *r, const struct json *node)
{
	const char *name =
	    json_type(node) == JSON_IS_TEXT ? json_text(node) : "";

	for (size_t i = 0; i < ARRAY_SIZE(state_names); i++) {
		if (i != CELL_VALUE && strcmp(name, state_names[i]) == 0) {
			put_state(r, (enum cell_state)i);
			return;
		}
	}
	fail_invalid(r->ctx, json_pointer(r->ctx->arena, r->pointer, "state"),
	    "cell.state", "none, missing or withheld");
}

static void
read_object(const struct reading *r, const struct json *node)
{
	const struct json *state = json_get(node, "state");
	const struct json *value = json_get(node, "value");

	for (size_t i = 0; i < json_count(node); i++) {
		const char *key = json_key(node, i);

		if (strcmp(key, "state") != 0 && strcmp(key, "value") != 0 &&
		    strcmp(key, "remark") != 0)
			fail_invalid(r->ctx,
			    json_pointer(r->ctx->arena, r->pointer, key),
			    "cell.type", "a cell has no such member");
	}
	read_remark(r, json_get(node, "remark"));
	if ((state == NULL) == (value == NULL)) {
		fail_invalid(r->ctx, r->pointer, "cell.state",
		    "either a state or a value");
		return;
	}
	if (state != NULL)
		read_state(r, state);
	else if (json_type(value) == JSON_IS_TEXT)
		read_text(r, json_text(value));
	else
		fail_invalid(r->ctx,
		    json_pointer(r->ctx->arena, r->pointer, "value"),
		    "cell.type", "a decimal text");
}

static void
read_cell(const struct reading *r, const struct json *node)
{
	switch (json_type(node)) {
	case JSON_IS_NULL:
		put_remark(r, NULL);
		put_state(r, CELL_MISSING);
		return;
	case JSON_IS_TEXT:
		put_remark(r, NULL);
		read_text(r, json_text(node));
		return;
	case JSON_IS_INT:
		put_remark(r, NULL);
		read_int(r, json_int(node));
		return;
	case JSON_IS_OBJECT:
		read_object(r, node);
		return;
	case JSON_IS_BOOL:
	case JSON_IS_REAL:
	case JSON_IS_ARRAY:
		break;
	}
	fail_invalid(r->ctx, r->pointer, "cell.type",
	    "a decimal text, an integer, null or an object");
}

void
cells_read(struct ctx *ctx, const struct form_version *version,
    const struct json *node, const char *base, struct cells *out)
{
	if (out->values == NULL)
		cells_init(out, ctx->arena, version->cell_count);
	assert(out->count == version->cell_count);
	if (json_type(node) != JSON_IS_OBJECT) {
		fail_invalid(ctx, base, "cell.type", "an object of cells");
		return;
	}
	for (size_t i = 0; i < json_count(node); i++) {
		const char *id = json_key(node, i);
		const int at = form_cell(version, id);
		const char *pointer = json_pointer(ctx->arena, base, id);

		if (at < 0) {
			fail_invalid(ctx, pointer, "cell.unknown",
			    "the form has no such cell");
			continue;
		}
		read_cell(&(struct reading){ .ctx = ctx,
			      .column =
				  &version->columns[(size_t)at %
						    version->column_count],
			      .pointer = pointer,
			      .out = out,
			      .at = (size_t)at },
		    json_at(node, i));
	}
}

static void
write_value(struct text *text, int64_t value, int scale)
{
	char digits[DECIMAL_TEXT_MAX] = { 0 };

	decimal_format(digits, value, scale);
	text_char(text, '"');
	text_add(text, digits);
	text_char(text, '"');
}

/* Members in the order of RFC 8785: remark, then state or value. */
static void
write_object(struct text *text, const struct cells *cells, size_t i, int scale)
{
	const char *remark = remark_of(cells, i);

	text_char(text, '{');
	if (remark != NULL) {
		text_add(text, "\"remark\":");
		text_json(text, remark);
		text_char(text, ',');
	}
	if (cells->states[i] == CELL_VALUE) {
		text_add(text, "\"value\":");
		write_value(text, cells->values[i], scale);
	} else {
		text_add(text, "\"state\":");
		text_json(text, state_names[cells->states[i]]);
	}
	text_char(text, '}');
}

void
cells_write(struct text *text, const struct form_version *version,
    const struct cells *cells)
{
	assert(cells->count == version->cell_count);
	text_char(text, '[');
	for (size_t i = 0; i < cells->count; i++) {
		const int scale =
		    version->columns[i % version->column_count].scale;
		const bool plain = remark_of(cells, i) == NULL;

		assert(cells->states[i] < ARRAY_SIZE(state_names));
		if (i > 0)
			text_char(text, ',');
		if (plain && cells->states[i] == CELL_VALUE)
			write_value(text, cells->values[i], scale);
		else if (plain && cells->states[i] == CELL_MISSING)
			text_add(text, "null");
		else
			write_object(text, cells, i, scale);
	}
	text_char(text, ']');
}
