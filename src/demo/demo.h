#ifndef DEMO_H
#define DEMO_H

#include <stdint.h>

#include "core/ctx.h"
#include "core/random.h"
#include "core/text.h"
#include "org/directory.h"
#include "regime/catalogue.h"

/*
 * The demonstration's figures: generated, plausible, and the same for the same
 * seed.  No official statistics.  values.c knows what the columns of the
 * two forms mean; nothing else of the program does.
 */
#define DEMO_SEED UINT64_C(20240101)
#define DEMO_SECTORS 12

/* What a unit had in hand at the end of the last period, by sector. */
struct demo_backlog {
	int32_t open[DEMO_SECTORS];
	bool known;
};

enum demo_slip {
	SLIP_NONE,
	SLIP_TENFOLD, /* a zero too many in one cell */
	SLIP_CARRY,   /* carried over less than was open */
};

struct demo_case {
	int level; /* enum unit_level */
	int64_t unit;
	int64_t size; /* demo_size */
	int quarter;  /* since the start of the demonstration */
	bool amended;
	enum demo_slip slip;
};

/*
 * How large a unit is beside others of its level, in percent.  Units differ by
 * far, and keep their size over the quarters; one that others went into is as
 * large as their shares together, so that what it reports goes on where they
 * ended.
 */
int64_t demo_size(const struct directory *dir, int number, day on);
int64_t demo_own_size(int64_t unit); /* of one that nobody went into */

/* The cells of a report as a JSON object; backlog moves on to its end. */
void demo_cells(const struct form_version *version,
    const struct demo_case *what, struct demo_backlog *backlog,
    struct text *out);

/* The same cells, with an explanation where a refusal says that one is missing;
 * the refusal is cleared. */
struct json;
NODISCARD enum fail demo_explain(struct ctx *ctx, const struct json **cells);

/* "Nguyễn Thị Hoa": a generated name for a person number. */
const char *demo_name(struct arena *arena, uint64_t number);

/* SplitMix64 of some numbers: dice that do not depend on the order of calls. */
uint64_t demo_dice(uint64_t a, uint64_t b, uint64_t c);

#endif
