#include "report/check.h"

#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/map.h"
#include "core/text.h"
#include "ledger/ledger.h"
#include "report/body.h"
#include "report/report.h"
#include "report/report.sql.h"

/* What the ledger says of one report. */
struct story {
	int64_t last;
	int64_t accepted;
	int64_t first_us;
	uint8_t *returned; /* by version; grows by doubling */
	int64_t room;
};

static void
make_room(struct ctx *ctx, struct story *story, int64_t version)
{
	const int64_t room = 2 * version + 2;
	uint8_t *grown = NULL;

	if (version < story->room)
		return;
	grown = ARENA_ARRAY(ctx->arena, (size_t)room, uint8_t);
	if (story->room > 0)
		memcpy(grown, story->returned, (size_t)story->room);
	story->returned = grown;
	story->room = room;
}

static enum fail
tell(struct ctx *ctx, struct map *stories, const struct ledger_entry *entry)
{
	struct body_parts parts = { 0 };
	struct story *story = NULL;

	if (!text_starts(entry->kind, "report.") ||
	    text_equal(entry->kind, "report.close"))
		return OK;
	if (!body_split(entry->body, &parts) || parts.version < 1)
		return FAIL(ctx, FAIL_INTERNAL, "report.body",
		    "ledger entry %" PRId64 " cannot be read", entry->index);
	story = map_get(stories, parts.report);
	if (story == NULL) {
		story = ARENA_NEW(ctx->arena, struct story);
		map_put(stories, parts.report, story);
	}
	make_room(ctx, story, parts.version);
	if (text_equal(entry->kind, "report.sign")) {
		story->last = parts.version;
		if (story->first_us == 0)
			story->first_us = entry->at_us;
	} else if (text_equal(entry->kind, "report.accept")) {
		story->accepted = parts.version;
	} else {
		story->returned[parts.version] = 1;
	}
	return OK;
}

static int64_t
sent_of(const struct story *story)
{
	int64_t version = story->last;

	while (version > 0 && story->returned[version])
		version--;
	return version;
}

static enum fail
compare(struct ctx *ctx, const struct map *stories,
    const struct sql_report_state *row)
{
	static const struct story none = { 0 };
	const struct story *story = map_get(stories, row->id);

	if (story == NULL)
		story = &none;
	if (row->sent_version == sent_of(story) &&
	    row->accepted_version == story->accepted &&
	    row->last_version == story->last && row->versions == story->last)
		return OK;
	return FAIL(ctx, FAIL_INTERNAL, "report.differs",
	    "report %" PRId64 ": sent %" PRId64 ", accepted %" PRId64
	    ", last %" PRId64 " here; the ledger says %" PRId64 ", %" PRId64
	    ", %" PRId64,
	    row->id, row->sent_version, row->accepted_version,
	    row->last_version, sent_of(story), story->accepted, story->last);
}

enum fail
report_check(struct ctx *ctx, int64_t *ret_checked)
{
	struct map *stories = map_new(ctx->arena, 1024);
	struct ledger_reader *reader = NULL;
	struct ledger_entry entry = { 0 };
	struct cursor *cursor = NULL;
	struct sql_report_state row;
	bool more = true;

	TRY(ledger_read(ctx, 0, ledger_size(ctx->home->ledger), &reader));
	for (;;) {
		TRY(ledger_next(ctx, reader, &entry, &more));
		if (!more)
			break;
		TRY(tell(ctx, stories, &entry));
	}
	*ret_checked = 0;
	TRY(sql_report_state_open(ctx, &cursor));
	for (;;) {
		TRY(sql_report_state_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		TRY(compare(ctx, stories, &row));
		++*ret_checked;
	}
}
