#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "ledger/inside.h"

static enum fail
broken(struct ctx *ctx, int64_t index, const char *why)
{
	return FAIL(ctx, FAIL_INTERNAL, "ledger.broken",
	    "entry %" PRId64 ": %s", index, why);
}

/* The next entry of the walk against where the walk stands. */
static enum fail
check_entry(struct ctx *ctx, const struct ledger_entry *entry,
    struct ledger_state *walk, struct arena *scratch)
{
	const struct digest digest =
	    ledger_body_digest(entry->salt, entry->body);
	struct digest leaf = { 0 };

	if (entry->index != walk->tree.size)
		return broken(ctx, walk->tree.size, "is missing");
	if (entry->at_us < walk->at_us)
		return broken(ctx, entry->index,
		    "is older than the one before");
	if (memcmp(digest.at, entry->body_digest.at, DIGEST_LEN) != 0)
		return broken(ctx, entry->index,
		    "its body or salt is not what was recorded");
	leaf = ledger_entry_leaf(scratch, entry);
	ledger_tree_add(&walk->tree, &leaf);
	walk->at_us = entry->at_us;
	return OK;
}

enum fail
ledger_verify(struct ctx *ctx, int64_t *ret_checked)
{
	AUTO(arena_end) struct arena *scratch = arena_child(ctx->arena);
	struct ledger_reader *reader = NULL;
	struct ledger_entry entry = { 0 };
	struct ledger_state stored = { 0 };
	struct ledger_state walk = { 0 };
	struct digest root = { 0 };
	struct digest signed_root = { 0 };
	bool more = false;

	TRY(ledger_state_load(ctx, ctx->home->ledger, &stored));
	TRY(ledger_read(ctx, INT64_MIN, INT64_MAX, &reader));
	for (;;) {
		TRY(ledger_next(ctx, reader, &entry, &more));
		if (!more)
			break;
		TRY(check_entry(ctx, &entry, &walk, scratch));
		arena_reset(scratch);
	}
	if (walk.tree.size != stored.tree.size)
		return broken(ctx, walk.tree.size, "is missing at the end");
	root = ledger_tree_root(&walk.tree);
	signed_root = ledger_tree_root(&stored.tree);
	if (memcmp(root.at, signed_root.at, DIGEST_LEN) != 0)
		return broken(ctx, walk.tree.size - 1,
		    "or one before was changed: the root is not the "
		    "checkpoint's");
	*ret_checked = walk.tree.size;
	return OK;
}
