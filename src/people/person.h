#ifndef PEOPLE_PERSON_H
#define PEOPLE_PERSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "people/access.h"

/*
 * People and their positions.  All changes need TX_WRITE and the permission
 * user.manage (access_system has it), leave an audit row, and take effect on
 * the next request of that person.  A person is never deleted.
 *
 *	FAIL_DENIED	"access.denied"
 *	FAIL_NOT_FOUND	"person.unknown"
 */
struct person {
	int64_t id;
	const char *login;
	const char *name;
	const char *locale;
	bool has_password;
	bool is_disabled;
	int64_t created_us;
};

struct password; /* people/password.h */

struct person_new {
	const char *login;  /* 1-64 of a-z 0-9, . _ - between */
	const char *name;   /* 1-200 bytes */
	const char *locale; /* "vi" or "en"; NULL: "vi" */
	/* password_prepare, before the unit of work; NULL: cannot sign in by
	 * password. */
	const struct password *password;
};
#define PERSON_LOGIN_MAX 64
#define PERSON_NAME_MAX 200

/*
 * Two short statements.
 *	FAIL_INVALID	"input.invalid" with fields "person.login" "person.name"
 *			"person.locale"
 *	FAIL_CONFLICT	"person.login_taken"
 */
NODISCARD enum fail person_create(struct ctx *ctx, const struct person_new *in,
    int64_t *ret_id);

/* Ends the sessions; tokens no longer work while disabled. */
NODISCARD enum fail person_disable(struct ctx *ctx, int64_t id);
NODISCARD enum fail person_enable(struct ctx *ctx, int64_t id);

/* Ends the sessions. */
NODISCARD enum fail person_set_password(struct ctx *ctx, int64_t id,
    const struct password *password);

/* A position held already is no failure.  FAIL_INVALID "person.role". */
NODISCARD enum fail position_grant(struct ctx *ctx, int64_t person,
    int64_t unit, const char *role);
/* FAIL_NOT_FOUND "position.unknown". */
NODISCARD enum fail position_revoke(struct ctx *ctx, int64_t person,
    int64_t unit, const char *role);

/* FAIL_NOT_FOUND "person.unknown". */
NODISCARD enum fail person_find(struct ctx *ctx, const char *login,
    struct person **ret);
/* By id, those after `after`, at most limit (1..500). */
NODISCARD enum fail person_list(struct ctx *ctx, int64_t after, int64_t limit,
    struct person **ret, size_t *ret_count);

/* Who holds what in a unit, in the order it was granted; at most 500. */
struct holder {
	int64_t person;
	const char *login;
	const struct role *role;
};
NODISCARD enum fail position_list(struct ctx *ctx, int64_t unit,
    struct holder **ret, size_t *ret_count);

/*
 * The actor that is this person, with all positions; NULL if there is none or
 * it is disabled.  Checks no permission: for those who have proved who they are
 * (people/credential.h) and for commands that act in people's names (demo).
 */
NODISCARD enum fail person_actor(struct ctx *ctx, int64_t id,
    struct actor **ret);

#endif
