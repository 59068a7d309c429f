#include "fuzz.h"

#include <string.h>

#include "event/event.h"

/* A cursor that is read is written as it was, so that there is one text for a
 * place. */
void
fuzz_one(struct ctx *ctx, struct bytes in)
{
	struct event_cursor cursor = { 0 };
	struct event_cursor again = { 0 };
	const char *text =
	    arena_text_n(ctx->arena, (const char *)in.at, in.len);
	const char *written = NULL;

	if (event_cursor_parse(ctx, text, &cursor) != OK)
		return;
	fuzz_check(cursor.ledger >= 0 && cursor.number >= 0);
	written = event_cursor_text(ctx->arena, cursor);
	fuzz_check(strlen(written) <= EVENT_CURSOR_MAX);
	fuzz_check(event_cursor_parse(ctx, written, &again) == OK);
	fuzz_check(event_cursor_equal(cursor, again));
}
