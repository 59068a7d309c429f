#ifndef REGIME_CHECK_H
#define REGIME_CHECK_H

#include "core/ctx.h"

/*
 * Are the published forms what the ledger says was published?  Their heads, last
 * days and versions against the digests in the entries of form.publish, which
 * are made anew from the rows.  ret_versions: versions compared.  Needs TX_READ.
 *	FAIL_INTERNAL	"form.differs"	the message names the form
 *	FAIL_INTERNAL	"form.body"	an entry cannot be read
 *	and those of ledger_read_kinds
 */
NODISCARD enum fail regime_check(struct ctx *ctx, int64_t *ret_versions);

#endif
