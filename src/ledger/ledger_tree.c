#include "ledger/ledger_tree.h"

#include <assert.h>
#include <string.h>

#include "core/arena.h"

static bool
has_level(int64_t size, int level)
{
	return ((uint64_t)size >> level & 1) != 0;
}

struct digest
ledger_tree_leaf(struct bytes header)
{
	static const uint8_t mark = 0x00;
	const struct bytes pieces[] = { { &mark, 1 }, header };

	return digest_of_pieces(pieces, 2);
}

static struct digest
node(const struct digest *left, const struct digest *right)
{
	static const uint8_t mark = 0x01;
	const struct bytes pieces[] = { { &mark, 1 }, digest_bytes(left),
		digest_bytes(right) };

	return digest_of_pieces(pieces, 3);
}

/* Adding one to size carries through its low set digits; so do the roots. */
void
ledger_tree_add(struct ledger_tree *tree, const struct digest *leaf)
{
	struct digest carried = *leaf;
	int level = 0;

	assert(tree->size < INT64_MAX);
	for (; has_level(tree->size, level); level++)
		carried = node(&tree->perfect[level], &carried);
	tree->perfect[level] = carried;
	tree->size++;
}

struct digest
ledger_tree_root(const struct ledger_tree *tree)
{
	struct digest root = { 0 };
	bool begun = false;

	if (tree->size == 0)
		return digest_of((struct bytes){ NULL, 0 });
	for (int level = 0; level < LEDGER_TREE_LEVELS; level++) {
		if (!has_level(tree->size, level))
			continue;
		root = begun ? node(&tree->perfect[level], &root)
			     : tree->perfect[level];
		begun = true;
	}
	return root;
}

struct bytes
ledger_tree_frontier(struct arena *arena, const struct ledger_tree *tree)
{
	uint8_t *out =
	    ARENA_ARRAY(arena, LEDGER_TREE_LEVELS * DIGEST_LEN, uint8_t);
	size_t len = 0;

	for (int level = LEDGER_TREE_LEVELS - 1; level >= 0; level--) {
		if (!has_level(tree->size, level))
			continue;
		memcpy(out + len, tree->perfect[level].at, DIGEST_LEN);
		len += DIGEST_LEN;
	}
	return (struct bytes){ out, len };
}

bool
ledger_tree_load(int64_t size, struct bytes frontier, struct ledger_tree *ret)
{
	struct ledger_tree tree = { .size = size };
	size_t at = 0;

	if (size < 0)
		return false;
	for (int level = LEDGER_TREE_LEVELS - 1; level >= 0; level--) {
		if (!has_level(size, level))
			continue;
		if (frontier.len - at < DIGEST_LEN)
			return false;
		memcpy(tree.perfect[level].at, frontier.at + at, DIGEST_LEN);
		at += DIGEST_LEN;
	}
	if (at != frontier.len)
		return false;
	*ret = tree;
	return true;
}
