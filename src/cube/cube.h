#ifndef CUBE_CUBE_H
#define CUBE_CUBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/ctx.h"
#include "core/day.h"
#include "core/num.h"
#include "regime/catalogue.h"

/*
 * Roll-ups in memory (architecture.md 7).  One slab per (form version, period):
 * the event chain of every unit that reported, and totals per structure and
 * basis that are kept moving by deltas.  No SQL, no HTTP; every sum is exact
 * and independent of order.  A lock per slab, held for microseconds.
 *
 * What the ledger says is what the cube holds: cube_replay feeds it at start,
 * cube_stage during a unit of work (it may fail: range, memory) and publishes
 * after the commit.
 */
enum basis { BASIS_SENT, BASIS_ACCEPTED };
enum cube_act { CUBE_SENT, CUBE_RETURNED, CUBE_ACCEPTED, CUBE_CLOSED };

struct cube_event {
	enum cube_act act;
	int64_t unit;       /* id */
	int version;        /* of the report */
	int64_t index;      /* ledger index; given at publication */
	int64_t at_us;
	int64_t report;     /* row id, for the trace */
	const int64_t *values; /* SENT: per cell, copied */
	const uint8_t *states;
};

struct cube *cube_new(void);
void cube_free(struct cube *cube);

/*
 * Stage an event in a write transaction; entry is the ledger entry it rests on
 * (its index and at are read at publication).
 *	FAIL_CONFLICT	"cube.range"	a total could leave 128 bits
 */
struct ledger_entry;
NODISCARD enum fail cube_stage(struct ctx *ctx,
    const struct form_version *version, const struct period *period,
    const struct cube_event *event, const struct ledger_entry *entry);

/* Replay of one event at start, single-threaded. */
NODISCARD enum fail cube_replay(struct ctx *ctx,
    const struct form_version *version, const struct period *period,
    const struct cube_event *event);

/*
 * Totals of one row.  Counts are per cell (value, none) and per row (expected,
 * reported, late: units; closed, restated).  A total is none if all reported are
 * none, missing if nobody reported.
 */
enum cube_row_kind { ROW_UNIT, ROW_OTHER, ROW_UNALLOCATED, ROW_TOTAL };

struct cube_row {
	enum cube_row_kind kind;
	int unit;             /* dense number in the directory; -1 if none */
	const i128 *totals;   /* cell_count, scaled by the column's scale */
	const uint32_t *values; /* how many reports gave a value, per cell */
	const uint32_t *nones;
	const uint8_t *apportioned; /* NULL, or per cell 1 if spread equally */
	uint32_t expected;
	uint32_t reported;
	uint32_t late;
	bool closed;   /* the level above has closed this unit and period */
	bool restated; /* something below was amended since */
};

struct cube_question {
	const struct form_version *version;
	struct period period;
	const struct directory *dir;       /* as of the index */
	const struct structure *structure; /* of that directory */
	enum basis basis;
	int64_t index;  /* entries before this count; INT64_MAX: now */
	bool apportion; /* equal */
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
 * in ctx->arena.  *ret_index is the ledger size that was answered.
 */
NODISCARD enum fail cube_ask(struct ctx *ctx,
    const struct cube_question *question, struct cube_row **ret,
    size_t *ret_count, int64_t *ret_index);

/*
 * What a row's total rests on: the reports that count, biggest first by the
 * given cells' absolute sum, at most limit.
 */
struct cube_part {
	int unit;
	int64_t report;
	int version;
	int64_t index;   /* ledger index of its signing */
	i128 amount;
	bool whole;      /* false: only unallocated here */
};
NODISCARD enum fail cube_trace(struct ctx *ctx,
    const struct cube_question *question, int row_unit,
    enum cube_row_kind kind, const int *cells, size_t cell_count, size_t limit,
    struct cube_part **ret, size_t *ret_count, size_t *ret_total);

/* What a unit has sent and had accepted, for lists; false if nothing. */
bool cube_unit(struct ctx *ctx, const struct form_version *version,
    const struct period *period, int64_t unit, struct cube_event *ret_last);

/* Bytes held, slabs, rows: for /metrics and truc bench. */
struct cube_stats {
	int64_t bytes;
	int64_t slabs;
	int64_t rows;
	int64_t events;
};
void cube_stats(struct cube *cube, struct cube_stats *ret);

/* Drop all cached structure views (bench: forces re-aggregation). */
void cube_forget_views(struct cube *cube);

#endif
