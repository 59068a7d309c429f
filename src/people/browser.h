#ifndef PEOPLE_BROWSER_H
#define PEOPLE_BROWSER_H

#include "core/ctx.h"

/*
 * A browser that has signed somebody in is known by a cookie of its own, which
 * is no session: it only has an allowance of its own for wrong passwords, so
 * that guessers elsewhere shut nobody out.  The cookie names up to
 * BROWSER_PERSONS people (a commune's desk is shared), each with a number of the
 * browser, the time and a MAC by a key of this installation
 * (people_set_secret).  It is worth something for password.known_browser.
 */
#define BROWSER_PERSONS 4
#define BROWSER_COOKIE_MAX 512 /* bytes; longer is nobody's */

int64_t browser_life_us(const struct home *home);

/* Which browser of this person it is, in ctx->arena; NULL: none that is known.
 * cookie may be NULL. */
const char *browser_of(struct ctx *ctx, const char *cookie, int64_t person);

/* The cookie from now on: this person first, then others who were in it. */
const char *browser_know(struct ctx *ctx, const char *cookie, int64_t person);

#endif
