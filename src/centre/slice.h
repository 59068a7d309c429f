#ifndef CENTRE_SLICE_H
#define CENTRE_SLICE_H

#include "app/slice.h"

extern const struct slice centre_slice;
extern const struct route figures_routes[];
extern const struct route centre_screens[];

#endif
