#include <assert.h>
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

/* A body that is a file: until it is read, only its length counts. */
static enum fail
take_file(struct ctx *ctx, const struct sql_ledger_by_id *row,
    struct ledger_entry *entry)
{
	if (row->body_blob == NULL || row->body_blob->len != DIGEST_LEN ||
	    row->body_bytes == NULL || *row->body_bytes <= 0 ||
	    *row->body_bytes > (int64_t)LEDGER_BODY_MAX || row->body.len > 0)
		return FAIL(ctx, FAIL_INTERNAL, "ledger.broken",
		    "entry %" PRId64 " has a malformed file", row->idx);
	entry->is_file = true;
	memcpy(entry->file.at, row->body_blob->at, DIGEST_LEN);
	entry->body = (struct bytes){ NULL, (size_t)*row->body_bytes };
	return OK;
}

static enum fail
take_row(struct ctx *ctx, const struct sql_ledger_by_id *row,
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
	if (row->body_blob != NULL || row->body_bytes != NULL)
		TRY(take_file(ctx, row, &entry));
	*ret = entry;
	return OK;
}

/* An entry that a unit before has staged: that one's arena goes with its answer. */
struct copied {
	struct tx_entry link;
	struct ledger_entry entry;
	const struct ledger_entry *of;
};

/* Of an earlier unit, so it was numbered before. */
static enum fail
number_copied(struct ctx *leader, struct tx_entry *self)
{
	struct copied *copied = (struct copied *)self;

	(void)leader;
	assert(copied->of->index >= 0);
	copied->entry.index = copied->of->index;
	copied->entry.at_us = copied->of->at_us;
	return OK;
}

static struct ledger_entry *
copy_staged(struct ctx *ctx, const struct ledger_entry *staged)
{
	struct copied *copied = ARENA_NEW(ctx->arena, struct copied);

	*copied = (struct copied){ .link = { .number = number_copied },
		.entry = *staged,
		.of = staged };
	copied->entry.link = (struct tx_entry){ 0 };
	copied->entry.kind = arena_text(ctx->arena, staged->kind);
	copied->entry.body.at =
	    arena_copy(ctx->arena, staged->body.at, staged->body.len);
	tx_stage_entry(ctx, &copied->link);
	return &copied->entry;
}

/* NULL: no unit before has staged it in this batch. */
static const struct ledger_entry *
find_staged(const struct ctx *ctx, int64_t id)
{
	for (size_t i = 0; i < tx_units_before(ctx); i++) {
		for (const struct tx_entry *link = tx_staged_before(ctx, i);
		     link != NULL; link = link->next) {
			const struct ledger_entry *entry =
			    (const struct ledger_entry *)link;

			/* Others than the ledger's number themselves. */
			if (link->number == NULL && entry->id == id)
				return entry;
		}
	}
	return NULL;
}

enum fail
ledger_load(struct ctx *ctx, int64_t id, struct ledger_entry **ret)
{
	struct sql_ledger_by_id *row = NULL;
	struct ledger_entry *entry = NULL;
	const struct ledger_entry *staged = NULL;

	TRY(sql_ledger_by_id(ctx, id, &row));
	if (row == NULL && tx_is_write(ctx))
		staged = find_staged(ctx, id);
	if (staged != NULL) {
		*ret = copy_staged(ctx, staged);
		return OK;
	}
	if (row == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "ledger.unknown",
		    "there is no ledger entry %" PRId64, id);
	entry = ARENA_NEW(ctx->arena, struct ledger_entry);
	TRY(take_row(ctx, row, entry));
	if (entry->is_file)
		TRY(ledger_body_read(ctx, ctx->arena, entry));
	*ret = entry;
	return OK;
}

/* One query's rows in order; of a kind, or of all. */
struct entry_rows {
	const char *kind; /* NULL: all */
	struct cursor *cursor;
	struct ledger_entry entry; /* the next one */
	bool more;
};

struct ledger_reader {
	struct entry_rows *lanes;
	size_t count;
	struct entry_rows *last; /* whose entry was given out, NULL: none yet */
	struct arena *file;      /* the body given out last; NULL: bare */
};

static struct ledger_reader *
reader_new(struct ctx *ctx, size_t lanes)
{
	struct ledger_reader *reader =
	    ARENA_NEW(ctx->arena, struct ledger_reader);

	reader->lanes = ARENA_ARRAY(ctx->arena, lanes, struct entry_rows);
	reader->count = lanes;
	return reader;
}

enum fail
ledger_read_bare(struct ctx *ctx, int64_t from, int64_t to,
    struct ledger_reader **ret)
{
	struct ledger_reader *reader = reader_new(ctx, 1);

	TRY(sql_ledger_between_open(ctx, from, to, &reader->lanes[0].cursor));
	*ret = reader;
	return OK;
}

enum fail
ledger_read(struct ctx *ctx, int64_t from, int64_t to,
    struct ledger_reader **ret)
{
	TRY(ledger_read_bare(ctx, from, to, ret));
	(*ret)->file = arena_child(ctx->arena);
	return OK;
}

enum fail
ledger_read_kinds(struct ctx *ctx, int64_t from, int64_t to,
    const char *const *kinds, size_t count, struct ledger_reader **ret)
{
	struct ledger_reader *reader = reader_new(ctx, count);

	assert(count <= LEDGER_KINDS_MAX);
	for (size_t i = 0; i < count; i++) {
		reader->lanes[i].kind = kinds[i];
		TRY(sql_ledger_of_kind_open(ctx, kinds[i], from, to,
		    &reader->lanes[i].cursor));
	}
	reader->file = arena_child(ctx->arena);
	*ret = reader;
	return OK;
}

static enum fail
advance(struct ctx *ctx, struct entry_rows *lane)
{
	struct sql_ledger_by_id row = { 0 };

	if (lane->kind != NULL)
		TRY(sql_ledger_of_kind_next(ctx, lane->cursor, &row,
		    &lane->more));
	else
		TRY(sql_ledger_between_next(ctx, lane->cursor, &row,
		    &lane->more));
	if (!lane->more)
		return OK;
	/* The index is damaged: who reads has no case for another kind. */
	if (lane->kind != NULL && strcmp(row.kind, lane->kind) != 0)
		return FAIL(ctx, FAIL_INTERNAL, "ledger.broken",
		    "entry %" PRId64 ": the index on kinds has it as %s",
		    row.idx, lane->kind);
	return take_row(ctx, &row, &lane->entry);
}

/* The lanes are merged by index.  Only the lane that was read from moves, so
 * that what the others hold stays valid. */
enum fail
ledger_next(struct ctx *ctx, struct ledger_reader *reader,
    struct ledger_entry *ret, bool *ret_more)
{
	struct entry_rows *first = NULL;

	for (size_t i = 0; i < reader->count; i++) {
		struct entry_rows *lane = &reader->lanes[i];

		if (reader->last == NULL || reader->last == lane)
			TRY(advance(ctx, lane));
		if (lane->more &&
		    (first == NULL || lane->entry.index < first->entry.index))
			first = lane;
	}
	*ret_more = first != NULL;
	if (first == NULL)
		return OK;
	reader->last = first;
	*ret = first->entry;
	if (!ret->is_file || reader->file == NULL)
		return OK;
	arena_reset(reader->file);
	return ledger_body_read(ctx, reader->file, ret);
}
