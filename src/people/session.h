#ifndef PEOPLE_SESSION_H
#define PEOPLE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "people/access.h"

/*
 * Signing in and out.  These functions make their own short units of work, so
 * that no password is hashed while the writer's ticket is held: no transaction
 * may be open (routes are TX_NONE).
 */
struct sign_in {
	const char *login; /* in any case of letters */
	const char *password;
	const char *peer; /* the address the attempt comes from */
};

/*
 * Before session_sign_in: a place for hashing (people/password.h), but only for
 * whom the throttle would let in.  True: it waits, and turn is called.
 * What is refused here session_sign_in refuses.
 */
struct turnstile_turn;
bool session_enter(struct ctx *ctx, const struct sign_in *in,
    struct turnstile_turn *turn);

struct signed_in {
	const char *cookie; /* the session's secret text */
	const struct actor *actor;
	int64_t wait_s; /* with FAIL_BUSY: seconds to wait */
};

/*
 * An unknown login, a wrong password, a person without password and a disabled
 * one get the same answer after the same work.  The place of turn is given up.
 *	FAIL_LOGIN	"session.refused"
 *	FAIL_BUSY	"session.throttled"	people/throttle.h
 *	FAIL_BUSY	"session.busy"		turn has no place
 */
NODISCARD enum fail session_sign_in(struct ctx *ctx, const struct sign_in *in,
    struct turnstile_turn *turn, struct signed_in *ret);

/* FAIL_CONFLICT "session.none": the actor came with a token. */
NODISCARD enum fail session_sign_out(struct ctx *ctx);

/* As session_enter, for session_change_password. */
bool session_enter_change(struct ctx *ctx, const char *peer,
    struct turnstile_turn *turn);

/*
 * Ends the person's other sessions.  Throttled as a sign-in; the place of turn
 * is given up.
 *	FAIL_CONFLICT	"session.none"
 *	FAIL_INVALID	"input.invalid" with fields "session.wrong_password",
 *			"password.length" "password.common" "password.same"
 *	FAIL_BUSY	"session.throttled" "session.busy"
 */
struct password_change {
	const char *old;
	const char *new;
};
NODISCARD enum fail session_change_password(struct ctx *ctx,
    const struct password_change *in, struct turnstile_turn *turn,
    int64_t *ret_wait_s);

#endif
