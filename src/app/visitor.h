#ifndef APP_VISITOR_H
#define APP_VISITOR_H

#include "app/call.h"

/*
 * Who asks, from which page and in which language, by the head of a request
 * whose row is known.
 */

/*
 * Set ctx->actor by token or cookie; NULL: nobody.  A stale credential matters
 * only where one is needed.
 *	FAIL_LOGIN	"token.unknown" "session.ended"
 *	FAIL_LOGIN	"session.cookies"	two of them: one is somebody's
 *	FAIL_LOGIN	"session.other"	the page was made for another person
 *	FAIL_DENIED	"access.csrf"	a cookie that a foreign page may have sent
 */
NODISCARD enum fail visitor_find(struct ctx *ctx, struct call *call);

/*
 * For ROUTE_FORM, which needs no header of a script: the page that sent it is
 * ours.
 *	FAIL_DENIED	"access.csrf"
 */
NODISCARD enum fail visitor_check_origin(struct ctx *ctx,
    const struct call *call);

/*
 * For engine_options.key: the credential that a request names, true or not, so
 * that each has its turn; without one its address.
 */
uint64_t visitor_key(const struct http_request *request);

/* "vi" or "en"; no row is needed. */
const char *visitor_language(struct ctx *ctx, const struct call *call);

/* Of a file to be saved: the language picked on the pages, else Accept-Language. */
const char *visitor_reader(struct ctx *ctx, const struct call *call);

/* The cookie of the language that was picked (web/src/i18n.ts). */
const char *visitor_language_name(const struct ctx *ctx,
    const struct call *call);

/* The cookie that people/browser.h makes; NULL: none, or two of them. */
const char *visitor_browser(struct ctx *ctx, const struct call *call);
const char *visitor_browser_name(const struct ctx *ctx,
    const struct call *call);

/* What the cookie of a session is called on the way this request came. */
const char *visitor_cookie_name(const struct ctx *ctx, const struct call *call);

#endif
