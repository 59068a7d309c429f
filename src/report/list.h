#ifndef REPORT_LIST_H
#define REPORT_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/shape.h"

/*
 * Reports that the actor may see, the newest first: by number, downwards.  Rights
 * and filters are looked at row by row, so a page may be short, or empty, while
 * more follows: next says so.
 *	FAIL_INVALID	"form.unknown" "period.unknown" "unit.*"
 */
struct report_list_query {
	const char *form;
	const char *period;
	const char *unit;
	const char *children_of;
	const char *state;  /* one of report_states */
	const char *q;      /* unit_text_read; NULL: all */
	bool late;          /* only late ones */
	int64_t limit;      /* 0: PAGING_USUAL */
	int64_t after;      /* the number of the last one seen; 0: none */
	const char *format; /* app/table.h */
};
#define LIST_SCAN_MAX 5000 /* rows looked at for one page */

struct report_list;
extern const struct shape report_list_shape;
NODISCARD enum fail report_list(struct ctx *ctx,
    const struct report_list_query *query, const struct report_list **ret);

#endif
