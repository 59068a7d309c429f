#ifndef PEOPLE_SESSION_H
#define PEOPLE_SESSION_H

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

struct signed_in {
	const char *cookie; /* the session's secret text */
	const struct actor *actor;
	int64_t wait_s; /* with "session.throttled": seconds to wait */
};

/*
 * An unknown login, a wrong password, a person without password and a disabled
 * one get the same answer after the same work.
 *	FAIL_LOGIN	"session.refused"
 *	FAIL_BUSY	"session.throttled"	people/throttle.h
 *	FAIL_BUSY	"session.busy"		people/password.h
 */
NODISCARD enum fail session_sign_in(struct ctx *ctx, const struct sign_in *in,
    struct signed_in *ret);

/* FAIL_CONFLICT "session.none": the actor came with a token. */
NODISCARD enum fail session_sign_out(struct ctx *ctx);

/*
 * Ends the person's other sessions.  Throttled as a sign-in.
 *	FAIL_CONFLICT	"session.none"
 *	FAIL_INVALID	"input.invalid" with fields "session.wrong_password",
 *			"password.length"
 *	FAIL_BUSY	"session.throttled" "session.busy"
 */
NODISCARD enum fail session_change_password(struct ctx *ctx, const char *old,
    const char *new, int64_t *ret_wait_s);

#endif
