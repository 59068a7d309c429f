#include "fuzz.h"

#include "codec/json.h"
#include "core/text.h"

static struct bytes
written(struct ctx *ctx, const struct json *node)
{
	struct text text;

	text_init(&text, ctx->arena);
	json_write(&text, node);
	return text_bytes(&text);
}

/* What was read is written, and read again as the same. */
void
fuzz_one(struct ctx *ctx, struct bytes in)
{
	const struct json *node = NULL;
	const struct json *again = NULL;
	struct bytes canonical = { 0 };
	struct bytes once = { 0 };
	struct bytes twice = { 0 };

	if (json_parse(ctx, in, &node) != OK)
		return;
	once = written(ctx, node);
	if (json_parse(ctx, once, &again) != OK) {
		/* Escapes may take more room than the arena has left. */
		fuzz_check(arena_over(ctx->arena));
		return;
	}
	twice = written(ctx, again);
	fuzz_check(bytes_equal(once, twice));
	if (json_canonical(ctx, node, &canonical) != OK)
		return;
	fuzz_check(
	    json_parse(ctx, canonical, &again) == OK || arena_over(ctx->arena));
	if (arena_over(ctx->arena))
		return;
	fuzz_check(json_canonical(ctx, again, &twice) == OK);
	fuzz_check(bytes_equal(canonical, twice));
}
