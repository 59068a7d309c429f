#include <string.h>

#include "core/arena.h"
#include "org/field.h"
#include "reform/effect_in.h"

static const char *const whats[] = { "created", "ended", "restored",
	"taken_back", "changed", NULL };

struct unit_item {
	const char *mark;
	const char *unit;
	const char *what;
	const char *from;
	const char *name;
	const char *name_before;
	const char *type;
	const char *type_before;
	const char *code;
	const char *code_before;
	const char *parent;
	const char *parent_name;
	const char *parent_before;
	struct texts_of heirs;
};

/* clang-format off */
#define F_BEFORE(f, most_, meaning_, example_) \
	F_TEXT(struct unit_item, f, most_, OPTIONAL, meaning_, example_)
static const struct shape_field fields[] = {
	F_MARK(struct unit_item),
	F_REF(struct unit_item, unit, REQUIRED,
	    "the unit, new:KEY if it is created"),
	F_ENUM(struct unit_item, what, whats, REQUIRED,
	    "what happens to it; restored: its end is taken back; taken_back: "
	    "it never was", "\"ended\""),
	F_DATE(struct unit_item, from, REQUIRED, "from this day on",
	    "\"2026-01-01\""),
	F_UNIT_NAME(struct unit_item, name, "its name from then on, or last",
	    "\"Xã Đông Hòa\""),
	F_BEFORE(name_before, UNIT_NAME_MAX, "its name before, if another",
	    "\"Xã Đông\""),
	F_TEXT(struct unit_item, type, 32, REQUIRED, "its type",
	    "\"commune\""),
	F_BEFORE(type_before, 32, "its type before, if another", "null"),
	F_TEXT(struct unit_item, code, 64, REQUIRED, "its code; may be empty",
	    "\"01234\""),
	F_BEFORE(code_before, 64, "its code before, if another", "null"),
	F_REF(struct unit_item, parent, OPTIONAL,
	    "the unit above; null: the root"),
	F_BEFORE(parent_name, UNIT_NAME_MAX, "its name",
	    "\"Tỉnh Hưng Yên\""),
	F_REF(struct unit_item, parent_before, OPTIONAL,
	    "the unit above before, if another"),
	F_REFS(struct unit_item, heirs,
	    "who takes its place, if it is no more"),
};
const struct shape effect_unit_shape =
    SHAPE("UnitChangeUnit", struct unit_item, fields);
/* clang-format on */

/* The text of before, if it was another. */
static const char *
other(const char *before, const char *after)
{
	return strcmp(before, after) == 0 ? NULL : before;
}

static const char *
what_of(const struct unit *was, const struct unit *is)
{
	const bool was_there = was != NULL && !was->is_void;

	if (is->is_void)
		return was_there ? "taken_back" : NULL;
	if (!was_there)
		return was == NULL ? "created" : "restored";
	if (is->to < was->to)
		return "ended";
	return is->to > was->to ? "restored" : "changed";
}

static bool
same_codes(const struct unit *was, const struct unit *is)
{
	if (was->code_count != is->code_count)
		return false;
	for (size_t k = 0; k < was->code_count; k++)
		if (strcmp(was->codes[k].code, is->codes[k].code) != 0 ||
		    strcmp(was->codes[k].scheme, is->codes[k].scheme) != 0 ||
		    was->codes[k].from != is->codes[k].from)
			return false;
	return true;
}

/* Versions of before, as far as they say something else than the one before
 * them, are those of after. */
static bool
same_versions(const struct unit *was, const struct unit *is)
{
	if (was->version_count != is->version_count)
		return false;
	for (size_t k = 0; k < was->version_count; k++) {
		const struct unit_version *a = &was->versions[k];
		const struct unit_version *b = &is->versions[k];

		if (a->from != b->from || a->parent != b->parent ||
		    a->level != b->level || strcmp(a->name, b->name) != 0 ||
		    strcmp(a->type, b->type) != 0)
			return false;
	}
	return true;
}

static bool
is_same(const struct comparison *c, const struct unit *was,
    const struct unit *is)
{
	size_t was_count = 0;
	size_t is_count = 0;
	const int *a = effect_acts(c, c->before, is->number, &was_count);
	const int *b = effect_acts(c, c->after, is->number, &is_count);

	return was != NULL && was->is_void == is->is_void &&
	       was->to == is->to && same_codes(was, is) &&
	       same_versions(was, is) && was_count == is_count &&
	       (is_count == 0 || memcmp(a, b, is_count * sizeof(*a)) == 0);
}

static void
add(struct comparison *c, const struct unit *was, const struct unit *is)
{
	const char *what = what_of(was, is);
	const struct unit_version *v = unit_near(is, c->when);
	const bool gone = is->is_void || is->to <= c->when;
	size_t heirs = 0;
	const int *at = effect_acts(c, c->after, is->number, &heirs);
	struct unit_item item = {
		.unit = effect_ref(c, is->number),
		.what = what,
		.from = day_text(c->ctx->arena,
		    is->to < DAY_OPEN && !is->is_void ? is->to : v->from),
		.name = v->name,
		.type = v->type,
		.code = unit_any_code(is, c->when),
		.parent = effect_ref(c, v->parent),
		.parent_name = v->parent < 0 ? NULL : effect_name(c, v->parent),
		.heirs = effect_refs(c, at, gone ? heirs : 0),
	};

	if (what == NULL)
		return;
	if (was != NULL) {
		const struct unit_version *b = unit_near(was, c->when);

		item.name_before = other(b->name, v->name);
		item.type_before = other(b->type, v->type);
		item.code_before =
		    other(unit_any_code(was, c->when), item.code);
		if (b->parent != v->parent)
			item.parent_before = effect_ref(c, b->parent);
	}
	effect_add(c, &c->units, &effect_unit_shape, &item);
}

enum fail
effect_units(struct comparison *c)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct unit *is = effect_unit(c, (int)i);
		const struct unit *was =
		    i < c->old_count ? directory_at(c->plan->before, (int)i)
				     : NULL;

		if (!is_same(c, was, is))
			add(c, was, is);
	}
	return OK;
}
