#include "app/slice.h"

#include <stddef.h>

#include "app/app.h"

static const struct route *const tables[] = { session_routes, ops_routes,
	NULL };

const struct slice app_slice = { .name = "app", .routes = tables };
