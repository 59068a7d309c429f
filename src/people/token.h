#ifndef PEOPLE_TOKEN_H
#define PEOPLE_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/day.h"
#include "people/tally.h"

/*
 * API tokens: "truc_" and 256 random bits as hexadecimal.  The text is shown
 * once; its SHA-256 is kept.  A token acts as its person, with that person's
 * positions, also those given later.  Changes need TX_WRITE and that the person is
 * managed (people/manage.h), and leave an audit row.  The day of its last use is
 * written once a day.
 */
#define TOKEN_NAME_MAX 100 /* bytes */
#define TOKEN_DAYS_MAX 3660

struct token {
	int64_t id;
	const char *name;
	int64_t created_us;
	int64_t expires_us;
	bool is_revoked;
	const day *used; /* the last day; NULL: never */
};

/*
 * days: from now, 1..TOKEN_DAYS_MAX.
 *	FAIL_INVALID	"input.invalid" with fields "token.name" "token.days"
 *	FAIL_NOT_FOUND	"person.unknown"
 */
NODISCARD enum fail token_create(struct ctx *ctx, int64_t person,
    const char *name, int64_t days, const char **ret_text);

/* FAIL_NOT_FOUND "token.unknown" also for one that is revoked already, or of
 * somebody who is not managed. */
NODISCARD enum fail token_revoke(struct ctx *ctx, int64_t id);

/* Of a person that is managed; at most 500. */
NODISCARD enum fail token_list(struct ctx *ctx, int64_t person,
    struct token **ret, size_t *ret_count);

/* It was used today: in a TX_WRITE, without a check of rights. */
NODISCARD enum fail token_use(struct ctx *ctx, int64_t id);
tally_fn token_use_rows; /* for the checkpoint's sum */

#endif
