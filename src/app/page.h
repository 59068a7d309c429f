#ifndef APP_PAGE_H
#define APP_PAGE_H

#include "app/locale.h"
#include "app/route.h"
#include "core/ctx.h"
#include "core/text.h"

/*
 * The one frame of the pages that the server writes: plain HTML that needs no
 * JavaScript and loads nothing but the client's stylesheet.  Between page_begin
 * and page_end the content of <main> is added to page->out; whatever is not
 * written in the source goes through text_html (core/text.h), of which
 * page_element and page_fact are the short forms.
 *
 * Words are keys of locale/pages/SLICE.json, in ctx->locale.  The frame has
 * links to the same page in the other language ("?lang=en"), and page_answer
 * notes what was picked in a cookie.
 */
struct page {
	struct text out;
};

/* Headings, texts and forms to ourselves; nothing runs. */
#define PAGE_POLICY \
	"default-src 'none'; style-src 'self'; img-src 'self'; " \
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

extern const char page_type[];
extern const struct route_media page_media;

/* locale/pages of all slices, built into the program. */
extern const struct embedded locale_pages[];

/* A word of the pages; asserts that the key is known. */
const char *page_word(const struct ctx *ctx, const char *key);
/* KEY.CODE in words; a code that has none is shown as it is. */
const char *page_code(struct ctx *ctx, const char *key, const char *code);

/*
 * Up to and with <h1>: title is what the page is called, path its own address
 * without query, for the links to the other language (NULL: none).  code is
 * that of a failure, for whoever reads the page by program; NULL: it is well.
 */
void page_begin(struct ctx *ctx, struct page *page, const char *title,
    const char *path, const char *code);
/* With who runs this installation, and where to get help (app/option.h). */
void page_end(struct ctx *ctx, struct page *page);

/* <tag class="class">text</tag>; class NULL: none. */
void page_element(struct page *page, const char *tag, const char *class,
    const char *text);
/* A line of a <dl>. */
void page_fact(struct page *page, const char *term, const char *text);

/*
 * Status and content of a finished page.  With an ETag if it is well and not
 * somebody's own (ctx->actor), else no-store.
 */
enum fail page_answer(struct ctx *ctx, struct call *call, int status,
    const struct page *page);

#endif
