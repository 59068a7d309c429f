#ifndef PEOPLE_SIGN_IN_H
#define PEOPLE_SIGN_IN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "people/access.h"

/*
 * Signing in by password.  The functions make their own short units of work, so
 * that no password is hashed while the writer's ticket is held: no transaction
 * may be open (routes are TX_NONE).
 *
 * What a try is charged to (people/throttle.h) depends on where it comes from:
 *
 *	a browser that has signed this person in	BROWSER
 *	the network of this person's last sign-in	PAIR
 *	anywhere else					PAIR, LOGIN, ADDRESS
 *
 * So whoever guesses elsewhere shuts nobody out of a place that is known.
 */
struct sign_in {
	const char *login; /* in any case of letters */
	const char *password;
	const char *peer;    /* the address the attempt comes from */
	const char *browser; /* the cookie of people/browser.h; NULL: none */
};

/*
 * Before sign_in_now: a place for hashing (people/password.h), but only for
 * whom the throttle would let in.  True: it waits, and turn is called.
 * What is refused here sign_in_now refuses.
 */
struct turnstile_turn;
bool sign_in_enter(struct ctx *ctx, const struct sign_in *in,
    struct turnstile_turn *turn);

/* The time before the last sign-in, and what was refused between them.  Texts
 * are NULL and times 0 where there is nothing. */
struct sign_in_before {
	int64_t at_us;
	const char *peer;
	int64_t refused;
	int64_t refused_us; /* the last of them */
	const char *refused_peer;
};

struct signed_in {
	const char *cookie;  /* the session's secret text */
	const char *browser; /* the browser's cookie from now on */
	const struct actor *actor;
	struct sign_in_before before;
	int64_t wait_s; /* with FAIL_BUSY: seconds to wait */
};

/*
 * An unknown login, a wrong password, a person without password and a disabled
 * one get the same answer after the same work.  The place of turn is given up.
 * What is refused is noted (people/refused.h).
 *	FAIL_LOGIN	"session.refused"
 *	FAIL_TOO_OFTEN	"session.throttled"	people/throttle.h
 *	FAIL_BUSY	"session.busy"		turn has no place
 */
NODISCARD enum fail sign_in_now(struct ctx *ctx, const struct sign_in *in,
    struct turnstile_turn *turn, struct signed_in *ret);

/* The same again later, of ctx->actor. */
NODISCARD enum fail sign_in_before(struct ctx *ctx, struct sign_in_before *ret);

#endif
