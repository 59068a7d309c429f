#include <inttypes.h>

#include "org/picture.h"

/* Whom a broken rule is about; the later one of the two first. */
static void
blame(struct picture_fault *fault, const struct unit *unit,
    const struct unit *other)
{
	if (fault != NULL)
		*fault = (struct picture_fault){ unit->id,
			other == NULL ? 0 : other->id };
}

/*
 * The rules that hold between units, stated once: a picture that breaks one is
 * never published, whoever wrote the rows.
 */

static enum fail
check_span(struct ctx *ctx, const struct unit *unit,
    struct picture_fault *fault)
{
	blame(fault, unit, NULL);
	if (unit->version_count == 0)
		return FAIL(ctx, FAIL_CONFLICT, "unit.no_version",
		    "unit %" PRId64 " has no version", unit->id);
	if (unit->is_void)
		return OK;
	/* Versions are in order and each ends where the next begins. */
	if (unit->versions[unit->version_count - 1].from >= unit->to)
		return FAIL(ctx, FAIL_CONFLICT, "unit.span",
		    "unit %" PRId64 " ends before its last version begins",
		    unit->id);
	for (size_t k = 0; k < unit->code_count; k++)
		if (unit->codes[k].from < unit->from ||
		    unit->codes[k].from >= unit->codes[k].to)
			return FAIL(ctx, FAIL_CONFLICT, "unit.span",
			    "code %s of unit %" PRId64 " is outside its life",
			    unit->codes[k].code, unit->id);
	return OK;
}

/* The parent lives as long as the version does and is above it all the time. */
static enum fail
check_parent(struct ctx *ctx, const struct directory *dir,
    const struct unit *unit, const struct unit_version *version,
    struct picture_fault *fault)
{
	const struct unit *parent = &dir->units[version->parent];

	blame(fault, unit, parent);
	if (parent->from > version->from || parent->to < version->to)
		return FAIL(ctx, FAIL_CONFLICT, "unit.parent_gone",
		    "unit %" PRId64 " is under unit %" PRId64
		    ", which is not alive all the time",
		    unit->id, parent->id);
	for (size_t k = 0; k < parent->version_count; k++) {
		const struct unit_version *above = &parent->versions[k];

		if (above->from < version->to && version->from < above->to &&
		    above->level >= version->level)
			return FAIL(ctx, FAIL_CONFLICT, "unit.parent_level",
			    "unit %" PRId64 " is under unit %" PRId64
			    " of the same or a lower level",
			    unit->id, parent->id);
	}
	return OK;
}

static enum fail
check_versions(struct ctx *ctx, const struct directory *dir,
    const struct unit *unit, int *root, struct picture_fault *fault)
{
	for (size_t k = 0; k < unit->version_count && !unit->is_void; k++) {
		const struct unit_version *version = &unit->versions[k];

		if (version->parent >= 0) {
			TRY(check_parent(ctx, dir, unit, version, fault));
			continue;
		}
		blame(fault, unit, NULL);
		if (*root >= 0 && *root != unit->number)
			return FAIL(ctx, FAIL_CONFLICT, "unit.second_root",
			    "unit %" PRId64 " and unit %" PRId64
			    " both stand under nobody",
			    dir->units[*root].id, unit->id);
		*root = unit->number;
	}
	return OK;
}

/* Within a scheme a code means one unit on one day. */
static enum fail
check_code(struct ctx *ctx, const struct directory *dir,
    const struct code_holder *holder, struct picture_fault *fault)
{
	const struct unit_code *code = holder->code;

	for (const struct code_holder *other = holder->next; other != NULL;
	     other = other->next) {
		blame(fault, &dir->units[holder->number],
		    &dir->units[other->number]);
		if (other->code->from < code->to &&
		    code->from < other->code->to)
			return FAIL(ctx, FAIL_CONFLICT, "unit.code_taken",
			    "code %s:%s belongs to unit %" PRId64
			    " and to unit %" PRId64 " at once",
			    code->scheme, code->code,
			    dir->units[holder->number].id,
			    dir->units[other->number].id);
	}
	return OK;
}

/*
 * What a void unit signed went to units that were there before it; whatever
 * became of those, they have a place.
 */
static bool
is_sound_of_void(const struct unit *from, const struct unit *to,
    const struct succession *s)
{
	return s->on == from->from && to->from < s->on;
}

/*
 * A succession is at the end of the earlier unit or at the beginning of the
 * later one, and both border on its day: so chains only move forward in time.
 */
static enum fail
check_succession(struct ctx *ctx, const struct directory *dir,
    const struct succession *s, struct picture_fault *fault)
{
	const struct unit *from = &dir->units[s->from];
	const struct unit *to = &dir->units[s->to];

	blame(fault, from, to);
	if (from->is_void && is_sound_of_void(from, to, s))
		return OK;
	if (!from->is_void && (s->on == from->to || s->on == to->from) &&
	    from->from < s->on && s->on <= from->to && to->from <= s->on &&
	    s->on < to->to)
		return OK;
	return FAIL(ctx, FAIL_CONFLICT, "unit.succession",
	    "the succession from unit %" PRId64 " to unit %" PRId64
	    " is at neither the end of the one nor the beginning of "
	    "the other",
	    from->id, to->id);
}

enum fail
picture_check(struct ctx *ctx, const struct directory *dir,
    struct picture_fault *fault)
{
	int root = -1;

	for (size_t i = 0; i < dir->count; i++)
		TRY(check_span(ctx, &dir->units[i], fault));
	for (size_t i = 0; i < dir->count; i++)
		TRY(check_versions(ctx, dir, &dir->units[i], &root, fault));
	for (size_t i = 0; i < dir->holder_count; i++)
		TRY(check_code(ctx, dir, &dir->holders[i], fault));
	for (size_t i = 0; i < dir->succession_count; i++)
		TRY(check_succession(ctx, dir, &dir->successions[i], fault));
	return OK;
}
