#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bytes.h"
#include "core/ctx.h"
#include "core/day.h"
#include "core/option.h"
#include "store/store.h"
#include "trust/trust.h"

/*
 * The append-only ledger.  An entry is durable before it is
 * acknowledged and is a leaf of a Merkle tree (RFC 6962 hashing) whose
 * checkpoint is signed once per batch (C2SP checkpoint, Ed25519).
 *
 *	header = canonical JSON {at, body_digest, body_len, index, kind, unit}
 *	body_digest = SHA-256(16-byte salt || body)
 *	leaf = SHA-256(0x00 || header)
 *
 * index is gapless from 0; at (microseconds UTC) never decreases: it is the
 * later of the last entry's at and the unit of work's now_us.  Both are given
 * inside the commit by the batch leader, so a unit of work knows its entries
 * by id only; rows refer to an entry by id.
 *
 * Ids are counted in memory under the writer's ticket, from the largest stored
 * one on, and an entry's row is written once, complete, when it is numbered.
 * So a failing unit's ids are skipped, a unit cannot load its own entries, and
 * a column that holds an entry's id must not be a foreign key (its row comes
 * later, and deferred constraints are banned).  Several nodes on one PostgreSQL
 * will need a sequence and a new reading of the state in the numbering hook.
 */
struct ledger;

#define LEDGER_KIND_MAX 40 /* bytes; lower-case words and points */

/*
 * A staged or stored entry.  After the commit of its unit of work index and at
 * are final (the dispatcher renders after the commit).
 */
struct ledger_entry {
	struct tx_entry link; /* for the store */
	int64_t id;
	int64_t index; /* -1 until numbered */
	int64_t at_us;
	const char *kind;  /* "report.sign" */
	int64_t unit;      /* 0: none */
	struct bytes body; /* canonical JSON */
	uint8_t salt[16];
	struct digest body_digest;
	bool is_file; /* the body is the blob file, not in the row */
	struct digest file;
};

/*
 * A body over the option's size is a file of store/blob.h, which the entry's
 * row names and its reference ("ledger", the entry's id) keeps.  Readers get
 * both alike.  Without a data folder all bodies are in their rows.
 */
extern const struct option ledger_option_table[];
enum ledger_option { LEDGER_BODY_INLINE };

#define LEDGER_BODY_MAX ((size_t)64 * 1024 * 1024)
#define LEDGER_BLOB_KIND "ledger" /* the owner of its references */

/*
 * Read the tree's state from the store, verify it against the last checkpoint,
 * and install the numbering hook.  The key is DIR/ledger.key (made if the
 * ledger is empty); without a data folder it lives as long as the process.
 * Begins its own TX_READ; the caller puts the result into home->ledger and
 * closes it after the last unit of work.
 *	FAIL_INTERNAL	"ledger.broken"	gap, wrong root or bad signature
 */
NODISCARD enum fail ledger_open(struct ctx *ctx, struct ledger **ret);
void ledger_close(struct ledger *ledger);

/*
 * Needs TX_WRITE.  kind and body are kept, not copied, until the commit; body
 * must be canonical JSON, not empty and at most LEDGER_BODY_MAX, unit 0 or
 * positive.
 *	FAIL_INTERNAL	"file.io"	a large body could not be written
 */
NODISCARD enum fail ledger_append(struct ctx *ctx, const char *kind,
    int64_t unit, struct bytes body, struct ledger_entry **ret);

/*
 * The same in two steps, so that no writer waits for digests and files: prepare
 * a body while no transaction is open, and append it in one.  It holds the file
 * until ctx->arena ends and may be appended once.  body is kept, not copied.
 *	FAIL_INTERNAL	"file.io"
 */
struct ledger_body;
NODISCARD enum fail ledger_body_prepare(struct ctx *ctx, struct bytes body,
    struct ledger_body **ret);
NODISCARD enum fail ledger_append_body(struct ctx *ctx, const char *kind,
    int64_t unit, struct ledger_body *body, struct ledger_entry **ret);

/*
 * One instant for an act: ctx->now_us, or that of the entry before, if the clock
 * was set back since or the act waited its turn behind a later one.  ctx->now_us
 * becomes it, so that what the act decides by time, its rows, its audit and its
 * entry tell the same.  Needs TX_WRITE; the first line of an act with an entry.
 */
void ledger_take_moment(struct ctx *ctx);

/* Entries that are durable: the next index to be given.  Any thread. */
int64_t ledger_size(const struct ledger *ledger);

/*
 * Does this process know all entries?  Not once the database was away for long in
 * the middle of a commit and had kept it: nothing is written then until a restart.
 * Any thread, without a transaction.
 *	FAIL_BUSY	"ledger.unread"
 */
NODISCARD enum fail ledger_ready(struct ctx *ctx);

/* When the last durable entry was made, 0 without one; before the first write. */
int64_t ledger_last_us(const struct ledger *ledger);

/*
 * The index that the next entry of the open batch will have: for a tx_entry's
 * own number function, which is between two entries.
 */
int64_t ledger_next_index(const struct ledger *ledger);

/*
 * Where the audit's rows are (people/audit.h), which are no entries: the newest
 * one's id, and a digest that follows from all of them.  Each checkpoint has it
 * in a line of its own, so that no row is changed, added or cut off unseen; a
 * batch that only moved this has a checkpoint, too.
 */
struct ledger_audit {
	bool has_begun; /* no checkpoint of before has the line */
	int64_t id;
	struct digest chain;
};
/* As of the open batch: both for a tx_entry's own number function only. */
const struct ledger_audit *ledger_audit(const struct ledger *ledger);
void ledger_audit_set(struct ledger *ledger, const struct ledger_audit *audit);
/* As the checkpoint that ctx->tx sees says.  Fails as ledger_open. */
NODISCARD enum fail ledger_audit_stored(struct ctx *ctx,
    struct ledger_audit *ret);

/*
 * What is in the rows that change and are no entries (people/tally.h): a sum over
 * all of them, in a line of each checkpoint, too.  Who has not the key cannot
 * read it: it tells whether rows are the same, not what is in them.
 */
#define LEDGER_ROWS_WORDS 4
struct ledger_rows {
	bool has_begun; /* no checkpoint of before has the line */
	uint64_t sum[LEDGER_ROWS_WORDS];
};
/* As of the open batch, and as ctx->tx sees it: as of the audit. */
const struct ledger_rows *ledger_rows(const struct ledger *ledger);
void ledger_rows_set(struct ledger *ledger, const struct ledger_rows *rows);
NODISCARD enum fail ledger_rows_stored(struct ctx *ctx,
    struct ledger_rows *ret);

/*
 * Who wants to know of every commit in which something was numbered, after its
 * effects (struct store_hooks, published).  One at most, set before the first
 * write; NULL takes it away after the last one.
 */
void ledger_follow(struct ledger *ledger,
    void (*follower)(void *owner, bool committed), void *owner);

/* The key that verifies all checkpoints (a C2SP verifier key).  Any thread; it
 * lives as long as the ledger. */
const char *ledger_verifier(const struct ledger *ledger);

/*
 * A secret of this installation for a purpose ("browser"): only who has the key
 * can make it, and it tells nothing of the key.
 */
NODISCARD enum fail ledger_secret(struct ctx *ctx, const char *purpose,
    struct digest *ret);

/* The last signed checkpoint (a signed note); "" while empty. */
NODISCARD enum fail ledger_checkpoint(struct ctx *ctx, const char **ret);

/*
 * Size of the ledger as it was known at the end of a legal day: the number of
 * entries before 00:00 +07:00 of the next day.  One short query per binary
 * digit of the size.
 */
NODISCARD enum fail ledger_size_at(struct ctx *ctx, day on, int64_t *ret);

/*
 * One entry by id, in ctx->arena.  A unit of work that writes sees those of the
 * units before it in its batch as well, whose rows come with the commit: index
 * and at of such a one are final after its own commit.
 *	FAIL_NOT_FOUND	"ledger.unknown"
 *	FAIL_INTERNAL	"ledger.broken"	a malformed row; the file of its body is
 *					missing or another
 */
NODISCARD enum fail ledger_load(struct ctx *ctx, int64_t id,
    struct ledger_entry **ret);

/*
 * All entries with from <= index < to in order.  entry and body are valid until
 * the next call; of bodies that are files a reader has one at a time.  Fails as
 * ledger_load.
 */
struct ledger_reader;
NODISCARD enum fail ledger_read(struct ctx *ctx, int64_t from, int64_t to,
    struct ledger_reader **ret);
/*
 * The same, of these kinds alone, by the index on kind: others are not touched.
 * Each kind once, at most LEDGER_KINDS_MAX; the texts must outlive the reader.
 */
#define LEDGER_KINDS_MAX 64
NODISCARD enum fail ledger_read_kinds(struct ctx *ctx, int64_t from, int64_t to,
    const char *const *kinds, size_t count, struct ledger_reader **ret);
NODISCARD enum fail ledger_next(struct ctx *ctx, struct ledger_reader *reader,
    struct ledger_entry *ret, bool *ret_more);

/* The name of the checkpoints, which differs between ledgers; lives as long as
 * the ledger. */
const char *ledger_origin(const struct ledger *ledger);

/*
 * A place in a ledger's history: how many entries there were, and the tree's
 * frontier, from which its root follows.  What is derived from the ledger and
 * kept outside of it (the cube's snapshot) carries the mark it was made at.
 */
struct ledger_mark {
	const char *origin; /* of the checkpoints */
	int64_t size;
	struct bytes frontier;
};

/* The mark of all that is durable as ctx->tx sees it.  Needs TX_READ. */
NODISCARD enum fail ledger_mark(struct ctx *ctx, struct ledger_mark *ret);

/*
 * Was this ledger once at that mark?  The mark's tree is carried on by the
 * headers of the entries since, and its root compared with the signed one: a
 * tree that ends in this root had no other beginning.  Costs the headers since
 * the mark; reads nothing before it and no body.  Needs TX_READ.  mark may be
 * any bytes.
 *	FAIL_INTERNAL	"ledger.broken"	the ledger's own state is not sound
 */
NODISCARD enum fail ledger_was_at(struct ctx *ctx,
    const struct ledger_mark *mark, bool *ret_was);

/*
 * A walk over the whole ledger in steps: gapless, at in order, digests of
 * bodies (files are read in pieces, and something keeps each), root equal to the checkpoint of the beginning, signature valid.  What
 * is appended meanwhile belongs to the next walk.  Its state (the tree so far)
 * is some 2 KiB however long the ledger is, and lives in the arena of
 * ledger_walk_begin.  Both need a TX_READ, each step may have another: so no
 * snapshot lasts for the whole walk.
 *	FAIL_INTERNAL	"ledger.broken" with the index in the message
 */
struct ledger_walk;
NODISCARD enum fail ledger_walk_begin(struct ctx *ctx,
    struct ledger_walk **ret);
/* Check at most so many entries more, fewer if their bodies are large files;
 * *ret_more: some are left. */
NODISCARD enum fail ledger_walk_step(struct ctx *ctx, struct ledger_walk *walk,
    int64_t most, bool *ret_more);
int64_t ledger_walk_done(const struct ledger_walk *walk);
int64_t ledger_walk_total(const struct ledger_walk *walk);

/* The whole walk in the one TX_READ it needs.  Counts to *ret_checked. */
NODISCARD enum fail ledger_verify(struct ctx *ctx, int64_t *ret_checked);

#endif
