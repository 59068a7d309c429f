#ifndef ORG_UNIT_H
#define ORG_UNIT_H

#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/day.h"
#include "org/directory.h"

/*
 * Changes of units.  A reorganisation is data, never a migration: rows are only
 * added, and a later one of the same key replaces an earlier one, so that an
 * as-of read still sees what was known then.
 *
 * Changes are collected in a batch and recorded together: one ledger entry with
 * their counts and digest, one audit row, one new picture, which is checked as a
 * whole (org_changed).  The order within a batch does not matter.  Needs
 * TX_WRITE and the permission org.manage.
 *	FAIL_LOGIN "access.login", FAIL_DENIED "access.denied"
 *	FAIL_INVALID	"unit.name"	over 200 characters, or not utf8_says
 *	FAIL_INVALID	"unit.type"	none of unit_types
 *	FAIL_INVALID	"unit.level"	only the root is under nobody
 *	FAIL_INVALID	"unit.code"	see unit_batch_code
 *	FAIL_INVALID	"unit.succession_kind"
 *	FAIL_INVALID	"unit.act"	the same, but for an empty one
 *	FAIL_CONFLICT	"store.constraint"	a unit that does not exist
 *	and those of org_changed
 */
struct unit_batch;

/* "government" ... "special_zone"; ends with NULL. */
extern const char *const unit_types[];

/* A batch in ctx->arena; source says where the changes come from. */
NODISCARD enum fail unit_batch_new(struct ctx *ctx, const char *source,
    struct unit_batch **ret);

/* The same for who has other rights than org.manage to judge, unit by unit
 * (src/reform). */
NODISCARD enum fail unit_batch_open(struct ctx *ctx, const char *source,
    struct unit_batch **ret);

/* A new identity; give it a version, too. */
int64_t unit_batch_unit(struct unit_batch *batch);

struct unit_version_new {
	int64_t unit;
	day from;
	const char *name; /* stored in NFC */
	const char *type;
	int level;
	int64_t parent; /* 0: the root */
};
void unit_batch_version(struct unit_batch *batch,
    const struct unit_version_new *version);

/* The first day without the unit; DAY_OPEN takes an end back.  UNIT_NEVER takes
 * the unit itself back: it is void from then on (org/directory.h). */
#define UNIT_NEVER ((day)-100000)
void unit_batch_end(struct unit_batch *batch, int64_t unit, day on);

/*
 * From here on the unit has this code in the scheme ("" ends it).  Schemes are
 * a-z 0-9 _, at most 32; codes are printable without blank, ':' and '@', at most
 * 64.
 */
void unit_batch_code(struct unit_batch *batch, int64_t unit, const char *scheme,
    const char *code, day from);

/* kind_name: one of succession_names, or "none" to take one back. */
void unit_batch_succession(struct unit_batch *batch, int64_t from, int64_t to,
    day on, const char *kind_name, const char *act);

/* The changes, in the order they were made; NULL: none (org/change.h). */
struct unit_change;
const struct unit_change *unit_batch_first(const struct unit_batch *batch);

/* Are the changes since the last call sound, each by itself?  The failures above
 * but for those of the picture.  unit_batch_record asks for what is left. */
NODISCARD enum fail unit_batch_check(struct ctx *ctx, struct unit_batch *batch);

/* Write it all; kind names the ledger entry and the audit row ("unit.import"),
 * unit is the one it is about, 0: many.  An empty batch does nothing. */
NODISCARD enum fail unit_batch_record(struct ctx *ctx, struct unit_batch *batch,
    const char *kind, int64_t unit);
/* The same; *ret_entry is the row of its ledger entry, NULL: an empty batch. */
struct ledger_entry;
NODISCARD enum fail unit_batch_enter(struct ctx *ctx, struct unit_batch *batch,
    const char *kind, int64_t unit, const struct ledger_entry **ret);

/* --- single changes: a batch of one -------------------------------------- */

struct unit_new {
	const char *name;
	const char *type;
	int level;
	int64_t parent; /* 0: the root */
	day from;
	const char *scheme; /* NULL: no code */
	const char *code;
};
NODISCARD enum fail unit_create(struct ctx *ctx, const struct unit_new *in,
    int64_t *ret_id);

/* Another name, type, level or parent from a day on. */
NODISCARD enum fail unit_version_add(struct ctx *ctx,
    const struct unit_version_new *version);

/* FAIL_NOT_FOUND "unit.unknown" */
NODISCARD enum fail unit_abolish(struct ctx *ctx, int64_t unit, day on);

NODISCARD enum fail unit_code_add(struct ctx *ctx, int64_t unit,
    const char *scheme, const char *code, day from);

NODISCARD enum fail unit_succession_add(struct ctx *ctx, int64_t from,
    int64_t to, day on, enum succession_kind kind, const char *act);

#endif
