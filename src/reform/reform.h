#ifndef REFORM_REFORM_H
#define REFORM_REFORM_H

#include "core/ctx.h"
#include "core/shape.h"
#include "reform/effect.h"
#include "reform/set.h"

/*
 * Changes of units by one mechanism: a set of changes (set.h) or the taking back
 * of one is shown first, with all that it moves (effect.h); whoever applies it
 * names what was shown, and it is done if that would still be the same.  In one
 * unit of work, with one entry of the ledger, "unit.reform"; the batch's source
 * in it has a digest of what is kept of the set.
 *
 * Who may: unit.change at the unit above each that is touched, before and after.
 * Failures of all are those of plan.h, and
 *	FAIL_NOT_FOUND	"reform.unknown"
 *	FAIL_CONFLICT	"reform.undone"		it was taken back already
 *	FAIL_CONFLICT	"reform.changed"	it would not do what was shown; what
 *			is new is noted at /digest, what is gone at
 *			/marks/N
 */
#define REFORM_REASON_MAX 2000 /* bytes */
#define REFORM_MARKS_MAX (5 * EFFECT_MOST)

/* Need TX_READ; nothing is written. */
NODISCARD enum fail reform_preview(struct ctx *ctx,
    const struct change_set *set, const struct effect **ret);

NODISCARD enum fail reform_counter_preview(struct ctx *ctx, int64_t id,
    const char *act, const char *reason, const struct effect **ret);

/* What was shown: index and digest of the preview, and, so that the difference
 * can be told, the marks of its items. */
struct reform_shown {
	int64_t index;
	const char *digest; /* NULL: nothing was shown, do it (a command) */
	struct texts_of marks;
};

struct reform_done;
extern const struct shape reform_shape;
/* Need TX_WRITE. */
NODISCARD enum fail reform_apply(struct ctx *ctx, const struct change_set *set,
    const struct reform_shown *shown, const struct reform_done **ret);
NODISCARD enum fail reform_take_back(struct ctx *ctx, int64_t id,
    const char *act, const char *reason, const struct reform_shown *shown,
    const struct reform_done **ret);

/* Those that were applied, the newest first.  Need TX_READ and unit.change. */
struct reform_page;
extern const struct shape reform_page_shape;
NODISCARD enum fail reform_list(struct ctx *ctx, int64_t before, int64_t limit,
    const struct reform_page **ret);
NODISCARD enum fail reform_show(struct ctx *ctx, int64_t id,
    const struct reform_done **ret);

/* Is each row what its ledger entry says, and has each entry its row?  Needs
 * TX_READ.
 *	FAIL_INTERNAL	"reform.differs" */
NODISCARD enum fail reform_check(struct ctx *ctx, int64_t *ret_checked);

#endif
