#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/home.h"
#include "ledger/inside.h"
#include "ledger/ledger.sql.h"

enum fail
ledger_checkpoint(struct ctx *ctx, const char **ret)
{
	struct sql_ledger_state_find *row = NULL;

	TRY(sql_ledger_state_find(ctx, &row));
	*ret = row == NULL ? "" : row->checkpoint;
	return OK;
}

/* at never decreases, so the border is found by halving. */
enum fail
ledger_size_at(struct ctx *ctx, day on, int64_t *ret)
{
	const int64_t end_us = day_start_us(on + 1);
	struct sql_ledger_ends *ends = NULL;
	int64_t lo = 0;
	int64_t hi = 0;

	TRY(sql_ledger_ends(ctx, &ends));
	hi = ends->last_idx + 1;
	while (lo < hi) {
		const int64_t middle = lo + (hi - lo) / 2;
		struct sql_ledger_at_of *row = NULL;

		TRY(sql_ledger_at_of(ctx, middle, &row));
		if (row == NULL)
			return FAIL(ctx, FAIL_INTERNAL, "ledger.broken",
			    "there is no entry with index %" PRId64, middle);
		if (row->at < end_us)
			lo = middle + 1;
		else
			hi = middle;
	}
	*ret = lo;
	return OK;
}

/* Both queries of whole entries give rows of this form. */
static enum fail
take_row(struct ctx *ctx, const struct sql_ledger_between *row,
    struct ledger_entry *ret)
{
	struct ledger_entry entry = {
		.id = row->id,
		.index = row->idx,
		.at_us = row->at,
		.kind = row->kind,
		.unit = row->unit,
		.body = row->body,
	};

	if (row->salt.len != sizeof(entry.salt) ||
	    row->body_digest.len != DIGEST_LEN)
		return FAIL(ctx, FAIL_INTERNAL, "ledger.broken",
		    "entry %" PRId64 " has a malformed salt or digest",
		    row->idx);
	memcpy(entry.salt, row->salt.at, sizeof(entry.salt));
	memcpy(entry.body_digest.at, row->body_digest.at, DIGEST_LEN);
	*ret = entry;
	return OK;
}

enum fail
ledger_load(struct ctx *ctx, int64_t id, struct ledger_entry **ret)
{
	struct sql_ledger_by_id *row = NULL;
	struct ledger_entry *entry = NULL;

	TRY(sql_ledger_by_id(ctx, id, &row));
	if (row == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "ledger.unknown",
		    "there is no ledger entry %" PRId64, id);
	entry = ARENA_NEW(ctx->arena, struct ledger_entry);
	TRY(take_row(ctx,
	    &(struct sql_ledger_between){ row->id, row->idx, row->at, row->kind,
		row->unit, row->salt, row->body_digest, row->body },
	    entry));
	*ret = entry;
	return OK;
}

struct ledger_reader {
	struct cursor *cursor;
};

enum fail
ledger_read(struct ctx *ctx, int64_t from, int64_t to,
    struct ledger_reader **ret)
{
	struct ledger_reader *reader =
	    ARENA_NEW(ctx->arena, struct ledger_reader);

	TRY(sql_ledger_between_open(ctx, from, to, &reader->cursor));
	*ret = reader;
	return OK;
}

enum fail
ledger_next(struct ctx *ctx, struct ledger_reader *reader,
    struct ledger_entry *ret, bool *ret_more)
{
	struct sql_ledger_between row = { 0 };
	bool more = false;

	TRY(sql_ledger_between_next(ctx, reader->cursor, &row, &more));
	if (more)
		TRY(take_row(ctx, &row, ret));
	*ret_more = more;
	return OK;
}
