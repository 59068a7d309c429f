#include "demo/demo.h"

#include <inttypes.h>
#include <string.h>

#include "codec/json.h"
#include "core/arena.h"

/* Is a cell among those that a refusal names? */
static bool
is_named(const struct ctx *ctx, const char *cell)
{
	static const char base[] = "/cells/";

	for (const struct fail_field *field = ctx->failure.fields;
	     field != NULL; field = field->next)
		if (strncmp(field->pointer, base, strlen(base)) == 0 &&
		    strcmp(field->pointer + strlen(base), cell) == 0)
			return true;
	return false;
}

enum fail
demo_explain(struct ctx *ctx, const struct json **cells)
{
	const struct json *given = *cells;
	struct text out;

	text_init(&out, ctx->arena);
	text_char(&out, '{');
	for (size_t i = 0; i < json_count(given); i++) {
		const struct json *value = json_at(given, i);

		text_add(&out, i > 0 ? "," : "");
		text_json(&out, json_key(given, i));
		text_char(&out, ':');
		if (json_type(value) == JSON_IS_INT &&
		    is_named(ctx, json_key(given, i)))
			text_addf(&out,
			    "{\"value\":\"%" PRId64
			    "\",\"remark\":\"Đã đối chiếu sổ theo dõi\"}",
			    json_int(value));
		else
			json_write(&out, value);
	}
	text_char(&out, '}');
	fail_clear(ctx);
	return json_parse(ctx, text_bytes(&out), cells);
}
