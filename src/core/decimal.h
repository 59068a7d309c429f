#ifndef CORE_DECIMAL_H
#define CORE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/num.h"

/*
 * Exact decimals: a whole number of 10^-scale.  No double anywhere.
 */
struct arena;

#define DECIMAL_SCALE_MAX 6
/* Longest text of an i128 with sign, point and NUL. */
#define DECIMAL_TEXT_MAX 48

/*
 * "-12.50" at scale 2 is -1250.  Accepted: optional minus, digits without
 * needless leading zeros, optionally a point and 1 to scale digits.  Refused:
 * empty, plus, blanks, exponent, more digits than scale, "-0", out of int64.
 */
NODISCARD bool decimal_parse(const char *text, int scale, int64_t *ret);

/* Always with exactly scale digits after the point ("12.50", "-0.05"). */
void decimal_format(char out[DECIMAL_TEXT_MAX], i128 value, int scale);
const char *decimal_text(struct arena *arena, i128 value, int scale);

#endif
