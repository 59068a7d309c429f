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

static int64_t
standing_of(const struct story *story)
{
	const int64_t sent = sent_of(story);

	if (sent == 0)
		return STANDING_NONE;
	return sent == story->accepted ? STANDING_ACCEPTED : STANDING_SENT;
}

static bool
agrees(const struct story *story, const struct sql_report_state *row)
{
	return row->sent_version == sent_of(story) &&
	       row->accepted_version == story->accepted &&
	       row->last_version == story->last &&
	       row->standing == standing_of(story);
}

static enum fail
read_stories(struct ctx *ctx, struct map **ret)
{
	struct map *stories = map_new(ctx->arena, 1024);
	struct ledger_reader *reader = NULL;
	struct ledger_entry entry = { 0 };
	bool more = true;

	TRY(ledger_read(ctx, 0, ledger_size(ctx->home->ledger), &reader));
	for (;;) {
		TRY(ledger_next(ctx, reader, &entry, &more));
		if (!more)
			break;
		TRY(tell(ctx, stories, &entry));
	}
	*ret = stories;
	return OK;
}

static const struct story *
story_of(const struct map *stories, int64_t report)
{
	static const struct story none = { 0 };
	const struct story *story = map_get(stories, report);

	return story == NULL ? &none : story;
}

enum fail
report_check(struct ctx *ctx, int64_t *ret_checked)
{
	struct map *stories = NULL;
	struct cursor *cursor = NULL;
	struct sql_report_state row;
	bool more = true;

	TRY(read_stories(ctx, &stories));
	*ret_checked = 0;
	TRY(sql_report_state_open(ctx, &cursor));
	for (;;) {
		const struct story *story = NULL;

		TRY(sql_report_state_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		story = story_of(stories, row.id);
		if (!agrees(story, &row) || row.versions != story->last)
			return FAIL(ctx, FAIL_INTERNAL, "report.differs",
			    "report %" PRId64 ": sent %" PRId64
			    ", accepted %" PRId64 ", last %" PRId64
			    " here; the ledger says %" PRId64 ", %" PRId64
			    ", %" PRId64,
			    row.id, row.sent_version, row.accepted_version,
			    row.last_version, sent_of(story), story->accepted,
			    story->last);
		++*ret_checked;
	}
}

/* ---- putting it right ---------------------------------------------------- */

struct wrong {
	int64_t report;
	struct wrong *next;
};

static enum fail
restate(struct ctx *ctx, int64_t report, const struct story *story)
{
	int64_t changed = 0;

	TRY(sql_report_restate(ctx, report, standing_of(story), sent_of(story),
	    story->accepted, story->last, &changed));
	for (int64_t n = 1; n <= story->last; n++)
		TRY(sql_report_version_restate(ctx, report, n,
		    story->returned[n] != 0, &changed));
	return OK;
}

enum fail
report_rebuild(struct ctx *ctx, int64_t *ret_fixed)
{
	struct map *stories = NULL;
	struct cursor *cursor = NULL;
	struct wrong *wrong = NULL;
	struct sql_report_state row;
	bool more = true;

	TRY(read_stories(ctx, &stories));
	TRY(sql_report_state_open(ctx, &cursor));
	for (;;) {
		struct wrong *one = NULL;

		TRY(sql_report_state_next(ctx, cursor, &row, &more));
		if (!more)
			break;
		if (agrees(story_of(stories, row.id), &row))
			continue;
		one = ARENA_NEW(ctx->arena, struct wrong);
		*one = (struct wrong){ row.id, wrong };
		wrong = one;
	}
	*ret_fixed = 0;
	for (; wrong != NULL; wrong = wrong->next) {
		TRY(restate(ctx, wrong->report,
		    story_of(stories, wrong->report)));
		++*ret_fixed;
	}
	return OK;
}
