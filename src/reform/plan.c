#include "reform/plan.h"

#include <inttypes.h>
#include <string.h>

#include "core/arena.h"
#include "core/map.h"
#include "core/text.h"
#include "people/access.h"
#include "reform/plan_in.h"
#include "trust/trust.h"

#define KEY_LETTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
#define FRESH "new:"

/* --- what is known so far ------------------------------------------------ */

enum fail
plan_new(struct ctx *ctx, const char *source, struct reform_plan **ret)
{
	struct reform_plan *plan = ARENA_NEW(ctx->arena, struct reform_plan);

	TRY(unit_batch_open(ctx, source, &plan->batch));
	plan->before = directory_now(ctx);
	plan->units = map_new(ctx->arena, 64);
	plan->fresh = map_new(ctx->arena, 64);
	plan->last = &plan->first;
	plan->from = DAY_OPEN;
	plan->to = UNIT_NEVER;
	*ret = plan;
	return OK;
}

const char *
plan_source(struct arena *arena, const struct plan_kept *kept)
{
	struct digest digest = { 0 };
	struct text text = { 0 };

	text_init(&text, arena);
	text_addf(&text, "{\"changes\":%" PRId64 ",\"of\":%" PRId64 ",\"act\":",
	    kept->changes, kept->of);
	text_json(&text, kept->act);
	text_add(&text, ",\"note\":");
	text_json(&text, kept->note);
	text_addf(&text, "}%s", kept->body);
	digest = digest_of(text_bytes(&text));
	return arena_printf(arena, "reform %s", digest_hex(arena, &digest));
}

const char *
plan_ref(struct arena *arena, const struct reform_plan *plan, int64_t id)
{
	const struct plan_unit *unit = map_get(plan->units, id);

	return unit != NULL ? unit->ref : arena_printf(arena, "%" PRId64, id);
}

void
plan_add(struct reform_plan *plan, struct plan_unit *unit)
{
	map_put(plan->units, unit->id, unit);
	*plan->last = unit;
	plan->last = &unit->next;
}

/* --- one change ---------------------------------------------------------- */

/* A fault was noted at its place; the rest is looked at, too. */
static void
go_on(struct ctx *ctx)
{
	ctx->failure.kind = OK;
}

struct laying {
	struct ctx *ctx;
	struct reform_plan *plan;
	const struct change_set *set;
	const struct set_change *change;
	int place;
	day on;
	const char *act;
};

static const char *
at(const struct laying *l, const char *member)
{
	return arena_printf(l->ctx->arena, "/changes/%d/%s", l->place, member);
}

static const char *
at_item(const struct laying *l, const char *list, size_t i, const char *member)
{
	return arena_printf(l->ctx->arena, "/changes/%d/%s/%zu%s", l->place,
	    list, i, member);
}

static bool
is_same(const struct unit_version *a, const struct unit_version *b)
{
	return text_equal(a->name, b->name) && text_equal(a->type, b->type) &&
	       a->level == b->level && a->parent == b->parent;
}

/*
 * The first day on which something else is known of the unit than its version
 * says; DAY_OPEN: none.  What was planned and taken back has left versions that
 * say the same again.
 */
static day
later_day(const struct unit *unit, const struct unit_version *v)
{
	for (size_t k = 0; k < unit->version_count; k++)
		if (unit->versions[k].from > v->from &&
		    !is_same(&unit->versions[k], v))
			return unit->versions[k].from;
	return unit->to;
}

/* The unit's state in the set; NULL after a fault at pointer. */
static struct plan_unit *
known_unit(const struct laying *l, const struct unit *unit, const char *pointer)
{
	struct arena *arena = l->ctx->arena;
	struct plan_unit *known = map_get(l->plan->units, unit->id);
	const struct unit_version *v = unit_on(unit, l->on);
	day later = DAY_OPEN;

	if (known != NULL && !known->is_bare)
		return known;
	if (v == NULL || unit->from >= l->on) {
		fail_invalid(l->ctx, pointer, "reform.day",
		    "unit %" PRId64 " lives from %s to %s, not before and on "
		    "%s",
		    unit->id, day_text(arena, unit->from),
		    day_text(arena, unit->to), day_text(arena, l->on));
		return NULL;
	}
	later = later_day(unit, v);
	if (later != DAY_OPEN) {
		fail_invalid(l->ctx, pointer, "reform.later",
		    "something is known of unit %" PRId64 " from %s on",
		    unit->id, day_text(arena, later));
		return NULL;
	}
	if (known == NULL) {
		known = ARENA_NEW(arena, struct plan_unit);
		known->id = unit->id;
		plan_add(l->plan, known);
	}
	*known = (struct plan_unit){
		.id = unit->id,
		.ref = arena_printf(arena, "%" PRId64, unit->id),
		.place = l->place,
		.next = known->next,
		.there = unit,
		.version = { .unit = unit->id,
		    .from = v->from,
		    .name = v->name,
		    .type = v->type,
		    .level = v->level,
		    .parent =
			v->parent < 0
			    ? 0
			    : directory_at(l->plan->before, v->parent)->id },
	};
	return known;
}

static bool
is_fresh(const char *ref)
{
	return strncmp(ref, FRESH, strlen(FRESH)) == 0 &&
	       strchr(ref, '@') == NULL;
}

/* Whom a reference means, alive on the change's day; NULL after a fault. */
static struct plan_unit *
find(const struct laying *l, const char *ref, const char *pointer)
{
	struct ctx *ctx = l->ctx;
	struct plan_unit *found = NULL;
	const struct unit *unit = NULL;

	if (is_fresh(ref)) {
		found = map_get_text(l->plan->fresh, ref + strlen(FRESH));
		if (found == NULL)
			fail_invalid(ctx, pointer, "unit.unknown",
			    "no change before this one creates %s", ref);
	} else if (directory_find_at(ctx, l->plan->before, pointer, ref,
		       &unit) == OK) {
		found = known_unit(l, unit, pointer);
	} else {
		go_on(ctx);
	}
	if (found == NULL)
		return NULL;
	if (found->is_ended) {
		fail_invalid(ctx, pointer, "reform.ended",
		    "%s has ended by change %d of the set", found->ref,
		    found->place);
		return NULL;
	}
	if (found->version.from > l->on) {
		fail_invalid(ctx, pointer, "reform.day",
		    "something happens to %s on %s, which is later", found->ref,
		    day_text(ctx->arena, found->version.from));
		return NULL;
	}
	return found;
}

static void
say_version(const struct laying *l, struct plan_unit *unit)
{
	struct unit_version_new later;

	unit->is_touched = true;
	unit->version.from = l->on;
	unit_batch_version(l->plan->batch, &unit->version);
	if (unit->there == NULL)
		return;
	/* ... and those that repeat it (later_day) repeat the new one. */
	later = unit->version;
	for (size_t k = 0; k < unit->there->version_count; k++) {
		later.from = unit->there->versions[k].from;
		if (later.from > l->on)
			unit_batch_version(l->plan->batch, &later);
	}
}

/* Is the parent the unit, or below it? */
static bool
is_below(const struct laying *l, int64_t parent, int64_t unit)
{
	const struct structure *st =
	    directory_structure(l->plan->before, l->on);

	for (int i = 0; parent != 0 && i < 16; i++) {
		const struct plan_unit *known = map_get(l->plan->units, parent);
		const struct unit *there =
		    directory_unit(l->plan->before, parent);
		int above = -1;

		if (parent == unit)
			return true;
		if (known != NULL) {
			parent = known->version.parent;
			continue;
		}
		above =
		    there == NULL ? -1 : structure_parent(st, there->number);
		parent =
		    above < 0 ? 0 : directory_at(l->plan->before, above)->id;
	}
	return false;
}

/* --- the kinds ----------------------------------------------------------- */

static void
say_code(const struct laying *l, struct plan_unit *unit)
{
	const char *scheme = l->change->scheme;

	unit->is_touched = true;
	unit_batch_code(l->plan->batch, unit->id,
	    scheme == NULL ? "area" : scheme, l->change->code, l->on);
}

static void
say_succession(const struct laying *l, struct plan_unit *from,
    struct plan_unit *into, const char *kind)
{
	from->is_touched = true;
	into->is_touched = true;
	unit_batch_succession(l->plan->batch, from->id, into->id, l->on, kind,
	    l->act);
}

static void
lay_create(const struct laying *l)
{
	const struct set_change *c = l->change;
	struct reform_plan *plan = l->plan;
	struct plan_unit *parent = find(l, c->parent, at(l, "parent"));
	struct plan_unit *unit = NULL;

	if (strspn(c->key, KEY_LETTERS) != strlen(c->key) ||
	    c->key[0] == '\0' || map_get_text(plan->fresh, c->key) != NULL) {
		fail_invalid(l->ctx, at(l, "key"), "reform.key",
		    "%.40s is no key, or is another unit's", c->key);
		return;
	}
	unit = ARENA_NEW(l->ctx->arena, struct plan_unit);
	*unit = (struct plan_unit){
		.id = unit_batch_unit(plan->batch),
		.ref = arena_printf(l->ctx->arena, FRESH "%s", c->key),
		.place = l->place,
		.version = { .name = c->name,
		    .type = c->type,
		    .level = (int)*c->level,
		    .parent = parent == NULL ? 0 : parent->id },
		.is_new = true,
	};
	unit->version.unit = unit->id;
	plan_add(plan, unit);
	map_put_text(plan->fresh, c->key, unit);
	if (parent == NULL)
		return;
	say_version(l, unit);
	if (c->code != NULL)
		say_code(l, unit);
}

static void
lay_rename(const struct laying *l)
{
	struct plan_unit *unit = find(l, l->change->unit, at(l, "unit"));

	if (unit == NULL)
		return;
	unit->version.name = l->change->name;
	say_version(l, unit);
}

static void
lay_retype(const struct laying *l)
{
	struct plan_unit *unit = find(l, l->change->unit, at(l, "unit"));

	if (unit == NULL)
		return;
	unit->version.type = l->change->type;
	say_version(l, unit);
}

static void
lay_move(const struct laying *l)
{
	struct plan_unit *unit = find(l, l->change->unit, at(l, "unit"));
	struct plan_unit *parent = find(l, l->change->parent, at(l, "parent"));

	if (unit == NULL || parent == NULL)
		return;
	if (is_below(l, parent->id, unit->id)) {
		fail_invalid(l->ctx, at(l, "parent"), "reform.itself",
		    "%s is %s, or below it", parent->ref, unit->ref);
		return;
	}
	unit->version.parent = parent->id;
	say_version(l, unit);
}

static void
end(const struct laying *l, struct plan_unit *unit)
{
	unit->is_touched = true;
	unit->is_ended = true;
	unit_batch_end(l->plan->batch, unit->id, l->on);
}

static void
lay_abolish(const struct laying *l)
{
	struct plan_unit *unit = find(l, l->change->unit, at(l, "unit"));

	if (unit != NULL)
		end(l, unit);
}

static void
lay_code(const struct laying *l)
{
	struct plan_unit *unit = find(l, l->change->unit, at(l, "unit"));

	if (unit != NULL)
		say_code(l, unit);
}

/* Whom a reference means, whenever it lived; NULL after a fault. */
static struct plan_unit *
find_ever(const struct laying *l, const char *ref, const char *pointer)
{
	struct plan_unit *found = NULL;
	const struct unit *unit = NULL;

	if (is_fresh(ref))
		return find(l, ref, pointer);
	if (directory_find_at(l->ctx, l->plan->before, pointer, ref, &unit) !=
	    OK) {
		go_on(l->ctx);
		return NULL;
	}
	found = map_get(l->plan->units, unit->id);
	if (found != NULL)
		return found;
	found = ARENA_NEW(l->ctx->arena, struct plan_unit);
	*found = (struct plan_unit){
		.id = unit->id,
		.ref = arena_printf(l->ctx->arena, "%" PRId64, unit->id),
		.place = l->place,
		.is_bare = true,
	};
	plan_add(l->plan, found);
	return found;
}

static void
lay_succession(const struct laying *l)
{
	const struct set_change *c = l->change;
	struct plan_unit *from = find_ever(l, c->unit, at(l, "unit"));
	struct plan_unit *into = find_ever(l, c->into, at(l, "into"));

	if (from == NULL || into == NULL)
		return;
	from->place = l->place;
	into->place = l->place;
	if (from == into) {
		fail_invalid(l->ctx, at(l, "into"), "reform.itself",
		    "%s succeeds itself", from->ref);
		return;
	}
	say_succession(l, from, into, c->succession);
}

/* Who is below a unit that ends goes along, unless the set says otherwise. */
static void
take_children(const struct laying *l, const struct plan_unit *unit,
    const struct plan_unit *into)
{
	const struct directory *dir = l->plan->before;
	const struct unit *there = directory_unit(dir, unit->id);
	size_t count = 0;
	const int *children = NULL;

	if (there != NULL)
		children = structure_children(directory_structure(dir, l->on),
		    there->number, &count);
	for (size_t i = 0; i < count; i++)
		known_unit(l, directory_at(dir, children[i]), at(l, "units"));
	for (struct plan_unit *child = l->plan->first; child != NULL;
	     child = child->next) {
		if (child->is_ended || child->version.parent != unit->id)
			continue;
		child->version.parent = into->id;
		say_version(l, child);
	}
}

static void
lay_merge(const struct laying *l)
{
	const struct texts_of *units = &l->change->units;
	struct plan_unit *into = find(l, l->change->into, at(l, "into"));

	if (units->count == 0)
		fail_invalid(l->ctx, at(l, "units"), "reform.parts",
		    "nobody is merged");
	for (size_t i = 0; i < units->count && into != NULL; i++) {
		struct plan_unit *unit =
		    find(l, units->at[i], at_item(l, "units", i, ""));

		if (unit == NULL)
			continue;
		if (is_below(l, into->id, unit->id)) {
			fail_invalid(l->ctx, at_item(l, "units", i, ""),
			    "reform.itself", "%s is %s, or below it", into->ref,
			    unit->ref);
			continue;
		}
		end(l, unit);
		take_children(l, unit, into);
		say_succession(l, unit, into, "whole");
	}
}

static bool
is_named_before(const struct laying *l, int64_t *seen, size_t count, int64_t id,
    size_t i)
{
	for (size_t k = 0; k < count; k++) {
		if (seen[k] != id)
			continue;
		fail_invalid(l->ctx, at_item(l, "parts", i, "/unit"),
		    "reform.twice", "the unit has a part already");
		return true;
	}
	seen[count] = id;
	return false;
}

static void
check_shares(const struct laying *l, const struct set_part *parts, size_t count)
{
	int64_t people = 0;
	int64_t area = 0;

	for (size_t i = 0; i < count; i++) {
		people += parts[i].people == NULL ? 0 : *parts[i].people;
		area += parts[i].area == NULL ? 0 : *parts[i].area;
	}
	if (people > SET_SHARE_ALL || area > SET_SHARE_ALL)
		fail_invalid(l->ctx, at(l, "parts"), "reform.shares",
		    "the parts are more than %d ten-thousandths",
		    SET_SHARE_ALL);
}

static void
lay_split(const struct laying *l)
{
	const struct set_part *parts = l->change->parts.at;
	const size_t count = l->change->parts.count;
	struct plan_unit *unit = find(l, l->change->unit, at(l, "unit"));
	int64_t *seen = ARENA_ARRAY(l->ctx->arena, count + 1, int64_t);
	size_t named = 0;

	if (unit == NULL)
		return;
	if (count == 0)
		fail_invalid(l->ctx, at(l, "parts"), "reform.parts",
		    "nobody gets a part");
	check_shares(l, parts, count);
	for (size_t i = 0; i < count; i++) {
		const char *pointer = at_item(l, "parts", i, "/unit");
		struct plan_unit *to = find(l, parts[i].unit, pointer);

		if (to == NULL || is_named_before(l, seen, named, to->id, i))
			continue;
		named++;
		if (is_below(l, to->id, unit->id)) {
			fail_invalid(l->ctx, pointer, "reform.itself",
			    "%s is %s, or below it", to->ref, unit->ref);
			continue;
		}
		say_succession(l, unit, to,
		    parts[i].kind == NULL ? "part" : parts[i].kind);
	}
	end(l, unit);
}

/* --- the table ----------------------------------------------------------- */

enum member {
	KEY = 1,
	UNIT = 2,
	UNITS = 4,
	INTO = 8,
	PARENT = 16,
	NAME = 32,
	TYPE = 64,
	LEVEL = 128,
	SCHEME = 256,
	CODE = 512,
	SUCCESSION = 1024,
	PARTS = 2048,
};

static const struct {
	const char *name;
	unsigned needs;
	unsigned may;
	void (*lay)(const struct laying *l);
} kinds[] = {
	{ "create", KEY | PARENT | NAME | TYPE | LEVEL, SCHEME | CODE,
	    lay_create },
	{ "rename", UNIT | NAME, 0, lay_rename },
	{ "move", UNIT | PARENT, 0, lay_move },
	{ "retype", UNIT | TYPE, 0, lay_retype },
	{ "abolish", UNIT, 0, lay_abolish },
	{ "merge", UNITS | INTO, 0, lay_merge },
	{ "split", UNIT | PARTS, 0, lay_split },
	{ "code", UNIT | CODE, SCHEME, lay_code },
	{ "succession", UNIT | INTO | SUCCESSION, 0, lay_succession },
};

/* False after faults: the change has what its kind needs, and no more. */
static bool
has_members(const struct laying *l, unsigned needs, unsigned may)
{
	const struct set_change *c = l->change;
	const struct {
		enum member member;
		const char *name;
		bool is_there;
	} members[] = {
		{ KEY, "key", c->key != NULL },
		{ UNIT, "unit", c->unit != NULL },
		{ UNITS, "units", c->units.at != NULL },
		{ INTO, "into", c->into != NULL },
		{ PARENT, "parent", c->parent != NULL },
		{ NAME, "name", c->name != NULL },
		{ TYPE, "type", c->type != NULL },
		{ LEVEL, "level", c->level != NULL },
		{ SCHEME, "scheme", c->scheme != NULL },
		{ CODE, "code", c->code != NULL },
		{ SUCCESSION, "succession", c->succession != NULL },
		{ PARTS, "parts", c->parts.at != NULL },
	};
	bool sound = true;

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		const unsigned bit = members[i].member;

		if (members[i].is_there == ((needs & bit) != 0) ||
		    (members[i].is_there && (may & bit) != 0))
			continue;
		sound = false;
		if (members[i].is_there)
			fail_invalid(l->ctx, at(l, members[i].name),
			    "input.unknown", "a change of kind %s has none",
			    c->kind);
		else
			fail_invalid(l->ctx, at(l, members[i].name),
			    "input.missing", "a change of kind %s has one",
			    c->kind);
	}
	return sound;
}

/* Day and act, of the change or else of the set. */
static bool
read_common(struct laying *l)
{
	const char *on = l->change->on != NULL ? l->change->on : l->set->on;
	const day today = day_of_us(l->ctx->now_us);
	bool sound = true;

	l->act = l->change->act != NULL ? l->change->act : l->set->act;
	if (l->act == NULL || l->act[0] == '\0') {
		fail_invalid(l->ctx, at(l, "act"), "input.missing",
		    "neither the change nor the set names an act");
		sound = false;
	}
	if (on == NULL) {
		fail_invalid(l->ctx, at(l, "on"), "input.missing",
		    "neither the change nor the set names a day");
		return false;
	}
	if (!day_parse(on, &l->on) || l->on > today + PLAN_AHEAD_DAYS) {
		fail_invalid(l->ctx, at(l, "on"), "reform.day",
		    "%s is over %d days ahead", on, PLAN_AHEAD_DAYS);
		return false;
	}
	if (l->on < l->plan->from)
		l->plan->from = l->on;
	if (l->on > l->plan->to)
		l->plan->to = l->on;
	return sound;
}

static void
lay(struct laying *l)
{
	if (!read_common(l))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!text_equal(kinds[i].name, l->change->kind))
			continue;
		if (has_members(l, kinds[i].needs, kinds[i].may))
			kinds[i].lay(l);
	}
	if (unit_batch_check(l->ctx, l->plan->batch) != OK) {
		const char *code = l->ctx->failure.code;
		const char *message = l->ctx->failure.message;

		fail_invalid(l->ctx,
		    arena_printf(l->ctx->arena, "/changes/%d", l->place), code,
		    "%s", message);
		go_on(l->ctx);
	}
}

/* --- the whole ----------------------------------------------------------- */

/* Who manages the unit above, changes what is below. */
static enum fail
require_above(struct ctx *ctx, const struct reform_plan *plan, int64_t parent,
    int64_t unit)
{
	const struct plan_unit *above = map_get(plan->units, parent);

	if (above != NULL && above->is_new)
		return OK; /* asked for at the one above that */
	return access_unit(ctx, "unit.change", parent == 0 ? unit : parent);
}

enum fail
plan_require(struct ctx *ctx, const struct reform_plan *plan)
{
	TRY(access_any(ctx, "unit.change"));
	for (const struct plan_unit *unit = plan->first; unit != NULL;
	     unit = unit->next) {
		const struct unit *there =
		    directory_unit(plan->before, unit->id);
		const struct unit_version *v =
		    there == NULL ? NULL : unit_near(there, plan->to);

		if (!unit->is_touched)
			continue; /* somebody's parent */
		if (v != NULL)
			TRY(require_above(ctx, plan,
			    v->parent < 0
				? 0
				: directory_at(plan->before, v->parent)->id,
			    unit->id));
		if (unit->version.parent != 0)
			TRY(require_above(ctx, plan, unit->version.parent,
			    unit->id));
	}
	return OK;
}

/* The picture after; a rule it breaks is noted at the change that did it: the
 * later one of those that touched whom it is about. */
static enum fail
finish(struct ctx *ctx, struct reform_plan *plan)
{
	struct picture_fault fault = { 0 };
	const struct plan_unit *unit = NULL;
	const struct plan_unit *other = NULL;
	const enum fail got =
	    directory_with(ctx, plan->batch, &fault, &plan->after);

	if (got != FAIL_CONFLICT)
		return got;
	unit = map_get(plan->units, fault.unit);
	other = map_get(plan->units, fault.other);
	if (unit == NULL || (other != NULL && other->place > unit->place))
		unit = other;
	if (unit == NULL)
		return got;
	fail_invalid(ctx, arena_printf(ctx->arena, "/changes/%d", unit->place),
	    ctx->failure.code, "%s", ctx->failure.message);
	ctx->failure.kind = FAIL_INVALID;
	return FAIL_INVALID;
}

enum fail
plan_make(struct ctx *ctx, const struct change_set *set,
    const struct plan_kept *kept, struct reform_plan **ret)
{
	const struct set_change *changes = set->changes.at;
	struct reform_plan *plan = NULL;

	TRY(plan_new(ctx, plan_source(ctx->arena, kept), &plan));
	if (set->changes.count == 0)
		fail_invalid(ctx, "/changes", "reform.parts",
		    "nothing is changed");
	for (size_t i = 0; i < set->changes.count; i++) {
		struct laying l = {
			.ctx = ctx,
			.plan = plan,
			.set = set,
			.change = &changes[i],
			.place = (int)i,
		};

		lay(&l);
	}
	TRY(fail_valid(ctx));
	TRY(plan_require(ctx, plan));
	TRY(finish(ctx, plan));
	*ret = plan;
	return OK;
}
