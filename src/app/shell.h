#ifndef APP_SHELL_H
#define APP_SHELL_H

#include "app/route.h"
#include "core/ctx.h"

/*
 * A screen of the web client: its row is a page whose handler is shell_get.
 * The page is the client's index.html with links to all files of the screen
 * (static_preload) and its first data in it, so that the first paint waits for
 * one round trip after the page:
 *
 *	<script type="application/json" id="first">
 *	{"lang":"vi","nobody":false,"office":{"name":"...","telephone":"..."},
 *	 "answers":{"/api/v1/session":{...},"/api/v1/reports/17":{...}}}
 *
 * Each answer is that of the API's own row, asked by dispatch_inner for the
 * same person; what fails, or would make more than SHELL_FIRST_MAX bytes, is
 * left out, and the client asks for it as ever.  With somebody's data the page
 * is "private, no-store"; for nobody it has none and an ETag.
 *
 * route->first names the answers beside the session, as addresses with places:
 *	{x}	the path's or query's x of the page; absent or empty: the whole
 *		parameter "x={x}" is left out
 *	{x!}	the same; absent or empty: the address is not asked
 *	{x@}	the text member x of the first of the named answers; without it
 *		the address is not asked
 *	{-x}	nothing; the address is asked only if x is absent or empty
 *	{x=V}	nothing; the address is asked only if x is V
 */
#define SHELL_FIRST_MAX ((size_t)256 << 10)

extern const struct route_media shell_media;

enum fail shell_get(struct ctx *ctx, struct call *call);

/*
 * A template of route->first filled for a page; NULL: not to be asked.  query
 * is the page's own, answered the first answer (NULL: none).  For shell.c and its
 * test.
 */
struct json;
const char *shell_address(struct ctx *ctx, const struct call *call,
    const struct json *answered, const char *template);

#endif
