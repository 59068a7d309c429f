#ifndef ORG_FIELD_H
#define ORG_FIELD_H

#include "core/shape.h"

/* Fields about units, as the tables of all slices above write them. */
#define UNIT_REF_MAX 128  /* bytes: an id, or scheme:code@date */
#define UNIT_NAME_MAX 800 /* bytes: 200 characters */

/* clang-format off */
#define F_UNIT_REF(st, f, need_, meaning_, example_) \
	F_TEXT(st, f, UNIT_REF_MAX, need_, meaning_, example_)
#define F_UNIT_NAME(st, f, meaning_, example_) \
	F_TEXT(st, f, UNIT_NAME_MAX, REQUIRED, meaning_, example_)
/* clang-format on */

#endif
