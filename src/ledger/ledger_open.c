#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/file.h"
#include "core/home.h"
#include "core/num.h"
#include "core/random.h"
#include "core/text.h"
#include "ledger/inside.h"
#include "ledger/ledger.sql.h"

#define KEY_FILE "ledger.key"

static enum fail
broken(struct ctx *ctx, const char *why)
{
	return FAIL(ctx, FAIL_INTERNAL, "ledger.broken", "%s", why);
}

/* The last entry is where the state says it is. */
static enum fail
check_last(struct ctx *ctx, int64_t size, int64_t at_us)
{
	struct sql_ledger_ends *ends = NULL;
	struct sql_ledger_at_of *last = NULL;

	TRY(sql_ledger_ends(ctx, &ends));
	if (ends->last_idx != size - 1)
		return FAIL(ctx, FAIL_INTERNAL, "ledger.broken",
		    "the last entry has index %" PRId64
		    ", the tree has %" PRId64 " leaves",
		    ends->last_idx, size);
	if (size == 0)
		return OK;
	TRY(sql_ledger_at_of(ctx, size - 1, &last));
	if (last == NULL || last->at != at_us)
		return broken(ctx, "the last entry's time is not the state's");
	return OK;
}

enum fail
ledger_state_load(struct ctx *ctx, const struct ledger *ledger,
    struct ledger_state *ret)
{
	struct sql_ledger_state_find *row = NULL;
	struct ledger_state state = { 0 };
	const char *text = NULL;

	TRY(sql_ledger_state_find(ctx, &row));
	if (row != NULL) {
		state.at_us = row->at;
		if (!ledger_tree_load(row->size, row->frontier, &state.tree))
			return broken(ctx,
			    "the frontier does not fit the size");
		if (note_open(ctx, ledger->public_key, row->checkpoint,
			&text) != OK) {
			fail_clear(ctx);
			return broken(ctx, "the checkpoint is not signed");
		}
		if (!ledger_checkpoint_read(ctx->arena, ledger, text, &state))
			return broken(ctx, "the checkpoint names another root");
	}
	TRY(check_last(ctx, state.tree.size, state.at_us));
	*ret = state;
	return OK;
}

/* The name is the checkpoint's origin; it need only differ between ledgers. */
static enum fail
make_key(struct ctx *ctx, struct key **ret)
{
	uint8_t own[8] = { 0 };

	random_bytes(ctx->random, own, sizeof(own));
	return key_generate(ctx,
	    arena_printf(ctx->arena, "truc/ledger/%s",
		bytes_hex(ctx->arena, (struct bytes){ own, sizeof(own) })),
	    ret);
}

/* A key without a folder lives as long as the process: for tests. */
static enum fail
take_key(struct ctx *ctx, bool is_empty, struct key **ret)
{
	const char *folder = ctx->home->data_dir;
	const char *path = NULL;
	struct key *key = NULL;
	enum fail saved = OK;

	if (folder == NULL)
		return make_key(ctx, ret);
	path = arena_printf(ctx->arena, "%s/" KEY_FILE, folder);
	if (file_exists(path))
		return key_load(ctx, path, ret);
	if (!is_empty)
		return broken(ctx, "the ledger has entries, but its key file "
				   "is missing");
	TRY(make_key(ctx, &key));
	saved = key_save(ctx, key, path);
	if (saved != OK) {
		key_free(key);
		return saved;
	}
	*ret = key;
	return OK;
}

/* Ed25519 signs the same text alike; no note begins so. */
static enum fail
secret_of(struct ctx *ctx, const struct key *key, const char *purpose,
    struct digest *ret)
{
	uint8_t signature[SIGNATURE_LEN];

	TRY(key_sign(ctx, key,
	    bytes_of_text(
		arena_printf(ctx->arena, "truc/secret/1 %s", purpose)),
	    signature));
	*ret = digest_of((struct bytes){ signature, sizeof(signature) });
	return OK;
}

static enum fail
open_in_tx(struct ctx *ctx, struct ledger *ledger)
{
	struct sql_ledger_ends *ends = NULL;
	struct sql_ledger_state_find *state = NULL;

	TRY(sql_ledger_ends(ctx, &ends));
	TRY(sql_ledger_state_find(ctx, &state));
	ledger->next_id = ends->last_id + 1;
	TRY(take_key(ctx, ends->last_idx < 0 && state == NULL, &ledger->key));
	ledger->public_key = key_public(ledger->arena, ledger->key);
	TRY(secret_of(ctx, ledger->key, "rows", &ledger->rows_secret));
	TRY(ledger_state_load(ctx, ledger, &ledger->durable));
	ledger->pending = ledger->durable;
	atomic_init(&ledger->size, ledger->durable.tree.size);
	return OK;
}

enum fail
ledger_open(struct ctx *ctx, struct ledger **ret)
{
	struct arena *arena = NULL;
	struct ledger *ledger = NULL;
	struct store_hooks hooks = ledger_hooks;
	enum fail got = OK;

	TRY(tx_begin(ctx, TX_READ));
	arena = arena_new(0);
	ledger = ARENA_NEW(arena, struct ledger);
	ledger->arena = arena;
	got = tx_end(ctx, open_in_tx(ctx, ledger));
	if (got != OK) {
		ledger_close(ledger);
		return got;
	}
	hooks.owner = ledger;
	store_set_hooks(ctx->home->store, &hooks);
	*ret = ledger;
	return OK;
}

void
ledger_close(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	key_free(ledger->key);
	arena_free(ledger->arena);
}

enum fail
ledger_secret(struct ctx *ctx, const char *purpose, struct digest *ret)
{
	return secret_of(ctx, ctx->home->ledger->key, purpose, ret);
}

const char *
ledger_verifier(const struct ledger *ledger)
{
	return ledger->public_key;
}
