#ifndef PEOPLE_MANAGE_H
#define PEOPLE_MANAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/day.h"
#include "people/access.h"

/*
 * Who administers whom, by positions that hold today or will (access_may_grant
 * says who may give which):
 *
 *	sees	one of them is in the actor's reach with user.manage
 *	manages	the actor may give every one of them.  So nobody resets the
 *		password of somebody who may do more than himself
 *
 * A person without any is seen and managed by who made it.  Who manages people
 * of the nation sees all.  Commands of the folder's owner may do everything.
 * Those who are not seen are as if they did not exist.
 */
struct held {
	int64_t id; /* of the position */
	int64_t person;
	int64_t unit;
	const struct role *role;
	int64_t granted_us;
	day from;  /* INT32_MIN: since it was granted */
	day until; /* the last day; DAY_OPEN: without end */
};

struct managed {
	int64_t id;
	const char *login;
	const char *name;
	const char *locale;
	bool has_password;
	bool is_disabled;
	int64_t created_us;
	int64_t created_by;      /* 0: a command */
	const struct held *held; /* all, also those over; by id */
	size_t held_count;
	bool may_manage;
	bool is_whole; /* all that hold or will are in reach */
};

bool held_holds(const struct held *held, day on);
bool held_is_over(const struct held *held, day on);

/*
 * Needs a transaction.
 *	FAIL_LOGIN	"access.login"
 *	FAIL_DENIED	"access.denied"		nobody's administrator
 *	FAIL_NOT_FOUND	"person.unknown"	also who is not seen
 */
NODISCARD enum fail manage_see(struct ctx *ctx, int64_t person,
    struct managed **ret);
/* The same, and FAIL_DENIED "access.denied" who is seen only. */
NODISCARD enum fail manage_person(struct ctx *ctx, int64_t person,
    struct managed **ret);

/* May the actor see this position, and so know of its person by it? */
bool manage_sees(struct ctx *ctx, const struct held *held);

/*
 * Fills is_whole and may_manage of a person whose positions are there; false:
 * it is not seen.  For lists.
 */
bool manage_judge(struct ctx *ctx, struct managed *person);

/*
 * Before a position that holds without end, or its person, goes: is it the last
 * administrator of the nation who can sign in?  Commands may do it.
 *	FAIL_CONFLICT	"person.last_admin"
 */
NODISCARD enum fail manage_keep_admin(struct ctx *ctx,
    const struct managed *person);

#endif
