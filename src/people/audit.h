#ifndef PEOPLE_AUDIT_H
#define PEOPLE_AUDIT_H

#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"

/*
 * Audit is business data, not a log: who did what to which object when, written
 * in the unit of work of the act itself.  action is "report.sign"; object is
 * the row's id; detail is short text without contents of reports, may be NULL.
 * unit and object are 0 where there is none.  The actor of ctx is who did it.
 * Needs TX_WRITE.
 */
#define AUDIT_DETAIL_MAX 500 /* bytes; longer is cut at a character */
NODISCARD enum fail audit_note(struct ctx *ctx, const char *action,
    int64_t unit, int64_t object, const char *detail);

/*
 * The newest rows first, at most limit (1..AUDIT_PAGE_MAX), with id below before
 * (0: from the newest).  Needs the permission ops.read; fails as access_any.
 */
#define AUDIT_PAGE_MAX 500
struct audit_row {
	int64_t id;
	int64_t at_us;
	int64_t person;    /* 0: the program itself */
	const char *login; /* of the person; NULL: the program itself */
	const char *action;
	int64_t unit;
	int64_t object;
	const char *detail; /* may be NULL */
};
NODISCARD enum fail audit_list(struct ctx *ctx, int64_t before, int64_t limit,
    struct audit_row **ret, size_t *ret_count);

#endif
