#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "app/call.h"
#include "core/arena.h"
#include "core/text.h"

static void
file_end(void *object)
{
	const struct http_file *file = object;

	if (file->fd >= 0)
		(void)close(file->fd);
}

/* Letters that stay as they are in RFC 8187's filename*. */
static bool
is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("-._", c) != NULL);
}

/*
 * To be saved, never shown: whatever it is, no page of ours runs it.  The name
 * is given twice, in ASCII for old clients and in full; nothing of it can end
 * the header or a quoted text.
 */
static const char *
disposition(struct ctx *ctx, const char *name)
{
	struct text plain = { 0 };
	struct text full = { 0 };

	if (name == NULL)
		return "attachment";
	text_init(&plain, ctx->arena);
	text_init(&full, ctx->arena);
	for (const char *at = name; *at != '\0'; at++) {
		const unsigned char c = (unsigned char)*at;

		text_char(&plain, is_plain(c) ? *at : '_');
		if (is_plain(c))
			text_char(&full, *at);
		else
			text_addf(&full, "%%%02X", c);
	}
	return arena_printf(ctx->arena,
	    "attachment; filename=\"%s\"; filename*=UTF-8''%s", text_of(&plain),
	    text_of(&full));
}

void
call_answer_save(struct ctx *ctx, struct call *call, const char *name)
{
	call_answer_header(call, "Content-Disposition", disposition(ctx, name));
}

/* The Range header if it counts: for GET, of the content that If-Range means. */
static const char *
wanted_range(const struct call *call)
{
	const char *condition = call_header(call, "If-Range");

	if (call->request->is_head)
		return NULL;
	if (condition != NULL && strcmp(condition, call->etag) != 0)
		return NULL;
	return call_header(call, "Range");
}

enum fail
call_answer_file(struct ctx *ctx, struct call *call,
    const struct call_file *file)
{
	struct http_file *out = ARENA_NEW(ctx->arena, struct http_file);
	struct http_range range = { 0, file->bytes };
	enum http_range_kind kind = HTTP_RANGE_WHOLE;

	*out = (struct http_file){ .fd = file->fd };
	arena_defer(ctx->arena, file_end, out);
	call->etag = arena_printf(ctx->arena, "\"%s\"",
	    digest_hex(ctx->arena, file->digest));
	kind = http_range(wanted_range(call), file->bytes, &range);
	if (kind == HTTP_RANGE_OUTSIDE) {
		call->failure_status = 416;
		call_answer_header(call, "Content-Range",
		    arena_printf(ctx->arena, "bytes */%" PRId64, file->bytes));
		return FAIL(ctx, FAIL_INVALID, "input.byte_range",
		    "the range begins behind the end");
	}
	if (kind == HTTP_RANGE_PART)
		call_answer_header(call, "Content-Range",
		    arena_printf(ctx->arena,
			"bytes %" PRId64 "-%" PRId64 "/%" PRId64, range.offset,
			range.offset + range.bytes - 1, file->bytes));
	call_answer_header(call, "Accept-Ranges", "bytes");
	call_answer_save(ctx, call, file->name);
	out->offset = range.offset;
	out->bytes = range.bytes;
	call->file = out;
	call->status = kind == HTTP_RANGE_PART ? 206 : 200;
	call->type = file->type;
	return OK;
}
