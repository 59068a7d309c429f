#include "core/arena.h"
#include "report/check.h"
#include "report/report.sql.h"

#define PAGE 500

static int64_t
mac_of(struct ctx *ctx, const struct sql_report_whole *row)
{
	return report_row_mac(ctx, &(struct sql_report_insert_args){
				       .id = row->id,
				       .form = row->form_id,
				       .period = row->period,
				       .unit = row->unit_id,
				       .work = row->work,
				       .standing = row->standing,
				       .revision = row->revision,
				       .draft = row->draft,
				       .draft_form = row->draft_form_id,
				       .sent = row->sent_version,
				       .accepted = row->accepted_version,
				       .last = row->last_version,
				       .first_sent_us = row->first_sent_us,
				       .flags = row->flags,
				       .reason = row->reason,
				       .writer = row->writer,
				   });
}

/* A page of rows from behind *after on, which moves; *count is 0 at the end. */
static enum fail
visit_page(struct ctx *ctx, const struct report_visit *visit, int64_t *after,
    size_t *count)
{
	struct sql_report_whole *rows = NULL;

	TRY(sql_report_whole(ctx, *after, PAGE, &rows, count));
	for (size_t i = 0; i < *count; i++) {
		const struct report_seen seen = {
			.id = rows[i].id,
			.revision = rows[i].revision,
			.mac = mac_of(ctx, &rows[i]),
			.stored = rows[i].mac,
		};

		TRY(visit->row(ctx, visit->arg, &seen));
		*after = seen.id;
	}
	return OK;
}

enum fail
report_visit_rows(struct ctx *ctx, const struct report_visit *visit)
{
	struct arena *outer = ctx->arena;
	int64_t after = INT64_MIN;
	size_t count = PAGE;
	enum fail got = OK;

	while (count > 0) {
		struct arena *page = arena_child(outer);

		ctx->arena = page;
		got = visit_page(ctx, visit, &after, &count);
		ctx->arena = outer;
		/* The texts of a failure live in the page's arena. */
		TRY(got);
		arena_free(page);
	}
	return OK;
}

/* ---- what the checkpoint's sum counts (people/tally.h) ------------------- */

void
report_row(struct tally *tally, int64_t id, const int64_t *stored)
{
	struct mac *mac = tally_row(tally, "report");

	mac_int(mac, id);
	mac_int_maybe(mac, stored);
	tally_row_end(tally);
}

enum fail
report_rows(struct ctx *ctx, int64_t from, int64_t to, struct tally *tally)
{
	struct sql_report_rows row = { 0 };
	struct cursor *cursor = NULL;
	bool more = true;

	TRY(sql_report_rows_open(ctx, from, to, &cursor));
	for (;;) {
		TRY(sql_report_rows_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		report_row(tally, row.id, row.mac);
	}
}

/* ---- rows get their MACs ------------------------------------------------- */

static enum fail
adopt_row(struct ctx *ctx, void *arg, const struct report_seen *seen)
{
	int64_t changed = 0;

	(void)arg;
	/* Not in the sum, which begins after this. */
	return sql_report_set_mac(ctx, seen->id, seen->mac, &changed);
}

enum fail
report_adopt(struct ctx *ctx)
{
	return report_visit_rows(ctx,
	    &(struct report_visit){ adopt_row, NULL });
}

enum fail
report_adopt_one(struct ctx *ctx, int64_t id)
{
	struct sql_report_whole *rows = NULL;
	int64_t changed = 0;
	size_t count = 0;

	TRY(sql_report_whole(ctx, id - 1, 1, &rows, &count));
	if (count == 0 || rows[0].id != id)
		return OK;
	TRY(tally_leave(ctx, report_rows, id, id));
	TRY(sql_report_set_mac(ctx, id, mac_of(ctx, &rows[0]), &changed));
	return tally_enter(ctx, report_rows, id, id);
}
