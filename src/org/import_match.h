#ifndef ORG_IMPORT_MATCH_H
#define ORG_IMPORT_MATCH_H

#include "org/import_units.h"
#include "org/packages.h"

/*
 * Who succeeds whom, by position in the packages' arrays.  The counts and notes
 * go into the report.
 */
struct match_list {
	const int *at;
	size_t count;
};

struct match {
	struct match_list *successors;   /* of old communes: new communes */
	struct match_list *predecessors; /* of new communes: old communes */
	int *unlisted; /* of new communes: predecessors that are not listed */
	int *island;   /* of new communes: the old district, -1 */
	int *province; /* of old provinces: the new one */
	int *province_before; /* of new provinces: the sole old one, -1 */
	bool *continued; /* of new communes: its sole predecessor goes on */
};

NODISCARD enum fail match_packages(struct ctx *ctx,
    const struct packages *packages, struct import_units *report,
    struct match *ret);

#endif
