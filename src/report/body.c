#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "codec/json.h"
#include "core/arena.h"
#include "core/decimal.h"
#include "core/text.h"
#include "regime/catalogue.h"
#include "report/body.h"

static void
add_member(struct text *text, const char *key, const char *value)
{
	if (value == NULL)
		return;
	text_add(text, ",\"");
	text_add(text, key);
	text_add(text, "\":");
	text_json(text, value);
}

static void
add_number(struct text *text, const char *key, int64_t value)
{
	text_add(text, ",\"");
	text_add(text, key);
	text_add(text, "\":");
	text_int(text, value);
}

struct bytes
body_of_version(struct ctx *ctx, const struct body *body)
{
	struct text text;
	const char *comma = "";

	text_init(&text, ctx->arena);
	text_add(&text, "{\"cells\":");
	cells_write(&text, body->version_of, body->cells);
	add_member(&text, "form", body->form);
	add_member(&text, "period", body->period);
	add_member(&text, "previous", body->previous);
	add_member(&text, "reason", body->reason);
	add_number(&text, "report", body->report);
	text_add(&text, ",\"rules\":[");
	for (size_t i = 0; i < body->finding_count; i++) {
		if (body->findings[i].verdict != RULE_BROKEN)
			continue;
		text_add(&text, comma);
		text_json(&text, body->findings[i].rule->id);
		comma = ",";
	}
	text_char(&text, ']');
	add_member(&text, "signer", body->signer);
	add_number(&text, "unit", body->unit);
	add_number(&text, "version", body->version);
	text_char(&text, '}');
	return text_bytes(&text);
}

struct bytes
body_of_act(struct ctx *ctx, const struct body *body)
{
	struct text text;

	text_init(&text, ctx->arena);
	text_add(&text, "{\"form\":");
	text_json(&text, body->form);
	add_member(&text, "period", body->period);
	add_member(&text, "reason", body->reason);
	add_number(&text, "report", body->report);
	add_number(&text, "unit", body->unit);
	add_number(&text, "version", body->version);
	text_char(&text, '}');
	return text_bytes(&text);
}

/*
 * The scanner below reads only what the two functions above write: one object,
 * no blanks.  It need not understand the values it skips.
 */
struct scan {
	const uint8_t *at;
	const uint8_t *end;
};

static bool
take(struct scan *scan, char c)
{
	if (scan->at == scan->end || *scan->at != (uint8_t)c)
		return false;
	scan->at++;
	return true;
}

/* A text's inside, still escaped. */
static bool
take_text(struct scan *scan, struct bytes *ret)
{
	const uint8_t *from = NULL;

	if (!take(scan, '"'))
		return false;
	from = scan->at;
	while (scan->at < scan->end && *scan->at != '"') {
		if (*scan->at == '\\' && ++scan->at == scan->end)
			return false;
		scan->at++;
	}
	if (scan->at == scan->end)
		return false;
	*ret = (struct bytes){ from, (size_t)(scan->at - from) };
	scan->at++;
	return true;
}

static bool
take_number(struct scan *scan, int64_t *ret)
{
	int64_t value = 0;
	const uint8_t *from = scan->at;

	while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9') {
		if (!num_mul(value, 10, &value) ||
		    !num_add(value, *scan->at - '0', &value))
			return false;
		scan->at++;
	}
	*ret = value;
	return scan->at > from;
}

/* Arrays and objects by counting brackets outside texts. */
static bool
take_nested(struct scan *scan, struct bytes *ret)
{
	const uint8_t *from = scan->at;
	struct bytes text;
	int depth = 0;

	while (scan->at < scan->end) {
		switch (*scan->at) {
		case '"':
			if (!take_text(scan, &text))
				return false;
			continue;
		case '[':
		case '{':
			depth++;
			break;
		case ']':
		case '}':
			depth--;
			break;
		default:
			break;
		}
		scan->at++;
		if (depth == 0) {
			*ret =
			    (struct bytes){ from, (size_t)(scan->at - from) };
			return true;
		}
	}
	return false;
}

static bool
key_is(struct bytes key, const char *name)
{
	return bytes_equal(key, bytes_of_text(name));
}

static bool
take_value(struct scan *scan, struct bytes key, struct body_parts *parts)
{
	struct bytes value = { 0 };
	int64_t number = 0;

	if (scan->at == scan->end)
		return false;
	if (*scan->at == '"') {
		if (!take_text(scan, &value))
			return false;
		if (key_is(key, "form"))
			parts->form = value;
		else if (key_is(key, "period"))
			parts->period = value;
		else if (key_is(key, "reason"))
			parts->reason = value;
		else if (key_is(key, "signer"))
			parts->signer = value;
		return true;
	}
	if (*scan->at == '[' || *scan->at == '{') {
		if (!take_nested(scan, &value))
			return false;
		if (key_is(key, "cells"))
			parts->cells = value;
		else if (key_is(key, "rules"))
			parts->rules = value;
		return true;
	}
	if (!take_number(scan, &number))
		return false;
	if (key_is(key, "report"))
		parts->report = number;
	else if (key_is(key, "unit"))
		parts->unit = number;
	else if (key_is(key, "version"))
		parts->version = number;
	return true;
}

bool
body_split(struct bytes body, struct body_parts *ret)
{
	struct scan scan = { body.at, body.at + body.len };
	struct body_parts parts = { 0 };
	struct bytes key = { 0 };

	if (!take(&scan, '{'))
		return false;
	do {
		if (!take_text(&scan, &key) || !take(&scan, ':') ||
		    !take_value(&scan, key, &parts))
			return false;
	} while (take(&scan, ','));
	if (!take(&scan, '}') || scan.at != scan.end || parts.form.len == 0 ||
	    parts.period.len == 0 || parts.unit == 0)
		return false;
	*ret = parts;
	return true;
}

bool
body_form_digest(const struct body_parts *parts, struct digest *ret)
{
	char hex[2 * DIGEST_LEN + 1] = { 0 };

	if (parts->form.len != 2 * DIGEST_LEN)
		return false;
	memcpy(hex, parts->form.at, parts->form.len);
	return digest_from_hex(hex, ret);
}

const struct form_version *
body_form(struct ctx *ctx, const struct body_parts *parts)
{
	struct digest digest;

	return body_form_digest(parts, &digest)
		   ? catalogue_digest(catalogue_now(ctx), &digest)
		   : NULL;
}

static bool
number_of(const char *text, int scale, int64_t *ret)
{
	return text != NULL && decimal_parse(text, scale, ret);
}

static bool
cell_of(const struct json *node, int scale, struct cells *cells, size_t i)
{
	static const char *const names[] = {
		[CELL_MISSING] = "missing",
		[CELL_VALUE] = NULL,
		[CELL_NONE] = "none",
		[CELL_WITHHELD] = "withheld",
	};
	const char *state = NULL;

	switch (json_type(node)) {
	case JSON_IS_NULL:
		return true;
	case JSON_IS_TEXT:
		cells->states[i] = CELL_VALUE;
		return number_of(json_text(node), scale, &cells->values[i]);
	case JSON_IS_OBJECT:
		break;
	case JSON_IS_BOOL:
	case JSON_IS_INT:
	case JSON_IS_REAL:
	case JSON_IS_ARRAY:
		return false;
	}
	if (json_get(node, "remark") != NULL)
		cells->remarks[i] = json_get_text(node, "remark");
	if (json_get(node, "value") != NULL) {
		cells->states[i] = CELL_VALUE;
		return number_of(json_get_text(node, "value"), scale,
		    &cells->values[i]);
	}
	state = json_get_text(node, "state");
	for (size_t s = 0; s < ARRAY_SIZE(names); s++) {
		if (names[s] == NULL || !text_equal(names[s], state))
			continue;
		cells->states[i] = (uint8_t)s;
		return true;
	}
	return false;
}

enum fail
body_cells(struct ctx *ctx, const struct form_version *version,
    struct bytes array, struct cells *ret)
{
	const struct json *node = NULL;
	struct cells cells;

	TRY(json_parse(ctx, array, &node));
	if (json_type(node) != JSON_IS_ARRAY ||
	    json_count(node) != version->cell_count)
		return FAIL(ctx, FAIL_INTERNAL, "report.body",
		    "an array of %zu cells was expected", version->cell_count);
	cells_init(&cells, ctx->arena, version->cell_count);
	if (cells.remarks == NULL)
		cells.remarks =
		    ARENA_ARRAY(ctx->arena, cells.count, const char *);
	for (size_t i = 0; i < cells.count; i++) {
		const int scale =
		    version->columns[i % version->column_count].scale;

		if (!cell_of(json_at(node, i), scale, &cells, i))
			return FAIL(ctx, FAIL_INTERNAL, "report.body",
			    "cell %zu cannot be read", i);
	}
	*ret = cells;
	return OK;
}
