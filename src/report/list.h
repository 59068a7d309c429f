#ifndef REPORT_LIST_H
#define REPORT_LIST_H

#include <stdint.h>

#include "core/ctx.h"
#include "core/shape.h"

/*
 * Reports that the actor may see, by number.  Rights are checked row by row, so
 * a page may be short while more follows: next tells.
 */
struct report_list_query {
	const char *form;
	const char *period;
	const char *unit;
	const char *children_of;
	const char *state; /* one of report_list_states */
	int64_t limit;     /* 0: LIST_DEFAULT */
	int64_t after;
};
#define LIST_DEFAULT 100
#define LIST_SCAN_MAX 5000 /* rows looked at for one page */

extern const char *const report_list_states[]; /* NULL-terminated */

struct report_list;
extern const struct shape report_list_shape;
NODISCARD enum fail report_list(struct ctx *ctx,
    const struct report_list_query *query, const struct report_list **ret);

#endif
