#ifndef REFORM_SLICE_H
#define REFORM_SLICE_H

#include "app/slice.h"

extern const struct route reform_routes[]; /* reform_http.c */

extern const struct slice reform_slice;

#endif
