#ifndef ORG_DIRECTORY_H
#define ORG_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/access.h"
#include "core/ctx.h"
#include "core/day.h"

/*
 * Units in time, in memory (architecture.md 5).  A directory is an immutable
 * picture of all units, versions, codes and successions as known at a ledger
 * index; changes of units are rare, so after one a new picture is built and
 * published.  Pictures are pinned for a unit of work: pointers into a directory
 * are valid until ctx->arena is freed.  Any thread.
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

struct unit {
	int64_t id;  /* permanent */
	int number;  /* dense: 0 .. directory_count - 1, within one picture */
	day from;    /* first day of life */
	day to;      /* day after the last, DAY_OPEN */
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

/* Process-wide holder; home->org. */
struct org *org_new(void);
void org_free(struct org *org);
/* Read the tables and publish the newest picture.  Needs TX_READ or TX_WRITE. */
NODISCARD enum fail org_load(struct ctx *ctx);
/* Read them again after the commit of this unit of work (stages an effect). */
NODISCARD enum fail org_changed(struct ctx *ctx);

/* The newest picture, or the one known at a ledger index. */
const struct directory *directory_now(struct ctx *ctx);
NODISCARD enum fail directory_as_of(struct ctx *ctx, int64_t index,
    const struct directory **ret);

size_t directory_count(const struct directory *dir);
const struct unit *directory_at(const struct directory *dir, int number);
const struct unit *directory_unit(const struct directory *dir, int64_t id);
/* Changes whenever the picture does: a key for caches. */
int64_t directory_stamp(const struct directory *dir);

/* The version on a day, NULL if the unit was not alive; then the last or first
 * one is given by unit_name. */
const struct unit_version *unit_on(const struct unit *unit, day on);
const char *unit_name(const struct unit *unit, day on);
const char *unit_area_code(const struct unit *unit, day on); /* "" if none */

/*
 * A unit from outside: "17" (id) or "area:01@2025-07-01".
 *	FAIL_INVALID	"unit.ref"		malformed
 *	FAIL_INVALID	"unit.code_needs_date"	scheme:code without @date
 *	FAIL_NOT_FOUND	"unit.unknown"
 */
NODISCARD enum fail directory_find(struct ctx *ctx,
    const struct directory *dir, const char *ref, const struct unit **ret);

/*
 * A structure is the hierarchy at one date.  Built once per (picture, date) and
 * kept with the picture.
 */
struct structure;
const struct structure *directory_structure(const struct directory *dir,
    day on);
day structure_day(const struct structure *st);
/* All units alive, parents before children; dense numbers. */
const int *structure_units(const struct structure *st, size_t *ret_count);
/* Dense number of the parent, -1: root or not alive. */
int structure_parent(const struct structure *st, int number);
int structure_level(const struct structure *st, int number); /* -1: not alive */
const int *structure_children(const struct structure *st, int number,
    size_t *ret_count); /* by code, then name */
int structure_root(const struct structure *st);
bool structure_below(const struct structure *st, int ancestor, int number);
/* Lowest common ancestor of n >= 1 living units (one unit: itself). */
int structure_common(const struct structure *st, const int *numbers, size_t n);

/*
 * Where a unit's amounts stand in a structure.  whole: at the unit itself or
 * its sole successor (or sole predecessor, looking back).  Otherwise the amount
 * is unallocated under at: the lowest unit holding all heirs; heirs are listed
 * for apportioning (none: no successor is known, at is the successor of its
 * province, or the root).
 */
struct placement {
	bool whole;
	int at;
	const int *heirs;
	size_t heir_count;
};
const struct placement *structure_place(const struct structure *st,
    int number);

/*
 * Rights (architecture.md 5): an abolished unit stands under each of its
 * successors, or under its province's successor if it has none.
 */
access_reach_fn org_reach;

/* Nearest ancestor alive on the day: who accepts what this unit sends.  -1 for
 * the root. */
int directory_above(const struct directory *dir, int number, day on);

#endif
