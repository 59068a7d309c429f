#include <inttypes.h>

#include "core/arena.h"
#include "core/map.h"
#include "core/text.h"
#include "reform/plan_in.h"
#include "reform/reform.sql.h"

/* What one entry wrote, being taken back. */
struct undoing {
	struct ctx *ctx;
	struct reform_plan *plan;
	int64_t entry;
	const char *act;
	struct link *links; /* that it wrote */
};

struct link {
	int64_t from;
	int64_t to;
	day on;
	struct link *next;
};

static void
on_day(struct reform_plan *plan, day on)
{
	if (on < plan->from)
		plan->from = on;
	if (on > plan->to && on != DAY_OPEN)
		plan->to = on;
}

static struct plan_unit *
touch(struct undoing *u, int64_t id)
{
	struct plan_unit *unit = map_get(u->plan->units, id);

	if (unit != NULL)
		return unit;
	unit = ARENA_NEW(u->ctx->arena, struct plan_unit);
	unit->id = id;
	unit->is_touched = true;
	unit->ref = arena_printf(u->ctx->arena, "%" PRId64, id);
	plan_add(u->plan, unit);
	return unit;
}

/* --- rows of before ------------------------------------------------------ */

/* Who was founded never was; is_ended marks them. */
static enum fail
undo_units(struct undoing *u)
{
	struct cursor *cursor = NULL;
	struct sql_reform_units row = { 0 };
	bool more = false;

	TRY(sql_reform_units_open(u->ctx, u->entry, &cursor));
	for (;;) {
		TRY(sql_reform_units_next(u->ctx, cursor, &row, &more));
		if (!more)
			return OK;
		touch(u, row.id)->is_ended = true;
		unit_batch_end(u->plan->batch, row.id, UNIT_NEVER);
	}
}

static enum fail
undo_versions(struct undoing *u)
{
	struct cursor *cursor = NULL;
	struct sql_reform_versions row = { 0 };
	bool more = false;

	TRY(sql_reform_versions_open(u->ctx, u->entry, &cursor));
	for (;;) {
		struct sql_reform_version_before *was = NULL;
		struct plan_unit *unit = NULL;

		TRY(sql_reform_versions_next(u->ctx, cursor, &row, &more));
		if (!more)
			return OK;
		unit = touch(u, row.unit);
		on_day(u->plan, row.from_day);
		if (unit->is_ended)
			continue; /* void: its versions do not matter */
		TRY(sql_reform_version_before(u->ctx, row.unit, row.from_day,
		    u->entry, &was));
		if (was == NULL)
			return FAIL(u->ctx, FAIL_INTERNAL, "reform.rows",
			    "nothing was known of unit %" PRId64
			    " before entry %" PRId64,
			    row.unit, u->entry);
		unit->version = (struct unit_version_new){
			.unit = row.unit,
			.from = row.from_day,
			.name = was->name,
			.type = was->type,
			.level = (int)was->level,
			.parent = was->parent == NULL ? 0 : *was->parent,
		};
		unit_batch_version(u->plan->batch, &unit->version);
	}
}

static enum fail
undo_ends(struct undoing *u)
{
	struct cursor *cursor = NULL;
	struct sql_reform_ends row = { 0 };
	bool more = false;

	TRY(sql_reform_ends_open(u->ctx, u->entry, &cursor));
	for (;;) {
		struct sql_reform_end_before *was = NULL;

		TRY(sql_reform_ends_next(u->ctx, cursor, &row, &more));
		if (!more)
			return OK;
		if (touch(u, row.unit)->is_ended)
			continue;
		TRY(sql_reform_end_before(u->ctx, row.unit, u->entry, &was));
		unit_batch_end(u->plan->batch, row.unit,
		    was == NULL ? DAY_OPEN : was->on_day);
	}
}

static enum fail
undo_codes(struct undoing *u)
{
	struct cursor *cursor = NULL;
	struct sql_reform_codes row = { 0 };
	bool more = false;

	TRY(sql_reform_codes_open(u->ctx, u->entry, &cursor));
	for (;;) {
		struct sql_reform_code_before *was = NULL;

		TRY(sql_reform_codes_next(u->ctx, cursor, &row, &more));
		if (!more)
			return OK;
		on_day(u->plan, row.from_day);
		if (touch(u, row.unit)->is_ended)
			continue;
		TRY(sql_reform_code_before(u->ctx, row.unit, row.scheme,
		    row.from_day, u->entry, &was));
		unit_batch_code(u->plan->batch, row.unit,
		    arena_text(u->ctx->arena, row.scheme),
		    was == NULL ? "" : was->code, row.from_day);
	}
}

static enum fail
undo_successions(struct undoing *u)
{
	struct cursor *cursor = NULL;
	struct sql_reform_successions row = { 0 };
	bool more = false;

	TRY(sql_reform_successions_open(u->ctx, u->entry, &cursor));
	for (;;) {
		struct sql_reform_succession_before *was = NULL;
		struct link *link = NULL;

		TRY(sql_reform_successions_next(u->ctx, cursor, &row, &more));
		if (!more)
			return OK;
		touch(u, row.from_id);
		touch(u, row.to_id);
		on_day(u->plan, row.on_day);
		TRY(sql_reform_succession_before(u->ctx, row.from_id, row.to_id,
		    row.on_day, u->entry, &was));
		unit_batch_succession(u->plan->batch, row.from_id, row.to_id,
		    row.on_day, was == NULL ? "none" : was->kind,
		    was == NULL ? u->act : was->act);
		if (text_equal(row.kind, "none"))
			continue;
		link = ARENA_NEW(u->ctx->arena, struct link);
		*link = (struct link){ row.from_id, row.to_id, row.on_day,
			u->links };
		u->links = link;
	}
}

/* What a void unit signed is of those it was made of. */
static void
give_back(struct undoing *u, const struct plan_unit *unit)
{
	const struct unit *there = directory_unit(u->plan->before, unit->id);
	size_t count = 0;

	for (const struct link *l = u->links; l != NULL; l = l->next)
		count += l->to == unit->id && l->on == there->from;
	for (const struct link *l = u->links; l != NULL; l = l->next)
		if (l->to == unit->id && l->on == there->from)
			unit_batch_succession(u->plan->batch, unit->id, l->from,
			    l->on, count == 1 ? "whole" : "part", u->act);
}

/* --- what came later ----------------------------------------------------- */

#define LATER_MAX 200

#define CHAIN_MAX 1000 /* takings back of takings back */

/* Does nothing of the set hold any more?  It does again once what took it back
 * was taken back. */
static enum fail
is_undone(struct ctx *ctx, const struct sql_reform_load *set, bool *ret)
{
	const int64_t *by = set->taken_back_by;

	*ret = false;
	for (int i = 0; i < CHAIN_MAX && by != NULL; i++) {
		struct sql_reform_load *row = NULL;

		*ret = !*ret;
		TRY(sql_reform_load(ctx, *by, &row));
		by = row == NULL ? NULL : row->taken_back_by;
	}
	return OK;
}

/* Is nothing left of what the entry did: was it taken back, or did it take back
 * what is later than ours as well? */
static enum fail
is_settled(struct undoing *u, int64_t entry, bool *ret)
{
	struct sql_reform_load *row = NULL;

	*ret = false;
	TRY(sql_reform_load(u->ctx, entry, &row));
	if (row == NULL)
		return OK;
	TRY(is_undone(u->ctx, row, ret));
	if (!*ret)
		*ret = row->of != NULL && *row->of > u->entry;
	return OK;
}

static enum fail
check_later(struct undoing *u, const struct plan_unit *unit)
{
	struct sql_reform_later *rows = NULL;
	size_t count = 0;

	TRY(sql_reform_later(u->ctx, unit->id, u->entry, LATER_MAX, &rows,
	    &count));
	for (size_t i = 0; i < count; i++) {
		bool settled = false;

		TRY(is_settled(u, rows[i].entry, &settled));
		if (!settled || count == LATER_MAX)
			return FAIL(u->ctx, FAIL_CONFLICT, "reform.overtaken",
			    "unit %" PRId64
			    " was changed later, by entry %" PRId64,
			    unit->id, rows[i].entry);
	}
	return OK;
}

/* --- the whole ----------------------------------------------------------- */

enum fail
plan_counter(struct ctx *ctx, int64_t entry, const struct plan_kept *kept,
    struct reform_plan **ret)
{
	struct undoing u = { .ctx = ctx, .entry = entry, .act = kept->act };

	TRY(plan_new(ctx, plan_source(ctx->arena, kept), &u.plan));
	TRY(undo_units(&u));
	TRY(undo_versions(&u));
	TRY(undo_ends(&u));
	TRY(undo_codes(&u));
	TRY(undo_successions(&u));
	for (const struct plan_unit *unit = u.plan->first; unit != NULL;
	     unit = unit->next) {
		TRY(check_later(&u, unit));
		if (unit->is_ended)
			give_back(&u, unit);
	}
	TRY(plan_require(ctx, u.plan));
	TRY(directory_with(ctx, u.plan->batch, NULL, &u.plan->after));
	*ret = u.plan;
	return OK;
}
