#include "people/tally.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/text.h"
#include "ledger/ledger.h"
#include "people/state.h"
#include "store/store.h"

_Static_assert(sizeof(((struct tally *)0)->sum) ==
		   sizeof(((struct ledger_rows *)0)->sum),
    "they are added to each other");

/* ---- rows --------------------------------------------------------------- */

void
tally_begin(struct ctx *ctx, struct tally *tally)
{
	*tally = (struct tally){
		.scratch = arena_child(ctx->arena),
		.secret = ctx->home->people->secret,
	};
}

struct mac *
tally_row(struct tally *tally, const char *table)
{
	mac_begin_in(tally->scratch, &tally->secret, &tally->mac, "row.");
	mac_text(&tally->mac, table);
	return &tally->mac;
}

void
tally_row_end(struct tally *tally)
{
	const struct digest mac = mac_end(&tally->mac);

	for (size_t i = 0; i < ARRAY_SIZE(tally->sum); i++) {
		uint64_t word = 0;

		for (size_t b = 0; b < 8; b++)
			word = word << 8 | mac.at[8 * i + b];
		tally->sum[i] += tally->leaves ? -word : word;
	}
	tally->count++;
	arena_reset(tally->scratch);
}

/* ---- the sum ------------------------------------------------------------ */

static void
add_sum(struct ctx *leader, const struct tally *tally)
{
	struct ledger *ledger = leader->home->ledger;
	struct ledger_rows rows = *ledger_rows(ledger);

	/* Rows of before are all taken at once. */
	if (!rows.has_begun)
		return;
	for (size_t i = 0; i < LEDGER_ROWS_WORDS; i++)
		rows.sum[i] += tally->sum[i];
	ledger_rows_set(ledger, &rows);
}

static void
end_rows(struct tally *tally)
{
	arena_free(tally->scratch);
	tally->scratch = NULL;
}

void
tally_number(struct ctx *leader, struct tally *tally)
{
	end_rows(tally);
	add_sum(leader, tally);
}

struct change {
	struct tx_entry link; /* first: the store's */
	struct tally tally;
};

static enum fail
number(struct ctx *leader, struct tx_entry *self)
{
	add_sum(leader, &((const struct change *)self)->tally);
	return OK;
}

void
tally_stage(struct ctx *ctx, struct tally *tally)
{
	struct change *change = NULL;

	end_rows(tally);
	if (tally->count == 0)
		return;
	change = ARENA_NEW(ctx->arena, struct change);
	change->link.number = number;
	change->tally = *tally;
	tx_stage_entry(ctx, &change->link);
}

static enum fail
stage_rows(struct ctx *ctx, tally_fn *rows, int64_t from, int64_t to,
    bool leaves)
{
	struct tally tally;

	assert(tx_is_write(ctx));
	if (ctx->home->people == NULL || ctx->home->ledger == NULL)
		return OK;
	tally_begin(ctx, &tally);
	tally.leaves = leaves;
	TRY(rows(ctx, from, to, &tally));
	tally_stage(ctx, &tally);
	return OK;
}

enum fail
tally_leave(struct ctx *ctx, tally_fn *rows, int64_t from, int64_t to)
{
	return stage_rows(ctx, rows, from, to, true);
}

enum fail
tally_enter(struct ctx *ctx, tally_fn *rows, int64_t from, int64_t to)
{
	return stage_rows(ctx, rows, from, to, false);
}

/* ---- all of them -------------------------------------------------------- */

/* The checkpoint's sum, and that of all rows there are. */
static enum fail
add_up(struct ctx *ctx, tally_all_fn *all, struct ledger_rows *ret_wanted,
    struct tally *ret, struct text *counts)
{
	text_init(counts, ctx->arena);
	tally_begin(ctx, ret);
	TRY(ledger_rows_stored(ctx, ret_wanted));
	return all(ctx, ret, counts);
}

static bool
is_sum(const struct ledger_rows *wanted, const struct tally *tally)
{
	return memcmp(wanted->sum, tally->sum, sizeof(tally->sum)) == 0;
}

enum fail
tally_check(struct ctx *ctx, tally_all_fn *all, struct text *said)
{
	struct ledger_rows wanted = { 0 };
	struct tally tally;
	struct text counts;

	TRY(add_up(ctx, all, &wanted, &tally, &counts));
	if (!wanted.has_begun && tally.count > 0)
		return FAIL(ctx, FAIL_INTERNAL, "rows.differ",
		    "no checkpoint tells of them: a server must start once");
	if (!is_sum(&wanted, &tally))
		return FAIL(ctx, FAIL_INTERNAL, "rows.differ",
		    "one was changed, added, deleted or put back beside the "
		    "program; there are %s",
		    text_of(&counts));
	text_addf(said, "%s are as they were left", text_of(&counts));
	return OK;
}

enum fail
tally_differs(struct ctx *ctx, tally_all_fn *all, bool *ret)
{
	struct ledger_rows wanted = { 0 };
	struct tally tally;
	struct text counts;

	TRY(add_up(ctx, all, &wanted, &tally, &counts));
	*ret = !is_sum(&wanted, &tally);
	return OK;
}

enum fail
tally_has_begun(struct ctx *ctx, bool *ret)
{
	struct ledger_rows rows = { 0 };

	TRY(ledger_rows_stored(ctx, &rows));
	*ret = rows.has_begun;
	return OK;
}

/* Where the sum goes on from. */
struct beginning {
	struct tx_entry link; /* first: the store's */
	struct ledger_rows rows;
};

static enum fail
begin_at(struct ctx *leader, struct tx_entry *self)
{
	const struct beginning *beginning = (const struct beginning *)self;

	ledger_rows_set(leader->home->ledger, &beginning->rows);
	return OK;
}

enum fail
tally_start(struct ctx *ctx, tally_all_fn *all)
{
	struct beginning *beginning = ARENA_NEW(ctx->arena, struct beginning);
	struct tally tally;
	struct text counts;

	text_init(&counts, ctx->arena);
	tally_begin(ctx, &tally);
	TRY(all(ctx, &tally, &counts));
	beginning->link.number = begin_at;
	beginning->rows.has_begun = true;
	memcpy(beginning->rows.sum, tally.sum, sizeof(tally.sum));
	tx_stage_entry(ctx, &beginning->link);
	return OK;
}
