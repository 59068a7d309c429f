#ifndef PEOPLE_SESSIONS_H
#define PEOPLE_SESSIONS_H

#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"

/*
 * The sessions of somebody, for who manages that person (people/manage.h).
 */
struct somebodys_session {
	int64_t id;
	int64_t created_us;
	int64_t seen_us; /* to some minutes: SESSION_TOUCH_US */
};

/* Those that are not over, the newest first; at most 100. */
NODISCARD enum fail sessions_list(struct ctx *ctx, int64_t person,
    struct somebodys_session **ret, size_t *ret_count);

/* Ends one, or with 0 all of them, but not the one that the actor came with, if
 * all are meant.  Needs TX_WRITE; the audit has a row for each.
 * FAIL_NOT_FOUND "session.unknown". */
NODISCARD enum fail sessions_end(struct ctx *ctx, int64_t person,
    int64_t session);

/* When the person signed in last; 0: never.  Needs a transaction. */
NODISCARD enum fail sessions_last(struct ctx *ctx, int64_t person,
    int64_t *ret_us);

#endif
