#ifndef REGIME_FIELD_H
#define REGIME_FIELD_H

#include "core/shape.h"

/* Fields about forms and periods, as the tables of all slices write them. */
#define FORM_CODE_MAX 64 /* bytes */
#define PERIOD_ID_MAX 16 /* bytes */

/* clang-format off */
#define F_FORM(st, need_) \
	F_TEXT(st, form, FORM_CODE_MAX, need_, "code of the form", \
	    "\"II.06a/VPCP/KSTT\"")
#define F_PERIOD(st, f, need_) \
	F_TEXT(st, f, PERIOD_ID_MAX, need_, "period of the form", \
	    "\"2025-Q3\"")
/* clang-format on */

#endif
