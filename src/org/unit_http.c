#include "app/page.h"
#include "app/table.h"
#include "core/arena.h"
#include "core/paging.h"
#include "core/text.h"
#include "org/directory.h"
#include "org/field.h"
#include "org/search.h"
#include "org/slice.h"
#include "org/unit.h"

/* A unit of ours has a handful; the bound is for the description. */
#define PARTS_MOST 10000

struct unit_out {
	int64_t id;
	const char *name;
	int64_t level;
	const char *type;
	const char *code;
	const int64_t *parent;
	const char *parent_name;
	const char *from;
	const char *to;
	int64_t child_count;
	/* Below here only for one unit. */
	struct list_of versions;
	struct list_of codes;
	struct list_of successors;
	struct list_of predecessors;
};

/* clang-format off */
#define UNIT_ITEM_FIELDS \
	F_INT(struct unit_out, id, 1, INT64_MAX, REQUIRED, \
	    "Permanent id.", "17"), \
	F_TEXT(struct unit_out, name, 800, REQUIRED, \
	    "Name on the day asked for, else the nearest one.", \
	    "\"Tỉnh Tuyên Quang\""), \
	F_INT(struct unit_out, level, 0, 3, REQUIRED, \
	    "0 Government, 1 ministry or province, 2 district, 3 commune.", \
	    "1"), \
	F_ENUM(struct unit_out, type, unit_types, REQUIRED, "Type.", \
	    "\"province\""), \
	F_TEXT(struct unit_out, code, 64, OPTIONAL, \
	    "Area code on the day, else its first code.", "\"08\""), \
	F_OPT_INT(struct unit_out, parent, 1, INT64_MAX, \
	    "The unit above; null for the Government.", "1"), \
	F_TEXT(struct unit_out, parent_name, 800, OPTIONAL, \
	    "Its name on the day.", "\"Chính phủ\""), \
	F_DATE(struct unit_out, from, REQUIRED, "First day.", \
	    "\"2025-07-01\""), \
	F_DATE(struct unit_out, to, OPTIONAL, \
	    "First day without it; null: still there.", "null"), \
	F_INT(struct unit_out, child_count, 0, INT64_MAX, REQUIRED, \
	    "Units directly below on the day.", "124")

static const struct shape_field item_fields[] = { UNIT_ITEM_FIELDS };
static const struct shape item_shape =
    SHAPE("UnitItem", struct unit_out, item_fields);

struct version_out {
	const char *from;
	const char *to;
	const char *name;
	const char *type;
	int64_t level;
	const int64_t *parent;
};
static const struct shape_field version_fields[] = {
	F_DATE(struct version_out, from, REQUIRED, "First day.",
	    "\"2022-04-10\""),
	F_DATE(struct version_out, to, OPTIONAL, "First day after; or null.",
	    "\"2025-07-01\""),
	F_UNIT_NAME(struct version_out, name, "Name.", "\"Tỉnh Hà Giang\""),
	F_ENUM(struct version_out, type, unit_types, REQUIRED, "Type.",
	    "\"province\""),
	F_INT(struct version_out, level, 0, 3, REQUIRED, "Level.", "1"),
	F_OPT_INT(struct version_out, parent, 1, INT64_MAX,
	    "The unit above; null for the Government.", "1"),
};
static const struct shape version_shape =
    SHAPE("UnitVersion", struct version_out, version_fields);

struct code_out {
	const char *scheme;
	const char *code;
	const char *from;
	const char *to;
};
static const struct shape_field code_fields[] = {
	F_TEXT(struct code_out, scheme, 32, REQUIRED, "Scheme.", "\"area\""),
	F_TEXT(struct code_out, code, 64, REQUIRED, "Code.", "\"02\""),
	F_DATE(struct code_out, from, REQUIRED, "First day.",
	    "\"2022-04-10\""),
	F_DATE(struct code_out, to, OPTIONAL, "First day after; or null.",
	    "\"2025-07-01\""),
};
static const struct shape code_shape =
    SHAPE("UnitCode", struct code_out, code_fields);

struct succession_out {
	int64_t unit;
	const char *name;
	const char *date;
	const char *kind;
	const char *act;
};
static const struct shape_field succession_fields[] = {
	F_ID(struct succession_out, unit, "The other unit.", "17"),
	F_UNIT_NAME(struct succession_out, name, "Its name.",
	    "\"Tỉnh Tuyên Quang\""),
	F_DATE(struct succession_out, date, REQUIRED,
	    "First day of the new state.", "\"2025-07-01\""),
	F_ENUM(struct succession_out, kind, succession_names, REQUIRED,
	    "How much went over.", "\"whole\""),
	F_TEXT(struct succession_out, act, 800, REQUIRED,
	    "Legal act; empty if it is not known.",
	    "\"202/2025/QH15\""),
};
static const struct shape succession_shape =
    SHAPE("UnitSuccession", struct succession_out, succession_fields);

static const struct shape_field unit_fields[] = {
	UNIT_ITEM_FIELDS,
	F_LIST(struct unit_out, versions, &version_shape, PARTS_MOST,
	    "All versions, the oldest first."),
	F_LIST(struct unit_out, codes, &code_shape, PARTS_MOST,
	    "All codes, by scheme and day."),
	F_LIST(struct unit_out, successors, &succession_shape, PARTS_MOST,
	    "Units that took over from it."),
	F_LIST(struct unit_out, predecessors, &succession_shape, PARTS_MOST,
	    "Units it took over from."),
};
static const struct shape unit_shape =
    SHAPE("Unit", struct unit_out, unit_fields);

struct list_out {
	struct list_of items;
	const int64_t *next;
};
static const struct shape_field list_fields[] = {
	F_LIST(struct list_out, items, &item_shape, PAGING_MOST,
	    "Units, the best fit first; then by level and name."),
	F_NEXT(struct list_out),
};
static const struct shape list_shape =
    SHAPE("UnitList", struct list_out, list_fields);

struct list_in {
	const char *q;
	const int64_t *level;
	const char *parent;
	const char *on;
	int64_t limit;
	int64_t after;
	const char *format;
};
static const struct shape_field list_in_fields[] = {
	F_TEXT(struct list_in, q, 200, OPTIONAL,
	    "Part of the name, with or without diacritics.",
	    "\"tuyen quang\""),
	F_OPT_INT(struct list_in, level, 0, 3, "Only this level.", "1"),
	F_UNIT_REF(struct list_in, parent, OPTIONAL,
	    "Only units directly below this one (id or scheme:code@date).",
	    "\"area:08@2025-07-01\""),
	F_DATE(struct list_in, on, OPTIONAL,
	    "Only units alive on this day; today if absent.",
	    "\"2025-07-01\""),
	F_LIMIT(struct list_in, PAGING_MOST),
	F_AFTER(struct list_in),
	F_FORMAT(struct list_in),
};
static const struct shape list_in_shape =
    SHAPE("UnitListQuery", struct list_in, list_in_fields);

static const char *
say_level(struct ctx *ctx, const char *level)
{
	return page_code(ctx, "org.table.level", level);
}

static const struct table_column list_columns[] = {
	{ "name", NULL, NULL },
	{ "code", NULL, NULL },
	{ "type", NULL, NULL },
	{ "level", NULL, say_level },
	{ "parent_name", NULL, NULL },
	{ "from", NULL, NULL },
	{ "to", NULL, NULL },
	{ "child_count", NULL, NULL },
	{ NULL, NULL, NULL },
};
static const struct route_table list_table = {
	.name = "units",
	.words = "org.table",
	.list = "items",
	.columns = list_columns,
};

struct one_in {
	const char *on;
};
static const struct shape_field one_in_fields[] = {
	F_DATE(struct one_in, on, OPTIONAL,
	    "Name, parent and children of this day; today if absent.",
	    "\"2025-07-01\""),
};
static const struct shape one_in_shape =
    SHAPE("UnitQuery", struct one_in, one_in_fields);
/* clang-format on */

/* The dispatcher has checked the day's form. */
static day
day_or_today(const struct ctx *ctx, const char *text)
{
	day on = day_of_us(ctx->now_us);

	if (text != NULL && !day_parse(text, &on))
		return day_of_us(ctx->now_us);
	return on;
}

static const char *
end_text(struct arena *arena, day to)
{
	return to == DAY_OPEN ? NULL : day_text(arena, to);
}

static const int64_t *
id_of(const struct directory *dir, int number)
{
	return number < 0 ? NULL : &directory_at(dir, number)->id;
}

static void
describe(struct ctx *ctx, const struct directory *dir, const struct unit *unit,
    day on, struct unit_out *out)
{
	const struct unit_version *v = unit_near(unit, on);
	const char *code = unit_any_code(unit, on);
	size_t children = 0;

	structure_children(directory_structure(dir, on), unit->number,
	    &children);
	*out = (struct unit_out){
		.id = unit->id,
		.name = v->name,
		.level = v->level,
		.type = v->type,
		.code = code[0] == '\0' ? NULL : code,
		.parent = id_of(dir, v->parent),
		.parent_name =
		    v->parent < 0
			? NULL
			: unit_near(directory_at(dir, v->parent), on)->name,
		.from = day_text(ctx->arena, unit->from),
		.to = end_text(ctx->arena, unit->to),
		.child_count = (int64_t)children,
	};
}

static struct list_of
versions_of(struct ctx *ctx, const struct directory *dir,
    const struct unit *unit)
{
	struct version_out *out =
	    ARENA_ARRAY(ctx->arena, unit->version_count, struct version_out);

	for (size_t i = 0; i < unit->version_count; i++) {
		const struct unit_version *v = &unit->versions[i];

		out[i] = (struct version_out){
			.from = day_text(ctx->arena, v->from),
			.to = end_text(ctx->arena, v->to),
			.name = v->name,
			.type = v->type,
			.level = v->level,
			.parent = id_of(dir, v->parent),
		};
	}
	return (struct list_of){ out, unit->version_count };
}

static struct list_of
codes_of(struct ctx *ctx, const struct unit *unit)
{
	struct code_out *out =
	    ARENA_ARRAY(ctx->arena, unit->code_count + 1, struct code_out);

	for (size_t i = 0; i < unit->code_count; i++) {
		const struct unit_code *code = &unit->codes[i];

		out[i] = (struct code_out){
			.scheme = code->scheme,
			.code = code->code,
			.from = day_text(ctx->arena, code->from),
			.to = end_text(ctx->arena, code->to),
		};
	}
	return (struct list_of){ out, unit->code_count };
}

static struct list_of
successions_of(struct ctx *ctx, const struct directory *dir,
    const struct unit *unit, bool forward)
{
	size_t all = 0;
	const struct succession *s = directory_successions(dir, &all);
	struct succession_out *out = NULL;
	size_t n = 0;

	for (size_t i = 0; i < all; i++)
		n += (forward ? s[i].from : s[i].to) == unit->number;
	out = ARENA_ARRAY(ctx->arena, n + 1, struct succession_out);
	n = 0;
	for (size_t i = 0; i < all; i++) {
		const struct unit *other =
		    directory_at(dir, forward ? s[i].to : s[i].from);

		if ((forward ? s[i].from : s[i].to) != unit->number)
			continue;
		out[n++] = (struct succession_out){
			.unit = other->id,
			/* A successor's first name, a predecessor's last. */
			.name =
			    unit_name(other, forward ? s[i].on : s[i].on - 1),
			.date = day_text(ctx->arena, s[i].on),
			.kind = succession_names[s[i].kind],
			.act = s[i].act,
		};
	}
	return (struct list_of){ out, n };
}

static enum fail
get_list(struct ctx *ctx, struct call *call)
{
	const struct list_in *in = call_query(call, &list_in_shape);
	const struct directory *dir = directory_now(ctx);
	struct list_out *out = ARENA_NEW(ctx->arena, struct list_out);
	struct unit_query query = {
		.text = in->q,
		.level = in->level == NULL ? -1 : (int)*in->level,
		.parent = -1,
		.on = day_or_today(ctx, in->on),
		.after = (size_t)in->after,
		.limit = paging_limit(in->limit),
	};
	const int *found = NULL;
	size_t count = 0;
	bool more = false;

	if (in->parent != NULL) {
		const struct unit *parent = NULL;

		TRY(directory_find_at(ctx, dir, "/parent", in->parent,
		    &parent));
		query.parent = parent->number;
	}
	TRY(unit_search(ctx, dir, &query, &found, &count, &more));
	struct unit_out *items =
	    ARENA_ARRAY(ctx->arena, count + 1, struct unit_out);

	for (size_t i = 0; i < count; i++)
		describe(ctx, dir, directory_at(dir, found[i]), query.on,
		    &items[i]);
	out->items = (struct list_of){ items, count };
	if (more) {
		const int64_t next = (int64_t)(query.after + count);

		out->next = arena_copy(ctx->arena, &next, sizeof(next));
	}
	return call_answer(ctx, call, 200, &list_shape, out);
}

static enum fail
get_one(struct ctx *ctx, struct call *call)
{
	const struct one_in *in = call_query(call, &one_in_shape);
	const struct directory *dir = directory_now(ctx);
	struct unit_out *out = ARENA_NEW(ctx->arena, struct unit_out);
	const struct unit *unit = NULL;

	TRY(directory_find(ctx, dir, call_path(call, "ref"), &unit));
	describe(ctx, dir, unit, day_or_today(ctx, in->on), out);
	out->versions = versions_of(ctx, dir, unit);
	out->codes = codes_of(ctx, unit);
	out->successors = successions_of(ctx, dir, unit, true);
	out->predecessors = successions_of(ctx, dir, unit, false);
	return call_answer(ctx, call, 200, &unit_shape, out);
}

static const char *const list_failures[] = { "unit.ref", "unit.code_needs_date",
	"unit.unknown", "unit.query", NULL };
static const char *const one_failures[] = { "unit.ref", "unit.code_needs_date",
	"unit.unknown", NULL };

const struct route unit_routes[] = {
	{ .method = GET,
	    .path = "/api/v1/units",
	    .permission = "unit.read",
	    .tx = TX_NONE,
	    .query = &list_in_shape,
	    .out = &list_shape,
	    .media = &table_media,
	    .table = &list_table,
	    .handle = get_list,
	    .summary = "Units by name, level and parent.",
	    .failures = list_failures },
	{ .method = GET,
	    .path = "/api/v1/units/{ref}",
	    .permission = "unit.read",
	    .tx = TX_NONE,
	    .query = &one_in_shape,
	    .out = &unit_shape,
	    .handle = get_one,
	    .summary = "One unit with its history.",
	    .failures = one_failures },
	{ 0 },
};
