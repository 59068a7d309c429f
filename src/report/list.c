#include "report/list.h"

#include <stdlib.h>

#include "core/arena.h"
#include "core/day.h"
#include "core/paging.h"
#include "core/text.h"
#include "org/directory.h"
#include "org/search.h"
#include "people/access.h"
#include "regime/catalogue.h"
#include "report/field.h"
#include "report/paper.h"
#include "report/report.h"
#include "report/report.sql.h"

/* Asked for one by one; whoever has more is answered from all reports. */
#define FEW_UNITS 64

struct report_item {
	int64_t id;
	const char *form;
	const char *period;
	int64_t unit;
	const char *unit_name;
	const char *state;
	int64_t revision;
	int64_t version;
	const char *sent_at;
	bool late;
	int64_t flags;
	day to; /* of the period; not shown */
};

struct report_list {
	struct list_of items;
	const int64_t *next;
};

/* clang-format off */
static const struct shape_field item_fields[] = {
	F_REPORT_ID(struct report_item),
	F_FORM(struct report_item, REQUIRED),
	F_PERIOD(struct report_item, period, REQUIRED),
	F_REPORT_UNIT(struct report_item),
	F_REPORT_UNIT_NAME(struct report_item),
	F_REPORT_STATE(struct report_item, REQUIRED, "how far it has come"),
	F_REPORT_REVISION(struct report_item),
	F_REPORT_VERSION(struct report_item),
	F_REPORT_SENT_AT(struct report_item),
	F_REPORT_LATE(struct report_item),
	F_REPORT_FLAGS(struct report_item),
};
static const struct shape item_shape =
    SHAPE("ReportItem", struct report_item, item_fields);

static const struct shape_field list_fields[] = {
	F_LIST(struct report_list, items, &item_shape, PAGING_MOST,
	    "reports, the newest first"),
	F_NEXT(struct report_list),
};
const struct shape report_list_shape =
    SHAPE("ReportList", struct report_list, list_fields);
/* clang-format on */

/* The filters, resolved. */
struct filter {
	const struct report_list_query *query;
	const int64_t *form;
	const int64_t *unit;
	int above;                    /* dense number, -1: any */
	const struct unit_text *text; /* NULL: any */
};

static enum fail
resolve(struct ctx *ctx, const struct report_list_query *query,
    struct filter *ret)
{
	const struct directory *dir = directory_now(ctx);
	const struct unit *unit = NULL;

	*ret = (struct filter){
		.query = query,
		.above = -1,
	};
	if (query->form != NULL) {
		const struct form *form =
		    catalogue_form(catalogue_now(ctx), query->form);

		if (form == NULL)
			fail_invalid(ctx, "/form", "form.unknown", "no form %s",
			    query->form);
		else
			ret->form = &form->id;
	}
	if (query->period != NULL && !catalogue_has_period(catalogue_now(ctx),
					 query->form, query->period))
		fail_invalid(ctx, "/period", "period.unknown",
		    "%s is no period of %s", query->period,
		    query->form == NULL ? "any form" : query->form);
	TRY(fail_valid(ctx));
	if (query->unit != NULL) {
		TRY(directory_find_at(ctx, dir, "/unit", query->unit, &unit));
		ret->unit = &unit->id;
	}
	if (query->children_of != NULL) {
		TRY(directory_find_at(ctx, dir, "/children_of",
		    query->children_of, &unit));
		ret->above = unit->number;
	}
	return query->q == NULL ? OK
				: unit_text_read(ctx, query->q, &ret->text);
}

/* May the actor see it, and how? */
static bool
is_seen(struct ctx *ctx, const struct sql_report_page *row,
    const struct unit *unit, bool *ret_own)
{
	*ret_own = access_may(ctx, "report.edit", row->unit_id) ||
		   access_may(ctx, "report.sign", row->unit_id);
	if (!access_may(ctx, "report.read", row->unit_id) &&
	    !paper_place_reviews(ctx, unit))
		return false;
	/* What was never signed is the unit's own business. */
	return *ret_own || row->first_sent_us != NULL;
}

static void
describe(struct ctx *ctx, const struct sql_report_page *row,
    const struct unit *unit, bool own, struct report_item *item)
{
	const struct directory *dir = directory_now(ctx);
	const struct form *form =
	    catalogue_form_by_id(catalogue_now(ctx), row->form_id);
	const int64_t sent_us =
	    row->first_sent_us == NULL ? ctx->now_us : *row->first_sent_us;
	struct period period = { 0 };
	day deadline = 0;

	*item = (struct report_item){
		.id = row->id,
		.form = form->code,
		.period = row->period,
		.unit = row->unit_id,
		.state = report_state_seen(own, row->work, row->standing),
		.revision = row->revision,
		.version = row->sent_version,
		.flags = row->flags,
	};
	if (row->first_sent_us != NULL)
		item->sent_at = time_text(ctx->arena, sent_us);
	if (!period_parse(&form->calendar, row->period, &period))
		return;
	item->to = period.to;
	item->unit_name = unit_name(unit, period.to);
	item->late = regime_owes(form, directory_structure(dir, period.to), dir,
			 unit->number, &period, &deadline) &&
		     regime_is_late(deadline, sent_us);
}

/* False: not for this actor or not asked for. */
static bool
take(struct ctx *ctx, const struct filter *filter,
    const struct sql_report_page *row, struct report_item *item)
{
	const struct report_list_query *query = filter->query;
	const struct directory *dir = directory_now(ctx);
	const struct unit *unit = directory_unit(dir, row->unit_id);
	bool own = false;

	if (unit == NULL || !is_seen(ctx, row, unit, &own))
		return false;
	if (filter->above >= 0 && directory_above(dir, unit->number,
				      day_of_us(ctx->now_us)) != filter->above)
		return false;
	describe(ctx, row, unit, own, item);
	return (query->state == NULL ||
		   text_equal(query->state, item->state)) &&
	       (!query->late || item->late) &&
	       (filter->text == NULL ||
		   unit_text_fits(ctx->arena, filter->text, unit, item->to));
}

/*
 * The units whose reports are asked for where they are few; 0: look at all.  A
 * commune has its own and those it succeeds.
 */
static size_t
few_units(struct ctx *ctx, const struct filter *filter,
    int64_t units[FEW_UNITS])
{
	const struct directory *dir = directory_now(ctx);
	size_t count = 0;

	if (filter->unit != NULL) {
		units[0] = *filter->unit;
		return 1;
	}
	for (size_t i = 0; i < ctx->actor->position_count; i++) {
		if (ctx->actor->positions[i].role->scope != SCOPE_OWN)
			return 0;
	}
	for (int n = 0; n < (int)directory_count(dir); n++) {
		const int64_t unit = directory_at(dir, n)->id;

		if (!access_may(ctx, "report.read", unit))
			continue;
		if (count == FEW_UNITS)
			return 0;
		units[count++] = unit;
	}
	return count;
}

/* Rows in order of their numbers, downwards; more: others may follow the last
 * one. */
struct rows {
	struct sql_report_page *at;
	size_t count;
	bool more;
};

static int
by_number(const void *a, const void *b)
{
	const struct sql_report_page *left = a;
	const struct sql_report_page *right = b;

	return (right->id > left->id) - (right->id < left->id);
}

static enum fail
read_units(struct ctx *ctx, const struct filter *filter, const int64_t *units,
    size_t unit_count, int64_t before, struct rows *ret)
{
	struct sql_report_page *parts[FEW_UNITS];
	size_t counts[FEW_UNITS];
	int64_t horizon = 0;

	*ret = (struct rows){ 0 };
	for (size_t i = 0; i < unit_count; i++) {
		TRY(sql_report_of_unit(ctx, units[i], filter->form,
		    filter->query->period, before, LIST_SCAN_MAX, &parts[i],
		    &counts[i]));
		ret->count += counts[i];
		/* Beyond the end of a full part nothing is known. */
		if (counts[i] == LIST_SCAN_MAX &&
		    parts[i][counts[i] - 1].id > horizon)
			horizon = parts[i][counts[i] - 1].id;
	}
	ret->at = ARENA_ARRAY(ctx->arena, ret->count, struct sql_report_page);
	for (size_t i = 0, to = 0; i < unit_count; i++) {
		for (size_t r = 0; r < counts[i]; r++)
			ret->at[to++] = parts[i][r];
	}
	if (ret->count > 0)
		qsort(ret->at, ret->count, sizeof(*ret->at), by_number);
	while (ret->count > 0 && ret->at[ret->count - 1].id < horizon)
		ret->count--;
	ret->more = horizon != 0;
	return OK;
}

static enum fail
read_rows(struct ctx *ctx, const struct filter *filter, int64_t before,
    struct rows *ret)
{
	int64_t units[FEW_UNITS];
	const size_t unit_count = few_units(ctx, filter, units);

	if (unit_count > 0)
		return read_units(ctx, filter, units, unit_count, before, ret);
	*ret = (struct rows){ 0 };
	TRY(sql_report_page(ctx, filter->form, filter->query->period, before,
	    LIST_SCAN_MAX, &ret->at, &ret->count));
	ret->more = ret->count == LIST_SCAN_MAX;
	return OK;
}

enum fail
report_list(struct ctx *ctx, const struct report_list_query *query,
    const struct report_list **ret)
{
	const size_t limit = paging_limit(query->limit);
	struct report_list *list = ARENA_NEW(ctx->arena, struct report_list);
	struct report_item *items =
	    ARENA_ARRAY(ctx->arena, limit, struct report_item);
	int64_t *next = ARENA_NEW(ctx->arena, int64_t);
	struct rows rows;
	struct filter filter;
	size_t count = 0;
	size_t at = 0;

	TRY(access_any(ctx, "report.read"));
	TRY(resolve(ctx, query, &filter));
	TRY(read_rows(ctx, &filter,
	    query->after == 0 ? INT64_MAX : query->after, &rows));
	for (at = 0; at < rows.count && count < limit; at++) {
		if (take(ctx, &filter, &rows.at[at], &items[count]))
			count++;
	}
	if (at < rows.count || rows.more) {
		*next = rows.at[at - 1].id;
		list->next = next;
	}
	list->items = (struct list_of){ items, count };
	*ret = list;
	return OK;
}
