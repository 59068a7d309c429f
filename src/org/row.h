#ifndef ORG_ROW_H
#define ORG_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/day.h"
#include "org/change.h"

/*
 * Rows of one of the five tables of units as the picture's builder reads them:
 * by key, those of one key in the order of their writing.  Changes that are not
 * written come after all others of their key.
 */
struct row {
	int64_t unit;
	int64_t other; /* parent, or successor; 0: none */
	day on;
	int level;
	const char *name;      /* or scheme, or kind of succession */
	const char *text;      /* type, or code, or act */
	const char *name_fold; /* of a version; NULL: not made yet */
	int64_t entry;         /* INT64_MAX: not written */
};

/* more: changes that are not written, of any kind; NULL: none.  Needs ctx->tx. */
struct rows;
NODISCARD enum fail rows_open(struct ctx *ctx, enum change_kind kind,
    const struct unit_change *more, struct rows **ret);
/* Texts are valid until the next call. */
NODISCARD enum fail rows_next(struct ctx *ctx, struct rows *rows,
    struct row *ret, bool *ret_more);

#endif
