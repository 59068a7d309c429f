#include "app/shell.h"

#include <assert.h>
#include <string.h>

#include "app/call.h"
#include "app/dispatch.h"
#include "app/input.h"
#include "app/option.h"
#include "app/static.h"
#include "codec/json.h"
#include "core/arena.h"
#include "core/home.h"
#include "core/text.h"
#include "http/router.h"

static const char html[] = "text/html; charset=utf-8";

const struct route_media shell_media = {
	.types = (const char *const[]){ html, NULL },
	.policy = "default-src 'self'; base-uri 'none'; object-src 'none'; "
		  "form-action 'self'; frame-ancestors 'none'",
};

/* The value of a name in the page's path or query; "" if there is none. */
static const char *
value_of(const struct call *call, const struct path_value *pairs, size_t count,
    const char *name)
{
	const struct route_match *match = &call->match;

	for (size_t i = 0; i < match->value_count; i++)
		if (strcmp(match->values[i].name, name) == 0)
			return match->values[i].value;
	for (size_t i = 0; i < count; i++)
		if (strcmp(pairs[i].name, name) == 0)
			return pairs[i].value;
	return "";
}

/* Percent-encoded: a value may hold / & and what else an address uses. */
static void
add_encoded(struct text *out, const char *value)
{
	for (; *value != '\0'; value++) {
		const unsigned char c = (unsigned char)*value;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || strchr("-._~", c) != NULL)
			text_char(out, *value);
		else
			text_addf(out, "%%%02X", (unsigned)c);
	}
}

/* Take "name=" and its ? or & back: the value is absent. */
static void
drop_parameter(struct text *out)
{
	while (out->len > 0 && strchr("?&", out->at[out->len - 1]) == NULL)
		out->len--;
	assert(out->len > 0);
	out->at[--out->len] = '\0';
}

/* What is put for "{x}", "{x!}", "{x@}", "{-x}" or "{x=V}". */
struct place {
	const char *name;
	const char *only; /* V; NULL: any value */
	bool is_needed;
	bool is_answered;
	bool is_barred;
	size_t len; /* with its braces */
};

static struct place
place_at(struct ctx *ctx, const char *at)
{
	const size_t end = strcspn(at, "}");
	struct place place = { .is_barred = at[1] == '-',
		.is_answered = at[end - 1] == '@',
		.is_needed = strchr("!@", at[end - 1]) != NULL,
		.len = end + 1 };
	const size_t from = place.is_barred ? 2 : 1;
	const size_t equals = strcspn(at, "=");
	const size_t to = equals < end      ? equals
			  : place.is_needed ? end - 1
					    : end;

	assert(at[end] == '}' && to > from);
	if (equals < end)
		place.only =
		    arena_text_n(ctx->arena, at + equals + 1, end - equals - 1);
	place.name = arena_text_n(ctx->arena, at + from, to - from);
	return place;
}

/* A text of the screen's first answer; "" if there is none. */
static const char *
member(const struct json *answered, const char *name)
{
	const char *value =
	    answered == NULL ? NULL : json_get_text(answered, name);

	return value == NULL ? "" : value;
}

const char *
shell_address(struct ctx *ctx, const struct call *call,
    const struct json *answered, const char *template)
{
	struct path_value *pairs = NULL;
	size_t count = 0;
	struct text out = { 0 };

	if (!router_query(ctx->arena, call->request->query, INPUT_QUERY_MAX,
		&pairs, &count))
		count = 0;
	text_init(&out, ctx->arena);
	while (*template != '\0') {
		struct place place = { 0 };
		const char *value = NULL;

		if (*template == '?' || *template == '&') {
			/* What was before may have been dropped. */
			text_char(&out,
			    strchr(text_of(&out), '?') == NULL ? '?' : '&');
			template ++;
			continue;
		}
		if (*template != '{') {
			text_char(&out, *template ++);
			continue;
		}
		place = place_at(ctx, template);
		template += place.len;
		value = place.is_answered
			    ? member(answered, place.name)
			    : value_of(call, pairs, count, place.name);
		if (value[0] == '\0' ? place.is_needed : place.is_barred)
			return NULL;
		if (place.only != NULL && strcmp(place.only, value) != 0)
			return NULL;
		if (place.is_barred || place.only != NULL)
			continue;
		if (value[0] == '\0')
			drop_parameter(&out);
		else
			add_encoded(&out, value);
	}
	return text_of(&out);
}

/*
 * "address":answer, or nothing if it cannot be had: the client will ask.  Answers
 * what it added.
 */
static struct bytes
add_answer(struct ctx *ctx, const struct call *call, const char *address,
    struct text *json)
{
	const bool is_first = json->at[json->len - 1] == '{';
	struct bytes answer = { 0 };

	if (dispatch_inner(ctx, call, address, &answer) != OK) {
		fail_clear(ctx);
		return (struct bytes){ 0 };
	}
	if (json->len + answer.len > SHELL_FIRST_MAX)
		return (struct bytes){ 0 };
	if (!is_first)
		text_char(json, ',');
	text_json(json, address);
	text_char(json, ':');
	text_add_n(json, (const char *)answer.at, answer.len);
	return answer;
}

/* What the row names; what comes later may name a member of what came first. */
static void
add_screen(struct ctx *ctx, const struct call *call, struct text *json)
{
	const char *const *first = call->match.route->first;
	const struct json *answered = NULL;

	for (size_t i = 0; first != NULL && first[i] != NULL; i++) {
		const char *address =
		    shell_address(ctx, call, answered, first[i]);
		struct bytes answer = { 0 };

		if (address != NULL)
			answer = add_answer(ctx, call, address, json);
		if (i == 0 && answer.len > 0 && first[1] != NULL &&
		    json_parse(ctx, answer, &answered) != OK)
			fail_clear(ctx);
	}
}

/* Who runs this installation and helps: for who cannot sign in. */
static void
add_office(struct ctx *ctx, struct text *json)
{
	text_add(json, ",\"office\":{\"name\":");
	text_json(json,
	    option_text(ctx->home, &app_option_table[APP_OFFICE_NAME]));
	text_add(json, ",\"telephone\":");
	text_json(json,
	    option_text(ctx->home, &app_option_table[APP_OFFICE_TELEPHONE]));
	text_char(json, '}');
}

static struct bytes
first_data(struct ctx *ctx, const struct call *call)
{
	struct text json = { 0 };

	text_init(&json, ctx->arena);
	text_addf(&json, "{\"lang\":\"%s\",\"nobody\":%s", ctx->locale,
	    ctx->actor == NULL ? "true" : "false");
	add_office(ctx, &json);
	/* The screens go by this clock.  A page for nobody stays the same. */
	if (ctx->actor != NULL)
		text_addf(&json, ",\"now\":\"%s\"",
		    time_text(ctx->arena, ctx->now_us));
	text_add(&json, ",\"answers\":{");
	if (ctx->actor != NULL) {
		(void)add_answer(ctx, call, "/api/v1/session", &json);
		add_screen(ctx, call, &json);
	}
	text_add(&json, "}}");
	return text_bytes(&json);
}

enum fail
shell_get(struct ctx *ctx, struct call *call)
{
	const struct static_files *files = dispatch_files(ctx->home->dispatch);
	const struct route *screen = call->match.route;
	struct static_shell shell = { 0 };
	struct text page = { 0 };

	static_shell(files, &shell);
	text_init(&page, ctx->arena);
	text_add_n(&page, (const char *)shell.before.at, shell.before.len);
	if (shell.has_place) {
		text_add(&page,
		    static_preload(ctx, files,
			ctx->actor == NULL ? "-" : screen->path, ctx->locale));
		text_add(&page,
		    "<script type=\"application/json\" id=\"first\">");
		text_script(&page, first_data(ctx, call));
		text_add(&page, "</script>");
	}
	text_add_n(&page, (const char *)shell.after.at, shell.after.len);
	if (ctx->actor != NULL)
		call_answer_header(call, "Cache-Control", "private, no-store");
	else
		call_answer_digest(ctx, call, text_bytes(&page));
	return call_answer_raw(ctx, call, 200, html, text_bytes(&page));
}
