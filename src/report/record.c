#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/text.h"
#include "cube/cube.h"
#include "people/access.h"
#include "people/audit.h"
#include "people/mac.h"
#include "report/body.h"
#include "report/bound.h"
#include "report/check.h"
#include "report/event.h"
#include "report/paper.h"
#include "report/place.h"
#include "report/report.sql.h"

/*
 * The one place where a report and its acts are written: row, version, ledger
 * entry, cube, history and audit, all in the unit of work of the act itself.
 */

/* The paper as it is stored; none if there is none on the desk. */
static const char *
draft_text(struct ctx *ctx, struct report *report)
{
	struct text text;

	if (report->work == WORK_NONE)
		return NULL;
	if (!report->has_changed)
		return report->draft;
	text_init(&text, ctx->arena);
	cells_write(&text, report->version, &report->cells);
	report->draft = text_of(&text);
	report->has_changed = false;
	return report->draft;
}

int64_t
report_row_mac(struct ctx *ctx, const struct sql_report_insert_args *row)
{
	struct digest sum = { 0 };
	struct mac mac;

	mac_begin(ctx, &mac, "report");
	mac_int(&mac, row->id);
	mac_int(&mac, row->form);
	mac_text(&mac, row->period);
	mac_int(&mac, row->unit);
	mac_int(&mac, row->work);
	mac_int(&mac, row->standing);
	mac_int(&mac, row->revision);
	mac_text(&mac, row->draft);
	mac_int_maybe(&mac, row->draft_form);
	mac_int(&mac, row->sent);
	mac_int(&mac, row->accepted);
	mac_int(&mac, row->last);
	mac_int_maybe(&mac, row->first_sent_us);
	mac_int(&mac, row->flags);
	mac_text(&mac, row->reason);
	/* A row of before has none, and its MAC goes on being right. */
	if (row->writer != NULL)
		mac_int(&mac, *row->writer);
	sum = mac_end(&mac);
	return mac_number(&sum);
}

/* The row as the act leaves it. */
static struct sql_report_insert_args
row_of(struct ctx *ctx, struct report *report)
{
	struct sql_report_insert_args row = {
		.id = report->id,
		.form = report->form->id,
		.period = report->period_id,
		.unit = report->unit->id,
		.work = report->work,
		.standing = report->standing,
		.revision = report->revision + 1,
		.draft = draft_text(ctx, report),
		.draft_form =
		    report->work == WORK_NONE ? NULL : &report->version->id,
		.sent = report->sent_version,
		.accepted = report->accepted_version,
		.last = report->last_version,
		.first_sent_us =
		    report->first_sent_us == 0 ? NULL : &report->first_sent_us,
		.flags = report->flags,
		.reason = report->reason,
		.writer = report->writer,
	};

	row.mac = report_row_mac(ctx, &row);
	return row;
}

/* The row that it was goes, the one that it is comes. */
static void
count_row(struct ctx *ctx, struct report *report, int64_t mac)
{
	struct tally tally;

	tally_begin(ctx, &tally);
	tally.leaves = true;
	if (!report->is_new)
		report_row(&tally, report->id,
		    report->has_mac ? &report->mac : NULL);
	tally.leaves = false;
	report_row(&tally, report->id, &mac);
	tally_stage(ctx, &tally);
	report->has_mac = true;
	report->mac = mac;
}

static enum fail
insert_row(struct ctx *ctx, struct report *report)
{
	const struct sql_report_insert_args row = row_of(ctx, report);
	const struct report_place place = report_place_of(report);

	/* Before: one that cannot be written is looked up the next time. */
	place_take(ctx, &place, report->id);
	count_row(ctx, report, row.mac);
	TRY(sql_report_insert(ctx, &row));
	report->is_new = false;
	return OK;
}

static enum fail
update_row(struct ctx *ctx, struct report *report, int64_t *ret_changed)
{
	const struct sql_report_insert_args row = row_of(ctx, report);

	count_row(ctx, report, row.mac);
	return sql_report_update(ctx,
	    &(struct sql_report_update_args){
		.id = row.id,
		.was = report->revision,
		.work = row.work,
		.standing = row.standing,
		.draft = row.draft,
		.draft_form = row.draft_form,
		.sent = row.sent,
		.accepted = row.accepted,
		.last = row.last,
		.first_sent_us = row.first_sent_us,
		.flags = row.flags,
		.reason = row.reason,
		.writer = row.writer,
		.mac = row.mac,
	    },
	    ret_changed);
}

static enum fail
write_row(struct ctx *ctx, struct report *report, int64_t revision)
{
	int64_t changed = 0;

	if (report->is_new && report->revision == revision) {
		TRY(insert_row(ctx, report));
		changed = 1;
	} else if (report->revision == revision) {
		TRY(update_row(ctx, report, &changed));
	}
	if (changed == 0)
		return FAIL(ctx, FAIL_STALE, "report.stale",
		    "report %" PRId64 " is no longer at revision %" PRId64,
		    report->id, revision);
	report->revision++;
	return OK;
}

static struct body
act_body(struct ctx *ctx, const struct report *report,
    const struct pending_act *act)
{
	return (struct body){
		.form = digest_hex(ctx->arena, &report->version->digest),
		.period = report->period_id,
		.reason = act->reason,
		.report = report->id,
		.unit = report->unit->id,
		.version =
		    act->version != 0 ? act->version : report->sent_version,
	};
}

/* Ledger entry and the cube's event that rests on it. */
static enum fail
record(struct ctx *ctx, struct report *report, const char *kind,
    struct bytes bytes, struct cube_event *event)
{
	struct ledger_entry *entry = NULL;

	TRY(ledger_append(ctx, kind, report->unit->id, bytes, &entry));
	report->entry = entry;
	event->unit = report->unit->id;
	event->report = report->id;
	return cube_stage(ctx, report->version, &report->period, event, entry);
}

static enum fail
record_sign(struct ctx *ctx, struct report *report,
    const struct pending_act *act)
{
	struct body body = act_body(ctx, report, act);
	struct cube_event event = { .act = CUBE_SENT };
	struct sql_report_version_load *before = NULL;
	struct finding *findings = NULL;
	struct bytes bytes = { 0 };

	if (body.version > 1) {
		TRY(sql_report_version_load(ctx, report->id, body.version - 1,
		    &before));
		assert(before != NULL);
		body.previous = bytes_hex(ctx->arena, before->digest);
	}
	TRY(paper_judge(ctx, report, &findings, &body.finding_count));
	body.findings = findings;
	body.cells = &report->cells;
	body.version_of = report->version;
	body.signer = ctx->actor->name;
	bytes = body_of_version(ctx, &body);
	event.version = (int)body.version;
	event.values = report->cells.values;
	event.states = report->cells.states;
	TRY(record(ctx, report, "report.sign", bytes, &event));
	report->digest = digest_of(bytes);
	report->entry_id = report->entry->id;
	report->source = report->entry;
	report->cells_of = report->version;
	return sql_report_version_insert(ctx,
	    &(struct sql_report_version_insert_args){
		.report = report->id,
		.number = body.version,
		.form_version = report->version->id,
		.entry = report->entry->id,
		.digest = digest_bytes(&report->digest),
		.flags = report->flags,
	    });
}

static enum fail
record_act(struct ctx *ctx, struct report *report, struct pending_act *act)
{
	const struct body body = act_body(ctx, report, act);
	struct cube_event event = { .version = (int)body.version };
	int64_t changed = 0;

	switch (act->act) {
	case ACT_OPEN:
	case ACT_SAVE:
	case ACT_SUBMIT:
	case ACT_WITHDRAW:
	case ACT_RETURN:
	case ACT_AMEND:
	case ACT_DROP:
		return OK; /* inside the unit: no border is crossed */
	case ACT_SIGN:
		return record_sign(ctx, report, act);
	case ACT_ACCEPT:
		event.act = CUBE_ACCEPTED;
		return record(ctx, report, "report.accept",
		    body_of_act(ctx, &body), &event);
	case ACT_SEND_BACK:
		event.act = CUBE_RETURNED;
		TRY(sql_report_version_return(ctx, report->id, act->version,
		    &changed));
		assert(changed == 1);
		return record(ctx, report, "report.send_back",
		    body_of_act(ctx, &body), &event);
	}
	return OK;
}

struct digest
report_act_mac(struct ctx *ctx, const struct sql_report_act_insert_args *row)
{
	struct mac mac;

	mac_begin(ctx, &mac, "report_act");
	mac_int(&mac, row->report);
	mac_text(&mac, row->act);
	mac_int(&mac, row->at_us);
	mac_int_maybe(&mac, row->person);
	mac_text(&mac, row->name);
	mac_int(&mac, row->version);
	mac_int(&mac, row->revision);
	mac_text(&mac, row->reason);
	mac_int_maybe(&mac, row->entry);
	return mac_end(&mac);
}

static enum fail
note(struct ctx *ctx, const struct report *report,
    const struct pending_act *act)
{
	const char *name = report_flow.events[act->act].name;
	const int64_t person = ctx->actor->person;
	const struct sql_report_act_insert_args row = {
		.report = report->id,
		.act = name,
		.at_us = ctx->now_us,
		.person = person == 0 ? NULL : &person,
		.name = ctx->actor->name,
		.version =
		    act->version != 0 ? act->version : report->last_version,
		.revision = report->revision,
		.reason = act->reason,
		.entry = report->entry == NULL ? NULL : &report->entry->id,
	};
	const struct digest state = report_act_mac(ctx, &row);

	TRY(sql_report_act_insert(ctx, &row));
	return audit_note_state(ctx,
	    arena_printf(ctx->arena, "report.%s", name), report->unit->id,
	    report->id, NULL, &state);
}

/* A paper saved as it was. */
static bool
is_as_stored(struct ctx *ctx, struct report *report)
{
	const char *stored = report->draft;

	return !report->is_new && !report->has_reason &&
	       report->act_count == 0 &&
	       text_equal(draft_text(ctx, report), stored);
}

/* Of the day's bounds.  What the unit above does follows from a version that
 * was counted. */
static enum fail
take_of_day(struct ctx *ctx, const struct report *report)
{
	enum bound_act what = BOUND_SAVE;

	for (int i = 0; i < report->act_count; i++) {
		const enum report_act act = report->acts[i].act;

		if (act == ACT_ACCEPT || act == ACT_SEND_BACK)
			return OK;
		if (act == ACT_SIGN)
			what = BOUND_SIGN;
	}
	return bound_take(ctx, report->id, what);
}

enum fail
report_store(struct ctx *ctx, struct report *report, int64_t revision)
{
	TRY(flow_check(ctx, &report_flow, report));
	TRY(report_at(ctx, report, revision));
	if (is_as_stored(ctx, report))
		return OK;
	TRY(take_of_day(ctx, report));
	TRY(write_row(ctx, report, revision));
	for (int i = 0; i < report->act_count; i++) {
		report->entry = NULL;
		TRY(record_act(ctx, report, &report->acts[i]));
		TRY(note(ctx, report, &report->acts[i]));
	}
	if (report->act_count > 0)
		TRY(report_tell(ctx, report,
		    report->acts[report->act_count - 1].act));
	report->act_count = 0;
	return OK;
}
