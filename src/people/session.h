#ifndef PEOPLE_SESSION_H
#define PEOPLE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"

/*
 * Signing out, and changing one's own password (signing in: people/sign_in.h).
 * These functions make their own short units of work, so that no password is
 * hashed while the writer's ticket is held: no transaction may be open (routes
 * are TX_NONE).
 */
/* FAIL_CONFLICT "session.none": the actor came with a token. */
NODISCARD enum fail session_sign_out(struct ctx *ctx);

/* Within TX_WRITE: the session that the actor came with is over, if there is
 * one, and the audit says so. */
NODISCARD enum fail session_end(struct ctx *ctx);

/* Before session_change_password, as sign_in_enter (people/sign_in.h). */
struct turnstile_turn;
bool session_enter_change(struct ctx *ctx, const char *peer,
    struct turnstile_turn *turn);

/*
 * Ends the person's other sessions.  Throttled as a sign-in; the place of turn
 * is given up.
 *	FAIL_CONFLICT	"session.none"
 *	FAIL_INVALID	"input.invalid" with fields "session.wrong_password",
 *			"password.length" "password.common" "password.same"
 *	FAIL_TOO_OFTEN	"session.throttled"
 *	FAIL_BUSY	"session.busy"
 */
struct password_change {
	const char *old;
	const char *new;
};
NODISCARD enum fail session_change_password(struct ctx *ctx,
    const struct password_change *in, struct turnstile_turn *turn,
    int64_t *ret_wait_s);

#endif
