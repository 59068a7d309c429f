#ifndef APP_APP_H
#define APP_APP_H

#include "app/slice.h"

/*
 * The slice of the house itself: signing in and out, the API description,
 * metrics, and whether the server lives and is ready.
 */
extern const struct slice app_slice;

/* Its tables. */
extern const struct route session_routes[];
extern const struct route ops_routes[];
extern const struct route page_routes[];

#endif
