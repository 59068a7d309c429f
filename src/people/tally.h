#ifndef PEOPLE_TALLY_H
#define PEOPLE_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ctx.h"
#include "people/mac.h"

/*
 * Rows that change and go again, and of which no ledger entry and no act in the
 * audit tells: sessions, work in hand, papers, events.  The checkpoint has a sum
 * over a MAC of each (ledger/ledger.h, struct ledger_rows): who comes adds his, who goes
 * takes it away, who changes does both.  So a commit costs what it changes, and
 * truc doctor, who adds up all of them, sees a row that was changed, added,
 * deleted or put back as it once was.
 *
 * Whoever writes such a row calls tally_leave before and tally_enter after, in
 * the unit of work; a row that goes has the first alone, one that comes the
 * second.  Rows that are not touched may be between the keys.  Nothing is done
 * without home->people and home->ledger.
 */
struct tally {
	struct arena *scratch; /* of the row at hand */
	struct digest secret;
	struct mac mac; /* of the row at hand */
	bool leaves;    /* rows are taken away */
	uint64_t sum[4];
	int64_t count;
};

/* Adds the rows of a table with keys from..to, both counted. */
typedef enum fail tally_fn(struct ctx *ctx, int64_t from, int64_t to,
    struct tally *tally);

NODISCARD enum fail tally_leave(struct ctx *ctx, tally_fn *rows, int64_t from,
    int64_t to);
NODISCARD enum fail tally_enter(struct ctx *ctx, tally_fn *rows, int64_t from,
    int64_t to);

/*
 * For a tally_fn: a row begins with its table's name; its columns are added to
 * what this answers (people/mac.h), all of them.
 */
struct mac *tally_row(struct tally *tally, const char *table);
void tally_row_end(struct tally *tally);

/* What a writer has at hand needs no query: rows that come, or go with leaves. */
void tally_begin(struct ctx *ctx, struct tally *tally);
void tally_stage(struct ctx *ctx, struct tally *tally);
/* The same of a tx_entry's own number function, in the leader. */
void tally_number(struct ctx *leader, struct tally *tally);

/* Adds all rows of all tables, and says how many of which. */
typedef enum fail tally_all_fn(struct ctx *ctx, struct tally *tally,
    struct text *said);

/*
 * For truc doctor: are they what the checkpoint says?  Needs TX_READ.
 *	FAIL_INTERNAL	"rows.differ"
 */
NODISCARD enum fail tally_check(struct ctx *ctx, tally_all_fn *all,
    struct text *said);

/* The same as a question, of who is about to take them as they are. */
NODISCARD enum fail tally_differs(struct ctx *ctx, tally_all_fn *all,
    bool *ret);

/* At start: do the checkpoints have the sum?  And in a TX_WRITE: from now on;
 * rows of before are taken as they are. */
NODISCARD enum fail tally_has_begun(struct ctx *ctx, bool *ret);
NODISCARD enum fail tally_start(struct ctx *ctx, tally_all_fn *all);

#endif
