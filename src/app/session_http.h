#ifndef APP_SESSION_HTTP_H
#define APP_SESSION_HTTP_H

#include "app/route.h"
#include "core/ctx.h"

/* Headers that signing in answers, by the API and by the form alike. */

/* The session's cookie, and the browser's own (people/browser.h). */
struct signed_in;
void session_set_cookies(struct ctx *ctx, struct call *call,
    const struct signed_in *made);
/* Take the session's away; the browser stays known. */
void session_take_cookie(struct ctx *ctx, struct call *call);
/* Retry-After; 0: nothing. */
void session_say_when(struct ctx *ctx, struct call *call, int64_t wait_s);

#endif
