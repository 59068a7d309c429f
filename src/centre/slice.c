#include "centre/slice.h"

const struct slice centre_slice = {
	.name = "centre",
	.routes = (const struct route *const[]){ figures_routes, NULL },
};
