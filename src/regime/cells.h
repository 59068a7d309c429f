#ifndef REGIME_CELLS_H
#define REGIME_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/json.h"
#include "core/ctx.h"
#include "core/num.h"
#include "core/text.h"
#include "regime/catalogue.h"

/*
 * The content of one report of a matrix form, and its rules.  Four states stay
 * distinct all the way up: value (zero is a value), none (not applicable, by
 * the reporter's word), missing (not reported), withheld.
 */
enum cell_state { CELL_MISSING, CELL_VALUE, CELL_NONE, CELL_WITHHELD };

struct cells {
	size_t count;
	int64_t *values;      /* scaled; 0 unless CELL_VALUE */
	uint8_t *states;      /* enum cell_state */
	const char **remarks; /* NULL, or per cell NULL or text */
};

void cells_init(struct cells *cells, struct arena *arena, size_t count);

/* The same values, states and remarks, of the same form version. */
bool cells_equal(const struct cells *a, const struct cells *b);

/* Most bytes of a remark. */
#define CELL_REMARK_MAX 2000

/*
 * From outside: an object {cell id: value}.  A value is a decimal text "12.5",
 * a JSON integer, null (missing), or {"state": "none" | "missing" |
 * "withheld", "remark": text} or {"value": text, "remark": text}: what
 * cells_write makes is read again.  Cells that are not named keep what out
 * holds; an empty out is initialised.  Faults are noted by fail_invalid() under
 * base: "cell.unknown", "cell.type", "cell.number", "cell.scale",
 * "cell.range", "cell.state", "cell.remark".
 */
void cells_read(struct ctx *ctx, const struct form_version *version,
    const struct json *node, const char *base, struct cells *out);

/* The body's array in the form's order: text, null or object. */
void cells_write(struct text *text, const struct form_version *version,
    const struct cells *cells);

/*
 * Read that array back out of a body that we wrote (fast path of start-up and
 * of truc figures).  at points at '['; what follows the array is not read.
 * scales holds one number per cell.  False if it is not what cells_write makes
 * for cell_count cells; values and states are then unusable.  Remarks are
 * skipped.  No allocation.
 */
NODISCARD bool cells_scan(const uint8_t *at, size_t len, const int *scales,
    size_t cell_count, int64_t *values, uint8_t *states);

enum verdict { RULE_NOT_JUDGED, RULE_KEPT, RULE_BROKEN };

struct finding {
	const struct rule *rule;
	enum verdict verdict;
	/* The sum of the terms, or what was held against (plausible.h), scaled;
	 * 0 if not judged. */
	i128 expected;
	int scale; /* the largest among the rule's cells */
};

/*
 * The rules that compute, each after those that its terms rest on, whatever
 * order the form names them in; gives how many.  In a circle, as a form may have
 * that was published before they were refused, the first one met comes last.
 */
size_t rules_order(struct arena *arena, const struct form_version *version,
    const size_t **ret);

/*
 * Fill missing targets of computing rules of which a term holds a value, by
 * their dependence (version->fills).  A sum that the target cannot hold exactly within its range,
 * or that rests on a withheld term, is not filled in.
 */
void rules_fill(const struct form_version *version, struct cells *cells);

/*
 * Fill missing targets of carry rules from the previous period's report, which
 * is in this version's order.
 */
void rules_carry(const struct form_version *version, struct cells *cells,
    const struct cells *previous);

/*
 * Judge all rules; previous, in this version's order, may be NULL (carry rules
 * are then not judged).  A rule that touches a withheld cell is not judged.
 * Sums are made in 128 bits: no values overflow them.  Findings are in the
 * version's order.
 */
void rules_judge(struct ctx *ctx, const struct form_version *version,
    const struct cells *cells, const struct cells *previous,
    struct finding **ret, size_t *ret_count);

#endif
