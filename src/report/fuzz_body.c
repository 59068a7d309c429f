#include "fuzz.h"

#include <string.h>

#include "codec/json.h"
#include "report/body.h"

static bool
inside(struct bytes part, struct bytes whole)
{
	return part.at >= whole.at &&
	       part.at + part.len <= whole.at + whole.len;
}

static bool
same_text(struct bytes part, const char *text)
{
	return text != NULL && bytes_equal(part, bytes_of_text(text));
}

/* What the fast reader finds is in the body, and is what JSON finds. */
void
fuzz_one(struct ctx *ctx, struct bytes in)
{
	struct body_parts parts = { 0 };
	const struct json *node = NULL;

	if (!body_split(in, &parts))
		return;
	fuzz_check(inside(parts.form, in) && inside(parts.period, in));
	fuzz_check(parts.cells.len == 0 || inside(parts.cells, in));
	if (json_parse(ctx, in, &node) != OK)
		return;
	fuzz_check(json_get_int(node, "unit", 0) == parts.unit);
	fuzz_check(json_get_int(node, "report", 0) == parts.report);
	fuzz_check(json_get_int(node, "version", 0) == parts.version);
	/* A text with escapes is none of ours, and is kept as it was sent. */
	if (memchr(in.at, '\\', in.len) != NULL)
		return;
	fuzz_check(same_text(parts.form, json_get_text(node, "form")));
	fuzz_check(same_text(parts.period, json_get_text(node, "period")));
}
