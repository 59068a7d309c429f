#ifndef REFORM_SET_H
#define REFORM_SET_H

#include "core/ctx.h"
#include "core/shape.h"

/*
 * A set of changes of units as data: what is to happen, in the words of the law.
 * One reader serves a file and the API; a table (plan.c) says of each kind which
 * members it needs.
 *
 *	{"act": "1656/NQ-UBTVQH15", "on": "2026-01-01", "changes": [
 *		{"kind": "create", "key": "a", "name": "Xã Đông", "type":
 *			"commune", "level": 3, "parent": "17", "code": "01234"},
 *		{"kind": "split", "unit": "21", "parts": [
 *			{"unit": "new:a", "kind": "part", "people": 4000},
 *			{"unit": "22", "kind": "part", "people": 6000}]}]}
 *
 * A unit is its id, scheme:code@date, or new:KEY of one that the set creates
 * before.  act and on of the set hold where a change has none of its own.
 */
#define SET_CHANGES_MAX 4000
#define SET_UNITS_MAX 200   /* of one merge */
#define SET_PARTS_MAX 200   /* of one split */
#define SET_KEY_MAX 40      /* bytes */
#define SET_ACT_MAX 200     /* characters */
#define SET_NOTE_MAX 2000   /* bytes */
#define SET_SHARE_ALL 10000 /* all of it, in ten-thousandths */

struct set_part {
	const char *unit;
	const char *kind;      /* how much went over; NULL: "part" */
	const int64_t *people; /* ten-thousandths; NULL: not known */
	const int64_t *area;
};

struct set_change {
	const char *kind; /* one of set_kinds */
	const char *key;
	const char *unit;
	struct texts_of units;
	const char *into;
	const char *parent;
	const char *on;
	const char *name;
	const char *type;
	const int64_t *level;
	const char *scheme; /* NULL: "area" */
	const char *code;
	const char *succession;
	struct list_of parts; /* struct set_part */
	const char *act;
};

struct change_set {
	const char *act;
	const char *on;
	const char *note;
	struct list_of changes; /* struct set_change */
};

extern const char *const set_kinds[]; /* ends with NULL */
extern const struct shape set_change_shape;
extern const struct shape change_set_shape;

/* JSON of a file or of a recorded set.  FAIL_INVALID "json.*", "input.*" with
 * their places. */
struct bytes;
NODISCARD enum fail set_read(struct ctx *ctx, struct bytes text,
    const struct change_set **ret);
/* The set as it is kept: JSON, the same for the same set. */
const char *set_text(struct arena *arena, const struct change_set *set);

#endif
