#ifndef CENTRE_RENDER_H
#define CENTRE_RENDER_H

#include <stdint.h>

#include "centre/question.h"
#include "core/text.h"
#include "cube/cube.h"

/*
 * Answers into one table over all periods, as JSON, as CSV for programs (RFC 4180,
 * a line per row, period and cell) or for people (app/sheet.h, a line per row and
 * period).  Whoever added them up.
 *	FAIL_TOO_BIG	"figures.too_big"	more text than FIGURES_BYTES_MAX
 */
NODISCARD enum fail render_answers(struct ctx *ctx, const struct asked *asked,
    const struct cube_answer *answers, int64_t index, struct text *text);

/*
 * A cell of a row: a single one, or a column's summed over the rows.  Several
 * values whose column forbids a total have none.
 */
enum shown_state {
	SHOWN_MISSING,
	SHOWN_VALUE,
	SHOWN_NONE,
	SHOWN_WITHHELD,
	SHOWN_NOT_ADDED,
};
struct shown {
	enum shown_state state;
	i128 value;
	int scale;
	uint32_t count; /* reported values in it */
	bool apportioned;
};
struct shown render_cell(const struct asked_period *period, size_t cell,
    const struct cube_row *row);

/* Decimal text of a value; as core/decimal.h, faster for what fits 64 bits. */
void render_decimal(struct text *text, i128 value, int scale);

/* {"state":..}, decimal text or null, as docs/api.md says. */
void render_value(struct text *text, const struct shown *shown);

const char *render_kind(enum cube_row_kind kind);
const char *render_state(enum shown_state state);

#endif
