#ifndef CENTRE_FOLD_H
#define CENTRE_FOLD_H

#include "centre/figures.h"

/*
 * The same answers by another way: read the ledger from its first entry, keep
 * what each unit had sent and accepted, and add it up plainly.  Shares nothing
 * with the cube but the words of its question and answer; truc figures and the
 * tests hold the two against each other.  Reads the whole ledger: seconds for
 * millions of values.
 *
 * As figures_render, byte for byte.  Needs ctx->tx.
 *	FAIL_INTERNAL	"fold.body"	an entry that is no report of ours
 */
NODISCARD enum fail fold_render(struct ctx *ctx,
    const struct figures_query *query, struct text *text);

#endif
