#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/map.h"
#include "core/text.h"
#include "ledger/ledger.h"
#include "regime/catalogue.h"
#include "report/body.h"
#include "report/check.h"
#include "report/report.h"
#include "report/report.sql.h"

static const char *const kinds[] = { "report.sign", "report.accept",
	"report.send_back", "report.close", "report.reopen" };

/* One entry, and how many rows say that they are its act. */
struct record {
	const char *act; /* "sign" */
	int64_t index;
	int64_t at_us;
	int64_t form; /* of a closing or a reopening */
	const char *period;
	int64_t unit;
	int64_t report;
	int64_t version;
	const char *reason; /* escaped, "": none */
	const char *signer; /* the same */
	int rows;
	struct record *next;
};

struct acts {
	struct map *by_entry;
	struct record *first;
	struct text text;
};

static const char *
copy(struct ctx *ctx, struct bytes text)
{
	return arena_text_n(ctx->arena, (const char *)text.at, text.len);
}

static enum fail
take_entry(struct ctx *ctx, struct acts *acts, const struct ledger_entry *entry)
{
	struct record *record = ARENA_NEW(ctx->arena, struct record);
	const struct form_version *form = NULL;
	struct body_parts parts = { 0 };

	if (!body_split(entry->body, &parts) ||
	    (form = body_form(ctx, &parts)) == NULL)
		return FAIL(ctx, FAIL_INTERNAL, "report.body",
		    "ledger entry %" PRId64 " cannot be read", entry->index);
	*record = (struct record){
		.act =
		    arena_text(ctx->arena, entry->kind + sizeof("report.") - 1),
		.index = entry->index,
		.at_us = entry->at_us,
		.form = form->form->id,
		.period = copy(ctx, parts.period),
		.unit = parts.unit,
		.report = parts.report,
		.version = parts.version,
		.reason = copy(ctx, parts.reason),
		.signer = copy(ctx, parts.signer),
		.next = acts->first,
	};
	acts->first = record;
	map_put(acts->by_entry, entry->id, record);
	return OK;
}

static enum fail
read_entries(struct ctx *ctx, struct acts *ret)
{
	struct ledger_reader *reader = NULL;
	struct ledger_entry entry = { 0 };
	bool more = true;

	*ret = (struct acts){ .by_entry = map_new(ctx->arena, 1024) };
	text_init(&ret->text, ctx->arena);
	TRY(ledger_read_kinds(ctx, 0, ledger_size(ctx->home->ledger), kinds,
	    ARRAY_SIZE(kinds), &reader));
	for (;;) {
		TRY(ledger_next(ctx, reader, &entry, &more));
		if (!more)
			return OK;
		TRY(take_entry(ctx, ret, &entry));
	}
}

/* Is text, once escaped as in a body, what the body has?  NULL: nothing. */
static bool
says(struct acts *acts, const char *text, const char *record)
{
	const size_t len = strlen(record);

	if (text == NULL)
		return len == 0;
	acts->text.len = 0;
	text_json(&acts->text, text);
	return acts->text.len == len + 2 &&
	       memcmp(acts->text.at + 1, record, len) == 0;
}

static bool
was_then(const struct record *record, int64_t at_us)
{
	return at_us <= record->at_us &&
	       record->at_us - at_us < REPORT_ACT_US_MAX;
}

static bool
is_act(struct acts *acts, const struct record *record,
    const struct sql_report_act_state *row)
{
	return record != NULL && record->report == row->report_id &&
	       strcmp(record->act, row->act) == 0 &&
	       record->version == row->version &&
	       was_then(record, row->at_us) &&
	       says(acts, row->reason, record->reason) &&
	       (record->signer[0] == '\0' ||
		   says(acts, row->person_name, record->signer));
}

static enum fail
compare_acts(struct ctx *ctx, struct acts *acts)
{
	struct cursor *cursor = NULL;
	struct sql_report_act_state row;
	bool more = true;

	TRY(sql_report_act_state_open(ctx, &cursor));
	for (;;) {
		struct record *record = NULL;

		TRY(sql_report_act_state_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		if (row.entry_id != NULL)
			record = map_get(acts->by_entry, *row.entry_id);
		if (!is_act(acts, record, &row))
			return FAIL(ctx, FAIL_INTERNAL, "report.differs",
			    "report %" PRId64 ": the act %s of version %" PRId64
			    " is not what the ledger says",
			    row.report_id, row.act, row.version);
		record->rows++;
	}
}

static bool
is_closing(struct acts *acts, const struct record *record,
    const struct sql_closing_state *row)
{
	return record != NULL && strcmp(record->act, row->act) == 0 &&
	       record->form == row->form_id && record->unit == row->unit_id &&
	       says(acts, row->period, record->period) &&
	       says(acts, row->reason, record->reason) &&
	       was_then(record, row->at_us);
}

/* Acts on one unit's period are numbered as they came. */
static bool
is_next(const struct record *before, const struct record *record,
    int64_t number, int64_t number_before)
{
	const bool same = before != NULL && before->form == record->form &&
			  before->unit == record->unit &&
			  strcmp(before->period, record->period) == 0;

	if (!same)
		return number == 1;
	return number == number_before + 1 && record->index > before->index;
}

static enum fail
compare_closings(struct ctx *ctx, struct acts *acts)
{
	struct cursor *cursor = NULL;
	struct sql_closing_state row;
	const struct record *before = NULL;
	int64_t number_before = 0;
	bool more = true;

	TRY(sql_closing_state_open(ctx, &cursor));
	for (;;) {
		struct record *record = NULL;

		TRY(sql_closing_state_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		record = map_get(acts->by_entry, row.entry_id);
		if (!is_closing(acts, record, &row) ||
		    !is_next(before, record, row.number, number_before))
			return FAIL(ctx, FAIL_INTERNAL, "report.differs",
			    "act %" PRId64 " (%s) of unit %" PRId64
			    " on %s is not what the ledger says",
			    row.number, row.act, row.unit_id, row.period);
		before = record;
		number_before = row.number;
		record->rows++;
	}
}

enum fail
report_check_acts(struct ctx *ctx, int64_t *ret_checked)
{
	struct acts acts;

	*ret_checked = 0;
	TRY(read_entries(ctx, &acts));
	TRY(compare_acts(ctx, &acts));
	TRY(compare_closings(ctx, &acts));
	for (const struct record *record = acts.first; record != NULL;
	     record = record->next) {
		if (record->rows != 1)
			return FAIL(ctx, FAIL_INTERNAL, "report.differs",
			    "ledger entry %" PRId64 " (%s) has %d rows",
			    record->index, record->act, record->rows);
		++*ret_checked;
	}
	return OK;
}
