#include "reform/reform.h"

#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/home.h"
#include "core/map.h"
#include "core/paging.h"
#include "core/text.h"
#include "core/utf8.h"
#include "ledger/ledger.h"
#include "org/change.h"
#include "people/access.h"
#include "reform/reform.sql.h"

struct reform_done {
	int64_t id;
	const char *at;
	const int64_t *ledger_index;
	const char *act;
	const char *note;
	int64_t count;
	const int64_t *of;
	const int64_t *taken_back_by;
	/* Below here only for one. */
	struct list_of changes;
};

struct reform_page {
	struct list_of items;
	const int64_t *next;
};

/* clang-format off */
#define DONE_FIELDS \
	F_ID(struct reform_done, id, "number of the set", "4711"), \
	F_TIME(struct reform_done, at, REQUIRED, "when it was applied", \
	    "\"2025-12-20T09:12:00+07:00\""), \
	F_OPT_INT(struct reform_done, ledger_index, 0, INT64_MAX, \
	    "ledger entry of its rows", "48213"), \
	F_TEXT(struct reform_done, act, 4 * SET_ACT_MAX, REQUIRED, \
	    "the act of the set; empty: each change has its own", \
	    "\"1656/NQ-UBTVQH15\""), \
	F_TEXT(struct reform_done, note, REFORM_REASON_MAX, REQUIRED, \
	    "what else is said of it; of a taking back the reason", "\"\""), \
	F_COUNT(struct reform_done, count, \
	    "changes in the set; 0: it takes another one back", "3"), \
	F_OPT_INT(struct reform_done, of, 1, INT64_MAX, \
	    "the set that it takes back", "null"), \
	F_OPT_INT(struct reform_done, taken_back_by, 1, INT64_MAX, \
	    "the set that takes this one back", "null")

static const struct shape_field item_fields[] = { DONE_FIELDS };
static const struct shape item_shape =
    SHAPE("UnitChangeDoneItem", struct reform_done, item_fields);

static const struct shape_field done_fields[] = {
	DONE_FIELDS,
	F_LIST(struct reform_done, changes, &set_change_shape,
	    SET_CHANGES_MAX, "what was asked for"),
};
const struct shape reform_shape =
    SHAPE("UnitChangeDone", struct reform_done, done_fields);

static const struct shape_field page_fields[] = {
	F_LIST(struct reform_page, items, &item_shape, PAGING_MOST,
	    "sets of changes, the newest first"),
	F_NEXT(struct reform_page),
};
const struct shape reform_page_shape =
    SHAPE("UnitChangePage", struct reform_page, page_fields);
/* clang-format on */

/* --- plans --------------------------------------------------------------- */

static struct plan_kept
kept_of_set(struct arena *arena, const struct change_set *set)
{
	return (struct plan_kept){
		.act = set->act == NULL ? "" : set->act,
		.note = set->note == NULL ? "" : set->note,
		.changes = (int64_t)set->changes.count,
		.body = set_text(arena, set),
	};
}

/* In NFC; what it is not gets a fault at its place. */
static const char *
clean(struct ctx *ctx, const char *text, size_t characters, const char *pointer,
    const char *code)
{
	const char *nfc = text == NULL ? NULL : utf8_nfc(ctx->arena, text);

	if (nfc != NULL && utf8_length(nfc) <= characters && utf8_says(nfc))
		return nfc;
	fail_invalid(ctx, pointer, code,
	    "1 to %zu characters, with a letter or a digit", characters);
	return "";
}

static enum fail
plan_back(struct ctx *ctx, int64_t id, const char *act, const char *reason,
    struct plan_kept *ret_kept, struct reform_plan **ret)
{
	struct sql_reform_load *row = NULL;

	TRY(access_any(ctx, "unit.change"));
	TRY(sql_reform_load(ctx, id, &row));
	if (row == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "reform.unknown",
		    "no set of changes %" PRId64, id);
	*ret_kept = (struct plan_kept){
		.of = id,
		.act = clean(ctx, act, SET_ACT_MAX, "/act", "unit.act"),
		.note = clean(ctx, reason, REFORM_REASON_MAX, "/reason",
		    "reform.reason"),
		.body = "{}",
	};
	TRY(fail_valid(ctx));
	if (row->taken_back_by != NULL)
		return FAIL(ctx, FAIL_CONFLICT, "reform.undone",
		    "%" PRId64 " was taken back by %" PRId64, id,
		    *row->taken_back_by);
	return plan_counter(ctx, id, ret_kept, ret);
}

enum fail
reform_preview(struct ctx *ctx, const struct change_set *set,
    const struct effect **ret)
{
	const struct plan_kept kept = kept_of_set(ctx->arena, set);
	struct reform_plan *plan = NULL;

	TRY(plan_make(ctx, set, &kept, &plan));
	return effect_of(ctx, plan, ret);
}

enum fail
reform_counter_preview(struct ctx *ctx, int64_t id, const char *act,
    const char *reason, const struct effect **ret)
{
	struct plan_kept kept = { 0 };
	struct reform_plan *plan = NULL;

	TRY(plan_back(ctx, id, act, reason, &kept, &plan));
	return effect_of(ctx, plan, ret);
}

/* --- applying ------------------------------------------------------------ */

#define DIFFERENCES_MAX 100 /* told of each side */

/* What is new, and what is gone. */
static void
tell_difference(struct ctx *ctx, const struct effect *effect,
    const struct reform_shown *shown)
{
	static char there[] = "there";
	struct map *seen = map_new(ctx->arena, shown->marks.count + 1);
	struct map *now = map_new(ctx->arena, effect->line_count + 1);
	int told = 0;

	for (size_t i = 0; i < shown->marks.count; i++)
		map_put_text(seen, shown->marks.at[i], there);
	for (size_t i = 0; i < effect->line_count; i++) {
		const struct effect_line *line = &effect->lines[i];

		map_put_text(now, line->mark, there);
		if (map_get_text(seen, line->mark) == NULL &&
		    shown->marks.count > 0 && told++ < DIFFERENCES_MAX)
			fail_invalid(ctx, "/digest", "reform.new", "%s",
			    line->text);
	}
	told = 0;
	for (size_t i = 0; i < shown->marks.count; i++)
		if (map_get_text(now, shown->marks.at[i]) == NULL &&
		    told++ < DIFFERENCES_MAX)
			fail_invalid(ctx,
			    arena_printf(ctx->arena, "/marks/%zu", i),
			    "reform.gone", "this is so no more");
}

static enum fail
compare(struct ctx *ctx, const struct reform_plan *plan,
    const struct reform_shown *shown)
{
	const struct effect *effect = NULL;

	if (shown->digest == NULL)
		return OK;
	TRY(effect_of(ctx, plan, &effect));
	if (text_equal(effect->digest, shown->digest))
		return OK;
	tell_difference(ctx, effect, shown);
	return FAIL(ctx, FAIL_CONFLICT, "reform.changed",
	    "something has changed since ledger index %" PRId64, shown->index);
}

static enum fail
record(struct ctx *ctx, struct reform_plan *plan, const struct plan_kept *kept,
    struct list_of changes, const struct reform_done **ret)
{
	struct reform_done *done = ARENA_NEW(ctx->arena, struct reform_done);
	const struct ledger_entry *entry = NULL;
	const int64_t *of = kept->of == 0 ? NULL : &kept->of;
	int64_t changed = 0;

	TRY(unit_batch_enter(ctx, plan->batch, "unit.reform", 0, &entry));
	if (entry == NULL)
		return FAIL(ctx, FAIL_CONFLICT, "reform.nothing",
		    "nothing would be written");
	TRY(sql_reform_insert(ctx,
	    &(struct sql_reform_insert_args){
		.entry = entry->id,
		.of = of,
		.act = kept->act,
		.note = kept->note,
		.changes = kept->changes,
		.body = kept->body,
	    },
	    &changed));
	*done = (struct reform_done){
		.id = entry->id,
		.at = time_text(ctx->arena, ctx->now_us),
		.ledger_index = &entry->index,
		.act = kept->act,
		.note = kept->note,
		.count = kept->changes,
		.of =
		    of == NULL ? NULL : arena_copy(ctx->arena, of, sizeof(*of)),
		.changes = changes,
	};
	*ret = done;
	return OK;
}

enum fail
reform_apply(struct ctx *ctx, const struct change_set *set,
    const struct reform_shown *shown, const struct reform_done **ret)
{
	const struct plan_kept kept = kept_of_set(ctx->arena, set);
	struct reform_plan *plan = NULL;

	ledger_take_moment(ctx);
	TRY(plan_make(ctx, set, &kept, &plan));
	TRY(compare(ctx, plan, shown));
	return record(ctx, plan, &kept, set->changes, ret);
}

enum fail
reform_take_back(struct ctx *ctx, int64_t id, const char *act,
    const char *reason, const struct reform_shown *shown,
    const struct reform_done **ret)
{
	struct plan_kept kept = { 0 };
	struct reform_plan *plan = NULL;

	ledger_take_moment(ctx);
	TRY(plan_back(ctx, id, act, reason, &kept, &plan));
	TRY(compare(ctx, plan, shown));
	return record(ctx, plan, &kept, (struct list_of){ NULL, 0 }, ret);
}

/* --- what was applied ---------------------------------------------------- */

static enum fail
describe(struct ctx *ctx, const struct sql_reform_load *row,
    struct reform_done *ret)
{
	struct ledger_entry *entry = NULL;

	TRY(ledger_load(ctx, row->entry, &entry));
	*ret = (struct reform_done){
		.id = row->entry,
		.at = time_text(ctx->arena, entry->at_us),
		.ledger_index = &entry->index,
		.act = row->act,
		.note = row->note,
		.count = row->changes,
		.of = row->of,
		.taken_back_by = row->taken_back_by,
	};
	return OK;
}

enum fail
reform_list(struct ctx *ctx, int64_t before, int64_t limit,
    const struct reform_page **ret)
{
	struct reform_page *page = ARENA_NEW(ctx->arena, struct reform_page);
	struct sql_reform_load *rows = NULL;
	struct reform_done *items = NULL;
	size_t count = 0;
	bool more = false;

	TRY(access_any(ctx, "unit.change"));
	TRY(sql_reform_page(ctx, before == 0 ? INT64_MAX : before, limit + 1,
	    &rows, &count));
	more = paging_cut(limit, &count);
	items = ARENA_ARRAY(ctx->arena, count + 1, struct reform_done);
	for (size_t i = 0; i < count; i++)
		TRY(describe(ctx, &rows[i], &items[i]));
	page->items = (struct list_of){ items, count };
	if (more)
		page->next = &items[count - 1].id;
	*ret = page;
	return OK;
}

enum fail
reform_show(struct ctx *ctx, int64_t id, const struct reform_done **ret)
{
	struct reform_done *done = ARENA_NEW(ctx->arena, struct reform_done);
	const struct change_set *set = NULL;
	struct sql_reform_load *row = NULL;

	TRY(access_any(ctx, "unit.change"));
	TRY(sql_reform_load(ctx, id, &row));
	if (row == NULL)
		return FAIL(ctx, FAIL_NOT_FOUND, "reform.unknown",
		    "no set of changes %" PRId64, id);
	TRY(describe(ctx, row, done));
	if (row->of == NULL) {
		TRY(set_read(ctx, bytes_of_text(row->body), &set));
		done->changes = set->changes;
	}
	*ret = done;
	return OK;
}

/* --- against the ledger -------------------------------------------------- */

static enum fail
check_row(struct ctx *ctx, const struct sql_reform_all *row)
{
	const struct plan_kept kept = {
		.of = row->of == NULL ? 0 : *row->of,
		.act = row->act,
		.note = row->note,
		.changes = row->changes,
		.body = row->body,
	};
	struct ledger_entry *entry = NULL;
	const char *source = NULL;

	if (ledger_load(ctx, row->entry, &entry) != OK)
		return FAIL(ctx, FAIL_INTERNAL, "reform.differs",
		    "set %" PRId64 " names no entry of the ledger", row->entry);
	TRY(change_source(ctx, entry->body, &source));
	if (text_equal(entry->kind, "unit.reform") &&
	    text_equal(source, plan_source(ctx->arena, &kept)))
		return OK;
	return FAIL(ctx, FAIL_INTERNAL, "reform.differs",
	    "set %" PRId64 " is not what the ledger says", row->entry);
}

static enum fail
count_entries(struct ctx *ctx, int64_t *ret)
{
	static const char *const kinds[] = { "unit.reform" };
	struct ledger_reader *reader = NULL;
	struct ledger_entry entry = { 0 };
	bool more = true;

	TRY(ledger_read_kinds(ctx, 0, ledger_size(ctx->home->ledger), kinds,
	    ARRAY_SIZE(kinds), &reader));
	for (*ret = 0;; ++*ret) {
		TRY(ledger_next(ctx, reader, &entry, &more));
		if (!more)
			return OK;
	}
}

enum fail
reform_check(struct ctx *ctx, int64_t *ret_checked)
{
	struct cursor *cursor = NULL;
	struct sql_reform_all row = { 0 };
	int64_t entries = 0;
	int64_t rows = 0;
	bool more = true;

	TRY(count_entries(ctx, &entries));
	TRY(sql_reform_all_open(ctx, &cursor));
	for (;; rows++) {
		TRY(sql_reform_all_next(ctx, cursor, &row, &more));
		if (!more)
			break;
		TRY(check_row(ctx, &row));
	}
	*ret_checked = rows;
	if (rows == entries)
		return OK;
	return FAIL(ctx, FAIL_INTERNAL, "reform.differs",
	    "the ledger has %" PRId64 " sets of changes; there are %" PRId64
	    " rows",
	    entries, rows);
}
