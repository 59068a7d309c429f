#ifndef REGIME_DEFINITION_H
#define REGIME_DEFINITION_H

#include <stddef.h>
#include <stdint.h>

#include "codec/json.h"
#include "core/ctx.h"
#include "core/day.h"
#include "core/shape.h"
#include "regime/catalogue.h"

/*
 * A form definition as an administrator writes it (docs/forms.md), inside this
 * module only.  Three parts change independently: "form" never, "last_day" as
 * the law goes, "versions" by addition.  So each is read, stored and compared by
 * itself.
 */
#define DEFINITION_BYTES_MAX ((size_t)1024 * 1024)
#define DEFINITION_VERSIONS_MAX 64
#define DEFINITION_REPORTERS_MAX 16
#define DEFINITION_TYPES_MAX 16 /* of a reporter */
#define DEFINITION_TYPE_MAX 32  /* bytes of a type of unit */
#define DEFINITION_COLUMNS_MAX 64
#define DEFINITION_ROWS_MAX 512
#define DEFINITION_CELLS_MAX 4096
#define DEFINITION_RULES_MAX 64
#define DEFINITION_TERMS_MAX 64
#define DEFINITION_PLAUSIBLE_MAX 16
#define DEFINITION_FORMS_MAX 2000

struct def_calendar {
	const char *kind;
	int64_t cutoff_day;
};

struct def_regime {
	const char *code;
	const char *name_vi;
	const char *name_en;
	const struct def_calendar *calendar;
};

struct def_reporter {
	const char *level;
	struct texts_of types; /* at NULL: all of the level */
	int64_t deadline_days;
};

struct def_head {
	const char *code;
	const char *name_vi;
	const char *name_en;
	const char *legal_basis;
	const struct def_regime *regime;
	struct list_of reporters;
};

struct def_column {
	const char *id;
	const char *label;
	const char *group_vi;
	const char *group_en;
	const char *name_vi;
	const char *name_en;
	int64_t scale;
	const char *lo;
	const char *hi;
	const char *aggregation;
};

struct def_row {
	const char *id;
	const char *name_vi;
	const char *name_en;
	bool unsure;
};

struct def_term {
	const char *column;
	const int64_t *sign; /* NULL: +1 */
};

struct def_rule {
	const char *id;
	const char *rows;
	const char *target;
	struct list_of terms;
	const char *severity;
	bool computes;
	bool carry;
	const char *citation;
	const char *message_vi;
	const char *message_en;
};

struct def_plausible {
	const char *id;
	struct texts_of columns;
	struct texts_of against;
	const char *ratio;
	const char *floor;
	const char *z;          /* NULL: no history */
	const int64_t *periods; /* NULL: no history */
	const char *citation;
	const char *message_vi;
	const char *message_en;
};

struct def_version {
	int64_t number;
	const char *from;
	struct list_of columns;
	struct list_of rows;
	struct list_of rules;
	struct list_of plausible;
};

struct definition {
	const struct def_head *form;
	const char *last_day; /* NULL: in force without an end */
	struct list_of versions;
};

/*
 * Read a whole definition, or one stored part of it.  All faults are noted by
 * fail_invalid() with their pointers; after any, *ret must not be used further.
 */
void definition_read(struct ctx *ctx, const struct json *node,
    struct definition *ret);
void definition_read_head(struct ctx *ctx, const struct json *node,
    struct def_head *ret);
void definition_read_version(struct ctx *ctx, const struct json *node,
    struct def_version *ret);

/* Sound parts into the catalogue's structs; everything is copied to arena. */
void definition_build_head(struct arena *arena, const struct def_head *head,
    struct form *ret);
void definition_build_version(struct arena *arena,
    const struct def_version *def, struct form_version *ret);

/* Lists of names in the order of the enums. */
extern const char *const definition_kinds[];        /* enum period_kind */
extern const char *const definition_levels[];       /* enum unit_level */
extern const char *const definition_aggregations[]; /* enum aggregation */
extern const char *const definition_severities[];   /* enum severity */
extern const char *const definition_against[];      /* enum against */

/* Digits after the point that a ratio and a z have. */
#define DEFINITION_RATIO_SCALE 2
#define DEFINITION_Z_SCALE 1

/* Position of a name that is in the list; asserted. */
int definition_choice(const char *const *list, const char *name);

#endif
