#include "ledger/ledger.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/file.h"
#include "core/home.h"
#include "core/random.h"
#include "core/text.h"
#include "ledger/inside.h"
#include "ledger/ledger.sql.h"

/* Canonical JSON by hand: the members are in their order. */
struct digest
ledger_entry_leaf(struct arena *arena, const struct ledger_entry *entry)
{
	return ledger_tree_leaf(bytes_of_text(arena_printf(arena,
	    "{\"at\":%" PRId64 ",\"body_digest\":\"%s\",\"body_len\":%zu,"
	    "\"index\":%" PRId64 ",\"kind\":\"%s\",\"unit\":%" PRId64 "}",
	    entry->at_us, digest_hex(arena, &entry->body_digest),
	    entry->body.len, entry->index, entry->kind, entry->unit)));
}

void
ledger_take_moment(struct ctx *ctx)
{
	const struct ledger *ledger = ctx->home->ledger;

	assert(tx_is_write(ctx));
	if (ctx->now_us < ledger->staged_us)
		ctx->now_us = ledger->staged_us;
	if (ctx->now_us < ledger->pending.at_us)
		ctx->now_us = ledger->pending.at_us;
}

static enum fail
number_one(struct ctx *leader, struct ledger_state *state,
    struct ledger_entry *entry)
{
	const struct bytes file = digest_bytes(&entry->file);
	const int64_t bytes = (int64_t)entry->body.len;
	struct digest leaf = { 0 };

	entry->index = state->tree.size;
	if (entry->at_us < state->at_us)
		entry->at_us = state->at_us; /* another one's turn came first */
	leaf = ledger_entry_leaf(leader->arena, entry);
	TRY(sql_ledger_add(leader,
	    &(struct sql_ledger_add_args){
		.id = entry->id,
		.idx = entry->index,
		.at = entry->at_us,
		.kind = entry->kind,
		.unit = entry->unit,
		.salt = { entry->salt, sizeof(entry->salt) },
		.body_digest = digest_bytes(&entry->body_digest),
		.body = entry->is_file ? bytes_of_text("") : entry->body,
		.body_blob = entry->is_file ? &file : NULL,
		.body_bytes = entry->is_file ? &bytes : NULL,
	    }));
	ledger_tree_add(&state->tree, &leaf);
	state->at_us = entry->at_us;
	return OK;
}

enum fail
ledger_ready(struct ctx *ctx)
{
	const struct ledger *ledger = ctx->home->ledger;

	if (!atomic_load(&ledger->is_unread))
		return OK;
	return FAIL(ctx, FAIL_BUSY, "ledger.unread",
	    "the ledger has entries after the %" PRId64 " that were read",
	    ledger_size(ledger));
}

static enum fail
number(struct ctx *leader, void *owner, struct tx_entry *first)
{
	struct ledger *ledger = owner;

	if (ledger->unsure) {
		TRY(ledger_state_load(leader, ledger, &ledger->durable));
		/* Nobody told those who follow of these: totals lack them. */
		atomic_store(&ledger->is_unread,
		    ledger->durable.tree.size != ledger_size(ledger));
		TRY(ledger_ready(leader));
		ledger->pending = ledger->durable;
		ledger->unsure = false;
	}
	for (struct tx_entry *link = first; link != NULL; link = link->next)
		TRY(link->number != NULL ? link->number(leader, link)
					 : number_one(leader, &ledger->pending,
					       (struct ledger_entry *)link));
	return OK;
}

static bool
is_same_audit(const struct ledger_audit *a, const struct ledger_audit *b)
{
	return a->has_begun == b->has_begun && a->id == b->id;
}

static bool
are_same_rows(const struct ledger_rows *a, const struct ledger_rows *b)
{
	return a->has_begun == b->has_begun &&
	       memcmp(a->sum, b->sum, sizeof(a->sum)) == 0;
}

static enum fail
seal(struct ctx *leader, void *owner)
{
	const struct ledger *ledger = owner;
	const struct ledger_state *state = &ledger->pending;
	const char *note = NULL;

	/* A batch may number other things, which the checkpoint does not name. */
	if (state->tree.size == ledger->durable.tree.size &&
	    is_same_audit(&state->audit, &ledger->durable.audit) &&
	    are_same_rows(&state->rows, &ledger->durable.rows))
		return OK;
	TRY(note_sign(leader, ledger->key,
	    ledger_checkpoint_text(leader->arena, ledger, state), &note));
	return sql_ledger_state_set(leader, state->tree.size, state->at_us,
	    ledger_tree_frontier(leader->arena, &state->tree), note);
}

/* Is it the batch's checkpoint that is stored, or still the one before? */
static enum fail
kept(struct ctx *leader, void *owner, bool *ret)
{
	const struct ledger *ledger = owner;
	struct arena *arena = leader->arena;
	const char *mine =
	    ledger_checkpoint_text(arena, ledger, &ledger->pending);
	const char *before =
	    ledger_checkpoint_text(arena, ledger, &ledger->durable);
	struct ledger_state stored = { 0 };
	const char *there = NULL;

	TRY(ledger_state_load(leader, ledger, &stored));
	there = ledger_checkpoint_text(arena, ledger, &stored);
	*ret = text_equal(there, mine);
	if (text_equal(mine, before) || (!*ret && !text_equal(there, before)))
		return FAIL(leader, FAIL_UPSTREAM, "store.uncertain",
		    "the checkpoint does not tell");
	return OK;
}

static void
numbered(void *owner, bool committed)
{
	struct ledger *ledger = owner;

	if (committed) {
		ledger->durable = ledger->pending;
		atomic_store(&ledger->size, ledger->durable.tree.size);
		return;
	}
	ledger->pending = ledger->durable;
	ledger->unsure = true;
}

static void
published(void *owner, bool committed)
{
	const struct ledger *ledger = owner;

	if (ledger->follower != NULL)
		ledger->follower(ledger->follower_owner, committed);
}

const struct store_hooks ledger_hooks = {
	.number = number,
	.seal = seal,
	.kept = kept,
	.numbered = numbered,
	.published = published,
};

int64_t
ledger_size(const struct ledger *ledger)
{
	return atomic_load(&ledger->size);
}

const struct ledger_audit *
ledger_audit(const struct ledger *ledger)
{
	return &ledger->pending.audit;
}

void
ledger_audit_set(struct ledger *ledger, const struct ledger_audit *audit)
{
	assert(audit->has_begun);
	ledger->pending.audit = *audit;
}

enum fail
ledger_audit_stored(struct ctx *ctx, struct ledger_audit *ret)
{
	struct ledger_state state = { 0 };

	TRY(ledger_state_load(ctx, ctx->home->ledger, &state));
	*ret = state.audit;
	return OK;
}

const struct ledger_rows *
ledger_rows(const struct ledger *ledger)
{
	return &ledger->pending.rows;
}

void
ledger_rows_set(struct ledger *ledger, const struct ledger_rows *rows)
{
	ledger->pending.rows = *rows;
}

enum fail
ledger_rows_stored(struct ctx *ctx, struct ledger_rows *ret)
{
	struct ledger_state state = { 0 };

	TRY(ledger_state_load(ctx, ctx->home->ledger, &state));
	*ret = state.rows;
	return OK;
}

int64_t
ledger_last_us(const struct ledger *ledger)
{
	return ledger->durable.at_us;
}

int64_t
ledger_next_index(const struct ledger *ledger)
{
	return ledger->pending.tree.size;
}

void
ledger_follow(struct ledger *ledger,
    void (*follower)(void *owner, bool committed), void *owner)
{
	ledger->follower = follower;
	ledger->follower_owner = owner;
}
