#ifndef PEOPLE_PASSWORD_H
#define PEOPLE_PASSWORD_H

#include <stdbool.h>

#include "core/ctx.h"

/*
 * Passwords as argon2id (RFC 9106) with m = 19456 KiB, t = 2, p = 1: some 20 ms
 * and 19 MiB each.  Only the encoded form with its own salt is kept.
 */
#define PASSWORD_LEAST 10 /* bytes */
#define PASSWORD_MOST 200
/* A Vietnamese letter with its marks has up to three bytes. */
#define PASSWORD_CHARACTERS_LEAST 8

/* A password that was checked and hashed: argon2id's encoded form. */
#define PASSWORD_ENCODED_MAX 128
struct password {
	char encoded[PASSWORD_ENCODED_MAX];
};

/*
 * Before the unit of work that writes it: the hash takes 20 ms, for which no
 * transaction may be open, so that nobody waits for the ticket meanwhile.
 *	FAIL_INVALID	"input.invalid" with field "password.length" or
 *			"password.common" at pointer
 *	FAIL_INTERNAL	"password.hash"
 */
NODISCARD enum fail password_prepare(struct ctx *ctx, const char *pointer,
    const char *text, struct password *ret);

/* FAIL_INVALID "input.invalid" with a field as of password_prepare. */
NODISCARD enum fail password_check(struct ctx *ctx, const char *pointer,
    const char *password);

/*
 * Would a guesser try it first?  A common word with digits, marks, capitals,
 * blanks or itself added, few different characters, or digits alone.
 */
bool password_is_common(const char *password);

/* Of a password_check'ed text; ctx has no transaction, as above.  The salt is
 * always from the kernel. */
NODISCARD enum fail password_hash(struct ctx *ctx, const char *text,
    struct password *ret);

/* encoded NULL (an unknown person, or one without password) takes the same time
 * and is false. */
bool password_matches(const char *encoded, const char *password);

/*
 * At most password.at_once hashings run in the process, since each takes 19 MiB
 * and a core; who comes when all places are taken waits for its turn
 * (core/turnstile.h): so many as password.queue says, of which one network has
 * password.queue_share, and so long as password.wait.  True: it waits.
 */
struct turnstile_turn;
bool password_enter(struct ctx *ctx, const char *address,
    struct turnstile_turn *turn);
void password_leave(struct ctx *ctx, struct turnstile_turn *turn);

/* When to come again, for who got no place: each at a time of its own. */
int64_t password_retry_s(struct ctx *ctx);

#endif
