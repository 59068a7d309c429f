#ifndef PEOPLE_AUDIT_H
#define PEOPLE_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "trust/trust.h"

/*
 * Audit is business data, not a log: who did what to which object when, written
 * with the unit of work of the act itself.  action is "report.sign"; object is
 * the row's id; detail is short text without contents of reports, may be NULL.
 * unit and object are 0 where there is none.  The actor of ctx is who did it.
 * Needs TX_WRITE.  action is kept, not copied, until the commit.
 *
 * The row is numbered in the commit, as an entry of the ledger is, and so not
 * seen by its own unit of work.  Each row's chain is a MAC (people/mac.h) over the
 * row and the chain of the one before; the newest is bound in the checkpoint,
 * the rows have eight bytes of theirs, to find the place.
 */
#define AUDIT_DETAIL_MAX 500 /* bytes; longer is cut at a character */
NODISCARD enum fail audit_note(struct ctx *ctx, const char *action,
    int64_t unit, int64_t object, const char *detail);
/* The same of an act that left its object in this state: a MAC over its row (eight
 * bytes are kept), which truc doctor compares with the row. */
NODISCARD enum fail audit_note_state(struct ctx *ctx, const char *action,
    int64_t unit, int64_t object, const char *detail,
    const struct digest *state);

/* All rows in order, each compared with its chain, for who reads them in a
 * TX_READ or TX_WRITE.  FAIL_INTERNAL "audit.broken" with the row */
struct audit_kept {
	int64_t id;
	const char *action;
	int64_t object; /* 0: none */
	int64_t person; /* 0: the program itself */
	int64_t at_us;
	const int64_t *state; /* mac_number of it; NULL: none */
};
struct audit_end {
	int64_t id; /* of the newest; 0: there is none */
	struct digest chain;
	int64_t count;
};
NODISCARD enum fail audit_fold(struct ctx *ctx,
    void (*take)(void *arg, const struct audit_kept *row), void *arg,
    struct audit_end *ret);

/*
 * At start, for who writes: is the newest row the one that the checkpoint
 * names?  Where no checkpoint has named one, the chain begins: audit_begin in a
 * TX_WRITE takes the rows of before as they are.
 *	FAIL_INTERNAL	"audit.broken"
 */
NODISCARD enum fail audit_check_end(struct ctx *ctx, bool *ret_has_begun);
NODISCARD enum fail audit_begin(struct ctx *ctx);

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
