#ifndef ORG_CHECK_H
#define ORG_CHECK_H

#include "core/ctx.h"

/*
 * Do the tables of units say what the ledger says?  Each row belongs to the
 * entry that wrote it: the rows of each entry are counted, and their digest is
 * compared with the entry's.  Of entries that have no digest of rows (see
 * org/change.h) only the counts.  ret_entries, ret_counted: entries compared,
 * and those of them by counts alone.  Needs TX_READ.
 *	FAIL_INTERNAL	"unit.differs"	the message names entry and table
 *	FAIL_INTERNAL	"unit.body", and those of ledger_read_kinds
 */
NODISCARD enum fail org_check(struct ctx *ctx, int64_t *ret_entries,
    int64_t *ret_counted);

#endif
