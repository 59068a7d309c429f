#include "org/check.h"

#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/map.h"
#include "core/text.h"
#include "core/utf8.h"
#include "ledger/ledger.h"
#include "org/change.h"
#include "org/unit.sql.h"

static const char *const kinds[] = { "unit.create", "unit.change",
	"unit.abolish", "unit.code", "unit.succession", "unit.import",
	"unit.reform" };

static const char *const tables[CHANGE_KINDS] = { "unit", "unit_version",
	"unit_end", "unit_code", "succession" };

/* What one entry says, and what its rows are. */
struct written {
	struct change_record record;
	int64_t index;
	int64_t noted; /* rows of unit_change */
	int64_t counts[CHANGE_KINDS];
	struct digest_run *rows;
	struct written *next;
};

struct all_written {
	struct map *by_entry;  /* ledger_entry.id */
	struct written *first; /* the newest entry */
	struct text line;
};

static enum fail
read_entries(struct ctx *ctx, struct all_written *ret)
{
	struct ledger_reader *reader = NULL;
	struct ledger_entry entry = { 0 };
	bool more = true;

	*ret = (struct all_written){ .by_entry = map_new(ctx->arena, 64) };
	text_init(&ret->line, ctx->arena);
	TRY(ledger_read_kinds(ctx, 0, ledger_size(ctx->home->ledger), kinds,
	    ARRAY_SIZE(kinds), &reader));
	for (;;) {
		struct written *batch = NULL;

		TRY(ledger_next(ctx, reader, &entry, &more));
		if (!more)
			return OK;
		batch = ARENA_NEW(ctx->arena, struct written);
		TRY(change_read(ctx, entry.body, &batch->record));
		batch->index = entry.index;
		batch->rows = digest_begin(ctx->arena);
		batch->next = ret->first;
		ret->first = batch;
		map_put(ret->by_entry, entry.id, batch);
	}
}

/* A row with the entry it names; the tables come in the order of the kinds. */
static enum fail
take(struct ctx *ctx, struct all_written *batches, int64_t entry,
    const struct unit_change *row)
{
	struct written *batch = map_get(batches->by_entry, entry);

	if (batch == NULL)
		return FAIL(ctx, FAIL_INTERNAL, "unit.differs",
		    "%s has a row of unit %" PRId64
		    " that no entry of the ledger wrote",
		    tables[row->kind], row->unit);
	batches->line.len = 0;
	change_line(&batches->line, row);
	digest_add(batch->rows, text_bytes(&batches->line));
	batch->counts[row->kind]++;
	return OK;
}

static enum fail
read_units(struct ctx *ctx, struct all_written *batches)
{
	struct cursor *cursor = NULL;
	struct sql_unit_all row;
	bool more = true;

	TRY(sql_unit_all_open(ctx, &cursor));
	for (;;) {
		TRY(sql_unit_all_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		TRY(take(ctx, batches, row.entry,
		    &(struct unit_change){ .kind = CHANGE_UNIT,
			.unit = row.id }));
	}
}

static enum fail
read_versions(struct ctx *ctx, struct all_written *batches)
{
	struct cursor *cursor = NULL;
	struct sql_unit_version_all row;
	bool more = true;

	TRY(sql_unit_version_written_open(ctx, &cursor));
	for (;;) {
		TRY(sql_unit_version_written_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		TRY(take(ctx, batches, row.entry,
		    &(struct unit_change){
			.kind = CHANGE_VERSION,
			.unit = row.unit,
			.other = row.parent == NULL ? 0 : *row.parent,
			.on = row.from_day,
			.level = (int)row.level,
			.name = row.name,
			.text = row.type,
		    }));
		/* Made from the name, so no entry has it. */
		if (strcmp(row.name_fold, utf8_fold(ctx->arena, row.name)) != 0)
			return FAIL(ctx, FAIL_INTERNAL, "unit.differs",
			    "unit_version has another name to search unit "
			    "%" PRId64 " by",
			    row.unit);
	}
}

static enum fail
read_ends(struct ctx *ctx, struct all_written *batches)
{
	struct cursor *cursor = NULL;
	struct sql_unit_end_all row;
	bool more = true;

	TRY(sql_unit_end_written_open(ctx, &cursor));
	for (;;) {
		TRY(sql_unit_end_written_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		TRY(take(ctx, batches, row.entry,
		    &(struct unit_change){
			.kind = CHANGE_END,
			.unit = row.unit,
			.on = row.on_day,
		    }));
	}
}

static enum fail
read_codes(struct ctx *ctx, struct all_written *batches)
{
	struct cursor *cursor = NULL;
	struct sql_unit_code_all row;
	bool more = true;

	TRY(sql_unit_code_written_open(ctx, &cursor));
	for (;;) {
		TRY(sql_unit_code_written_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		TRY(take(ctx, batches, row.entry,
		    &(struct unit_change){
			.kind = CHANGE_CODE,
			.unit = row.unit,
			.on = row.from_day,
			.name = row.scheme,
			.text = row.code,
		    }));
	}
}

static enum fail
read_successions(struct ctx *ctx, struct all_written *batches)
{
	struct cursor *cursor = NULL;
	struct sql_succession_all row;
	bool more = true;

	TRY(sql_succession_written_open(ctx, &cursor));
	for (;;) {
		TRY(sql_succession_written_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		TRY(take(ctx, batches, row.entry,
		    &(struct unit_change){
			.kind = CHANGE_SUCCESSION,
			.unit = row.from_id,
			.other = row.to_id,
			.on = row.on_day,
			.name = row.kind,
			.text = row.act,
		    }));
	}
}

/* The table by which a picture as of an index knows its entries. */
static enum fail
read_changes(struct ctx *ctx, struct all_written *batches)
{
	struct cursor *cursor = NULL;
	struct sql_unit_change_after row;
	bool more = true;

	TRY(sql_unit_change_written_open(ctx, &cursor));
	for (;;) {
		struct written *batch = NULL;

		TRY(sql_unit_change_written_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		batch = map_get(batches->by_entry, row.entry);
		if (batch == NULL)
			return FAIL(ctx, FAIL_INTERNAL, "unit.differs",
			    "unit_change names an entry that changed no unit");
		batch->noted++;
	}
}

static enum fail
compare(struct ctx *ctx, const struct written *batch)
{
	const struct digest rows = digest_sum(batch->rows);

	for (int k = 0; k < CHANGE_KINDS; k++)
		if (batch->counts[k] != batch->record.counts[k])
			return FAIL(ctx, FAIL_INTERNAL, "unit.differs",
			    "ledger entry %" PRId64 " wrote %" PRId64
			    " rows of %s; there are %" PRId64,
			    batch->index, batch->record.counts[k], tables[k],
			    batch->counts[k]);
	if (batch->noted != 1)
		return FAIL(ctx, FAIL_INTERNAL, "unit.differs",
		    "ledger entry %" PRId64 " is in unit_change %" PRId64
		    " times",
		    batch->index, batch->noted);
	if (!batch->record.has_rows ||
	    memcmp(rows.at, batch->record.rows.at, DIGEST_LEN) == 0)
		return OK;
	return FAIL(ctx, FAIL_INTERNAL, "unit.differs",
	    "a row of units is not as ledger entry %" PRId64 " wrote it",
	    batch->index);
}

enum fail
org_check(struct ctx *ctx, int64_t *ret_entries, int64_t *ret_counted)
{
	struct all_written batches;

	*ret_entries = 0;
	*ret_counted = 0;
	TRY(read_entries(ctx, &batches));
	TRY(read_units(ctx, &batches));
	TRY(read_versions(ctx, &batches));
	TRY(read_ends(ctx, &batches));
	TRY(read_codes(ctx, &batches));
	TRY(read_successions(ctx, &batches));
	TRY(read_changes(ctx, &batches));
	for (const struct written *batch = batches.first; batch != NULL;
	     batch = batch->next) {
		TRY(compare(ctx, batch));
		++*ret_entries;
		*ret_counted += !batch->record.has_rows;
	}
	return OK;
}
