#ifndef PEOPLE_CREDENTIAL_H
#define PEOPLE_CREDENTIAL_H

#include <stdint.h>

#include "core/ctx.h"
#include "people/access.h"
#include "trust/trust.h"

/*
 * Who is behind a session cookie or an API token.  Both are 256 random bits of
 * which the store knows the SHA-256 only.
 *
 * A session ends session.life after sign-in, or when it was not used for
 * session.idle (people/option.c); its use is written down at most every SESSION_TOUCH_US.
 */
int64_t session_life_us(const struct home *home);
int64_t session_idle_us(const struct home *home);
#define SESSION_TOUCH_US (INT64_C(5) * 60 * 1000000)
#define CREDENTIAL_MAX 100 /* bytes; longer texts are nobody's */

/*
 * The MAC of a session's row, by which it counts (people/mac.h): a row that was
 * written or changed in the database signs nobody in.  Not of its id, which
 * nothing rests on.
 */
struct session_row {
	int64_t person;
	struct bytes digest;
	int64_t created_us;
	int64_t seen_us;
};
struct digest session_mac(struct ctx *ctx, const struct session_row *row);

enum credential { CREDENTIAL_SESSION, CREDENTIAL_TOKEN };

/* A credential without its secret: what a long wait may keep of it. */
struct credential_id {
	enum credential kind;
	struct digest digest;
};
/* kind is kept; too long a text is nobody's, and so is its id. */
struct credential_id credential_id(enum credential kind, const char *text);

/* A new secret text in ctx->arena and its digest; from the kernel's dice. */
const char *credential_make(struct ctx *ctx, enum credential kind,
    struct digest *ret_digest);

/*
 * NULL: unknown, over, revoked, or the person is disabled.  Mostly answered
 * from the cache in home->people; else a short TX_READ, so no transaction may
 * be open.
 */
NODISCARD enum fail credential_actor(struct ctx *ctx, enum credential kind,
    const char *text, const struct actor **ret);
/* Who is it by now?  The same, but waiting is no use of a session. */
NODISCARD enum fail credential_again(struct ctx *ctx,
    const struct credential_id *id, const struct actor **ret);

#endif
