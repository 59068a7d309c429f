#ifndef REPORT_LIST_H
#define REPORT_LIST_H

#include <stdint.h>

#include "core/ctx.h"
#include "core/shape.h"

/*
 * Reports that the actor may see, by number.  Rights are checked row by row, so
 * a page may be short while more follows: next says so.
 */
struct report_list_query {
	const char *form;
	const char *period;
	const char *unit;
	const char *children_of;
	const char *state; /* one of report_states */
	int64_t limit;     /* 0: PAGING_USUAL */
	int64_t after;
	const char *format; /* app/table.h */
};
#define LIST_SCAN_MAX 5000 /* rows looked at for one page */

struct report_list;
extern const struct shape report_list_shape;
NODISCARD enum fail report_list(struct ctx *ctx,
    const struct report_list_query *query, const struct report_list **ret);

#endif
