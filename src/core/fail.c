#include "core/fail.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "core/ctx.h"

/* Longer messages are cut: they are one line of a log. */
#define MESSAGE_MAX 512

PRINTF(2, 0)
static const char *
message_of(struct arena *arena, const char *format, va_list args)
{
	char out[MESSAGE_MAX];
	const int len = vsnprintf(out, sizeof(out), format, args);

	assert(len >= 0);
	return arena_text(arena, out);
}

void
fail_record(struct ctx *ctx, enum fail kind, const char *code, const char *file,
    int line, const char *format, ...)
{
	struct failure *failure = &ctx->failure;
	va_list args;

	assert(kind != OK && code != NULL);
	if (failure->kind != OK)
		return;
	failure->kind = kind;
	failure->code = code;
	failure->file = file;
	failure->line = line;
	va_start(args, format);
	failure->message = message_of(ctx->arena, format, args);
	va_end(args);
}

void
fail_clear(struct ctx *ctx)
{
	ctx->failure = (struct failure){ 0 };
}

int
fail_status(enum fail kind)
{
	switch (kind) {
	case OK:
		return 200;
	case FAIL_INVALID:
		return 422;
	case FAIL_LOGIN:
		return 401;
	case FAIL_DENIED:
		return 403;
	case FAIL_NOT_FOUND:
		return 404;
	case FAIL_CONFLICT:
		return 409;
	case FAIL_STALE:
		return 412;
	case FAIL_TOO_BIG:
		return 413;
	case FAIL_TOO_OFTEN:
		return 429;
	case FAIL_BUSY:
		return 503;
	case FAIL_UPSTREAM:
		return 502;
	case FAIL_INTERNAL:
		return 500;
	}
	return 500;
}

const char *
fail_name(enum fail kind)
{
	switch (kind) {
	case OK:
		return "ok";
	case FAIL_INVALID:
		return "invalid";
	case FAIL_LOGIN:
		return "login";
	case FAIL_DENIED:
		return "denied";
	case FAIL_NOT_FOUND:
		return "not_found";
	case FAIL_CONFLICT:
		return "conflict";
	case FAIL_STALE:
		return "stale";
	case FAIL_TOO_BIG:
		return "too_big";
	case FAIL_TOO_OFTEN:
		return "too_often";
	case FAIL_BUSY:
		return "busy";
	case FAIL_UPSTREAM:
		return "upstream";
	case FAIL_INTERNAL:
		return "internal";
	}
	return "unknown";
}

void
fail_invalid(struct ctx *ctx, const char *pointer, const char *code,
    const char *format, ...)
{
	struct failure *failure = &ctx->failure;
	struct fail_field *field = NULL;
	va_list args;

	failure->field_count++;
	if (failure->field_count > FAIL_FIELDS_MAX)
		return;
	field = ARENA_NEW(ctx->arena, struct fail_field);
	field->pointer = arena_text(ctx->arena, pointer);
	field->code = code;
	va_start(args, format);
	field->message = message_of(ctx->arena, format, args);
	va_end(args);
	if (failure->fields_last == NULL)
		failure->fields = field;
	else
		failure->fields_last->next = field;
	failure->fields_last = field;
}

enum fail
fail_valid(struct ctx *ctx)
{
	if (ctx->failure.field_count == 0)
		return OK;
	return FAIL(ctx, FAIL_INVALID, "input.invalid", "fields at fault: %d",
	    ctx->failure.field_count);
}
