#ifndef REFORM_EFFECT_H
#define REFORM_EFFECT_H

#include "core/ctx.h"
#include "core/shape.h"
#include "reform/plan.h"
#include "trust/trust.h"

/*
 * What a plan would do, by comparing the country before and after it:
 *
 * units	who begins, ends, comes back, is taken back or is changed
 * obligations	which obligations begin, end, or are acted on or accepted by
 *		others
 * reports	work of others' that is touched: drafts, what was sent and not
 *		accepted; of a unit that is taken back everything it signed, and
 *		where it counts from then on
 * positions	whose rights end, come back, move or grow
 * totals	by how much which totals move, and what lands in unallocated
 *
 * Obligations and totals are of each form's newest open period, of those after it
 * that begin by the day all changes hold, and of at most EFFECT_PERIODS_MAX
 * before it that end after the first day.  Totals are differences, in the
 * structure of the day all changes hold or of the period's last day if it is
 * later; what somebody else reports meanwhile does not change them.  Amounts are
 * of basis sent.
 *
 * Each item has a mark, the beginning of a digest of what it says; digest is over
 * all of them, also of those that are not listed (EFFECT_MOST of each).
 */
#define EFFECT_MOST 2000
#define EFFECT_PERIODS_MAX 4
#define EFFECT_CELLS_MAX 20
#define EFFECT_REFS_MAX 1000
#define EFFECT_MARK_LEN 16

struct effect_counts {
	int64_t units;
	int64_t obligations;
	int64_t reports;
	int64_t positions;
	int64_t totals;
};

struct effect {
	int64_t index;
	const char *digest;
	bool complete;
	const struct effect_counts *counts;
	struct list_of units;
	struct list_of obligations;
	struct list_of reports;
	struct list_of positions;
	struct list_of totals;
	/* Not shown: of all items in their order. */
	struct effect_line *lines;
	size_t line_count;
};
extern const struct shape effect_shape;

/* An item for comparisons: what it is about, and its mark. */
struct effect_line {
	const char *mark;
	const char *text;
};

/* Needs ctx->tx; what the cube holds is asked as well. */
NODISCARD enum fail effect_of(struct ctx *ctx, const struct reform_plan *plan,
    const struct effect **ret);

#endif
