#include "app/route.h"
#include "app/table.h"
#include "core/arena.h"
#include "core/paging.h"
#include "reform/reform.h"
#include "reform/slice.h"

/* clang-format off */
#define SHOWN_FIELDS(st) \
	F_INT(st, index, 0, INT64_MAX, REQUIRED, \
	    "the index of the preview", "48213"), \
	F_TEXT(st, digest, 64, REQUIRED, "the digest of the preview", \
	    "\"5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef\""), \
	F_TEXTS(st, marks, 0, REFORM_MARKS_MAX, EFFECT_MARK_LEN, OPTIONAL, \
	    "the marks of the preview's items, so that a refusal can tell " \
	    "the difference", "[\"9b0c4e71a5d2c3f0\"]")

struct apply_in {
	int64_t index;
	const char *digest;
	struct texts_of marks;
	const struct change_set *set;
};
static const struct shape_field apply_fields[] = {
	SHOWN_FIELDS(struct apply_in),
	F_ONE(struct apply_in, set, &change_set_shape, REQUIRED,
	    "the set that the preview was of"),
};
static const struct shape apply_shape =
    SHAPE("UnitChangeApply", struct apply_in, apply_fields);

#define COUNTER_FIELDS(st) \
	F_TEXT(st, act, 4 * SET_ACT_MAX, REQUIRED, \
	    "the act that says so, at most 200 characters", \
	    "\"12/NQ-UBTVQH15\""), \
	F_TEXT(st, reason, REFORM_REASON_MAX, REQUIRED, "why", \
	    "\"Nghị quyết bị bãi bỏ\"")

struct counter_in {
	const char *act;
	const char *reason;
	int64_t index;
	const char *digest;
	struct texts_of marks;
};
static const struct shape_field counter_preview_fields[] = {
	COUNTER_FIELDS(struct counter_in),
};
static const struct shape counter_preview_shape =
    SHAPE("UnitChangeCounterPreview", struct counter_in,
	counter_preview_fields);
static const struct shape_field counter_fields[] = {
	COUNTER_FIELDS(struct counter_in),
	SHOWN_FIELDS(struct counter_in),
};
static const struct shape counter_shape =
    SHAPE("UnitChangeCounter", struct counter_in, counter_fields);

struct list_in {
	int64_t limit;
	int64_t after;
	const char *format;
};
static const struct shape_field list_fields[] = {
	F_LIMIT(struct list_in, PAGING_MOST),
	F_AFTER(struct list_in),
	F_FORMAT(struct list_in),
};
static const struct shape list_shape =
    SHAPE("UnitChangeQuery", struct list_in, list_fields);
/* clang-format on */

static enum fail
post_preview(struct ctx *ctx, struct call *call)
{
	const struct effect *effect = NULL;

	TRY(reform_preview(ctx, call_body(call, &change_set_shape), &effect));
	return call_answer(ctx, call, 200, &effect_shape, effect);
}

static enum fail
post_apply(struct ctx *ctx, struct call *call)
{
	const struct apply_in *in = call_body(call, &apply_shape);
	const struct reform_shown shown = { in->index, in->digest, in->marks };
	const struct reform_done *done = NULL;

	TRY(reform_apply(ctx, in->set, &shown, &done));
	return call_answer(ctx, call, 201, &reform_shape, done);
}

static enum fail
post_counter_preview(struct ctx *ctx, struct call *call)
{
	const struct counter_in *in = call_body(call, &counter_preview_shape);
	const struct effect *effect = NULL;
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(reform_counter_preview(ctx, id, in->act, in->reason, &effect));
	return call_answer(ctx, call, 200, &effect_shape, effect);
}

static enum fail
post_counter(struct ctx *ctx, struct call *call)
{
	const struct counter_in *in = call_body(call, &counter_shape);
	const struct reform_shown shown = { in->index, in->digest, in->marks };
	const struct reform_done *done = NULL;
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(reform_take_back(ctx, id, in->act, in->reason, &shown, &done));
	return call_answer(ctx, call, 201, &reform_shape, done);
}

static enum fail
get_list(struct ctx *ctx, struct call *call)
{
	const struct list_in *in = call_query(call, &list_shape);
	const struct reform_page *page = NULL;

	TRY(reform_list(ctx, in->after, (int64_t)paging_limit(in->limit),
	    &page));
	return call_answer(ctx, call, 200, &reform_page_shape, page);
}

static enum fail
get_one(struct ctx *ctx, struct call *call)
{
	const struct reform_done *done = NULL;
	int64_t id = 0;

	TRY(call_path_id(ctx, call, "id", &id));
	TRY(reform_show(ctx, id, &done));
	return call_answer(ctx, call, 200, &reform_shape, done);
}

static const struct table_column list_columns[] = {
	{ "at", NULL, NULL },
	{ "act", NULL, NULL },
	{ "note", NULL, NULL },
	{ "count", NULL, NULL },
	{ "of", NULL, NULL },
	{ "taken_back_by", NULL, NULL },
	{ "id", NULL, NULL },
	{ "ledger_index", NULL, table_ordinal },
	{ NULL, NULL, NULL },
};
static const struct route_table list_table = {
	.name = "unit-changes",
	.words = "reform.table",
	.list = "items",
	.columns = list_columns,
};

/* What a plan can be refused for. */
#define OF_SET \
	"unit.ref", "unit.unknown", "unit.code_needs_date", "unit.name", \
	    "unit.code", "unit.act", "unit.parent_gone", "unit.parent_level", \
	    "unit.code_taken", "unit.succession", "reform.key", "reform.day", \
	    "reform.later", "reform.ended", "reform.itself", "reform.twice", \
	    "reform.shares", "reform.parts", "access.denied"
#define OF_COUNTER \
	"unit.act", "unit.parent_gone", "unit.code_taken", "reform.reason", \
	    "reform.unknown", "reform.undone", "reform.overtaken", \
	    "access.denied"

const struct route reform_routes[] = {
	{ .method = POST,
	    .path = "/api/v1/unit-changes/preview",
	    .permission = "unit.change",
	    .tx = TX_READ,
	    .flags = ROUTE_BIG,
	    .in = &change_set_shape,
	    .out = &effect_shape,
	    .handle = post_preview,
	    .summary = "What a set of changes of units would do; nothing is "
		       "written.",
	    .failures = (const char *const[]){ OF_SET, NULL } },
	{ .method = POST,
	    .path = "/api/v1/unit-changes",
	    .permission = "unit.change",
	    .tx = TX_WRITE,
	    .flags = ROUTE_BIG,
	    .in = &apply_shape,
	    .out = &reform_shape,
	    .handle = post_apply,
	    .summary = "Apply a set of changes of units, as its preview showed "
		       "it.",
	    .failures =
		(const char *const[]){ OF_SET, "reform.changed", NULL } },
	{ .method = GET,
	    .path = "/api/v1/unit-changes",
	    .permission = "unit.change",
	    .tx = TX_READ,
	    .query = &list_shape,
	    .out = &reform_page_shape,
	    .media = &table_media,
	    .table = &list_table,
	    .handle = get_list,
	    .summary = "Sets of changes of units that were applied." },
	{ .method = GET,
	    .path = "/api/v1/unit-changes/{id}",
	    .permission = "unit.change",
	    .tx = TX_READ,
	    .out = &reform_shape,
	    .handle = get_one,
	    .summary = "One set of changes of units.",
	    .failures = (const char *const[]){ "reform.unknown", NULL } },
	{ .method = POST,
	    .path = "/api/v1/unit-changes/{id}/counter/preview",
	    .permission = "unit.change",
	    .tx = TX_READ,
	    .in = &counter_preview_shape,
	    .out = &effect_shape,
	    .handle = post_counter_preview,
	    .summary = "What taking back a set of changes would do; nothing is "
		       "written.",
	    .failures = (const char *const[]){ OF_COUNTER, NULL } },
	{ .method = POST,
	    .path = "/api/v1/unit-changes/{id}/counter",
	    .permission = "unit.change",
	    .tx = TX_WRITE,
	    .flags = ROUTE_BIG,
	    .in = &counter_shape,
	    .out = &reform_shape,
	    .handle = post_counter,
	    .summary = "Take back a set of changes of units by new rows, as "
		       "its preview showed it.",
	    .failures =
		(const char *const[]){ OF_COUNTER, "reform.changed", NULL } },
	{ 0 },
};
