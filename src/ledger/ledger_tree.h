#ifndef LEDGER_LEDGER_TREE_H
#define LEDGER_LEDGER_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bytes.h"
#include "trust/trust.h"

/*
 * The Merkle tree of RFC 6962 (section 2.1) that only grows: of n leaves it
 * keeps the roots of the perfect subtrees that n's binary digits name, its
 * frontier, at most 63.  Adding a leaf costs one digest on average, the root
 * one per digit.
 *	leaf = SHA-256(0x00 || header)	node = SHA-256(0x01 || left || right)
 */
#define LEDGER_TREE_LEVELS 63

struct ledger_tree {
	int64_t size;
	/* Of 2^k leaves, where bit k of size is set; else meaningless. */
	struct digest perfect[LEDGER_TREE_LEVELS];
};

struct digest ledger_tree_leaf(struct bytes header);
void ledger_tree_add(struct ledger_tree *tree, const struct digest *leaf);
struct digest ledger_tree_root(const struct ledger_tree *tree);

/* The perfect subtrees' roots from left to right, one behind the other. */
struct bytes ledger_tree_frontier(struct arena *arena,
    const struct ledger_tree *tree);
/* False if frontier does not have as many digests as size has digits set. */
NODISCARD bool ledger_tree_load(int64_t size, struct bytes frontier,
    struct ledger_tree *ret);

#endif
