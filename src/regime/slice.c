#include "regime/slice.h"

#include "regime/form_http.h"
#include "regime/regime_http.h"

static const struct route *const tables[] = {
	form_routes,
	regime_routes,
	NULL,
};

const struct slice regime_slice = { .name = "regime", .routes = tables };
