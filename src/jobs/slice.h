#ifndef JOBS_SLICE_H
#define JOBS_SLICE_H

#include "app/slice.h"

/* What the jobs themselves show; no routes. */
extern const struct slice jobs_slice;

#endif
