#include <inttypes.h>
#include <string.h>

#include "app/app.h"
#include "app/call.h"
#include "app/dispatch.h"
#include "app/page.h"
#include "app/session_http.h"
#include "app/visitor.h"
#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "ledger/ledger.h"
#include "people/password.h"
#include "people/session.h"
#include "people/sign_in.h"

#define LOGIN_MOST 64
#define RETRY_S 2 /* where nobody said when */

struct sign_in_form {
	const char *login;
	const char *password;
};
/* clang-format off */
static const struct shape_field sign_in_fields[] = {
	F_TEXT(struct sign_in_form, login, LOGIN_MOST, REQUIRED,
	    "The person's login.", "\"thanh.pho.tb\""),
	F_TEXT(struct sign_in_form, password, PASSWORD_MOST, REQUIRED,
	    "The password.", "\"mat-khau-dai-mot-chut\""),
};
static const struct shape sign_in_shape =
    SHAPE("SignInForm", struct sign_in_form, sign_in_fields);
/* clang-format on */

/* ---- about this installation ---- */

/* "154.846": as it is written in Vietnam, in both languages. */
static const char *
grouped(struct ctx *ctx, int64_t n)
{
	const char *digits = arena_printf(ctx->arena, "%" PRId64, n);
	struct text out = { 0 };

	text_init(&out, ctx->arena);
	for (size_t left = strlen(digits); left > 0; left--) {
		text_char(&out, *digits++);
		if (left > 1 && left % 3 == 1)
			text_char(&out, '.');
	}
	return text_of(&out);
}

static void
add_ledger(struct ctx *ctx, struct page *page, const char *note)
{
	const struct ledger *ledger = ctx->home->ledger;

	page_element(page, "h2", NULL, page_word(ctx, "about.ledger"));
	if (ledger == NULL || note[0] == '\0') {
		page_element(page, "p", NULL, page_word(ctx, "about.empty"));
		return;
	}
	text_add(&page->out, "<dl class=\"facts-list\">\n");
	page_fact(page, page_word(ctx, "about.entries"),
	    grouped(ctx, ledger_size(ledger)));
	page_fact(page, page_word(ctx, "about.origin"), ledger_origin(ledger));
	page_fact(page, page_word(ctx, "about.key"), ledger_verifier(ledger));
	text_add(&page->out, "</dl>\n");
	page_element(page, "p", "hint", page_word(ctx, "about.key_about"));
	page_element(page, "h3", NULL, page_word(ctx, "about.checkpoint"));
	page_element(page, "pre", NULL, note);
}

static void
add_address(struct ctx *ctx, struct page *page, const char *href,
    const char *key)
{
	text_addf(&page->out, "<li><a href=\"%s\">", href);
	text_html(&page->out, page_word(ctx, key));
	text_add(&page->out, "</a></li>\n");
}

static enum fail
get_about(struct ctx *ctx, struct call *call)
{
	const bool is_ready = dispatch_is_ready(ctx->home->dispatch);
	const char *note = "";
	struct page page = { 0 };

	if (ctx->home->ledger != NULL)
		TRY(ledger_checkpoint(ctx, &note));
	page_begin(ctx, &page, page_word(ctx, "about.title"), "/about", NULL);
	page_element(&page, "p", NULL, page_word(ctx, "about.lead"));
	text_add(&page.out, "<dl class=\"facts-list\">\n");
	page_fact(&page, page_word(ctx, "about.version"), TRUC_VERSION);
	page_fact(&page, page_word(ctx, "about.state"),
	    page_word(ctx, is_ready ? "about.ready" : "about.starting"));
	page_fact(&page, page_word(ctx, "about.licence"), "Apache License 2.0");
	text_add(&page.out, "</dl>\n");
	add_ledger(ctx, &page, note);
	page_element(&page, "h2", NULL, page_word(ctx, "about.more"));
	text_add(&page.out, "<ul>\n");
	add_address(ctx, &page, "/openapi.json", "about.openapi");
	add_address(ctx, &page, "/api/v1/ledger/checkpoint", "about.note");
	text_add(&page.out, "</ul>\n");
	page_end(ctx, &page);
	return page_answer(ctx, call, 200, &page);
}

/* ---- signing in and out without a script ---- */

static void
add_field(struct ctx *ctx, struct page *page, const char *name,
    const char *type, const char *more, const char *value)
{
	struct text *out = &page->out;

	text_addf(out, "<p class=\"field\"><label for=\"%s\">", name);
	text_html(out,
	    page_word(ctx, arena_printf(ctx->arena, "sign_in.%s", name)));
	text_addf(out,
	    "</label><input id=\"%s\" name=\"%s\" type=\"%s\" required "
	    "maxlength=\"200\" %s value=\"",
	    name, name, type, more);
	text_html(out, value);
	text_add(out, "\"></p>\n");
}

static void
add_act(struct ctx *ctx, struct page *page, const char *key)
{
	text_add(&page->out, "<p class=\"primary-act\"><button type=\"submit\" "
			     "class=\"button\">");
	text_html(&page->out, page_word(ctx, key));
	text_add(&page->out, "</button></p>\n</form>\n");
}

/* login is what was typed before; code and sentence why it was refused. */
static enum fail
answer_form(struct ctx *ctx, struct call *call, int status, const char *login,
    const char *code)
{
	struct page page = { 0 };

	page_begin(ctx, &page, page_word(ctx, "sign_in.title"), "/sign-in",
	    code);
	page_element(&page, "p", "about", page_word(ctx, "sign_in.about"));
	if (code != NULL) {
		text_add(&page.out,
		    "<div class=\"note bad\" role=\"alert\">\n");
		page_element(&page, "p", NULL,
		    locale_text(ctx->home->locale, code, ctx->locale));
		text_add(&page.out, "</div>\n");
	}
	text_add(&page.out, "<form method=\"post\" action=\"/sign-in\" "
			    "class=\"narrow\">\n");
	add_field(ctx, &page, "login", "text",
	    "autocomplete=\"username\" autocapitalize=\"none\" "
	    "spellcheck=\"false\"",
	    login);
	add_field(ctx, &page, "password", "password",
	    "autocomplete=\"current-password\"", "");
	add_act(ctx, &page, "sign_in.act");
	page_element(&page, "p", "hint", page_word(ctx, "sign_in.script"));
	page_end(ctx, &page);
	return page_answer(ctx, call, status, &page);
}

/* The time before, and what was refused since: with a session only. */
static enum fail
add_before(struct ctx *ctx, struct page *page)
{
	struct sign_in_before before = { 0 };

	if (ctx->actor->session == 0)
		return OK;
	TRY(sign_in_before(ctx, &before));
	text_add(&page->out, "<dl class=\"facts-list\">\n");
	if (before.at_us != 0)
		page_fact(page, page_word(ctx, "sign_in.before"),
		    arena_printf(ctx->arena, "%s, %s",
			time_text(ctx->arena, before.at_us), before.peer));
	page_fact(page, page_word(ctx, "sign_in.refused_since"),
	    before.refused == 0 ? "0"
				: arena_printf(ctx->arena, "%s (%s, %s)",
				      grouped(ctx, before.refused),
				      time_text(ctx->arena, before.refused_us),
				      before.refused_peer));
	text_add(&page->out, "</dl>\n");
	return OK;
}

static enum fail
get_sign_in(struct ctx *ctx, struct call *call)
{
	struct page page = { 0 };

	if (ctx->actor == NULL)
		return answer_form(ctx, call, 200, "", NULL);
	page_begin(ctx, &page, page_word(ctx, "sign_in.title"), "/sign-in",
	    NULL);
	text_add(&page.out, "<p>");
	text_html(&page.out, page_word(ctx, "sign_in.as"));
	text_add(&page.out, " <strong>");
	text_html(&page.out, ctx->actor->name);
	text_add(&page.out, "</strong></p>\n");
	TRY(add_before(ctx, &page));
	text_add(&page.out, "<form method=\"post\" action=\"/sign-out\">\n");
	add_act(ctx, &page, "sign_out.act");
	page_element(&page, "p", "hint", page_word(ctx, "sign_in.script"));
	page_end(ctx, &page);
	return page_answer(ctx, call, 200, &page);
}

/* The browser goes on with a GET, so that a reload sends nothing again. */
static enum fail
go_to(struct ctx *ctx, struct call *call, const char *path)
{
	call_answer_header(call, "Location", path);
	return call_answer_raw(ctx, call, 303, NULL, bytes_of_text(""));
}

static struct sign_in
sign_in_of(struct ctx *ctx, const struct call *call)
{
	const struct sign_in_form *form = call_body(call, &sign_in_shape);

	return (struct sign_in){ form->login, form->password,
		call_peer(ctx, call), visitor_browser(ctx, call) };
}

static bool
enter_sign_in(struct ctx *ctx, struct call *call, struct turnstile_turn *turn)
{
	const struct sign_in in = sign_in_of(ctx, call);

	return sign_in_enter(ctx, &in, turn);
}

static const struct route_turn sign_in_turn = { .enter = enter_sign_in,
	.leave = password_leave };

static enum fail
post_sign_in(struct ctx *ctx, struct call *call)
{
	const struct sign_in in = sign_in_of(ctx, call);
	struct signed_in made = { 0 };
	const enum fail got = sign_in_now(ctx, &in, call_turn(call), &made);
	const char *code = ctx->failure.code;

	if (got != FAIL_LOGIN && got != FAIL_TOO_OFTEN && got != FAIL_BUSY)
		TRY(got);
	if (got != OK) {
		session_say_when(ctx, call,
		    got == FAIL_BUSY && made.wait_s == 0 ? RETRY_S
							 : made.wait_s);
		fail_clear(ctx);
		return answer_form(ctx, call, fail_status(got), in.login, code);
	}
	session_set_cookies(ctx, call, &made);
	return go_to(ctx, call, "/");
}

static enum fail
post_sign_out(struct ctx *ctx, struct call *call)
{
	if (ctx->actor != NULL)
		TRY(session_sign_out(ctx));
	session_take_cookie(ctx, call);
	return go_to(ctx, call, "/sign-in");
}

const struct route page_routes[] = {
	{ .method = GET,
	    .path = "/about",
	    .tx = TX_READ,
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = get_about,
	    .summary = "Page: version, state and ledger of this installation.",
	    .media = &page_media },
	{ .method = GET,
	    .path = "/sign-in",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE,
	    .handle = get_sign_in,
	    .summary = "Page: a form to sign in, or who is signed in.",
	    .media = &page_media },
	{ .method = POST,
	    .path = "/sign-in",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE | ROUTE_FORM |
		     ROUTE_NO_IDEMPOTENCY | ROUTE_SPARE,
	    .in = &sign_in_shape,
	    .handle = post_sign_in,
	    .summary = "Sign in by the form; sets the cookie and goes to /.",
	    .media = &page_media,
	    .turn = &sign_in_turn },
	{ .method = POST,
	    .path = "/sign-out",
	    .flags = ROUTE_PUBLIC | ROUTE_RAW | ROUTE_PAGE | ROUTE_FORM |
		     ROUTE_NO_IDEMPOTENCY | ROUTE_SPARE,
	    .handle = post_sign_out,
	    .summary = "Sign out by the form and go to /sign-in.",
	    .media = &page_media },
	{ 0 },
};
