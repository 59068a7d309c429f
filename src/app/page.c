#include "app/page.h"

#include <assert.h>
#include <string.h>

#include "app/call.h"
#include "app/dispatch.h"
#include "app/option.h"
#include "app/static.h"
#include "app/visitor.h"
#include "core/arena.h"
#include "core/home.h"

const char page_type[] = "text/html; charset=utf-8";

const struct route_media page_media = {
	.types = (const char *const[]){ page_type, NULL },
	.policy = PAGE_POLICY,
};

static const struct {
	const char *code;
	const char *name;
} languages[] = { { "vi", "VI – Tiếng Việt" }, { "en", "EN – English" } };

const char *
page_word(const struct ctx *ctx, const char *key)
{
	const char *word =
	    locale_text(dispatch_words(ctx->home->dispatch), key, ctx->locale);

	assert(word != NULL);
	return word;
}

const char *
page_code(struct ctx *ctx, const char *key, const char *code)
{
	const char *word = locale_text(dispatch_words(ctx->home->dispatch),
	    arena_printf(ctx->arena, "%s.%s", key, code), ctx->locale);

	return word == NULL ? code : word;
}

void
page_element(struct page *page, const char *tag, const char *class,
    const char *text)
{
	text_addf(&page->out, "<%s", tag);
	if (class != NULL)
		text_addf(&page->out, " class=\"%s\"", class);
	text_char(&page->out, '>');
	text_html(&page->out, text);
	text_addf(&page->out, "</%s>\n", tag);
}

void
page_fact(struct page *page, const char *term, const char *text)
{
	page_element(page, "dt", NULL, term);
	page_element(page, "dd", NULL, text);
}

static void
add_link(struct page *page, const char *href, const char *text)
{
	text_add(&page->out, "<a href=\"");
	text_html(&page->out, href);
	text_add(&page->out, "\">");
	text_html(&page->out, text);
	text_add(&page->out, "</a>\n");
}

static void
add_languages(struct ctx *ctx, struct page *page, const char *path)
{
	struct text *out = &page->out;

	text_add(out, "<div class=\"language\" role=\"group\" aria-label=\"");
	text_html(out, page_word(ctx, "page.language"));
	text_add(out, "\">");
	for (size_t i = 0; i < ARRAY_SIZE(languages); i++) {
		const char *code = languages[i].code;

		text_addf(out, "<a lang=\"%s\" hreflang=\"%s\" href=\"", code,
		    code);
		text_html(out, path);
		text_addf(out, "?lang=%s\"%s aria-label=\"%s\">%c%c</a>\n",
		    code,
		    strcmp(code, ctx->locale) == 0 ? " aria-current=\"true\""
						   : "",
		    languages[i].name, code[0] - 32, code[1] - 32);
	}
	text_add(out, "</div>\n");
}

static void
add_top(struct ctx *ctx, struct page *page, const char *path)
{
	struct text *out = &page->out;

	text_add(out, "<a class=\"skip\" href=\"#work\">");
	text_html(out, page_word(ctx, "page.skip"));
	text_add(out, "</a>\n<header class=\"top\"><div class=\"top-line\">\n"
		      "<a class=\"name\" href=\"/\">Trục</a>\n");
	page_element(page, "span", "motto", page_word(ctx, "page.motto"));
	text_add(out, "<nav class=\"pages\" aria-label=\"");
	text_html(out, page_word(ctx, "page.nav"));
	text_add(out, "\">");
	add_link(page, "/", page_word(ctx, "page.open"));
	add_link(page, "/sign-in", page_word(ctx, "sign_in.title"));
	add_link(page, "/guide.html", page_word(ctx, "page.guide"));
	add_link(page, "/about", page_word(ctx, "about.title"));
	text_add(out, "</nav>\n");
	if (path != NULL)
		add_languages(ctx, page, path);
	text_add(out, "</div></header>\n");
	if (dispatch_is_demo(ctx->home->dispatch))
		page_element(page, "p", "demo-band", page_word(ctx, "demo"));
}

void
page_begin(struct ctx *ctx, struct page *page, const char *title,
    const char *path, const char *code)
{
	const char *style = static_style(dispatch_files(ctx->home->dispatch));
	struct text *out = &page->out;

	text_init(out, ctx->arena);
	text_addf(out,
	    "<!doctype html>\n<html lang=\"%s\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light\">\n<title>",
	    ctx->locale);
	text_html(out, title);
	text_add(out, " · Trục</title>\n"
		      "<link rel=\"icon\" href=\"/favicon.svg\">\n");
	if (style != NULL) {
		text_add(out, "<link rel=\"stylesheet\" href=\"");
		text_html(out, style);
		text_add(out, "\">\n");
	}
	text_add(out, "</head>\n<body>\n<div id=\"app\">\n");
	add_top(ctx, page, path);
	text_add(out, "<main id=\"work\" tabindex=\"-1\" class=\"page\"");
	if (code != NULL) {
		text_add(out, " data-code=\"");
		text_html(out, code);
		text_char(out, '"');
	}
	text_add(out, ">\n");
	page_element(page, "h1", NULL, title);
}

static void
add_office(struct ctx *ctx, struct page *page, enum app_option which,
    const char *key)
{
	const char *said = option_text(ctx->home, &app_option_table[which]);

	if (said[0] == '\0')
		return;
	text_add(&page->out, "<p>");
	text_html(&page->out, page_word(ctx, key));
	text_add(&page->out, " <strong>");
	text_html(&page->out, said);
	text_add(&page->out, "</strong></p>\n");
}

void
page_end(struct ctx *ctx, struct page *page)
{
	text_add(&page->out, "</main>\n<footer class=\"office\">\n");
	add_office(ctx, page, APP_OFFICE_NAME, "office.name");
	add_office(ctx, page, APP_OFFICE_TELEPHONE, "office.telephone");
	text_add(&page->out, "</footer>\n</div>\n</body>\n</html>\n");
}

enum fail
page_answer(struct ctx *ctx, struct call *call, int status,
    const struct page *page)
{
	const char *query = call->request->query;

	if (text_starts(query, "lang="))
		call_answer_header(call, "Set-Cookie",
		    arena_printf(ctx->arena,
			"%s=%s; Path=/; SameSite=Lax; Max-Age=31536000%s",
			visitor_language_name(ctx, call), ctx->locale,
			call_is_https(ctx, call) ? "; Secure" : ""));
	else if (status == 200 && ctx->actor == NULL)
		call_answer_digest(ctx, call, text_bytes(&page->out));
	return call_answer_raw(ctx, call, status, page_type,
	    text_bytes(&page->out));
}
