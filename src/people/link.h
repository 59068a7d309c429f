#ifndef PEOPLE_LINK_H
#define PEOPLE_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "people/manage.h"
#include "people/tally.h"

/*
 * A link by which somebody sets a password once: for who is new, and who has
 * forgotten it.  Its code is 256 random bits, of which the store has the SHA-256
 * only; it is shown once, to who made it, as an address or on paper.
 *
 * It ends when it was used, after link.life, with a new one, when the person is
 * disabled or has another password, and when somebody else gives the person a
 * position.
 *
 * A code is written in groups of four of 0-9 a-z without i l o u; small and
 * great letters, blanks and dashes do not matter when it is read.
 */
#define LINK_CODE_MAX 200 /* bytes; a longer one is nobody's */

struct link_made {
	const char *code;
	const char *url; /* at the option link.base_url; NULL: it is not set */
	int64_t expires_us;
};
/*
 * Needs TX_WRITE and that the person is managed.  The audit has that it was made,
 * and when it ends.
 *	FAIL_CONFLICT	"person.disabled"
 */
NODISCARD enum fail link_make(struct ctx *ctx, int64_t person,
    struct link_made *ret);

/* Until when the person's link is good; 0: there is none. */
NODISCARD enum fail link_open(struct ctx *ctx, int64_t person, int64_t *ret_us);

/* Within TX_WRITE: whatever link the person has is over; or one that somebody else
 * than the actor made. */
NODISCARD enum fail link_end(struct ctx *ctx, int64_t person);
NODISCARD enum fail link_end_of_others(struct ctx *ctx, int64_t person);

/*
 * Set a password by a code.  Makes its own short units of work, as
 * people/sign_in.h.  A code that is unknown, used, over or of somebody disabled
 * gets one answer, and a network that gives many of them waits (people/throttle.h,
 * LINK); a right one is never refused for what others of its network did.  All
 * sessions of the person end, and what wrong passwords owe is forgotten.
 *	FAIL_NOT_FOUND	"link.refused"
 *	FAIL_TOO_OFTEN	"link.throttled"
 *	FAIL_INVALID	"input.invalid" as password_check
 *	FAIL_BUSY	"session.busy"
 */
struct link_use {
	const char *code;
	const char *password;
	const char *peer;
};
struct link_used {
	const char *login;
	const char *name;
	int64_t wait_s; /* with FAIL_TOO_OFTEN and FAIL_BUSY */
};
struct turnstile_turn;
/* Before link_set_password: a place for hashing, but only for whose code is
 * right. */
bool link_enter(struct ctx *ctx, const struct link_use *in,
    struct turnstile_turn *turn);
NODISCARD enum fail link_set_password(struct ctx *ctx,
    const struct link_use *in, struct turnstile_turn *turn,
    struct link_used *ret);

tally_fn link_rows; /* for the checkpoint's sum */

#endif
