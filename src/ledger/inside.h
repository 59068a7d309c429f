#ifndef LEDGER_INSIDE_H
#define LEDGER_INSIDE_H

#include <stdatomic.h>

#include "ledger/ledger.h"
#include "ledger/ledger_tree.h"

/*
 * What the files of ledger/ share.  Nobody else includes this.
 */

/* Where the ledger is. */
struct ledger_state {
	struct ledger_tree tree;
	int64_t at_us; /* of the last entry */
	struct ledger_audit audit;
	struct ledger_rows rows;
};

/*
 * next_id, pending and unsure belong to the holder of the writer's ticket: they
 * are touched by ledger_append and the hooks only.
 */
struct ledger {
	struct arena *arena; /* holds the ledger itself */
	struct key *key;
	const char *public_key;
	struct digest rows_secret; /* hides the sum of the rows */
	int64_t next_id;
	int64_t staged_us;           /* the latest entry that was staged */
	struct ledger_state pending; /* with the open batch */
	struct ledger_state durable;
	bool unsure; /* a commit did not come through: read the state anew */
	_Atomic bool is_unread; /* it has entries that were never published */
	_Atomic int64_t size;   /* of durable, for any thread */
	/* Who follows; NULL: nobody. */
	void (*follower)(void *owner, bool committed);
	void *follower_owner;
};

extern const struct store_hooks ledger_hooks; /* without the owner */

/* The leaf of an entry whose index and at are known; of body only len counts. */
struct digest ledger_entry_leaf(struct arena *arena,
    const struct ledger_entry *entry);
struct digest ledger_body_digest(const uint8_t salt[16], struct bytes body);

/* A body that is a file, into arena.  FAIL_INTERNAL "ledger.broken" */
NODISCARD enum fail ledger_body_read(struct ctx *ctx, struct arena *arena,
    struct ledger_entry *entry);
/* The same without keeping it; and does the entry's reference keep the file? */
NODISCARD enum fail ledger_body_check(struct ctx *ctx,
    const struct ledger_entry *entry);

/* As ledger_read, but body.at of a body that is a file is NULL. */
NODISCARD enum fail ledger_read_bare(struct ctx *ctx, int64_t from, int64_t to,
    struct ledger_reader **ret);

/*
 * "origin\nsize\nroot\n", C2SP tlog-checkpoint; once they have begun with
 * extension lines, "audit ID CHAIN\n" and "rows HIDDEN\n".
 */
const char *ledger_checkpoint_text(struct arena *arena,
    const struct ledger *ledger, const struct ledger_state *state);
/* The state of a text which begins with the tree's lines; false: of no state. */
bool ledger_checkpoint_read(struct arena *arena, const struct ledger *ledger,
    const char *text, struct ledger_state *state);

/*
 * The stored state, checked against its signed checkpoint and the last entry.
 *	FAIL_INTERNAL	"ledger.broken"
 */
NODISCARD enum fail ledger_state_load(struct ctx *ctx,
    const struct ledger *ledger, struct ledger_state *ret);

#endif
