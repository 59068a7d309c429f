#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "ledger/inside.h"

/* Bytes of files after which a step ends early: some milliseconds. */
#define STEP_FILES ((size_t)1024 * 1024)

static enum fail
broken(struct ctx *ctx, int64_t index, const char *why)
{
	return FAIL(ctx, FAIL_INTERNAL, "ledger.broken",
	    "entry %" PRId64 ": %s", index, why);
}

static enum fail
check_body(struct ctx *ctx, const struct ledger_entry *entry)
{
	struct digest digest = { 0 };

	if (entry->is_file)
		return ledger_body_check(ctx, entry);
	digest = ledger_body_digest(entry->salt, entry->body);
	if (memcmp(digest.at, entry->body_digest.at, DIGEST_LEN) != 0)
		return broken(ctx, entry->index,
		    "its body or salt is not what was recorded");
	return OK;
}

/* The next entry of the walk against where the walk is. */
static enum fail
check_entry(struct ctx *ctx, const struct ledger_entry *entry,
    struct ledger_state *walk, struct arena *scratch)
{
	struct digest leaf = { 0 };

	if (entry->index != walk->tree.size)
		return broken(ctx, walk->tree.size, "is missing");
	if (entry->at_us < walk->at_us)
		return broken(ctx, entry->index,
		    "is older than the one before");
	TRY(check_body(ctx, entry));
	leaf = ledger_entry_leaf(scratch, entry);
	ledger_tree_add(&walk->tree, &leaf);
	walk->at_us = entry->at_us;
	return OK;
}

struct ledger_walk {
	struct ledger_state at;     /* what has been checked */
	struct ledger_state wanted; /* stored and signed when it began */
};

enum fail
ledger_walk_begin(struct ctx *ctx, struct ledger_walk **ret)
{
	struct ledger_walk *walk = ARENA_NEW(ctx->arena, struct ledger_walk);

	TRY(ledger_state_load(ctx, ctx->home->ledger, &walk->wanted));
	*ret = walk;
	return OK;
}

/* After the last entry: is the tree the one that was signed? */
static enum fail
check_root(struct ctx *ctx, const struct ledger_walk *walk)
{
	const struct digest root = ledger_tree_root(&walk->at.tree);
	const struct digest signed_root = ledger_tree_root(&walk->wanted.tree);

	if (memcmp(root.at, signed_root.at, DIGEST_LEN) != 0)
		return broken(ctx, walk->at.tree.size - 1,
		    "or one before was changed: the root is not the "
		    "checkpoint's");
	return OK;
}

enum fail
ledger_walk_step(struct ctx *ctx, struct ledger_walk *walk, int64_t most,
    bool *ret_more)
{
	AUTO(arena_end) struct arena *scratch = arena_child(ctx->arena);
	const int64_t left = walk->wanted.tree.size - walk->at.tree.size;
	const int64_t to = walk->at.tree.size + (left < most ? left : most);
	struct ledger_reader *reader = NULL;
	struct ledger_entry entry = { 0 };
	size_t files = 0;
	bool more = true;

	/* The first step sees a negative index, too. */
	TRY(ledger_read_bare(ctx,
	    walk->at.tree.size == 0 ? INT64_MIN : walk->at.tree.size, to,
	    &reader));
	while (files < STEP_FILES) {
		TRY(ledger_next(ctx, reader, &entry, &more));
		if (!more)
			break;
		TRY(check_entry(ctx, &entry, &walk->at, scratch));
		arena_reset(scratch);
		files += entry.is_file ? entry.body.len : 0;
	}
	if (!more && walk->at.tree.size != to)
		return broken(ctx, walk->at.tree.size, "is missing");
	*ret_more = walk->at.tree.size < walk->wanted.tree.size;
	return *ret_more ? OK : check_root(ctx, walk);
}

int64_t
ledger_walk_done(const struct ledger_walk *walk)
{
	return walk->at.tree.size;
}

int64_t
ledger_walk_total(const struct ledger_walk *walk)
{
	return walk->wanted.tree.size;
}

enum fail
ledger_verify(struct ctx *ctx, int64_t *ret_checked)
{
	struct ledger_walk *walk = NULL;
	bool more = true;

	TRY(ledger_walk_begin(ctx, &walk));
	while (more)
		TRY(ledger_walk_step(ctx, walk, INT64_MAX, &more));
	*ret_checked = ledger_walk_done(walk);
	return OK;
}
