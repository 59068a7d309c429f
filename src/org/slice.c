#include "org/slice.h"

static const struct route *const tables[] = { unit_routes, NULL };

const struct slice org_slice = { .name = "org", .routes = tables };
