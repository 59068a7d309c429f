#ifndef REFORM_PLAN_H
#define REFORM_PLAN_H

#include "core/ctx.h"
#include "org/directory.h"
#include "org/unit.h"
#include "reform/set.h"

/*
 * What a set of changes, or taking one back, would write: rows of units that are
 * not written yet, whom they touch, and the country as it would be.
 */
struct plan_unit {
	int64_t id;
	const char *ref; /* "17", or "new:a" */
	int place;       /* position of the change that touched it last */
	const struct unit *there;        /* NULL: new, or gone */
	struct unit_version_new version; /* what holds of it so far */
	bool is_new;
	bool is_ended;
	bool is_touched; /* by more than being somebody's parent */
	bool is_bare;    /* a succession names it; nothing else is said of it */
	struct plan_unit *next; /* in the order of their first touch */
};

struct reform_plan {
	struct unit_batch *batch;
	const struct directory *before;
	const struct directory *after;
	struct map *units; /* by id */
	struct map *fresh; /* by key */
	struct plan_unit *first;
	struct plan_unit **last;
	day from; /* of its first change */
	day to;   /* of its last one: all of it holds */
};

/* What is kept of a set: a row of table reform. */
struct plan_kept {
	int64_t of; /* the set that it takes back, 0: none */
	const char *act;
	const char *note;
	int64_t changes;
	const char *body;
};
/* The source in the ledger's entry: it names what is kept by its digest. */
const char *plan_source(struct arena *arena, const struct plan_kept *kept);

/*
 * Needs ctx->tx.  All faults are noted at their places, "/changes/3/unit".
 *	FAIL_INVALID	"input.missing" "input.unknown"	what the kind needs, has not
 *	FAIL_INVALID	"unit.ref" "unit.unknown" "unit.code_needs_date"
 *	FAIL_INVALID	"unit.name" "unit.type" "unit.code" "unit.act"
 *	FAIL_INVALID	"reform.key"	not clean, or twice
 *	FAIL_INVALID	"reform.day"	the unit does not live then, or too far ahead
 *	FAIL_INVALID	"reform.later"	something is known of the unit after the day
 *	FAIL_INVALID	"reform.ended"	an earlier change of the set ends it
 *	FAIL_INVALID	"reform.itself"	a unit under or into itself
 *	FAIL_INVALID	"reform.twice"	the unit is named twice
 *	FAIL_INVALID	"reform.shares"	more than all of it
 *	FAIL_INVALID	"reform.parts"	nothing or nobody is said
 *	FAIL_INVALID, at the change that touched it: what org_changed refuses
 *	FAIL_LOGIN, FAIL_DENIED "access.denied"	unit.change at the unit above
 *			each unit that is touched, before and after
 */
#define PLAN_AHEAD_DAYS 3660
NODISCARD enum fail plan_make(struct ctx *ctx, const struct change_set *set,
    const struct plan_kept *kept, struct reform_plan **ret);

/*
 * What would take back what one entry of the ledger wrote: each row gets the
 * value of before, who was founded never was, and what he signed goes to those
 * he was made of.
 *	FAIL_CONFLICT	"reform.overtaken"	later changes rest on it
 *	FAIL_CONFLICT	"unit.*"		what org_changed refuses
 *	FAIL_DENIED
 */
NODISCARD enum fail plan_counter(struct ctx *ctx, int64_t entry,
    const struct plan_kept *kept, struct reform_plan **ret);

/* The name of a unit in answers: "17", or "new:a". */
const char *plan_ref(struct arena *arena, const struct reform_plan *plan,
    int64_t id);

#endif
