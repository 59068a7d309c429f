#ifndef REGIME_CATALOGUE_H
#define REGIME_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/day.h"
#include "org/directory.h"
#include "regime/period.h"
#include "trust/trust.h"

/*
 * Regimes and forms in memory: an immutable catalogue of what is in the tables,
 * published as a whole like the directory.  Forms are data: data/forms/X.json is
 * published by regime_publish, which stores its canonical JSON and a ledger
 * entry.  A form's versions share cells by their permanent id.
 *
 * A matrix form has rows (catalogue) and columns; cell id = "ROW.COL", for
 * example "s01.c3".  The order of cells is row by row.
 */
enum aggregation {
	AGG_SUM,
	AGG_LAST,
	AGG_MIN,
	AGG_MAX,
	AGG_NONE,
};

struct form_column {
	const char *id;       /* "c3" */
	const char *label;    /* "3": as printed */
	const char *group_vi; /* "Tiếp nhận", NULL if none */
	const char *group_en;
	const char *name_vi;
	const char *name_en;
	int scale;  /* decimals, 0 .. DECIMAL_SCALE_MAX */
	int64_t lo; /* scaled */
	int64_t hi;
	enum aggregation aggregation;
};

struct form_row {
	const char *id; /* "s01" */
	const char *name_vi;
	const char *name_en;
	bool unsure; /* seed data to be checked */
};

/*
 * A rule: target = sum of sign * term, within one report.  Evaluation
 * (the same in web/src/rules.ts; tests/corpus/rules holds both to it):
 * target and all terms missing: not judged; none and missing count as zero
 * otherwise; equal: kept; else broken.  carry: target = term of the previous
 * period, judged only where both are values.
 */
enum severity { SEVERITY_BLOCK, SEVERITY_EXPLAIN, SEVERITY_NOTE };

struct rule_term {
	int cell;
	int sign; /* +1 or -1 */
};

/*
 * What a figure is held against, beside the sums: a figure far from all of it is
 * to be explained (regime/plausible.h).
 */
enum against { AGAINST_LAST, AGAINST_YEAR, AGAINST_HISTORY };

struct plausible {
	const char *id;   /* "p1" */
	unsigned against; /* 1 << enum against, each that is asked */
	int64_t ratio;    /* hundredths */
	int64_t z;        /* tenths; with AGAINST_HISTORY */
	int periods;      /* how many of the unit's own are looked at */
	const char *floor;
	const char *const *columns; /* ids */
	size_t column_count;
	const char *citation;
	const char *message_vi;
	const char *message_en;
};

struct rule {
	const char *id; /* "r1.s01": rule and row; "p1.s01.c4" */
	int target;     /* position of a cell */
	/* NULL: a sum.  Else there are no terms, and floor has the target's
	 * scale. */
	const struct plausible *plausible;
	int64_t floor;
	const struct rule_term *terms;
	size_t term_count;
	enum severity severity;
	bool computes; /* the target is filled in when it is missing */
	bool carry;    /* terms are the previous period's */
	const char *citation;
	const char *message_vi;
	const char *message_en;
};

struct form_version {
	int64_t id;
	const struct form *form;
	int number; /* 1, 2, ... */
	day from;   /* periods whose last day is in [from, to) */
	day to;
	struct digest digest; /* of the canonical JSON of the definition */
	const char *body;     /* that JSON */
	const struct form_column *columns;
	size_t column_count;
	const struct form_row *rows;
	size_t row_count;
	const char *const *cells; /* ids, row by row */
	size_t cell_count;        /* row_count * column_count */
	const struct rule *rules;
	size_t rule_count;
	const size_t *fills; /* positions of rules that compute: rules_order */
	size_t fill_count;
	const struct plausible *plausible;
	size_t plausible_count;
	const struct rule *expects; /* what these ask of each cell, in order */
	size_t expect_count;
};

/* Reporters and their deadline: days after the window's last day, 24:00. */
struct reporter {
	int level;                /* enum unit_level */
	const char *const *types; /* NULL-terminated; NULL: all of the level */
	int deadline_days;
};

struct form {
	int64_t id;
	const char *code; /* "II.06a/VPCP/KSTT" */
	const char *name_vi;
	const char *name_en;
	const char *legal_basis;
	const char *regime_code;
	const char *regime_name_vi;
	const char *regime_name_en;
	struct calendar calendar;
	day first_day; /* the regime's own validity */
	day last_day;  /* inclusive; DAY_OPEN */
	const struct reporter *reporters;
	size_t reporter_count;
	const struct form_version *versions;
	size_t version_count;
};

/*
 * Pointers into a catalogue stay valid until regime_free, also after a newer
 * one was published: forms change a few times a year and are small, so old
 * pictures are kept and nobody has to pin them.  Any thread.
 */
struct catalogue;

/* What regime keeps for the process: its holder (core/home.h). */
struct regime *regime_new(void);
void regime_free(struct regime *regime); /* NULL does nothing */
void regime_attach(struct home *home, struct regime *regime);
struct regime *regime_of(const struct home *home);
/*
 * Read the tables and publish the catalogue at once.  Needs TX_READ or
 * TX_WRITE.
 *	FAIL_INTERNAL	"form.stored"	a stored definition is not sound
 */
NODISCARD enum fail regime_load(struct ctx *ctx);
/*
 * Publish a form definition (JSON text, docs/forms.md).  What is published
 * already and the same is left alone; new versions are added, and last_day may
 * move where nothing was due yet.  Anything new gives one ledger entry
 * "form.publish".  The catalogue changes after the commit.  Needs TX_WRITE and
 * the right org.manage.
 *	FAIL_INVALID	"form.definition"	field errors point into it
 *	FAIL_CONFLICT	"form.exists"	the same code and version differ
 *	FAIL_TOO_BIG	"form.too_big"
 *	FAIL_LOGIN, FAIL_DENIED, "json.*"
 */
NODISCARD enum fail regime_publish(struct ctx *ctx, struct bytes definition);

/*
 * The catalogue of this unit of work: the newest when it first asked, and the
 * same one until its next transaction or the end of its own publication
 * (core/pin.h).  Never NULL; lives as long as the process.
 */
const struct catalogue *catalogue_now(struct ctx *ctx);
/* Forms in the order of their codes. */
size_t catalogue_count(const struct catalogue *cat);
const struct form *catalogue_at(const struct catalogue *cat, size_t i);
const struct form *catalogue_form(const struct catalogue *cat,
    const char *code); /* NULL: unknown */
/* Is there a version of this form, or of any if it is NULL, for such a period?
 * An unknown form has none. */
bool catalogue_has_period(const struct catalogue *cat, const char *code,
    const char *period);
/* By row id, as other tables name it; NULL: unknown. */
const struct form *catalogue_form_by_id(const struct catalogue *cat,
    int64_t id);
const struct form_version *catalogue_version(const struct catalogue *cat,
    int64_t id);
const struct form_version *catalogue_digest(const struct catalogue *cat,
    const struct digest *digest);
/* The version for a period, NULL if none or the period is of another calendar.
 */
const struct form_version *form_for(const struct form *form,
    const struct period *period);
/* Position of a cell, -1 if the version has none of this id. */
int form_cell(const struct form_version *version, const char *cell_id);
/* The column of a cell by its position. */
const struct form_column *form_column_at(const struct form_version *version,
    size_t cell);

/*
 * Obligations are derived: does this unit owe this form for this period?  st is
 * the structure of the period's last day, dir its directory.  deadline is the
 * legal day at whose end the report is due.
 */
bool regime_owes(const struct form *form, const struct structure *st,
    const struct directory *dir, int unit_number, const struct period *period,
    day *ret_deadline);
/* Is what came at an instant too late?  A deadline is the whole of its day. */
static inline bool
regime_is_late(day deadline, int64_t at_us)
{
	return at_us >= day_start_us(deadline + 1);
}

/*
 * May the period be reported?  From 00:00 of the last day of its window, if the
 * form has a version for it.  It never closes: who is late still owes.
 */
bool period_is_open(const struct form *form, const struct period *period,
    int64_t now_us);

#endif
