#ifndef PEOPLE_ACCESS_H
#define PEOPLE_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/day.h"

/*
 * Who may do what.  A person holds positions:
 * (unit, role).  A role is a scope and a set of permissions; the permissions
 * are granted to roles by the slices that ask for them (struct grant), so that
 * a permission is known exactly if a slice owns it.
 *
 *	role		scope
 *	clerk		own
 *	leader		own
 *	collector	subtree
 *	viewer		subtree
 *	centre		nation	(the Reporting Centre)
 *	admin		nation
 *	unit_admin	own	manages the people of its unit
 *	area_admin	subtree	... of its unit and all below
 *
 * Everybody signed in has what is granted to ROLE_EVERYBODY.  "own" covers the
 * position's unit and, where that unit is a successor of an abolished one, the
 * abolished unit; "subtree" everything that is below on the day the right is
 * used.  Of a divided unit one heir alone decides (org/heir.h).
 *
 * The check is in the domain function, so every door has it.  Where the
 * existence of the object is itself restricted, callers turn DENIED into
 * NOT_FOUND by using access_find.
 */
enum role_scope { SCOPE_OWN, SCOPE_SUBTREE, SCOPE_NATION };

enum role_bit {
	ROLE_EVERYBODY = 1, /* no role of a position: whoever is signed in */
	ROLE_CLERK = 2,
	ROLE_LEADER = 4,
	ROLE_COLLECTOR = 8,
	ROLE_VIEWER = 16,
	ROLE_CENTRE = 32,
	ROLE_ADMIN = 64,
	ROLE_UNIT_ADMIN = 128,
	ROLE_AREA_ADMIN = 256,
};

struct role {
	const char *name;
	enum role_scope scope;
	enum role_bit bit;
};
extern const struct role access_roles[];          /* ends with name NULL */
extern const char *const access_role_names[];     /* the same, for shapes */
const struct role *access_role(const char *name); /* NULL: unknown */

/* A permission, "report.sign", and the roles that have it (role_bit, ored).
 * Tables of grants end with permission NULL. */
struct grant {
	const char *permission;
	unsigned roles;
};

struct position {
	int64_t unit;
	const struct role *role;
};

struct actor {
	int64_t person;
	const char *login;
	const char *name;
	const struct position *positions;
	size_t position_count;
	bool by_token;      /* came with an API token */
	bool is_system;     /* demo, import, jobs: may do everything */
	int64_t session;    /* row id of the session, 0 if none */
	int64_t ends_us;    /* when it is over however it is used; 0: none */
	int64_t token;      /* row id of the token, 0 if none */
	const char *locale; /* the person's: "vi" or "en" */
};

/* The one actor of commands that own the data folder. */
extern const struct actor access_system;

/*
 * Handed in at start: is unit within the reach of scope_unit on a day?
 * org/directory.c answers it, from the picture that ctx works by.  wide: whole subtree; else only scope_unit itself
 * and those it succeeds.
 */
typedef bool access_reach_fn(struct ctx *ctx, int64_t scope_unit, int64_t unit,
    day on, bool wide);

/*
 * Handed in at start as well: a unit's name today, the names above it from the
 * nearest upwards, and its level.  Texts live in ctx->arena.  An unknown unit
 * leaves *ret as it is.
 */
struct access_unit_words {
	const char *name;
	const char *const *above;
	size_t above_count;
	int64_t level;
};
typedef void access_describe_fn(struct ctx *ctx, int64_t unit,
    struct access_unit_words *ret);

/* Words for a unit; "" and level -1 where nothing was handed in. */
struct access_unit_words access_describe(struct ctx *ctx, int64_t unit);

/* Every permission of the actor once, in alphabetical order; NULL-terminated,
 * in ctx->arena. */
const char *const *access_permissions(struct ctx *ctx);

/*
 * Below, a permission that nobody grants is a programming error (assert): rows
 * of tables are checked at start, words in the code by tools/lint.py.
 */

/* Has the actor this permission anywhere?  FAIL_LOGIN "access.login",
 * FAIL_DENIED "access.denied". */
NODISCARD enum fail access_any(struct ctx *ctx, const char *permission);

/* ... for this unit today?  The same failures. */
NODISCARD enum fail access_unit(struct ctx *ctx, const char *permission,
    int64_t unit);

/* As access_unit, but answers FAIL_NOT_FOUND with the given code, so that a
 * foreign object looks like one that does not exist. */
NODISCARD enum fail access_find(struct ctx *ctx, const char *permission,
    int64_t unit, const char *code);

/* Silent form, for lists: may the actor do it for this unit? */
bool access_may(struct ctx *ctx, const char *permission, int64_t unit);

/* Silent as well: is the permission one of this role's? */
bool access_role_has(const struct ctx *ctx, const struct role *role,
    const char *permission);

/* Whoever has the right by this position, has it for the unit today: it is in the
 * scope of the role. */
bool access_reaches(struct ctx *ctx, const struct position *position,
    int64_t unit);

/*
 * May the actor give somebody this role in this unit, and take it away?  Nobody
 * gives what is above himself:
 *
 *	unit_admin	clerk leader, in its own unit
 *	area_admin	clerk leader collector viewer unit_admin, in its subtree;
 *			area_admin, but in units below its own alone
 *	admin		every role, everywhere
 */
bool access_may_grant(struct ctx *ctx, const struct role *role, int64_t unit);

/*
 * Is the permission held for the whole nation: by a role of that scope, or by
 * one of the subtree below root, the unit that everything is under (0: not
 * known)?
 */
bool access_nation(const struct ctx *ctx, const char *permission, int64_t root);

#endif
