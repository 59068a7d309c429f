#ifndef APP_SESSION_HTTP_H
#define APP_SESSION_HTTP_H

#include "app/route.h"
#include "core/ctx.h"

/* Headers that signing in answers, by the API and by the form alike. */

/* The session's cookie; NULL takes it away. */
void session_set_cookie(struct ctx *ctx, struct call *call, const char *value);
/* Retry-After; 0: nothing. */
void session_say_when(struct ctx *ctx, struct call *call, int64_t wait_s);

#endif
