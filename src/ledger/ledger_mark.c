#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/text.h"
#include "ledger/inside.h"
#include "ledger/ledger.sql.h"

enum fail
ledger_mark(struct ctx *ctx, struct ledger_mark *ret)
{
	const struct ledger *ledger = ctx->home->ledger;
	struct ledger_state state = { 0 };

	TRY(ledger_state_load(ctx, ledger, &state));
	*ret = (struct ledger_mark){
		.origin = key_name(ledger->key),
		.size = state.tree.size,
		.frontier = ledger_tree_frontier(ctx->arena, &state.tree),
	};
	return OK;
}

/* False if an entry is not the next one. */
static bool
carry_on(struct arena *scratch, const struct sql_ledger_headers *row,
    struct ledger_tree *tree)
{
	struct ledger_entry entry = {
		.index = row->idx,
		.at_us = row->at,
		.kind = row->kind,
		.unit = row->unit,
		.body = { NULL, (size_t)row->body_len },
	};
	struct digest leaf = { 0 };

	if (row->idx != tree->size || row->body_digest.len != DIGEST_LEN)
		return false;
	memcpy(entry.body_digest.at, row->body_digest.at, DIGEST_LEN);
	leaf = ledger_entry_leaf(scratch, &entry);
	ledger_tree_add(tree, &leaf);
	return true;
}

static enum fail
carry_to_end(struct ctx *ctx, struct ledger_tree *tree, bool *ret_gapless)
{
	AUTO(arena_end) struct arena *scratch = arena_child(ctx->arena);
	struct sql_ledger_headers row = { 0 };
	struct cursor *cursor = NULL;
	bool more = true;

	TRY(sql_ledger_headers_open(ctx, tree->size, &cursor));
	*ret_gapless = true;
	while (*ret_gapless) {
		TRY(sql_ledger_headers_next(ctx, cursor, &row, &more));
		if (!more)
			break;
		*ret_gapless = carry_on(scratch, &row, tree);
		arena_reset(scratch);
	}
	return OK;
}

enum fail
ledger_was_at(struct ctx *ctx, const struct ledger_mark *mark, bool *ret_was)
{
	const struct ledger *ledger = ctx->home->ledger;
	struct ledger_state now = { 0 };
	struct ledger_tree tree = { 0 };
	struct digest carried = { 0 };
	struct digest signed_root = { 0 };
	bool gapless = false;

	*ret_was = false;
	TRY(ledger_state_load(ctx, ledger, &now));
	if (!text_equal(mark->origin, key_name(ledger->key)) ||
	    mark->size > now.tree.size ||
	    !ledger_tree_load(mark->size, mark->frontier, &tree))
		return OK;
	TRY(carry_to_end(ctx, &tree, &gapless));
	if (!gapless || tree.size != now.tree.size)
		return OK;
	carried = ledger_tree_root(&tree);
	signed_root = ledger_tree_root(&now.tree);
	*ret_was = memcmp(carried.at, signed_root.at, DIGEST_LEN) == 0;
	return OK;
}

const char *
ledger_origin(const struct ledger *ledger)
{
	return key_name(ledger->key);
}
