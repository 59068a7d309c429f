#ifndef REGIME_SLICE_H
#define REGIME_SLICE_H

#include "app/slice.h"

extern const struct slice regime_slice;

#endif
