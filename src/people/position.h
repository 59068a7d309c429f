#ifndef PEOPLE_POSITION_H
#define PEOPLE_POSITION_H

#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/day.h"
#include "people/manage.h"

/*
 * Positions of people: a role in a unit, from a day to a day, both counted; by
 * the day of the request it holds or not.  Who may give and take it away:
 * access_may_grant.  Changes need TX_WRITE, leave an audit row and are in force
 * with the next request.
 */
struct position_in {
	int64_t unit;
	const char *role;
	const day *from;  /* NULL: as it is held already, else today */
	const day *until; /* NULL: without end */
	/* Where it is in the input, for faults: "/positions/1"; NULL: it is the
	 * input. */
	const char *pointer;
};
#define POSITIONS_MAX 200 /* of a person */

/*
 * Needs that the person is seen (people/manage.h).  One that is held already has
 * these days from now on; nothing is done if it has them.  A link to set a password
 * that somebody else made ends, so that nobody gets by it what was given later.
 *	FAIL_NOT_FOUND	"person.unknown"
 *	FAIL_DENIED	"access.denied"
 *	FAIL_INVALID	"person.role"
 *	FAIL_INVALID	"input.invalid" with field "position.days"
 *	FAIL_CONFLICT	"position.full"		POSITIONS_MAX
 *	FAIL_CONFLICT	"person.last_admin"
 */
NODISCARD enum fail position_set(struct ctx *ctx, int64_t person,
    const struct position_in *in);
/* The same from today on without end. */
NODISCARD enum fail position_grant(struct ctx *ctx, int64_t person,
    int64_t unit, const char *role);

/*
 *	FAIL_NOT_FOUND	"position.unknown"
 *	FAIL_DENIED	"access.denied"
 *	FAIL_CONFLICT	"person.last_admin"
 */
NODISCARD enum fail position_revoke(struct ctx *ctx, int64_t person,
    int64_t unit, const char *role);

/* All of a person's, also those that are over, by id; without a check of
 * rights.  A role of a newer program gives no right here and is left out. */
NODISCARD enum fail position_held(struct ctx *ctx, int64_t person,
    const struct held **ret, size_t *ret_count);

/* A row as it is held; false: a role of a newer program. */
struct sql_position_all; /* people/person.sql.h */
bool position_of_row(const struct sql_position_all *row, struct held *ret);

/* Who holds what in a unit today, in the order it was granted; at most 500.
 * Needs user.manage there. */
struct holder {
	int64_t person;
	const char *login;
	const struct role *role;
};
NODISCARD enum fail position_list(struct ctx *ctx, int64_t unit,
    struct holder **ret, size_t *ret_count);

#endif
