#ifndef CORE_NUM_H
#define CORE_NUM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/attr.h"

/*
 * Checked whole numbers.  Numbers from outside are read only by num_parse;
 * sums that could leave 64 bits are made in i128.
 */
__extension__ typedef __int128 i128;

/*
 * Decimal digits with an optional leading minus, nothing else (no space, plus,
 * leading zeros or empty text), and lo <= value <= hi.  False leaves *ret.
 */
NODISCARD bool num_parse(const char *text, int64_t lo, int64_t hi,
    int64_t *ret);

/* Sum and product; false on overflow, leaving *ret. */
NODISCARD bool num_add(int64_t a, int64_t b, int64_t *ret);
NODISCARD bool num_mul(int64_t a, int64_t b, int64_t *ret);

#endif
