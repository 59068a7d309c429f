#ifndef HOOK_SLICE_H
#define HOOK_SLICE_H

#include "app/slice.h"

extern const struct slice hook_slice;
extern const struct route hook_routes[];

#endif
