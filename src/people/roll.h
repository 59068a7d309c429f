#ifndef PEOPLE_ROLL_H
#define PEOPLE_ROLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "people/manage.h"

/*
 * The people that the actor sees (people/manage.h), in the order of names
 * (core/name_order.h), then of logins.
 */
enum roll_state { ROLL_ENABLED, ROLL_DISABLED, ROLL_ALL };

struct roll_query {
	const char *text;        /* in the name or login, folded; NULL: any */
	int64_t unit;            /* holds or will in this unit; 0: any */
	int64_t under;           /* ... in its subtree; 0: any */
	int64_t acts_in;         /* ... whose scope has this unit; 0: any */
	const struct role *role; /* ... this role; NULL: any */
	enum roll_state state;
	size_t after; /* so many are left out */
	size_t limit;
	/* Units in which the actor's reach is wholly known and small, so that
	 * they are asked one by one; NULL: all people are looked at. */
	const int64_t *units;
	size_t unit_count;
};

/* Does it hold today, and has the scope of its role this unit? */
bool roll_acts_in(struct ctx *ctx, const struct held *held, int64_t unit);

/* FAIL_LOGIN "access.login", FAIL_DENIED "access.denied". */
NODISCARD enum fail roll_read(struct ctx *ctx, const struct roll_query *query,
    struct managed **ret, size_t *ret_count, bool *ret_more);

#endif
