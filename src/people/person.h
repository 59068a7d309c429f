#ifndef PEOPLE_PERSON_H
#define PEOPLE_PERSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "people/access.h"
#include "people/position.h"

/*
 * People.  All changes need TX_WRITE and that the actor manages the person
 * (people/manage.h), leave an audit row, and take effect on the next request of
 * that person.  A person is never deleted.
 *
 *	FAIL_LOGIN	"access.login"
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

/* FAIL_INVALID as person_create. */
NODISCARD enum fail person_rename(struct ctx *ctx, int64_t id, const char *name,
    const char *locale);

/* Ends the sessions and a link; tokens no longer work while disabled.
 * FAIL_CONFLICT "person.last_admin". */
NODISCARD enum fail person_disable(struct ctx *ctx, int64_t id);
NODISCARD enum fail person_enable(struct ctx *ctx, int64_t id);

/* What wrong passwords owe is forgotten, at once (people/throttle.h). */
NODISCARD enum fail person_unlock(struct ctx *ctx, int64_t id);

/* Ends the sessions and a link. */
NODISCARD enum fail person_set_password(struct ctx *ctx, int64_t id,
    const struct password *password);
/* The same of who has proved who it is, without audit row and rights; the session
 * `but` goes on. */
NODISCARD enum fail person_write_password(struct ctx *ctx, int64_t id,
    const struct password *password, int64_t but);

/* FAIL_NOT_FOUND "person.unknown". */
NODISCARD enum fail person_find(struct ctx *ctx, const char *login,
    struct person **ret);
/* By id, those after `after`, at most limit (1..500); for who manages the nation. */
NODISCARD enum fail person_list(struct ctx *ctx, int64_t after, int64_t limit,
    struct person **ret, size_t *ret_count);

/*
 * The actor that is this person, with the positions of today; NULL if there is none or
 * it is disabled.  Checks no permission: for those who have proved who they are
 * (people/credential.h) and for commands that act in people's names (demo).
 */
NODISCARD enum fail person_actor(struct ctx *ctx, int64_t id,
    struct actor **ret);

#endif
