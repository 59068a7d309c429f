#include "app/problem.h"

#include "app/locale.h"
#include "core/arena.h"
#include "core/home.h"
#include "core/text.h"

/* The code that is shown; a failure without one is named by its kind. */
static const char *
code_of(const struct ctx *ctx, enum fail kind)
{
	if (ctx->failure.code != NULL)
		return ctx->failure.code;
	return fail_name(kind);
}

static const char *
sentence(const struct ctx *ctx, const char *code, const char *otherwise)
{
	const char *text = locale_text(ctx->home->locale, code, ctx->locale);

	return text == NULL ? otherwise : text;
}

/*
 * Of a body that is no JSON the reader must know the place, which is in the
 * failure's message, and that message is about the reader's own text.
 */
static const char *
detail(struct ctx *ctx, const char *code, const char *title)
{
	const char *text = sentence(ctx, code, title);

	if (!text_starts(code, "json."))
		return text;
	return arena_printf(ctx->arena, "%s (%s)", text, ctx->failure.message);
}

static void
member(struct text *json, const char *name, const char *value)
{
	text_addf(json, ",\"%s\":", name);
	text_json(json, value);
}

static void
write_fields(struct ctx *ctx, struct text *json)
{
	const char *comma = "";

	text_add(json, ",\"errors\":[");
	for (const struct fail_field *f = ctx->failure.fields; f != NULL;
	     f = f->next) {
		text_addf(json, "%s{\"pointer\":", comma);
		text_json(json, f->pointer);
		member(json, "code", f->code);
		member(json, "message", sentence(ctx, f->code, f->message));
		text_char(json, '}');
		comma = ",";
	}
	text_char(json, ']');
}

struct problem
problem_make(struct ctx *ctx, enum fail kind, const struct call *call)
{
	const char *code = code_of(ctx, kind);
	const char *title_code =
	    arena_printf(ctx->arena, "kind.%s", fail_name(kind));
	const char *title = sentence(ctx, title_code, fail_name(kind));
	struct problem problem = { .status = call->failure_status };
	struct text json = { 0 };

	if (problem.status == 0)
		problem.status = fail_status(kind);
	text_init(&json, ctx->arena);
	text_add(&json, "{\"type\":");
	text_json(&json,
	    arena_printf(ctx->arena, "/openapi.json#/x-failures/%s", code));
	member(&json, "title", title);
	text_addf(&json, ",\"status\":%d", problem.status);
	member(&json, "code", code);
	problem.code = code;
	problem.title = title;
	problem.detail = detail(ctx, code, title);
	member(&json, "detail", problem.detail);
	text_addf(&json, ",\"request_id\":%lld", (long long)ctx->request_id);
	if (call->failure_revision != 0)
		text_addf(&json, ",\"revision\":%lld",
		    (long long)call->failure_revision);
	write_fields(ctx, &json);
	text_char(&json, '}');
	problem.content = text_bytes(&json);
	return problem;
}
