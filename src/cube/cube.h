#ifndef CUBE_CUBE_H
#define CUBE_CUBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/day.h"
#include "core/num.h"
#include "core/option.h"
#include "regime/catalogue.h"
#include "regime/cells.h"

/*
 * Roll-ups in memory (src/cube/README.md).  One slab per (form version, period):
 * every signed version of every unit that reported, and totals per structure
 * and basis that are kept moving by deltas.  No SQL, no HTTP; every sum is exact
 * and independent of order: 2^31 values of 64 bits cannot leave 128 bits.
 *
 * What the ledger says is what the cube holds: cube_replay feeds it at start,
 * cube_stage during a unit of work (it may fail) and publishes after the commit
 * (it cannot).  Any thread.  A lock per slab, held for microseconds: long
 * computations read what never changes again, without it.
 *
 * basis sent: the latest version signed and not returned; accepted: the latest
 * accepted and not returned.
 */
enum basis { BASIS_SENT, BASIS_ACCEPTED };
enum cube_act {
	CUBE_SENT,
	CUBE_RETURNED,
	CUBE_ACCEPTED,
	CUBE_CLOSED,
	CUBE_REOPENED,
};

struct cube_event {
	enum cube_act act;
	int64_t unit;  /* id */
	int version;   /* of the report */
	int64_t index; /* ledger index; given at publication */
	int64_t at_us;
	int64_t report;        /* row id, for the trace */
	const int64_t *values; /* SENT: per cell, copied */
	const uint8_t *states;
};

extern const struct option cube_option_table[];
enum cube_option { CUBE_VIEW_BYTES, CUBE_VIEWS };

struct cube *cube_new(void);
void cube_free(struct cube *cube); /* NULL does nothing */
/* What is kept for the process (core/home.h). */
void cube_attach(struct home *home, struct cube *cube);
struct cube *cube_of(const struct home *home);

/*
 * Take over what a snapshot of the ledger's first size entries held
 * (cube/snapshot.h); from is freed.  cube is new and empty.
 */
void cube_adopt(struct cube *cube, struct cube *from, int64_t size);
/* The ledger size of the newest snapshot, written or adopted; -1: none. */
int64_t cube_kept(struct cube *cube);

/*
 * Stage an event in a write transaction; entry is the ledger entry it rests on
 * (its index and at are read at publication).  The cube must outlive ctx->arena.
 *	FAIL_TOO_BIG	"cube.full"	more units or versions than a slab holds
 */
#define CUBE_UNITS_MAX (1 << 20)    /* units that reported, per slab */
#define CUBE_VERSIONS_MAX (1 << 24) /* signed versions, per slab */
struct ledger_entry;
NODISCARD enum fail cube_stage(struct ctx *ctx,
    const struct form_version *version, const struct period *period,
    const struct cube_event *event, const struct ledger_entry *entry);

/*
 * Replay of one event at start, in the ledger's order.
 *	FAIL_TOO_BIG	"cube.full"
 *	FAIL_INTERNAL	"cube.replay"	out of order, or of a version never signed
 */
NODISCARD enum fail cube_replay(struct ctx *ctx,
    const struct form_version *version, const struct period *period,
    const struct cube_event *event);
/* All entries before size have been replayed; the last ones may be of units and
 * forms, which are known from the start as well. */
void cube_replayed(struct cube *cube, int64_t size);

/*
 * Totals of one row.  Counts are per cell (value, none, withheld: reports) and
 * per row (expected, reported, late: units; closed, restated).  A total is a
 * value if any report gave one, else withheld or none if any said so, else
 * missing.
 *
 * By the column's aggregation a total is the sum, the least, the greatest, or
 * the value signed last; of AGG_NONE it is the value where only one report gave
 * one, else 0 with values > 1.
 *
 * expected and reported count the units obliged by the structure of the
 * period's own last day.  In another structure a unit counts once, where its
 * amounts are or, if they have no single place, at the lowest unit that holds
 * all its successors.  late: of those reported, the ones first signed after
 * 24:00 of their deadline.
 */
enum cube_row_kind { ROW_UNIT, ROW_OTHER, ROW_UNALLOCATED, ROW_TOTAL };

struct cube_row {
	enum cube_row_kind kind;
	int unit;               /* dense number in the directory; -1 if none */
	const i128 *totals;     /* of the cells asked, by the column's scale */
	const uint32_t *values; /* how many reports gave a value, per cell */
	const uint32_t *nones;
	const uint32_t *withhelds;
	const uint8_t *apportioned; /* NULL, or per cell 1 if spread equally */
	uint32_t expected;
	uint32_t reported;
	uint32_t late;
	bool closed; /* the level above has closed this unit and period, and not
			  reopened it */
	bool restated; /* a version at or below it was signed or returned
			  since */
};

struct cube_question {
	const struct form_version *version;
	struct period period;
	const struct directory *dir;       /* as of the index */
	const struct structure *structure; /* of that directory */
	enum basis basis;
	int64_t index;    /* entries before this count; INT64_MAX: now */
	bool apportion;   /* equal */
	const int *cells; /* positions in the version; NULL: all */
	size_t cell_count;
	/* Which rows, exactly one of: */
	const int *units; /* these */
	size_t unit_count;
	int children_of; /* -1: not asked */
	int level;       /* -1: not asked */
};

/*
 * Rows in order: units, then ROW_OTHER and ROW_UNALLOCATED (children_of and
 * level), then ROW_TOTAL of the unit above them (root for level and units).
 * total = units + other + unallocated, exactly, for children_of and level.  All
 * in ctx->arena.  *ret_index is the ledger size that was answered: every entry
 * before it is in the answer and none after it.  A unit that is not alive in the
 * structure has an empty row.
 *
 * apportion spreads what is unallocated evenly over the heirs, in units of the
 * last decimal, the remainder one each by unit id; only sums are spread.  Such a
 * share marks the cell, and the report is counted only in rows that hold all of
 * it.
 */
NODISCARD enum fail cube_ask(struct ctx *ctx,
    const struct cube_question *question, struct cube_row **ret,
    size_t *ret_count, int64_t *ret_index);

/*
 * Several questions (periods, versions) answered as of one ledger index, which
 * is the questions' own: all ask for the same.
 */
struct cube_answer {
	struct cube_row *rows;
	size_t count;
};
NODISCARD enum fail cube_ask_all(struct ctx *ctx,
    const struct cube_question *questions, size_t count,
    struct cube_answer **ret, int64_t *ret_index);

/* What a cell of a row is, of its four states. */
enum cell_state cube_row_state(const struct cube_row *row, size_t cell);

/*
 * What a row's total rests on: the reports that count and say something of the
 * given cells, biggest first by the absolute amount of these, then those without
 * one, at most limit; *ret_total is how many there are.  kind other and unallocated need children_of
 * or level in the question; unit and total take row_unit.  Apportioning is left
 * out: an unallocated report is shown where it is.
 */
struct cube_part {
	int unit;
	int64_t report;
	int version;
	int64_t index;         /* ledger index of its signing */
	enum cell_state state; /* a value if any of the cells has one, else
				  withheld if any is, else none */
	uint32_t values;       /* how many of the cells have one */
	i128 amount; /* theirs by the column's aggregation; 0 where last or
			none has several */
	bool whole;  /* false: it is unallocated */
};
NODISCARD enum fail cube_trace(struct ctx *ctx,
    const struct cube_question *question, int row_unit, enum cube_row_kind kind,
    const int *cells, size_t cell_count, size_t limit, struct cube_part **ret,
    size_t *ret_count, size_t *ret_total);

/*
 * What a unit has sent: the version that counts (act CUBE_SENT or
 * CUBE_ACCEPTED), or, if none does, its latest (CUBE_RETURNED).  False if it
 * never signed.  values are in ctx->arena, states live as long as the cube.
 */
bool cube_unit(struct ctx *ctx, const struct form_version *version,
    const struct period *period, int64_t unit, struct cube_event *ret_last);

/* Bytes held, slabs, rows: for /metrics and truc bench. */
struct cube_stats {
	int64_t bytes;
	int64_t slabs;
	int64_t rows;
	int64_t events;
	int64_t
	    used; /* of the fullest slab's limits ("cube.full"), millionths */
	int64_t views; /* structures in memory, of all slabs */
	int64_t view_bytes;
};
void cube_stats(struct cube *cube, struct cube_stats *ret);

/*
 * Bounds of the structure views in memory, all slabs together: MiB and how many.
 * Above either the ones not used for longest are dropped; what is in use at one
 * moment may be over by the view made last.  A question that finds no room is
 * answered from the reports, slower and the same.  Before the first question.
 */
void cube_limit_views(struct cube *cube, int64_t bytes, int64_t count);

/* Drop all cached structure views (bench: forces re-aggregation). */
void cube_forget_views(struct cube *cube);

#endif
