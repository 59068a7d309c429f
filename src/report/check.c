#include "report/check.h"

#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/map.h"
#include "core/text.h"
#include "ledger/ledger.h"
#include "regime/catalogue.h"
#include "report/body.h"
#include "report/report.h"
#include "report/report.sql.h"

/* What the ledger says of a version; entry 0: it was never signed. */
struct known_version {
	int64_t entry;
	const struct form_version *form;
	struct digest digest;
	int64_t flags; /* rules that it broke, and could */
	bool returned;
};

/* What the ledger says of one report, and what is wrong with its rows. */
struct story {
	int64_t report;
	int64_t form; /* 0: never signed */
	const char *period;
	int64_t unit;
	int64_t last;
	int64_t accepted;
	int64_t first_us;
	struct known_version *versions; /* by number; grows by doubling */
	int64_t room;
	bool has_row;
	const char *why; /* NULL: its rows agree */
	struct story *next;
};

struct stories {
	struct map *by_report;
	struct story *first; /* by first mention in the ledger */
	struct story **end;
};

static struct story *
story_of(struct ctx *ctx, struct stories *stories, int64_t report)
{
	struct story *story = map_get(stories->by_report, report);

	if (story != NULL)
		return story;
	story = ARENA_NEW(ctx->arena, struct story);
	story->report = report;
	map_put(stories->by_report, report, story);
	*stories->end = story;
	stories->end = &story->next;
	return story;
}

static void
make_room(struct ctx *ctx, struct story *story, int64_t version)
{
	const int64_t room = 2 * version + 2;
	struct known_version *grown = NULL;

	if (version < story->room)
		return;
	grown = ARENA_ARRAY(ctx->arena, (size_t)room, struct known_version);
	if (story->room > 0)
		memcpy(grown, story->versions,
		    (size_t)story->room * sizeof(*grown));
	story->versions = grown;
	story->room = room;
}

/* Ids in a list of texts. */
static int64_t
count_ids(struct bytes list)
{
	int64_t quotes = 0;

	for (size_t i = 0; i < list.len; i++)
		quotes += list.at[i] == '"';
	return quotes / 2;
}

static void
take_signing(struct story *story, struct known_version *known,
    const struct ledger_entry *entry, const struct body_parts *parts)
{
	known->entry = entry->id;
	known->digest = digest_of(entry->body);
	known->flags = count_ids(parts->rules);
	story->last = parts->version;
	if (story->first_us == 0)
		story->first_us = entry->at_us;
}

static enum fail
take_entry(struct ctx *ctx, struct stories *stories,
    const struct ledger_entry *entry)
{
	struct body_parts parts = { 0 };
	const struct form_version *form = NULL;
	struct story *story = NULL;
	struct known_version *known = NULL;

	if (!text_starts(entry->kind, "report.") ||
	    text_equal(entry->kind, "report.close") ||
	    text_equal(entry->kind, "report.reopen"))
		return OK;
	if (!body_split(entry->body, &parts) || parts.version < 1 ||
	    (form = body_form(ctx, &parts)) == NULL)
		return FAIL(ctx, FAIL_INTERNAL, "report.body",
		    "ledger entry %" PRId64 " cannot be read", entry->index);
	story = story_of(ctx, stories, parts.report);
	make_room(ctx, story, parts.version);
	known = &story->versions[parts.version];
	known->form = form;
	if (story->form == 0) {
		story->form = form->form->id;
		story->period = arena_text_n(ctx->arena,
		    (const char *)parts.period.at, parts.period.len);
		story->unit = parts.unit;
	}
	if (text_equal(entry->kind, "report.sign"))
		take_signing(story, known, entry, &parts);
	else if (text_equal(entry->kind, "report.accept"))
		story->accepted = parts.version;
	else
		known->returned = true;
	return OK;
}

static enum fail
read_stories(struct ctx *ctx, struct stories *ret)
{
	struct ledger_reader *reader = NULL;
	struct ledger_entry entry = { 0 };
	bool more = true;

	*ret = (struct stories){ .by_report = map_new(ctx->arena, 1024) };
	ret->end = &ret->first;
	TRY(ledger_read(ctx, 0, ledger_size(ctx->home->ledger), &reader));
	for (;;) {
		TRY(ledger_next(ctx, reader, &entry, &more));
		if (!more)
			return OK;
		TRY(take_entry(ctx, ret, &entry));
	}
}

static int64_t
sent_of(const struct story *story)
{
	int64_t version = story->last;

	while (version > 0 && story->versions[version].returned)
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

/* ---- comparing ------------------------------------------------------------ */

static bool
began_then(const struct story *story, const int64_t *first_sent_us)
{
	if (first_sent_us == NULL || story->first_us == 0)
		return (first_sent_us == NULL) == (story->first_us == 0);
	return *first_sent_us <= story->first_us &&
	       story->first_us - *first_sent_us < REPORT_ACT_US_MAX;
}

static bool
is_placed(const struct story *story, const struct sql_report_state *row)
{
	return story->form == 0 ||
	       (row->form_id == story->form && row->unit_id == story->unit &&
		   strcmp(row->period, story->period) == 0);
}

static enum fail
compare_reports(struct ctx *ctx, struct stories *stories)
{
	struct cursor *cursor = NULL;
	struct sql_report_state row;
	bool more = true;

	TRY(sql_report_state_open(ctx, &cursor));
	for (;;) {
		struct story *story = NULL;

		TRY(sql_report_state_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		story = story_of(ctx, stories, row.id);
		story->has_row = true;
		if (!is_placed(story, &row))
			story->why = "it is of another form, period or unit "
				     "than the ledger says";
		else if (row.sent_version != sent_of(story) ||
			 row.accepted_version != story->accepted ||
			 row.last_version != story->last ||
			 row.standing != standing_of(story))
			story->why = arena_printf(ctx->arena,
			    "sent %" PRId64 ", accepted %" PRId64
			    ", last %" PRId64 ", standing %" PRId64
			    " here; the ledger says %" PRId64 ", %" PRId64
			    ", %" PRId64 ", %" PRId64,
			    row.sent_version, row.accepted_version,
			    row.last_version, row.standing, sent_of(story),
			    story->accepted, story->last, standing_of(story));
		else if (!began_then(story, row.first_sent_us))
			story->why = "the ledger has another first signing";
		else if (row.versions != story->last)
			story->why = arena_printf(ctx->arena,
			    "%" PRId64
			    " versions here; the ledger has %" PRId64,
			    row.versions, story->last);
	}
}

static enum fail
compare_versions(struct ctx *ctx, struct stories *stories)
{
	struct cursor *cursor = NULL;
	struct sql_report_version_state row;
	bool more = true;

	TRY(sql_report_version_state_open(ctx, &cursor));
	for (;;) {
		static const struct known_version never = { 0 };
		const struct known_version *known = &never;
		struct story *story = NULL;

		TRY(sql_report_version_state_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		story = story_of(ctx, stories, row.report_id);
		if (row.number <= story->last)
			known = &story->versions[row.number];
		if (story->why == NULL &&
		    (row.entry_id != known->entry || known->form == NULL ||
			row.form_version_id != known->form->id ||
			row.flags != known->flags ||
			row.returned != known->returned ||
			row.digest.len != DIGEST_LEN ||
			memcmp(row.digest.at, known->digest.at, DIGEST_LEN) !=
			    0))
			story->why = arena_printf(ctx->arena,
			    "version %" PRId64 " is not what the ledger says",
			    row.number);
	}
}

static enum fail
compare(struct ctx *ctx, struct stories *ret)
{
	TRY(read_stories(ctx, ret));
	TRY(compare_reports(ctx, ret));
	TRY(compare_versions(ctx, ret));
	for (struct story *story = ret->first; story != NULL;
	     story = story->next)
		if (!story->has_row)
			story->why = "the ledger has it; it has no row";
	return OK;
}

static enum fail
differs(struct ctx *ctx, const struct story *story, const char *why)
{
	return FAIL(ctx, FAIL_INTERNAL, "report.differs",
	    "report %" PRId64 ": %s", story->report, why);
}

enum fail
report_check(struct ctx *ctx, int64_t *ret_checked)
{
	struct stories stories;

	TRY(compare(ctx, &stories));
	*ret_checked = 0;
	for (const struct story *story = stories.first; story != NULL;
	     story = story->next) {
		if (story->why != NULL)
			return differs(ctx, story, story->why);
		++*ret_checked;
	}
	return OK;
}

/* ---- putting it right ----------------------------------------------------- */

static enum fail
restate(struct ctx *ctx, const struct story *story)
{
	int64_t changed = 0;

	TRY(sql_report_restate(ctx,
	    &(struct sql_report_restate_args){
		.id = story->report,
		.form = story->form,
		.period = story->period,
		.unit = story->unit,
		.standing = standing_of(story),
		.sent = sent_of(story),
		.accepted = story->accepted,
		.last = story->last,
		.first_sent_us = story->first_us == 0 ? NULL : &story->first_us,
	    },
	    &changed));
	for (int64_t n = 1; changed == 1 && n <= story->last; n++) {
		const struct known_version *known = &story->versions[n];

		TRY(sql_report_version_restate(ctx,
		    &(struct sql_report_version_restate_args){
			.report = story->report,
			.number = n,
			.form_version = known->form->id,
			.entry = known->entry,
			.digest = digest_bytes(&known->digest),
			.flags = known->flags,
			.returned = known->returned,
		    },
		    &changed));
	}
	if (changed != 1)
		return differs(ctx, story, "a row of it is missing");
	return report_adopt_one(ctx, story->report);
}

enum fail
report_rebuild(struct ctx *ctx, int64_t *ret_fixed)
{
	struct stories stories;

	TRY(compare(ctx, &stories));
	*ret_fixed = 0;
	for (const struct story *story = stories.first; story != NULL;
	     story = story->next) {
		if (story->why == NULL)
			continue;
		TRY(restate(ctx, story));
		++*ret_fixed;
	}
	return OK;
}
