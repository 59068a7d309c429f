#include "core/arena.h"
#include "org/field.h"
#include "people/person.h"
#include "reform/effect_in.h"
#include "reform/reform.sql.h"

static const char *const whats[] = { "ends", "returns", "moves", "inherits",
	NULL };

struct position_item {
	const char *mark;
	const char *unit;
	const char *unit_name;
	const char *login;
	const char *role;
	const char *what;
	struct texts_of others;
};

/* clang-format off */
static const struct shape_field fields[] = {
	F_MARK(struct position_item),
	F_REF(struct position_item, unit, REQUIRED, "where it is held"),
	F_UNIT_NAME(struct position_item, unit_name, "its name",
	    "\"Xã Đông Hòa\""),
	F_TEXT(struct position_item, login, PERSON_LOGIN_MAX, REQUIRED,
	    "by whom", "\"canbo.hoatien\""),
	F_TEXT(struct position_item, role, 32, REQUIRED, "with which role",
	    "\"clerk\""),
	F_ENUM(struct position_item, what, whats, REQUIRED,
	    "ends: the unit is no more, others act in its name; returns: it is "
	    "there again; moves: another unit is above; inherits: it takes the "
	    "place of others", "\"ends\""),
	F_REFS(struct position_item, others,
	    "ends: who acts in the unit's name; inherits: whose place it "
	    "takes; moves: who is above"),
};
const struct shape effect_position_shape =
    SHAPE("UnitChangePosition", struct position_item, fields);
/* clang-format on */

static enum fail
add_holders(struct comparison *c, int number, const char *what,
    struct texts_of others)
{
	struct cursor *cursor = NULL;
	struct sql_reform_positions row = { 0 };
	bool more = false;

	TRY(sql_reform_positions_open(c->ctx, effect_unit(c, number)->id,
	    &cursor));
	for (;;) {
		struct position_item item = { 0 };

		TRY(sql_reform_positions_next(c->ctx, cursor, &row, &more));
		if (!more)
			return OK;
		item = (struct position_item){
			.unit = effect_ref(c, number),
			.unit_name = effect_name(c, number),
			.login = arena_text(c->ctx->arena, row.login),
			.role = arena_text(c->ctx->arena, row.role),
			.what = what,
			.others = others,
		};
		effect_add(c, &c->positions, &effect_position_shape, &item);
	}
}

/* Whose place each unit takes that it did not take before: lists by heir. */
struct gain {
	int whose;
	struct gain *next;
};

static bool
has(const int *at, size_t count, int number)
{
	for (size_t i = 0; i < count; i++)
		if (at[i] == number)
			return true;
	return false;
}

static struct gain **
gains_of(struct comparison *c)
{
	struct gain **gains =
	    ARENA_ARRAY(c->ctx->arena, c->count + 1, struct gain *);

	for (size_t n = c->count; n-- > 0;) {
		size_t was_count = 0;
		size_t is_count = 0;
		const int *was = effect_acts(c, c->before, (int)n, &was_count);
		const int *is = effect_acts(c, c->after, (int)n, &is_count);

		for (size_t i = 0; c->changed[n] && i < is_count; i++) {
			struct gain *gain = NULL;

			if (is[i] == (int)n || has(was, was_count, is[i]))
				continue;
			gain = ARENA_NEW(c->ctx->arena, struct gain);
			*gain = (struct gain){ (int)n, gains[is[i]] };
			gains[is[i]] = gain;
		}
	}
	return gains;
}

static struct texts_of
gained(struct comparison *c, const struct gain *gain)
{
	int *numbers = ARENA_ARRAY(c->ctx->arena, EFFECT_REFS_MAX, int);
	size_t count = 0;

	for (; gain != NULL && count < EFFECT_REFS_MAX; gain = gain->next)
		numbers[count++] = gain->whose;
	return effect_refs(c, numbers, count);
}

static enum fail
look_at(struct comparison *c, int number)
{
	const bool was = structure_level(c->before, number) >= 0;
	const bool is = structure_level(c->after, number) >= 0;
	const int above = effect_above(c, true, number, c->when);
	size_t count = 0;
	const int *acts = effect_acts(c, c->after, number, &count);

	if (was && !is)
		return add_holders(c, number, "ends",
		    effect_refs(c, acts, count));
	if (!was && is)
		return add_holders(c, number, "returns",
		    effect_refs(c, NULL, 0));
	if (is && above != effect_above(c, false, number, c->when))
		return add_holders(c, number, "moves",
		    effect_refs(c, &above, above >= 0));
	return OK;
}

enum fail
effect_positions(struct comparison *c)
{
	struct gain **gains = gains_of(c);

	for (size_t i = 0; i < c->old_count; i++) {
		TRY(look_at(c, (int)i));
		if (gains[i] != NULL)
			TRY(add_holders(c, (int)i, "inherits",
			    gained(c, gains[i])));
	}
	return OK;
}
