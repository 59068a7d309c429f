#ifndef REPORT_SLICE_H
#define REPORT_SLICE_H

#include "app/slice.h"

extern const struct slice report_slice;
extern const struct route report_routes[];
extern const struct route obligation_routes[];
extern const struct route report_screens[];

#endif
