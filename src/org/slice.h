#ifndef ORG_SLICE_H
#define ORG_SLICE_H

#include "app/slice.h"

extern const struct route unit_routes[]; /* unit_http.c */
extern const struct route heir_routes[]; /* heir_http.c */
extern const struct route org_screens[]; /* screens.c */

extern const struct slice org_slice;

#endif
