#ifndef PEOPLE_STANDING_H
#define PEOPLE_STANDING_H

#include <stdint.h>

#include "core/ctx.h"
#include "people/access.h"

/*
 * On what grounds something acts for a person who is not there, such as a hook
 * that goes on sending: one position, and the token it was made with.  It ends
 * when the person is disabled, the position is revoked or over (one granted again
 * is another) or the token is revoked or over.
 */
struct standing {
	int64_t person;
	int64_t token; /* 0: made in a session, which may end */
	int64_t unit;
	const char *role;
	int64_t granted_us; /* of the position */
};

/*
 * That of ctx->actor with a position it holds.  Needs a transaction.
 *	FAIL_LOGIN	"access.login"
 *	FAIL_DENIED	"access.denied"		no person
 *	FAIL_NOT_FOUND	"position.unknown"	not held
 */
NODISCARD enum fail standing_take(struct ctx *ctx, int64_t unit,
    const char *role, struct standing *ret);

/*
 * Who acts on these grounds now, with that one position.  NULL: they ended, and
 * *ret_ended is why: "person.disabled", "token.ended" or "position.revoked".
 * Needs a transaction; three short queries.
 */
NODISCARD enum fail standing_actor(struct ctx *ctx,
    const struct standing *standing, struct actor **ret,
    const char **ret_ended);

#endif
