#ifndef CORE_PAGING_H
#define CORE_PAGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/shape.h"

/*
 * A list in pages: the query has limit and after, the answer next.  after is the
 * next of the page before; what it counts - rows seen, the last id - is the
 * list's own business.  Places in the events are texts (event/event.h) and share
 * limit only.
 */
#define PAGING_USUAL 100 /* items, if no limit is given */
#define PAGING_MOST 500  /* items of one page, unless the list has fewer */

/* clang-format off */
#define F_LIMIT(st, most_) \
	F_INT(st, limit, 1, most_, OPTIONAL, \
	    "most items in the answer; default 100", "100")
#define F_AFTER(st) \
	F_INT(st, after, 0, INT64_MAX, OPTIONAL, \
	    "next of the page before", "100")
#define F_NEXT(st) \
	F_OPT_INT(st, next, 1, INT64_MAX, \
	    "send it as after for the next page; null: the end", "100")
/* clang-format on */

/*
 * A list that asked for a row more than limit: count without it, and whether it
 * was there, so that next is null behind the last page.
 */
static inline bool
paging_cut(int64_t limit, size_t *count)
{
	if (*count <= (size_t)limit)
		return false;
	*count = (size_t)limit;
	return true;
}

/* A query's limit; 0: none was given. */
static inline size_t
paging_limit(int64_t limit)
{
	return limit == 0 ? PAGING_USUAL : (size_t)limit;
}

#endif
