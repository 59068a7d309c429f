#ifndef ORG_DIRECTORY_H
#define ORG_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/day.h"
#include "people/access.h"

/*
 * Units in time, in memory (src/org/README.md).  A directory is an immutable
 * picture of all units, versions, codes and successions as known at a ledger
 * index; changes of units are rare, so after one a new picture is built, checked
 * and published.  Pictures are pinned for a unit of work: pointers into one of
 * directory_now are valid until the arena is freed that ctx was started with,
 * into one of directory_as_of until ctx->arena is.  Any thread.
 *
 * A unit that was founded and taken back is void: alive on no day, but what it
 * signed meanwhile stays and has a place.
 *
 * A unit is a permanent identity; name, type, level and parent are dated,
 * half-open [from, to).  Levels: 0 Government, 1 ministry or province, 2
 * district (until 2025-06-30), 3 commune.
 */
enum unit_level { LEVEL_NATION, LEVEL_PROVINCE, LEVEL_DISTRICT, LEVEL_COMMUNE };

struct unit_version {
	day from;
	day to;
	const char *name;      /* "Tỉnh Thái Bình" */
	const char *name_fold; /* for search */
	const char *type;      /* government ministry agency province
				  municipality district commune ward township
				  special_zone */
	int level;             /* enum unit_level */
	int parent;            /* dense number of the parent, -1 for the root */
};

struct unit_code {
	const char *scheme; /* "area", "ministry", ... */
	const char *code;
	day from;
	day to;
};

/*
 * How much of a unit went to another on a day.  part: of area and people;
 * part_area: land only; part_area_all_people: part of the land, all people.
 */
enum succession_kind {
	SUCCESSION_WHOLE,
	SUCCESSION_PART,
	SUCCESSION_PART_AREA,
	SUCCESSION_PART_AREA_ALL_PEOPLE,
	SUCCESSION_PART_PEOPLE,
};
extern const char *const succession_names[]; /* by kind; ends with NULL */

struct succession {
	int from; /* dense numbers */
	int to;
	day on; /* first day without from, or first day of to */
	enum succession_kind kind;
	const char *act; /* "1656/NQ-UBTVQH15", "" if not known */
};

struct unit {
	int64_t id;   /* permanent */
	int number;   /* dense: 0 .. directory_count - 1, within one picture */
	day from;     /* first day of life */
	day to;       /* day after the last, DAY_OPEN */
	bool is_void; /* taken back: it never was; to is from, and the versions
			 say what it would have been */
	const struct unit_version *versions; /* by from, without overlap */
	size_t version_count;
	const struct unit_code *codes;
	size_t code_count;
	const int *successors; /* dense numbers, each once */
	size_t successor_count;
	const int *predecessors;
	size_t predecessor_count;
};

struct directory;

/* What org keeps for the process: its holder (core/home.h). */
struct org *org_new(void);
void org_free(struct org *org); /* NULL does nothing */
void org_attach(struct home *home, struct org *org);
struct org *org_of(const struct home *home);
/* Read the tables and publish the newest picture.  Needs TX_READ or TX_WRITE. */
NODISCARD enum fail org_load(struct ctx *ctx);
/*
 * The unit of work has changed the tables: read them as it sees them, check
 * that they make sense, and publish the picture after the commit.  Until then
 * directory_now gives the unit of work the picture it began with: a change that
 * is not durable decides nothing.  Some 30 ms for the whole country.
 *	FAIL_CONFLICT	"unit.no_version"	a unit without a name
 *	FAIL_CONFLICT	"unit.span"		something outside a unit's life
 *	FAIL_CONFLICT	"unit.parent_gone"	the parent is not alive then
 *	FAIL_CONFLICT	"unit.parent_level"	the parent is not above
 *	FAIL_CONFLICT	"unit.second_root"
 *	FAIL_CONFLICT	"unit.code_taken"	by another unit on that day
 *	FAIL_CONFLICT	"unit.succession"	not at an end or a beginning
 */
NODISCARD enum fail org_changed(struct ctx *ctx);

/*
 * The picture of this unit of work: the newest when it first asked, and the same
 * one until its next transaction or the end of its own change (core/pin.h).  Or
 * the one of the changes whose ledger entries are
 * before an index (a ledger size; INT64_MAX: now), which needs ctx->tx.
 */
const struct directory *directory_now(struct ctx *ctx);
NODISCARD enum fail directory_as_of(struct ctx *ctx, int64_t index,
    const struct directory **ret);

/*
 * What directory_now would be if the batch (org/unit.h) were recorded: of the
 * same units in the same order, its new ones behind them.  Nothing is written.
 * Needs ctx->tx; failures as org_changed, and then fault, if it is not NULL, says
 * whom they are about (ids; other may be 0).
 */
struct unit_batch;
struct picture_fault {
	int64_t unit;
	int64_t other;
};
NODISCARD enum fail directory_with(struct ctx *ctx,
    const struct unit_batch *batch, struct picture_fault *fault,
    const struct directory **ret);

size_t directory_count(const struct directory *dir);
const struct unit *directory_at(const struct directory *dir, int number);
const struct unit *directory_unit(const struct directory *dir, int64_t id);
/* Changes whenever the picture does: a key for caches. */
int64_t directory_stamp(const struct directory *dir);

/* All successions, by from, to and day. */
const struct succession *directory_successions(const struct directory *dir,
    size_t *ret_count);

/*
 * The version on a day, NULL if the unit was not alive.  unit_near, unit_name
 * and the codes give the last one before the day then, or else the first.
 */
const struct unit_version *unit_on(const struct unit *unit, day on);
const struct unit_version *unit_near(const struct unit *unit, day on);
const char *unit_name(const struct unit *unit, day on);
const char *unit_code(const struct unit *unit, const char *scheme, day on);
const char *unit_area_code(const struct unit *unit, day on); /* "" if none */
/* The area code, else that of the first scheme; "" if the unit has none. */
const char *unit_any_code(const struct unit *unit, day on);

/*
 * A unit from outside: "17" (id) or "area:01@2025-07-01".
 *	FAIL_INVALID	"unit.ref"		malformed
 *	FAIL_INVALID	"unit.code_needs_date"	scheme:code without @date
 *	FAIL_NOT_FOUND	"unit.unknown"
 */
NODISCARD enum fail directory_find(struct ctx *ctx, const struct directory *dir,
    const char *ref, const struct unit **ret);
/*
 * The same for a part of an input: what fails is noted at its place, too, and an
 * unknown unit is FAIL_INVALID, as what was asked for is another thing.
 */
NODISCARD enum fail directory_find_at(struct ctx *ctx,
    const struct directory *dir, const char *pointer, const char *ref,
    const struct unit **ret);

/* Whose code this was on a day, NULL: nobody's. */
const struct unit *directory_by_code(const struct directory *dir,
    const char *scheme, const char *code, day on);

/*
 * A structure is the hierarchy at one date.  Days without a change between them
 * have the same one, so the pointer is a key for caches within a picture.  Built
 * at the first wish (about 2 ms for the whole country) and kept with the
 * picture; everything after that is O(1).
 */
struct structure;
const struct structure *directory_structure(const struct directory *dir,
    day on);
/* The first day it holds; 1900-01-01 before the first unit. */
day structure_day(const struct structure *st);
/* All units alive, parents before children; dense numbers. */
const int *structure_units(const struct structure *st, size_t *ret_count);
/* Dense number of the parent, -1: root or not alive. */
int structure_parent(const struct structure *st, int number);
int structure_level(const struct structure *st, int number); /* -1: not alive */
const int *structure_children(const struct structure *st, int number,
    size_t *ret_count);                         /* by code, then name */
int structure_root(const struct structure *st); /* -1: nobody is alive */
/* At or below: a unit is below itself.  False if one is not alive. */
bool structure_below(const struct structure *st, int ancestor, int number);

/*
 * Where a unit's amounts are in a structure.  whole: at the unit itself or
 * its sole successor (or sole predecessor, looking back), through any number of
 * steps.  Otherwise the amount is unallocated under at: the lowest unit holding
 * all heirs.  heirs are listed for apportioning; none: a successor is not known
 * somewhere on the way, and at holds the successor of the province of whoever
 * has none (itself a province: the root).  at is -1 where nobody is alive.
 */
struct placement {
	bool whole;
	int at;
	const int *heirs;
	size_t heir_count;
};
const struct placement *structure_place(const struct structure *st, int number);

/* Who takes the place of a unit that is not alive: its known heirs, or the
 * successors of its province.  Itself if it is alive. */
const int *structure_substitutes(const struct structure *st, int number,
    size_t *ret_count);
/*
 * Is the unit abolished, and has nobody the whole of it: several took its place,
 * or a part is all that is known to have gone to anybody?  Then one of them is
 * named for what is signed in its name (org/heir.h).
 */
bool structure_divided(const struct structure *st, int number);

/*
 * Rights: an abolished unit is under each of its
 * successors, or under its province's successor if it has none; these act in
 * its name, so the narrow reach covers it too.  Everybody reaches itself.
 */
access_reach_fn org_reach;

/*
 * Some acts are the business of one unit alone, not of everybody in whose subtree
 * it is: there scopes do not help, positions do.  Has the actor the permission
 * by a position at this very unit (or one that succeeds it)?  At the unit
 * directly above this one, today?
 */
bool org_holds(struct ctx *ctx, const char *permission, int64_t unit);
bool org_above_holds(struct ctx *ctx, const char *permission,
    const struct unit *unit);

/*
 * Who accepts on that day what this unit sends: its parent, or (both may be
 * abolished by then) the living unit that holds its parent's successors.  -1
 * for the root.
 */
int directory_above(const struct directory *dir, int number, day on);

#endif
