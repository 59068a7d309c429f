#include "reform/set.h"

#include "codec/json.h"
#include "codec/shape_json.h"
#include "core/arena.h"
#include "core/bytes.h"
#include "org/field.h"
#include "org/unit.h"

const char *const set_kinds[] = { "create", "rename", "move", "retype",
	"abolish", "merge", "split", "code", "succession", NULL };

#define ACT_BYTES (4 * SET_ACT_MAX)

/* clang-format off */
#define F_SHARE(st, f, meaning_) \
	F_OPT_INT(st, f, 0, SET_SHARE_ALL, meaning_, "4000")

static const struct shape_field part_fields[] = {
	F_UNIT_REF(struct set_part, unit, REQUIRED,
	    "who got it: an id, scheme:code@date, or new:KEY", "\"new:a\""),
	F_ENUM(struct set_part, kind, succession_names, OPTIONAL,
	    "how much went over; part if absent", "\"part\""),
	F_SHARE(struct set_part, people,
	    "share of the people in ten-thousandths, where it is known; it is "
	    "kept and moves no figure"),
	F_SHARE(struct set_part, area,
	    "share of the area in ten-thousandths, where it is known; it is "
	    "kept and moves no figure"),
};
static const struct shape part_shape =
    SHAPE("UnitChangePart", struct set_part, part_fields);

/* Only some kinds have them. */
static const struct shape_field change_fields[] = {
	F_ENUM(struct set_change, kind, set_kinds, REQUIRED,
	    "what happens", "\"split\""),
	F_TEXT(struct set_change, key, SET_KEY_MAX, OPTIONAL,
	    "create: what the set calls the unit, as new:KEY; letters, digits "
	    "and . _ -", "\"a\""),
	F_UNIT_REF(struct set_change, unit, OPTIONAL,
	    "whom it is about; create and merge have none", "\"21\""),
	F_TEXTS(struct set_change, units, 0, SET_UNITS_MAX, UNIT_REF_MAX,
	    OPTIONAL, "merge: who ends", "[\"21\",\"22\"]"),
	F_UNIT_REF(struct set_change, into, OPTIONAL,
	    "merge, succession: who takes over", "\"new:a\""),
	F_UNIT_REF(struct set_change, parent, OPTIONAL,
	    "create, move: the unit above from that day on", "\"17\""),
	F_DATE(struct set_change, on, OPTIONAL,
	    "first day of the new state; the set's if absent",
	    "\"2026-01-01\""),
	F_TEXT(struct set_change, name, UNIT_NAME_MAX, OPTIONAL,
	    "create, rename: the name", "\"Xã Đông Hòa\""),
	F_ENUM(struct set_change, type, unit_types, OPTIONAL,
	    "create, retype: the type", "\"ward\""),
	F_OPT_INT(struct set_change, level, 1, 3,
	    "create: 1 ministry or province, 2 district, 3 commune", "3"),
	F_TEXT(struct set_change, scheme, 32, OPTIONAL,
	    "create, code: whose list the code is of; area if absent",
	    "\"area\""),
	F_TEXT(struct set_change, code, 64, OPTIONAL,
	    "create, code: the code; empty ends it", "\"01234\""),
	F_ENUM(struct set_change, succession, succession_names, OPTIONAL,
	    "succession: how much went over", "\"whole\""),
	{ .name = "parts", .type = SHAPE_LIST,
	  .offset = SHAPE_AT(struct set_change, parts, struct list_of),
	  .lo = 0, .hi = SET_PARTS_MAX, .need = OPTIONAL, .of = &part_shape,
	  .meaning = "split: who got the unit that ends" },
	F_TEXT(struct set_change, act, ACT_BYTES, OPTIONAL,
	    "the act that says so, at most 200 characters; the set's if "
	    "absent", "\"1656/NQ-UBTVQH15\""),
};
const struct shape set_change_shape =
    SHAPE("UnitChangeItem", struct set_change, change_fields);

static const struct shape_field set_fields[] = {
	F_TEXT(struct change_set, act, ACT_BYTES, OPTIONAL,
	    "the act of all changes that name none", "\"1656/NQ-UBTVQH15\""),
	F_DATE(struct change_set, on, OPTIONAL,
	    "the day of all changes that name none", "\"2026-01-01\""),
	F_TEXT(struct change_set, note, SET_NOTE_MAX, OPTIONAL,
	    "what else should be known of it", "\"Theo tờ trình 12\""),
	F_LIST(struct change_set, changes, &set_change_shape, SET_CHANGES_MAX,
	    "what happens, in the order in which one rests on another"),
};
const struct shape change_set_shape =
    SHAPE("UnitChangeSet", struct change_set, set_fields);
/* clang-format on */

enum fail
set_read(struct ctx *ctx, struct bytes text, const struct change_set **ret)
{
	struct change_set *set = ARENA_NEW(ctx->arena, struct change_set);
	const struct json *node = NULL;

	TRY(json_parse(ctx, text, &node));
	shape_read(ctx, &change_set_shape, node, "", set);
	TRY(fail_valid(ctx));
	*ret = set;
	return OK;
}

const char *
set_text(struct arena *arena, const struct change_set *set)
{
	struct text text = { 0 };

	text_init(&text, arena);
	shape_write(&text, &change_set_shape, set);
	return text_of(&text);
}
