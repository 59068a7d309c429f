#include "report/about.h"

#include <inttypes.h>

#include "codec/json.h"
#include "core/arena.h"
#include "core/map.h"
#include "ledger/ledger.h"
#include "people/access.h"
#include "report/closing.h"
#include "report/paper.h"
#include "report/report.sql.h"

enum fail
report_about(struct ctx *ctx, int64_t id, struct report_about *ret,
    bool *ret_found)
{
	struct sql_report_load *row = NULL;

	*ret_found = false;
	TRY(sql_report_load(ctx, id, &row));
	if (row == NULL)
		return OK;
	*ret = (struct report_about){
		.form = catalogue_form_by_id(catalogue_now(ctx), row->form_id),
		.period = row->period,
		.unit = directory_unit(directory_now(ctx), row->unit_id),
	};
	*ret_found = ret->form != NULL && ret->unit != NULL;
	return OK;
}

static enum fail
read_entry(struct ctx *ctx, int64_t index, struct ledger_entry *ret)
{
	struct ledger_reader *reader = NULL;
	bool more = false;

	TRY(ledger_read(ctx, index, index + 1, &reader));
	TRY(ledger_next(ctx, reader, ret, &more));
	if (!more)
		return FAIL(ctx, FAIL_INTERNAL, "report.body",
		    "there is no ledger entry %" PRId64, index);
	return OK;
}

enum fail
closing_about(struct ctx *ctx, int64_t index, struct report_about *ret)
{
	struct ledger_entry entry = { 0 };
	const struct json *body = NULL;
	const char *form = NULL;
	struct digest digest = { 0 };
	const struct form_version *version = NULL;

	TRY(read_entry(ctx, index, &entry));
	TRY(json_parse(ctx, entry.body, &body));
	form = json_get_text(body, "form");
	if (form != NULL && digest_from_hex(form, &digest))
		version = catalogue_digest(catalogue_now(ctx), &digest);
	*ret = (struct report_about){
		.form = version == NULL ? NULL : version->form,
		.period = json_get_text(body, "period"),
		.unit = directory_unit(directory_now(ctx), entry.unit),
	};
	if (ret->form == NULL || ret->period == NULL || ret->unit == NULL)
		return FAIL(ctx, FAIL_INTERNAL, "report.body",
		    "ledger entry %" PRId64 " is no closing", index);
	return OK;
}

/* Whose report has a version that counts, by id. */
static enum fail
read_sent(struct ctx *ctx, const struct form *form, const struct period *period,
    const struct report_owing *owing, size_t count, struct map *ret)
{
	struct sql_report_briefs row = { 0 };
	struct cursor *cursor = NULL;
	int64_t low = INT64_MAX;
	int64_t high = 0;
	bool more = true;

	for (size_t i = 0; i < count; i++) {
		const int64_t id = owing[i].unit->id;

		low = id < low ? id : low;
		high = id > high ? id : high;
	}
	TRY(sql_report_briefs_open(ctx, form->id,
	    period_text(ctx->arena, period), low, high, &cursor));
	for (;;) {
		TRY(sql_report_briefs_next(ctx, cursor, &row, &more));
		if (!more)
			return OK;
		if (row.sent_version > 0)
			map_put(ret, row.unit_id, ret);
	}
}

enum fail
report_unsent(struct ctx *ctx, const struct form *form,
    const struct period *period, struct report_owing *owing, size_t *count)
{
	struct map *sent = map_new(ctx->arena, 64);
	size_t kept = 0;

	if (*count == 0)
		return OK;
	TRY(read_sent(ctx, form, period, owing, *count, sent));
	for (size_t i = 0; i < *count; i++)
		if (map_get(sent, owing[i].unit->id) == NULL)
			owing[kept++] = owing[i];
	*count = kept;
	return OK;
}

bool
report_concerns(struct ctx *ctx, const struct unit *unit)
{
	const struct directory *dir = directory_now(ctx);
	const day today = day_of_us(ctx->now_us);
	const struct actor *actor = ctx->actor;

	if (access_may(ctx, "report.read", unit->id) ||
	    paper_place_reviews(ctx, unit))
		return true;
	for (size_t i = 0; i < actor->position_count; i++) {
		const int64_t id = actor->positions[i].unit;
		const struct unit *own = directory_unit(dir, id);

		if (own != NULL && closing_is_below(dir, own, unit, today) &&
		    access_may(ctx, "report.read", id))
			return true;
	}
	return false;
}
