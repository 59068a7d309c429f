#include "app/visitor.h"

#include <string.h>
#include <strings.h>

#include "app/locale.h"
#include "core/arena.h"
#include "core/num.h"
#include "core/text.h"
#include "people/credential.h"

/*
 * The values after "name=" among "a=1; name=...; b=2", of all such headers.  The
 * first one, NULL if there is none; *ret_count how many there are.
 */
static const char *
cookie(struct ctx *ctx, const struct call *call, const char *name,
    size_t *ret_count)
{
	const struct http_request *request = call->request;
	const char *found = NULL;

	*ret_count = 0;
	for (size_t i = 0; i < request->header_count; i++) {
		const char *at = request->headers[i].value;

		if (strcasecmp(request->headers[i].name, "Cookie") != 0)
			continue;
		while (*at != '\0') {
			const size_t len = strcspn(at, ";");

			if (text_starts(at, name) && ++*ret_count == 1)
				found = arena_text_n(ctx->arena,
				    at + strlen(name), len - strlen(name));
			at += len;
			at += strspn(at, "; ");
		}
	}
	return found;
}

/*
 * Over TLS the browser keeps the cookie for this very host and never sends it
 * without TLS (__Host-, Secure); on loopback there is no TLS.
 */
const char *
visitor_cookie_name(const struct ctx *ctx, const struct call *call)
{
	return call_is_https(ctx, call) ? "__Host-truc" : "truc";
}

const char *
visitor_browser_name(const struct ctx *ctx, const struct call *call)
{
	return call_is_https(ctx, call) ? "__Host-truc_browser"
					: "truc_browser";
}

const char *
visitor_browser(struct ctx *ctx, const struct call *call)
{
	size_t count = 0;
	const char *value = cookie(ctx, call,
	    arena_printf(ctx->arena, "%s=", visitor_browser_name(ctx, call)),
	    &count);

	return count == 1 ? value : NULL;
}

/*
 * A browser sends the cookie along with what a foreign page makes it send, but
 * such a page cannot add this header.
 */
static enum fail
check_csrf(struct ctx *ctx, const struct call *call)
{
	/* A form's row has looked where it comes from already. */
	if (call->match.route->method == GET ||
	    (call->match.route->flags & ROUTE_FORM) != 0 ||
	    text_equal(call_header(call, "X-Requested-With"), "truc"))
		return OK;
	return FAIL(ctx, FAIL_DENIED, "access.csrf",
	    "a cookie without X-Requested-With: truc");
}

/* "https://truc.example" of a page is from the host that it is sent to. */
static bool
is_own_origin(const struct call *call, const char *origin)
{
	const char *host = call_header(call, "Host");
	const char *at = strstr(origin, "://");

	return host != NULL && at != NULL && strcasecmp(at + 3, host) == 0;
}

/*
 * A form needs no header that only a script could set, and signing in no
 * cookie; so what counts is what the browser says of the page that sent it:
 * Sec-Fetch-Site, or before that header came up, Origin.  Who says neither is no
 * browser, and has the API.
 */
enum fail
visitor_check_origin(struct ctx *ctx, const struct call *call)
{
	const char *site = call_header(call, "Sec-Fetch-Site");
	const char *origin = call_header(call, "Origin");

	if (site != NULL ? strcmp(site, "same-origin") == 0
			 : origin != NULL && is_own_origin(call, origin))
		return OK;
	return FAIL(ctx, FAIL_DENIED, "access.csrf",
	    "a form from %s, origin %s", site == NULL ? "?" : site,
	    origin == NULL ? "?" : origin);
}

/*
 * A page says whom it was made for.  On a desk that two people share another tab
 * may have signed in somebody else by now: what the first one typed is not to be
 * saved in the other's name.
 */
static enum fail
check_person(struct ctx *ctx, const struct call *call)
{
	const char *said = call_header(call, "X-Truc-Person");
	int64_t person = 0;

	if (said == NULL || ctx->actor == NULL ||
	    (num_parse(said, 1, INT64_MAX, &person) &&
		person == ctx->actor->person))
		return OK;
	return FAIL(ctx, FAIL_LOGIN, "session.other",
	    "the page is another person's");
}

static enum fail
know_actor(struct ctx *ctx, struct call *call, enum credential kind,
    const char *text)
{
	TRY(credential_actor(ctx, kind, text, &ctx->actor));
	if (ctx->actor == NULL)
		return OK;
	call->credential = text;
	call->credential_kind = kind;
	return OK;
}

/*
 * The token of "Bearer TOKEN": a scheme has no case, and one blank or more ends
 * it (RFC 9110, 11.4).  NULL: another scheme.
 */
static const char *
bearer_of(const char *authorization)
{
	static const char scheme[] = "Bearer";
	const char *at = authorization + sizeof(scheme) - 1;

	if (strncasecmp(authorization, scheme, sizeof(scheme) - 1) != 0 ||
	    *at != ' ')
		return NULL;
	return at + strspn(at, " ");
}

enum fail
visitor_find(struct ctx *ctx, struct call *call)
{
	const char *authorization = call_header(call, "Authorization");
	const bool is_public = (call->match.route->flags & ROUTE_PUBLIC) != 0;
	const char *secret = NULL;
	size_t cookies = 0;

	if (authorization != NULL) {
		const char *token = bearer_of(authorization);

		if (token != NULL)
			TRY(know_actor(ctx, call, CREDENTIAL_TOKEN, token));
		if (ctx->actor == NULL && !is_public)
			return FAIL(ctx, FAIL_LOGIN, "token.unknown",
			    "the token is unknown or over");
		return OK;
	}
	secret = cookie(ctx, call,
	    arena_printf(ctx->arena, "%s=", visitor_cookie_name(ctx, call)),
	    &cookies);
	if (secret == NULL)
		return OK;
	/* One of them somebody else has set: whose it is, nobody can say. */
	if (cookies > 1)
		return is_public ? OK
				 : FAIL(ctx, FAIL_LOGIN, "session.cookies",
				       "%zu cookies of a session", cookies);
	TRY(check_csrf(ctx, call));
	TRY(know_actor(ctx, call, CREDENTIAL_SESSION, secret));
	if (ctx->actor == NULL && !is_public)
		return FAIL(ctx, FAIL_LOGIN, "session.ended",
		    "the session is unknown or over");
	return check_person(ctx, call);
}

const char *
visitor_language_name(const struct ctx *ctx, const struct call *call)
{
	return call_is_https(ctx, call) ? "__Host-truc_lang" : "truc_lang";
}

/*
 * Pages are Vietnamese unless another language was picked, which the client
 * notes in a cookie; the API speaks as it is asked to.
 */
const char *
visitor_language(struct ctx *ctx, const struct call *call)
{
	const char *picked = NULL;
	size_t cookies = 0;

	if (text_starts(call->request->path, "/api/"))
		return locale_pick(call_header(call, "Accept-Language"));
	if (text_starts(call->request->query, "lang="))
		picked = call->request->query + strlen("lang=");
	else
		picked = cookie(ctx, call,
		    arena_printf(ctx->arena,
			"%s=", visitor_language_name(ctx, call)),
		    &cookies);
	return text_equal(picked, "en") ? "en" : "vi";
}

/* A browser asks for a file with its own language, not with the one picked. */
const char *
visitor_reader(struct ctx *ctx, const struct call *call)
{
	size_t cookies = 0;
	const char *picked = cookie(ctx, call,
	    arena_printf(ctx->arena, "%s=", visitor_language_name(ctx, call)),
	    &cookies);

	if (picked == NULL)
		return locale_pick(call_header(call, "Accept-Language"));
	return text_equal(picked, "en") ? "en" : "vi";
}

/* The value after name among the cookies of one header; counts them all. */
static void
count_session(const char *at, const char *name, struct bytes *ret, int *count)
{
	while (*at != '\0') {
		const size_t len = strcspn(at, ";");

		if (text_starts(at, name)) {
			*ret = (struct bytes){
				(const uint8_t *)at + strlen(name),
				len - strlen(name),
			};
			++*count;
		}
		at += len;
		at += strspn(at, "; ");
	}
}

uint64_t
visitor_key(const struct http_request *request)
{
	const char *authorization = http_header(request, "Authorization");
	struct bytes session = { 0 };
	int count = 0;

	if (authorization != NULL) {
		/* However it is written, it is one caller's. */
		const char *token = bearer_of(authorization);

		if (token == NULL)
			token = authorization;
		return http_key(token, strlen(token));
	}
	for (size_t i = 0; i < request->header_count; i++) {
		const char *value = request->headers[i].value;

		if (strcasecmp(request->headers[i].name, "Cookie") != 0)
			continue;
		count_session(value, "truc=", &session, &count);
		count_session(value, "__Host-truc=", &session, &count);
	}
	/* With several anybody could have as many turns as he likes. */
	return count == 1 ? http_key((const char *)session.at, session.len)
			  : http_key(request->peer, strlen(request->peer));
}
